import Runtime
import Testing
import WireProtocols

@Suite struct PostgresMessageTests {
  @Test(arguments: [0, 1, 3, 0x4000_0000, 0x7FFF_FFFF, 0xFFFF_FFFF] as [UInt32])
  func `a length that no message has is refused`(length: UInt32) {
    let bytes = [UInt8(ascii: "Q")] + Sample.bigEndian(length) + [1, 2, 3]
    #expect(throws: MalformedMessage.self) { try bytes.withUnsafeBytes { try MessageHead($0) } }
  }

  @Test func `a head is known from its fifth byte on`() throws {
    let bytes = PostgresMessage.query("SELECT 1")
    for count in 0..<bytes.count {
      let head = try bytes[..<count].withUnsafeBytes { try MessageHead($0) }
      #expect(head?.count == (count < 5 ? nil : bytes.count))
      if let head { #expect(head.type == UInt8(ascii: "Q")) }
    }
  }

  @Test func `messages are read as they were made, and whatever part of them is there`() {
    let bind = Sample.bind("p", "s", ["Votes", nil, "3"])
    func read(_ bytes: [UInt8], _ count: Int? = nil) -> ClientMessage {
      bytes[5..<(count ?? bytes.count)].withUnsafeBytes { ClientMessage(bytes[0], $0) }
    }
    #expect(read(PostgresMessage.query("SELECT 'ä'")) == .query("SELECT 'ä'"))
    #expect(read(PostgresMessage.parse("s", "SELECT 1")) == .parse(statement: "s", sql: "SELECT 1"))
    #expect(read(bind) == .bind(portal: "p", statement: "s", parameters: ["Votes", nil, "3"]))
    #expect(read(Sample.execute("p")) == .execute(portal: "p"))
    #expect(read(Sample.sync) == .sync)
    #expect(read(PostgresMessage.query("SELECT 12345"), 11) == .query("SELECT"))
    // No part of a message is too short to look at.
    for count in 5...bind.count { _ = read(bind, count) }
    var seed = Seed(7)
    for _ in 0..<2_000 {
      let body = (0..<Int.random(in: 0...40, using: &seed)).map { _ in UInt8.random(in: 0...255, using: &seed)
      }
      for type in "QPBECSF".utf8 { _ = body.withUnsafeBytes { ClientMessage(type, $0) } }
    }
  }

  @Test func `parameters that are binary or long are not read`() {
    func parameters(_ bytes: [UInt8]) -> [String?]? {
      guard case .bind(_, _, let parameters) = bytes[5...].withUnsafeBytes({ ClientMessage(bytes[0], $0) })
      else { return nil }
      return parameters
    }
    let binary = PostgresMessage.make("B", [0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 65, 0, 0])
    #expect(parameters(binary) == [nil])
    #expect(parameters(Sample.bind("", "", [String(repeating: "x", count: 5_000), "a"])) == [nil, "a"])
  }
}
