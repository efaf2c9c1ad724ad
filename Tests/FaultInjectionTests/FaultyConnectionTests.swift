import Databases
import DriverConformance
import FaultInjection
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

@Suite struct FaultyConnectionTests {
  // MARK: Without faults

  private static let driver = DriverUnderTest(
    quirks: {
      var quirks = Quirks()
      quirks.hasNegativeZero = false
      quirks.hasNaN = false
      quirks.hasInfiniteDates = false
      quirks.precision = 7
      quirks.identifierLength = 1000
      quirks.readsBack = { if case .fixedText(let length) = $0 { .text(maxLength: length) } else { $0 } }
      return quirks
    }()
  ) { body in
    let directory = try TemporaryDirectory()
    let time = VirtualTime()
    let base = SQLiteEndpoint(path: directory.file("conformance.db"))
    try await body(FaultyEndpoint(base, side: .target, injector: StrikeAt(nil, time: time), time: time))
    withExtendedLifetime(directory) {}
  }

  @Test(arguments: Conformance.checks)
  func `a connection that no fault strikes keeps the contract`(_ check: Conformance.Check) async throws {
    try await check.run(Self.driver)
  }

  // MARK: Before the effect

  @Test
  func `an error that rolls back has rolled back, and nothing but a rollback is taken before it is heard`()
    async throws
  {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: acknowledge, fault: disk-full, cure: {times: 1}")
    let error = try await databaseError { try await table.insert(connection) }
    #expect(error.code == "13" && error.errorClass == .permanent && error.outcome == .didNotHappen)
    #expect(error.place.operation == "write" && error.place.table == "Votes")
    // Nothing is held any more: another connection can write.
    let other = try await table.base.connect(.write)
    try await other.begin()
    try await other.rollback()
    await other.close()
    let refused = try await databaseError {
      _ = try await connection.delete(TableRange(table: table.name))
    }
    #expect(refused.message.contains("the server rolled back"))
    await #expect(throws: DatabaseError.self) { try await connection.tables() }
    try await connection.rollback()
    try await table.insert(connection)
    try await connection.commit()
    #expect(try await table.count() == 110)
    await connection.close()
  }

