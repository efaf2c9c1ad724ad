/// A whole message.
package struct TDSMessage: Sendable, Equatable {
  package var type: PacketType
  /// The bits of its first packet; of the last one, `endOfMessage` and `ignore`.
  package var status: PacketStatus
  package var payload: [UInt8]

  package init(type: PacketType, status: PacketStatus = .endOfMessage, payload: [UInt8]) {
    self.type = type
    self.status = status
    self.payload = payload
  }
}

/// Puts packets together to messages, of a stream that comes in any pieces.
///
/// Bulk loads and replies may be endless, so that they are handed on piece by piece.
package struct MessageReader: Sendable {
  package enum Event: Sendable, Equatable {
    case message(TDSMessage)
    /// A piece of a bulk load or reply, at this range of the bytes that were given. The last may be empty.
    case piece(PacketType, Range<Int>, isLast: Bool)
    /// The client takes back the message that it was sending, or leaves it unfinished after an attention.
    case withdrawn(PacketType)
    /// To be answered at once, also in the midst of another message.
    case attention
  }

  /// The longest packet that may come: see PacketReader.
  package var longestPacket: Int {
    get { packets.longest }
    set { packets.longest = newValue }
  }
  /// A message of more bytes is malformed.
  package var longestMessage: Int
  private var packets: PacketReader
  private var current: (type: PacketType, status: PacketStatus)?
  private var payload: [UInt8] = []
  private var isAttention = false
  /// An attention came within the current message, which its sender may leave unfinished.
  private var isInterrupted = false

  package init(
    longestPacket: Int = PacketHeader.packetSizes.upperBound, longestMessage: Int = 1 << 28
  ) {
    packets = PacketReader(longest: longestPacket)
    self.longestMessage = longestMessage
  }

  /// Whether nothing was begun that has not ended.
  package var isBetweenMessages: Bool { packets.isBetweenPackets && current == nil }

  /// The next event in `bytes` from `offset` on, which moves behind it; nil if more bytes are needed.
  package mutating func next(
    _ bytes: UnsafeRawBufferPointer, at offset: inout Int
  ) throws(MalformedTDS) -> Event? {
    while let event = try packets.next(bytes, at: &offset) {
      switch event {
      case .begin(let header):
        if header.type == .attention {
          isAttention = true
          isInterrupted = current != nil
          return .attention
        }
        if let event = try begin(header) { return event }
      case .payload(let range):
        if isAttention { continue }
        guard let current else { continue }
        if MessageReader.isStreamed(current.type) { return .piece(current.type, range, isLast: false) }
        guard payload.count + range.count <= longestMessage else {
          throw MalformedTDS(at: packets.position, "a message has more than \(longestMessage) bytes")
        }
        payload += bytes[range]
      case .end(let header):
        if isAttention {
          isAttention = false
          continue
        }
        if header.isLast, let event = end(header, offset) { return event }
      }
    }
    return nil
  }

  private static func isStreamed(_ type: PacketType) -> Bool { type == .bulkLoad || type == .reply }

  private mutating func begin(_ header: PacketHeader) throws(MalformedTDS) -> Event? {
    guard let type = current?.type else {
      current = (header.type, header.status)
      return nil
    }
    if header.type == type { return nil }
    guard isInterrupted else {
      throw MalformedTDS(
        at: packets.position - PacketHeader.byteCount, "a packet of type \(header.type) within a \(type)")
    }
    current = (header.type, header.status)
    payload = []
    isInterrupted = false
    return .withdrawn(type)
  }

  private mutating func end(_ header: PacketHeader, _ offset: Int) -> Event? {
    guard let (type, status) = current else { return nil }
    let last = header.status.intersection([.endOfMessage, .ignore])
    let message = TDSMessage(type: type, status: status.union(last), payload: payload)
    current = nil
    payload = []
    isInterrupted = false
    if header.status.contains(.ignore) { return .withdrawn(type) }
    return MessageReader.isStreamed(type)
      ? .piece(type, offset..<offset, isLast: true) : .message(message)
  }

  /// The messages that are complete in `bytes`, with streamed ones put together: for tests and small exchanges.
  package static func messages(_ bytes: [UInt8]) throws(MalformedTDS) -> [TDSMessage] {
    var reader = MessageReader()
    var found: [TDSMessage] = []
    var streamed: [UInt8] = []
    var offset = 0
    try bytes.withRawBytes { (bytes) throws(MalformedTDS) in
      while let event = try reader.next(bytes, at: &offset) {
        switch event {
        case .message(let message): found.append(message)
        case .attention: found.append(TDSMessage(type: .attention, payload: []))
        case .withdrawn(let type):
          found.append(TDSMessage(type: type, status: [.endOfMessage, .ignore], payload: []))
          streamed = []
        case .piece(let type, let range, let isLast):
          streamed += bytes[range]
          guard isLast else { continue }
          found.append(TDSMessage(type: type, payload: streamed))
          streamed = []
        }
      }
    }
    return found
  }
}
