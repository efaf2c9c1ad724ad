/// What a text column needs to know about its bytes.
package enum UTF8Text {
  /// No field is larger, in bytes: PostgreSQL's limit, which fits the row format's length as well.
  package static let maxFieldLength = 0x3FFF_FFFF

  /// Whether the bytes are UTF-8: shortest forms only, no surrogates, nothing beyond U+10FFFF.
  package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    guard var next = text.baseAddress else { return true }
    let end = next + text.count
    while next < end {
      let lead = next.load(as: UInt8.self)
      if lead < 0x80 {
        next = skipASCII(next, end)
        continue
      }
      let length = validSequence(next, count: end - next, lead: lead)
      if length == 0 { return false }
      next += length
    }
    return true
  }

  /// The number of Unicode scalars in valid UTF-8.
  package static func scalarCount(_ text: UnsafeRawBufferPointer) -> Int {
    guard var next = text.baseAddress else { return 0 }
    let end = next + text.count
    var continuations = 0
    while end - next >= 8 {
      // Eight counts of one byte each, which hold 255 words' worth.
      var counts: UInt64 = 0
      for _ in 0..<min(255, (end - next) / 8) {
        let word = next.loadUnaligned(as: UInt64.self)
        counts &+= (word & ~(word &<< 1)) &>> 7 & 0x0101_0101_0101_0101
        next += 8
      }
      let pairs = (counts & 0x00FF_00FF_00FF_00FF) &+ (counts &>> 8 & 0x00FF_00FF_00FF_00FF)
      continuations += Int((pairs &* 0x0001_0001_0001_0001) &>> 48)
    }
    while next < end {
      if next.load(as: UInt8.self) & 0xC0 == 0x80 { continuations += 1 }
      next += 1
    }
    return text.count - continuations
  }

  package static func containsNUL(_ text: UnsafeRawBufferPointer) -> Bool {
    guard var next = text.baseAddress else { return false }
    let end = next + text.count
    while end - next >= 8 {
      // The lowest zero byte is the first to borrow, and shows as a top bit that was clear before.
      let word = next.loadUnaligned(as: UInt64.self)
      if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { return true }
      next += 8
    }
    while next < end {
      if next.load(as: UInt8.self) == 0 { return true }
      next += 1
    }
    return false
  }

  /// Where the first byte beyond ASCII may be: everything before it is ASCII.
  @inline(__always) private static func skipASCII(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> UnsafeRawPointer {
    var next = start
    while end - next >= 32 {
      let bits =
        next.loadUnaligned(as: UInt64.self) | next.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        | next.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        | next.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
      if bits & 0x8080_8080_8080_8080 != 0 { break }
      next += 32
    }
    while end - next >= 8 {
      let bits = UInt64(littleEndian: next.loadUnaligned(as: UInt64.self)) & 0x8080_8080_8080_8080
      if bits != 0 { return next + bits.trailingZeroBitCount / 8 }
      next += 8
    }
    while next < end, next.load(as: UInt8.self) < 0x80 { next += 1 }
    return next
  }

  /// The length of the sequence that begins here with a byte beyond ASCII, 0 if it is malformed.
  /// Unicode's table 3-7.
  @inline(__always) private static func validSequence(
    _ text: UnsafeRawPointer, count: Int, lead: UInt8
  ) -> Int {
    func isContinuation(_ offset: Int) -> Bool {
      text.load(fromByteOffset: offset, as: UInt8.self) & 0xC0 == 0x80
    }
    switch lead {
    case 0xC2...0xDF:
      return count >= 2 && isContinuation(1) ? 2 : 0
    case 0xE0...0xEF:
      guard count >= 3, isContinuation(1), isContinuation(2) else { return 0 }
      let second = text.load(fromByteOffset: 1, as: UInt8.self)
      if lead == 0xE0 { return second >= 0xA0 ? 3 : 0 }
      if lead == 0xED { return second < 0xA0 ? 3 : 0 }
      return 3
    case 0xF0...0xF4:
      guard count >= 4, isContinuation(1), isContinuation(2), isContinuation(3) else { return 0 }
      let second = text.load(fromByteOffset: 1, as: UInt8.self)
      if lead == 0xF0 { return second >= 0x90 ? 4 : 0 }
      if lead == 0xF4 { return second < 0x90 ? 4 : 0 }
      return 4
    default:
      return 0
    }
  }
}
