import Rows

/// A decimal between db-lib's form, a binary number and a scale, and PostgreSQL's groups of four digits.
enum DecimalDigits {
  /// Appends magnitude * 10^-scale with this display scale.
  static func append(
    isNegative: Bool, magnitude: UInt128, scale: Int, to builder: inout RowBatchBuilder
  ) {
    guard magnitude != 0 else {
      header(builder.appendField(byteCount: 8), groups: 0, weight: 0, isNegative: false, scale: scale)
      return
    }
    // Groups from the lowest to the highest; forty digits with a partial group at the point are twelve at most.
    var groups: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &groups) { store in
      let (count, fraction) = split(magnitude, scale: scale, into: store)
      var low = 0
      while store.load(fromByteOffset: 2 * low, as: UInt16.self) == 0 { low += 1 }
      let field = builder.appendField(byteCount: 8 + 2 * (count - low))
      header(
        field, groups: count - low, weight: count - fraction - 1, isNegative: isNegative, scale: scale)
      for index in low..<count {
        let group = store.load(fromByteOffset: 2 * index, as: UInt16.self)
        field.storeBytes(of: group.bigEndian, toByteOffset: 8 + 2 * (count - 1 - index), as: UInt16.self)
      }
    }
  }

  /// Returns the number of groups, and how many of them are behind the point.
  @inline(__always)
  private static func split(
    _ magnitude: UInt128, scale: Int, into groups: UnsafeMutableRawBufferPointer
  ) -> (count: Int, fraction: Int) {
    var count = 0
    func put(_ group: UInt64) {
      groups.storeBytes(of: UInt16(truncatingIfNeeded: group), toByteOffset: 2 * count, as: UInt16.self)
      count += 1
    }
    var rest = magnitude
    let partial = scale & 3
    if partial > 0 {
      let divisor: UInt64 = partial == 1 ? 10 : partial == 2 ? 100 : 1000
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: UInt128(divisor))
      put(UInt64(truncatingIfNeeded: remainder) &* (10_000 / divisor))
      rest = quotient
    }
    while rest > UInt128(UInt64.max) {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10_000)
      put(UInt64(truncatingIfNeeded: remainder))
      rest = quotient
    }
    var small = UInt64(truncatingIfNeeded: rest)
    while small != 0 {
      put(small % 10_000)
      small /= 10_000
    }
    return (count, (scale + 3) >> 2)
  }

  @inline(__always)
  private static func header(
    _ field: UnsafeMutableRawPointer, groups: Int, weight: Int, isNegative: Bool, scale: Int
  ) {
    field.storeBytes(of: UInt16(truncatingIfNeeded: groups).bigEndian, as: UInt16.self)
    field.storeBytes(of: Int16(truncatingIfNeeded: weight).bigEndian, toByteOffset: 2, as: Int16.self)
    field.storeBytes(of: (isNegative ? 0x4000 as UInt16 : 0).bigEndian, toByteOffset: 4, as: UInt16.self)
    field.storeBytes(of: UInt16(truncatingIfNeeded: scale).bigEndian, toByteOffset: 6, as: UInt16.self)
  }

  /// The number times 10^scale of a field that has this scale. Throws for NaN.
  static func scaled(_ field: UnsafeRawBufferPointer) throws(BadValue) -> (
    isNegative: Bool, magnitude: UInt128
  ) {
    let number = try DecimalField(field)
    guard number.isFinite else { throw BadValue("is NaN, which SQL Server does not have") }
    guard number.textCapacity <= 64 else { throw BadValue("has more than 38 digits") }
    var magnitude: UInt128 = 0
    var isTooLarge = false
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { text in
      let count = number.print(into: text.baseAddress!)
      for index in 0..<count {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit < 10 else { continue }
        let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        if overflow { isTooLarge = true }
        magnitude = product &+ UInt128(digit)
      }
    }
    guard !isTooLarge else { throw BadValue("has more than 38 digits") }
    return (number.isNegative && magnitude != 0, magnitude)
  }
}
