import Databases
import Rows
import TestSupport
import Testing

@testable import PostgresDatabase

@Suite(PostgresServer.isNeeded, .blocks) struct CatalogTests {
  @Test func `columns have the types of what they hold`() async throws {
    var driver = try await Fixture(
      """
      CREATE EXTENSION IF NOT EXISTS citext;
      CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN d1 AS varchar(7) NOT NULL; CREATE DOMAIN d2 AS d1;
      CREATE TYPE pair AS (a int, b int);
      CREATE TABLE t (a numeric(10,2), b numeric, c numeric(5,-2), d bpchar, e citext, f mood, g d2, h timestamptz(0),
        i time, j interval, k int[], l mood[], m pair, n regclass, o money, p xml, q "char", r timetz, s tstzrange,
        u numeric(3,5));
      """
    ).driver(.read)
    let types = try driver.table("t").columns.map { $0.type?.description ?? "none" }
    #expect(
      types == [
        "decimal(10,2)", "numeric", "numeric", "fixedtext(10485760)", "text", "text", "text(7)",
        "timestamptz(0)",
        "time(6)", "postgres:interval", "postgres:integer[]", "none", "none", "none", "postgres:money",
        "postgres:xml",
        "postgres:\"char\"", "postgres:time with time zone", "postgres:tstzrange", "decimal(5,5)",
      ])
    #expect(try driver.table("t").column("g")?.isNullable == false)
    #expect(try driver.table("t").column("g")?.declared == "public.d2")
  }

  @Test func `keys, indexes, foreign keys, triggers and defaults are described`() async throws {
    var driver = try await Fixture(
      """
      CREATE TABLE p (a int, b text, CONSTRAINT the_key PRIMARY KEY (b, a));
      CREATE TABLE t (id int PRIMARY KEY DEFAULT 7, x text DEFAULT 'it''s', a int, b text, UNIQUE (x),
        CONSTRAINT fk FOREIGN KEY (b, a) REFERENCES p (b, a), CONSTRAINT positive CHECK (a > 0));
      CREATE INDEX plain ON t (a, b); CREATE INDEX partial ON t (a) WHERE a > 1; CREATE INDEX expr ON t (lower(b));
      CREATE INDEX hashed ON t USING hash (a); CREATE INDEX down ON t (a DESC); CREATE INDEX more ON t (a) INCLUDE (b);
      CREATE INDEX pattern ON t (b text_pattern_ops); CREATE INDEX c_order ON t (b COLLATE "POSIX");
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
      CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TABLE proofload_ledger (a int); CREATE VIEW v AS SELECT 1; CREATE TEMP TABLE temporary (a int);
      CREATE SCHEMA other; CREATE TABLE other.u (a int);
      """
    ).driver(.read)
    let tables = try driver.tables()
    #expect(tables.map(\.name.name) == ["p", "t"])
    #expect(tables[0].primaryKey == KeySchema(name: "the_key", columns: ["b", "a"], isUnique: true))
    let table = tables[1]
    #expect(
      table.indexes == [
        KeySchema(name: "plain", columns: ["a", "b"], isUnique: false),
        KeySchema(name: "t_x_key", columns: ["x"], isUnique: true),
      ])
    #expect(
      table.foreignKeys == [
        ForeignKeySchema(
          name: "fk", columns: ["b", "a"], referencedTable: TableName(schema: "public", name: "p"),
          referencedColumns: ["b", "a"])
      ])
    #expect(table.triggers == ["tr"])
    #expect(
      table.unportable
        == ["c_order", "down", "expr", "hashed", "more", "partial", "pattern"].map { "index \($0)" })
    #expect(table.checks == [CheckSchema(name: "positive", definition: "CHECK ((a > 0))")])
    #expect(table.columns[0].defaultExpression == "7")
    #expect(table.columns[1].defaultExpression == "'it''s'::text")
    #expect(table.columns[0].isNullable == false)
  }

  @Test func `a schema that does not exist is an error and not an empty database`() async throws {
    var driver = try await Fixture().driver(query: "?schema=nowhere")
    let error = try databaseError { _ = try driver.tables() }
    #expect(error.errorClass == .configuration)
    #expect(error.description.contains("CREATE SCHEMA \"nowhere\""))
  }

  @Test func `a table is created as its description says, and gets the rest when it is restored`()
    async throws
  {
    let fixture = try await Fixture(
      """
      CREATE TYPE mood AS ENUM ('a');
      CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE t (id serial PRIMARY KEY, m mood DEFAULT 'a', at timestamptz(3) NOT NULL DEFAULT now(),
        n numeric(10,2), twice numeric GENERATED ALWAYS AS (n * 2) STORED, p int REFERENCES p, ident int8 GENERATED ALWAYS AS IDENTITY,
        iv interval, CHECK (n > 0));
      CREATE UNIQUE INDEX u ON t (n, p); CREATE INDEX i ON t (m); CREATE SCHEMA other;
      CREATE SEQUENCE s; ALTER TABLE p ADD x int DEFAULT nextval('s');
      """)
    var source = try fixture.driver(.read)
    var target = try fixture.driver(query: "?schema=other")
    let tables = try source.tables()
    try target.prepareLedger()
    try target.prepareLedger()
    var notes: [String] = []
    for table in tables { notes += try target.create(table, job: "j") }
    #expect(notes == [])
    let created = try target.table("t")
    #expect(created.checks == tables[1].checks)
    #expect(created.columns.map(\.declared) == tables[1].columns.map(\.declared))
    #expect(created.columns.map(\.defaultExpression) == tables[1].columns.map(\.defaultExpression))
    #expect(created.columns.map(\.identity) == tables[1].columns.map(\.identity))
    #expect(created.columns.map(\.isNullable) == tables[1].columns.map(\.isNullable))
    #expect(created.primaryKey == tables[1].primaryKey)
    #expect(created.indexes.isEmpty)
    #expect(created.foreignKeys.isEmpty)
    #expect(try target.restore(job: "j").map(\.name) == ["u", "i", "t_p_fkey"])
    let restored = try target.table("t")
    #expect(restored.indexes == tables[1].indexes)
    #expect(restored.foreignKeys[0].referencedTable == TableName(schema: "other", name: "p"))
    #expect(try target.restore(job: "j").isEmpty)
  }

  @Test func `a table of another engine is created with this engine's types`() async throws {
    var driver = try await Fixture().driver()
    try driver.prepareLedger()
    var table = TableSchema(
      name: TableName(name: "t"), engine: Engine(rawValue: "other"),
      columns: [
        ColumnSchema(name: "id", type: .int64, declared: "INTEGER", isNullable: false, identity: .byDefault),
        ColumnSchema(
          name: "a", type: .text(maxLength: 40), declared: "NVARCHAR(40)", defaultExpression: "getdate()"),
        ColumnSchema(name: "b", type: .timestamp(precision: 7), declared: "datetime2"),
        ColumnSchema(name: "c", type: .fixedText(length: 3)), ColumnSchema(name: "d", type: .json),
      ], primaryKey: KeySchema(name: "", columns: ["id"], isUnique: true))
    let notes = try driver.create(table, job: "j")
    #expect(notes.count == 2)
    #expect(
      try driver.table("t").columns.map(\.declared) == [
        "bigint", "character varying(40)", "timestamp(6) without time zone", "character(3)", "json",
      ])
    table.name.name = String(repeating: "ü", count: 32)
    let error = try databaseError { _ = try driver.create(table, job: "j") }
    #expect(error.errorClass == .configuration)
    #expect(error.message.contains("64 bytes"))
  }

  @Test func `what is in the way is put aside and comes back as it was`() async throws {
    let fixture = try await Fixture(
      """
      CREATE TABLE t (id int PRIMARY KEY, a int, b text, r int4range, UNIQUE (a) WITH (fillfactor = 70),
        CONSTRAINT def UNIQUE (b) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT exc EXCLUDE USING gist (r WITH &&));
      CREATE TABLE c (id int, a int, CONSTRAINT "f k" FOREIGN KEY (a) REFERENCES t (a) ON DELETE CASCADE NOT VALID);
      CREATE TABLE self (id int PRIMARY KEY, up int REFERENCES self);
      CREATE INDEX "odd; -- name" ON t (lower(b)) WITH (fillfactor = 80) WHERE a > 0;
      CREATE INDEX clustered ON t (a); ALTER TABLE t CLUSTER ON clustered;
      COMMENT ON INDEX clustered IS 'it''s'; COMMENT ON CONSTRAINT def ON t IS 'deferred';
      CREATE UNIQUE INDEX replica ON t (id, a); ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t REPLICA IDENTITY USING INDEX replica;
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
      CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TRIGGER t2 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER t2;
      CREATE TRIGGER t3 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER t3;
      CREATE TABLE parted (id int, a int) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF parted DEFAULT;
      CREATE INDEX parted_a ON parted (a);
      """)
    var driver = try fixture.driver()
    try driver.prepareLedger()
    let before = try description(fixture)
    var obstacles: [Obstacle] = []
    for table in ["t", "self", "parted"] { obstacles += try driver.obstacles(TableName(name: table)) }
    #expect(
      obstacles.map(\.name) == [
        "f k", "t1", "t2", "clustered", "def", "exc", "odd; -- name", "t_a_key", "self_up_fkey", "parted_a",
      ])
    try driver.putAside(obstacles, job: "j")
    #expect(try description(fixture) != before)
    #expect(try driver.obstacles(TableName(name: "t")).isEmpty)
    #expect(try driver.restore(job: "j").count == obstacles.count)
    #expect(try description(fixture) == before)
  }

  private func description(_ fixture: Fixture) throws -> String {
    try fixture.psql(
      """
      SELECT i.relname, pg_get_indexdef(i.oid), i.reloptions, x.indisvalid, x.indisclustered, x.indisreplident,
        obj_description(i.oid, 'pg_class') FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE i.relnamespace = 'public'::regnamespace AND i.relname NOT LIKE 'proofload%' ORDER BY 1;
      SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint') FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1;
      SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1;
      """)
  }
}
