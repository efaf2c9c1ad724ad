import Testing

@testable import SQLServerSimulator

/// Queries with the views, joins, functions and columns of those that other clients send.
@Suite struct ClientCatalogTests {
  @Test func `pgloader learns columns`() throws {
    var run = try QueryServer.withCatalog()
    let query = """
      -- params: dbname
      select c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE,
        CASE WHEN c.COLUMN_DEFAULT LIKE '((%' AND c.COLUMN_DEFAULT LIKE '%))'
             THEN SUBSTRING(c.COLUMN_DEFAULT, 3, len(c.COLUMN_DEFAULT) - 4)
             WHEN c.COLUMN_DEFAULT LIKE '(%' THEN SUBSTRING(c.COLUMN_DEFAULT, 2, len(c.COLUMN_DEFAULT) - 2)
             ELSE c.COLUMN_DEFAULT END,
        c.IS_NULLABLE,
        COLUMNPROPERTY(OBJECT_ID(c.TABLE_SCHEMA + '.' + c.TABLE_NAME), c.COLUMN_NAME, 'IsIdentity') AS
        IsIdentity,
        c.CHARACTER_MAXIMUM_LENGTH, c.NUMERIC_PRECISION, c.NUMERIC_PRECISION_RADIX, c.NUMERIC_SCALE,
        c.DATETIME_PRECISION, c.CHARACTER_SET_NAME, c.COLLATION_NAME
      from INFORMATION_SCHEMA.COLUMNS c
        join INFORMATION_SCHEMA.TABLES t on c.TABLE_SCHEMA = t.TABLE_SCHEMA and c.TABLE_NAME = t.TABLE_NAME
      where c.TABLE_CATALOG = 'db' and t.TABLE_TYPE = 'BASE TABLE'
        and ((c.table_schema = 'dbo' and c.table_name LIKE 'parent%') or c.table_name = 'child')
        and (c.table_schema <> 'dbo' or c.column_name NOT LIKE 'stamp')
      order by c.table_schema, c.table_name, c.ordinal_position;
      """
    #expect(
      run(query)
        == "dbo child id bigint NULL NO 0 NULL 19 10 0 NULL NULL NULL"
        + "|dbo child parent_id int NULL YES 0 NULL 10 10 0 NULL NULL NULL"
        + "|dbo child amount decimal 0 NO 0 NULL 10 10 2 NULL NULL NULL"
        + "|dbo child total decimal NULL YES 0 NULL 13 10 2 NULL NULL NULL"
        + "|dbo parent id int NULL NO 1 NULL 10 10 0 NULL NULL NULL"
        + "|dbo parent code varchar NULL NO 0 10 NULL NULL NULL NULL iso_1 SQL_Latin1_General_CP1_CI_AS"
        + "|dbo parent name nvarchar N'x' YES 0 50 NULL NULL NULL NULL UNICODE SQL_Latin1_General_CP1_CI_AS")
    #expect(
      run(
        """
        SELECT COLUMNPROPERTY(object_id(c.TABLE_NAME), c.COLUMN_NAME, 'IsIdentity') FROM \
        INFORMATION_SCHEMA.COLUMNS c WHERE c.TABLE_NAME = 'parent'
        """
      ) == "1|0|0")
    #expect(
      run(
        """
        SELECT DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, DATETIME_PRECISION FROM INFORMATION_SCHEMA.COLUMNS \
        WHERE TABLE_NAME = 'types' AND COLUMN_NAME IN ('c12', 'c13', 'c15', 'c17', 'c20', 'c21', \
        'c28', 'c31')
        """
      )
        == """
        date NULL 0|time NULL 7|datetime NULL 3|datetimeoffset NULL 0|varchar -1 NULL|text 2147483647 \
        NULL|varbinary -1 NULL|xml -1 NULL
        """
    )
  }

  @Test func `pgloader learns indexes and foreign keys`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        select schema_name(schema_id) as SchemaName, o.name as TableName, REPLACE(i.name, '.', '_') as
        IndexName,
          co.[name] as ColumnName, i.is_unique, i.is_primary_key, i.filter_definition
        from sys.indexes i
          join sys.objects o on i.object_id = o.object_id
          join sys.index_columns ic on ic.object_id = i.object_id and ic.index_id = i.index_id
          join sys.columns co on co.object_id = i.object_id and co.column_id = ic.column_id
        where schema_name(schema_id) not in ('dto', 'sys')
        order by SchemaName, o.[name], i.[name], ic.is_included_column, ic.key_ordinal;
        """)
        == "dbo child IX_child_parent parent_id 0 0 ([parent_id] IS NOT NULL)"
        + "|dbo child IX_child_parent amount 0 0 ([parent_id] IS NOT NULL)|dbo child PK_child id 1 1 NULL"
        + "|dbo parent PK_parent id 1 1 NULL|dbo parent UQ_parent_code code 1 0 NULL")
    #expect(
      run(
        """
        SELECT REPLACE(KCU1.CONSTRAINT_NAME, '.', '_') AS 'CONSTRAINT_NAME', KCU1.TABLE_SCHEMA AS
        'TABLE_SCHEMA',
          KCU1.TABLE_NAME AS 'TABLE_NAME', KCU1.COLUMN_NAME AS 'COLUMN_NAME', KCU2.TABLE_NAME AS
          'UNIQUE_TABLE_NAME',
          KCU2.COLUMN_NAME AS 'UNIQUE_COLUMN_NAME', RC.UPDATE_RULE AS 'UPDATE_RULE', RC.DELETE_RULE AS
          'DELETE_RULE'
        FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS RC
          JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE KCU1 ON KCU1.CONSTRAINT_CATALOG = RC.CONSTRAINT_CATALOG
            AND KCU1.CONSTRAINT_SCHEMA = RC.CONSTRAINT_SCHEMA AND KCU1.CONSTRAINT_NAME = RC.CONSTRAINT_NAME
          JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE KCU2
            ON KCU2.CONSTRAINT_CATALOG = RC.UNIQUE_CONSTRAINT_CATALOG
            AND KCU2.CONSTRAINT_SCHEMA = RC.UNIQUE_CONSTRAINT_SCHEMA
            AND KCU2.CONSTRAINT_NAME = RC.UNIQUE_CONSTRAINT_NAME
        WHERE KCU1.ORDINAL_POSITION = KCU2.ORDINAL_POSITION AND KCU1.TABLE_CATALOG = 'db'
          AND KCU1.CONSTRAINT_CATALOG = 'db' AND KCU1.CONSTRAINT_SCHEMA NOT IN ('dto', 'sys')
          AND KCU2.TABLE_SCHEMA NOT IN ('dto', 'sys')
        ORDER BY KCU1.CONSTRAINT_NAME, KCU1.ORDINAL_POSITION;
        """) == "FK_child_parent dbo child parent_id parent id NO ACTION CASCADE")
    #expect(
      run(
        """
        select s.name, CAST(q.start_value AS BIGINT) from sys.sequences q join sys.schemas s on \
        s.schema_id = q.schema_id join sys.types y on y.user_type_id = q.user_type_id
        """
      )
        == "")
  }

  @Test func `sling learns schemas, tables, columns and keys`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run("select schema_name from INFORMATION_SCHEMA.SCHEMATA order by schema_name").contains(
        "|dbo|guest|INFORMATION_SCHEMA|sales|sys"))
    #expect(
      run(
        """
        select table_schema as schema_name, table_name, 'false' as is_view from \
        INFORMATION_SCHEMA.TABLES where table_type = 'BASE TABLE' and table_schema = 'sales' order by \
        table_schema, table_name
        """
      )
        == "sales my order false")
    #expect(run("select table_name from INFORMATION_SCHEMA.TABLES where table_type = 'VIEW'") == "v_parent")
    #expect(
      run(
        """
        select column_name, data_type, character_maximum_length as maximum_length, numeric_precision \
        as precision, numeric_scale as scale from INFORMATION_SCHEMA.COLUMNS where table_schema = \
        'dbo' and table_name = 'v_parent' order by ordinal_position
        """
      )
        == "key_ int NULL 10 0|code varchar 10 NULL NULL")
    #expect(
      run(
        """
        select tco.constraint_name as pk_name, kcu.ordinal_position as position, kcu.column_name as \
        column_name from INFORMATION_SCHEMA.TABLE_CONSTRAINTS tco join \
        INFORMATION_SCHEMA.KEY_COLUMN_USAGE kcu on kcu.constraint_name = tco.constraint_name and \
        kcu.constraint_schema = tco.constraint_schema and tco.constraint_type = 'PRIMARY KEY' where \
        kcu.table_schema = 'dbo' and kcu.table_name = 'parent' order by kcu.table_schema, \
        kcu.table_name, position
        """
      )
        == "PK_parent 1 id")
  }

  @Test func `sling learns indexes, views and definitions`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        select ind.name as index_name, col.name as column_name from sys.indexes ind INNER JOIN \
        sys.index_columns ic ON ind.object_id = ic.object_id and ind.index_id = ic.index_id INNER JOIN \
        sys.columns col ON ic.object_id = col.object_id and ic.column_id = col.column_id INNER JOIN \
        sys.tables t ON ind.object_id = t.object_id where schema_name(t.schema_id) = 'dbo' and t.name \
        = 'child' AND ind.is_primary_key = 0 AND ind.is_unique = 0 AND ind.is_unique_constraint = 0 \
        AND t.is_ms_shipped = 0 ORDER BY ind.name, ind.index_id, ic.index_column_id
        """
      )
        == "IX_child_parent parent_id|IX_child_parent amount")
    #expect(
      run(
        """
        with tables as (select table_catalog, table_schema, table_name, case table_type when 'VIEW' \
        then 'true' else 'false' end as is_view from INFORMATION_SCHEMA.TABLES where 1=1 and \
        table_schema = 'dbo' and table_name in ('parent', 'v_parent')) select cols.table_name as \
        table_name, tables.is_view as is_view, cols.column_name as column_name, cols.ordinal_position \
        as position from INFORMATION_SCHEMA.COLUMNS cols join tables on tables.table_catalog = \
        cols.table_catalog and tables.table_schema = cols.table_schema and tables.table_name = \
        cols.table_name order by cols.table_catalog, cols.table_schema, cols.table_name, \
        cols.ordinal_position
        """
      )
        == """
        parent false id 1|parent false code 2|parent false name 3|v_parent true key_ 1|v_parent true \
        code 2
        """
    )
    #expect(
      run(
        """
        select s.name, PARSENAME(s.base_object_name, 3) from sys.synonyms s where \
        schema_name(s.schema_id) = 'dbo' and s.name = 'x'
        """
      ) == "")
    #expect(
      run("select definition as ddl from sys.sql_modules where object_id = object_id('\"dbo\".\"v_parent\"')")
        .hasPrefix("CREATE VIEW dbo.v_parent"))
    #expect(
      run(
        """
        SELECT IDENT_SEED('dbo.parent'), OBJECT_DEFINITION(c.default_object_id) FROM sys.columns c \
        JOIN sys.tables t ON t.object_id = c.object_id LEFT JOIN sys.extended_properties e ON \
        e.major_id = c.object_id AND e.minor_id = c.column_id AND e.name = 'MS_Description' WHERE \
        t.name = 'parent' AND c.column_id = 3
        """
      ) == "10 (N'x')")
  }

  @Test func `SQLAlchemy reflects tables`() throws {
    var run = try QueryServer.withCatalog()
    #expect(run("SELECT schema_name()") == "dbo")
    #expect(
      run(
        """
        SELECT CASE transaction_isolation_level WHEN 2 THEN 'READ COMMITTED' END FROM \
        sys.dm_exec_sessions where session_id = @@SPID
        """
      ) == "READ COMMITTED")
    #expect(
      run(
        "SELECT name FROM sys.system_views WHERE name IN ('dm_exec_sessions', 'dm_pdw_nodes_exec_sessions')")
        == "dm_exec_sessions")
    #expect(
      run(
        """
        SELECT c.name, y.name, c.is_nullable, c.max_length, d.definition, k.definition, k.is_persisted,
          CAST(n.seed_value AS NUMERIC), CAST(n.increment_value AS NUMERIC), CAST(e.value AS NVARCHAR(max))
        FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
          JOIN sys.columns c ON c.object_id = o.object_id
          LEFT OUTER JOIN sys.types y ON y.user_type_id = c.user_type_id
          LEFT OUTER JOIN sys.default_constraints d ON d.object_id = c.default_object_id
          LEFT OUTER JOIN sys.computed_columns k ON k.object_id = c.object_id AND k.name = c.name COLLATE
          DATABASE_DEFAULT
          LEFT OUTER JOIN sys.identity_columns n ON n.object_id = c.object_id AND n.name = c.name COLLATE
          DATABASE_DEFAULT
          LEFT OUTER JOIN sys.extended_properties e ON e.class = 1 AND e.major_id = c.object_id AND
          e.minor_id = c.column_id
        WHERE s.name = CAST(N'dbo' AS NVARCHAR(max)) AND o.name = N'parent' AND o.type IN ('U', 'V')
        ORDER BY c.column_id
        """)
        == "id int 0 4 NULL NULL NULL 10 5 NULL|code varchar 0 10 NULL NULL NULL NULL NULL NULL"
        + "|name nvarchar 1 100 (N'x') NULL NULL NULL NULL NULL")
    #expect(
      run(
        """
        WITH fk_info AS (SELECT f.name AS fk_name, f.parent_object_id AS parent, k.constraint_column_id
        AS place,
            COL_NAME(k.parent_object_id, k.parent_column_id) AS own, k.referenced_object_id AS referenced,
            COL_NAME(k.referenced_object_id, k.referenced_column_id) AS theirs,
            f.delete_referential_action_desc AS rule_
          FROM sys.foreign_keys f JOIN sys.foreign_key_columns k ON k.constraint_object_id = f.object_id),
        index_info AS (SELECT i.object_id AS tab, i.index_id AS number, i.name AS index_name FROM
        sys.indexes i WHERE i.is_unique = 1)
        SELECT fk_info.fk_name, fk_info.own, SCHEMA_NAME(o.schema_id), o.name, fk_info.theirs,
        fk_info.rule_, index_info.index_name
        FROM fk_info JOIN sys.objects o ON o.object_id = fk_info.referenced
          JOIN index_info ON index_info.tab = fk_info.referenced AND index_info.number = 1
        WHERE fk_info.parent = OBJECT_ID('dbo.child') ORDER BY fk_info.fk_name, fk_info.place
        """) == "FK_child.parent parent_id dbo parent id CASCADE PK_parent")
    #expect(
      run(
        """
        SELECT k.name, k.type, i.name FROM sys.key_constraints k WITH (READPAST) JOIN sys.indexes i ON \
        i.object_id = k.parent_object_id AND i.index_id = k.unique_index_id WHERE k.type = 'PK' ORDER \
        BY k.name
        """
      )
        == "PK_child PK PK_child|PK_parent PK PK_parent")
    #expect(
      run(
        """
        SELECT 1 FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_TYPE IN (N'BASE TABLE', N'VIEW') AND \
        TABLE_NAME = N'parent' AND TABLE_SCHEMA = N'dbo'
        """
      ) == "1")
    #expect(run("SELECT name FROM tempdb.sys.objects WHERE object_id = object_id('tempdb..#nosuch')") == "")
    #expect(run("SELECT object_name(object_id('tempdb..#own'), db_id('tempdb'))").hasPrefix("#own____"))
  }
}
