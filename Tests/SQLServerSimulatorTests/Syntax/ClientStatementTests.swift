import Testing

@testable import SQLServerSimulator

/// What clients send without being asked: at connect, at their first query, for a bulk load, to read the
/// catalog.
@Suite struct ClientStatementTests {
  @Test(arguments: [
    "set textsize 4096 ", "use [db1]", "use db1", "BEGIN TRAN", "COMMIT TRAN\nBEGIN TRAN", "\nCOMMIT TRAN\n",
    "COMMIT TRAN BEGIN TRAN", "ROLLBACK TRAN BEGIN TRAN",
    """
    SET ARITHABORT ON;SET CONCAT_NULL_YIELDS_NULL ON;SET ANSI_NULLS ON;SET ANSI_NULL_DFLT_ON ON;SET \
    ANSI_PADDING ON;\
    SET ANSI_WARNINGS ON;SET ANSI_NULL_DFLT_ON ON;SET CURSOR_CLOSE_ON_COMMIT ON;SET QUOTED_IDENTIFIER ON;\
    SET TEXTSIZE 2147483647;
    """,
    """
    SET ARITHABORT ON;SET ANSI_DEFAULTS ON;SET CONCAT_NULL_YIELDS_NULL ON;SET TEXTSIZE 2147483647;\
    SET IMPLICIT_TRANSACTIONS ON;
    """,
    "IF @@TRANCOUNT > 0 COMMIT TRANSACTION", "IF @@TRANCOUNT > 0 COMMIT TRAN",
    "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; SELECT 1",
    """
    SELECT @@MAX_PRECISION\r\nSET TRANSACTION ISOLATION LEVEL READ COMMITTED\r\nSET IMPLICIT_TRANSACTIONS \
    OFF\r\n\
    SET QUOTED_IDENTIFIER ON\r\nSET TEXTSIZE 2147483647
    """,
    "SET IMPLICIT_TRANSACTIONS ON", "sp_datatype_info_100 12,3", "select 1;", "select @@version v /* nD */",
    """
    set ansi_nulls on
    set ansi_null_dflt_on on
    set ansi_padding on
    set ansi_warnings on
    set arithabort on
    set concat_null_yields_null on
    set cursor_close_on_commit off
    set datefirst 7
    set dateformat mdy
    set implicit_transactions off
    set language us_english
    set numeric_roundabort off
    set quoted_identifier on
    set textsize 2147483647
    set transaction isolation level read committed
    set xact_abort off
    """,
    "SELECT CHARINDEX('Microsoft', @@version) AS is_sql_server",
    "SET CONCAT_NULL_YIELDS_NULL, ANSI_NULLS, ANSI_WARNINGS, QUOTED_IDENTIFIER, ANSI_PADDING ON",
    "SET SHOWPLAN_ALL ON", "SET SHOWPLAN_ALL OFF", "select @@version", "SELECT schema_name()",
    "SELECT CAST(SERVERPROPERTY('ProductVersion') AS VARCHAR)",
    "SELECT CAST('test max support' AS NVARCHAR(max))",
    "SELECT 1 FROM fn_listextendedproperty(default, default, default, default, default, default, default)",
    "SELECT @@TRANCOUNT", "SET DATEFORMAT ymd; SET DATEFIRST 7",
    "SELECT CAST(SERVERPROPERTY('ProductVersion') AS varchar), CAST(SERVERPROPERTY('EngineEdition') AS int)",
    "SELECT SYSDATETIME()", "select 'foo' as 'bar'",
    """
    SELECT CASE transaction_isolation_level WHEN 0 THEN NULL WHEN 1 THEN 'READ UNCOMMITTED' END AS level
    FROM sys.dm_exec_sessions where session_id = @@SPID
    """,
    "SELECT name FROM sys.system_views WHERE name IN ('dm_exec_sessions', 'dm_pdw_nodes_exec_sessions')",
  ])
  func `what a client sends after its login is parsed`(text: String) throws {
    #expect(throws: Never.self) { try Parser.parse(text) }
    #expect(throws: Never.self) { try Parser.parse(text, quotedIdentifiers: false) }
  }

