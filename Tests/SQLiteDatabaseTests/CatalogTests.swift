import Databases
import Rows
import SQLiteDatabase
import Testing

@Suite struct CatalogTests {

  @Test func `an INTEGER PRIMARY KEY is the row's number: 64 bits, never NULL, given when missing`() throws {
    let table = try Scratch("CREATE TABLE t (Id INTEGER PRIMARY KEY, x)").table()
    #expect(table.columns[0].type == .int64)
    #expect(table.columns[0].isNullable == false)
    #expect(table.columns[0].identity == .byDefault)
    #expect(table.primaryKey == KeySchema(name: "t_pkey", columns: ["Id"], isUnique: true))
    #expect(table.indexes == [])
  }

  @Test func `other primary keys are nullable, as SQLite has it`() throws {
    let int = try Scratch("CREATE TABLE t (Id INT PRIMARY KEY)").table()
    #expect(int.columns[0].isNullable)
    #expect(int.columns[0].identity == nil)
    let descending = try Scratch("CREATE TABLE t (Id INTEGER PRIMARY KEY DESC)").table()
    #expect(descending.columns[0].identity == nil)
    let strict = try Scratch("CREATE TABLE t (a TEXT NOT NULL, b INT, PRIMARY KEY (b, a))").table()
    #expect(strict.columns.map(\.isNullable) == [false, true])
    #expect(strict.primaryKey?.columns == ["b", "a"])
    let without = try Scratch("CREATE TABLE t (a TEXT, b INTEGER PRIMARY KEY) WITHOUT ROWID").table()
    #expect(without.columns.map(\.isNullable) == [true, false])
    #expect(without.columns[1].identity == nil)
  }

  @Test func `constraints keep the names that CREATE TABLE gave them`() throws {
    let scratch = try Scratch(
      """
      CREATE TABLE parent (a, b, CONSTRAINT "the ""key\""" PRIMARY KEY (a, b));
      CREATE TABLE child ( -- CONSTRAINT no PRIMARY KEY
        "CONSTRAINT x" INTEGER DEFAULT ('REFERENCES (,)') CONSTRAINT nn NOT NULL CONSTRAINT pk PRIMARY KEY
          REFERENCES other (z) /* REFERENCES c(d) */,
        [p a] INT CONSTRAINT named REFERENCES Parent (a) ON DELETE CASCADE,
        pb INT CHECK (pb > (1)),
        CONSTRAINT both FOREIGN KEY ([p a], pb) REFERENCES PARENT,
        FOREIGN KEY (pb) REFERENCES parent(b)
      )
      """)
    #expect(try scratch.table("parent").primaryKey?.name == "the \"key\"")
    let child = try scratch.table("child")
    #expect(child.primaryKey?.name == "pk")
    #expect(child.foreignKeys.map(\.name) == ["child_CONSTRAINT x_fkey", "named", "both", "child_pb_fkey"])
    #expect(child.foreignKeys.map(\.referencedTable.name) == ["other", "parent", "parent", "parent"])
    #expect(child.foreignKeys[2].columns == ["p a", "pb"])
    #expect(child.foreignKeys[2].referencedColumns == ["a", "b"])
  }

  @Test func `unique and plain indexes are listed, others are named as not portable`() throws {
    let table = try Scratch(
      """
      CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c INT, UNIQUE (c, b));
      CREATE INDEX plain ON t (c, b); CREATE UNIQUE INDEX single ON t (c);
      CREATE INDEX partial ON t (c) WHERE c > 1; CREATE INDEX expression ON t (lower(b));
      CREATE INDEX folded ON t (b COLLATE NOCASE);
      CREATE TRIGGER watch AFTER INSERT ON t BEGIN SELECT 1; END
      """
    ).table()
    #expect(table.indexes.map(\.columns) == [["b"], ["c", "b"], ["c", "b"], ["c"]])
    #expect(table.indexes.map(\.isUnique) == [true, true, false, true])
    #expect(Set(table.unportable) == ["index partial", "index expression", "index folded"])
    #expect(table.triggers == ["watch"])
  }

