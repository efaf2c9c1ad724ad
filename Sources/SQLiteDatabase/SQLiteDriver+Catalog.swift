import CSQLite
import Databases
import Rows

/// Tables, columns, keys and indexes, from SQLite's pragmas: https://sqlite.org/pragma.html.
extension SQLiteDriver {
  package mutating func tables() throws(DatabaseError) -> [TableSchema] {
    // Tables only: no views, no virtual tables, and not the tables in which virtual ones keep their data.
    let listed = try catalog(
      """
      SELECT l.name, l.wr, s.sql FROM pragma_table_list AS l JOIN sqlite_schema AS s \
      ON s.type = 'table' AND s.name = l.name WHERE l.schema = 'main' AND l.type = 'table' \
      AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name
      """)
    var tables: [TableSchema] = []
    for row in listed {
      guard let name = row[0].text, !LedgerTables.all.contains(name) else { continue }
      let constraints = ConstraintNames(createTable: row[2].text ?? "")
      tables.append(try table(named: name, withoutRowID: row[1].integer == 1, constraints))
    }
    return tables
  }

  private func table(
    named name: String, withoutRowID: Bool, _ constraints: ConstraintNames
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
    var columns: [ColumnSchema] = []
    for row in rows {
      columns.append(try column(row, of: name, isRowID: isRowID, withoutRowID: withoutRowID))
    }
    var schema = TableSchema(name: TableName(name: name), engine: .sqlite, columns: columns)
    if !keyRows.isEmpty {
      schema.primaryKey = KeySchema(
        name: constraints.primaryKey ?? "\(name)_pkey", columns: keyRows.map { $0[0].text ?? "" },
        isUnique: true)
    }
    try addIndexes(indexes, to: &schema)
    schema.foreignKeys = try foreignKeys(of: name, constraints)
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
    for index in indexes where index[2].text != "pk" {
      let name = index[0].text ?? ""
      let columns = try catalog(
        "SELECT cid, name, coll FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno", name)
      let isConstraint = index[2].text == "u"
      // Another collation finds other duplicates.
      let isPlain = columns.allSatisfy {
        ($0[0].integer ?? -2) >= 0 && (isConstraint || $0[2].text == "BINARY")
      }
      guard index[3].integer == 0, isPlain else {
        schema.unportable.append(name)
        continue
      }
      schema.indexes.append(
        KeySchema(name: name, columns: columns.map { $0[1].text ?? "" }, isUnique: index[1].integer == 1))
    }
  }

  private func foreignKeys(
    of table: String, _ constraints: ConstraintNames
  ) throws(DatabaseError) -> [ForeignKeySchema] {
    let rows = try catalog(
      "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq", table)
    var keys: [(id: Int64, key: ForeignKeySchema)] = []
    for row in rows {
      let id = row[0].integer ?? 0
      if keys.last?.id != id {
        let referenced = try actualName(row[1].text ?? "")
        keys.append(
          (
            id,
            ForeignKeySchema(
              name: "", columns: [], referencedTable: TableName(name: referenced), referencedColumns: [])
          ))
      }
      keys[keys.count - 1].key.columns.append(row[2].text ?? "")
      if let column = row[3].text { keys[keys.count - 1].key.referencedColumns.append(column) }
    }
    // SQLite numbers them from the last to the first; the text has them in order.
    let names = constraints.foreignKeys.count == keys.count ? constraints.foreignKeys : []
    var result: [ForeignKeySchema] = []
    for (position, var key) in keys.map(\.key).enumerated() {
      let name = names.isEmpty ? nil : names[position]
      key.name = name ?? "\(table)_\(key.columns.joined(separator: "_"))_fkey"
      if key.referencedColumns.isEmpty {
        key.referencedColumns = try catalog(
          "SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk", key.referencedTable.name
        ).compactMap { $0[0].text }
      }
      result.append(key)
    }
    return result
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
