import Databases

extension PostgresDriver {
  /// In the order in which they can be removed: a unique key goes after the foreign keys that rest on it.
  ///
  /// A foreign key between two tables is an obstacle of both, the same value each time.
  package mutating func obstacles(_ table: TableName) throws(DatabaseError) -> [Obstacle] {
    try closeRead()
    let table = qualified(table)
    guard try tableExists(table) else {
      throw failure(
        .configuration, "there is no such table", operation: "read the catalog", table: table)
    }
    let foreignKeys = try foreignKeys(table)
    let triggers = try triggers(table) + rules(table)
    let indexes = try indexes(table)
    return foreignKeys + triggers + indexes
  }

  private static let target = "n.nspname = $1 AND c.relname = $2"
  /// The table `c`, and every partition of it, as `p`: rows of a partitioned table are written into these.
  private static let parts = """
    pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class p ON p.oid = c.oid OR p.oid IN (SELECT relid FROM pg_partition_tree(c.oid))
    JOIN pg_namespace pn ON pn.oid = p.relnamespace
    """

  private func query(_ sql: String, _ table: TableName) throws(DatabaseError) -> ResultSet {
    try session.run(
      sql, [.text(table.schema ?? schema), .text(table.name)], operation: "read the catalog", table: table)
  }

  private func foreignKeys(_ table: TableName) throws(DatabaseError) -> [Obstacle] {
    let result = try query(
      """
      SELECT DISTINCT fn.nspname, f.relname, k.conname, pg_get_constraintdef(k.oid),
        obj_description(k.oid, 'pg_constraint')
      FROM \(PostgresDriver.parts)
      JOIN pg_constraint k ON (k.conrelid = p.oid OR k.confrelid = p.oid) AND k.contype = 'f' AND k.conparentid = 0
      JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
      WHERE \(PostgresDriver.target) ORDER BY fn.nspname, f.relname, k.conname
      """, table)
    return (0..<result.rowCount).map { row in
      constraint(
        .foreignKey, TableName(schema: result.text(row, 0), name: result.text(row, 1) ?? ""),
        name: result.text(row, 2) ?? "", definition: result.text(row, 3) ?? "", comment: result.text(row, 4))
    }
  }

  private func constraint(
    _ kind: Obstacle.Kind, _ table: TableName, name: String, definition: String, comment: String?,
    afterwards: [String] = []
  ) -> Obstacle {
    let (on, constraint) = (dialect.quoted(table), dialect.quoted(name))
    var restoration = ["ALTER TABLE \(on) ADD CONSTRAINT \(constraint) \(definition)"]
    if let comment {
      restoration.append("COMMENT ON CONSTRAINT \(constraint) ON \(on) IS \(SQLText.literal(comment))")
    }
    return Obstacle(
      table: table, kind: kind, name: name, removal: "ALTER TABLE \(on) DROP CONSTRAINT \(constraint)",
      restoration: (restoration + afterwards).joined(separator: "; "))
  }

  /// Triggers that would fire for us: those that are disabled or for replicas only do not, nor do a partition's for
  /// statements. A partition's clone of a trigger goes with the trigger, unless somebody enabled it alone.
  private func triggers(_ table: TableName) throws(DatabaseError) -> [Obstacle] {
    let result = try query(
      """
      SELECT t.tgname, t.tgenabled, pn.nspname, p.relname FROM \(PostgresDriver.parts)
      JOIN pg_trigger t ON t.tgrelid = p.oid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
      WHERE \(PostgresDriver.target) AND (p.oid = c.oid OR t.tgtype & 1 = 1 AND NOT EXISTS (
        SELECT FROM pg_partition_ancestors(p.oid) a JOIN pg_trigger o ON o.tgrelid = a.relid AND o.tgrelid <> p.oid
        AND o.tgname = t.tgname AND o.tgenabled = t.tgenabled))
      ORDER BY p.oid <> c.oid, pn.nspname, p.relname, t.tgname
      """, table)
    return (0..<result.rowCount).map { row in
      let name = result.text(row, 0) ?? ""
      let owner = TableName(schema: result.text(row, 2), name: result.text(row, 3) ?? "")
      let (on, trigger) = (dialect.quoted(owner), dialect.quoted(name))
      let enable = result.text(row, 1) == "A" ? "ENABLE ALWAYS" : "ENABLE"
      return Obstacle(
        table: owner, kind: .trigger, name: name, removal: "ALTER TABLE \(on) DISABLE TRIGGER \(trigger)",
        restoration: "ALTER TABLE \(on) \(enable) TRIGGER \(trigger)")
    }
  }

