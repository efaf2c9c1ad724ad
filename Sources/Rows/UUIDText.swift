/// UUIDs as text, and as the sixteen bytes of RFC 9562.
package enum UUIDText {
  package static let length = 36

  /// Writes the sixteen bytes of a UUID. The text has hyphens in their usual places or none at all,
  /// either case, and may stand in braces.
  package static func parse(
    _ text: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
  ) throws(BadValue) {
    guard var next = text.baseAddress else { throw BadValue(form) }
    var count = text.count
    if count > 2, text[0] == UInt8(ascii: "{"), text[count - 1] == UInt8(ascii: "}") {
      next += 1
      count -= 2
    }
    guard count == 32 || count == length else { throw BadValue(form) }
    // Collects what is wrong instead of branching: the low bits are digits.
    var wrong: UInt8 = 0
    for index in 0..<16 {
      if count == length, hyphenPrecedes(index) {
        wrong |= next.load(as: UInt8.self) ^ UInt8(ascii: "-")
        next += 1
      }
      let high = hexDigit(next.load(as: UInt8.self))
      let low = hexDigit(next.load(fromByteOffset: 1, as: UInt8.self))
      wrong |= (high | low) & 0xF0
      out.storeBytes(of: high &<< 4 | low & 0xF, toByteOffset: index, as: UInt8.self)
      next += 2
    }
    guard wrong == 0 else { throw BadValue(form) }
  }

  /// Writes the canonical form, `length` bytes: lower case with hyphens.
  package static func print(_ uuid: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer) {
    precondition(uuid.count == 16, "a UUID has sixteen bytes")
    var next = out
    for index in 0..<16 {
      if hyphenPrecedes(index) {
        next.put("-", at: 0)
        next += 1
      }
      next.storeBytes(of: hexCharacter(uuid[index] >> 4), as: UInt8.self)
      next.storeBytes(of: hexCharacter(uuid[index] & 0xF), toByteOffset: 1, as: UInt8.self)
      next += 2
    }
  }

  private static let form = "is not a UUID"

  @inline(__always) private static func hyphenPrecedes(_ index: Int) -> Bool {
    index == 4 || index == 6 || index == 8 || index == 10
  }

  /// The digit's value; 0xFF for what is no hexadecimal digit.
  @inline(__always) static func hexDigit(_ character: UInt8) -> UInt8 {
    let decimal = character &- UInt8(ascii: "0")
    if decimal <= 9 { return decimal }
    let letter = (character | 0x20) &- UInt8(ascii: "a")
    return letter <= 5 ? letter &+ 10 : 0xFF
  }

  @inline(__always) static func hexCharacter(_ value: UInt8) -> UInt8 {
    value < 10 ? value &+ UInt8(ascii: "0") : value &+ (UInt8(ascii: "a") - 10)
  }
}
