import Testing

@testable import SQLServerSimulator

@Suite struct RenameTests {
  @Test func `tables, columns, indexes and constraints get other names`() throws {
    var server = try DefinitionServer(
      """
      CREATE TABLE t (id int CONSTRAINT PK_t PRIMARY KEY, a int CONSTRAINT DF_a DEFAULT 1, b int INDEX ix,
        c int CONSTRAINT CK_c CHECK (c > 0), d int, e AS d)
      """, "CREATE TABLE u (t int CONSTRAINT FK_u REFERENCES t)")
    try server.insert("t", "SELECT 1, 2, 3, 4, 5, 5")
    #expect(server.rename("dbo.t", "s") == "15477")
    #expect(server.rename("dbo.s.b", "beta", "COLUMN") == "15477")
    #expect(server.rename("s.a", "alpha") == "15477")
    #expect(server.rename("[dbo].[s].[ix]", "iy", "INDEX") == "15477")
    #expect(server.rename("s.PK_t", "PK_s", "index") == "15477")
    #expect(server.rename("CK_c", "CK_s", "OBJECT") == "15477")
    #expect(server.rename("dbo.DF_a", "DF_s") == "15477")
    #expect(server.rename("FK_u", "FK_s", "object") == "15477")
    #expect(server.rows("SELECT id, alpha, beta FROM s") == "1 2 3")
    #expect(try server.indexes("s") == "PK_s primary key (id) clustered; iy (beta)")
    #expect(try server.constraints("s") == "CK_s ([c]>(0))")
    #expect(try server.constraints("u") == "FK_s (t) -> s (id)")
    #expect(try server.table("s").about.columns[1].defaultValue?.name == "DF_s")
    #expect(server.rows("SELECT 1 FROM t") == "!208")
    #expect(server("CREATE TABLE t (a int CONSTRAINT PK_t PRIMARY KEY)") == "")
  }

  @Test func `what is not there, not free or depended on is refused`() throws {
    var server = try DefinitionServer(
      "CREATE TABLE t (a int, b int CHECK (b > 0), c AS a, d int INDEX i)", "CREATE TABLE u (a int INDEX ix)")
    #expect(server.rename("nosuch", "x") == "!15225")
    #expect(server.rename("t.nosuch", "x") == "!15225")
    #expect(server.rename("t.nosuch", "x", "COLUMN") == "!15248")
    #expect(server.rename("nosuch", "x", "OBJECT") == "!15248")
    #expect(server.rename("t.nosuch", "x", "INDEX") == "!15248")
    #expect(server.rename("t", "u") == "!15335")
    #expect(server.rename("t.d", "A", "COLUMN") == "!15335")
    #expect(server.rename("t.b", "x", "COLUMN") == "!15336")
    #expect(server.rename("t.a", "x", "COLUMN") == "!15336")
    #expect(server.rename("t", "T") == "15477")
    #expect(server.rename("t", "x", "NOSUCH") == "!15249")
    #expect(server("BEGIN TRAN") == "")
    #expect(server.rename("t", "x") == "15477")
    #expect(server("ROLLBACK; CREATE TABLE x (a int)") == "")
  }
}
