import Runtime
import TDS
import Testing

@Suite struct PacketTests {
  @Test func `an attention is a header and nothing else`() {
    #expect(PacketWriter.attention == hex("06 01 0008 0000 01 00"))
  }

  @Test(arguments: [0, 1, 503, 504, 505, 1008, 1009, 5000])
  func `a message is cut into full packets, and the last has what is left`(count: Int) throws {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let bytes = PacketWriter.packets(.batch, payload, packetSize: 512, status: .resetConnection, spid: 51)
    var at = 0
    var packets: [PacketHeader] = []
    while at < bytes.count {
      let header = try bytes[at...].withUnsafeBytes { try PacketHeader($0) }
      packets.append(header)
      at += header.length
    }
    #expect(packets.dropLast().allSatisfy { $0.length == 512 && !$0.isLast })
    #expect(packets.last?.isLast == true)
    #expect(count == 0 || packets.last!.length > 8)
    #expect(packets.allSatisfy { $0.spid == 51 })
    #expect(packets.enumerated().allSatisfy { $1.status.contains(.resetConnection) == ($0 == 0) })
    let messages = try MessageReader.messages(bytes)
    #expect(messages.map(\.payload) == [payload])
    #expect(messages[0].status == [.resetConnection, .endOfMessage])
  }

  @Test func `rows that are flushed are there before the message ends`() throws {
    var message = TDSWriter()
    var output = TDSWriter()
    var writer = PacketWriter(packetSize: 512)
    message.bytes([UInt8](repeating: 1, count: 600))
    writer.write(.reply, from: &message, isLast: false, into: &output)
    #expect(output.count == 512 && message.count == 96)
    writer.flush(.reply, from: &message, into: &output)
    #expect(output.count == 616 && message.isEmpty)
    message.bytes([2])
    writer.write(.reply, from: &message, isLast: true, into: &output)
    let messages = try MessageReader.messages(output.bytes)
    #expect(messages.map(\.payload) == [[UInt8](repeating: 1, count: 600) + [2]])
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `messages are the same however the stream is cut`(seed: UInt64) throws {
    var seed = Seed(seed)
    var stream: [UInt8] = []
    var sent: [TDSMessage] = []
    let types: [PacketType] = [.batch, .rpc, .bulkLoad, .reply, .login, .attention, .transactionManager]
    for _ in 0..<10 {
      let type = seed.pick(types)
      let payload = type == .attention ? [] : seed.bytes(0...2000)
      sent.append(TDSMessage(type: type, payload: payload))
      stream += PacketWriter.packets(type, payload, packetSize: seed.pick([512, 513, 4096]))
    }
    var reader = MessageReader()
    var received: [TDSMessage] = []
    var streamed: [UInt8] = []
    for piece in seed.pieces(stream, most: seed.pick([1, 9, 700])) {
      var at = 0
      try piece.withRawBytes { bytes throws(MalformedTDS) in
        while let event = try reader.next(bytes, at: &at) {
          switch event {
          case .message(let message): received.append(message)
          case .attention: received.append(TDSMessage(type: .attention, payload: []))
          case .withdrawn: Issue.record("nothing was taken back")
          case .piece(let type, let range, let isLast):
            streamed += bytes[range]
            if isLast {
              received.append(TDSMessage(type: type, payload: streamed))
              streamed = []
            }
          }
        }
      }
      #expect(at == piece.count)
    }
    #expect(received == sent)
    #expect(reader.isBetweenMessages)
  }

  @Test func `an attention is heard in the midst of a message, which goes on`() throws {
    let whole = PacketWriter.packets(.batch, [UInt8](repeating: 7, count: 1000), packetSize: 512)
    let stream = Array(whole[..<512]) + PacketWriter.attention + Array(whole[512...])
    let messages = try MessageReader.messages(stream)
    #expect(messages.map(\.type) == [.attention, .batch])
    #expect(messages[1].payload == [UInt8](repeating: 7, count: 1000))
  }

  @Test func `a message that its client leaves unfinished after an attention is none`() throws {
    let load = PacketWriter.packets(.bulkLoad, [UInt8](repeating: 7, count: 1000), packetSize: 512)[..<512]
    let stream = load + PacketWriter.attention + PacketWriter.packets(.batch, [4])
    let messages = try MessageReader.messages(Array(stream))
    #expect(messages.map(\.type) == [.attention, .bulkLoad, .batch])
    #expect(messages[1].status.contains(.ignore))
    #expect(throws: MalformedTDS.self) {
      try MessageReader.messages(Array(load) + PacketWriter.packets(.batch, [4]))
    }
  }

  @Test func `a message that its client takes back is none`() throws {
    var bytes = PacketWriter.packets(.batch, [1, 2, 3])
    bytes[1] = 0x03
    let messages = try MessageReader.messages(bytes + PacketWriter.packets(.batch, [4]))
    #expect(messages.map(\.payload) == [[], [4]])
    #expect(messages[0].status.contains(.ignore))
  }

  @Test(arguments: [
    ("05 01 0008 0000 01 00", 0), ("01 01 0007 0000 01 00", 2), ("01 01 FFFF 0000 01 00", 2),
    ("01 00 0009 0000 01 00 41 03 01 0008 0000 01 00", 9),
  ])
  func `what is no packet is refused, with its place`(bytes: String, offset: Int) {
    #expect {
      try MessageReader.messages(hex(bytes))
    } throws: { error in
      (error as? MalformedTDS)?.offset == offset
    }
  }

  @Test func `a message that never ends does not fill the memory`() {
    var reader = MessageReader(longestMessage: 10_000)
    let packet = PacketWriter.packets(.batch, [UInt8](repeating: 7, count: 5000))[..<4096]
    #expect(throws: MalformedTDS.self) {
      for _ in 0..<4 {
        var at = 0
        try packet.withUnsafeBytes { while try reader.next($0, at: &at) != nil {} }
      }
    }
  }

  @Test func `wishes for a packet size are granted within limits`() {
    #expect(PacketHeader.negotiatedSize(wish: 0) == 4096)
    #expect(PacketHeader.negotiatedSize(wish: 8000) == 8000)
    #expect(PacketHeader.negotiatedSize(wish: 1) == 512)
    #expect(PacketHeader.negotiatedSize(wish: .max) == 32767)
  }
}