  @Test func `foreign keys say what they do, and when they are checked`() throws {
    let keys = try Scratch(
      """
      CREATE TABLE p (a INTEGER PRIMARY KEY);
      CREATE TABLE t (a REFERENCES p ON DELETE CASCADE ON UPDATE SET NULL,
        deferrable_ INT REFERENCES p DEFERRABLE INITIALLY DEFERRED, c REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED,
        d INT, CONSTRAINT last FOREIGN KEY (d) REFERENCES p ON DELETE RESTRICT ON UPDATE SET DEFAULT
        DEFERRABLE INITIALLY IMMEDIATE)
      """
    ).table("t").foreignKeys
    #expect(keys.map(\.onDelete) == [.cascade, .noAction, .noAction, .restrict])
    #expect(keys.map(\.onUpdate) == [.setNull, .noAction, .noAction, .setDefault])
    #expect(keys.map(\.isDeferrable) == [false, true, false, true])
    #expect(keys.map(\.isInitiallyDeferred) == [false, true, false, false])
  }

  @Test func `what only the text of CREATE TABLE tells is read from it`() throws {
    let table = try Scratch(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, "a(" TEXT COLLATE NoCase CONSTRAINT "c 1" CHECK ("a(" <> ')'),
        b AS (id -- )
        + 1), "as" INT GENERATED ALWAYS AS ((id) * 2) STORED, c TEXT COLLATE RTRIM UNIQUE ON CONFLICT IGNORE,
        CHECK (id IN (1, 2)) CONSTRAINT x CHECK (1)); CREATE INDEX folded ON t ("a("); CREATE INDEX down ON t (id DESC);
      CREATE INDEX bytes ON t ("a(" COLLATE BINARY)
      """
    ).table()
    #expect(table.options == ["AUTOINCREMENT"])
    #expect(table.columns.map(\.collation) == [nil, "\"NoCase\"", nil, nil, "\"RTRIM\""])
    #expect(table.column("b")?.generation == "GENERATED ALWAYS AS (id -- )\n  + 1) VIRTUAL")
    #expect(table.column("as")?.generation == "GENERATED ALWAYS AS ((id) * 2) STORED")
    #expect(
      table.checks == [
        CheckSchema(name: "c 1", definition: "CHECK (\"a(\" <> ')')"),
        CheckSchema(name: "", definition: "CHECK (id IN (1, 2))"),
        CheckSchema(name: "x", definition: "CHECK (1)"),
      ])
    #expect(Set(table.indexes.map(\.columns)) == [["c"], ["a("], ["id"]])
    #expect(
      Set(table.unportable) == [
        "index bytes", "the descending order in index down", "what its constraints do ON CONFLICT",
      ])
    #expect(
      try Scratch("CREATE TABLE t (a TEXT PRIMARY KEY) STRICT, WITHOUT ROWID").table().options == [
        "WITHOUT ROWID", "STRICT",
      ])
  }

  @Test func `only tables are tables`() throws {
    let scratch = try Scratch(
      """
      CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE a (x); CREATE VIEW v AS SELECT * FROM a;
      CREATE VIRTUAL TABLE f USING fts5(body); CREATE TABLE proofload_ledger (x); CREATE TABLE sqliter (x); ANALYZE
      """)
    var driver = try scratch.driver()
    #expect(try driver.tables().map(\.name.name) == ["a", "b", "sqliter"])
  }

  @Test func `generated columns say so, and defaults are the engine's SQL`() throws {
    let table = try Scratch(
      "CREATE TABLE t (a INT DEFAULT 5, b INT AS (a + 1), c INT GENERATED ALWAYS AS (a + 2) STORED, d TEXT DEFAULT 'x''y')"
    ).table()
    #expect(table.columns.map(\.isGenerated) == [false, true, true, false])
    #expect(table.columns.map(\.defaultExpression) == ["5", nil, nil, "'x''y'"])
  }

  @Test(arguments: [
    ("", "", ColumnType.text(maxLength: nil)), ("", "(1), (NULL)", .int64),
    ("", "('a'), ('b')", .text(maxLength: nil)),
    ("", "(1.5)", .float64), ("", "(x'00')", .bytes(maxLength: nil)),
    ("MONEY", "(5.0), (5.5)", .numeric(trailingZeros: false)),
    ("STRING", "('a')", .text(maxLength: nil)), ("POINT", "(1)", .int64), ("", "(1), ('a')", nil),
    ("", "('a'), (x'00')", nil),
  ])
  func `columns of no known type are what they hold`(
    _ declared: String, _ values: String, _ type: ColumnType?
  ) throws {
    let fill = values.isEmpty ? "" : "INSERT INTO t VALUES \(values)"
    #expect(try Scratch("CREATE TABLE t (x \(declared)); \(fill)").table().columns[0].type == type)
  }
}
