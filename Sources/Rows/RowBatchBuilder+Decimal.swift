/// Decimals, encoded straight into the row.
///
/// A throw leaves the row open; the caller takes it back with `discardRow`.
extension RowBatchBuilder {
  /// Appends a number that is written as text, for a column of a decimal or numeric type.
  package mutating func appendDecimal(
    text: UnsafeRawBufferPointer, type: ColumnType
  ) throws(BadValue) {
    let number = try DecimalText(text)
    let shape = DecimalShape(type)
    guard number.special == 0 else {
      try shape.checkSpecial(number.special)
      return appendSpecial(number.special)
    }
    let scale = try shape.displayScale(powers: number.powers, writtenScale: number.writtenScale)
    guard let powers = number.powers else {
      appendDecimalHeader(groups: 0, weight: 0, sign: 0, scale: scale)
      return
    }
    // Shifting rounds down, as groups of negative powers need it.
    let weight = powers.highest >> 2
    let last = powers.lowest >> 2
    let sign = number.isNegative ? DecimalField.negative : 0
    var next = appendDecimalHeader(groups: weight - last + 1, weight: weight, sign: sign, scale: scale)
    var power = weight * 4
    while power >= last * 4 {
      let group =
        number.digit(at: power + 3) * 1000 + number.digit(at: power + 2) * 100
        + number.digit(at: power + 1) * 10 + number.digit(at: power)
      next.storeBytes(of: UInt16(truncatingIfNeeded: group).bigEndian, as: UInt16.self)
      next += 2
      power -= 4
    }
  }

  /// Appends an integer, for a column of a decimal or numeric type.
  package mutating func appendDecimal(_ value: Int64, type: ColumnType) throws(BadValue) {
    var magnitude = value.magnitude
    var powers: (highest: Int, lowest: Int)?
    if magnitude != 0 {
      var lowest = 0
      var rest = magnitude
      while rest % 10 == 0 {
        rest /= 10
        lowest += 1
      }
      var highest = lowest
      while rest >= 10 {
        rest /= 10
        highest += 1
      }
      powers = (highest, lowest)
    }
    let scale = try DecimalShape(type).displayScale(powers: powers, writtenScale: 0)
    guard let powers else {
      appendDecimalHeader(groups: 0, weight: 0, sign: 0, scale: scale)
      return
    }
    let weight = powers.highest >> 2
    let zeroGroups = powers.lowest >> 2
    let groups = weight - zeroGroups + 1
    for _ in 0..<zeroGroups { magnitude /= 10000 }
    let start = appendDecimalHeader(
      groups: groups, weight: weight, sign: value < 0 ? DecimalField.negative : 0, scale: scale)
    for index in stride(from: groups - 1, through: 0, by: -1) {
      let group = UInt16(truncatingIfNeeded: magnitude % 10000)
      start.storeBytes(of: group.bigEndian, toByteOffset: 2 * index, as: UInt16.self)
      magnitude /= 10000
    }
  }

  /// Appends a floating-point number, for a column of a decimal or numeric type: the shortest digits
  /// that read back as the same `Double`, as an engine prints it.
  package mutating func appendDecimal(_ value: Double, type: ColumnType) throws(BadValue) {
    guard value.isFinite else {
      let special =
        value.isNaN
        ? DecimalField.notANumber : value < 0 ? DecimalField.negativeInfinity : DecimalField.infinity
      try DecimalShape(type).checkSpecial(special)
      return appendSpecial(special)
    }
    var digits = value.description
    // `withUTF8` would throw `any Error`.
    let result = digits.withUTF8 { utf8 in
      // Swift prints integers with a zero behind the point, which is no digit of the value.
      let isInteger = utf8.count > 2 && utf8[utf8.count - 1] == 48 && utf8[utf8.count - 2] == 46
      let text = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(utf8).dropLast(isInteger ? 2 : 0))
      return Result { () throws(BadValue) in try appendDecimal(text: text, type: type) }
    }
    try result.get()
  }

  /// Appends a decimal that is encoded already, for a column of another decimal or numeric type.
  package mutating func appendDecimal(
    field: UnsafeRawBufferPointer, type: ColumnType
  ) throws(BadValue) {
    let number = try DecimalField(field)
    let shape = DecimalShape(type)
    guard number.special == 0 else {
      try shape.checkSpecial(number.special)
      return appendSpecial(number.special)
    }
    let scale = try shape.displayScale(powers: number.powers, writtenScale: number.scale)
    // The groups stand on their own; only the display scale may change.
    let copy = appendField(byteCount: field.count)
    copy.copyMemory(from: field.baseAddress!, byteCount: field.count)
    copy.storeBytes(of: UInt16(truncatingIfNeeded: scale).bigEndian, toByteOffset: 6, as: UInt16.self)
  }

  /// NaN or an infinity. PostgreSQL sends the infinities with a display scale of 32, an accident of its
  /// header's bits, and so do we: equal values have equal bytes.
  private mutating func appendSpecial(_ sign: UInt16) {
    appendDecimalHeader(groups: 0, weight: 0, sign: sign, scale: sign == DecimalField.notANumber ? 0 : 32)
  }

  /// Returns where the groups go.
  @inline(__always) @discardableResult
  private mutating func appendDecimalHeader(
    groups: Int, weight: Int, sign: UInt16, scale: Int
  ) -> UnsafeMutableRawPointer {
    let field = appendField(byteCount: DecimalField.headerSize + 2 * groups)
    field.storeBytes(of: UInt16(truncatingIfNeeded: groups).bigEndian, as: UInt16.self)
    field.storeBytes(of: Int16(truncatingIfNeeded: weight).bigEndian, toByteOffset: 2, as: Int16.self)
    field.storeBytes(of: sign.bigEndian, toByteOffset: 4, as: UInt16.self)
    field.storeBytes(of: UInt16(truncatingIfNeeded: scale).bigEndian, toByteOffset: 6, as: UInt16.self)
    return field + DecimalField.headerSize
  }
}
