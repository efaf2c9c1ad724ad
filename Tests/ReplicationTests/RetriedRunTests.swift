import Databases
import Replication
import ReplicationClaims
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

/// The fixture's source, an empty target, and a time in which nobody waits.
struct Trial {
  let directory: TemporaryDirectory
  let source: SQLiteEndpoint
  let target: SQLiteEndpoint
  let time = VirtualTime()

  init(script: String = Fixture.script()) throws {
    directory = try TemporaryDirectory()
    try sqlite(script, at: directory.file("source.db"))
    source = SQLiteEndpoint(path: directory.file("source.db"))
    target = SQLiteEndpoint(path: directory.file("target.db"))
  }

  var witness: CopyWitness { CopyWitness(source: source, target: target) }

  func run(
    from source: (any Endpoint)? = nil, to target: (any Endpoint)? = nil, retry: RetryPolicy = .standard,
    stop: StopSignal = StopSignal(), progress: @escaping ProgressSink = { _ in }
  ) async throws -> RunReport {
    var options = IdempotenceClaims.options
    options.retry = retry
    return try await Replication(
      source: source ?? self.source, target: target ?? self.target, options: options, time: time, stop: stop,
      progress: progress
    ).run()
  }

  /// Whatever happened on the way: the copy is faithful, and its rows are counted once.
  func expectWhole(_ report: RunReport, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    #expect(report.failure?.message == nil, sourceLocation: sourceLocation)
    #expect(try await witness.differences() == [], sourceLocation: sourceLocation)
    #expect(try await witness.lies() == [], sourceLocation: sourceLocation)
    #expect(Set(report.units.map(\.unit)).count == report.units.count, sourceLocation: sourceLocation)
    let planned = report.tables.reduce(0) { $0 + $1.units }
    #expect(report.units.count == planned, sourceLocation: sourceLocation)
    let rows = try Fixture.tables.reduce(0) { sum, table in
      sum
        + (try sqlite("SELECT count(*) FROM \"\(table)\"", at: source.path).first?[0].flatMap { Int($0) } ?? 0)
    }
    #expect(report.units.reduce(0) { $0 + $1.rowsAcknowledged } == rows, sourceLocation: sourceLocation)
  }
}

/// Strikes at calls of one operation, counted over all connections.
func strike(
  _ operation: String, at numbers: [Int] = [], from first: Int = .max, _ error: DatabaseError,
  afterEffect: Bool = false
) -> @Sendable (StruckEndpoint.Call) -> Strike? {
  { call in
    call.operation == operation && (numbers.contains(call.number) || call.number >= first)
      ? Strike(error, afterEffect: afterEffect) : nil
  }
}

@Suite struct RetriedRunTests {
  @Test func `a unit that deadlocks twice is done at its third attempt, and the report tells it`()
    async throws
  {
    let trial = try Trial()
    // The unit that meets the first conflict is tried again before another one writes.
    let report = try await trial.run(
      to: StruckEndpoint(
        trial.target, strike("delete", at: [3, 4], StruckEndpoint.error(.conflict, code: "1205"))))
    try await trial.expectWhole(report)
    let failures = report.retry.retried.flatMap(\.failures)
    #expect(failures.map(\.code) == ["test 1205", "test 1205"])
    #expect(failures.allSatisfy { $0.errorClass == .conflict && ($0.wait ?? 0) >= 0.1 })
    #expect(report.retry.retried.allSatisfy { $0.outcome == .done && $0.attempts == $0.failures.count + 1 })
    for work in report.retry.retried {
      let unit = try #require(report.units.first { $0.unit == work.unit })
      #expect(unit.attempt == work.attempts)
    }
    #expect(report.retry.policy == "default")
  }

  @Test func `a lost commit's answer is looked up, and the unit neither copied nor counted twice`()
    async throws
  {
    let trial = try Trial()
    let target = StruckEndpoint(
      trial.target,
      strike("commit", at: [4], StruckEndpoint.error(.connectionLost, outcome: .unknown), afterEffect: true))
    let report = try await trial.run(to: target)
    try await trial.expectWhole(report)
    #expect(report.units.allSatisfy { $0.attempt == 1 })
    #expect(report.retry.retried.count == 1 && report.retry.retried[0].outcome == .done)
  }

  @Test func `a commit that was lost before it happened is copied again`() async throws {
    let trial = try Trial()
    let target = StruckEndpoint(
      trial.target, strike("commit", at: [4], StruckEndpoint.error(.connectionLost, outcome: .unknown)))
    let report = try await trial.run(to: target)
    try await trial.expectWhole(report)
    #expect(report.units.count { $0.attempt == 2 } == 1)
  }

  @Test func `a lost commit whose ledger cannot be asked at first is asked again`() async throws {
    let trial = try Trial()
    let wasLost = Guarded(false)
    let refusals = Guarded(0)
    let target = StruckEndpoint(trial.target) { call in
      if call.operation == "commit", call.number == 4 {
        wasLost.withLock { $0 = true }
        return Strike(StruckEndpoint.error(.connectionLost, outcome: .unknown), afterEffect: true)
      }
      // From then on nobody is let in for a while, and the connection with the fence is gone as well.
      guard wasLost.withLock({ $0 }), ["connect", "takeFence", "ledger"].contains(call.operation),
        refusals.withLock({
          $0 += 1; return $0
        }) <= 4
      else { return nil }
      return Strike(StruckEndpoint.error(.connectionLost))
    }
    let report = try await trial.run(to: target)
    try await trial.expectWhole(report)
    #expect(report.units.allSatisfy { $0.attempt == 1 })
    #expect(report.retry.outages.count == 1)
    #expect(report.retry.outages[0].duration ?? 0 > 0)
  }