  @Test(arguments: [
    "SET FMTONLY ON select * from db1.dbo.t SET FMTONLY OFF", "set identity_insert db1.dbo.t on",
    """
    insert bulk db1.dbo.t ([id] INT, [nm] NVARCHAR(50), [d] DECIMAL(18,4), [dt] DATETIME2, [mx] \
    NVARCHAR(MAX), \
    [vb] VARBINARY(MAX), [b] BIT)
    """,
    """
    insert bulk t ([a] BIGINT, [b] SMALLINT, [c] TINYINT, [d] REAL, [e] FLOAT, [f] MONEY, [g] SMALLMONEY, \
    [h] DATETIME, [i] SMALLDATETIME, [j] CHAR(1), [k] VARCHAR(MAX), [l] NCHAR(2), [m] BINARY(3), [n] TEXT, \
    [o] NTEXT, \
    [p] IMAGE, [q] UNIQUEIDENTIFIER, [r] NUMERIC(10,2), [s] DATE, [t] TIME, [u] DATETIMEOFFSET) with (TABLOCK)
    """,
    "INSERT BULK [t]([id] INT,[nm] NVARCHAR(50)) WITH (TABLOCK)",
    """
    select @@trancount; SET FMTONLY ON select * from t SET FMTONLY OFF exec ..sp_tablecollations_100 N'.[t]'
    """,
    "insert bulk t ([id] Int, [nm] NVarChar(50) COLLATE SQL_Latin1_General_CP1_CI_AS)",
    """
    SELECT @@TRANCOUNT
    DECLARE @list NVARCHAR(MAX) = NULL
    EXEC sys.sp_executesql N'SELECT @x = 1', N'@x NVARCHAR(MAX) OUTPUT', @x = @list OUTPUT
    SET FMTONLY ON; EXEC(N'SELECT ' + @list + N' FROM [dbo].[t]'); SET FMTONLY OFF;
    EXEC sp_tablecollations_100 N'[dbo].[t]'
    """,
    """
    SELECT column_id, TYPE_NAME(system_type_id) AS system_type_name, is_identity
    FROM sys.columns WHERE object_id = OBJECT_ID(N't')
    """,
    "SET FMTONLY ON", "select * from dbo.t SET FMTONLY OFF",
    "INSERT BULK t ([a] int, [b] nvarchar(10)) WITH (KEEP_NULLS,ROWS_PER_BATCH = 9,ORDER([a] ASC),TABLOCK)",
  ])
  func `what a bulk loader sends is parsed`(text: String) throws {
    #expect(throws: Never.self) { try Parser.parse(text) }
    #expect(throws: Never.self) { try Parser.parse(text, quotedIdentifiers: false) }
  }

