import Databases

/// Every query of the catalog, at one place. Each joins four views at most.
///
/// The views: https://learn.microsoft.com/en-us/sql/relational-databases/system-catalog-views/
enum CatalogQueries {
  /// What `ServerType` reads, and three flags.
  private static let type = """
    c.system_type_id, c.user_type_id, c.max_length, c.[precision], c.scale, \
    CAST(COLLATIONPROPERTY(c.collation_name, 'CodePage') AS int), c.is_nullable, c.is_identity, c.is_computed
    """

  static func shape(of table: TableName) -> String {
    """
    SELECT c.name, \(type), c.default_object_id FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id \
    JOIN sys.schemas AS s ON s.schema_id = t.schema_id \
    WHERE s.name = \(SQLText.literal(table.schema ?? "dbo")) AND t.name = \(SQLText.literal(table.name)) \
    ORDER BY c.column_id
    """
  }

  /// The primary key's columns.
  static func key(of table: TableName) -> String {
    let name = SQLServerDialect().quoted(table)
    return """
      SELECT COL_NAME(k.object_id, k.column_id) FROM sys.indexes AS i JOIN sys.index_columns AS k \
      ON k.object_id = i.object_id AND k.index_id = i.index_id \
      WHERE i.object_id = OBJECT_ID(\(SQLText.literal(name)), N'U') AND i.is_primary_key = 1 ORDER BY k.key_ordinal
      """
  }

  /// NULL if there is no such table.
  static func objectID(_ quotedTable: String) -> String {
    "SELECT OBJECT_ID(\(SQLText.literal(quotedTable)), N'U')"
  }

  static func schemaID(_ schema: String) -> String { "SELECT SCHEMA_ID(\(SQLText.literal(schema)))" }

  /// The tables of a schema, as `t`, and what belongs to them.
  private static func ofTables(_ schema: String, _ rest: String = "") -> String {
    """
    FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id \(rest) \
    WHERE s.name = \(SQLText.literal(schema)) AND t.is_ms_shipped = 0
    """
  }

  static func tables(_ schema: String) -> String {
    "SELECT t.object_id, t.name \(ofTables(schema)) ORDER BY t.name"
  }

  static func columns(_ schema: String) -> String {
    """
    SELECT c.object_id, c.name, \(type), c.column_id, c.collation_name, y.name, y.is_user_defined \
    \(ofTables(schema, "JOIN sys.columns AS c ON c.object_id = t.object_id JOIN sys.types AS y ON y.user_type_id = c.user_type_id")) \
    ORDER BY c.object_id, c.column_id
    """
  }

  static func defaults(_ schema: String) -> String {
    """
    SELECT d.parent_object_id, d.parent_column_id, d.definition \
    \(ofTables(schema, "JOIN sys.default_constraints AS d ON d.parent_object_id = t.object_id"))
    """
  }

  static func computed(_ schema: String) -> String {
    """
    SELECT k.object_id, k.column_id, k.definition, k.is_persisted \
    \(ofTables(schema, "JOIN sys.computed_columns AS k ON k.object_id = t.object_id"))
    """
  }

  /// Seed and increment may be as large as the column's type.
  static func identities(_ schema: String) -> String {
    """
    SELECT k.object_id, k.column_id, CAST(k.seed_value AS varchar(40)), CAST(k.increment_value AS varchar(40)) \
    \(ofTables(schema, "JOIN sys.identity_columns AS k ON k.object_id = t.object_id"))
    """
  }

  /// 0 is a heap, 1 clustered, 2 nonclustered; others are columnstores, XML, spatial and hash indexes.
  static func indexes(_ schema: String) -> String {
    """
    SELECT i.object_id, i.index_id, i.name, i.type, i.is_unique, i.is_primary_key, i.is_unique_constraint, \
    i.filter_definition, i.is_disabled, i.is_hypothetical \
    \(ofTables(schema, "JOIN sys.indexes AS i ON i.object_id = t.object_id")) AND i.index_id > 0 \
    ORDER BY i.object_id, i.name
    """
  }

