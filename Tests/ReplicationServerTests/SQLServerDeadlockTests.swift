import Databases
import Glibc
import Replication
import ReplicationClaims
import Runtime
import SQLServerDatabase
import SQLiteDatabase
import TestSupport
import Testing

/// Parallel loads of one table into a SQL Server, with nothing armed: who deadlocks does so because two transactions
/// wait for each other.
@Suite(.blocks) struct SQLServerDeadlockTests {
  private static let rows = 1_500

  private let directory: TemporaryDirectory
  private let source: SQLiteEndpoint
  private let url: String
  private let target: SQLServerEndpoint

  init() throws {
    directory = try TemporaryDirectory()
    source = SQLiteEndpoint(path: directory.file("source.db"))
    try sqlite(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, body TEXT NOT NULL);
      CREATE INDEX ix_items_kind ON items (kind);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.rows))
      INSERT INTO items SELECT i, i % 7, 'body of item ' || i FROM n;
      """, at: directory.file("source.db"))
    url = try SQLServer.shared.database()
    target = try SQLServerEndpoint(url: url)
  }

  /// About thirty units.
  private static func options(workers: Int) -> ReplicationOptions {
    var options = ReplicationOptions()
    options.workers = workers
    options.unitBytes = 2_000
    options.retry.backoff = .fixed([.milliseconds(10)])
    return options
  }

  private func run(workers: Int, _ mode: RerunMode = .verify) async throws -> RunReport {
    var options = Self.options(workers: workers)
    options.mode = mode
    return try await Replication(source: source, target: target, options: options, time: SystemTime()).run()
  }

  @discardableResult
  private func execute(_ sql: String...) throws -> String {
    var last = ""
    for statement in sql { last = try SQLServer.shared.run(statement, on: url) }
    return last
  }

  private func expectEqual(
    _ report: RunReport, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(report.outcome == .done, sourceLocation: sourceLocation)
    #expect(report.failure?.message == nil, sourceLocation: sourceLocation)
    let witness = CopyWitness(source: source, target: target)
    #expect(try await witness.differences() == [], sourceLocation: sourceLocation)
    #expect(try await witness.lies() == [], sourceLocation: sourceLocation)
  }

  /// Nobody but the units that the report names was tried more than once.
  private func expectVictimsOnly(
    _ report: RunReport, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let retried = Dictionary(
      uniqueKeysWithValues: report.retry.retried.compactMap { work in
        work.unit.map { ($0, work.failures.count) }
      })
    #expect(retried.count == report.retry.retried.count, "a step failed", sourceLocation: sourceLocation)
    for unit in report.units where unit.action == .copied {
      #expect(unit.rowsRead == unit.rowsAcknowledged, sourceLocation: sourceLocation)
    }
    let connection = try await target.connect(.read)
    let entries = try await connection.ledger(job: Replication.job(source, target))
    await connection.close()
    for entry in entries {
      #expect(
        entry.attempt == 1 + (retried[entry.unit] ?? 0), "\(entry.unit)", sourceLocation: sourceLocation)
    }
  }

  @Test func `four writers of one table whose loads lock it deadlock, and the victims alone run again`()
    async throws
  {
    // What a database's owner may have set: then each unit's delete has a lock on the table that all can share, and each
    // unit's load wants one that nobody can.
    try execute(
      "CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, kind bigint NOT NULL, body nvarchar(max) NOT NULL)",
      "CREATE INDEX ix_items_kind ON items (kind)",
      "EXEC sp_tableoption 'items', 'table lock on bulk load', 'ON'")
    let report = try await run(workers: 4)
    try await expectEqual(report)
    #expect(report.units.reduce(0) { $0 + $1.rowsAcknowledged } == Self.rows)

    #expect(!report.retry.retried.isEmpty, "nobody deadlocked")
    for work in report.retry.retried {
      #expect(work.outcome == .done)
      #expect(Set(work.failures.map(\.code)) == ["sqlserver 1205"], "\(work)")
      #expect(work.attempts == work.failures.count + 1)
    }
    try await expectVictimsOnly(report)
    let writers = report.retry.writers.map(\.writers)
    #expect(writers.first == 2 && writers.contains(1), "\(writers)")
    // Ten quiet units, and there is another writer.
    #expect(zip(writers, writers.dropFirst()).contains { $0 == 1 && $1 == 2 }, "\(writers)")
    #expect(report.retry.writers.allSatisfy { $0.table.hasSuffix("items") })
  }

  @Test func `one writer of such a table does not deadlock`() async throws {
    try execute(
      "CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, kind bigint NOT NULL, body nvarchar(max) NOT NULL)",
      "EXEC sp_tableoption 'items', 'table lock on bulk load', 'ON'")
    let report = try await run(workers: 1)
    try await expectEqual(report)
    #expect(report.retry.retried.isEmpty && report.retry.writers.isEmpty)
  }

  @Test(arguments: [
    "", "CREATE INDEX ix_items_kind ON items (kind)", "CREATE UNIQUE INDEX ux_items ON items (kind, id)",
    "ALTER TABLE items SET (LOCK_ESCALATION = DISABLE)",
  ])
  func `as Proofload loads a table of its own accord, four writers never deadlock`(
    preparation: String
  ) async throws {
    try execute(
      "CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, kind bigint NOT NULL, body nvarchar(max) NOT NULL)"
    )
    if !preparation.isEmpty { try execute(preparation) }
    let first = try await run(workers: 4)
    try await expectEqual(first)
    // Most rows are there, so that indexes are, too; and units have something to delete.
    try execute(
      "UPDATE items SET kind = 6 - kind WHERE id % 500 < 150",
      "DELETE FROM items WHERE id BETWEEN 1000 AND 1300",
      "INSERT INTO items SELECT -id, kind, N'stale' FROM items WHERE id < 100")
    let second = try await run(workers: 4)
    try await expectEqual(second)
    #expect(second.units.contains { $0.rowsDeleted > 0 })
    let third = try await run(workers: 4, .fresh)
    try await expectEqual(third)
    for report in [first, second, third] {
      #expect(report.retry.retried.isEmpty, "\(report.retry.retried)")
      #expect(report.retry.writers.isEmpty)
    }
  }

  @Test func `four writers of a heap whose rows nobody can seek wait for each other, and do not deadlock`()
    async throws
  {
    try execute("CREATE TABLE items (id bigint NOT NULL, kind bigint NOT NULL, body nvarchar(max) NOT NULL)")
    for mode in [RerunMode.verify, .fresh] {
      let report = try await run(workers: 4, mode)
      try await expectEqual(report)
      #expect(report.retry.retried.isEmpty, "\(report.retry.retried)")
    }
  }

  @Test func `a unit that deadlocks with somebody else's transaction is run again, and nobody else is`()
    async throws
  {
    let first = try await run(workers: 2)
    try await expectEqual(first)
    // The partner has read that 700 is not there and keeps it so, which locks what is behind it, too. The unit deletes
    // what is before, and then waits; and the partner wants what the unit has deleted.
    try execute("DELETE FROM items WHERE id = 700")
    var partner = try target.driver(.write)
    defer { partner.close() }
    try partner.execute("SET DEADLOCK_PRIORITY HIGH")
    try partner.begin()
    try partner.execute("SELECT id FROM items WITH (HOLDLOCK) WHERE id = 700")

    async let second = run(workers: 2)
    let waiting = "SELECT COUNT(*) FROM sys.dm_exec_requests WHERE blocking_session_id = @@SPID"
    var polls = 0
    while try partner.execute(waiting).rows.first?.first?.integer == 0, polls < 2_000 {
      polls += 1
      usleep(5_000)
    }
    try partner.execute("UPDATE items SET body = N'somebody else''s' WHERE id = 699")
    // 699 is the same row for both: one of them had to go, and it was not the partner.
    try partner.commit()

    let report = try await second
    try await expectEqual(report)
    #expect(report.retry.retried.count == 1)
    #expect(report.retry.retried.first?.failures.map(\.code) == ["sqlserver 1205"])
    let copied = report.units.filter { $0.action == .copied }.map(\.unit)
    #expect(copied == report.retry.retried.compactMap(\.unit))
  }
}
