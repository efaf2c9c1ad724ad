/// What a packet is part of.
package enum PacketType: UInt8, Sendable {
  case batch = 0x01
  /// The login of versions before 7.0.
  case oldLogin = 0x02
  case rpc = 0x03
  /// Whatever a server sends.
  case reply = 0x04
  case attention = 0x06
  case bulkLoad = 0x07
  case federatedAuthentication = 0x08
  case transactionManager = 0x0E
  case login = 0x10
  case sspi = 0x11
  case prelogin = 0x12
}

package struct PacketStatus: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The last packet of its message.
  package static let endOfMessage = PacketStatus(rawValue: 0x01)
  /// The client takes back the message that ends here.
  package static let ignore = PacketStatus(rawValue: 0x02)
  /// The session is to be as after its login, before the request is run.
  package static let resetConnection = PacketStatus(rawValue: 0x08)
  /// The same, but for the transaction.
  package static let resetConnectionKeepingTransaction = PacketStatus(rawValue: 0x10)
}

/// The eight bytes before a packet's payload.
package struct PacketHeader: Hashable, Sendable {
  package static let byteCount = 8
  /// The size of packets until the login has ended.
  package static let defaultPacketSize = 4096
  /// The sizes that client and server may agree on.
  package static let packetSizes = 512...32767

  package var type: PacketType
  package var status: PacketStatus
  /// Bytes of the packet, the header included.
  package var length: Int
  /// The session's number; only a server's packets have one.
  package var spid: UInt16
  /// A number that rises with each packet, modulo 256. Nobody looks at it.
  package var packetID: UInt8

  package init(
    type: PacketType, status: PacketStatus, length: Int, spid: UInt16 = 0, packetID: UInt8 = 0
  ) {
    self.type = type
    self.status = status
    self.length = length
    self.spid = spid
    self.packetID = packetID
  }

  /// Reads the eight bytes. `offset` is where they begin in the stream, for the error.
  package init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) throws(MalformedTDS) {
    guard bytes.count >= PacketHeader.byteCount else {
      throw MalformedTDS(at: offset, "a packet's header has 8 bytes, not \(bytes.count)")
    }
    guard let type = PacketType(rawValue: bytes[0]) else {
      throw MalformedTDS(at: offset, "no packet has type 0x\(String(bytes[0], radix: 16))")
    }
    let length = Int(bytes[2]) << 8 | Int(bytes[3])
    guard length >= PacketHeader.byteCount else {
      throw MalformedTDS(at: offset + 2, "a packet's length counts its header, and is \(length)")
    }
    self.init(
      type: type, status: PacketStatus(rawValue: bytes[1]), length: length,
      spid: UInt16(bytes[4]) << 8 | UInt16(bytes[5]), packetID: bytes[6])
  }

  package var isLast: Bool { status.contains(.endOfMessage) }

  /// What size a client's wish leads to; 0 asks for the server's default.
  package static func negotiatedSize(wish: UInt32) -> Int {
    wish == 0
      ? defaultPacketSize
      : min(max(Int(wish), packetSizes.lowerBound), packetSizes.upperBound)
  }
}

extension TDSWriter {
  package mutating func packetHeader(_ header: PacketHeader) {
    precondition(header.length <= 0xFFFF, "a packet's length has 16 bits")
    u8(header.type.rawValue)
    u8(header.status.rawValue)
    u16BE(UInt16(header.length))
    u16BE(header.spid)
    u8(header.packetID)
    u8(0)
  }
}
