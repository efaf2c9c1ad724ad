import Databases
import FaultInjection
import Runtime
import Testing
import WireProtocols

@Suite struct PostgresCodecTests {
  /// A conversation with one of everything, as parts that follow from each other.
  private static func conversation(_ seed: inout Seed) -> [(Direction, [UInt8])] {
    func random(_ count: Int, _ seed: inout Seed) -> [UInt8] {
      (0..<count).map { _ in UInt8.random(in: 0...254, using: &seed) }
    }
    var parts: [(Direction, [UInt8])] = [
      (.toServer, Sample.startup), (.toClient, Sample.accepted + Sample.ready),
      (.toServer, PostgresMessage.query("SELECT 1")),
      (.toClient, PostgresMessage.make("T", random(30, &seed)) + Sample.complete("SELECT 1") + Sample.ready),
      (
        .toServer,
        PostgresMessage.parse("", "UPDATE proofload_ledger SET a = 1 WHERE table_name = $1 AND unit = $2")
          + Sample.bind("", "", ["Votes", "4"]) + Sample.execute("") + Sample.sync
      ),
      (
        .toClient,
        PostgresMessage.make("1") + PostgresMessage.make("2") + Sample.complete("UPDATE 1") + Sample.ready
      ),
      (.toServer, PostgresMessage.query("BEGIN")),
      (.toClient, Sample.complete("BEGIN") + Sample.inTransaction),
      (.toServer, PostgresMessage.query("COPY \"Votes\" FROM STDIN (FORMAT BINARY)")),
      (.toClient, Sample.copyIn),
    ]
    var rows: [UInt8] = Sample.data(Sample.header)
    for _ in 0..<Int.random(in: 0...4, using: &seed) {
      rows += Sample.data(random(Int.random(in: 0...900_000, using: &seed), &seed))
    }
    parts.append((.toServer, rows + Sample.data([0xFF, 0xFF]) + Sample.copyDone))
    parts.append((.toClient, Sample.complete("COPY 3") + Sample.inTransaction))
    parts.append((.toServer, PostgresMessage.query("COPY (SELECT 1 FROM t) TO STDOUT (FORMAT BINARY)")))
    rows = Sample.copyOut + Sample.data(Sample.header + random(40, &seed))
    for _ in 0..<Int.random(in: 0...3_000, using: &seed) { rows += Sample.data(random(42, &seed)) }
    rows += Sample.data([0xFF, 0xFF]) + Sample.copyDone + Sample.complete("COPY 9") + Sample.inTransaction
    parts.append((.toClient, rows))
    parts.append((.toServer, PostgresMessage.query("COMMIT")))
    parts.append((.toClient, Sample.complete("COMMIT") + Sample.ready))
    parts.append((.toServer, PostgresMessage.make("X")))
    return parts
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `however bytes are cut, they arrive unchanged and make the same moments`(number: UInt64) throws {
    var seed = Seed(number)
    let conversation = Self.conversation(&seed)
    var whole = Wire()
    for (direction, bytes) in conversation { try whole.give(direction, bytes) }

    var wire = Wire()
    for (direction, bytes) in conversation {
      var rest = bytes[...]
      while !rest.isEmpty {
        let most = Bool.random(using: &seed) ? 9 : 200_000
        let piece = rest.prefix(Int.random(in: 1...most, using: &seed))
        try wire.give(direction, Array(piece))
        rest = rest.dropFirst(piece.count)
      }
    }
    for wire in [whole, wire] {
      #expect(wire.toServer == conversation.filter { $0.0 == .toServer }.flatMap(\.1))
      #expect(wire.toClient == conversation.filter { $0.0 == .toClient }.flatMap(\.1))
      #expect(wire.ending == nil)
    }
    #expect(wire.moments == whole.moments)
    let operations = [
      "connect", "statement", "ledger", "begin", "write Votes", "acknowledge Votes", "commit Votes",
    ]
    for operation in operations { #expect(whole.operations.contains(operation)) }
  }

  @Test func `TLS and GSS are declined, and a cancel request goes through`() throws {
    var wire = Wire()
    try wire.client([0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x30])
    try wire.client([0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F])
    #expect(wire.takeToClient() == Array("NN".utf8))
    let cancel: [UInt8] = [0, 0, 0, 16, 0x04, 0xD2, 0x16, 0x2E, 0, 0, 0, 1, 0, 0, 0, 2]
    try wire.client(cancel)
    #expect(wire.toServer == cancel)
    #expect(wire.isConnected && wire.moments.isEmpty)
  }

  @Test func `a copy that the server refuses in the middle of a message keeps its messages apart`() throws {
    var wire = try Wire.ready()
    let copy = PostgresMessage.query("COPY t FROM STDIN (FORMAT BINARY)")
    let data = Sample.data(Sample.header + [UInt8](repeating: 7, count: 100))
    let rest = PostgresMessage.copyFail("no more") + PostgresMessage.query("DELETE FROM t")
    try wire.client(copy)
    try wire.server(Sample.copyIn)
    try wire.client(Array(data.prefix(60)))
    try wire.server(Sample.error("23505") + Sample.ready)
    try wire.client(Array(data.dropFirst(60)) + rest)
    #expect(wire.toServer == copy + data + rest)
    #expect(wire.operations == ["connect", "write t", "write t 1", "delete t"])
  }

  @Test func `what is no message is refused`() throws {
    var wire = Wire()
    #expect(throws: MalformedMessage.self) { try wire.client(Array("GET / HTTP/1.1\r\n".utf8)) }
    var ready = try Wire.ready()
    #expect(throws: MalformedMessage.self) { try ready.client([81, 0, 0, 0, 3]) }
  }

  @Test func `a batch is a mebibyte of rows, and neither header nor trailer is one`() throws {
    var wire = try Wire.ready()
    func copy(_ rows: [UInt8], inOne: Bool = false) throws -> [String] {
      let before = wire.moments.count
      try wire.client(PostgresMessage.query("COPY t FROM STDIN (FORMAT BINARY)"))
      try wire.server(Sample.copyIn)
      let parts = inOne ? Sample.data(Sample.header + rows) : Sample.data(Sample.header) + Sample.data(rows)
      try wire.client((rows.isEmpty ? Sample.data(Sample.header) : parts) + Sample.data([0xFF, 0xFF]))
      try wire.client(Sample.copyDone)
      try wire.server(Sample.complete("COPY") + Sample.ready)
      return Array(wire.operations[before...])
    }
    #expect(try copy([]) == ["write t", "acknowledge t"])
    #expect(try copy([0, 1]) == ["write t", "write t 1", "acknowledge t"])
    let mebibyte = [UInt8](repeating: 7, count: 1 << 20)
    for inOne in [false, true] {
      #expect(try copy(mebibyte, inOne: inOne) == ["write t", "write t 1", "acknowledge t"])
      #expect(
        try copy(mebibyte + [1], inOne: inOne) == ["write t", "write t 1", "write t 2", "acknowledge t"])
    }
    #expect(wire.moments.last { $0.batch == 2 }?.offset == 1 << 20)
  }
}

@Suite struct PostgresVerdictTests {
  private static func striking(
    _ operation: FaultInjection.Operation, _ verdict: Verdict, batch: Int? = nil
  ) throws -> Wire {
    try Wire.ready { $0.operation == operation && $0.batch == batch ? verdict : .pass }
  }
  private static let deadlock = Verdict.fail(.kind(.deadlock), .before)

