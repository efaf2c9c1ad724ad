import ModelDatabase
import Testing

@testable import SQLServerSimulator

@Suite struct CatalogFunctionTests {
  @Test func `objects are found by any spelling of their names`() throws {
    var run = try QueryServer.withCatalog()
    for name in [
      "parent", "dbo.parent", "[dbo].[PARENT]", "db.dbo.parent", "db..parent", "..parent", "\"dbo\".parent",
    ] {
      #expect(run("SELECT OBJECT_NAME(OBJECT_ID('\(name)'))") == "parent", "\(name)")
    }
    #expect(
      run(
        "SELECT OBJECT_NAME(OBJECT_ID('sales.my order')), OBJECT_SCHEMA_NAME(OBJECT_ID('sales.[my order]'))")
        == "my order sales")
    #expect(
      run(
        """
        SELECT OBJECT_ID('nosuch'), OBJECT_ID('no.parent'), OBJECT_ID('x..parent'), OBJECT_ID(NULL), \
        OBJECT_ID('[x')
        """
      ) == "NULL NULL NULL NULL NULL")
    #expect(
      run(
        """
        SELECT OBJECT_NAME(OBJECT_ID('parent', 'U')), OBJECT_ID('parent', 'V'), \
        OBJECT_NAME(OBJECT_ID('v_parent', N'V'))
        """
      ) == "parent NULL v_parent")
    #expect(
      run(
        "SELECT OBJECT_NAME(OBJECT_ID('FK_child.parent')), OBJECT_NAME(OBJECT_ID('[FK_child.parent]', 'F'))")
        == "NULL FK_child.parent")
    #expect(
      run(
        """
        SELECT OBJECT_NAME(OBJECT_ID('PK_parent', 'PK')), OBJECT_NAME(OBJECT_ID('CK_child_amount', \
        'C')), OBJECT_NAME(OBJECT_ID('DF_parent_name', 'D')), OBJECT_NAME(OBJECT_ID('trg_parent', \
        'TR'))
        """
      ) == "PK_parent CK_child_amount DF_parent_name trg_parent")
    #expect(
      run(
        """
        SELECT OBJECT_NAME(OBJECT_ID('sys.tables')), OBJECT_ID('tables'), \
        OBJECT_NAME(OBJECT_ID('sysobjects'))
        """
      ) == "tables NULL sysobjects")
    #expect(run("SELECT OBJECT_DEFINITION(OBJECT_ID('p_one'))") == "CREATE PROCEDURE dbo.p_one AS SELECT 1")
    #expect(
      run("SELECT OBJECT_DEFINITION(default_object_id) FROM sys.columns WHERE name = 'amount'") == "((0))")
  }

  @Test func `properties of objects, columns and indexes are told`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT OBJECTPROPERTY(OBJECT_ID('parent'), 'TableHasIdentity'), \
        OBJECTPROPERTY(OBJECT_ID('child'), 'TableHasIdentity'), OBJECTPROPERTY(OBJECT_ID('parent'), \
        'IsUserTable'), OBJECTPROPERTY(OBJECT_ID('v_parent'), 'IsView'), \
        OBJECTPROPERTY(OBJECT_ID('parent'), 'nosuch'), OBJECTPROPERTY(1, 'IsView')
        """
      ) == "1 0 1 1 NULL NULL")
    #expect(
      run(
        """
        SELECT OBJECTPROPERTY(OBJECT_ID('parent'), 'TableHasForeignRef'), \
        OBJECTPROPERTY(OBJECT_ID('parent'), 'TableHasInsertTrigger'), \
        OBJECTPROPERTY(OBJECT_ID('PK_parent'), 'CnstIsClustKey'), \
        OBJECTPROPERTY(OBJECT_ID('CK_child_amount'), 'CnstIsNotTrusted')
        """
      ) == "1 1 1 1")
    #expect(
      run(
        """
        SELECT CAST(OBJECTPROPERTYEX(OBJECT_ID('parent'), 'Cardinality') AS int), \
        CAST(OBJECTPROPERTYEX(OBJECT_ID('parent'), 'BaseType') AS char(2))
        """
      ) == "2 U ")
    #expect(
      run(
        """
        SELECT COLUMNPROPERTY(OBJECT_ID('parent'), 'id', 'IsIdentity'), \
        COLUMNPROPERTY(OBJECT_ID('parent'), 'name', 'AllowsNull'), COLUMNPROPERTY(OBJECT_ID('child'), \
        'stamp', 'ordinal'), COLUMNPROPERTY(OBJECT_ID('child'), 'stamp', 'ColumnId'), \
        COLUMNPROPERTY(OBJECT_ID('parent'), 'code', 'Precision'), COLUMNPROPERTY(OBJECT_ID('parent'), \
        'no', 'Scale')
        """
      ) == "1 1 5 6 10 NULL")
    #expect(
      run(
        """
        SELECT COL_LENGTH('parent', 'name'), COL_LENGTH('dbo.types', 'c20'), COL_LENGTH('no', 'c'), \
        COL_NAME(OBJECT_ID('v_parent'), 1)
        """
      ) == "100 -1 NULL key_")
    #expect(
      run(
        """
        SELECT INDEXPROPERTY(OBJECT_ID('parent'), 'PK_parent', 'IsClustered'), \
        INDEXPROPERTY(OBJECT_ID('parent'), 'UQ_parent_code', 'IndexID'), INDEX_COL('parent', 2, 1), \
        INDEX_COL('parent', 2, 2), INDEXKEY_PROPERTY(OBJECT_ID('child'), 3, 1, 'IsDescending')
        """
      ) == "1 2 code NULL 1")
    #expect(
      run(
        "SELECT IDENT_CURRENT('parent'), IDENT_SEED('dbo.parent'), IDENT_INCR('parent'), IDENT_SEED('child')")
        == "15 10 5 NULL")
  }

  @Test func `types, schemas and databases are known by number`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT TYPE_NAME(56), TYPE_NAME(256), TYPE_ID('nvarchar'), TYPE_ID('sys.int'), \
        TYPE_ID('nosuch'), TYPEPROPERTY('tinyint', 'Precision')
        """
      ) == "int sysname 231 56 NULL 3")
    #expect(
      run(
        """
        SELECT SCHEMA_ID(), SCHEMA_NAME(), SCHEMA_ID('SALES'), SCHEMA_NAME(5), SCHEMA_ID('no'), \
        SCHEMA_NAME(4)
        """
      ) == "1 dbo 5 sales NULL sys")
    #expect(
      run(
        """
        SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128)), \
        CAST(DATABASEPROPERTYEX('db', 'Updateability') AS varchar(20)), DATABASEPROPERTYEX('no', \
        'Status')
        """
      ) == "SQL_Latin1_General_CP1_CI_AS READ_WRITE NULL")
    #expect(
      run(
        """
        SELECT CAST(COLLATIONPROPERTY('Latin1_General_100_CI_AS_SC_UTF8', 'CodePage') AS int), \
        CAST(COLLATIONPROPERTY(NULL, 'CodePage') AS int), COLLATIONPROPERTY('no', 'CodePage')
        """
      ) == "65001 NULL NULL")
  }

  @Test func `users and connections have their constants`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), HAS_DBACCESS('db'), \
        HAS_DBACCESS('no'), IS_MEMBER('db_owner'), IS_SRVROLEMEMBER('sysadmin'), \
        IS_SRVROLEMEMBER('no')
        """
      ) == "1 1 NULL 1 1 NULL")
    #expect(
      run("SELECT USER_ID(), USER_ID('guest'), SUSER_ID(), SUSER_SID(), DATABASE_PRINCIPAL_ID('public')")
        == "1 2 1 0x01 0")
    #expect(
      run(
        """
        SELECT CAST(CONNECTIONPROPERTY('net_transport') AS varchar(10)), \
        CAST(SESSIONPROPERTY('ANSI_NULLS') AS int), CURSOR_STATUS('global', 'c'), TRIGGER_NESTLEVEL()
        """
      ) == "TCP 1 -3 0")
    #expect(
      run(
        "SELECT APPLOCK_MODE('public', 'a', 'Session'), APPLOCK_TEST('public', 'a', 'Exclusive', 'Session')")
        == "NoLock 1")
    try run.storing { storage, session throws(SQLError) in
      _ = try storage.getApplicationLock(session, "a", database: 5, .exclusive, owner: .session).value()
    }
    #expect(
      run("SELECT APPLOCK_MODE('public', 'a', 'Session'), APPLOCK_MODE('public', 'a', 'Transaction')")
        == "Exclusive NoLock")
    #expect(
      run(
        """
        SELECT request_session_id, resource_type, request_mode, request_status, request_owner_type \
        FROM sys.dm_tran_locks WHERE resource_type = 'APPLICATION'
        """
      ) == "51 APPLICATION X GRANT SESSION")
    let first = run.connect()
    #expect(run("SELECT APPLOCK_TEST('public', 'a', 'Shared', 'Session')") == "0")
    #expect(
      run("SELECT session_id, login_name, transaction_isolation_level FROM sys.dm_exec_sessions")
        == "51 sa 2|52 sa 2")
    run.context.session = first
  }

  @Test func `a view is read by its name, with its own columns`() throws {
    var run = try QueryServer.withCatalog()
    #expect(run("SELECT * FROM v_parent") == "15 b")
    #expect(run("SELECT v.key_ FROM dbo.v_parent v WHERE v.code = 'b'") == "15")
    #expect(run("SELECT dbo.v_parent.code FROM dbo.v_parent") == "b")
    #expect(run("SELECT id FROM v_parent") == "!207")
    run.context.session.database = 1
    #expect(run("SELECT code FROM db.dbo.v_parent") == "b")
    #expect(run("SELECT code FROM v_parent") == "!208")
    #expect(
      run(
        """
        SELECT name FROM db.sys.columns WHERE object_id IN (SELECT object_id FROM db.sys.views) ORDER \
        BY column_id
        """
      ) == "key_|code")
  }
  @Test func `defaults and checks are told by number, and nothing by another`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run("SELECT OBJECT_DEFINITION(object_id) FROM sys.objects WHERE type IN ('C', 'D') ORDER BY name")
        == "([amount]>=(0))|((0))|(N'x')")
    #expect(
      run("SELECT OBJECT_DEFINITION(0), OBJECT_DEFINITION(OBJECT_ID('PK_parent')), OBJECT_NAME(0)")
        == "NULL NULL NULL")
    #expect(run("SELECT COUNT(*) FROM ::fn_helpcollations() WHERE name = 'Latin1_General_BIN'") == "1")
  }

  @Test func `locks and who waits for them are seen`() throws {
    var run = try QueryServer.withCatalog()
    let first = run.connect()
    let number = try run.number(of: "types")
    let session = run.context.session.number
    run.context.storage.begin(session)
    try run.storing { storage, session throws(SQLError) in
      try storage.renameTable(session, number, to: "kinds").value()
    }
    run.context.session = first
    #expect(run("SELECT 1 FROM kinds") == "waits")
    let third = run.connect()
    #expect(
      run(
        """
        SELECT request_session_id, resource_type, request_mode, request_status FROM sys.dm_tran_locks
        WHERE request_session_id <> @@SPID AND resource_database_id = DB_ID() ORDER BY 1
        """) == "51 OBJECT Sch-S WAIT|52 OBJECT Sch-M GRANT")
    #expect(
      run("SELECT session_id, blocking_session_id, wait_type FROM sys.dm_exec_requests WHERE session_id = 51")
        == "51 52 LCK_M_SCH_S")
    #expect(run("SELECT spid, blocked FROM master..sysprocesses ORDER BY spid") == "51 52|52 0|53 0")
    run.context.session = third
  }
}
