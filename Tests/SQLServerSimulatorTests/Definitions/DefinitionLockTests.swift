import Testing

@testable import SQLServerSimulator

/// Two sessions, one of which has a transaction open.
@Suite struct DefinitionLockTests {
  /// What a second session's statement answers while the first has done its own and not committed; then
  /// what it answers after a rollback.
  private func collide(_ first: String, _ second: String) throws -> [String] {
    var server = try DefinitionServer(
      "CREATE TABLE t (id int CONSTRAINT PK_t PRIMARY KEY, a int)", "CREATE TABLE p (id int PRIMARY KEY)",
      "CREATE VIEW v AS SELECT id FROM t")
    try server.insert("t", "SELECT 1, 1")
    #expect(server("BEGIN TRAN") == "")
    #expect(server(first) == "", "\(first)")
    let other = server.connect()
    let blocked = server(second)
    let mine = server.resume(other)
    #expect(server("ROLLBACK") == "")
    _ = server.resume(mine)
    return [blocked, server(second)]
  }

  @Test func `what somebody is making, changing or dropping is waited for`() throws {
    for (first, second, after) in [
      ("CREATE TABLE n (a int)", "CREATE TABLE n (a int)", ""),
      ("CREATE TABLE n (a int)", "DROP TABLE n", "!3701"),
      ("DROP TABLE t", "ALTER TABLE t ADD b int", ""), ("ALTER TABLE t ADD b int", "SELECT id FROM t", ""),
      ("ALTER TABLE t ADD b int", "CREATE INDEX i ON t (a)", ""),
      ("CREATE INDEX i ON t (a)", "ALTER INDEX PK_t ON t REBUILD", ""),
      ("ALTER TABLE t ADD CONSTRAINT n CHECK (a > 0)", "CREATE TABLE n (a int)", ""),
      ("CREATE VIEW n AS SELECT 1 AS a", "CREATE TABLE n (a int)", ""),
      ("CREATE VIEW n AS SELECT 1 AS a", "SELECT a FROM n", "!208"),
      ("ALTER VIEW v AS SELECT 5 AS id", "SELECT id FROM v", ""), ("DROP VIEW v", "SELECT id FROM v", ""),
      ("DROP VIEW v", "CREATE VIEW v AS SELECT 1 AS a", "!2714"),
      ("CREATE TABLE n (a int REFERENCES p)", "ALTER TABLE p ADD b int", ""),
      ("CREATE TABLE n (a int REFERENCES p)", "DROP TABLE p", ""),
      ("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t", "DROP TABLE t", ""),
      ("CREATE TRIGGER g ON t AFTER INSERT AS SELECT 1", "SELECT id FROM t", ""),
    ] {
      #expect(try collide(first, second) == ["waits", after], "\(first) / \(second)")
    }
  }

  @Test func `a definition that is blocked leaves nothing`() throws {
    var server = try DefinitionServer("CREATE TABLE p (id int PRIMARY KEY)", "CREATE TABLE t (a int)")
    #expect(server("BEGIN TRAN; SELECT id FROM p WITH (HOLDLOCK)") == "")
    let other = server.connect()
    #expect(server("CREATE TABLE n (a int CONSTRAINT c CHECK (a > 0), b int REFERENCES p)") == "waits")
    #expect(server.storage.tables.compactMap { $0?.name.name } == ["p", "t"])
    let mine = server.resume(other)
    #expect(server("CREATE TABLE n (a int CONSTRAINT c CHECK (a > 1)); COMMIT") == "")
    _ = server.resume(mine)
    #expect(server("CREATE TABLE n (a int CONSTRAINT c CHECK (a > 0), b int REFERENCES p)") == "!2714")
  }
}