  @Test func `a failed statement is answered by the server's own error, in other words`() throws {
    var wire = try Self.striking(.delete, Self.deadlock)
    try wire.client(PostgresMessage.query("DELETE FROM t"))
    let sent = String(decoding: wire.takeToServer(), as: UTF8.self)
    #expect(!sent.contains("DELETE") && sent.contains("injects a fault"))
    try wire.server(Sample.error("42601") + Sample.failed)
    #expect(Sample.types(wire.toClient) == "E ZE")
    #expect(Sample.codes(wire.takeToClient()) == ["40P01"])
    // The next statement is the server's business again, and no moment: only a rollback has an effect.
    try wire.client(PostgresMessage.query("DELETE FROM t"))
    #expect(wire.takeToServer() == PostgresMessage.query("DELETE FROM t"))
    try wire.server(Sample.error("25P02") + Sample.failed)
    #expect(Sample.codes(wire.takeToClient()) == ["25P02"])
    #expect(wire.operations == ["connect", "delete t"])
  }

  @Test func `a failed commit leaves no transaction`() throws {
    var wire = try Self.striking(.commit, .fail(.kind(.serialization), .before))
    try wire.client(PostgresMessage.query("BEGIN"))
    try wire.server(Sample.complete("BEGIN") + Sample.inTransaction)
    _ = (wire.takeToServer(), wire.takeToClient())
    try wire.client(PostgresMessage.query("COMMIT"))
    try wire.server(Sample.error("42601") + Sample.failed + Sample.complete("ROLLBACK") + Sample.ready)
    #expect(!String(decoding: wire.toServer, as: UTF8.self).contains("COMMIT"))
    #expect(Sample.types(wire.toClient) == "E ZI")
    #expect(Sample.codes(wire.toClient) == ["40001"])
  }

