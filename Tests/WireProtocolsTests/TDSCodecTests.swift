import Databases
import FaultInjection
import Runtime
import TDS
import Testing
import WireProtocols

@Suite struct TDSCodecTests {
  /// A conversation with one of everything, as parts that follow from each other.
  private static func conversation(_ sample: TDSSample, _ seed: inout Seed) -> [(Direction, [UInt8])] {
    var sample = sample
    var parts: [(Direction, [UInt8])] = [
      (.toServer, TDSSample.prelogin()), (.toClient, TDSSample.preloginReply()),
      (.toServer, sample.login), (.toClient, sample.loginReply),
      (.toServer, sample.batch("SET NOCOUNT OFF")), (.toClient, sample.done()),
      (.toServer, sample.batch("BEGIN TRANSACTION")), (.toClient, sample.changed(.beginTransaction(9))),
    ]
    if sample.version.hasTransactionChanges { sample.transaction = 9 }
    let rows = (0..<Int.random(in: 0...300, using: &seed)).map { _ in Int.random(in: 0...200, using: &seed) }
    parts += [
      (.toServer, sample.batch("DELETE FROM [dbo].[Votes]")), (.toClient, sample.done(.count, 3)),
      (.toServer, sample.batch("insert bulk [dbo].[Votes] ([a] INT, [b] NVARCHAR(400))")),
      (.toClient, sample.done()), (.toServer, sample.load(rows, trailer: rows.count % 2 == 0)),
      (.toClient, sample.done(.count, UInt64(rows.count))),
      (
        .toServer,
        sample.call(
          .prepareExecute, [TDSSample.int(nil), TDSSample.text(""), TDSSample.text("SELECT a FROM t")])
      ),
      (
        .toClient,
        sample.reply { writer in
          writer.columns(TDSSample.columns)
          for row in rows.prefix(9) { TDSSample.row(row, &writer) }
          writer.done(Done(.inProcedure, [.count, .more], rowCount: 9))
          writer.returnStatus(0)
          writer.beginReturnValue(ReturnValue(type: .int))
          writer.bytes([5, 0, 0, 0], TypeInfo.int.layout(in: .parameter))
          writer.done(Done(.procedure))
        }
      ),
      (.toServer, sample.call(.execute, [TDSSample.int(5)])), (.toClient, sample.rows(rows)),
      (.toServer, PacketWriter.attention), (.toClient, sample.done(.attention)),
      (.toServer, sample.batch(String(repeating: " ", count: 50_000) + "COMMIT")),
      (.toClient, sample.changed(.commitTransaction(9))),
    ]
    return parts
  }

