/// Finds packets in a stream that comes in any pieces, a byte at a time included. It keeps no payload.
package struct PacketReader: Sendable {
  package enum Event: Sendable, Equatable {
    /// A header is complete.
    case begin(PacketHeader)
    /// The piece of payload at this range of the bytes that were given.
    case payload(Range<Int>)
    /// The packet is complete.
    case end(PacketHeader)
  }

  /// A longer packet is malformed: packets have this size at most once it is negotiated.
  package var longest: Int
  /// Bytes of the stream that were read.
  package private(set) var position = 0
  private var head: UInt64 = 0
  private var headCount = 0
  private var header: PacketHeader?
  /// Payload that is still to come.
  package private(set) var left = 0

  package init(longest: Int = PacketHeader.packetSizes.upperBound) { self.longest = longest }

  /// True between packets.
  package var isBetweenPackets: Bool { header == nil && headCount == 0 }

  /// The next event in `bytes` from `offset` on, which moves behind it; nil if more bytes are needed.
  package mutating func next(
    _ bytes: UnsafeRawBufferPointer, at offset: inout Int
  ) throws(MalformedTDS) -> Event? {
    if let header {
      if left == 0 {
        self.header = nil
        return .end(header)
      }
      let count = min(left, bytes.count - offset)
      if count == 0 { return nil }
      defer { offset += count }
      left -= count
      position += count
      return .payload(offset..<(offset + count))
    }
    while headCount < PacketHeader.byteCount {
      if offset == bytes.count { return nil }
      head |= UInt64(bytes[offset]) << (8 * UInt64(headCount))
      headCount += 1
      offset += 1
      position += 1
    }
    let begun = try complete()
    headCount = 0
    head = 0
    header = begun
    left = begun.length - PacketHeader.byteCount
    return .begin(begun)
  }

  private func complete() throws(MalformedTDS) -> PacketHeader {
    let start = position - PacketHeader.byteCount
    var bytes = head.littleEndian
    let header = try withUnsafeBytes(of: &bytes) { bytes throws(MalformedTDS) in
      try PacketHeader(bytes, at: start)
    }
    guard header.length <= longest else {
      throw MalformedTDS(at: start + 2, "a packet has \(header.length) bytes, and \(longest) are agreed on")
    }
    return header
  }
}
