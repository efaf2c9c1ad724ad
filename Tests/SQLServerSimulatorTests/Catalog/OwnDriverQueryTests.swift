import Testing

@testable import SQLServerSimulator

/// What Proofload's own driver asks of the catalog.
@Suite struct OwnDriverQueryTests {
  /// Columns of the tables of a schema, as `t`, and of what belongs to them.
  private func ofTables(_ columns: String, _ joined: String = "", _ rest: String = "") -> String {
    """
    SELECT \(columns) FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id \(joined) \
    WHERE s.name = N'dbo' AND t.is_ms_shipped = 0 \(rest)
    """
  }

  @Test func `the driver learns a table's shape and key`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT c.name, c.system_type_id, c.user_type_id, c.max_length, c.[precision], c.scale, \
        CAST(COLLATIONPROPERTY(c.collation_name, 'CodePage') AS int), c.is_nullable, c.is_identity, \
        c.is_computed, c.default_object_id FROM sys.columns AS c JOIN sys.tables AS t \
        ON t.object_id = c.object_id JOIN sys.schemas AS s ON s.schema_id = t.schema_id \
        WHERE s.name = N'dbo' AND t.name = N'parent' ORDER BY c.column_id
        """
      ).hasPrefix(
        "id 56 56 4 10 0 NULL 0 1 0 0|code 167 167 10 0 0 1252 0 0 0 0|name 231 231 100 0 0 1252 1 0 0 "))
    #expect(
      run(
        """
        SELECT COL_NAME(k.object_id, k.column_id) FROM sys.indexes AS i JOIN sys.index_columns AS k \
        ON k.object_id = i.object_id AND k.index_id = i.index_id \
        WHERE i.object_id = OBJECT_ID(N'[dbo].[child]', N'U') AND i.is_primary_key = 1 ORDER BY k.key_ordinal
        """) == "id")
    #expect(run("SELECT OBJECT_ID(N'[dbo].[none]', N'U')") == "NULL")
    #expect(run("SELECT SCHEMA_ID(N'sales')") == "5")
    #expect(
      run("SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128))")
        == "SQL_Latin1_General_CP1_CI_AS")
    #expect(run("SELECT d.snapshot_isolation_state FROM sys.databases AS d WHERE d.name = DB_NAME()") == "0")
    #expect(
      run(
        """
        SELECT CAST(SUM(p.rows) AS bigint) FROM sys.partitions AS p WHERE p.object_id = \
        OBJECT_ID('parent') AND p.index_id < 2
        """
      ) == "2")
  }

  @Test func `the driver learns all of a schema`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        ofTables(
          "t.name",
          "",
          "ORDER BY t.name")) == "child|parent|types")
    #expect(
      run(
        ofTables(
          "COUNT(*), SUM(CASE WHEN y.is_user_defined = 1 THEN 1 ELSE 0 END)",
          """
          JOIN sys.columns AS c ON c.object_id = t.object_id JOIN sys.types AS y ON y.user_type_id = \
          c.user_type_id
          """))
        == "41 0")
    #expect(
      run(
        ofTables(
          "d.parent_column_id, d.definition",
          "JOIN sys.default_constraints AS d ON d.parent_object_id = t.object_id",
          "ORDER BY d.definition"))
        == "3 ((0))|3 (N'x')")
    #expect(
      run(
        ofTables(
          "k.column_id, k.definition, k.is_persisted",
          "JOIN sys.computed_columns AS k ON k.object_id = t.object_id"))
        == "5 ([amount]*(2)) 0")
    #expect(
      run(
        ofTables(
          "k.column_id, CAST(k.seed_value AS varchar(40)), CAST(k.increment_value AS varchar(40))",
          "JOIN sys.identity_columns AS k ON k.object_id = t.object_id"))
        == "1 10 5")
  }

  @Test func `the driver learns the keys, constraints and triggers of a schema`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        ofTables(
          """
          i.index_id, i.name, i.type, i.is_unique, i.is_primary_key, i.is_unique_constraint, \
          i.filter_definition, i.is_disabled, i.is_hypothetical
          """,
          "JOIN sys.indexes AS i ON i.object_id = t.object_id",
          "AND i.index_id > 0 ORDER BY t.name, i.name"))
        == "3 IX_child_parent 2 0 0 0 ([parent_id] IS NOT NULL) 0 0|2 PK_child 2 1 1 0 NULL 0 0"
        + "|1 PK_parent 1 1 1 0 NULL 0 0|2 UQ_parent_code 2 1 0 1 NULL 0 0")
    #expect(
      run(
        ofTables(
          """
          f.name, SCHEMA_NAME(r.schema_id), r.name, f.delete_referential_action, \
          f.update_referential_action, f.is_not_trusted
          """,
          """
          JOIN sys.foreign_keys AS f ON f.parent_object_id = t.object_id JOIN sys.tables AS r ON \
          r.object_id = f.referenced_object_id
          """,
          "ORDER BY f.parent_object_id, f.name"))
        == "FK_child.parent dbo parent 1 0 0")
    #expect(
      run(
        ofTables(
          """
          COL_NAME(k.parent_object_id, k.parent_column_id), COL_NAME(k.referenced_object_id, \
          k.referenced_column_id)
          """,
          "JOIN sys.foreign_key_columns AS k ON k.parent_object_id = t.object_id",
          "ORDER BY k.constraint_object_id, k.constraint_column_id"))
        == "parent_id id")
    #expect(
      run(
        ofTables(
          "k.name, k.definition",
          "JOIN sys.check_constraints AS k ON k.parent_object_id = t.object_id"))
        == "CK_child_amount ([amount]>=(0))")
    #expect(
      run(
        ofTables(
          "g.name",
          "JOIN sys.triggers AS g ON g.parent_id = t.object_id",
          "ORDER BY g.parent_id, g.name")) == "trg_parent")
  }

  @Test func `the driver learns what is in the way of a load`() throws {
    var run = try QueryServer.withCatalog()
    #expect(
      run(
        """
        SELECT SCHEMA_NAME(t.schema_id), t.name, f.name, f.is_not_trusted FROM sys.foreign_keys AS f \
        JOIN sys.tables AS t ON t.object_id = f.parent_object_id WHERE (f.parent_object_id = \
        OBJECT_ID('parent') OR f.referenced_object_id = OBJECT_ID('parent')) AND f.is_disabled = 0 \
        ORDER BY t.name, f.name
        """
      )
        == "dbo child FK_child.parent 0")
    #expect(
      run(
        """
        SELECT k.name, k.is_not_trusted FROM sys.check_constraints AS k WHERE k.parent_object_id = \
        OBJECT_ID('child') AND k.is_disabled = 0 ORDER BY k.name
        """
      ) == "CK_child_amount 1")
    #expect(
      run(
        "SELECT g.name FROM sys.triggers AS g WHERE g.parent_id = OBJECT_ID('parent') AND g.is_disabled = 0")
        == "trg_parent")
    #expect(
      run(
        """
        SELECT i.name, i.is_unique FROM sys.indexes AS i WHERE i.object_id = OBJECT_ID('child') AND \
        i.type = 2 AND i.is_primary_key = 0 AND i.is_disabled = 0 AND i.is_hypothetical = 0
        """
      ) == "IX_child_parent 0")
    #expect(
      run("SELECT c.name FROM sys.columns AS c WHERE c.object_id = OBJECT_ID('parent') AND c.is_identity = 1")
        == "id")
  }

  @Test func `a hundred tables are looked through in no time`() throws {
    var run = try QueryServer.withCatalog()
    for table in 0..<100 {
      try run.add(
        "t\(table)",
        (1...20).map { ColumnDescription(name: "c\($0)", id: Int32($0), type: .int, isNullable: true) })
    }
    #expect(
      run(
        """
        SELECT COUNT(*) FROM sys.tables t JOIN sys.columns c ON c.object_id = t.object_id WHERE t.name \
        LIKE 't[0-9]%' AND EXISTS (SELECT 1 FROM sys.columns d WHERE d.object_id = t.object_id AND \
        d.name = 'c20')
        """
      )
        == "2000")
  }
}
