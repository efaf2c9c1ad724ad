import Glibc

/// Floating-point numbers as SQL Server prints them: C's formats of the Microsoft library, whose exponents
/// have three digits at least.
package enum FloatText {
  /// The first `count` significant digits, rounded correctly, and the power of ten of the first of them.
  static func digits(_ value: Double, count: Int) -> (digits: UInt128, exponent: Int) {
    let text = format(value, "%.*e", count - 1)
    guard let mark = text.firstIndex(of: UInt8(ascii: "e")) else { return (0, 0) }
    var digits: UInt128 = 0
    for byte in text[..<mark] where byte != UInt8(ascii: ".") { digits = digits * 10 + UInt128(byte - 48) }
    let exponent = text[(mark + 2)...].reduce(0) { $0 * 10 + Int($1 - 48) }
    return (digits, text[mark + 1] == UInt8(ascii: "-") ? -exponent : exponent)
  }

  /// Styles of CONVERT: 0 for up to six digits, 1 for eight, 2 for sixteen, 3 for seventeen, which read back
  /// as the same number. `isReal` is for style 3: nine digits tell a real.
  static func print(_ value: Double, style: Int, isReal: Bool = false) -> String {
    switch style {
    case 1: widen(format(value, "%.*e", 7))
    case 2: widen(format(value, "%.*e", 15))
    case 3: widen(format(value, "%.*e", isReal ? 8 : 16))
    default: widen(format(value, "%.*g", 6))
    }
  }

  /// Digits behind the point, without an exponent.
  static func fixed(_ value: Double, decimals: Int) -> String {
    String(decoding: format(value, "%.*f", decimals), as: UTF8.self)
  }

  private static func format(_ value: Double, _ format: String, _ digits: Int) -> [UInt8] {
    // The largest number has 309 digits before the point.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      let length = withVaList([CInt(digits), value]) {
        vsnprintf(buffer.baseAddress, buffer.count, format, $0)
      }
      return buffer[..<min(Int(length), buffer.count - 1)].map { UInt8(bitPattern: $0) }
    }
  }

  private static func widen(_ text: [UInt8]) -> String {
    guard let mark = text.firstIndex(of: UInt8(ascii: "e")), text.count - mark < 5 else {
      return String(decoding: text, as: UTF8.self)
    }
    let digits = text[(mark + 2)...]
    return String(
      decoding: text[...(mark + 1)] + Array(repeating: 48, count: 3 - digits.count) + digits, as: UTF8.self)
  }

  /// A text as a number, with an optional exponent; nil if it is none. Too large is infinity.
  static func parse(_ text: ArraySlice<UInt16>) -> Double? {
    var bytes: [UInt8] = []
    for unit in text {
      switch unit {
      case 0x30...0x39, 0x2B, 0x2D, 0x2E: bytes.append(UInt8(unit))
      case 0x45, 0x65, 0x44, 0x64: bytes.append(UInt8(ascii: "e"))
      default: return nil
      }
    }
    guard bytes.contains(where: { 48...57 ~= $0 }) else { return nil }
    return Double(String(decoding: bytes, as: UTF8.self))
  }
}