  @Test func `a commit after a transaction that failed commits nothing, and says so`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: acknowledge, fault: disk-full, cure: {times: 1}")
    _ = try await databaseError { try await table.insert(connection) }
    let error = try await databaseError { try await connection.commit() }
    #expect(error.errorClass == .permanent && error.outcome == .didNotHappen)
    #expect(try await table.count() == 100)
    // The transaction is over with it.
    try await table.insert(connection)
    try await connection.commit()
    #expect(try await table.count() == 110)
    await connection.close()
  }

  @Test func `a commit that fails for good is the end of its transaction`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: commit, fault: disk-full, cure: {times: 1}")
    try await table.insert(connection)
    let error = try await databaseError { try await connection.commit() }
    #expect(error.code == "13" && error.outcome == .didNotHappen)
    #expect(try await table.count() == 100)
    try await table.insert(connection)
    try await connection.commit()
    #expect(try await table.count() == 110)
    await connection.close()
  }

  @Test func `an error that takes back a statement leaves the transaction open, as the engine does`()
    async throws
  {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: commit, fault: lock-timeout, cure: {times: 1}")
    try await table.insert(connection)
    let error = try await databaseError { try await connection.commit() }
    #expect(error.code == "5" && error.errorClass == .conflict)
    try await connection.commit()
    #expect(try await table.count() == 110)
    await connection.close()
  }

  @Test func `a call with a transaction of its own fails alone`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: ledger, nth: 2, fault: disk-full, cure: {times: 1}")
    try await connection.prepareLedger()
    await #expect(throws: DatabaseError.self) { try await connection.ledger(job: "job") }
    #expect(try await connection.ledger(job: "job") == [])
    await connection.close()
  }

  // MARK: After it

  @Test(arguments: ["cut", "shutdown", "timeout"])
  func `a commit whose answer is lost has happened, and nobody says so`(fault: String) async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: commit, fault: \(fault), effect: after, cure: {times: 1}")
    try await table.insert(connection)
    let error = try await databaseError { try await connection.commit() }
    #expect(error.outcome == .unknown)
    #expect(try await table.count() == 110)
    await expectDead(connection, table)
  }

  @Test func `a commit that never arrives looks the same`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: commit, fault: cut, cure: {times: 1}")
    try await table.insert(connection)
    let error = try await databaseError { try await connection.commit() }
    #expect(error.outcome == .unknown && error.errorClass == .connectionLost)
    #expect(try await table.count() == 100)
    await expectDead(connection, table)
  }

  @Test func `the lost answer of a claim leaves its outcome unknown`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect(
      "at: ledger, nth: 3, fault: cut, effect: after, cure: {times: 1}")
    var entry = LedgerEntry(
      unit: UnitKey(table: "Votes", index: 0), range: .all, signature: "s", updated: "")
    try await connection.prepareLedger()
    try await connection.plan([entry], table: "Votes", job: "job")
    entry.attempt = 1
    let error = try await databaseError { try await connection.claim(entry, job: "job") }
    #expect(error.outcome == .unknown && error.errorClass == .connectionLost)
    let witness = try await table.base.connect(.read)
    #expect(try await witness.ledger(job: "job").map(\.attempt) == [1])
    await witness.close()
    await connection.close()
  }

  // MARK: Cuts

  private func expectDead(
    _ connection: any Connection, _ table: FaultyTable, sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let calls: [() async throws -> Void] = [
      { _ = try await connection.tables() }, { try await connection.begin() },
      { try await connection.rollback() }, { _ = try await connection.ledger(job: "job") },
    ]
    for call in calls {
      let error = try? await databaseError(call)
      #expect(error?.errorClass == .connectionLost, sourceLocation: sourceLocation)
    }
    await connection.close()
    await connection.close()
  }

  @Test(arguments: ["begin", "write", "acknowledge"], ["cut", "shutdown"])
  func `a connection that breaks takes its transaction with it`(operation: String, fault: String) async throws
  {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: \(operation), fault: \(fault), cure: {times: 1}")
    let error = try await databaseError { try await table.insert(connection) }
    #expect(error.errorClass == .connectionLost && error.outcome == .didNotHappen)
    #expect(try await table.count() == 100)
    await expectDead(connection, table)
  }

  @Test func `a batch that is cut in two is gone with its transaction`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: write, after-bytes: 100, fault: cut, cure: {times: 1}")
    let error = try await databaseError { try await table.insert(connection) }
    #expect(error.errorClass == .connectionLost)
    #expect(try await table.count() == 100)
    await expectDead(connection, table)
  }

  @Test func `a silent connection breaks in the end`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: begin, fault: {stall: 90s}, cure: {times: 1}")
    let error = try await databaseError { try await connection.begin() }
    #expect(error.errorClass == .connectionLost)
    #expect(table.time.now == .seconds(90))
    await expectDead(connection, table)
  }

  @Test func `a cancelled task wakes from a silent connection`() async throws {
    let table = try await FaultyTable()
    let time = SystemTime()
    let injector = StrikeAt(2, .stall(.seconds(3600)), time: time)
    let connection = try await FaultyEndpoint(table.base, side: .target, injector: injector, time: time)
      .connect(.write)
    let error = await withTaskGroup(of: DatabaseError?.self) { group in
      group.addTask { try? await databaseError { try await connection.begin() } }
      group.cancelAll()
      return await group.next() ?? nil
    }
    #expect(error?.errorClass == .cancelled)
    await connection.close()
  }

  @Test func `a dead process is dead for all its connections`() async throws {
    let table = try await FaultyTable()
    let injector = StrikeAt(3, .cut(.after), side: .target, isFatal: true, time: table.time)
    let endpoint = FaultyEndpoint(table.base, side: .target, injector: injector, time: table.time)
    let (first, second) = (try await endpoint.connect(.write), try await endpoint.connect(.write))
    await #expect(throws: DatabaseError.self) { try await first.begin() }
    await expectDead(second, table)
    await #expect(throws: DatabaseError.self) { try await endpoint.connect(.write) }
    #expect(injector.moments.map(\.operation) == [.connect, .connect, .begin])
    #expect(injector.events.map(\.signature) == ["moment 3 target begin - cut after"])
    await first.close()
  }

  // MARK: Connecting

  @Test(arguments: [
    ("fault: refuse", ErrorClass.connectionLost), ("fault: cut, effect: after", .connectionLost),
    ("fault: too-many-connections", .throttled), ("fault: {stall: 30s}", .connectionLost),
    ("fault: shutdown, effect: after", .connectionLost),
  ])
  func `a connect can fail`(fault: String, errorClass: ErrorClass) async throws {
    let table = try await FaultyTable()
    let endpoint = try table.endpoint(["at: connect, \(fault), cure: {times: 1}"])
    let error = try await databaseError { _ = try await endpoint.connect(.write) }
    #expect(error.errorClass == errorClass)
    let connection = try await endpoint.connect(.write)
    await connection.close()
  }

  // MARK: Slowness

  @Test func `what is slowed down takes as long as it says, and no longer in real time`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect(
      "at: [begin, commit], fault: {delay: 5s}, cure: {times: 2}",
      "at: write, fault: {throttle: 10B/s}, cure: {times: 9}")
    try await table.insert(connection)
    try await connection.commit()
    let bytes = try FaultyTable.batch(101...110).bytes.count
    #expect(table.time.now == .seconds(10) + .milliseconds(100 * bytes))
    #expect(try await table.count() == 110)
    await connection.close()
  }

  @Test func `a rollback happens even if it is slow and its task is cancelled`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect("at: rollback, fault: {delay: 5s}, cure: {times: 2}")
    try await table.insert(connection)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await connection.rollback() }
      group.cancelAll()
    }
    let other = try await table.base.connect(.write)
    try await other.begin()
    try await other.rollback()
    await other.close()
    await connection.close()
  }

  // MARK: Reading

  private func rows(_ connection: any Connection, _ table: FaultyTable) async throws -> (Int, DatabaseError) {
    let read = try await table.read(connection, batchBytes: 500)
    var count = 0
    let error = try await databaseError {
      try await connection.openRead(read)
      while let batch = try await connection.nextBatch() { count += batch.rowCount }
    }
    return (count, error)
  }

  @Test func `rows come, and then the error does`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect(
      "side: source, at: read, batch: 2, fault: deadlock, effect: after, cure: {times: 1}", side: .source)
    let (count, error) = try await rows(connection, table)
    #expect((20...60).contains(count))
    #expect(error.code == "5" && error.errorClass == .conflict)
    // The connection lives, and reads anew from the beginning.
    #expect(try await connection.fingerprint(of: table.read(connection)).rows == 100)
    await connection.close()
  }

  @Test func `a read that is cut within a batch delivers its whole rows at most`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect(
      "side: source, at: read, after-bytes: 1000, fault: cut, cure: {times: 1}", side: .source)
    let (count, error) = try await rows(connection, table)
    #expect((38...42).contains(count))
    #expect(error.errorClass == .connectionLost)
    await expectDead(connection, table)
  }

  @Test func `a snapshot that an error ended is not called consistent`() async throws {
    let table = try await FaultyTable()
    let connection = try await table.connect(
      "side: source, at: read, fault: disk-full, cure: {times: 1}", side: .source)
    _ = try await connection.beginSnapshot()
    let read = try await databaseError {
      try await connection.openRead(
        RangeRead(rows: TableRange(table: table.name), columns: [], key: []))
    }
    #expect(read.code == "13")
    await #expect(throws: DatabaseError.self) { try await connection.tables() }
    #expect(try await connection.endSnapshot() == .unknown)
    #expect(try await connection.tables().count == 1)
    await connection.close()
  }

  // MARK: Numbers

  @Test(arguments: ["postgres", "sqlserver", "mysql", "sqlite"])
  func `every error is one that its engine knows, of the class that its kind means`(name: String) throws {
    let engine = Engine(rawValue: name)
    let nobody = Engine(rawValue: "nobody")
    let catalog = try #require(ErrorCatalog.of(engine))
    for kind in ErrorKind.allCases {
      // SQLite has no other who might write: a file that cannot be written stays so.
      if kind == .readOnly, name == "sqlite" { continue }
      let (code, facts) = InjectedError.kind(kind).answer(of: engine, at: .write)
      if !code.isEmpty { #expect(catalog[code] != nil, "\(kind) is \(code)") }
      let meant = InjectedError.kind(kind).answer(of: nobody, at: .write).facts.errorClass
      let isLack = [ErrorKind.outOfMemory, .timeout].contains(kind)
      #expect(facts.errorClass == meant || isLack, "\(kind) is \(code)")
    }
    #expect(
      InjectedError.kind(.shutdown).answer(of: engine, at: .connect).facts.errorClass == .connectionLost)
  }
}