  @Test(arguments: TDSVersion.allCases)
  func `however bytes are cut, they arrive unchanged and make the same moments`(version: TDSVersion) throws {
    for size in [512, 4096, 32767] {
      var seed = Seed(UInt64(version.rawValue) + UInt64(size))
      let conversation = Self.conversation(TDSSample(version: version, packetSize: size), &seed)
      var whole = Wire(TDSCodec(side: .target))
      for (direction, bytes) in conversation { try whole.give(direction, bytes) }
      var wire = Wire(TDSCodec(side: .target))
      for (direction, bytes) in conversation {
        var rest = bytes[...]
        while !rest.isEmpty {
          let most = Bool.random(using: &seed) ? 9 : 20_000
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
        "connect", "statement", "begin", "delete Votes", "write Votes", "acknowledge Votes", "read t",
      ]
      for operation in operations { #expect(whole.operations.contains(operation), "\(operation)") }
      #expect(whole.operations.last == "commit Votes" || whole.operations.last == "statement")
    }
  }

  @Test func `the server is asked for plain text, and one request at a time`() throws {
    for wish in [Encryption.off, .on, .notSupported, .required] {
      var wire = Wire(TDSCodec(side: .target))
      try wire.client(TDSSample.prelogin(wish, mars: true))
      #expect(wire.toServer == TDSSample.prelogin(.notSupported, mars: false))
      try wire.server(TDSSample.preloginReply())
      #expect(wire.toClient == TDSSample.preloginReply())
    }
  }

  @Test func `a server that insists on encryption is reported when the client logs in`() throws {
    for answer in [Encryption.off, .on, .required] {
      var wire = Wire(TDSCodec(side: .target))
      try wire.client(TDSSample.prelogin())
      try wire.server(TDSSample.preloginReply(answer))
      _ = (wire.takeToClient(), wire.takeToServer())
      try wire.client(TDSSample().login)
      #expect(wire.toServer.isEmpty && wire.ending == .orderly)
      #expect(try TDSSample().told(wire.toClient) == "error 50000 done 2")
      #expect(String(utf16LE: Array(wire.toClient.dropFirst(19))).contains("insists on encryption"))
    }
  }

  @Test func `a server that cannot be reached is reported when the client logs in`() throws {
    var wire = Wire(TDSCodec(side: .target))
    wire.isUnreachable = true
    try wire.client(TDSSample.prelogin())
    #expect(wire.ending == nil && !wire.takeToClient().isEmpty)
    try wire.client(TDSSample().login)
    #expect(try TDSSample().told(wire.toClient) == "error 50000 done 2")
    #expect(wire.ending == .orderly && wire.toServer.isEmpty)
  }

  @Test func `a client without PRELOGIN is served, and what is no TDS is refused`() throws {
    var wire = Wire(TDSCodec(side: .target))
    let sample = TDSSample(version: .v71)
    try wire.client(sample.login)
    try wire.server(sample.loginReply)
    #expect(wire.isConnected && wire.toServer == sample.login && wire.toClient == sample.loginReply)
    for bytes in [
      Array("GET / HTTP/1.1\r\n".utf8), [0x16, 3, 1, 0, 5, 1, 0, 0, 0, 0], PacketWriter.packets(.batch, []),
    ] {
      var wire = Wire(TDSCodec(side: .target))
      #expect(throws: MalformedMessage.self) { try wire.client(bytes) }
    }
  }

  @Test func `a server that sends its clients elsewhere would have them pass the proxy`() throws {
    var wire = Wire(TDSCodec(side: .target))
    let sample = TDSSample()
    try wire.client(TDSSample.prelogin())
    try wire.server(TDSSample.preloginReply())
    try wire.client(sample.login)
    _ = wire.takeToClient()
    try wire.server(
      sample.reply { writer in
        var reply = LoginReply(database: "shop", serverName: "server")
        reply.routing = ("elsewhere", 1433)
        writer.loginReply(reply)
      })
    #expect(try sample.told(wire.toClient) == "error 50000 done 2")
    #expect(wire.ending == .orderly)
  }

  @Test func `rows are counted by the mebibyte, in both directions`() throws {
    let sample = TDSSample(packetSize: 32767)
    let rows = [Int](repeating: 100, count: 6000)  // of 208 bytes each
    var wire = try sample.ready()
    try wire.client(sample.batch("SELECT a, b FROM dbo.t"))
    try wire.server(sample.rows(rows))
    try wire.client(sample.batch("insert bulk dbo.t (a INT)"))
    try wire.server(sample.done())
    try wire.client(sample.load(rows))
    try wire.server(sample.done(.count, 6000))
    // The next load of the table belongs to the same write.
    try wire.client(sample.batch("insert bulk dbo.t (a INT)"))
    try wire.server(sample.done())
    try wire.client(sample.load(rows))
    #expect(
      wire.operations == [
        "connect", "read t", "read t 1", "read t 2", "write t", "write t 1", "write t 2", "acknowledge t",
        "write t 3", "acknowledge t",
      ])
    #expect(wire.moments.compactMap(\.offset) == [0, 1 << 20, 0, 1 << 20, 2 << 20])
  }

  @Test func `rows are asked about where a read sends them, and nowhere else`() throws {
    let sample = TDSSample()
    var wire = try sample.ready()
    func results(_ sql: String, _ count: Int) throws -> [String] {
      let before = wire.moments.count
      try wire.client(sample.batch(sql))
      try wire.server(
        sample.reply { writer in
          for number in 1...count {
            writer.columns(TDSSample.columns)
            TDSSample.row(3, &writer)
            writer.done(Done(.statement, number < count ? [.count, .more] : .count, rowCount: 1))
          }
        })
      return Array(wire.operations[before...])
    }
    #expect(try results("SELECT @@ROWCOUNT SELECT a FROM t", 2) == ["read t", "read t 1"])
    #expect(
      try results("SELECT a FROM t SELECT b FROM u", 2) == ["read t", "read u", "read t 1", "read u 1"])
    #expect(try results("EXEC p; SELECT a FROM t", 2) == ["statement", "read t", "read t 1", "read t 1"])
    #expect(try results("SELECT name FROM sys.tables", 1) == ["catalog"])
  }

