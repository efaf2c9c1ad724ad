import SQLServerSimulator
import Testing

/// The queries of real clients as far as they need no catalog.
@Suite struct ClientQueryTests {
  @Test func `what clients ask at connect is answered`() throws {
    var run = try QueryServer()
    #expect(run("SELECT @@MAX_PRECISION") == "38")
    #expect(run("SELECT CHARINDEX('Microsoft', @@version) AS is_sql_server") == "1")
    #expect(run("SELECT CAST(SERVERPROPERTY('ProductVersion') AS VARCHAR)") == ServerIdentity.productVersion)
    #expect(run("SELECT CAST('test max support' AS NVARCHAR(max))") == "test max support")
    #expect(run("select 1;") == "1")
    #expect(run("SELECT @@TRANCOUNT, XACT_STATE(), @@SPID, @@ROWCOUNT, @@ERROR") == "0 0 51 0 0")
    #expect(run("SELECT SYSDATETIME()") == "2010-06-15 12:30:45.5000000")
    #expect(run("SELECT db_name(), SUSER_SNAME(), CURRENT_USER") == "db sa dbo")
    #expect(run("select @@version v /* n1D */").hasPrefix("Microsoft SQL Server"))
    #expect(run("SELECT CAST(SERVERPROPERTY('EngineEdition') AS int)") == "3")
    #expect(
      try run.columns("SELECT @@version, @@SPID, SCOPE_IDENTITY()")
        == " nvarchar(300) null,  smallint null,  numeric(38,0) null")
  }

  @Test func `pgloader reads rows in the styles that it wants`() throws {
    var run = try QueryServer([
      """
      SELECT 1 AS id, CAST('2010-01-02 03:04:05.678' AS datetime) AS dt, CAST(9007199254740993 AS bigint) AS big
        INTO [dbo].[T]
      """
    ])
    #expect(
      run(
        """
        SELECT [id], convert(varchar(30), [dt], 126), cast([big] as numeric(20)) FROM [dbo].[T];
        """) == "1 2010-01-02T03:04:05.677 9007199254740993")
  }

  @Test func `the default of a column is taken apart as pgloader does`() throws {
    var run = try QueryServer([
      """
      SELECT id, d INTO c FROM (VALUES (1, '((0))'), (2, '(newid())'), (3, '(''x'')'), (4, NULL)) AS v (id, d)
      """
    ])
    #expect(
      run(
        """
        SELECT CASE
          WHEN d LIKE '((%' AND d LIKE '%))' THEN CASE
            WHEN SUBSTRING(d, 3, len(d) - 4) = 'newid()' THEN 'GENERATE_UUID'
            WHEN SUBSTRING(d, 3, len(d) - 4) LIKE '%''%''%' THEN SUBSTRING(d, 4, len(d) - 6)
            ELSE SUBSTRING(d, 3, len(d) - 4) END
          WHEN d LIKE '(%' AND d LIKE '%)' THEN CASE
            WHEN SUBSTRING(d, 2, len(d) - 2) = 'newid()' THEN 'GENERATE_UUID'
            WHEN SUBSTRING(d, 2, len(d) - 2) LIKE '''%''' THEN SUBSTRING(d, 3, len(d) - 4)
            ELSE SUBSTRING(d, 2, len(d) - 2) END
          ELSE d END
        FROM c ORDER BY id
        """) == "0|GENERATE_UUID|x|NULL")
  }

  @Test func `names of any spelling are found`() throws {
    var run = try QueryServer(["SELECT 1 AS [a b], 2 AS \"c\" INTO [my table]"])
    #expect(run("select * from \"dbo\".\"MY TABLE\"") == "1 2")
    #expect(run("SELECT [my table].[A B] FROM db.dbo.[my table]") == "1")
    #expect(run("SELECT dbo.[my table].c FROM [my table]") == "2")
    #expect(run("SELECT 1 FROM nosuch.dbo.t") == "!208")
    #expect(run.message("SELECT 1 FROM dbo.t") == "Invalid object name 'dbo.t'.")
    #expect(
      run.message("SELECT x.y FROM [my table] t") == "The multi-part identifier \"x.y\" could not be bound.")
    #expect(run("SELECT t.* , 3 FROM [my table] t") == "1 2 3")
    #expect(run("SELECT x.* FROM [my table] t") == "!107")
    #expect(run("SELECT *") == "!263")
  }
}
