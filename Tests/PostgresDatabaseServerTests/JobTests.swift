import Databases
import Rows
import TestSupport
import Testing

@testable import PostgresDatabase

@Suite(PostgresServer.isNeeded, .blocks) struct JobTests {
  @Test func `only one session holds a job's fence, and the other learns who`() async throws {
    let fixture = try await Fixture()
    var first = try fixture.driver()
    var second = try fixture.driver()
    try first.takeFence(job: "j")
    let error = try databaseError { try second.takeFence(job: "j") }
    #expect(error.errorClass == .fenced)
    // Other tests hold locks in other databases of the same server.
    let pid = try fixture.psql(
      """
      SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
      WHERE locktype = 'advisory' AND datname = current_database()
      """)
    #expect(error.message.contains(pid))
    try second.takeFence(job: "another")
    first.close()
    first.close()
    try fixture.psql("SELECT pg_terminate_backend(\(pid), 5000)")
    try second.takeFence(job: "j")
  }

  @Test func `the ledger commits with its rows`() async throws {
    let fixture = try await Fixture("CREATE SCHEMA s; CREATE TABLE s.t (id int)")
    var driver = try fixture.driver(query: "?schema=s")
    #expect(try driver.ledger(job: "j").isEmpty)
    try driver.prepareLedger()
    var entry = LedgerEntry(
      unit: UnitKey(table: "s.t", index: 0), range: .span(from: .text("é'"), to: nil), signature: "s",
      updated: "now")
    try driver.plan([entry], table: "s.t", job: "j")
    #expect(try driver.ledger(job: "j") == [entry])
    entry.attempt = 1
    entry.state = .begun
    try driver.claim(entry, job: "j")
    #expect(try databaseError { try driver.claim(entry, job: "j") }.errorClass == .fenced)
    entry.state = .done
    entry.fingerprint = Fingerprint(rows: 3, sum: .max)
    try driver.begin()
    try driver.record(entry, job: "j")
    try driver.rollback()
    #expect(try driver.ledger(job: "j")[0].state == .begun)
    try driver.begin()
    try driver.record(entry, job: "j")
    try driver.commit()
    #expect(try driver.ledger(job: "j") == [entry])
    #expect(try driver.tables().map(\.name.name) == ["t"])
  }

  @Test func `a snapshot that nobody holds any more is a conflict: another one begins`() async throws {
    let fixture = try await Fixture()
    var first = try fixture.driver()
    var second = try fixture.driver()
    let name = try #require(try first.beginSnapshot())
    let pid = try fixture.psql(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")
    first.close()
    // The session ends a little after its client has gone.
    try fixture.psql("SELECT pg_terminate_backend(\(pid), 5000)")
    let error = try databaseError { try second.joinSnapshot(name) }
    #expect(error.errorClass == .conflict && ["22023", "42704", "55000"].contains(error.code))
    #expect(error.message.contains("the snapshot is gone") && !error.isClassifiedByText)
    second.close()
  }

  @Test func `readers of one snapshot see one state, also after a read that ended early`() async throws {
    let fixture = try await Fixture("CREATE TABLE t AS SELECT generate_series(1, 10000) AS id")
    var first = try fixture.driver(.read)
    var second = try fixture.driver(.read)
    let name = try #require(try first.beginSnapshot())
    try second.joinSnapshot(name)
    try fixture.psql("DELETE FROM t WHERE id > 10")
    let read = try second.read("t", batchBytes: 1000)
    try second.openRead(read)
    #expect(try second.nextBatch()?.rowCount ?? 0 > 0)
    try second.closeRead()
    #expect(try second.rows("t").count == 10000)
    let failed = try databaseError {
      try second.openRead(
        RangeRead(rows: read.rows, columns: [TransferColumn(schema: read.columns[0].schema, type: .date)]))
    }
    #expect(failed.errorClass == .configuration)
    #expect(try first.rows("t").count == 10000)
    let request = SplitRequest(
      table: read.rows.table, column: read.columns[0].schema, partBytes: 50_000, maximumParts: 4)
    #expect(try first.split(request).cuts.count == 3)
    #expect(try first.endSnapshot() == .consistent)
    #expect(try second.endSnapshot() == .consistent)
    #expect(try first.rows("t").count == 10)
  }

  @Test(arguments: [false, true])
  func `cuts part a table evenly`(isAnalyzed: Bool) async throws {
    let fixture = try await Fixture(
      """
      CREATE TABLE t AS SELECT i * 3 AS id, 'k' || i AS k, repeat('x', 100) AS x FROM generate_series(1, 60000) i;
      CREATE TABLE parted (id int) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF parted DEFAULT;
      INSERT INTO parted SELECT generate_series(1, 60000);
      CREATE TABLE one AS SELECT 1 AS id, repeat('x', 100) AS x FROM generate_series(1, 60000);
      CREATE TABLE small (id int);
      """ + (isAnalyzed ? "ANALYZE" : ""))
    var driver = try fixture.driver(.read)
    func split(_ name: String, _ column: String?, parts: Int) throws -> Split {
      let table = try driver.table(name)
      return try driver.split(
        SplitRequest(
          table: table.name, column: column.flatMap(table.column), partBytes: 1 << 19, maximumParts: parts))
    }
    for (table, column) in [("t", "id"), ("t", "k"), ("parted", "id")] {
      let split = try split(table, column, parts: 4)
      #expect((48_000...72_000).contains(split.estimatedRows))
      #expect(split.cuts.count == 3)
      let bounds: [KeyValue?] = [nil] + split.cuts + [nil]
      var counts: [Int] = []
      for (from, to) in zip(bounds, bounds.dropFirst()) {
        counts.append(try driver.rows(table, range: .span(from: from, to: to), by: column).count)
      }
      #expect(counts.reduce(0, +) == 60000)
      #expect(counts.allSatisfy { (9_000...21_000).contains($0) })
    }
    #expect(try split("t", "id", parts: 4) == split("t", "id", parts: 4))
    #expect(try split("one", "id", parts: 4).cuts.count <= 1)
    #expect(try split("small", "id", parts: 4).cuts.isEmpty)
    #expect(try split("t", nil, parts: 4).estimatedBytes > 60000 * 100)
    #expect(try split("t", "id", parts: 1).cuts.isEmpty)
  }
}
