import CSQLite
import Databases
import Rows

/// Tables, columns, keys and indexes, from SQLite's pragmas: https://sqlite.org/pragma.html.
extension SQLiteDriver {
  package mutating func tables() throws(DatabaseError) -> [TableSchema] {
    // Tables only: no views, no virtual tables, and not the tables in which virtual ones keep their data.
    let listed = try catalog(
      """
      SELECT l.name, l.wr, l.strict, s.sql FROM pragma_table_list AS l JOIN sqlite_schema AS s \
      ON s.type = 'table' AND s.name = l.name WHERE l.schema = 'main' AND l.type = 'table' \
      AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name
      """)
    var tables: [TableSchema] = []
    for row in listed {
      guard let name = row[0].text, !LedgerTables.all.contains(name) else { continue }
      let text = CreateTableText(row[3].text ?? "")
      var table = try table(named: name, withoutRowID: row[1].integer == 1, text)
      if row[2].integer == 1 { table.options.append("STRICT") }
      tables.append(table)
    }
    return tables
  }

  private func table(
    named name: String, withoutRowID: Bool, _ text: CreateTableText
  ) throws(DatabaseError) -> TableSchema {
    let rows = try catalog(
      """
      SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) WHERE hidden <> 1
      """, name)
    let indexes = try catalog(
      "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1) ORDER BY seq DESC", name)
    let keyRows = rows.filter { $0[4].integer != 0 }.sorted { ($0[4].integer ?? 0) < ($1[4].integer ?? 0) }
    // Only a key that has no index of its own is the row's number.
    let isRowID =
      !withoutRowID && keyRows.count == 1 && !indexes.contains { $0[2].text == "pk" }
    var schema = TableSchema(name: TableName(name: name), engine: .sqlite, columns: [])
    for row in rows {
      var column = try column(row, of: name, isRowID: isRowID, withoutRowID: withoutRowID)
      if column.isGenerated { column.generation = text.generations[column.name] }
      let (collation, isAutoincrement) = try metadata(of: column.name, in: name)
      column.collation = collation
      if isAutoincrement { schema.options.append(SQLiteDriver.autoincrement) }
      schema.columns.append(column)
    }
    if withoutRowID { schema.options.append("WITHOUT ROWID") }
    if !keyRows.isEmpty {
      schema.primaryKey = KeySchema(
        name: text.primaryKey ?? "\(name)_pkey", columns: keyRows.map { $0[0].text ?? "" },
        isUnique: true)
    }
    try addIndexes(indexes, to: &schema)
    try addForeignKeys(text, to: &schema)
    schema.checks = text.checks
    if text.hasConflictClauses { schema.unportable.append("what its constraints do ON CONFLICT") }
    schema.triggers = try catalog(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE ORDER BY name",
      name
    ).compactMap { $0[0].text }
    return schema
  }

  private func column(
    _ row: [SQLValue], of table: String, isRowID: Bool, withoutRowID: Bool
  ) throws(DatabaseError) -> ColumnSchema {
    let name = row[0].text ?? ""
    let declared = row[1].text ?? ""
    let isKey = row[4].integer != 0
    let isIdentity = isKey && isRowID
    var type = isIdentity ? ColumnType.int64 : DeclaredType(declared).columnType
    if type == nil { type = try typeOfValues(in: name, of: table) }
    return ColumnSchema(
      name: name, type: type, declared: declared,
      isNullable: row[2].integer == 0 && !isIdentity && !(isKey && withoutRowID),
      isGenerated: row[5].integer != 0, identity: isIdentity ? .byDefault : nil,
      defaultExpression: row[3].text)
  }

  /// Among the table's options, though it is said of its key.
  static let autoincrement = "AUTOINCREMENT"

  /// What no pragma tells of a column: its collation, unless it is BINARY, and whether its numbers are never
  /// used again.
  private func metadata(
    of column: String, in table: String
  ) throws(DatabaseError) -> (collation: String?, isAutoincrement: Bool) {
    var name: UnsafePointer<CChar>?
    var isAutoincrement: Int32 = 0
    let status = sqlite3_table_column_metadata(
      handle.database, "main", table, column, nil, &name, nil, nil, &isAutoincrement)
    guard status == SQLITE_OK else {
      throw error(status, operation: "read the catalog", table: TableName(name: table))
    }
    let collation = name.map { String(cString: $0) } ?? "BINARY"
    return (collation.uppercased() == "BINARY" ? nil : dialect.quoted(collation), isAutoincrement != 0)
  }