  @Test func `a failed Execute skips to Sync, as the server does it`() throws {
    var wire = try Self.striking(.delete, Self.deadlock)
    let messages = PostgresMessage.parse("", "DELETE FROM t") + Sample.bind("", "", []) + Sample.execute("")
    try wire.client(messages + Sample.sync)
    #expect(Sample.types(wire.toServer) == "P B P S")
    try wire.server(
      PostgresMessage.make("1") + PostgresMessage.make("2") + Sample.error("42601") + Sample.failed)
    #expect(Sample.types(wire.toClient) == "1 2 E ZE")
    #expect(Sample.codes(wire.toClient) == ["40P01"])
  }

  @Test func `a commit by Execute fails without a transaction left`() throws {
    var wire = try Self.striking(.commit, Self.deadlock)
    try wire.client(PostgresMessage.query("BEGIN"))
    try wire.server(Sample.complete("BEGIN") + Sample.inTransaction)
    _ = (wire.takeToServer(), wire.takeToClient())
    try wire.client(
      PostgresMessage.parse("", "COMMIT") + Sample.bind("", "", []) + Sample.execute("") + Sample.sync)
    #expect(Sample.types(wire.toServer) == "P B P S Q")
    try wire.server(
      PostgresMessage.make("1") + PostgresMessage.make("2") + Sample.error("42601") + Sample.failed)
    try wire.server(Sample.complete("ROLLBACK") + Sample.ready)
    #expect(Sample.types(wire.toClient) == "1 2 E ZI")
  }

  @Test func `an error in a write makes the server end the copy, and the rest goes nowhere`() throws {
    var wire = try Self.striking(.write, .fail(.kind(.diskFull), .before), batch: 2)
    try wire.client(PostgresMessage.query("COPY t FROM STDIN (FORMAT BINARY)"))
    try wire.server(Sample.copyIn)
    _ = wire.takeToClient()
    let rows = [UInt8](repeating: 1, count: 700_000)
    try wire.client(Sample.data(Sample.header) + Sample.data(rows) + Sample.data(rows) + Sample.data(rows))
    try wire.client(Sample.copyDone)
    #expect(Sample.types(wire.toServer) == "Q d d d f")
    try wire.server(Sample.error("57014") + Sample.failed)
    #expect(Sample.types(wire.toClient) == "E ZE")
    #expect(Sample.codes(wire.toClient) == ["53100"])
    _ = wire.takeToServer()
    try wire.client(PostgresMessage.query("ROLLBACK"))
    #expect(wire.toServer == PostgresMessage.query("ROLLBACK"))
  }

  @Test func `an error in a read is followed by a transaction that has failed`() throws {
    for (effect, rows) in [(Effect.before, "H d"), (.after, "H d d d")] {
      var wire = try Self.striking(.read, .fail(.kind(.deadlock), effect), batch: 1)
      try wire.client(PostgresMessage.query("COPY t TO STDOUT (FORMAT BINARY)"))
      _ = wire.takeToServer()
      let row = Sample.data([1, 2, 3])
      try wire.server(Sample.copyOut + Sample.data(Sample.header) + row + row)
      try wire.server(Sample.copyDone + Sample.complete("COPY 2") + Sample.inTransaction)
      #expect(Sample.types(wire.toServer) == "Q")
      #expect(Sample.types(wire.toClient) == rows + " E")
      #expect(wire.interrupt == [0, 0, 0, 16, 0x04, 0xD2, 0x16, 0x2E, 1, 2, 3, 4, 5, 6, 7, 8])
      try wire.server(Sample.error("42601") + Sample.failed)
      #expect(Sample.types(wire.toClient) == rows + " E ZE")
    }
  }

  @Test func `a shutdown is the last that is heard`() throws {
    var wire = try Self.striking(.delete, .fail(.kind(.shutdown), .before))
    try wire.client(PostgresMessage.query("DELETE FROM t"))
    #expect(wire.toServer.isEmpty)
    #expect(Sample.codes(wire.toClient) == ["57P01"])
    #expect(wire.ending == .orderly)
  }