  static func indexColumns(_ schema: String) -> String {
    """
    SELECT k.object_id, k.index_id, k.column_id, k.key_ordinal, k.is_included_column, k.is_descending_key \
    \(ofTables(schema, "JOIN sys.index_columns AS k ON k.object_id = t.object_id")) \
    ORDER BY k.object_id, k.index_id, k.key_ordinal
    """
  }

  static func foreignKeys(_ schema: String) -> String {
    """
    SELECT f.object_id, f.parent_object_id, f.name, SCHEMA_NAME(r.schema_id), r.name, \
    f.delete_referential_action, f.update_referential_action, f.is_not_trusted \
    \(ofTables(schema, "JOIN sys.foreign_keys AS f ON f.parent_object_id = t.object_id JOIN sys.tables AS r ON r.object_id = f.referenced_object_id")) \
    ORDER BY f.parent_object_id, f.name
    """
  }

  static func foreignKeyColumns(_ schema: String) -> String {
    """
    SELECT k.constraint_object_id, COL_NAME(k.parent_object_id, k.parent_column_id), \
    COL_NAME(k.referenced_object_id, k.referenced_column_id) \
    \(ofTables(schema, "JOIN sys.foreign_key_columns AS k ON k.parent_object_id = t.object_id")) \
    ORDER BY k.constraint_object_id, k.constraint_column_id
    """
  }

  static func checks(_ schema: String) -> String {
    """
    SELECT k.parent_object_id, k.name, k.definition \
    \(ofTables(schema, "JOIN sys.check_constraints AS k ON k.parent_object_id = t.object_id")) \
    ORDER BY k.parent_object_id, k.name
    """
  }

  static func triggers(_ schema: String) -> String {
    """
    SELECT g.parent_id, g.name \(ofTables(schema, "JOIN sys.triggers AS g ON g.parent_id = t.object_id")) \
    ORDER BY g.parent_id, g.name
    """
  }

  static let databaseCollation = "SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128))"

  // MARK: What is in the way of a load

  /// Foreign keys of the table and to it that are enabled.
  static func enabledForeignKeys(_ object: Int64) -> String {
    """
    SELECT SCHEMA_NAME(t.schema_id), t.name, f.name, f.is_not_trusted FROM sys.foreign_keys AS f \
    JOIN sys.tables AS t ON t.object_id = f.parent_object_id \
    WHERE (f.parent_object_id = \(object) OR f.referenced_object_id = \(object)) AND f.is_disabled = 0 \
    ORDER BY t.name, f.name
    """
  }

  static func enabledChecks(_ object: Int64) -> String {
    """
    SELECT k.name, k.is_not_trusted FROM sys.check_constraints AS k \
    WHERE k.parent_object_id = \(object) AND k.is_disabled = 0 ORDER BY k.name
    """
  }

  static func enabledTriggers(_ object: Int64) -> String {
    "SELECT g.name FROM sys.triggers AS g WHERE g.parent_id = \(object) AND g.is_disabled = 0 ORDER BY g.name"
  }

  /// Not the clustered index, without which nothing can be read, nor a primary key.
  static func enabledIndexes(_ object: Int64) -> String {
    """
    SELECT i.name, i.is_unique FROM sys.indexes AS i WHERE i.object_id = \(object) AND i.type = 2 \
    AND i.is_primary_key = 0 AND i.is_disabled = 0 AND i.is_hypothetical = 0 ORDER BY i.name
    """
  }

  static func identityColumn(_ object: Int64) -> String {
    "SELECT c.name FROM sys.columns AS c WHERE c.object_id = \(object) AND c.is_identity = 1"
  }

  // MARK: The rest

  static func allowsSnapshots() -> String {
    "SELECT d.snapshot_isolation_state FROM sys.databases AS d WHERE d.name = DB_NAME()"
  }

  static func rowCount(_ object: Int64) -> String {
    """
    SELECT CAST(SUM(p.rows) AS bigint) FROM sys.partitions AS p \
    WHERE p.object_id = \(object) AND p.index_id < 2
    """
  }
}
