import ModelDatabase
import Testing

@testable import SQLServerSimulator

/// Sequences of definitions by chance: what fails leaves nothing, and what is rolled back was never there.
@Suite struct DefinitionUndoTests {
  private static let statements = [
    "CREATE TABLE a (id int IDENTITY CONSTRAINT PK_a PRIMARY KEY, n int CONSTRAINT CK_a CHECK (n > 0))",
    "CREATE TABLE b (id int CONSTRAINT PK_b PRIMARY KEY NONCLUSTERED, a int CONSTRAINT FK_b REFERENCES a)",
    "CREATE TABLE #c (id int PRIMARY KEY, n int DEFAULT 5)", "DROP TABLE a", "DROP TABLE b, a",
    "DROP TABLE #c",
    "DROP TABLE t", "ALTER TABLE t ADD x int NOT NULL CONSTRAINT DF_x DEFAULT 7",
    "ALTER TABLE t DROP COLUMN x",
    "ALTER TABLE t DROP CONSTRAINT DF_x", "ALTER TABLE t ADD y AS id + 1", "ALTER TABLE t DROP COLUMN y",
    "ALTER TABLE t ALTER COLUMN n varchar(20)", "ALTER TABLE t ALTER COLUMN n int NULL",
    "ALTER TABLE t ALTER COLUMN n int NOT NULL",
    "ALTER TABLE t ADD CONSTRAINT FK_t FOREIGN KEY (n) REFERENCES p",
    "ALTER TABLE t NOCHECK CONSTRAINT ALL", "ALTER TABLE t WITH CHECK CHECK CONSTRAINT ALL",
    "ALTER TABLE t DROP CONSTRAINT FK_t", "ALTER TABLE t DROP CONSTRAINT PK_t",
    "ALTER TABLE t ADD CONSTRAINT PK_t PRIMARY KEY (id)", "ALTER TABLE t ADD CONSTRAINT U UNIQUE (n)",
    "CREATE INDEX i ON t (n)", "CREATE UNIQUE INDEX j ON t (n DESC) WHERE n > 1", "DROP INDEX i ON t",
    "CREATE CLUSTERED INDEX c ON t (n)", "DROP INDEX c ON t", "ALTER INDEX ALL ON t DISABLE",
    "ALTER INDEX i ON t DISABLE", "ALTER INDEX ALL ON t REBUILD", "ALTER INDEX ALL ON p DISABLE",
    "CREATE VIEW v AS SELECT id FROM t", "ALTER VIEW v AS SELECT n FROM t", "DROP VIEW v",
    "CREATE TRIGGER g ON t AFTER INSERT AS SELECT 1", "DROP TRIGGER g", "ALTER TABLE t DISABLE TRIGGER ALL",
    "CREATE PROCEDURE v AS SELECT 1", "CREATE SCHEMA s", "DROP SCHEMA s", "CREATE TABLE s.t (a int)",
    "DBCC CHECKIDENT (p, RESEED, 50) WITH NO_INFOMSGS", "DBCC CHECKIDENT (p) WITH NO_INFOMSGS",
    "SELECT id, n INTO b FROM t", "SELECT * INTO s.u FROM p",
  ]

  /// Everything that a definition can change, as text.
  private func digest(_ server: DefinitionServer) -> String {
    let storage = server.storage
    var lines = storage.databases.compactMap { $0 }.map { "\($0.name) \($0.schemas)" }
    for table in storage.tables.compactMap({ $0 }) {
      lines.append(
        "\(table.name) \(table.objectID) \(table.about.columns) \(String(describing: table.identity))")
      lines.append("\(table.about.constraints) \(table.clustered.map { "\($0.name) \($0.keys)" } ?? "heap")")
      for row in table.rows.run(.all) { lines.append("\(row.key) \(row.withBytes { Array($0) })") }
      for index in table.indexes {
        lines.append("\(index.id) \(index.about.name) \(index.about.keys) \(index.isDisabled)")
        for entry in index.entries.run(.all) { lines.append("\(entry.key) \(entry.row)") }
      }
    }
    lines += storage.modules.map { "\($0)" }
    return lines.joined(separator: "\n")
  }

  /// What must be true of every table: rows have a field for each column, indexes an entry for each row, and
  /// foreign keys the columns of a key.
  private func mistakes(in server: DefinitionServer) -> [String] {
    var mistakes: [String] = []
    for table in server.storage.tables.compactMap({ $0 }) where table.droppedBy == nil {
      for row in table.rows.run(.all) {
        let count = row.withBytes { bytes in
          var (fields, count) = (StoredFields(bytes), 0)
          while !fields.isAtEnd {
            _ = fields.nextField()
            count += 1
          }
          return count
        }
        if count != table.about.columns.count {
          mistakes.append("a row of \(table.name) has \(count) fields")
        }
      }
      for index in table.indexes where !index.isDisabled && index.about.filter == nil {
        if index.entries.count != table.rows.count { mistakes.append("\(index.about.name) is not complete") }
      }
      for constraint in table.about.constraints {
        guard case .foreignKey(let reference) = constraint.kind else { continue }
        let key = server.storage.tables[reference.table]?.index(id: reference.index)
        if key?.keys.columns.map(\.column).sorted() != reference.referencedColumns.sorted() {
          mistakes.append("\(constraint.name) references nothing")
        }
      }
    }
    return mistakes
  }

  @Test func `what fails leaves nothing, and what is rolled back was never there`() throws {
    var seed: UInt64 = 2010
    func next(_ count: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((seed >> 33) % UInt64(count))
    }
    var outcomes: Set<String> = []
    for run in 0..<16 {
      var server = try DefinitionServer(
        "CREATE TABLE p (id int IDENTITY CONSTRAINT PK_p PRIMARY KEY NONCLUSTERED, z int)",
        "CREATE TABLE t (id int NOT NULL CONSTRAINT PK_t PRIMARY KEY, n int)")
      try server.insert("p", "SELECT 1, 2 UNION ALL SELECT 2, 2")
      try server.insert("t", "SELECT 1, 1 UNION ALL SELECT 2, \(run % 3 == 0 ? "NULL" : "2")")
      // Some of it is there before.
      for _ in 0..<next(12) {
        _ = server(DefinitionUndoTests.statements[next(DefinitionUndoTests.statements.count)])
      }
      let before = digest(server)
      #expect(server("BEGIN TRAN") == "")
      for _ in 0..<25 {
        let statement = DefinitionUndoTests.statements[next(DefinitionUndoTests.statements.count)]
        let state = digest(server)
        let outcome = server(statement)
        outcomes.insert(outcome)
        #expect(mistakes(in: server) == [], "\(statement)")
        if outcome.contains("!") { #expect(digest(server) == state, "\(statement) \(outcome)") }
      }
      #expect(server("ROLLBACK") == "")
      #expect(digest(server) == before)
      #expect(server.storage.lockViews.isEmpty)
    }
    // Chance has met successes and errors of many kinds.
    #expect(outcomes.count > 15, "\(outcomes.sorted())")
  }
}
