import Databases
import Rows

/// What slows a load down or changes it: secondary indexes, and triggers, which would fire on every row that
/// is deleted or inserted.
extension SQLiteDriver {
  package mutating func obstacles(_ table: TableName) throws(DatabaseError) -> [Obstacle] {
    // Indexes that constraints brought have no text, and cannot be dropped.
    let rows = try catalog(
      """
      SELECT s.type, s.name, s.sql, l."unique" FROM sqlite_schema AS s \
      LEFT JOIN pragma_index_list(?1) AS l ON l.name = s.name AND s.type = 'index' \
      WHERE s.type IN ('index', 'trigger') AND s.tbl_name = ?1 COLLATE NOCASE AND s.sql IS NOT NULL \
      ORDER BY s.type, s.name
      """, table.name)
    return rows.compactMap { row in
      guard let type = row[0].text, let name = row[1].text, let sql = row[2].text else { return nil }
      let isTrigger = type == "trigger"
      return Obstacle(
        table: table, kind: isTrigger ? .trigger : row[3].integer == 1 ? .uniqueKey : .index, name: name,
        removal: "DROP \(isTrigger ? "TRIGGER" : "INDEX") \(dialect.quoted(name))", restoration: sql)
    }
  }

  package mutating func alignIdentity(_ table: TableName) throws(DatabaseError) {
    // SQLite takes the largest number and adds one, but for AUTOINCREMENT, which keeps the largest ever.
    guard try tableExists(TableName(name: "sqlite_sequence")),
      let key = try catalog(
        """
        SELECT i.name FROM sqlite_sequence AS q, pragma_table_info(?1) AS i \
        WHERE q.name = ?1 COLLATE NOCASE AND i.pk = 1
        """, table.name
      ).first?[0].text
    else { return }
    let largest = "(SELECT max(\(dialect.quoted(key))) FROM \(dialect.quoted(table)))"
    try run(
      SQLStatement(
        "UPDATE sqlite_sequence SET seq = \(largest) WHERE name = ?1 COLLATE NOCASE AND seq < \(largest)",
        [.text(table.name)]),
      operation: "align identities", table: table)
  }
}
