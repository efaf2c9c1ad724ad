import Glibc

/// The code pages of char, varchar and text: windows-1252 and UTF-8.
package enum CodePage {
  /// What stands for a character that the code page does not have.
  static let replacement = UInt8(ascii: "?")

  /// The UTF-16 unit of each byte of windows-1252, as glibc has it. The five bytes that it leaves open are
  /// control characters to Windows.
  private static let units: [UInt16] = {
    var units = (UInt16(0)...255).map { $0 }
    let converter = iconv_open("UTF-16LE", "CP1252")
    precondition(converter != iconv_t(bitPattern: -1), "glibc has windows-1252")
    defer { iconv_close(converter) }
    for byte in 128...255 {
      var input = [CChar(truncatingIfNeeded: byte)]
      var output: [CChar] = [0, 0]
      let isConverted = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
          var from = source.baseAddress
          var to = target.baseAddress
          var sourceLeft = 1
          var targetLeft = 2
          return iconv(converter, &from, &sourceLeft, &to, &targetLeft) != Int(bitPattern: UInt.max)
        }
      }
      if isConverted {
        units[byte] = UInt16(UInt8(bitPattern: output[0])) | UInt16(UInt8(bitPattern: output[1])) << 8
      }
    }
    return units
  }()

  /// The byte of each UTF-16 unit; 0 for none, except for U+0000.
  private static let bytes: [UInt8] = {
    var bytes = [UInt8](repeating: 0, count: 65536)
    // Windows has a best fit for what the code page lacks: the plain letter for Latin letters with other
    // accents, ASCII for its full-width forms. Nothing else is fitted here.
    for (unit, byte) in bestFit { bytes[Int(unit)] = byte }
    for unit in UInt16(0xFF01)...0xFF5E { bytes[Int(unit)] = UInt8(unit - 0xFEE0) }
    for (byte, unit) in units.enumerated() { bytes[Int(unit)] = UInt8(byte) }
    return bytes
  }()

  private static let bestFit: [(UInt16, UInt8)] = {
    // U+0100 to U+017F, in order; a blank has none.
    let plain =
      "AaAaAaCcCcCcCcDd\u{D0}dEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi  JjKk LlLlLl  LlNnNnNn   OoOoOo  "
      + "RrRrRrSsSsSs  TtTtTtUuUuUuUuUuUuWwYy ZzZz  "
    return zip(UInt16(0x100)..., plain.unicodeScalars).compactMap { unit, scalar in
      scalar == " " ? nil : (unit, UInt8(truncatingIfNeeded: scalar.value))
    }
  }()

  /// Text of windows-1252 or UTF-8 as UTF-16. Bytes that are not UTF-8 become U+FFFD.
  package static func decode(_ bytes: UnsafeRawBufferPointer, isUTF8: Bool) -> [UInt16] {
    if isUTF8 { return Array(String(decoding: bytes, as: UTF8.self).utf16) }
    return units.withUnsafeBufferPointer { units in bytes.map { units[Int($0)] } }
  }

  /// UTF-16 as windows-1252 or UTF-8. A pair of surrogates that does not fit is two question marks, as SQL
  /// Server has it; lone surrogates are U+FFFD in UTF-8.
  package static func encode(_ text: [UInt16], isUTF8: Bool) -> [UInt8] {
    if isUTF8 { return Array(String(decoding: text, as: UTF16.self).utf8) }
    return bytes.withUnsafeBufferPointer { bytes in
      text.map { unit in
        let byte = bytes[Int(unit)]
        return byte != 0 || unit == 0 ? byte : replacement
      }
    }
  }

  /// The text as it comes back from the code page.
  static func fitted(_ text: [UInt16], isUTF8: Bool) -> [UInt16] {
    if text.allSatisfy({ $0 < 128 }) { return text }
    let encoded = encode(text, isUTF8: isUTF8)
    return encoded.withUnsafeBytes { decode($0, isUTF8: isUTF8) }
  }

  /// The bytes that a text takes.
  static func byteCount(_ text: [UInt16], isUTF8: Bool) -> Int {
    guard isUTF8 else { return text.count }
    return String(decoding: text, as: UTF16.self).utf8.count
  }
}
