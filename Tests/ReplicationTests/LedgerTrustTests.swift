import Databases
import Replication
import ReplicationClaims
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

/// What the ledger says of a target that is no longer the one it speaks of.
@Suite struct LedgerTrustTests {
  @Test func `a table that was dropped is copied again, also by a run that believes the ledger`() async throws
  {
    let pair = try await CopiedPair()
    try pair.changeTarget("DROP TABLE Threads")
    let report = try await pair.rerun { $0.mode = .resume }
    #expect(report.failure?.message == nil)
    #expect(report.units.allSatisfy { ($0.action == .copied) == ($0.unit.table == "Threads") })
    #expect(try await pair.witness.differences() == [])
    #expect(try await pair.witness.lies() == [])
  }

  @Test func `ranges of one key are not believed to be ranges of another`() async throws {
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO t"
    let pair = try await CopiedPair(
      script: """
        CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, c TEXT, PRIMARY KEY (a, b));
        \(rows) SELECT i, 201 - i, 'a rather long text, so that there are several units ' || i FROM n;
        """)
    // The same columns, another key; and a run that ended half-way.
    for change in [pair.changeSource, { try pair.changeTarget($0) }] {
      try change(
        """
        ALTER TABLE t RENAME TO old;
        CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, c TEXT, PRIMARY KEY (b, a));
        INSERT INTO t SELECT * FROM old; DROP TABLE old;
        """)
    }
    try pair.changeTarget(
      "DELETE FROM t WHERE a > 100; UPDATE proofload_ledger SET state = 'begun' WHERE unit > 0")
    let report = try await pair.rerun { $0.mode = .resume }
    #expect(report.failure?.message == nil)
    #expect(try await pair.witness.differences() == [])
    #expect(try await pair.witness.lies() == [])
  }

  @Test func `a worker of an older plan that wakes under the new one cannot commit`() async throws {
    let pair = try await CopiedPair()
    let zombie = try await pair.target.connect(.write)
    let job = Replication.job(pair.source, pair.target)
    var entry = try #require(
      try await zombie.ledger(job: job).first { $0.unit == UnitKey(table: "Threads", index: 1) })
    entry.attempt += 1
    entry.state = .begun
    try await zombie.claim(entry, job: job)

    // A new plan, and then death before a unit is claimed.
    let stop = StopSignal()
    stop.request()
    var options = IdempotenceClaims.options
    options.mode = .fresh
    options.unitBytes *= 2
    let report = try await Replication(
      source: pair.source, target: pair.target, options: options, time: SystemTime(), stop: stop
    ).run()
    #expect(report.outcome == .stopped)

    try await zombie.begin()
    entry.state = .done
    await #expect(throws: DatabaseError.self) { try await zombie.record(entry, job: job) }
    try await zombie.rollback()
    await zombie.close()
  }

  @Test func `a unique index of the source does not cut a table whose primary key can be cut`() async throws {
    let pair = try await CopiedPair(
      script: """
        CREATE TABLE t (code TEXT NOT NULL PRIMARY KEY, number INT NOT NULL, filler TEXT);
        CREATE UNIQUE INDEX u ON t (number);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
        INSERT INTO t SELECT 'code ' || i, i, 'a rather long text, so that there are several units' FROM n;
        """)
    // Rows change places under the unique index; the primary key stays in the target while it is loaded.
    try pair.changeSource("UPDATE t SET number = -number; UPDATE t SET number = 201 + number")
    let report = try await pair.rerun()
    #expect(report.failure?.message == nil)
    #expect(report.units.count > 2)
    #expect(try await pair.witness.differences() == [])
  }
}