  /// Rules on DELETE may keep rows that are to be replaced; those on INSERT do not concern COPY, but go with them.
  private func rules(_ table: TableName) throws(DatabaseError) -> [Obstacle] {
    let result = try query(
      """
      SELECT r.rulename, r.ev_enabled FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN' AND r.ev_enabled IN ('O', 'A')
      WHERE \(PostgresDriver.target) ORDER BY r.rulename
      """, table)
    return (0..<result.rowCount).map { row in
      let name = result.text(row, 0) ?? ""
      let (on, rule) = (dialect.quoted(table), dialect.quoted(name))
      let enable = result.text(row, 1) == "A" ? "ENABLE ALWAYS" : "ENABLE"
      // A trigger may have the same name.
      return Obstacle(
        table: table, kind: .trigger, name: "\(name) (rule)",
        removal: "ALTER TABLE \(on) DISABLE RULE \(rule)",
        restoration: "ALTER TABLE \(on) \(enable) RULE \(rule)")
    }
  }

  /// All indexes but the primary key's, one that is the replica identity (deletes of a published table
  /// need it), one that is invalid, and one that belongs to a partitioned index.
  private func indexes(_ table: TableName) throws(DatabaseError) -> [Obstacle] {
    let result = try query(
      """
      SELECT i.relname, x.indisunique, x.indisclustered, i.relkind, pg_get_indexdef(i.oid), quote_ident(i.relname),
        k.conname, pg_get_constraintdef(k.oid), obj_description(i.oid, 'pg_class'),
        obj_description(k.oid, 'pg_constraint'), array_to_string(i.reloptions, ', '), s.spcname
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_index x ON x.indrelid = c.oid AND NOT x.indisprimary AND x.indisvalid AND NOT x.indisreplident
      JOIN pg_class i ON i.oid = x.indexrelid AND NOT i.relispartition
      LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = c.oid AND k.contype IN ('u', 'x')
      LEFT JOIN pg_tablespace s ON s.oid = i.reltablespace
      WHERE \(PostgresDriver.target) ORDER BY i.relname
      """, table)
    return (0..<result.rowCount).map { row in index(table, result, row) }
  }

  private func index(_ table: TableName, _ result: borrowing ResultSet, _ row: Int) -> Obstacle {
    let name = result.text(row, 0) ?? ""
    let index = dialect.quoted(TableName(schema: table.schema, name: name))
    // An exclusion constraint forbids values as a unique key does.
    let kind: Obstacle.Kind = result.isTrue(row, 1) || result.text(row, 6) != nil ? .uniqueKey : .index
    var properties: [String] = []
    if let space = result.text(row, 11) {
      properties.append("ALTER INDEX \(index) SET TABLESPACE \(dialect.quoted(space))")
    }
    if result.isTrue(row, 2) {
      properties.append("ALTER TABLE \(dialect.quoted(table)) CLUSTER ON \(dialect.quoted(name))")
    }
    if let comment = result.text(row, 8) {
      properties.append("COMMENT ON INDEX \(index) IS \(SQLText.literal(comment))")
    }
    if result.text(row, 6) != nil {
      // The definition of a constraint leaves out its index's storage parameters.
      let options = result.text(row, 10).map { ["ALTER INDEX \(index) SET (\($0))"] } ?? []
      return constraint(
        kind, table, name: name, definition: result.text(row, 7) ?? "", comment: result.text(row, 9),
        afterwards: options + properties)
    }
    let definition = wholeIndex(
      result.text(row, 4) ?? "", quotedName: result.text(row, 5) ?? "", isUnique: result.isTrue(row, 1))
    return Obstacle(
      table: table, kind: kind, name: name, removal: "DROP INDEX \(index)",
      restoration: ([definition] + properties).joined(separator: "; "))
  }

  /// pg_get_indexdef says ON ONLY for a partitioned index, which would leave the partitions without one.
  private func wholeIndex(_ definition: String, quotedName: String, isUnique: Bool) -> String {
    let head = "CREATE \(isUnique ? "UNIQUE " : "")INDEX \(quotedName) ON "
    guard definition.hasPrefix(head + "ONLY ") else { return definition }
    return head + definition.dropFirst(head.count + 5)
  }
}
