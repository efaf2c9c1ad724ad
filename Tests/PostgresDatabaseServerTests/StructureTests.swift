import Databases
import Rows
import TestSupport
import Testing

@testable import PostgresDatabase

@Suite(PostgresServer.isNeeded, .blocks) struct StructureTests {
  /// Creates the tables of one database in another, and returns both catalogs and what was said.
  private func copy(
    _ script: String, into prepared: String = ""
  ) async throws -> (source: [TableSchema], target: [TableSchema], notes: [String]) {
    var source = try await Fixture(script).driver(.read)
    var target = try await Fixture(prepared).driver()
    let tables = try source.tables()
    try target.prepareLedger()
    var notes: [String] = []
    for table in tables { notes += try target.create(table, job: "job") }
    _ = try target.restore(job: "job")
    let created = try target.tables()
    source.close()
    target.close()
    return (tables, created, notes)
  }

  @Test func `a table of PostgreSQL's own keeps what only PostgreSQL understands`() async throws {
    let (source, target, notes) = try await copy(
      """
      CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE u (n numeric(9,2) PRIMARY KEY);
      CREATE TABLE t (id int PRIMARY KEY, a text COLLATE "POSIX" DEFAULT 'it''s' CHECK (length(a) < 9),
        n numeric(9,2), twice numeric GENERATED ALWAYS AS (n * 2) STORED NOT NULL,
        p int REFERENCES p ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
        q int REFERENCES p ON DELETE SET DEFAULT DEFERRABLE, r int REFERENCES p ON UPDATE RESTRICT,
        CONSTRAINT "odd "" name" CHECK (n > 0 OR n IS NULL) NO INHERIT);
      ALTER TABLE t ADD CONSTRAINT later FOREIGN KEY (n) REFERENCES u (n) NOT VALID;
      COMMENT ON TABLE t IS 'it''s'; COMMENT ON COLUMN t.n IS 'net';
      """)
    #expect(notes == [])
    #expect(target == source)
    let table = try #require(source.first { $0.name.name == "t" })
    #expect(table.column("a")?.collation == "pg_catalog.\"POSIX\"")
    #expect(table.foreignKeys.map(\.isValidated) == [false, true, true, true])
    #expect(table.foreignKeys.map(\.onDelete) == [.noAction, .cascade, .setDefault, .noAction])
    #expect(table.foreignKeys.map(\.onUpdate) == [.noAction, .setNull, .noAction, .restrict])
    #expect(table.foreignKeys.map(\.isDeferrable) == [false, true, true, false])
    #expect(table.foreignKeys.map(\.isInitiallyDeferred) == [false, true, false, false])
    #expect(table.comment == "it's")
  }

  @Test func `what the target's database cannot be given is said, with the server's reason`() async throws {
    let (_, target, notes) = try await copy(
      """
      CREATE FUNCTION ours(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1';
      CREATE COLLATION own FROM "C";
      CREATE TABLE t (a int DEFAULT ours(1), b text COLLATE own, c int GENERATED ALWAYS AS (ours(a)) STORED,
        CONSTRAINT checked CHECK (ours(a) > 0), CONSTRAINT fine CHECK (a < 7));
      """)
    #expect(
      notes == [
        "table public.t: collation public.own of column b was not carried over: this database has none of that name",
        "table public.t: how column c is computed was not carried over: function public.ours(integer) does not exist",
        "table public.t: the default of column a was not carried over: function public.ours(integer) does not exist",
        "table public.t: CHECK constraint checked was not carried over: function public.ours(integer) does not exist",
      ])
    #expect(target.first?.checks.map(\.name) == ["fine"])
    #expect(target.first?.columns.map(\.isGenerated) == [false, false, false])
  }

  @Test func `what no created table gets is named`() async throws {
    var driver = try await Fixture(
      """
      CREATE TABLE p (a int, b int, PRIMARY KEY (a, b), CONSTRAINT late UNIQUE (b) DEFERRABLE);
      CREATE UNLOGGED TABLE t (a int GENERATED ALWAYS AS IDENTITY (INCREMENT BY 10), b int,
        r int4range, EXCLUDE USING gist (r WITH &&),
        CONSTRAINT full_match FOREIGN KEY (a, b) REFERENCES p MATCH FULL) WITH (fillfactor = 70);
      ALTER TABLE t ADD CONSTRAINT unproven CHECK (b > 0) NOT VALID; ALTER TABLE t ENABLE ROW LEVEL SECURITY;
      CREATE POLICY mine ON t USING (true); CREATE RULE quiet AS ON DELETE TO t DO ALSO NOTHING;
      CREATE STATISTICS related ON a, b FROM t; GRANT SELECT ON t TO PUBLIC; GRANT SELECT (a) ON t TO PUBLIC;
      ALTER TABLE t REPLICA IDENTITY FULL; COMMENT ON CONSTRAINT full_match ON t IS 'why';
      CREATE INDEX i ON t (b); COMMENT ON INDEX i IS 'fast';
      CREATE TABLE parted (a int) PARTITION BY RANGE (a); CREATE TABLE child () INHERITS (p);
      """
    ).driver(.read)
    #expect(try driver.table("p").unportable == ["DEFERRABLE of constraint late"])
    #expect(try driver.table("parted").unportable == ["partitioning"])
    #expect(try driver.table("child").unportable == ["inheritance"])
    #expect(
      try driver.table("t").unportable.sorted() == [
        "CHECK constraint unproven, which is NOT VALID,", "MATCH FULL of foreign key full_match", "UNLOGGED",
        "exclusion constraint t_r_excl", "its replica identity", "row security", "row security policy mine",
        "rule quiet", "statistics object related", "the comment on constraint full_match",
        "the comment on index i", "the setting of storage parameters", "what is granted on column a",
        "what is granted on it", "what sets the sequence of column a apart",
      ])
  }

  @Test func `types with rules of their own are told apart`() async throws {
    var driver = try await Fixture(
      """
      CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
      CREATE TABLE t (a mood, b positive, c int)
      """
    ).driver(.read)
    #expect(try driver.table("t").columns.map(\.isOfUserType) == [true, true, false])
  }
}
