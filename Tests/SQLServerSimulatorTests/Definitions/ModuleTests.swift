import Testing

@testable import SQLServerSimulator

@Suite struct ModuleTests {
  private func server() throws -> DefinitionServer {
    var server = try DefinitionServer("CREATE TABLE t (id int PRIMARY KEY, n nvarchar(9))")
    try server.insert("t", "SELECT 1, 'a' UNION ALL SELECT 2, 'b'")
    return server
  }

  private func text(_ name: String, in server: DefinitionServer) -> String? {
    server.storage.module(QualifiedName("dbo", name), in: server.query.context.session.database)?.text
  }

  @Test func `a view is bound when it is made`() throws {
    var server = try server()
    #expect(server("CREATE VIEW dbo.v (k, s) AS SELECT id, n FROM t WHERE id > 1") == "")
    #expect(server.rows("SELECT k, s FROM v") == "2 b")
    #expect(server("CREATE VIEW w AS SELECT k + 1 AS l FROM v") == "")
    #expect(server.rows("SELECT l FROM w") == "3")
    for (text, outcome) in [
      ("CREATE VIEW x WITH SCHEMABINDING AS SELECT id FROM dbo.t", "!40514"),
      ("CREATE VIEW v AS SELECT 1 AS a", "!2714"), ("CREATE VIEW t AS SELECT 1 AS a", "!2714"),
      ("CREATE VIEW x AS SELECT nosuch FROM t", "!207"),
      ("CREATE VIEW x AS SELECT 1 AS a FROM nosuch", "!208"),
      ("CREATE VIEW x AS SELECT 1", "!4511"), ("CREATE VIEW x AS SELECT 1 AS a, 2 AS A", "!4506"),
      ("CREATE VIEW x (a) AS SELECT 1, 2", "!8158"), ("CREATE VIEW x (a, b) AS SELECT 1", "!8159"),
      ("CREATE VIEW x AS SELECT id FROM t ORDER BY id", "!1033"),
      ("CREATE VIEW nosuch.x AS SELECT 1 AS a", "!2760"),
      ("CREATE VIEW db.dbo.x AS SELECT 1 AS a", "!166"), ("ALTER VIEW x AS SELECT 1 AS a", "!208"),
      ("ALTER VIEW t AS SELECT 1 AS a", "!2010"), ("CREATE TABLE v (a int)", "!2714"),
      ("ALTER TABLE v ADD a int", "!4909"), ("CREATE INDEX i ON v (k)", "!40514"), ("DROP TABLE v", "!3705"),
      ("DROP VIEW t", "!3705"), ("DROP VIEW nosuch", "!3701"), ("DROP VIEW IF EXISTS nosuch, w", ""),
    ] {
      #expect(server(text) == outcome, "\(text)")
    }
    let before = server.storage.modules[0].objectID
    #expect(server("ALTER VIEW v AS SELECT n AS only FROM t") == "")
    #expect(text("v", in: server) == "CREATE VIEW v AS SELECT n AS only FROM t")
    #expect(server.storage.modules[0].objectID == before)
    #expect(server("CREATE OR ALTER VIEW v AS SELECT 5 AS five") == "")
    #expect(server.rows("SELECT five FROM v") == "5")
    #expect(text("v", in: server) == "CREATE   VIEW v AS SELECT 5 AS five")
    #expect(server("CREATE TABLE #t (a int)") == "")
    #expect(server("CREATE VIEW x AS SELECT a FROM #t") == "!4508")
  }

