import Testing

@testable import SQLServerSimulator

/// What Proofload's own driver sends to make tables, to take what is in the way out of it and to put it
/// back.
@Suite struct DriverDefinitionTests {
  @Test func `the ledger is made`() throws {
    let key = "nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL"
    let server = try DefinitionServer(
      """
      CREATE TABLE [dbo].[proofload_units] (job \(key), table_name \(key), unit bigint NOT NULL,
        key_range nvarchar(max) NOT NULL, state \(key), attempt bigint NOT NULL, fingerprint \(key),
        signature nvarchar(max) NOT NULL, updated \(key), PRIMARY KEY (job, table_name, unit))
      """,
      """
      CREATE TABLE [dbo].[proofload_put_aside] (job \(key), position bigint NOT NULL,
        obstacle nvarchar(max) NOT NULL,
        PRIMARY KEY (job, position))
      """)
    #expect(try server.indexes("proofload_units").hasSuffix("primary key (job, table_name, unit) clustered"))
    let columns = try server.table("proofload_units").about.columns
    #expect(columns[0].type.collation?.name == "Latin1_General_BIN2")
    #expect(columns[3].type.collation == .standard)
  }

  @Test func `tables of other engines and its own get their keys and indexes`() throws {
    let server = try DefinitionServer(
      """
      CREATE TABLE [dbo].[p] ([id] bigint IDENTITY(1,1) NOT NULL, \
      [code] nvarchar(450) COLLATE Latin1_General_100_BIN2 \
      NOT NULL, [n] decimal(38,10) NULL, CONSTRAINT [t_pkey] PRIMARY KEY ([code]))
      """,
      """
      CREATE TABLE [dbo].[t] ([v] nvarchar(10) COLLATE Latin1_General_BIN2 NULL DEFAULT (N'x'), \
      [a] int NULL, \
      [c] AS (len([v])+(1)) PERSISTED, [r] rowversion, \
      [code] nvarchar(450) COLLATE Latin1_General_100_BIN2 NULL, \
      CONSTRAINT [k] CHECK ([v]<>N''))
      """,
      "CREATE UNIQUE INDEX [t_n] ON [dbo].[t] ([v], [a]) WHERE [v] IS NOT NULL AND [a] IS NOT NULL",
      """
      ALTER TABLE [dbo].[t] WITH NOCHECK ADD CONSTRAINT [fk] \
      FOREIGN KEY ([code]) REFERENCES [dbo].[p] ([code]) \
      ON DELETE CASCADE ON UPDATE SET NULL
      """)
    #expect(try server.columns("t").contains("c int null as (len([v])+(1)) persisted; r timestamp"))
    #expect(try server.indexes("t") == "t_n unique (v, a) where ([v] IS NOT NULL AND [a] IS NOT NULL)")
    #expect(
      try server.constraints("t") == "k ([v]<>N''); fk (code) -> p (code) cascade/setNull untrusted")
  }

  @Test func `what is in the way of a load goes and comes back as it was`() throws {
    var server = try DefinitionServer(
      "CREATE TABLE p (id int PRIMARY KEY, u int CONSTRAINT ux UNIQUE)",
      """
      CREATE TABLE t (id int IDENTITY PRIMARY KEY, p int CONSTRAINT fk REFERENCES p,
        n int CONSTRAINT ck CHECK (n > 0),
        INDEX ix (n))
      """, "CREATE TRIGGER tr ON t AFTER INSERT AS SELECT 1", "CREATE TABLE u (u int)",
      "ALTER TABLE u WITH NOCHECK ADD CONSTRAINT fk2 FOREIGN KEY (u) REFERENCES p (u)")
    try server.insert("p", "SELECT 1, 1")
    let before = [try server.constraints("t"), try server.constraints("u"), try server.indexes("t")]
    #expect(
      server(
        """
        ALTER TABLE [dbo].[t] NOCHECK CONSTRAINT [fk]; ALTER TABLE [dbo].[u] NOCHECK CONSTRAINT [fk2];
        ALTER TABLE [dbo].[t] NOCHECK CONSTRAINT [ck]; ALTER TABLE [dbo].[t] DISABLE TRIGGER [tr];
        ALTER INDEX [ix] ON [dbo].[t] DISABLE; ALTER INDEX [ux] ON [dbo].[p] DISABLE
        """) == "")
    #expect(try server.indexes("t").hasSuffix("ix (n) disabled"))
    try server.insert("t", "SELECT 7, 1, 5")
    #expect(
      server(
        """
        ALTER INDEX [ix] ON [dbo].[t] REBUILD; ALTER INDEX [ux] ON [dbo].[p] REBUILD;
        ALTER TABLE [dbo].[t] WITH CHECK CHECK CONSTRAINT [fk];
        ALTER TABLE [dbo].[u] WITH NOCHECK CHECK CONSTRAINT [fk2];
        ALTER TABLE [dbo].[t] WITH CHECK CHECK CONSTRAINT [ck]; ALTER TABLE [dbo].[t] ENABLE TRIGGER [tr];
        DBCC CHECKIDENT (N'[dbo].[t]', RESEED) WITH NO_INFOMSGS
        """) == "")
    #expect([try server.constraints("t"), try server.constraints("u"), try server.indexes("t")] == before)
    #expect(try server.entries("ix", of: "t") == 1)
    #expect(try server.table("t").identity?.next == 8)
  }

  private static let conditions = [
    "a > 0", "a + 1 < b * 2 - -3", "NOT (a > 1 OR b > 2)", "s LIKE N'x%' ESCAPE N'!'", "a BETWEEN 1 AND b",
    "a NOT BETWEEN 1 AND 2 OR a IN (1, 2, 3)", "s IS NOT NULL AND LEN(s) > 2",
    "s COLLATE Latin1_General_BIN = 'x'", "CASE WHEN a = 1 THEN b ELSE 0 END = 0",
    "CAST(a AS decimal(9, 2)) = 1.50", "CONVERT(varchar(10), d, 120) <> ''", "ISNULL(a, 0) % 2 = 0",
    "(a & 1) = 1", "a IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "d > '2010-01-01' AND d < GETDATE()",
    "x = 0xFF00 OR x IS NULL", "a = 1e3", "DATEPART(year, d) = 2010", "COALESCE(a, b, 0) <> 0",
    "s = N'it''s'", "TRY_CAST(s AS int) > 0", "a IS DISTINCT FROM b", "[odd ]] name] = 1", "c.a > c.b",
    "SUBSTRING(s, 1, 2) = 'ab'",
  ]

  /// What the catalog shows is read again when rows are written.
  @Test func `a condition means the same when its text is read again`() throws {
    for condition in DriverDefinitionTests.conditions {
      var server = try DefinitionServer(
        """
        CREATE TABLE c (a int, b int, s nvarchar(20), d datetime, x varbinary(9), [odd ]] name] int,
          CONSTRAINT ck CHECK (\(condition)))
        """)
      let constraint = try server.table("c").about.constraints[0]
      guard case .check(let text) = constraint.kind else { continue }
      #expect(CatalogText.definition(of: try StatementContext.condition(of: text)) == text)
      #expect(server("ALTER TABLE c WITH CHECK CHECK CONSTRAINT ck") == "", "\(text)")
      try server.insert("c", "SELECT NULL, NULL, NULL, NULL, NULL, NULL")
      let outcome = server("ALTER TABLE c WITH CHECK CHECK CONSTRAINT ck")
      #expect(outcome == "" || outcome == "!547", "\(text) \(outcome)")
    }
  }

  private static let values = [
    "0", "-1", "(1 + 2) * 3", "N'it''s'", "getdate()", "newid()", "0x00", "1.5", "1e3", "$2.50",
    "CAST('2010-01-02' AS datetime)", "DATEADD(day, 1, GETDATE())", "CASE WHEN 1 = 1 THEN 2 ELSE 3 END",
    "NULL",
    "''", "CURRENT_TIMESTAMP", "SYSDATETIME()", "ABS(-5)", "LEFT('abc', 2)", "CONVERT(nvarchar(20), 5)",
    "(1 - (2 - 3))", "'a' + 'b'",
  ]

  @Test func `a default means the same when its text is read again`() throws {
    for value in DriverDefinitionTests.values {
      var server = try DefinitionServer("CREATE TABLE c (a sql_variant DEFAULT \(value))")
      let text = try #require(try server.table("c").about.columns[0].defaultValue?.text)
      #expect(CatalogText.definition(of: try StatementContext.expression(of: text)) == text)
      try server.insert("c", "SELECT 1")
      let added = "b nvarchar(99) NULL DEFAULT CAST(\(text) AS nvarchar(99)) WITH VALUES"
      #expect(server("ALTER TABLE c ADD \(added)") == "", "\(text)")
    }
  }
}
