import Databases
import FaultInjection
import Replication
import ReplicationClaims
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

@Suite struct InterruptionTests {
  @Test(arguments: Effect.allCases)
  func `a rerun after a death at any call of a job leaves exactly the source's rows`(
    effect: Effect
  ) async throws {
    let directory = try TemporaryDirectory()
    let source = SQLiteEndpoint(path: directory.file("source.db"))
    try sqlite(Fixture.script(), at: directory.file("source.db"))
    let reference = SQLiteEndpoint(path: directory.file("reference.db"))
    _ = try await IdempotenceClaims.run(source, reference)
    let structure = try await CopyWitness(source: source, target: reference).structure()

    var struck: Set<FaultInjection.Operation> = []
    var ordinal = 1
    while true {
      let path = directory.file("target-\(ordinal).db")
      let operation = try await IdempotenceClaims.interruptThenRerun(
        source: source, target: SQLiteEndpoint(path: path), atMoment: ordinal, effect,
        structure: structure)
      guard let operation else { break }
      struck.insert(operation)
      // Every call is tried when sweeping; otherwise a step that visits every kind of call.
      ordinal += prove ? 1 : 7
    }
    #expect(struck.isSuperset(of: [.ledger, .begin, .delete, .write, .acknowledge, .commit]), "\(struck)")
  }

  @Test func `a worker that wakes after its unit was redone cannot commit`() async throws {
    let pair = try await CopiedPair()
    let zombie = try await pair.target.connect(.write)
    let job = Replication.job(pair.source, pair.target)
    var entry = try #require(try await zombie.ledger(job: job).first { $0.unit.table == "Threads" })
    entry.attempt += 1
    entry.state = .begun
    try await zombie.claim(entry, job: job)

    // Asleep; meanwhile the unit is taken over and done.
    let rerun = try await IdempotenceClaims.run(pair.source, pair.target)
    #expect(rerun.units.filter { $0.action == .copied }.map(\.unit) == [entry.unit])

    try await zombie.begin()
    let tables = try await zombie.tables()
    _ = try await zombie.delete(.init(table: try #require(tables.first { $0.name.name == "Threads" }).name))
    entry.state = .done
    await #expect(throws: DatabaseError.self) { try await zombie.record(entry, job: job) }
    try await zombie.rollback()
    await zombie.close()
    #expect(try await pair.witness.differences() == [])
    #expect(try await pair.witness.lies() == [])
  }

  @Test func `two runs of one job at once: the second is refused and says why`() async throws {
    let pair = try await CopiedPair()
    let first = try await pair.target.connect(.write)
    try await first.takeFence(job: Replication.job(pair.source, pair.target))
    do {
      _ = try await IdempotenceClaims.run(pair.source, pair.target)
      Issue.record("the second run was let in")
    } catch let error as DatabaseError {
      #expect(error.errorClass == .fenced)
      #expect(error.remedy != nil)
    }
    await first.close()
    #expect(try await IdempotenceClaims.run(pair.source, pair.target).outcome == .done)
  }

  @Test func `a requested stop leaves no half unit and a rerun goes on`() async throws {
    let directory = try TemporaryDirectory()
    try sqlite(Fixture.script(), at: directory.file("source.db"))
    let source = SQLiteEndpoint(path: directory.file("source.db"))
    let target = SQLiteEndpoint(path: directory.file("target.db"))
    let stop = StopSignal()
    let finished = Guarded(0)
    let report = try await Replication(
      source: source, target: target, options: IdempotenceClaims.options, time: SystemTime(), stop: stop,
      progress: { event in
        if case .unitFinished = event,
          finished.withLock({
            $0 += 1; return $0
          }) == 5
        {
          stop.request()
        }
      }
    ).run()
    #expect(report.outcome == .stopped)
    #expect(report.units.count >= 5 && report.tables.contains { $0.unitsDone < $0.units })
    let witness = CopyWitness(source: source, target: target)
    #expect(try await witness.lies() == [])
    var options = IdempotenceClaims.options
    options.mode = .resume
    let rest = try await IdempotenceClaims.run(source, target, options: options)
    #expect(rest.units.filter { $0.action == .trusted }.count == report.units.count)
    #expect(try await witness.differences() == [])
  }
}