  @Test func `a lost answer is lost when it is complete`() throws {
    for (verdict, code) in [(Verdict.cut(.after), []), (.fail(.kind(.shutdown), .after), ["57P01"])] {
      var wire = try Self.striking(.commit, verdict)
      try wire.client(PostgresMessage.query("COMMIT"))
      #expect(wire.takeToServer() == PostgresMessage.query("COMMIT"))
      try wire.server(Sample.complete("COMMIT"))
      #expect(wire.toClient.isEmpty && wire.ending == nil)
      try wire.server(Sample.ready)
      #expect(Sample.codes(wire.toClient) == code)
      #expect(wire.ending == (code.isEmpty ? .reset : .orderly))
    }
  }

  @Test func `a message is cut at any byte`() throws {
    let commit = PostgresMessage.query("COMMIT")
    for count in 0...commit.count {
      var wire = try Self.striking(.commit, .cutWithin(bytes: count))
      try wire.client(commit + PostgresMessage.query("SELECT 1"))
      #expect(wire.toServer == Array(commit.prefix(count)))
      #expect(wire.ending == .orderly)
    }
  }

  @Test(arguments: [0, 1, 2, 3, 99, 100, 101, 699_999, 700_000, 1 << 20])
  func `rows are cut at any byte`(count: Int) throws {
    let rows = [UInt8](repeating: 1, count: 700_000)
    var wire = try Self.striking(.write, .cutWithin(bytes: count), batch: 1)
    try wire.client(PostgresMessage.query("COPY t FROM STDIN (FORMAT BINARY)"))
    try wire.server(Sample.copyIn)
    _ = wire.takeToServer()
    try wire.client(Sample.data(Sample.header + rows) + Sample.data([0xFF, 0xFF]) + Sample.copyDone)
    #expect(wire.ending == .orderly)
    #expect(wire.toServer.count(where: { $0 == 1 }) == min(count, rows.count))

    wire = try Self.striking(.read, .cutWithin(bytes: count), batch: 1)
    try wire.client(PostgresMessage.query("COPY t TO STDOUT (FORMAT BINARY)"))
    try wire.server(Sample.copyOut)
    _ = wire.takeToClient()
    try wire.server(
      Sample.data(Sample.header) + Sample.data(rows) + Sample.data([0xFF, 0xFF]) + Sample.copyDone)
    #expect(wire.ending == .orderly)
    #expect(wire.toClient.count(where: { $0 == 1 }) == min(count, rows.count))
  }

  @Test func `a connect is refused, answered with an error, or lost`() throws {
    func start(_ verdict: Verdict) throws -> Wire {
      var wire = Wire(PostgresCodec(side: .target)) { _ in verdict }
      try wire.client(Sample.startup)
      return wire
    }
    let refused = try start(.cut(.before))
    #expect(refused.ending == .reset && !refused.isConnected)
    let full = try start(.fail(.kind(.tooManyConnections), .before))
    #expect(Sample.codes(full.toClient) == ["53300"] && !full.isConnected && full.ending == .orderly)
    var lost = try start(.cut(.after))
    #expect(lost.toServer == Sample.startup)
    try lost.server(Sample.accepted + Sample.ready)
    #expect(lost.toClient.isEmpty && lost.ending == .reset)
  }

  @Test func `a fault at a BEGIN strikes the first statement that shows what it is for`() throws {
    var wire = try Self.striking(.begin, Self.deadlock)
    try wire.client(PostgresMessage.query("BEGIN"))
    try wire.server(Sample.complete("BEGIN") + Sample.inTransaction)
    _ = (wire.takeToServer(), wire.takeToClient())
    try wire.client(PostgresMessage.query("DELETE FROM t"))
    #expect(!String(decoding: wire.toServer, as: UTF8.self).contains("DELETE"))
    try wire.server(Sample.error("42601") + Sample.failed)
    #expect(Sample.codes(wire.toClient) == ["40P01"])
    #expect(wire.operations == ["connect", "begin"])
  }

  @Test func `a BEGIN that is slow takes nothing from the statement that shows what it is for`() throws {
    var wire = try Self.striking(.begin, .delay(.seconds(1)))
    try wire.client(PostgresMessage.query("BEGIN"))
    try wire.server(Sample.complete("BEGIN") + Sample.inTransaction)
    try wire.client(PostgresMessage.query("DELETE FROM t"))
    #expect(wire.operations == ["connect", "begin", "delete t"])
  }
}
