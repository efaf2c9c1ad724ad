import Testing

@testable import SQLServerSimulator

@Suite struct ConstraintTests {
  /// `p` with keys 1 and 2, `t` with rows 1→1, 2→NULL, 3→2.
  private func server() throws -> DefinitionServer {
    var server = try DefinitionServer(
      "CREATE TABLE p (id int CONSTRAINT PK_p PRIMARY KEY, a int NOT NULL, b varchar(9) NOT NULL)",
      "CREATE TABLE t (id int CONSTRAINT PK_t PRIMARY KEY, p int)")
    try server.insert("p", "SELECT 1, 10, 'x' UNION ALL SELECT 2, 10, 'y'")
    try server.insert("t", "SELECT 1, 1 UNION ALL SELECT 2, NULL UNION ALL SELECT 3, 2")
    return server
  }

  // MARK: Checks

  @Test func `a check is true of all rows, or not trusted`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t ADD CONSTRAINT CK_t CHECK (id < 3)") == "!547")
    #expect(
      server.message("ALTER TABLE t ADD CONSTRAINT CK_t CHECK (id < 3)")
        == "The ALTER TABLE statement conflicted with the CHECK constraint \"CK_t\". The conflict "
        + "occurred in database \"db\", table \"dbo.t\", column 'id'.")
    #expect(try server.constraints("t") == "")
    #expect(server("ALTER TABLE t WITH NOCHECK ADD CONSTRAINT CK_t CHECK (id < 3)") == "")
    #expect(try server.constraints("t") == "CK_t ([id]<(3)) untrusted")
    #expect(server("ALTER TABLE t WITH CHECK ADD CONSTRAINT CK_p CHECK (p > 0 OR p BETWEEN 5 AND 6)") == "")
    #expect(
      try server.constraints("t")
        == "CK_t ([id]<(3)) untrusted; CK_p ([p]>(0) OR [p]>=(5) AND [p]<=(6))")
  }

  @Test func `constraints are switched off and on, and trusted again when the rows were looked at`() throws {
    var server = try server()
    #expect(
      server(
        """
        ALTER TABLE t ADD CONSTRAINT CK_t CHECK (id > 0), CONSTRAINT FK_t FOREIGN KEY (p) REFERENCES p (id);
        ALTER TABLE t NOCHECK CONSTRAINT CK_t
        """) == "")
    #expect(try server.constraints("t") == "CK_t ([id]>(0)) disabled untrusted; FK_t (p) -> p (id)")
    #expect(server("ALTER TABLE t CHECK CONSTRAINT CK_t") == "")
    #expect(try server.constraints("t") == "CK_t ([id]>(0)) untrusted; FK_t (p) -> p (id)")
    #expect(server("ALTER TABLE t NOCHECK CONSTRAINT ALL") == "")
    #expect(
      try server.constraints("t")
        == "CK_t ([id]>(0)) disabled untrusted; FK_t (p) -> p (id) disabled untrusted")
    try server.insert("t", "SELECT 4, 99")
    #expect(server("ALTER TABLE t WITH CHECK CHECK CONSTRAINT ALL") == "!547")
    #expect(
      try server.constraints("t")
        == "CK_t ([id]>(0)) disabled untrusted; FK_t (p) -> p (id) disabled untrusted")
    try server.insert("p", "SELECT 99, 1, 'z'")
    #expect(server("ALTER TABLE t WITH CHECK CHECK CONSTRAINT CK_t, FK_t") == "")
    #expect(try server.constraints("t") == "CK_t ([id]>(0)); FK_t (p) -> p (id)")
    #expect(server("ALTER TABLE t CHECK CONSTRAINT CK_t") == "")
    #expect(try server.constraints("t") == "CK_t ([id]>(0)); FK_t (p) -> p (id)")
    #expect(server("ALTER TABLE t NOCHECK CONSTRAINT nosuch") == "4917 !4916")
    #expect(server("ALTER TABLE t NOCHECK CONSTRAINT PK_t") == "11415 !4916")
  }

  // MARK: Foreign keys

  @Test func `a foreign key finds a parent for every row`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t ADD CONSTRAINT FK_t FOREIGN KEY (p) REFERENCES p") == "")
    #expect(server("ALTER TABLE t DROP CONSTRAINT FK_t") == "")
    try server.insert("t", "SELECT 4, 99")
    #expect(server("ALTER TABLE t ADD CONSTRAINT FK_t FOREIGN KEY (p) REFERENCES p") == "!547")
    #expect(
      server.message("ALTER TABLE t ADD CONSTRAINT FK_t FOREIGN KEY (p) REFERENCES p")
        .contains("\"FK_t\". The conflict occurred in database \"db\", table \"dbo.p\", column 'id'."))
    #expect(
      server.message("ALTER TABLE t ADD CONSTRAINT FK_s FOREIGN KEY (p) REFERENCES t (id)")
        .contains("FOREIGN KEY SAME TABLE constraint \"FK_s\""))
    #expect(
      server("ALTER TABLE t WITH NOCHECK ADD CONSTRAINT FK_t FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE")
        == "")
    #expect(try server.constraints("t") == "FK_t (p) -> p (id) cascade/noAction untrusted")
  }

  @Test func `a key of several columns is found in any order`() throws {
    var server = try server()
    #expect(server("CREATE UNIQUE INDEX ux ON p (b, a)") == "")
    #expect(
      server("CREATE TABLE u (a int, b varchar(9), CONSTRAINT FK_u FOREIGN KEY (a, b) REFERENCES p (a, b))")
        == "")
    try server.insert("u", "SELECT 10, 'Y' UNION ALL SELECT NULL, 'q'")
    #expect(server("ALTER TABLE u WITH CHECK CHECK CONSTRAINT FK_u") == "")
    try server.insert("u", "SELECT 11, 'y'")
    #expect(server("ALTER TABLE u WITH CHECK CHECK CONSTRAINT FK_u") == "!547")
    #expect(server("DROP INDEX ux ON p") == "!3723")
  }

  @Test func `a foreign key that cannot be is refused as SQL Server does`() throws {
    var server = try server()
    #expect(
      server("CREATE TABLE c (id nvarchar(9) PRIMARY KEY, l varchar(5) COLLATE Latin1_General_BIN UNIQUE)")
        == "")
    for (text, outcome) in [
      ("x int REFERENCES nosuch (id)", "1767 !1750"), ("x int REFERENCES p (nosuch)", "1770 !1750"),
      ("x int REFERENCES p (a)", "1776 !1750"), ("x bigint REFERENCES p (id)", "1778 !1750"),
      ("x nvarchar(8) REFERENCES c (id)", "1753 !1750"), ("x varchar(5) REFERENCES c (l)", "1757 !1750"),
      ("x int, FOREIGN KEY (y) REFERENCES p (id)", "1769 !1750"),
      ("x int, y int, FOREIGN KEY (x, y) REFERENCES p (id)", "8139 !1750"),
      ("x int REFERENCES #p (id)", "1766 !1750"), ("x int REFERENCES master.dbo.p (id)", "1763 !1750"),
      ("x int NOT NULL REFERENCES p (id) ON DELETE SET NULL", "1761 !1750"),
      ("x int NOT NULL REFERENCES p (id) ON UPDATE SET DEFAULT", "1762 !1750"),
      ("id int PRIMARY KEY, x int REFERENCES n (id) ON DELETE CASCADE", "1785 !1750"),
      ("x int REFERENCES p (id) ON DELETE CASCADE, y int REFERENCES p (id) ON DELETE SET NULL", "1785 !1750"),
      ("x int, FOREIGN KEY (x) REFERENCES n", "1773 !1750"),
      ("x AS 1, FOREIGN KEY (x) REFERENCES p", "1764 !1750"),
      ("x int CONSTRAINT PK_p REFERENCES p", "2714 !1750"),
      ("x int REFERENCES p ON DELETE CASCADE, y int REFERENCES p ON UPDATE CASCADE", ""),
    ] {
      #expect(server("CREATE TABLE n (\(text))") == outcome, "\(text)")
    }
    #expect(server("CREATE TABLE #n (x int REFERENCES nosuch (id))") == "1756")
    #expect(try server.constraints("#n") == "")
  }

  @Test func `a table that is referenced is not dropped before the one that references it`() throws {
    var server = try server()
    #expect(
      server("ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES p; ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES t")
        == "")
    #expect(server("DROP TABLE p") == "!3726")
    #expect(server("DROP TABLE t, p") == "")
    #expect(server("DROP TABLE t") == "!3701")
    #expect(server("DROP TABLE IF EXISTS t, p") == "")
  }

  @Test func `disabling a key that is referenced disables the foreign key`() throws {
    var server = try server()
    #expect(
      server(
        """
        CREATE UNIQUE INDEX ux ON p (b); CREATE TABLE u (b varchar(9) CONSTRAINT FK_u REFERENCES p (b));
        ALTER INDEX ux ON p DISABLE
        """) == "1992")
    #expect(try server.constraints("u") == "FK_u (b) -> p (b) disabled untrusted")
    #expect(server("ALTER TABLE u CHECK CONSTRAINT FK_u") == "!1989")
    #expect(server("ALTER INDEX ux ON p REBUILD; ALTER TABLE u WITH CHECK CHECK CONSTRAINT FK_u") == "")
    #expect(try server.constraints("u") == "FK_u (b) -> p (b)")
  }
}
