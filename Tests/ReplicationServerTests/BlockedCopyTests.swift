import Databases
import PostgresDatabase
import Replication
import ReplicationClaims
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

/// Copies that wait, are told to give up, or are refused at the last moment.
@Suite(PostgresServer.isNeeded, .blocks, .serialized) struct BlockedCopyTests {
  private func target(_ sql: String) async throws -> (endpoint: PostgresEndpoint, url: String) {
    let url = try await PostgresServer.shared.database()
    try PostgresServer.shared.psql(sql, url)
    return (try PostgresEndpoint(url: url), url)
  }

  private func source(_ sql: String) throws -> (endpoint: SQLiteEndpoint, directory: TemporaryDirectory) {
    let directory = try TemporaryDirectory()
    try sqlite(sql, at: directory.file("source.db"))
    return (SQLiteEndpoint(path: directory.file("source.db")), directory)
  }

  private static let thousand =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t"

  @Test func `a cancelled run whose writer waits for a lock ends at once and leaves everything as it was`()
    async throws
  {
    let (source, directory) = try source("CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, 'new')")
    let (target, url) = try await target("CREATE TABLE t (a bigint, b text); INSERT INTO t VALUES (1, 'old')")
    let other = try await target.connect(.write)
    let table = try #require(try await other.tables().first)
    try await other.begin()
    _ = try await other.delete(TableRange(table: table.name))

    let clock = SystemTime()
    let isOver = Guarded(false)
    let outcome = try await withThrowingTaskGroup(of: RunReport.self) { group in
      group.addTask {
        defer { isOver.withLock { $0 = true } }
        return try await IdempotenceClaims.run(source, target)
      }
      let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
      while try PostgresServer.shared.psql(waiting, url) == "0", !isOver.withLock({ $0 }) {
        await Task.yield()
      }
      let asked = clock.now
      group.cancelAll()
      let report = try await group.next()
      #expect(clock.now - asked < .seconds(5))
      return report
    }
    #expect(outcome?.failure?.database?.errorClass == .cancelled)
    try await other.rollback()
    await other.close()
    #expect(try PostgresServer.shared.psql("SELECT * FROM t", url) == "1|old")
    #expect(
      try PostgresServer.shared.psql(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database() WHERE locktype = 'advisory'",
        url) == "0")
    #expect(try await IdempotenceClaims.run(source, target).failure?.message == nil)
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
    _ = directory
  }

  @Test func `a writer that is refused ends a reader that waits for room`() async throws {
    let (source, directory) = try source(
      "CREATE TABLE t (a INT, b TEXT); \(BlockedCopyTests.thousand) SELECT i, hex(zeroblob(5000)) FROM n")
    let (target, url) = try await target(
      "CREATE TABLE t (a bigint CHECK (a <> 3), b text); INSERT INTO t VALUES (7, 'old')")
    var options = IdempotenceClaims.options
    options.channelBytes = 1
    options.transactionBytes = 1 << 30
    let report = try await IdempotenceClaims.run(source, target, options: options)
    #expect(report.failure?.database?.errorClass == .badRow)
    #expect(try PostgresServer.shared.psql("SELECT * FROM t", url) == "7|old")
    _ = directory
  }

  @Test func `a constraint that is checked at the commit is an error, and the unit is as it was`()
    async throws
  {
    let (source, directory) = try source(
      "CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, 'x'), (1, 'y')")
    let (target, url) = try await target(
      "CREATE TABLE t (a bigint PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, b text); INSERT INTO t VALUES (7, 'old')"
    )
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.database?.errorClass == .badRow)
    #expect(try PostgresServer.shared.psql("SELECT * FROM t", url) == "7|old")
    #expect(try await CopyWitness(source: source, target: target).lies() == [])
    _ = directory
  }

  @Test func `text that PostgreSQL cannot hold is an error that names its place`() async throws {
    let (source, directory) = try source(
      "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'a' || char(0) || 'b')")
    let (target, url) = try await target(
      "CREATE TABLE t (a bigint PRIMARY KEY, b text); INSERT INTO t VALUES (7, 'old')")
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.database?.errorClass == .badRow)
    #expect(report.failure?.message.contains("b") == true)
    #expect(try PostgresServer.shared.psql("SELECT * FROM t", url) == "7|old")
    _ = directory
  }

  @Test func `rows elsewhere that would be deleted with ours stay`() async throws {
    let (source, directory) = try source(
      "CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
    let (target, url) = try await target(
      """
      CREATE TABLE t (a bigint PRIMARY KEY); INSERT INTO t VALUES (1), (3);
      CREATE SCHEMA other; CREATE TABLE other.o (a bigint REFERENCES t ON DELETE CASCADE); INSERT INTO other.o VALUES (1);
      """)
    #expect(try await IdempotenceClaims.run(source, target).failure?.message == nil)
    #expect(try PostgresServer.shared.psql("SELECT * FROM other.o", url) == "1")
    #expect(
      try PostgresServer.shared.psql("SELECT confdeltype FROM pg_constraint WHERE contype = 'f'", url) == "c")
    _ = directory
  }

  @Test func `values that change places across units under an exclusion constraint are copied`() async throws
  {
    let (source, directory) = try source(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, y TEXT); \(BlockedCopyTests.thousand) SELECT i, i, 'text' FROM n"
    )
    let (target, _) = try await target(
      "CREATE TABLE t (id bigint PRIMARY KEY, x bigint, y text, EXCLUDE USING btree (x WITH =))")
    #expect(try await IdempotenceClaims.run(source, target).failure?.message == nil)
    try sqlite("UPDATE t SET x = 1001 - x WHERE id IN (1, 1000)", at: directory.file("source.db"))
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.message == nil)
    #expect(report.units.filter { $0.action == .copied }.count == 2)
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
  }

  @Test func `tables that reference each other and themselves are copied`() async throws {
    let sourceURL = try await PostgresServer.shared.database()
    try PostgresServer.shared.psql(
      """
      CREATE TABLE a (id int PRIMARY KEY, b int, self int REFERENCES a);
      CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
      INSERT INTO a SELECT i, i, 101 - i FROM generate_series(1, 100) i;
      INSERT INTO b SELECT i, 101 - i FROM generate_series(1, 100) i;
      ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED;
      CREATE TABLE always (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x int);
      INSERT INTO always (x) SELECT i FROM generate_series(1, 100) i;
      """, sourceURL)
    let source = try PostgresEndpoint(url: sourceURL)
    let (target, url) = try await target("")
    for mode in [RerunMode.verify, .verify, .fresh] {
      var options = IdempotenceClaims.options
      options.mode = mode
      #expect(try await IdempotenceClaims.run(source, target, options: options).failure?.message == nil)
    }
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
    #expect(
      try PostgresServer.shared.psql(
        "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated", url)
        == "3")
    #expect(try PostgresServer.shared.psql("INSERT INTO always (x) VALUES (0) RETURNING id", url) == "101")
  }

  @Test func `as many columns as PostgreSQL allows go there and back`() async throws {
    let columns = (1...1600).map { "c\($0) INT" }.joined(separator: ", ")
    let (source, directory) = try source(
      "CREATE TABLE t (\(columns)); INSERT INTO t (c1, c1600) VALUES (1, 2), (3, NULL)")
    let (middle, _) = try await target("")
    let end = SQLiteEndpoint(path: directory.file("end.db"))
    #expect(try await IdempotenceClaims.run(source, middle).failure?.message == nil)
    #expect(try await IdempotenceClaims.run(middle, end).failure?.message == nil)
    #expect(try await CopyWitness(source: source, target: end).differences() == [])
  }
}
