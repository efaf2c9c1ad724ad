import Testing

@testable import SQLServerSimulator

@Suite struct AlterTableTests {
  /// `t` with three rows: 1 a, 2 NULL, 3 c.
  private func server(_ columns: String = "id int NOT NULL, n nvarchar(9) NULL") throws -> DefinitionServer {
    var server = try DefinitionServer("CREATE TABLE t (\(columns))")
    try server.insert("t", "SELECT 1, 'a' UNION ALL SELECT 2, NULL UNION ALL SELECT 3, 'c'")
    return server
  }

  // MARK: ADD

  @Test func `an added column has NULL, its default or a number in the rows that are there`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t ADD a int") == "")
    #expect(server("ALTER TABLE t ADD b int NULL DEFAULT 5, c int NOT NULL DEFAULT (2 + 1)") == "")
    #expect(server("ALTER TABLE t ADD d varchar(3) NULL CONSTRAINT DF_d DEFAULT 'x' WITH VALUES") == "")
    #expect(server("ALTER TABLE t ADD k int IDENTITY(10, 10), e AS id * 2 + c, v rowversion") == "")
    #expect(
      server.rows("SELECT id, n, a, b, c, d, k, e FROM t ORDER BY id")
        == "1 a NULL NULL 3 x 10 5|2 NULL NULL NULL 3 x 20 7|3 c NULL NULL 3 x 30 9")
    #expect(server.rows("SELECT COUNT(DISTINCT v) FROM t") == "3")
    #expect(try server.table("t").identity?.next == 40)
    #expect(try server.table("t").about.columns.map(\.id) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
  }

  @Test func `a column that a row would need a value for is not added`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t ADD a int NOT NULL") == "!4901")
    #expect(server("ALTER TABLE t ADD N int") == "!2705")
    #expect(server("ALTER TABLE t ADD a tinyint NOT NULL DEFAULT 300") == "!220")
    #expect(server("ALTER TABLE t ADD a varchar(2) NOT NULL DEFAULT 'abc'") == "!2628")
    #expect(server("ALTER TABLE t ADD a tinyint IDENTITY(254, 1)") == "!8115")
    #expect(server("ALTER TABLE t ADD a AS id / 0") == "!8134")
    #expect(server("ALTER TABLE nosuch ADD a int") == "!4902")
    #expect(try server.columns("t") == "id int; n nvarchar(9) null")
    #expect(server.rows("SELECT id, n FROM t ORDER BY id") == "1 a|2 NULL|3 c")
    #expect(server("CREATE TABLE e (a int); ALTER TABLE e ADD b int NOT NULL") == "")
  }

  @Test func `a default that differs from call to call does so in each row`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t ADD g uniqueidentifier NOT NULL DEFAULT NEWID()") == "")
    #expect(server.rows("SELECT COUNT(DISTINCT g) FROM t") == "3")
  }

  @Test func `a key is added over rows that keep it`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t ADD CONSTRAINT PK_t PRIMARY KEY (id)") == "")
    #expect(server("ALTER TABLE t ADD CONSTRAINT UQ_t UNIQUE (n)") == "")
    #expect(try server.indexes("t") == "PK_t primary key (id) clustered; UQ_t unique key (n)")
    #expect(server("ALTER TABLE t ADD CONSTRAINT PK_2 PRIMARY KEY (id)") == "1779 !1750")
    #expect(server("ALTER TABLE t ADD CONSTRAINT UQ_2 UNIQUE CLUSTERED (n)") == "1902 !1750")
    #expect(server("ALTER TABLE t ADD CONSTRAINT PK_t UNIQUE (n)") == "2714 !1750")
    #expect(server("ALTER TABLE t ADD a int NOT NULL DEFAULT 1") == "")
    #expect(server("ALTER TABLE t ADD CONSTRAINT UQ_2 UNIQUE (a)") == "1505 !1750")
    #expect(server("ALTER TABLE t DROP CONSTRAINT PK_t") == "")
    #expect(server("ALTER TABLE t ADD PRIMARY KEY (a)") == "1505 !1750")
    #expect(server("ALTER TABLE t ADD PRIMARY KEY (n)") == "8111 !1750")
    #expect(try server.indexes("t") == "UQ_t unique key (n)")
  }

  @Test func `a default is added to one column once`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t ADD CONSTRAINT DF_n DEFAULT N'z' FOR n") == "")
    #expect(server("ALTER TABLE t ADD DEFAULT 1 FOR n") == "1781 !1750")
    #expect(server("ALTER TABLE t ADD DEFAULT 1 FOR nosuch") == "1752 !1750")
    #expect(try server.columns("t") == "id int; n nvarchar(9) null default (N'z')")
    #expect(
      server("ALTER TABLE t DROP CONSTRAINT DF_n; ALTER TABLE t ADD CONSTRAINT DF_n DEFAULT 0 FOR id") == "")
  }

  // MARK: DROP

  @Test func `what is behind a dropped column moves forward`() throws {
    var server = try DefinitionServer(
      "CREATE TABLE p (x int, id int CONSTRAINT PK_p PRIMARY KEY, y int)",
      """
      CREATE TABLE t (gone int, id int IDENTITY CONSTRAINT PK_t PRIMARY KEY, n int, up int CONSTRAINT FK_up
        REFERENCES t (id), p int CONSTRAINT FK_p REFERENCES p (id), twice AS n * 2)
      """,
      "CREATE UNIQUE INDEX ix ON t (n) INCLUDE (p) WHERE n > 1")
    try server.insert("p", "SELECT 0, 7, 0 UNION ALL SELECT 0, 8, 0")
    try server.insert("t", "SELECT 0, 1, 1, NULL, 7, 2 UNION ALL SELECT 0, 2, 2, 1, 8, 4")
    #expect(server("ALTER TABLE t DROP COLUMN gone; ALTER TABLE p DROP COLUMN x") == "")
    #expect(server.rows("SELECT id, n, up, p, twice FROM t ORDER BY id") == "1 1 NULL 7 2|2 2 1 8 4")
    #expect(
      try server.indexes("t") == "PK_t primary key (id) clustered; ix unique (n) include (p) where ([n]>(1))")
    #expect(try server.constraints("t") == "FK_up (up) -> t (id); FK_p (p) -> p (id)")
    #expect(try server.entries("ix", of: "t") == 1)
    #expect(server.rows("SELECT id FROM t WHERE id = 2") == "2")
    #expect(server("ALTER TABLE t WITH CHECK CHECK CONSTRAINT ALL") == "")
    #expect(server("ALTER TABLE t DROP CONSTRAINT FK_up, PK_t, COLUMN id") == "")
    #expect(try server.table("t").identity == nil)
    #expect(server.rows("SELECT n FROM t ORDER BY n") == "1|2")
  }

  @Test func `a column that something depends on is not dropped`() throws {
    var server = try DefinitionServer(
      """
      CREATE TABLE t (a int DEFAULT 1, b int CHECK (b > 0), c int INDEX ix, d int, e AS d + 1, f int,
        k int UNIQUE,
        w int, INDEX iw (a) WHERE w > 1)
      """, "CREATE TABLE u (a int, b AS a)")
    for (column, outcome) in [
      ("a", "5074 5074 !4922"), ("b", "5074 !4922"), ("c", "5074 !4922"), ("d", "5074 !4922"),
      ("k", "5074 !4922"),
      ("w", "5074 !4922"), ("nosuch", "!4924"), ("e", ""), ("f", ""),
    ] {
      #expect(server("ALTER TABLE t DROP COLUMN \(column)") == outcome, "\(column)")
    }
    #expect(server("ALTER TABLE t DROP COLUMN IF EXISTS nosuch, f") == "")
    #expect(server("ALTER TABLE u DROP COLUMN b; ALTER TABLE u DROP COLUMN a") == "!4923")
  }

  @Test func `constraints are dropped by name, unless a foreign key needs them`() throws {
    var server = try DefinitionServer(
      "CREATE TABLE p (id int CONSTRAINT PK_p PRIMARY KEY, u int CONSTRAINT UQ_p UNIQUE)",
      "CREATE TABLE t (p int CONSTRAINT FK_t REFERENCES p, c int CONSTRAINT CK_t CHECK (c > 0))")
    #expect(server("ALTER TABLE p DROP CONSTRAINT PK_p") == "3725 !3727")
    #expect(server("ALTER TABLE p DROP CONSTRAINT nosuch") == "3728 !3727")
    #expect(server("ALTER TABLE p DROP CONSTRAINT CK_t") == "3733 !3727")
    #expect(server("ALTER TABLE p DROP CONSTRAINT IF EXISTS nosuch, UQ_p") == "")
    #expect(server("ALTER TABLE t DROP FK_t, CK_t") == "")
    #expect(server("ALTER TABLE p DROP CONSTRAINT PK_p") == "")
    #expect(try server.indexes("p") == "")
    #expect(try server.constraints("t") == "")
  }

  @Test func `only what changes how rows are locked or stored counts among options`() throws {
    var server = try server()
    #expect(server("ALTER TABLE t SET (LOCK_ESCALATION = DISABLE)") == "")
    #expect(try !server.table("t").escalatesLocks)
    #expect(server("ALTER TABLE t SET (LOCK_ESCALATION = TABLE)") == "")
    #expect(try server.table("t").escalatesLocks)
    #expect(server("ALTER TABLE t REBUILD WITH (DATA_COMPRESSION = PAGE)") == "")
    #expect(server("ALTER TABLE t SET (SYSTEM_VERSIONING = ON)") == "!40517")
  }

  @Test func `a definition is taken back with its transaction`() throws {
    var server = try server()
    #expect(
      server(
        """
        BEGIN TRAN; ALTER TABLE t ADD a int NOT NULL DEFAULT 1; ALTER TABLE t DROP COLUMN n;
        CREATE TABLE u (a int CONSTRAINT c CHECK (a > 0)); ALTER TABLE t ADD CONSTRAINT PK PRIMARY KEY (id);
        DROP TABLE t; CREATE TABLE t (z int); ROLLBACK
        """) == "")
    #expect(try server.columns("t") == "id int; n nvarchar(9) null")
    #expect(server.rows("SELECT id, n FROM t ORDER BY id") == "1 a|2 NULL|3 c")
    #expect(try server.indexes("t") == "")
    #expect(server("CREATE TABLE u (a int CONSTRAINT c CHECK (a > 0))") == "")
  }
}