  @Test(arguments: [
    """
    -- params: db
    --         type
    select c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE,
      case when c.COLUMN_DEFAULT like '((%' and c.COLUMN_DEFAULT like '%))' then
             case when substring(c.COLUMN_DEFAULT, 3, len(c.COLUMN_DEFAULT) - 4) = 'newid()' then \
             'GENERATE_UUID'
                  when c.COLUMN_DEFAULT like '''%''' then substring(c.COLUMN_DEFAULT, 2, \
                  len(c.COLUMN_DEFAULT) - 2)
                  else c.COLUMN_DEFAULT end
           else c.COLUMN_DEFAULT end,
      c.IS_NULLABLE, COLUMNPROPERTY(object_id(c.TABLE_NAME), c.COLUMN_NAME, 'IsIdentity'),
      c.CHARACTER_MAXIMUM_LENGTH, c.NUMERIC_PRECISION
    from INFORMATION_SCHEMA.COLUMNS c
      join INFORMATION_SCHEMA.TABLES t on c.TABLE_SCHEMA = t.TABLE_SCHEMA and c.TABLE_NAME = t.TABLE_NAME
    where c.TABLE_CATALOG = 'db' and t.TABLE_TYPE = 'BASE TABLE'
      and ((c.table_schema = 'dbo' and c.table_name LIKE 'x%') or (c.table_schema = 'b'))
      and (c.table_name NOT LIKE 'y%')
    order by c.table_schema, c.table_name, c.ordinal_position
    """,
    """
    select schema_name(o.schema_id) as SchemaName, o.name, REPLACE(i.name, '.', '_') as n, co.[name], \
    i.is_unique
    from sys.indexes i join sys.objects o on i.object_id = o.object_id
      join sys.index_columns ic on ic.object_id = i.object_id and ic.index_id = i.index_id
      join sys.columns co on co.object_id = i.object_id and co.column_id = ic.column_id
    where schema_name(o.schema_id) not in ('dto', 'sys')
    order by SchemaName, o.[name], i.[name], ic.is_included_column, ic.key_ordinal
    """,
    """
    SELECT REPLACE(KCU1.CONSTRAINT_NAME, '.', '_') AS 'CONSTRAINT_NAME', KCU2.TABLE_NAME AS \
    'UNIQUE_TABLE_NAME'
    FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS RC
      JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE KCU1 ON KCU1.CONSTRAINT_NAME = RC.CONSTRAINT_NAME
      JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE KCU2 ON KCU2.CONSTRAINT_NAME = RC.UNIQUE_CONSTRAINT_NAME
    WHERE KCU1.ORDINAL_POSITION = KCU2.ORDINAL_POSITION ORDER BY KCU1.CONSTRAINT_NAME
    """,
    "SELECT [id], convert(varchar(30), [dt], 126), cast([big] as numeric(20)) FROM [dbo].[T];",
    "select 'false' as is_view, table_name as \"name\" from INFORMATION_SCHEMA.TABLES where a = 'dbo'",
    "select cast(collationProperty(collation_name,'CodePage') as varchar) from INFORMATION_SCHEMA.COLUMNS",
    """
    with pk as (
      select i.object_id, ic.column_id from sys.indexes i
        inner join sys.index_columns ic on i.object_id = ic.object_id and i.index_id = ic.index_id
      where i.is_primary_key = 1
    )
    select c.name, case when pk.column_id is not null then 'true' else 'false' end as is_pk
    from sys.columns c left join pk on pk.object_id = c.object_id and pk.column_id = c.column_id
      left join (select major_id, value from sys.extended_properties where class = 1) ep on ep.major_id = \
      c.object_id
    """,
    "select * from \"dbo\".\"t\"", "IF OBJECT_ID(N'dbo.t', N'U') IS NOT NULL DROP TABLE dbo.t",
    "select PARSENAME(base_object_name, 1) from sys.synonyms",
    """
    SELECT C.name FROM sys.key_constraints AS C WITH (READPAST)
    WHERE C.parent_object_id = OBJECT_ID(QUOTENAME('dbo') + '.' + QUOTENAME('t')) AND C.[type] = \
    CAST(N'PK' AS NVARCHAR(max))
    """,
    "sp_pkeys @table_name = 't'", "sp_columns t", "sp_statistics [t], @is_unique = 'N'",
    "select c.text from syscomments c, sysobjects o where o.id = c.id and o.id = object_id('v') order by 1",
  ])
  func `what a tool asks the catalog is parsed`(text: String) throws {
    #expect(throws: Never.self) { try Parser.parse(text) }
  }

  @Test func `the column probe of a bulk loader is three statements`() throws {
    let statements = try Parsing.statements("SET FMTONLY ON select * from db1.dbo.t SET FMTONLY OFF")
    #expect(statements.count == 3)
    #expect(statements[0] == .set(.options(["FMTONLY"], isOn: true)))
    #expect(statements[2] == .set(.options(["FMTONLY"], isOn: false)))
  }
}
