import Testing

@testable import SQLServerSimulator

@Suite struct CatalogViewTests {
  @Test func `every view gives values of its columns' types`() throws {
    var server = try QueryServer.withCatalog()
    for view in SystemCatalog.sorted {
      let name = "\(view.schema).\(view.name)"
      let database = server.context.session.database
      _ = try server.context.attempt { context throws(SQLError) in
        for row in try CatalogTable(view: view, database: database).rows(&context) {
          #expect(row.count == view.layout.columns.count)
          for (column, value) in zip(view.layout.columns, row) {
            #expect(column.isNullable || !value.isNull, "\(name).\(column.name)")
            guard !value.isNull else { continue }
            let read = column.type.encoded(value).withUnsafeBytes { column.type.decoded($0) }
            #expect(read == value, "\(name).\(column.name)")
          }
        }
      }
      #expect(!server("SELECT * FROM \(name)").hasPrefix("!"), "\(name)")
    }
  }

  @Test func `tables and their objects are shown`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT s.name, t.name, t.type, t.lock_escalation_desc FROM sys.tables t JOIN sys.schemas s ON \
        s.schema_id = t.schema_id ORDER BY 1, 2
        """
      )
        == "dbo child U  TABLE|dbo parent U  TABLE|dbo types U  TABLE|sales my order U  TABLE")
    #expect(
      run(
        """
        SELECT o.name, o.type, p.name FROM sys.objects o LEFT JOIN sys.objects p ON p.object_id = \
        o.parent_object_id WHERE o.type <> 'U' ORDER BY o.name
        """
      )
        == "CK_child_amount C  child|DF__child__amount__1A D  child|DF_parent_name D  parent|f_one IF NULL"
        + "|FK_child.parent F  child|p_one P  NULL|PK_child PK child|PK_parent PK parent|trg_parent TR parent"
        + "|UQ_parent_code UQ parent|v_parent V  NULL")
    #expect(
      run("SELECT name, schema_id FROM sys.schemas WHERE schema_id < 16384")
        == "dbo 1|guest 2|INFORMATION_SCHEMA 3|sys 4|sales 5")
    #expect(run("SELECT name FROM sys.views") == "v_parent")
    #expect(run("SELECT name FROM sys.procedures") == "p_one")
    #expect(
      run(
        """
        SELECT COUNT(*) FROM sys.system_views WHERE name IN ('dm_exec_sessions', \
        'dm_pdw_nodes_exec_sessions')
        """
      ) == "1")
    #expect(run("SELECT object_id, type FROM sys.all_objects WHERE name = 'all_objects'").hasSuffix(" V "))
  }

  @Test func `columns are shown with their types`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT name, system_type_id, max_length, precision, scale, is_nullable, is_identity, \
        is_computed FROM sys.columns WHERE object_id = OBJECT_ID('child') ORDER BY column_id
        """
      )
        == """
        id 127 8 19 0 0 0 0|parent_id 56 4 10 0 1 0 0|amount 106 9 10 2 0 0 0|total 106 9 13 2 1 0 \
        1|stamp 189 8 0 0 0 0 0
        """
    )
    #expect(
      run(
        """
        SELECT c.name, y.name FROM sys.columns c JOIN sys.types y ON y.user_type_id = c.user_type_id \
        WHERE c.object_id = OBJECT_ID('types') AND c.column_id IN (1, 7, 20, 31) ORDER BY c.column_id
        """
      )
        == "c1 bit|c7 numeric|c20 varchar|c31 xml")
    #expect(run("SELECT collation_name FROM sys.columns WHERE name = 'c33'") == "Latin1_General_100_CS_AS")
    #expect(
      run(
        """
        SELECT CAST(seed_value AS int), CAST(increment_value AS int), CAST(last_value AS int) FROM \
        sys.identity_columns
        """
      )
        == "10 5 15")
    #expect(
      run("SELECT name, definition, is_persisted FROM sys.computed_columns") == "total ([amount]*(2)) 0")
    #expect(
      run(
        """
        SELECT name, definition, parent_column_id, is_system_named FROM sys.default_constraints ORDER \
        BY name
        """
      )
        == "DF__child__amount__1A ((0)) 3 1|DF_parent_name (N'x') 3 0")
    #expect(run("SELECT COUNT(*) FROM sys.types") == "34")
    #expect(
      run(
        """
        SELECT name, system_type_id, max_length, precision, scale FROM sys.types WHERE name IN \
        ('sysname', 'datetime2', 'decimal', 'nvarchar', 'time') ORDER BY user_type_id
        """
      )
        == "time 41 5 16 7|datetime2 42 8 27 7|decimal 106 17 38 38|nvarchar 231 8000 0 0|sysname 231 256 0 0"
    )
  }

  @Test func `indexes and their columns are shown`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT o.name, i.name, i.index_id, i.type_desc, i.is_unique, i.is_primary_key, \
        i.is_unique_constraint, i.filter_definition FROM sys.indexes i JOIN sys.tables o ON \
        o.object_id = i.object_id WHERE o.name IN ('parent', 'child') ORDER BY 1, 3
        """
      )
        == "child NULL 0 HEAP 0 0 0 NULL|child PK_child 2 NONCLUSTERED 1 1 0 NULL"
        + "|child IX_child_parent 3 NONCLUSTERED 0 0 0 ([parent_id] IS NOT NULL)"
        + "|parent PK_parent 1 CLUSTERED 1 1 0 NULL|parent UQ_parent_code 2 NONCLUSTERED 1 0 1 NULL")
    #expect(
      run(
        """
        SELECT index_column_id, column_id, key_ordinal, is_descending_key, is_included_column FROM \
        sys.index_columns WHERE object_id = OBJECT_ID('child') AND index_id = 3
        """
      )
        == "1 2 1 1 0|2 3 0 0 1")
    #expect(
      run("SELECT SUM(rows) FROM sys.partitions WHERE object_id = OBJECT_ID('parent') AND index_id < 2")
        == "2")
    #expect(
      run(
        """
        SELECT SUM(row_count) FROM sys.dm_db_partition_stats WHERE object_id = OBJECT_ID('parent') AND \
        index_id IN (0, 1)
        """
      ) == "2")
    #expect(
      run(
        """
        SELECT SUM(a.used_pages) FROM sys.allocation_units a JOIN sys.partitions p ON p.hobt_id = \
        a.container_id WHERE p.object_id = OBJECT_ID('parent') AND p.index_id = 1
        """
      )
        == "2")
  }

  @Test func `constraints are shown`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run("SELECT name, type, unique_index_id FROM sys.key_constraints ORDER BY name")
        == "PK_child PK 2|PK_parent PK 1|UQ_parent_code UQ 2")
    #expect(
      run("SELECT name, definition, parent_column_id, is_not_trusted FROM sys.check_constraints")
        == "CK_child_amount ([amount]>=(0)) 3 1")
    #expect(
      run(
        """
        SELECT name, OBJECT_NAME(parent_object_id), OBJECT_NAME(referenced_object_id), key_index_id, \
        delete_referential_action_desc, update_referential_action FROM sys.foreign_keys
        """
      )
        == "FK_child.parent child parent 1 CASCADE 0")
    #expect(
      run(
        """
        SELECT COL_NAME(parent_object_id, parent_column_id), COL_NAME(referenced_object_id, \
        referenced_column_id) FROM sys.foreign_key_columns
        """
      )
        == "parent_id id")
    #expect(
      run(
        """
        SELECT t.name, OBJECT_NAME(t.parent_id), e.type_desc FROM sys.triggers t JOIN \
        sys.trigger_events e ON e.object_id = t.object_id ORDER BY e.type
        """
      )
        == "trg_parent parent INSERT|trg_parent parent DELETE")
    #expect(
      run("SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID('p_one')")
        == "CREATE PROCEDURE dbo.p_one AS SELECT 1")
  }

  @Test func `databases and principals are shown`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT name, database_id, snapshot_isolation_state, state_desc, recovery_model_desc, \
        compatibility_level FROM sys.databases
        """
      )
        == """
        master 1 1 ONLINE SIMPLE 150|tempdb 2 0 ONLINE SIMPLE 150|model 3 0 ONLINE FULL 150|msdb 4 0 \
        ONLINE SIMPLE 150|db 5 0 ONLINE FULL 150
        """
    )
    #expect(run("SELECT name FROM master..sysdatabases WHERE dbid = 5") == "db")
    #expect(run("SELECT name FROM master.sys.databases WHERE database_id = DB_ID()") == "db")
    #expect(run("SELECT name FROM sys.server_principals WHERE type = 'S'") == "sa")
    #expect(
      run("SELECT name, type_desc FROM sys.database_principals WHERE principal_id < 3")
        == "dbo SQL_USER|guest SQL_USER|public DATABASE_ROLE")
  }

  @Test func `the old catalog has the same objects`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run("SELECT name FROM sysobjects WHERE xtype = 'U' ORDER BY name") == "child|my order|parent|types")
    #expect(
      run("SELECT name FROM db..sysobjects WHERE type = 'K' ORDER BY name")
        == "PK_child|PK_parent|UQ_parent_code")
    #expect(
      run("SELECT c.name FROM dbo.syscolumns c WHERE c.id = OBJECT_ID('parent') ORDER BY colid")
        == "id|code|name")
    #expect(run("SELECT rows FROM sysindexes WHERE id = OBJECT_ID('parent') AND indid < 2") == "2")
    #expect(
      run("SELECT o.name, c.text FROM syscomments c JOIN sysobjects o ON o.id = c.id WHERE o.xtype = 'P'")
        == "p_one CREATE PROCEDURE dbo.p_one AS SELECT 1")
    #expect(run("SELECT name FROM sysusers WHERE uid = 1") == "dbo")
  }

  @Test func `what is not there is refused or unknown`() throws {
    var run = try QueryServer.withCatalog()
    #expect(run("SELECT * FROM sys.nothing") == "!208")
    #expect(run("SELECT * FROM tables") == "!208")
    #expect(run("SELECT * FROM sys.dm_os_wait_stats") == "!40514")
    #expect(run("SELECT * FROM sys.parameters") == "!40514")
    #expect(run("SELECT * FROM INFORMATION_SCHEMA.DOMAINS") == "!40514")
    #expect(
      run(
        "SELECT 1 FROM fn_listextendedproperty(default, default, default, default, default, default, default)"
      ) == "")
    #expect(run("SELECT COUNT(*) FROM sys.extended_properties") == "0")
  }

  @Test func `temporary tables are found in tempdb`() throws {
    var run = try QueryServer.withCatalog()
    #expect(run("SELECT OBJECT_ID('#own')") == "NULL")
    #expect(run("SELECT COUNT(*) FROM tempdb.sys.columns WHERE object_id = OBJECT_ID('tempdb..#own')") == "1")
    #expect(run("SELECT LEN(name) FROM tempdb.sys.tables WHERE name LIKE '#own%'") == "128")
    let first = run.connect()
    #expect(run("SELECT OBJECT_ID('tempdb..#own')") == "NULL")
    run.context.session = first
  }

  @Test func `who looks at a table that is being changed waits`() throws {
    var run = try QueryServer.withCatalog()
    let first = run.connect()
    let number = try run.number(of: "types")
    let session = run.context.session.number
    run.context.storage.begin(session)
    try run.storing { storage, session throws(SQLError) in
      try storage.renameTable(session, number, to: "kinds").value()
    }
    #expect(run("SELECT OBJECT_ID('types')") == "NULL")
    #expect(run("SELECT name FROM sys.tables WHERE name = 'kinds'") == "kinds")
    let second = run.context.session
    run.context.session = first
    #expect(run("SELECT name FROM sys.tables") == "waits")
    run.context.storage.cancelWait(first.number)
    #expect(run("SELECT OBJECT_ID('kinds')") == "waits")
    run.context.storage.cancelWait(first.number)
    #expect(run("SELECT OBJECT_ID('parent'), 1").hasSuffix(" 1"))
    run.context.session = second
    _ = try run.context.storage.commit(session)
    run.context.session = first
    #expect(run("SELECT COUNT(*) FROM sys.tables WHERE name = 'kinds'") == "1")
  }
}
