/// Cuts messages into packets. One for each direction of a connection; it holds no bytes of its own.
package struct PacketWriter: Sendable {
  /// The bytes of a full packet, its header included.
  package var packetSize: Int
  /// The session's number, which a server puts into every packet.
  package var spid: UInt16
  private var packetID: UInt8 = 1
  private var isInMessage = false

  package init(packetSize: Int = PacketHeader.defaultPacketSize, spid: UInt16 = 0) {
    precondition(PacketHeader.packetSizes ~= packetSize, "a packet size that the protocol allows")
    self.packetSize = packetSize
    self.spid = spid
  }

  /// Moves what makes full packets from `message` to `output`; if the message ends here, the rest, too.
  ///
  /// Something stays behind in any other case, so that the last packet of a message is never empty. `status` counts
  /// for the first packet of a message only.
  package mutating func write(
    _ type: PacketType, from message: inout TDSWriter, isLast: Bool, status: PacketStatus = [],
    into output: inout TDSWriter
  ) {
    let payload = packetSize - PacketHeader.byteCount
    var at = 0
    while message.count - at > payload {
      packet(type, message, at..<(at + payload), status, into: &output)
      at += payload
    }
    if isLast {
      packet(type, message, at..<message.count, status.union(.endOfMessage), into: &output)
      at = message.count
      isInMessage = false
    }
    message.removeFirst(at)
  }

  /// Moves everything to `output` though the message goes on: for a client that is to see rows now.
  package mutating func flush(
    _ type: PacketType, from message: inout TDSWriter, into output: inout TDSWriter
  ) {
    write(type, from: &message, isLast: false, into: &output)
    guard !message.isEmpty else { return }
    packet(type, message, 0..<message.count, [], into: &output)
    message.removeAll()
  }

  private mutating func packet(
    _ type: PacketType, _ message: borrowing TDSWriter, _ range: Range<Int>, _ status: PacketStatus,
    into output: inout TDSWriter
  ) {
    let status = isInMessage ? status.intersection(.endOfMessage) : status
    output.packetHeader(
      PacketHeader(
        type: type, status: status, length: range.count + PacketHeader.byteCount, spid: spid,
        packetID: packetID))
    message.withBytes { output.bytes(UnsafeRawBufferPointer(rebasing: $0[range])) }
    packetID &+= 1
    isInMessage = true
  }

  /// A whole message as packets.
  package static func packets(
    _ type: PacketType, _ payload: [UInt8], packetSize: Int = PacketHeader.defaultPacketSize,
    status: PacketStatus = [], spid: UInt16 = 0
  ) -> [UInt8] {
    var message = TDSWriter(capacity: payload.count)
    message.bytes(payload)
    var output = TDSWriter(capacity: payload.count + 64)
    var writer = PacketWriter(packetSize: packetSize, spid: spid)
    writer.write(type, from: &message, isLast: true, status: status, into: &output)
    return output.bytes
  }

  /// The packet that asks the server to stop what it does.
  package static let attention: [UInt8] = packets(.attention, [])
}
