/// A field of a decimal type: PostgreSQL's binary numeric, read where it lies.
///
/// Four 16-bit integers (number of groups, weight, sign, display scale), then the groups: four decimal
/// digits each, the first worth 10000 to the power of the weight.
package struct DecimalField {
  static let negative: UInt16 = 0x4000
  static let notANumber: UInt16 = 0xC000
  static let infinity: UInt16 = 0xD000
  static let negativeInfinity: UInt16 = 0xF000
  static let headerSize = 8

  private let groups: UnsafeRawPointer
  private let groupCount: Int
  private let weight: Int
  private let sign: UInt16
  /// The digits behind the point that are displayed, zeros included.
  package let scale: Int

  /// Throws if the bytes are not a numeric in PostgreSQL's canonical form, without groups of zeros at
  /// either end.
  package init(_ field: UnsafeRawBufferPointer) throws(BadValue) {
    guard let start = field.baseAddress, field.count >= DecimalField.headerSize else {
      throw BadValue(DecimalField.malformed)
    }
    func header(_ index: Int) -> UInt16 {
      UInt16(bigEndian: start.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    }
    groupCount = Int(header(0))
    weight = Int(Int16(bitPattern: header(1)))
    sign = header(2)
    scale = Int(header(3))
    groups = start + DecimalField.headerSize
    guard field.count == DecimalField.headerSize + 2 * groupCount, scale <= DecimalShape.maxFractionDigits,
      sign == 0 || sign == DecimalField.negative || isSpecial && groupCount == 0
    else { throw BadValue(DecimalField.malformed) }
    if groupCount > 0 {
      guard 1...9999 ~= group(0), 1...9999 ~= group(groupCount - 1) else {
        throw BadValue(DecimalField.malformed)
      }
    }
  }

  package var isFinite: Bool { !isSpecial }
  package var isNegative: Bool { sign == DecimalField.negative || sign == DecimalField.negativeInfinity }

  /// The digits from the first to the last that is not zero; 0 for zero. Fifteen of them survive a
  /// `Double`, whatever their power of ten within its range.
  package var significantDigits: Int { powers.map { $0.highest - $0.lowest + 1 } ?? 0 }

  /// The integer; throws if there is a fraction, if it is NaN or infinity, or beyond 64 bits.
  package func int64() throws(BadValue) -> Int64 {
    guard isFinite else { throw BadValue("is \(name), which an integer cannot hold") }
    guard let powers else { return 0 }
    guard powers.lowest >= 0 else { throw BadValue("has a fraction, which an integer cannot hold") }
    guard powers.highest <= 18 else { throw BadValue(DecimalField.beyondInt64) }
    var magnitude: UInt64 = 0
    for power in stride(from: weight, through: 0, by: -1) {
      magnitude = magnitude * 10000 + UInt64(power > weight - groupCount ? group(weight - power) : 0)
    }
    if isNegative {
      guard magnitude <= UInt64(Int64.max) + 1 else { throw BadValue(DecimalField.beyondInt64) }
      return Int64(truncatingIfNeeded: 0 &- magnitude)
    }
    guard magnitude <= UInt64(Int64.max) else { throw BadValue(DecimalField.beyondInt64) }
    return Int64(magnitude)
  }

  /// The bytes that `print` needs at most.
  package var textCapacity: Int { isSpecial ? 9 : 1 + 4 * max(1, weight + 1) + 1 + scale }

  /// Writes the number as PostgreSQL prints it, with all digits of its scale, and returns the length.
  package func print(into out: UnsafeMutableRawPointer) -> Int {
    if isSpecial {
      var length = 0
      for character in name.unicodeScalars {
        out.put(character, at: length)
        length += 1
      }
      return length
    }
    var length = 0
    if isNegative {
      out.put("-", at: 0)
      length = 1
    }
    length += printInteger(into: out + length)
    guard scale > 0 else { return length }
    out.put(".", at: length)
    length += 1
    var printed = 0
    var power = -1
    while printed < scale {
      let value = groupOrZero(power)
      var divisor = 1000
      for _ in 0..<min(4, scale - printed) {
        out.put(digit: value / divisor % 10, at: length)
        divisor /= 10
        length += 1
        printed += 1
      }
      power -= 1
    }
    return length
  }

  private func printInteger(into out: UnsafeMutableRawPointer) -> Int {
    guard weight >= 0, groupCount > 0 else {
      out.put("0", at: 0)
      return 1
    }
    var length = 0
    for power in stride(from: weight, through: 0, by: -1) {
      let value = groupOrZero(power)
      var divisor = 1000
      while divisor > 0 {
        let digit = value / divisor % 10
        if length > 0 || digit != 0 {
          out.put(digit: digit, at: length)
          length += 1
        }
        divisor /= 10
      }
    }
    return length
  }

  /// The powers of ten of the first and the last digit that is not zero. For zero, nil.
  var powers: (highest: Int, lowest: Int)? {
    guard groupCount > 0 else { return nil }
    let first = group(0)
    let last = group(groupCount - 1)
    let leading = first >= 1000 ? 3 : first >= 100 ? 2 : first >= 10 ? 1 : 0
    let trailing = last % 1000 == 0 ? 3 : last % 100 == 0 ? 2 : last % 10 == 0 ? 1 : 0
    return (4 * weight + leading, 4 * (weight - groupCount + 1) + trailing)
  }

  /// PostgreSQL's sign code of NaN or an infinity; 0 for a number.
  var special: UInt16 { isSpecial ? sign : 0 }

  private var isSpecial: Bool { sign & 0xC000 == 0xC000 && sign & 0x0FFF == 0 && sign != 0xE000 }

  private var name: String {
    switch sign {
    case DecimalField.notANumber: "NaN"
    case DecimalField.infinity: "Infinity"
    default: "-Infinity"
    }
  }

  private static let malformed = "is not a numeric in PostgreSQL's binary form"
  private static let beyondInt64 = "is too large for 64 bits"

  @inline(__always) private func group(_ index: Int) -> Int {
    Int(UInt16(bigEndian: groups.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self)))
  }

  @inline(__always) private func groupOrZero(_ power: Int) -> Int {
    let index = weight - power
    return 0 <= index && index < groupCount ? group(index) : 0
  }
}