  @Test func `procedures and functions are kept as texts, whatever they say`() throws {
    var server = try server()
    #expect(server("CREATE PROCEDURE p @a int AS SELECT nosuch FROM nowhere WHERE x = @a") == "")
    #expect(server("CREATE FUNCTION f (@a int) RETURNS int AS BEGIN RETURN @a END") == "")
    #expect(text("p", in: server) == "CREATE PROCEDURE p @a int AS SELECT nosuch FROM nowhere WHERE x = @a")
    #expect(server("CREATE PROCEDURE f AS SELECT 1") == "!2714")
    #expect(server("ALTER PROCEDURE f AS SELECT 1") == "!2010")
    #expect(server("ALTER PROC p AS SELECT 2") == "")
    #expect(text("p", in: server) == "CREATE PROC p AS SELECT 2")
    #expect(server("DROP PROCEDURE f") == "!3705")
    #expect(server("DROP FUNCTION f; DROP PROC p; DROP PROCEDURE IF EXISTS p") == "")
    #expect(server.storage.modules.isEmpty)
  }

  @Test func `a trigger belongs to its table and goes with it`() throws {
    var server = try server()
    #expect(server("CREATE TRIGGER g ON t AFTER INSERT, UPDATE AS DELETE FROM nowhere") == "")
    #expect(server("CREATE TRIGGER h ON dbo.t INSTEAD OF DELETE AS SELECT 1") == "")
    let number = try server.number(of: "t")
    #expect(server.storage.triggers(of: number).map(\.name.name) == ["g", "h"])
    #expect(server.storage.triggers(of: number)[0].trigger?.events == [.insert, .update])
    for (text, outcome) in [
      ("CREATE TRIGGER i ON nosuch AFTER INSERT AS SELECT 1", "!8197"),
      ("CREATE TRIGGER i ON t INSTEAD OF INSERT, DELETE AS SELECT 1", "!2111"),
      ("CREATE TRIGGER g ON t AFTER INSERT AS SELECT 1", "!2714"),
      ("ALTER TRIGGER i ON t AFTER INSERT AS SELECT 1", "!208"),
      ("CREATE TRIGGER s.i ON t AFTER INSERT AS SELECT 1", "!2103"), ("DISABLE TRIGGER g ON t", ""),
      ("ALTER TABLE t DISABLE TRIGGER nosuch", "!4920"), ("DISABLE TRIGGER nosuch ON t", "!1088"),
    ] {
      #expect(server(text) == outcome, "\(text)")
    }
    #expect(server.storage.triggers(of: number).map { $0.trigger?.isDisabled } == [true, false])
    #expect(server("ALTER TABLE t DISABLE TRIGGER ALL") == "")
    #expect(server.storage.triggers(of: number).map { $0.trigger?.isDisabled } == [true, true])
    #expect(server("ALTER TABLE t ENABLE TRIGGER [g], h; DROP TRIGGER h") == "")
    #expect(server.storage.triggers(of: number).map { $0.trigger?.isDisabled } == [false])
    #expect(server("BEGIN TRAN; DROP TABLE t; ROLLBACK") == "")
    #expect(server.storage.triggers(of: number).map(\.name.name) == ["g"])
    #expect(server("DROP TABLE t") == "")
    #expect(server.storage.modules.isEmpty)
  }

  @Test func `what a transaction does to modules and schemas is taken back`() throws {
    var server = try DefinitionServer("CREATE TABLE t (a int)")
    #expect(server("CREATE VIEW v AS SELECT a FROM t") == "")
    let before = server.storage.modules
    #expect(server("BEGIN TRAN; CREATE SCHEMA s; DROP VIEW v") == "")
    #expect(server.storage.modules.isEmpty)
    #expect(server.rows("SELECT a FROM v") == "!208")
    #expect(server("CREATE PROCEDURE v AS SELECT 1") == "")
    #expect(server("CREATE VIEW s.v AS SELECT a AS b FROM t") == "")
    #expect(server("ALTER VIEW s.v AS SELECT 1 AS b") == "")
    #expect(server("ROLLBACK") == "")
    #expect(server.storage.modules == before)
    #expect(server("CREATE TABLE s.t (a int)") == "!2760")
    #expect(server("BEGIN TRAN; DROP VIEW v; COMMIT") == "")
    #expect(server.storage.modules.isEmpty)
  }
}
