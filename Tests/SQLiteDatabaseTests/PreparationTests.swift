import Databases
import Foundation
import Rows
import SQLiteDatabase
import TestSupport
import Testing

@Suite struct PreparationTests {
  private func copy(_ sql: String, then check: (TableSchema, TableSchema) throws -> Void) throws -> [String] {
    let source = try Scratch(sql).table()
    let target = try Scratch()
    var driver = try target.driver(.write)
    let omissions = try driver.create(source, job: "job")
    _ = try driver.restore(job: "job")
    driver.close()
    try check(source, try target.table())
    return omissions
  }

  @Test func `a table of SQLite's own is created as it was`() throws {
    let omissions = try copy(
      """
      CREATE TABLE p (a INT PRIMARY KEY); CREATE TABLE t (
      Id INTEGER CONSTRAINT pk PRIMARY KEY, a INT NOT NULL DEFAULT (1 + 1), b POINT, c, d VARCHAR(7) DEFAULT "x",
      e DECIMAL(20,2) UNIQUE, CONSTRAINT fk FOREIGN KEY (a) REFERENCES p (a)); DROP TABLE p; CREATE INDEX i ON t (a, b)
      """
    ) { source, target in
      var expected = source
      // SQLite names the index of a constraint itself, and those names are reserved.
      expected.indexes = source.indexes.map { index in
        index.name == "i" ? index : KeySchema(name: "t_e_key", columns: ["e"], isUnique: true)
      }
      // What says nothing is declared as what it holds, nothing being text.
      #expect(
        target.columns.map(\.declared) == ["INTEGER", "INT", "TEXT", "TEXT", "VARCHAR(7)", "DECIMAL(20,2)"])
      #expect(target.columns.map(\.type) == source.columns.map(\.type))
      #expect(target.columns.map(\.isNullable) == source.columns.map(\.isNullable))
      #expect(target.columns.map(\.identity) == source.columns.map(\.identity))
      #expect(
        target.columns.map { $0.defaultExpression == nil }
          == source.columns.map { $0.defaultExpression == nil })
      #expect(target.primaryKey == source.primaryKey)
      #expect(target.foreignKeys == source.foreignKeys)
      #expect(Set(target.indexes) == Set(expected.indexes))
    }
    #expect(
      omissions == [
        "table t: column b is declared POINT in the source, and TEXT here",
        "table t: column c is declared without a type in the source, and TEXT here",
      ])
  }

  @Test func `a table of SQLite's own keeps what only SQLite understands`() throws {
    let omissions = try copy(
      """
      CREATE TABLE t (id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE DEFAULT 'x' CHECK (a <> "b" OR 1),
        b AS (id + 1), c INT GENERATED ALWAYS AS (b * 2) STORED NOT NULL, up INT,
        CONSTRAINT small CHECK (id < 1000), FOREIGN KEY (up) REFERENCES t (id) ON DELETE SET NULL ON UPDATE CASCADE
        DEFERRABLE INITIALLY DEFERRED); CREATE INDEX folded ON t (a)
      """
    ) { source, target in #expect(target == source) }
    #expect(omissions == [])
    for script in [
      "CREATE TABLE t (k TEXT NOT NULL CONSTRAINT t_pkey PRIMARY KEY, v INT) WITHOUT ROWID",
      "CREATE TABLE t (k INTEGER PRIMARY KEY, v REAL, w BLOB) STRICT",
    ] {
      let lost = try copy(script) { source, target in #expect(target == source) }
      #expect(lost == [])
    }
  }

  @Test func `texts of the source that this library refuses are left out by name, and no others`() throws {
    var source = try Scratch(
      """
      CREATE TABLE t (a INT CHECK (a > 0), b TEXT COLLATE NOCASE, c INT AS (a + 1), d INT AS (a * 2), e INT DEFAULT 5)
      """
    ).table()
    source.columns[1].collation = "\"of_an_application\""
    source.columns[2].generation = "GENERATED ALWAYS AS (nobody(a)) VIRTUAL"
    source.checks.append(CheckSchema(name: "odd", definition: "CHECK (nobody(a))"))
    let scratch = try Scratch()
    var driver = try scratch.driver(.write)
    #expect(
      try driver.create(source, job: "job") == [
        "table t: the collation of column b was not carried over: no such collation sequence: of_an_application",
        "table t: how column c is computed was not carried over: no such function: nobody",
        "table t: CHECK constraint odd was not carried over: no such function: nobody",
      ])
    let created = try scratch.table()
    #expect(created.checks == [source.checks[0]])
    #expect(created.columns.map(\.isGenerated) == [false, false, false, true, false])
    #expect(created.columns[4].defaultExpression == "5")
  }

  @Test func `what another engine's table has, and SQLite's will not, is said once`() throws {
    var table = TableSchema(
      name: TableName(name: "t"), engine: Engine(rawValue: "other"),
      columns: [
        ColumnSchema(name: "id", type: .int64, identity: .always),
        ColumnSchema(name: "a", type: .int32, defaultExpression: "next()"),
        ColumnSchema(name: "b", type: .int32, defaultExpression: "5"),
        ColumnSchema(name: "c", type: .int32, isGenerated: true),
        ColumnSchema(name: "d", type: .text(maxLength: nil), declared: "mood"),
      ])
    table.columns[3].generation = "GENERATED ALWAYS AS (a) STORED"
    table.columns[4].collation = "\"de\""
    table.columns[4].isOfUserType = true
    table.columns[4].comment = "why"
    table.checks = [CheckSchema(name: "small", definition: "CHECK (a < 5)")]
    table.options = ["WITH SPEED"]
    table.unportable = ["index partial"]
    table.triggers = ["watch"]
    let scratch = try Scratch()
    var driver = try scratch.driver(.write)
    #expect(
      try driver.create(table, job: "job") == [
        "table t: the identity of column id was not carried over",
        "table t: column c is computed in the source, and an ordinary column here",
        "table t: the defaults of columns a and b were not carried over",
        "table t: the collation of column d was not carried over",
        "table t: what type mood of column d forbids was not carried over",
        "table t: CHECK constraint small was not carried over",
        "table t: what its comments say was not carried over", "table t: index partial was not carried over",
        "table t: trigger watch was not carried over",
      ])
  }

  @Test func `what a table cannot be given is said`() throws {
    let omissions = try copy(
      """
      CREATE TABLE t (Id INTEGER PRIMARY KEY, g INT AS (Id + 1)); CREATE INDEX partial ON t (Id) WHERE Id > 1;
      CREATE TRIGGER watch AFTER INSERT ON t BEGIN SELECT 1; END
      """
    ) { _, target in #expect(target.columns[1].isGenerated) }
    #expect(
      omissions == [
        "table t: index partial was not carried over", "table t: trigger watch was not carried over",
      ])
  }

  @Test func `indexes of the same name in two tables both come to be`() throws {
    let scratch = try Scratch()
    var driver = try scratch.driver(.write)
    for name in ["a", "b"] {
      var table = TableSchema(
        name: TableName(name: name), engine: Engine(rawValue: "other"),
        columns: [ColumnSchema(name: "x", type: .int32), ColumnSchema(name: "y", type: .int32)])
      table.indexes = [
        KeySchema(name: "IX_x", columns: ["x"], isUnique: false),
        KeySchema(name: "a", columns: ["y"], isUnique: true),
      ]
      _ = try driver.create(table, job: "job")
    }
    #expect(try driver.restore(job: "job").count == 4)
    #expect(try driver.tables().map(\.indexes.count) == [2, 2])
  }

  @Test func `triggers and indexes are put aside and come back, constraints stay`() throws {
    let scratch = try Scratch(
      """
      CREATE TABLE t (Id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT UNIQUE); CREATE TABLE log (x);
      CREATE INDEX byx ON t (x) WHERE x > 'a'; CREATE UNIQUE INDEX lowered ON t (lower(x));
      CREATE TRIGGER watch AFTER DELETE ON t BEGIN INSERT INTO log VALUES (OLD.x); END;
      INSERT INTO t VALUES (1, 'a')
      """)
    let before = try scratch.query(
      "SELECT sql FROM sqlite_schema WHERE name IN ('byx', 'lowered', 'watch') ORDER BY name")
    var driver = try scratch.driver(.write)
    let name = TableName(name: "t")
    let obstacles = try driver.obstacles(name)
    #expect(obstacles.map(\.name) == ["byx", "lowered", "watch"])
    #expect(obstacles.map(\.kind) == [.index, .uniqueKey, .trigger])
    try driver.prepareLedger()
    try driver.putAside(obstacles, job: "job")
    try driver.begin()
    #expect(try driver.delete(TableRange(table: name)) == 1)
    try driver.commit()
    #expect(try scratch.query("SELECT count(*) FROM log") == ["0"])
    // A later run, as after a crash.
    driver.close()
    var next = try scratch.driver(.write)
    #expect(try next.restore(job: "job").count == 3)
    #expect(
      try scratch.query(
        "SELECT sql FROM sqlite_schema WHERE name IN ('byx', 'lowered', 'watch') ORDER BY name") == before)
  }

  @Test func `AUTOINCREMENT goes on behind the largest number`() throws {
    let scratch = try Scratch(
      """
      CREATE TABLE t (Id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO t (x) VALUES (1);
      UPDATE t SET Id = 500; CREATE TABLE other (Id INTEGER PRIMARY KEY);
      CREATE TABLE without (Id TEXT PRIMARY KEY) WITHOUT ROWID
      """)
    var driver = try scratch.driver(.write)
    try driver.alignIdentity(TableName(name: "t"))
    try driver.alignIdentity(TableName(name: "other"))
    try driver.alignIdentity(TableName(name: "without"))
    driver.close()
    try scratch.run("INSERT INTO t (x) VALUES (2)")
    #expect(try scratch.query("SELECT max(Id) FROM t") == ["501"])
  }

  @Test func `a fence is one job's, and its file goes with its last holder`() throws {
    let scratch = try Scratch("CREATE TABLE t (x)")
    let file = scratch.path + "-proofload.lock"
    var first = try scratch.driver(.write)
    var second = try scratch.driver(.write)
    var third = try scratch.driver(.write)
    try first.takeFence(job: "one")
    try first.takeFence(job: "one")
    try second.takeFence(job: "another")
    let error = try failure { try third.takeFence(job: "one") }
    #expect(error.errorClass == .fenced)
    #expect(error.message.contains("-proofload.lock"))
    first.close()
    #expect(FileManager.default.fileExists(atPath: file))
    try third.takeFence(job: "one")
    third.close()
    second.close()
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func `snapshots exclude writers, or tell whether somebody wrote`() throws {
    for mode in ["delete", "wal"] {
      let scratch = try Scratch(
        "PRAGMA journal_mode = \(mode); CREATE TABLE t (Id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
      let table = try scratch.table()
      var control = try scratch.driver()
      var reader = try scratch.driver()
      let name = try #require(try control.beginSnapshot())
      try reader.joinSnapshot(name)
      #expect(try reader.texts(table.read()) == ["1"])
      if mode == "wal" { try scratch.run("INSERT INTO t VALUES (2)") }
      #expect(try reader.texts(table.read()) == ["1"])
      _ = try reader.endSnapshot()
      #expect(try control.endSnapshot() == (mode == "wal" ? .changed : .consistent))
      _ = try control.beginSnapshot()
      #expect(try control.endSnapshot() == .consistent)
    }
  }
}
