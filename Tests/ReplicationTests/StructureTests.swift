import Databases
import Replication
import ReplicationClaims
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

/// What a target table that Proofload creates has of its source, and what is said of the rest.
@Suite struct StructureTests {
  private static let script = """
    CREATE TABLE Parents (Id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, Name TEXT COLLATE NOCASE DEFAULT 'x');
    CREATE TABLE Children (
      ParentId INT NOT NULL, Position INT NOT NULL DEFAULT (1 + 1), Twice AS (Position * 2),
      Label TEXT GENERATED ALWAYS AS ('n' || Position) STORED, Half REAL AS (Position / 2.0),
      CONSTRAINT key PRIMARY KEY (ParentId, Position), CONSTRAINT small CHECK (Position < 1000),
      CONSTRAINT parent FOREIGN KEY (ParentId) REFERENCES Parents (Id) ON DELETE CASCADE ON UPDATE RESTRICT
      DEFERRABLE INITIALLY DEFERRED) WITHOUT ROWID;
    CREATE TABLE Exact (Id INTEGER PRIMARY KEY, Amount REAL, Seal BLOB) STRICT;
    CREATE INDEX ByName ON Parents (Name);
    INSERT INTO Parents VALUES (1, 'a'), (9, 'B'); INSERT INTO Children (ParentId, Position) VALUES (1, 1), (9, 4);
    INSERT INTO Exact VALUES (1, 1.5, x'00');
    """

  private func tables(_ endpoint: any Endpoint) async throws -> [TableSchema] {
    let connection = try await endpoint.connect(.read)
    let tables = try await connection.tables()
    await connection.close()
    return tables
  }

  @Test func `a copy within one engine has the structure of its source, and nothing to say`() async throws {
    let directory = try TemporaryDirectory()
    try sqlite(StructureTests.script, at: directory.file("source.db"))
    let source = SQLiteEndpoint(path: directory.file("source.db"))
    let target = SQLiteEndpoint(path: directory.file("target.db"))
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.message == nil)
    #expect(
      report.notes == [
        "table Children: column Twice is declared without a type in the source, and BIGINT here"
      ])
    var expected = try await tables(source)
    let position = try #require(expected[0].columns.firstIndex { $0.name == "Twice" })
    expected[0].columns[position].declared = "BIGINT"
    #expect(try await tables(target) == expected)
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
    #expect(try await CopyWitness(source: source, target: target).lies() == [])
    let planned = try await Replication(
      source: source, target: target, options: IdempotenceClaims.options, time: SystemTime()
    ).plan()
    for table in planned.tables {
      #expect(report.units.count { $0.unit.table == table.pair.source.name.name } == table.units.count)
      #expect(table.pair.columns.allSatisfy { !$0.target.isGenerated }, "a plan has what a run copies")
    }
    let again = try await IdempotenceClaims.run(source, target)
    #expect(again.units.allSatisfy { $0.action == .unchanged })
    #expect(again.notes == [])
  }

  @Test func `a text that names columns does not survive their renaming, and that is said`() async throws {
    let directory = try TemporaryDirectory()
    try sqlite(StructureTests.script, at: directory.file("source.db"))
    let source = SQLiteEndpoint(path: directory.file("source.db"))
    let target = SQLiteEndpoint(path: directory.file("target.db"))
    var options = IdempotenceClaims.options
    options.names = .snakeCase
    options.tables = TableSelection(["children"])
    let report = try await IdempotenceClaims.run(source, target, options: options)
    #expect(report.failure?.message == nil)
    #expect(
      Set(report.notes) == [
        "table children: column twice is declared without a type in the source, and BIGINT here",
        "table children: column twice is computed in the source, and an ordinary column here",
        "table children: column label is computed in the source, and an ordinary column here",
        "table children: column half is computed in the source, and an ordinary column here",
        "table children: foreign key parent to Parents, which is not copied, was not carried over",
        "table children: CHECK constraint small, which has the source's names in it, was not carried over",
      ])
    #expect(report.notes.count == Set(report.notes).count)
    #expect(
      try await CopyWitness(source: source, target: target).differences().filter { !$0.contains("missing") }
        == [])
  }

  @Test func `a plan says what the created tables will lack`() async throws {
    let directory = try TemporaryDirectory()
    try sqlite(
      "CREATE TABLE t (a INT); CREATE INDEX partial ON t (a) WHERE a > 1", at: directory.file("a.db"))
    let job = Replication(
      source: SQLiteEndpoint(path: directory.file("a.db")),
      target: SQLiteEndpoint(path: directory.file("b.db")), options: ReplicationOptions(), time: SystemTime())
    #expect(
      try await job.plan().notes == [
        "table t will be created in the target", "table t: index partial was not carried over",
      ])
  }
}
