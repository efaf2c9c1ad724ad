import Databases
import Replication
import ReplicationClaims
import Rows
import SQLiteDatabase
import TestSupport
import Testing

@Suite struct RerunTests {
  @Test func `a copy holds exactly the source's rows, cut into units that have NULLs, too`() async throws {
    let pair = try await CopiedPair()
    #expect(try await pair.witness.differences() == [])
    #expect(try await pair.witness.lies() == [])
    let ledger = try await pair.target.connect(.read)
    let entries = try await ledger.ledger(job: Replication.job(pair.source, pair.target))
    await ledger.close()
    #expect(
      entries.contains { $0.unit.table == "Readings" && $0.range == .null && $0.fingerprint.rows == 10 })
    #expect(entries.filter { $0.unit.table == "Threads" }.count > 3)
    #expect(entries.filter { $0.unit.table == "Words" }.count > 1)
    #expect(entries.filter { $0.unit.table == "Log" }.map(\.range) == [.all])
  }

  @Test func `a second run finds every unit unchanged and writes nothing`() async throws {
    let pair = try await CopiedPair()
    let before = try pair.changeTarget("SELECT updated FROM proofload_ledger ORDER BY table_name, unit")
    let report = try await pair.rerun()
    #expect(report.outcome == .done)
    #expect(report.units.allSatisfy { $0.action == .unchanged && $0.rowsAcknowledged == 0 })
    #expect(report.restored == [])
    #expect(try pair.changeTarget("SELECT updated FROM proofload_ledger ORDER BY table_name, unit") == before)
  }

  @Test func `rows that no source row explains are deleted`() async throws {
    let pair = try await CopiedPair()
    try pair.changeTarget(
      """
      INSERT INTO Threads (Id, KindId, Body, Score, CreatedAt, Token) VALUES (-99, 1, 'stale', 0, '2010-01-01', -1),
        (4, 1, 'stale', 0, '2010-01-01', -2), (999999, 1, 'stale', 0, '2010-01-01', -3);
      INSERT INTO Readings VALUES (NULL, 1.5, 'stale'); INSERT INTO Log VALUES ('stale', NULL);
      INSERT INTO "Empty" VALUES (1, x'00'); INSERT INTO Words VALUES ('', 1), ('~~', 2);
      """)
    let report = try await pair.rerun()
    #expect(report.outcome == .done)
    #expect(
      report.units.filter { $0.action == .copied }.count < report.units.count, "only the units concerned")
    #expect(try await pair.witness.differences() == [])
  }

  @Test func `one changed character in the target redoes its unit only`() async throws {
    let pair = try await CopiedPair()
    try pair.changeTarget("UPDATE Threads SET Body = replace(Body, 'body', 'bodY') WHERE Id = 90")
    let report = try await pair.rerun()
    let copied = report.units.filter { $0.action == .copied }
    #expect(copied.count == 1 && copied[0].unit.table == "Threads" && copied[0].attempt == 2)
    #expect(try await pair.witness.differences() == [])
  }

  @Test func `a changed source row redoes its unit only`() async throws {
    let pair = try await CopiedPair()
    try pair.changeSource("UPDATE Words SET Count = -1 WHERE Word = (SELECT max(Word) FROM Words)")
    let report = try await pair.rerun()
    #expect(report.units.filter { $0.action == .copied }.map(\.unit.table) == ["Words"])
    #expect(try await pair.witness.differences() == [])
  }

  @Test func `values that change places across units under a unique index are copied`() async throws {
    let pair = try await CopiedPair()
    try pair.changeSource(
      """
      UPDATE Threads SET Token = -Token;
      UPDATE Threads SET Token = (SELECT -Token FROM Threads o WHERE o.Id = 183 - Threads.Id);
      """)
    let report = try await pair.rerun()
    #expect(report.failure?.message == nil)
    #expect(try await pair.witness.differences() == [])
    #expect(try await pair.witness.structure().contains("Threads index [\"Token\"] true"))
  }

  @Test func `resume believes the ledger, fresh forgets it`() async throws {
    let pair = try await CopiedPair()
    try pair.changeTarget("UPDATE Threads SET Body = 'x' WHERE Id = 90")
    let resumed = try await pair.rerun { $0.mode = .resume }
    #expect(resumed.units.allSatisfy { $0.action == .trusted })
    #expect(try await pair.witness.differences().count == 1, "it was told to believe")
    let fresh = try await pair.rerun { $0.mode = .fresh }
    #expect(
      fresh.units.allSatisfy { $0.action == .copied && $0.attempt == 3 }, "a new plan takes a number itself")
    #expect(try await pair.witness.differences() == [])
  }

  @Test func `triggers of the target do not fire and are there afterwards`() async throws {
    let pair = try await CopiedPair()
    try pair.changeTarget(
      """
      CREATE TABLE audit (line TEXT);
      CREATE TRIGGER "odd "" name" AFTER INSERT ON Threads BEGIN INSERT INTO audit VALUES (new.Id); END;
      CREATE TRIGGER gone AFTER DELETE ON Threads BEGIN SELECT RAISE(ABORT, 'rows are forever'); END;
      """)
    let report = try await pair.rerun { $0.mode = .fresh }
    #expect(report.failure?.message == nil)
    #expect(try pair.changeTarget("SELECT * FROM audit") == [])
    #expect(try pair.changeTarget("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") == [["2"]])
  }

  @Test func `only the named tables are touched`() async throws {
    let pair = try await CopiedPair()
    try pair.changeTarget("DELETE FROM Log; DELETE FROM Words;")
    let report = try await pair.rerun { $0.tables = TableSelection(["words"]) }
    #expect(report.tables.map(\.source.name) == ["Words"])
    #expect(try pair.changeTarget("SELECT count(*) FROM Log") == [["0"]])
  }

  @Test func `an unknown table is an error that lists the tables there are`() async throws {
    let pair = try await CopiedPair()
    let error = await #expect(throws: JobError.self) {
      try await pair.rerun { $0.tables = TableSelection(["Wodrs"]) }
    }
    #expect(error?.kind == .configuration)
    #expect(error?.description.contains("'Wodrs'") == true && error?.description.contains("Words") == true)
  }

  @Test func `a narrower column stops the run before anything is written`() async throws {
    let directory = try TemporaryDirectory()
    try sqlite(Fixture.script(), at: directory.file("source.db"))
    let target = directory.file("target.db")
    try sqlite(
      "CREATE TABLE Kinds (Id INTEGER PRIMARY KEY, Name NVARCHAR(3) NOT NULL); INSERT INTO Kinds VALUES (9, 'x')",
      at: target)
    let error = await #expect(throws: JobError.self) {
      try await IdempotenceClaims.run(
        SQLiteEndpoint(path: directory.file("source.db")), SQLiteEndpoint(path: target))
    }
    #expect(error?.message.contains("column Name: NVARCHAR(3) is narrower") == true)
    #expect(try sqlite("SELECT name FROM sqlite_master", at: target) == [["Kinds"]])
    #expect(try sqlite("SELECT * FROM Kinds", at: target) == [["9", "x"]])
  }

  @Test func `a value that does not fit stops the run, names its place and leaves no half unit`() async throws
  {
    let directory = try TemporaryDirectory()
    try sqlite(
      Fixture.script() + "UPDATE Threads SET CreatedAt = 'yesterday' WHERE Id = 90;",
      at: directory.file("source.db"))
    let source = SQLiteEndpoint(path: directory.file("source.db"))
    let target = SQLiteEndpoint(path: directory.file("target.db"))
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.outcome == .failed)
    let message = try #require(report.failure?.message)
    for part in ["Threads", "CreatedAt", "90"] { #expect(message.contains(part), "\(part) in: \(message)") }
    #expect(!message.contains("yesterday"), "no row values in errors")
    #expect(try await CopyWitness(source: source, target: target).lies() == [])
  }

  @Test func `names are kept, lowercased or turned into snake case`() async throws {
    for (style, name) in [(NameStyle.lowercase, "threads.parentid"), (.snakeCase, "threads.parent_id")] {
      let directory = try TemporaryDirectory()
      try sqlite(Fixture.script(), at: directory.file("source.db"))
      let source = SQLiteEndpoint(path: directory.file("source.db"))
      let target = SQLiteEndpoint(path: directory.file("target.db"))
      var options = IdempotenceClaims.options
      options.names = style
      for _ in 1...2 {
        #expect(try await IdempotenceClaims.run(source, target, options: options).failure?.message == nil)
      }
      #expect(try await CopyWitness(source: source, target: target).differences() == [])
      let columns = try sqlite(
        "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c",
        at: directory.file("target.db"))
      #expect(columns.contains([name]))
    }
  }
}
