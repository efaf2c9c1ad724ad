import Testing

@testable import SQLServerSimulator

@Suite struct IndexTests {
  private func server() throws -> DefinitionServer {
    var server = try DefinitionServer(
      "CREATE TABLE t (id int NOT NULL, a int, b varchar(9), m nvarchar(max))")
    try server.insert(
      "t", "SELECT 1, 5, 'x', 'm' UNION ALL SELECT 2, NULL, 'y', 'm' UNION ALL SELECT 3, 5, NULL, 'm'")
    return server
  }

  @Test func `an index is made over rows that are there`() throws {
    var server = try server()
    #expect(
      server(
        "CREATE NONCLUSTERED INDEX ix ON dbo.t (a DESC, b) INCLUDE (id, m) WITH (ONLINE = ON, MAXDOP = 2)"
      )
        == "")
    #expect(server("CREATE UNIQUE CLUSTERED INDEX cx ON t (id)") == "")
    #expect(try server.indexes("t") == "cx unique (id) clustered; ix (a desc, b) include (id, m)")
    #expect(try server.entries("ix", of: "t") == 3)
    for (text, outcome) in [
      ("CREATE UNIQUE INDEX u ON t (a)", "!1505"), ("CREATE INDEX ix ON t (a)", "!1913"),
      ("CREATE INDEX u ON nosuch (a)", "!1088"), ("CREATE INDEX u ON t (nosuch)", "!1911"),
      ("CREATE INDEX u ON t (a) INCLUDE (nosuch)", "!1911"), ("CREATE INDEX u ON t (a, a)", "!1909"),
      ("CREATE INDEX u ON t (a) INCLUDE (a)", "!1909"), ("CREATE INDEX u ON t (m)", "!1919"),
      ("CREATE CLUSTERED INDEX u ON t (a)", "!1902"),
      ("CREATE INDEX u ON t (a) WITH (IGNORE_DUP_KEY = ON)", "!40517"),
      ("CREATE INDEX u ON t (a) WITH (ALLOW_ROW_LOCKS = OFF)", "!40517"),
      ("CREATE INDEX u ON t (a) WITH (NOSUCH = 1)", "!155"),
      ("CREATE INDEX u ON t (a) WITH (DROP_EXISTING = ON)", "!7999"),
      ("CREATE INDEX ix ON t (b) WITH (DROP_EXISTING = ON)", ""),
    ] {
      #expect(server(text) == outcome, "\(text)")
    }
    #expect(try server.indexes("t") == "cx unique (id) clustered; ix (b)")
  }

  @Test func `a filtered index holds the rows that its condition is true of`() throws {
    var server = try server()
    #expect(server("CREATE UNIQUE INDEX f1 ON t (a) WHERE a IS NOT NULL AND b IS NOT NULL") == "")
    #expect(try server.entries("f1", of: "t") == 1)
    #expect(server("CREATE INDEX f2 ON t (id) WHERE b IN ('X', 'z') AND id >= 1") == "")
    #expect(try server.entries("f2", of: "t") == 1)
    #expect(server("CREATE INDEX f3 ON t (id) WHERE b IS NULL") == "")
    #expect(try server.entries("f3", of: "t") == 1)
    #expect(server("CREATE INDEX f4 ON t (id) WHERE a <> 5") == "")
    #expect(try server.entries("f4", of: "t") == 0)
    #expect(server("CREATE INDEX f5 ON t (b) WHERE id IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)") == "")
    #expect(try server.entries("f5", of: "t") == 3)
    try server.insert("t", "SELECT 4, 6, 'x', ''")
    #expect(try server.entries("f1", of: "t") == 2)
    #expect(try server.entries("f4", of: "t") == 1)
    #expect(server("CREATE INDEX f ON t (a) WHERE a = id") == "!10735")
    #expect(server("CREATE INDEX f ON t (a) WHERE a = 1 OR a = 2") == "!10735")
    #expect(server("CREATE INDEX f ON t (a) WHERE b LIKE 'x%'") == "!10735")
    #expect(server("CREATE INDEX f ON t (a) WHERE b = 1") == "!10611")
    #expect(throws: SQLError.self) { try server.insert("t", "SELECT 5, 6, 'q', ''") }
  }

  @Test func `an index is disabled and rebuilt, alone or with all others`() throws {
    var server = try server()
    #expect(server("CREATE UNIQUE INDEX u ON t (b); CREATE INDEX i ON t (a)") == "")
    #expect(server("ALTER INDEX u ON t DISABLE") == "")
    #expect(try server.indexes("t") == "u unique (b) disabled; i (a)")
    #expect(server("ALTER INDEX u ON t REORGANIZE") == "!1973")
    try server.insert("t", "SELECT 4, 6, 'x', ''")
    #expect(server("ALTER INDEX u ON t REBUILD") == "!1505")
    #expect(
      server("ALTER INDEX ALL ON t REORGANIZE; ALTER INDEX i ON t REORGANIZE WITH (LOB_COMPACTION = ON)")
        == "")
    #expect(server("ALTER INDEX i ON t SET (STATISTICS_NORECOMPUTE = ON)") == "")
    #expect(server("ALTER INDEX nosuch ON t REBUILD") == "!2727")
    #expect(server("ALTER INDEX i ON nosuch REBUILD") == "!1088")
    #expect(server("DROP INDEX u ON t; ALTER INDEX ALL ON t DISABLE") == "")
    #expect(try server.indexes("t") == "i (a) disabled")
    #expect(server("ALTER INDEX ALL ON t REBUILD WITH (FILLFACTOR = 70)") == "")
    #expect(try server.indexes("t") == "i (a)")
    #expect(try server.entries("i", of: "t") == 4)
    #expect(server("CREATE CLUSTERED INDEX c ON t (id); ALTER INDEX c ON t DISABLE") == "!40514")
    #expect(server("ALTER INDEX c ON t REBUILD") == "")
  }

  @Test func `an index is dropped, unless a constraint needs it`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t ADD CONSTRAINT PK_t PRIMARY KEY (id), CONSTRAINT UQ_t UNIQUE (b)") == "")
    #expect(server("CREATE INDEX i ON t (a); CREATE INDEX j ON t (a)") == "")
    #expect(server("DROP INDEX PK_t ON t") == "!3723")
    #expect(server("DROP INDEX t.UQ_t") == "!3723")
    #expect(server("DROP INDEX nosuch ON t") == "!3701")
    #expect(server("DROP INDEX i ON nosuch") == "!3701")
    #expect(server("DROP INDEX IF EXISTS nosuch ON t, dbo.t.i, j ON t") == "")
    #expect(try server.indexes("t") == "PK_t primary key (id) clustered; UQ_t unique key (b)")
    #expect(server("ALTER TABLE t DROP CONSTRAINT PK_t; CREATE CLUSTERED INDEX c ON t (a)") == "")
    #expect(server("DROP INDEX c ON t") == "")
    #expect(server.rows("SELECT COUNT(*) FROM t") == "3")
  }

  @Test func `tables and indexes are not changed in a transaction under SNAPSHOT`() throws {
    var server = try server()
    #expect(server("ALTER DATABASE db SET ALLOW_SNAPSHOT_ISOLATION ON") == "")
    server.query.context.storage.set(server.query.context.session.number, isolation: .snapshot)
    #expect(server("BEGIN TRAN; CREATE INDEX i ON t (a)") == "!3964")
    #expect(server("CREATE INDEX i ON t (a)") == "")
  }
}
