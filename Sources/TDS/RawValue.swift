/// Where a value lies in the bytes that it was read from; nothing is decoded.
package struct RawValue: Sendable, Hashable {
  /// Of the first byte; of a value in several chunks, of the first chunk's length.
  package var start: Int
  /// Bytes of data; -1 for NULL.
  package var count: Int
  /// The value lies in several chunks: `bytes(in:)` puts them together.
  package var isScattered: Bool

  package init(start: Int, count: Int, isScattered: Bool = false) {
    self.start = start
    self.count = count
    self.isScattered = isScattered
  }

  package static func null(at start: Int) -> RawValue { RawValue(start: start, count: -1) }

  package var isNull: Bool { count < 0 }

  /// The value's bytes; nil for NULL.
  package func bytes(in source: UnsafeRawBufferPointer) -> [UInt8]? {
    if isNull { return nil }
    if !isScattered { return Array(source[start..<(start + count)]) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    forEachPiece(in: source) { bytes += $0 }
    return bytes
  }

  /// The value's pieces in order, where they lie; one unless it is scattered, none for NULL.
  package func forEachPiece<Failure: Error>(
    in source: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    if isNull { return }
    if !isScattered { return try body(UnsafeRawBufferPointer(rebasing: source[start..<(start + count)])) }
    var (at, left) = (start, count)
    while left > 0 {
      let length = Int(UInt32(littleEndian: source.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
      try body(UnsafeRawBufferPointer(rebasing: source[(at + 4)..<(at + 4 + length)]))
      at += 4 + length
      left -= length
    }
  }
}

extension TDSCursor {
  /// The next value of bytes that are all there.
  package mutating func value(_ layout: ValueLayout) throws(MalformedTDS) -> RawValue {
    switch layout.prefix {
    case .none: return try data(layout.size)
    case .byte:
      let count = Int(try u8())
      return count == 0 ? .null(at: offset) : try data(count)
    case .short:
      let count = try u16()
      return count == 0xFFFF ? .null(at: offset) : try data(Int(count))
    case .long:
      let count = try u32()
      return count == .max ? .null(at: offset) : try data(Int(count))
    case .variant:
      let count = try u32()
      return count == 0 ? .null(at: offset) : try data(Int(count))
    case .textPointer:
      let pointer = Int(try u8())
      if pointer == 0 { return .null(at: offset) }
      try skip(pointer + 8)
      return try data(Int(try u32()))
    case .chunks: return try chunks()
    }
  }

  private mutating func data(_ count: Int) throws(MalformedTDS) -> RawValue {
    RawValue(start: try take(count).lowerBound, count: count)
  }

  private mutating func chunks() throws(MalformedTDS) -> RawValue {
    let total = try u64()
    if total == .max { return .null(at: offset) }
    var value = RawValue(start: offset, count: 0)
    var chunks = 0
    while true {
      let length = Int(try u32())
      if length == 0 { break }
      try skip(length)
      value.count += length
      chunks += 1
    }
    value.isScattered = chunks > 1
    if chunks == 1 { value.start += 4 }
    guard total == .max - 1 || total == UInt64(value.count) else {
      throw malformed("a value of \(total) bytes has \(value.count)")
    }
    return value
  }
}
