/// Reads fields from bytes that are all there: running off their end is an error, never a trap.
///
/// The bytes must outlive the cursor; it is used within one call of `withUnsafeBytes`.
package struct TDSCursor {
  package let bytes: UnsafeRawBufferPointer
  /// The position of the next field.
  package private(set) var offset: Int
  /// Whether a field was wanted that has not come entirely: with more bytes, it might be well formed.
  private(set) var ranOut = false

  package init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  package var rest: Int { bytes.count - offset }
  package var isAtEnd: Bool { offset >= bytes.count }

  package func malformed(_ reason: String) -> MalformedTDS { MalformedTDS(at: offset, reason) }

  /// The range of the next `count` bytes, which are passed over.
  package mutating func take(_ count: Int) throws(MalformedTDS) -> Range<Int> {
    guard count >= 0, count <= rest else {
      ranOut = true
      throw malformed("\(count) bytes are announced, \(rest) are left")
    }
    let start = offset
    offset += count
    return start..<offset
  }

  package mutating func skip(_ count: Int) throws(MalformedTDS) { _ = try take(count) }

  /// The next `count` bytes, where they lie.
  package mutating func span(_ count: Int) throws(MalformedTDS) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[try take(count)])
  }

  package mutating func array(_ count: Int) throws(MalformedTDS) -> [UInt8] { Array(try span(count)) }

  private mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(MalformedTDS) -> Value {
    let range = try take(MemoryLayout<Value>.size)
    return bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self)
  }

  package mutating func u8() throws(MalformedTDS) -> UInt8 { try integer(UInt8.self) }
  package mutating func u16() throws(MalformedTDS) -> UInt16 {
    UInt16(littleEndian: try integer(UInt16.self))
  }
  package mutating func u32() throws(MalformedTDS) -> UInt32 {
    UInt32(littleEndian: try integer(UInt32.self))
  }
  package mutating func u64() throws(MalformedTDS) -> UInt64 {
    UInt64(littleEndian: try integer(UInt64.self))
  }
  package mutating func i32() throws(MalformedTDS) -> Int32 { Int32(bitPattern: try u32()) }
  /// Big endian, as in packet headers, PRELOGIN and LOGINACK.
  package mutating func u16BE() throws(MalformedTDS) -> UInt16 { UInt16(bigEndian: try integer(UInt16.self)) }
  package mutating func u32BE() throws(MalformedTDS) -> UInt32 { UInt32(bigEndian: try integer(UInt32.self)) }

  /// The next byte, left where it is; nil at the end.
  package var peek: UInt8? { isAtEnd ? nil : bytes[offset] }

  /// So many UTF-16 units. What is no UTF-16 becomes U+FFFD.
  package mutating func utf16(_ units: Int) throws(MalformedTDS) -> String {
    guard units <= rest / 2 else {
      ranOut = true
      throw malformed("\(units) characters are announced, \(rest) bytes are left")
    }
    return String(utf16LE: try span(units * 2))
  }
  /// B_VARCHAR: a length in UTF-16 units of one byte.
  package mutating func shortText() throws(MalformedTDS) -> String { try utf16(Int(try u8())) }
  /// US_VARCHAR: a length in UTF-16 units of two bytes.
  package mutating func text() throws(MalformedTDS) -> String { try utf16(Int(try u16())) }
  /// B_VARBYTE: a length in bytes of one byte.
  package mutating func shortBytes() throws(MalformedTDS) -> [UInt8] { try array(Int(try u8())) }
}

extension String {
  /// From UTF-16LE. What is no UTF-16 becomes U+FFFD; an odd byte at the end is left out.
  package init(utf16LE bytes: UnsafeRawBufferPointer) {
    self = String(
      decoding: (0..<bytes.count / 2).lazy.map {
        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self))
      }, as: UTF16.self)
  }

  package init(utf16LE bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { String(utf16LE: $0) }
  }

  /// As UTF-16LE.
  package var utf16LE: [UInt8] {
    utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }
}

extension [UInt8] {
  /// As `withUnsafeBytes`, which forgets the type of what its body throws.
  package func withRawBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBufferPointer { (bytes) throws(Failure) in try body(UnsafeRawBufferPointer(bytes)) }
  }
}
