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
