import Databases
import PostgresDatabase
import Replication
import ReplicationClaims
import SQLiteDatabase
import TestSupport
import Testing

/// What is lost between engines is named, each once.
@Suite(PostgresServer.isNeeded, .blocks) struct StructureTests {
  private func tables(_ endpoint: any Endpoint) async throws -> [TableSchema] {
    let connection = try await endpoint.connect(.read)
    let tables = try await connection.tables()
    await connection.close()
    return tables
  }

  @Test func `SQLite to PostgreSQL keeps what foreign keys do, and names the rest`() async throws {
    let directory = try TemporaryDirectory()
    try sqlite(
      """
      CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT);
      CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT 5 CHECK (a > 0), b TEXT COLLATE NOCASE DEFAULT 'x', c INT AS (a + 1),
        p INT REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT small CHECK (a < 100));
      CREATE INDEX partial ON t (a) WHERE a > 1; CREATE INDEX expression ON t (lower(b));
      CREATE TRIGGER watch AFTER INSERT ON t BEGIN SELECT 1; END;
      INSERT INTO p VALUES (1); INSERT INTO t (id, a, b, p) VALUES (1, 2, 'A', 1);
      """, at: directory.file("source.db"))
    let source = SQLiteEndpoint(path: directory.file("source.db"))
    let target = try PostgresEndpoint(url: try await PostgresServer.shared.database())
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.message == nil)
    #expect(
      Set(report.notes) == [
        "table public.t: column c is computed in the source, and an ordinary column here",
        "table public.t: the defaults of columns a and b were not carried over",
        "table public.t: the collation of column b was not carried over",
        "table public.t: CHECK (a > 0) was not carried over",
        "table public.t: CHECK constraint small was not carried over",
        "table public.t: index partial was not carried over",
        "table public.t: index expression was not carried over",
        "table public.t: trigger watch was not carried over",
      ])
    #expect(report.notes.count == Set(report.notes).count)
    let key = try #require(try await tables(target).last?.foreignKeys.first)
    #expect(key.onDelete == .cascade && key.onUpdate == .setNull)
    #expect(key.isDeferrable && key.isInitiallyDeferred)
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
  }

  private static let postgres = """
    CREATE TYPE mood AS ENUM ('a');
    CREATE TABLE p (id int PRIMARY KEY);
    CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, k text COLLATE "POSIX" PRIMARY KEY, m mood DEFAULT 'a',
      a int CONSTRAINT positive CHECK (a > 0), twice int GENERATED ALWAYS AS (a * 2) STORED,
      p int CONSTRAINT parent REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE);
    CREATE INDEX partial ON t (a) WHERE a > 1; COMMENT ON TABLE t IS 'why'; ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    INSERT INTO p VALUES (1); INSERT INTO t (k, a, p) VALUES ('x', 1, 1), ('y', 2, NULL);
    """

  @Test func `PostgreSQL to SQLite keeps what foreign keys do, and names the rest`() async throws {
    let directory = try TemporaryDirectory()
    let url = try await PostgresServer.shared.database()
    try PostgresServer.shared.psql(StructureTests.postgres, url)
    let source = try PostgresEndpoint(url: url)
    let target = SQLiteEndpoint(path: directory.file("target.db"))
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.message == nil)
    #expect(
      Set(report.notes) == [
        "table t: the identity of column id was not carried over",
        "table t: column twice is computed in the source, and an ordinary column here",
        "table t: the default of column m was not carried over",
        "table t: the collation of column k was not carried over",
        "table t: what type public.mood of column m forbids was not carried over",
        "table t: CHECK constraint positive was not carried over",
        "table t: what its comments say was not carried over",
        "table t: index partial was not carried over", "table t: row security was not carried over",
      ])
    #expect(report.notes.count == Set(report.notes).count)
    let key = try #require(try await tables(target).last?.foreignKeys.first)
    #expect(key.onDelete == .setNull && key.onUpdate == .cascade)
    #expect(key.isDeferrable && !key.isInitiallyDeferred)
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
  }

  @Test func `PostgreSQL to PostgreSQL has the structure of its source, and names the rest`() async throws {
    let (from, to) = (
      try await PostgresServer.shared.database(), try await PostgresServer.shared.database()
    )
    try PostgresServer.shared.psql(StructureTests.postgres, from)
    try PostgresServer.shared.psql("CREATE TYPE mood AS ENUM ('a')", to)
    let (source, target) = (try PostgresEndpoint(url: from), try PostgresEndpoint(url: to))
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.message == nil)
    #expect(
      report.notes == [
        "table public.t: index partial was not carried over",
        "table public.t: row security was not carried over",
      ])
    var expected = try await tables(source)
    expected[1].unportable = []
    #expect(try await tables(target) == expected)
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
    #expect(try await IdempotenceClaims.run(source, target).units.allSatisfy { $0.action == .unchanged })
  }
}
