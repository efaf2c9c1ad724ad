import Databases
import FaultInjection
import TDS
import Testing
import WireProtocols

@Suite struct TDSVerdictTests {
  private static let deadlock = Verdict.fail(.kind(.deadlock), .before)
  private static let always = "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION"
  private static let asWanted = "IF @@TRANCOUNT > 0 AND (@@OPTIONS & 16384) = 16384 ROLLBACK TRANSACTION"

  private static func striking(
    _ operation: FaultInjection.Operation, _ verdict: Verdict, batch: Int? = nil,
    _ sample: TDSSample = TDSSample()
  ) throws -> Wire {
    try sample.ready { $0.operation == operation && $0.batch == batch ? verdict : .pass }
  }

  /// A transaction has begun.
  private static func inTransaction(
    _ operation: FaultInjection.Operation, _ verdict: Verdict, batch: Int? = nil
  ) throws -> (Wire, TDSSample) {
    var sample = TDSSample()
    var wire = try striking(operation, verdict, batch: batch)
    try wire.client(sample.batch("BEGIN TRANSACTION"))
    try wire.server(sample.changed(.beginTransaction(7)))
    sample.transaction = 7
    _ = (wire.takeToServer(), wire.takeToClient())
    return (wire, sample)
  }

  @Test func `a deadlock's victim is really rolled back, and reads the server's words`() throws {
    var (wire, sample) = try Self.inTransaction(.delete, Self.deadlock)
    try wire.client(sample.batch("DELETE FROM t"))
    #expect(wire.toServer == sample.batch(Self.always))
    #expect(wire.toClient.isEmpty)
    try wire.server(sample.changed(.rollbackTransaction(7)))
    #expect(try sample.told(wire.toClient) == "error 1205 rolled-back done 2")
    let text = try MessageReader.messages(wire.takeToClient())[0].payload
    #expect(
      String(utf16LE: Array(text.dropFirst(11))).hasPrefix("Transaction (Process ID 53) was deadlocked"))
    // What comes then is the server's business again.
    _ = wire.takeToServer()
    sample.transaction = 0
    let rollback = sample.batch(Self.always)
    try wire.client(rollback)
    try wire.server(sample.done())
    #expect(wire.toServer == rollback && wire.toClient == sample.done())
    #expect(wire.operations == ["connect", "begin", "delete t", "rollback t"])
  }

  @Test func `an error of a statement rolls back if XACT_ABORT is on, which the server knows`() throws {
    var (wire, sample) = try Self.inTransaction(.delete, .fail(.kind(.lockTimeout), .before))
    try wire.client(sample.batch("DELETE FROM t"))
    #expect(try sample.asked(wire.toServer) == [Self.asWanted])
    try wire.server(sample.done())
    #expect(try sample.told(wire.toClient) == "error 1222 done 2")
  }

  @Test func `every version has its own form of an error`() throws {
    for version in TDSVersion.allCases {
      let sample = TDSSample(version: version)
      var wire = try Self.striking(.delete, Self.deadlock, sample)
      try wire.client(sample.batch("DELETE FROM t"))
      #expect(wire.toServer == sample.batch(Self.always))
      try wire.server(sample.done())
      #expect(try sample.told(wire.toClient) == "error 1205 done 2")
    }
  }

  @Test func `a rollback that fails ends the connection and says so`() throws {
    var (wire, sample) = try Self.inTransaction(.delete, Self.deadlock)
    try wire.client(sample.batch("DELETE FROM t"))
    try wire.server(sample.failed(8115))
    #expect(try sample.told(wire.toClient) == "error 50000 done 2")
    #expect(wire.ending == .orderly)
  }

  @Test func `a call ends as calls do, and a pooled connection is reset all the same`() throws {
    let sample = TDSSample()
    var wire = try Self.striking(.delete, Self.deadlock)
    try wire.client(sample.call(.executeSQL, [TDSSample.text("DELETE FROM t")]))
    try wire.server(sample.done())
    #expect(try sample.told(wire.takeToClient()) == "error 1205 proc 2")
    _ = wire.takeToServer()
    try wire.client(sample.batch("DELETE FROM t", status: .resetConnection))
    #expect(wire.toServer == sample.batch(Self.always, status: .resetConnection))
    try wire.server(sample.changed(.reset))
    #expect(try sample.told(wire.toClient) == "error 1205 change 18 done 2")
  }

  @Test func `a commit that fails leaves no transaction, however it is asked for`() throws {
    for asksByText in [true, false] {
      var (wire, sample) = try Self.inTransaction(.commit, .fail(.kind(.readOnly), .before))
      try wire.client(
        asksByText ? sample.batch("COMMIT") : sample.transaction(.commit(name: "", next: nil)))
      #expect(try sample.asked(wire.toServer) == [Self.always])
      try wire.server(sample.changed(.rollbackTransaction(7)))
      #expect(try sample.told(wire.toClient) == "error 3906 rolled-back done 2")
    }
  }

  @Test func `a large request that fails goes nowhere to its end`() throws {
    let sample = TDSSample()
    var wire = try Self.striking(.write, Self.deadlock)
    let request = sample.batch("INSERT INTO t VALUES (N'" + String(repeating: "x", count: 100_000) + "')")
    try wire.client(Array(request.prefix(150_000)))
    try wire.server(sample.done())
    #expect(wire.toClient.isEmpty)
    try wire.client(Array(request.dropFirst(150_000)))
    #expect(try sample.asked(wire.toServer) == [Self.always])
    #expect(try sample.told(wire.toClient) == "error 1205 done 2")
  }

  @Test func `a shutdown, and whatever is as grave, is the last that is heard`() throws {
    for (kind, number) in [(ErrorKind.shutdown, 6005), (.throttled, 40501), (.internalError, 17066)] {
      let sample = TDSSample()
      var wire = try Self.striking(.delete, .fail(.kind(kind), .before))
      try wire.client(sample.batch("DELETE FROM t"))
      #expect(wire.toServer.isEmpty)
      #expect(try sample.told(wire.toClient) == "error \(number) done 2")
      #expect(wire.ending == .orderly)
    }
  }

  @Test func `a lost answer is lost when it is complete`() throws {
    for (verdict, words) in [
      (Verdict.cut(.after), ""), (.fail(.kind(.shutdown), .after), "error 6005 done 2"),
    ] {
      var (wire, sample) = try Self.inTransaction(.commit, verdict)
      try wire.client(sample.batch("COMMIT"))
      #expect(try sample.asked(wire.toServer) == ["COMMIT"])
      let answer = sample.changed(.commitTransaction(7))
      try wire.server(Array(answer.dropLast()))
      #expect(wire.toClient.isEmpty && wire.ending == nil)
      try wire.server(Array(answer.suffix(1)))
      #expect(try sample.told(wire.toClient) == words)
      #expect(wire.ending == (words.isEmpty ? .reset : .orderly))
    }
  }

  @Test func `a message is cut at any byte`() throws {
    let sample = TDSSample()
    let commit = sample.batch("COMMIT")
    for count in 0...commit.count {
      var wire = try Self.striking(.commit, .cutWithin(bytes: count))
      try wire.client(commit + sample.batch("SELECT 1"))
      #expect(wire.toServer == Array(commit.prefix(count)))
      #expect(wire.ending == .orderly)
    }
    var wire = try Self.striking(.commit, .cut(.before))
    try wire.client(commit)
    #expect(wire.toServer.isEmpty && wire.ending == .reset)
  }

  @Test func `a connect is refused, answered with an error, or lost`() throws {
    let sample = TDSSample()
    func start(_ verdict: Verdict) throws -> Wire {
      var wire = Wire(TDSCodec(side: .target)) { _ in verdict }
      try wire.client(TDSSample.prelogin())
      return wire
    }
    let refused = try start(.cut(.before))
    #expect(refused.ending == .reset && !refused.isConnected)
    for (error, number) in [
      (InjectedError.kind(.tooManyConnections), 10928), (.code("18456"), 18456), (.code("40613"), 40613),
    ] {
      var full = try start(.fail(error, .before))
      _ = full.takeToClient()
      try full.client(sample.login)
      #expect(try sample.told(full.toClient) == "error \(number) done 2")
      #expect(!full.isConnected && full.ending == .orderly)
    }
    var lost = try start(.cut(.after))
    try lost.server(TDSSample.preloginReply())
    try lost.client(sample.login)
    _ = lost.takeToClient()
    try lost.server(sample.loginReply)
    #expect(lost.toClient.isEmpty && lost.ending == .reset)
  }

  // MARK: Reads

  @Test func `rows come, and then the error does, with the rest thrown away`() throws {
    for size in [512, 4096, 32767] {
      for (effect, batch, rows) in [
        (Effect.before, 1, 0), (.before, 2, 5042), (.after, 1, 5042), (.after, 2, 6000),
      ] {
        let sample = TDSSample(packetSize: size)
        var wire = try Self.striking(.read, .fail(.kind(.deadlock), effect), batch: batch, sample)
        try wire.client(sample.batch("SELECT a, b FROM t"))
        _ = wire.takeToServer()
        let answer = sample.rows([Int](repeating: 100, count: 6000))
        try wire.server(Array(answer.dropLast(1)))
        try wire.server(Array(answer.suffix(1)))
        // Where the reply ends in the same packet, there is nothing to stop.
        if try sample.asked(wire.toServer).first == "attention" {
          #expect(try sample.told(wire.toClient) == "")
          _ = wire.takeToServer()
          try wire.server(sample.done(.attention))
        }
        #expect(try sample.asked(wire.toServer) == [Self.always])
        try wire.server(sample.done())
        let told = try sample.told(wire.toClient)
        #expect(told == "columns" + String(repeating: " row", count: rows) + " error 1205 done 2")
        #expect(wire.ending == nil)
      }
    }
  }

  @Test func `an error after a read has begun comes in the place of its first row`() throws {
    let sample = TDSSample()
    var wire = try Self.striking(.read, .fail(.kind(.deadlock), .after))
    try wire.client(sample.call(.executeSQL, [TDSSample.text("SELECT a FROM t")]))
    _ = wire.takeToServer()
    try wire.server(sample.rows([1, 2]))
    #expect(try sample.asked(wire.toServer) == [Self.always])
    try wire.server(sample.done())
    #expect(try sample.told(wire.toClient) == "columns error 1205 proc 2")
  }

  @Test func `a client that gives up while its error is made hears of both`() throws {
    let sample = TDSSample(packetSize: 512)
    var wire = try Self.striking(.read, Self.deadlock, batch: 1, sample)
    try wire.client(sample.batch("SELECT a FROM t"))
    let answer = sample.rows([Int](repeating: 100, count: 20))
    try wire.server(Array(answer.prefix(600)))
    try wire.client(PacketWriter.attention)
    #expect(try sample.asked(wire.toServer) == ["SELECT a FROM t", "attention"])
    try wire.server(Array(answer.dropFirst(600)) + sample.done(.attention))
    try wire.server(sample.done())
    #expect(try sample.told(wire.toClient) == "columns error 1205 done 2 | done 32")
  }

  @Test func `a client that gives up before its error comes hears that it was heard`() throws {
    for isAnsweredApart in [true, false] {
      let sample = TDSSample(packetSize: 512)
      var wire = try Self.striking(.read, .fail(.kind(.deadlock), .after), batch: 1, sample)
      try wire.client(sample.batch("SELECT a FROM t"))
      let answer = sample.rows([Int](repeating: 100, count: 20))
      try wire.server(Array(answer.prefix(600)))
      try wire.client(PacketWriter.attention)
      let rest = Array(answer.dropFirst(600))
      // The last DONE is the end of a batch that was stopped, or the reply was complete before the attention came.
      if isAnsweredApart { try wire.server(rest + sample.done(.attention)) }
      if !isAnsweredApart {
        var stopped = rest
        stopped[stopped.count - 12] = 0x20
        try wire.server(stopped)
      }
      let told = try sample.told(wire.toClient)
      let rows = "columns" + String(repeating: " row", count: 20)
      #expect(told == rows + (isAnsweredApart ? " done 16 | done 32" : " done 32"))
      // The next read is struck again.
      try wire.client(sample.batch("SELECT a FROM t"))
      #expect(wire.operations.suffix(2) == ["read t 1", "read t"])
      try wire.server(sample.rows([1]))
      #expect(wire.operations.last == "read t 1")
    }
  }

  @Test(arguments: [0, 1, 2, 206, 207, 208, 413, 414, 415, 1 << 20])
  func `rows are cut at any byte`(count: Int) throws {
    let sample = TDSSample(packetSize: 512)
    let rows = [Int](repeating: 100, count: 3)
    var wire = try Self.striking(.read, .cutWithin(bytes: count), batch: 1, sample)
    try wire.client(sample.batch("SELECT a FROM t"))
    let answer = sample.rows(rows)
    try wire.server(answer)
    #expect(wire.ending == .orderly)
    #expect(answer.starts(with: wire.toClient))
    // A row is its token, five bytes, two of length and the text.
    #expect(wire.toClient.count(where: { $0 == 0x41 }) == Self.letters(min(count, 3 * 208)))

    wire = try Self.striking(.write, .cutWithin(bytes: count), batch: 1, sample)
    try wire.client(sample.batch("insert bulk t (a INT)"))
    try wire.server(sample.done())
    _ = wire.takeToServer()
    let load = sample.load(rows)
    try wire.client(load)
    #expect(wire.ending == .orderly)
    #expect(load.starts(with: wire.toServer) && wire.toServer.count < load.count)
    let letters = wire.toServer.count(where: { $0 == 0x41 })
    #expect(count < 3 * 208 ? letters == Self.letters(count) : letters == Self.letters(3 * 208) - 1)
  }

  /// Bytes of texts in the first bytes of rows.
  private static func letters(_ count: Int) -> Int {
    let rest = count % 208
    return count / 208 * 200 + max(0, rest - 8)
  }

  // MARK: Bulk loads

  @Test func `an error in a load stops it at the server, and the rest goes nowhere`() throws {
    let (first, sample) = try Self.inTransaction(.write, .fail(.kind(.diskFull), .before), batch: 2)
    var wire = first
    try wire.client(sample.batch("insert bulk t (a INT)"))
    try wire.server(sample.done())
    _ = (wire.takeToServer(), wire.takeToClient())
    let load = sample.load([Int](repeating: 100, count: 6000))
    try wire.client(Array(load.dropLast(5000)))
    #expect(Array(wire.takeToServer().suffix(8)) == PacketWriter.attention)
    try wire.server(sample.done(.attention))
    #expect(try sample.asked(wire.takeToServer()) == [Self.asWanted])
    try wire.server(sample.changed(.rollbackTransaction(7)))
    #expect(wire.toClient.isEmpty)
    try wire.client(Array(load.suffix(5000)))
    #expect(try sample.told(wire.takeToClient()) == "error 1105 rolled-back done 2")
    try wire.client(sample.batch("SELECT 1"))
    #expect(try sample.asked(wire.toServer) == ["SELECT 1"])
  }

  @Test func `an acknowledgement fails, or is lost`() throws {
    for (verdict, asked) in [(Self.deadlock, ["attention"]), (.cut(.after), ["bulkLoad"])] {
      let sample = TDSSample()
      var wire = try Self.striking(.acknowledge, verdict)
      try wire.client(sample.batch("insert bulk t (a INT)"))
      try wire.server(sample.done())
      _ = (wire.takeToServer(), wire.takeToClient())
      try wire.client(sample.load([1, 2, 3]))
      #expect(try sample.asked(wire.toServer) == asked)
      try wire.server(sample.done(asked == ["attention"] ? .attention : .count, 3))
      if asked == ["attention"] {
        try wire.server(sample.done())
        #expect(try sample.told(wire.toClient) == "error 1205 done 2")
      } else {
        #expect(wire.toClient.isEmpty && wire.ending == .reset)
      }
    }
  }

  @Test func `a fault at a BEGIN strikes the first statement that shows what it is for`() throws {
    let (first, sample) = try Self.inTransaction(.begin, Self.deadlock)
    var wire = first
    try wire.client(sample.batch("DELETE FROM t"))
    #expect(try sample.asked(wire.toServer) == [Self.always])
    try wire.server(sample.changed(.rollbackTransaction(7)))
    #expect(try sample.told(wire.toClient) == "error 1205 rolled-back done 2")
    #expect(wire.operations == ["connect", "begin"])
  }

  @Test func `what is slow takes nothing from what comes`() throws {
    for verdict in [Verdict.delay(.seconds(1)), .throttle(bytesPerSecond: 9)] {
      let sample = TDSSample()
      var wire = try sample.ready { _ in verdict }
      try wire.client(sample.batch("BEGIN TRAN; DELETE FROM t"))
      let rows = sample.rows([1, 2])
      try wire.server(sample.changed(.beginTransaction(1)))
      _ = wire.takeToClient()
      try wire.client(sample.batch("SELECT a FROM t"))
      try wire.server(rows)
      #expect(wire.toClient == rows)
      #expect(wire.operations == ["connect", "begin", "delete t", "read t", "read t 1"])
    }
  }
}
