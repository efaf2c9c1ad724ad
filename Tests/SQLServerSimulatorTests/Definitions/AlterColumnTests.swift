import Testing

@testable import SQLServerSimulator

@Suite struct AlterColumnTests {
  private func server(_ columns: String, _ rows: String) throws -> DefinitionServer {
    var server = try DefinitionServer("CREATE TABLE t (\(columns))")
    try server.insert("t", rows)
    return server
  }

  @Test func `rows are converted to the new type`() throws {
    var server = try server(
      "id int NOT NULL, n varchar(9), d datetime",
      "SELECT 1, '10', '2010-01-02' UNION ALL SELECT 2, NULL, NULL")
    #expect(server("ALTER TABLE t ALTER COLUMN n int") == "")
    #expect(server("ALTER TABLE t ALTER COLUMN id bigint NOT NULL") == "")
    #expect(server("ALTER TABLE t ALTER COLUMN d datetime2(0) NULL") == "")
    #expect(try server.columns("t") == "id bigint; n int null; d datetime2(0) null")
    #expect(server.rows("SELECT id, n + 1, d FROM t ORDER BY id") == "1 11 2010-01-02 00:00:00|2 NULL NULL")
    #expect(server("ALTER TABLE t ALTER COLUMN n varchar(9)") == "")
    #expect(server.rows("SELECT n FROM t ORDER BY id") == "10|NULL")
  }

  @Test func `a value that does not become one of the type leaves everything as it was`() throws {
    var server = try server("a varchar(9), b int", "SELECT 'x', 300 UNION ALL SELECT '2', NULL")
    #expect(server("ALTER TABLE t ALTER COLUMN a int") == "!245")
    #expect(server("ALTER TABLE t ALTER COLUMN b tinyint") == "!220")
    #expect(server("ALTER TABLE t ALTER COLUMN b int NOT NULL") == "!515")
    #expect(server.message("ALTER TABLE t ALTER COLUMN b int NOT NULL").contains("table 'db.dbo.t'"))
    #expect(server("ALTER TABLE t ALTER COLUMN b date") == "!206")
    #expect(server("ALTER TABLE t ALTER COLUMN b timestamp") == "!4927")
    #expect(server("ALTER TABLE t ALTER COLUMN nosuch int") == "!4924")
    #expect(try server.columns("t") == "a varchar(9) null; b int null")
    #expect(server.rows("SELECT a, b FROM t ORDER BY a") == "2 NULL|x 300")
  }

  @Test func `text that is too long is refused`() throws {
    var server = try server("a varchar(9)", "SELECT 'abcdef'")
    #expect(server("ALTER TABLE t ALTER COLUMN a varchar(3)") == "!2628")
    #expect(server("ALTER TABLE t ALTER COLUMN a varchar(6) NOT NULL") == "")
    #expect(server("ALTER TABLE t ALTER COLUMN a nvarchar(max) NULL") == "")
    #expect(server.rows("SELECT a FROM t") == "abcdef")
    #expect(server("ALTER TABLE t ADD d date NOT NULL DEFAULT '2010-01-02'") == "")
    #expect(server("ALTER TABLE t DROP COLUMN a; SELECT d INTO u FROM t") == "")
    #expect(server("ALTER TABLE u ALTER COLUMN d varchar(9)") == "!2628")
    #expect(server("ALTER TABLE u ALTER COLUMN d varchar(10)") == "")
    #expect(server.rows("SELECT d FROM u") == "2010-01-02")
    #expect(server("ALTER TABLE u ADD e char(4) NOT NULL DEFAULT GETDATE()") == "!2628")
  }

  @Test func `what depends on a column keeps its type`() throws {
    var server = try DefinitionServer(
      """
      CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 1, b varchar(9) UNIQUE, c int CHECK (c > 0), d int,
        e AS d + 1, v rowversion, k int IDENTITY, n varchar(5) INDEX ix, m decimal(9, 2) DEFAULT 0)
      """, "CREATE TABLE u (t int REFERENCES t)")
    for (text, outcome) in [
      ("id bigint", "5074 5074 !4922"), ("a bigint", "5074 !4922"), ("b varchar(5)", "5074 !4922"),
      ("b varchar(20)", ""), ("c bigint", "5074 !4922"), ("d bigint", "5074 !4922"), ("e int", "!4928"),
      ("v int", "!4928"), ("k bigint", ""), ("k varchar(9)", "!2749"), ("k int NULL", "!8147"),
      ("n varchar(6)", ""), ("n varchar(4)", "5074 !4922"), ("m decimal(10, 2)", ""), ("id int NOT NULL", ""),
    ] {
      #expect(server("ALTER TABLE t ALTER COLUMN \(text)") == outcome, "\(text)")
    }
    #expect(server("ALTER TABLE u ALTER COLUMN t bigint") == "5074 !4922")
    #expect(try server.columns("t").contains("k bigint identity; n varchar(6) null; m decimal(10,2) null"))
  }

  @Test func `a collation changes what a key finds`() throws {
    var server = try server(
      "a varchar(9) COLLATE Latin1_General_CS_AS, b int", "SELECT 'x', 1 UNION ALL SELECT 'X', 2")
    #expect(server("CREATE UNIQUE INDEX u ON t (a)") == "")
    #expect(server("ALTER TABLE t ALTER COLUMN a varchar(9) COLLATE Latin1_General_CI_AS") == "5074 !4922")
    #expect(server("DROP INDEX u ON t; ALTER TABLE t ALTER COLUMN a varchar(9)") == "")
    #expect(server("CREATE UNIQUE INDEX u ON t (a)") == "!1505")
  }
}