  @Test func `what the proxy cannot follow it refuses, and says why`() throws {
    let sample = TDSSample()
    var wire = Wire(TDSCodec(side: .target))
    try wire.client(TDSSample.prelogin())
    try wire.server(TDSSample.preloginReply())
    try wire.client(sample.login)
    _ = wire.takeToClient()
    try wire.server(
      sample.reply { writer in
        var reply = LoginReply(database: "shop", serverName: "server")
        reply.features = [Feature(id: 4, data: [1])]
        writer.loginReply(reply)
      })
    #expect(try sample.told(wire.toClient) == "error 50000 done 2")
    // A type that nobody knows may stand behind the statement of a call.
    wire = try sample.ready()
    var call = sample.call(.executeSQL, [TDSSample.text("DELETE FROM t"), TDSSample.int(1)])
    let type = try #require(call.lastIndex(of: TypeInfo.int.type.rawValue))
    call[type] = 0xF3
    try wire.client(call)
    #expect(wire.toServer == call && wire.operations == ["connect", "delete t"])
  }

  @Test func `rows in an INSERT are a write of one batch`() throws {
    let sample = TDSSample()
    var wire = try sample.ready()
    for _ in 0..<2 {
      try wire.client(sample.batch("INSERT INTO t (a) VALUES (1), (2)"))
      try wire.server(sample.done(.count, 2))
    }
    #expect(
      wire.operations == ["connect", "write t", "write t 1", "acknowledge t", "write t 2", "acknowledge t"])
  }

  @Test func `transaction manager requests and calls make the moments of their texts`() throws {
    var sample = TDSSample()
    var wire = try sample.ready()
    try wire.client(sample.transaction(.begin(.readCommitted, name: "")))
    try wire.server(sample.changed(.beginTransaction(3)))
    sample.transaction = 3
    try wire.client(
      sample.call(
        .executeSQL,
        [TDSSample.text("DELETE FROM t WHERE a = @a"), TDSSample.text("@a int"), TDSSample.int(1)]))
    try wire.server(sample.done())
    try wire.client(sample.transaction(.save(name: "x")))
    try wire.server(sample.done())
    try wire.client(sample.transaction(.commit(name: "", next: nil)))
    try wire.server(sample.changed(.commitTransaction(3)))
    #expect(wire.operations == ["connect", "begin", "delete t", "statement", "commit t"])
    #expect(wire.moments[2].statement == "DELETE FROM t WHERE a = @a")
  }

  @Test func `a prepared statement is known by its handle, until it is let go`() throws {
    let sample = TDSSample()
    var wire = try sample.ready()
    let prepare = sample.call(
      .prepare,
      [TDSSample.int(nil), TDSSample.text("@a int"), TDSSample.text("DELETE FROM t"), TDSSample.int(1)])
    try wire.client(prepare)
    try wire.server(
      sample.reply { writer in
        writer.returnStatus(0)
        writer.beginReturnValue(ReturnValue(type: .int))
        writer.bytes([9, 1, 0, 0], TypeInfo.int.layout(in: .parameter))
        writer.done(Done(.procedure))
      })
    for procedure in [RPCRequest.Procedure.execute, .unprepare, .execute] {
      try wire.client(sample.call(procedure, [TDSSample.int(265), TDSSample.int(1)]))
      try wire.server(sample.done())
    }
    #expect(wire.operations == ["connect", "delete t", "statement"])
  }

  @Test func `whatever comes, nothing traps`() throws {
    for number in 1...60 as ClosedRange<UInt64> {
      var seed = Seed(number)
      let sample = TDSSample(version: TDSVersion.allCases[Int(number) % 5], packetSize: 512)
      var wire = Wire(TDSCodec(side: .target)) { moment in
        let verdicts: [Verdict] = [
          .pass, .pass, .fail(.kind(.deadlock), .before), .fail(.kind(.diskFull), .after),
          .cutWithin(bytes: 100),
        ]
        return moment.operation == .connect ? .pass : verdicts[Int.random(in: 0..<5, using: &seed)]
      }
      for (direction, bytes) in Self.conversation(sample, &seed) {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...2, using: &seed) {
          bytes[Int.random(in: 0..<bytes.count, using: &seed)] = UInt8.random(in: 0...255, using: &seed)
        }
        do { try wire.give(direction, bytes) } catch is MalformedMessage { break }
      }
    }
  }
}