  @Test func `without a retry a lost commit is still looked up`() async throws {
    let trial = try Trial()
    let target = StruckEndpoint(
      trial.target,
      strike("commit", at: [4], StruckEndpoint.error(.connectionLost, outcome: .unknown), afterEffect: true))
    let report = try await trial.run(to: target, retry: .none)
    try await trial.expectWhole(report)
  }

  @Test func `a claim whose answer was lost is our own`() async throws {
    for afterEffect in [false, true] {
      let trial = try Trial()
      let target = StruckEndpoint(
        trial.target,
        strike("claim", at: [3], StruckEndpoint.error(.connectionLost), afterEffect: afterEffect))
      let report = try await trial.run(to: target)
      try await trial.expectWhole(report)
      #expect(report.units.count { $0.attempt == 2 } == (afterEffect ? 1 : 0))
    }
  }

  @Test func `giving up leaves no half unit, and the next run finishes`() async throws {
    let trial = try Trial()
    let reference = try Trial()
    #expect(try await reference.run().failure?.message == nil)
    let report = try await trial.run(
      to: StruckEndpoint(trial.target, strike("write", from: 5, StruckEndpoint.error(.conflict))))
    #expect(report.outcome == .failed && report.failure?.database?.errorClass == .conflict)
    let work = try #require(report.retry.retried.first { $0.outcome == .gaveUp })
    #expect(work.attempts == 10 && work.failures.last?.wait == nil)
    #expect(try await trial.witness.lies() == [])
    let structure = try await reference.witness.structure()
    #expect(try await trial.witness.structure() == structure, "indexes are there again")
    let second = try await trial.run()
    #expect(second.failure?.message == nil)
    #expect(try await trial.witness.differences() == [])
  }

  @Test(arguments: [ErrorClass.permanent, .badRow, .configuration])
  func `what no retry mends is tried once`(errorClass: ErrorClass) async throws {
    let trial = try Trial()
    let target = StruckEndpoint(
      trial.target, strike("write", from: 4, StruckEndpoint.error(errorClass)))
    let report = try await trial.run(to: target)
    #expect(report.outcome == .failed && report.failure?.database?.errorClass == errorClass)
    #expect(report.retry.retried == [])
    #expect(target.calls.count { $0.hasSuffix(" write") } == 4)
    #expect(trial.time.now == .zero)
  }

  @Test func `a server's hint is honoured`() async throws {
    let trial = try Trial()
    let hint = StruckEndpoint.error(.throttled, retryAfter: .seconds(77))
    let report = try await trial.run(to: StruckEndpoint(trial.target, strike("begin", at: [2], hint)))
    try await trial.expectWhole(report)
    #expect(report.retry.retried.flatMap(\.failures).map(\.wait) == [77])
    #expect(trial.time.now >= .seconds(77))
  }

  @Test func `deadlocks lower a table's writers, quiet raises them, and both are told`() async throws {
    let trial = try Trial()
    let events = Guarded<[Int]>([])
    let report = try await trial.run(
      to: ManyWriters(
        base: StruckEndpoint(trial.target, strike("delete", at: [3], StruckEndpoint.error(.conflict)))),
      progress: { if case .writers(_, let number) = $0 { events.withLock { $0.append(number) } } })
    try await trial.expectWhole(report)
    #expect(report.retry.writers.first?.writers == 1)
    #expect(report.retry.writers.map(\.writers) == events.withLock { $0 })
  }

  @Test func `a stop during a wait ends the run at once`() async throws {
    let trial = try Trial()
    let stop = StopSignal()
    let report = try await trial.run(
      to: StruckEndpoint(trial.target, strike("begin", from: 2, StruckEndpoint.error(.connectionLost))),
      stop: stop, progress: { if case .waiting = $0 { stop.request() } })
    #expect(report.outcome == .stopped)
    #expect(trial.time.now == .zero, "it did not wait")
    #expect(try await trial.witness.lies() == [])
  }

  @Test(arguments: [
    "connect", "tables", "takeFence", "prepareLedger", "create", "ledger", "plan", "obstacles", "putAside",
    "alignIdentity", "restore", "delete", "openWrite", "write", "finishWrite", "record", "commit",
  ])
  func `whatever call loses its connection, before its effect or after, the run goes on`(
    operation: String
  ) async throws {
    for afterEffect in [false, true] {
      for number in [1, 2, 5] {
        let trial = try Trial()
        let report = try await trial.run(
          to: StruckEndpoint(
            trial.target,
            strike(operation, at: [number], StruckEndpoint.error(.connectionLost), afterEffect: afterEffect)))
        try await trial.expectWhole(report)
        #expect(report.tables.allSatisfy { $0.created }, "\(operation) \(number) \(afterEffect)")
      }
    }
  }

  @Test(arguments: ["connect", "tables", "beginSnapshot", "split", "joinSnapshot", "openRead", "nextBatch"])
  func `whatever call loses the source, the run goes on`(operation: String) async throws {
    for afterEffect in [false, true] {
      for number in [1, 2, 4] {
        let trial = try Trial()
        let report = try await trial.run(
          from: StruckEndpoint(
            trial.source,
            strike(operation, at: [number], StruckEndpoint.error(.connectionLost), afterEffect: afterEffect)))
        try await trial.expectWhole(report)
      }
    }
  }
}

/// SQLite's file with the claim that it takes several writers: they wait for one another.
struct ManyWriters: ForwardingEndpoint {
  let base: any Endpoint

  var capabilities: Capabilities { Capabilities(parallelWriters: 8, sharesSnapshots: true) }

  func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    try await base.connect(access)
  }
}