  /// The type of a column whose declaration says nothing, by the storage classes it holds.
  private func typeOfValues(in column: String, of table: String) throws(DatabaseError) -> ColumnType? {
    let name = dialect.quoted(column)
    let classes = try catalog(
      "SELECT DISTINCT typeof(\(name)) FROM \(dialect.quoted(table)) WHERE \(name) IS NOT NULL ORDER BY 1"
    ).compactMap { $0[0].text }
    switch classes {
    case [], ["text"]: return .text(maxLength: nil)
    case ["integer"]: return .int64
    case ["real"]: return .float64
    // What numeric affinity makes of 5.0 and 5.5.
    case ["integer", "real"]: return .numeric(trailingZeros: false)
    case ["blob"]: return .bytes(maxLength: nil)
    default: return nil
    }
  }

  private func addIndexes(_ indexes: [[SQLValue]], to schema: inout TableSchema) throws(DatabaseError) {
    for index in indexes {
      let name = index[0].text ?? ""
      let parts = try catalog(
        "SELECT cid, name, coll, \"desc\" FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno", name)
      let columns = parts.map { $0[1].text ?? "" }
      let described =
        switch index[2].text {
        case "pk": "the primary key"
        case "u": "the unique constraint of \(columns.joined(separator: ", "))"
        default: "index \(name)"
        }
      // Another collation than the column's finds other duplicates.
      let isPlain = parts.allSatisfy { part in
        guard (part[0].integer ?? -2) >= 0, let column = schema.column(part[1].text ?? "") else {
          return false
        }
        return dialect.quoted(part[2].text ?? "").uppercased()
          == (column.collation ?? dialect.quoted("BINARY")).uppercased()
      }
      let isPrimary = index[2].text == "pk"
      guard index[3].integer == 0, isPlain else {
        schema.unportable.append(isPrimary ? "the collation of \(described)" : described)
        continue
      }
      if parts.contains(where: { $0[3].integer == 1 }) {
        schema.unportable.append("the descending order in \(described)")
      }
      if isPrimary { continue }
      schema.indexes.append(KeySchema(name: name, columns: columns, isUnique: index[1].integer == 1))
    }
  }

  private func addForeignKeys(
    _ text: CreateTableText, to schema: inout TableSchema
  ) throws(DatabaseError) {
    let table = schema.name.name
    let rows = try catalog(
      """
      SELECT id, "table", "from", "to", on_delete, on_update FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq
      """, table)
    var keys: [(id: Int64, key: ForeignKeySchema)] = []
    for row in rows {
      let id = row[0].integer ?? 0
      if keys.last?.id != id { keys.append((id, try foreignKey(row))) }
      keys[keys.count - 1].key.columns.append(row[2].text ?? "")
      if let column = row[3].text { keys[keys.count - 1].key.referencedColumns.append(column) }
    }
    // SQLite numbers them from the last to the first; the text has them in order.
    let isTextUnderstood = text.foreignKeys.count == keys.count
    if !isTextUnderstood { schema.unportable.append("whether the checks of foreign keys are deferred") }
    for (position, var key) in keys.map(\.key).enumerated() {
      let inText = isTextUnderstood ? text.foreignKeys[position] : CreateTableText.ForeignKey()
      key.name = inText.name ?? "\(table)_\(key.columns.joined(separator: "_"))_fkey"
      key.isDeferrable = inText.isDeferrable
      key.isInitiallyDeferred = inText.isInitiallyDeferred
      if key.referencedColumns.isEmpty {
        key.referencedColumns = try catalog(
          "SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk", key.referencedTable.name
        ).compactMap { $0[0].text }
      }
      schema.foreignKeys.append(key)
    }
  }

  /// Without its columns.
  private func foreignKey(_ row: [SQLValue]) throws(DatabaseError) -> ForeignKeySchema {
    var key = ForeignKeySchema(
      name: "", columns: [], referencedTable: TableName(name: try actualName(row[1].text ?? "")),
      referencedColumns: [])
    key.onDelete = row[4].text.flatMap(ForeignKeyAction.init) ?? .noAction
    key.onUpdate = row[5].text.flatMap(ForeignKeyAction.init) ?? .noAction
    return key
  }

  /// A table's name as it was created: references may spell it in other case.
  private func actualName(_ table: String) throws(DatabaseError) -> String {
    try catalog("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE", table)
      .first?[0].text ?? table
  }

  func catalog(_ query: String, _ parameters: String...) throws(DatabaseError) -> [[SQLValue]] {
    try run(SQLStatement(query, parameters.map(SQLValue.text)), operation: "read the catalog").rows
  }
}
