import Databases
import Rows

extension SQLServerDriver {
  package mutating func tables() throws(DatabaseError) -> [TableSchema] {
    try closeRead()
    try requireSchema(operation: "read the catalog")
    var catalog = SchemaCatalog(schema, session, options)
    return try catalog.read()
  }

  func requireSchema(operation: String) throws(DatabaseError) {
    let found = try session.run(CatalogQueries.schemaID(schema), operation: operation).rows.first?.first
    guard found?.integer != nil else {
      throw failure(
        .configuration, "there is no schema \(schema) in the database",
        remedy: "Check schema= in the URL, or create it: CREATE SCHEMA \(dialect.quoted(schema))",
        operation: operation)
    }
  }
}

/// Reads the catalog of one schema: a few statements for all of its tables.
private struct SchemaCatalog {
  private let schema: String
  private let session: ServerSession
  private let options: SQLServerOptions
  private var tables: [Int64: TableSchema] = [:]
  /// Names of columns by table and number.
  private var columns: [Int64: [Int64: String]] = [:]
  private var databaseCollation: String?

  init(_ schema: String, _ session: ServerSession, _ options: SQLServerOptions) {
    self.schema = schema
    self.session = session
    self.options = options
  }

  mutating func read() throws(DatabaseError) -> [TableSchema] {
    try readTables()
    try readColumns()
    try readDefaults()
    try readComputed()
    try readIdentities()
    try readIndexes()
    try readForeignKeys()
    try readChecksAndTriggers()
    return tables.values.sorted { $0.name.name.utf8.lexicographicallyPrecedes($1.name.name.utf8) }
  }

  private func query(_ sql: String) throws(DatabaseError) -> [[SQLValue]] {
    try session.run(sql, operation: "read the catalog").rows
  }

  private mutating func readTables() throws(DatabaseError) {
    for row in try query(CatalogQueries.tables(schema)) {
      guard let id = row[0].integer, let name = row[1].text, !LedgerTables.all.contains(name) else {
        continue
      }
      tables[id] = TableSchema(
        name: TableName(schema: schema, name: name), engine: SQLServerDialect.engine, columns: [])
    }
    databaseCollation = try query(CatalogQueries.databaseCollation).first?.first?.text
  }

  private mutating func readColumns() throws(DatabaseError) {
    for row in try query(CatalogQueries.columns(schema)) {
      // A table that somebody created between two of the statements is not part of this catalog.
      guard let id = row[0].integer, tables[id] != nil, let name = row[1].text else { continue }
      let type = ServerType(row, from: 2)
      var column = ColumnSchema(
        name: name, type: type.columnType(options), declared: type.declared, isNullable: row[8].integer == 1)
      if row[9].integer == 1 { column.identity = .byDefault }
      if type.form == .rowVersion {
        column.isGenerated = true
        column.generation = "rowversion"
      }
      if row[10].integer == 1 { column.isGenerated = true }
      if let collation = row[12].text, collation != databaseCollation { column.collation = collation }
      // sysname is the server's own.
      if row[14].integer == 1, let alias = row[13].text {
        column.isOfUserType = true
        column.declared = alias
      }
      column.rewritesText = type.form == .xml
      if case .datetimeoffset = type.form {
        tables[id]?.unportable.append("the offset of column \(name), whose moments are kept in UTC,")
      }
      tables[id]?.columns.append(column)
      columns[id, default: [:]][row[11].integer ?? 0] = name
    }
  }

  private mutating func change(
    _ row: [SQLValue], _ body: (inout ColumnSchema) -> Void
  ) {
    guard let id = row[0].integer, let name = columns[id]?[row[1].integer ?? 0],
      let index = tables[id]?.columns.firstIndex(where: { $0.name == name })
    else { return }
    body(&tables[id]!.columns[index])
  }

  private mutating func readDefaults() throws(DatabaseError) {
    for row in try query(CatalogQueries.defaults(schema)) {
      change(row) { $0.defaultExpression = row[2].text }
    }
  }

  private mutating func readComputed() throws(DatabaseError) {
    for row in try query(CatalogQueries.computed(schema)) {
      guard let definition = row[2].text else { continue }
      change(row) { $0.generation = "AS \(definition)\(row[3].integer == 1 ? " PERSISTED" : "")" }
    }
  }

  private mutating func readIdentities() throws(DatabaseError) {
    for row in try query(CatalogQueries.identities(schema)) {
      guard let id = row[0].integer, let name = columns[id]?[row[1].integer ?? 0] else { continue }
      if row[2].text != "1" || row[3].text != "1" {
        tables[id]?.unportable.append("seed and increment of identity column \(name)")
      }
    }
  }

  private struct IndexID: Hashable { let table: Int64, index: Int64 }

  private mutating func readIndexes() throws(DatabaseError) {
    var parts: [IndexID: [[SQLValue]]] = [:]
    for row in try query(CatalogQueries.indexColumns(schema)) {
      parts[IndexID(table: row[0].integer ?? 0, index: row[1].integer ?? 0), default: []].append(row)
    }
    for row in try query(CatalogQueries.indexes(schema)) {
      guard let id = row[0].integer, tables[id] != nil, let index = row[1].integer, row[9].integer != 1 else {
        continue
      }
      let columns = parts[IndexID(table: id, index: index)] ?? []
      add(
        row, columns.filter { $0[4].integer != 1 }, hasIncluded: columns.contains { $0[4].integer == 1 },
        to: id)
    }
  }

  private mutating func add(_ row: [SQLValue], _ parts: [[SQLValue]], hasIncluded: Bool, to id: Int64) {
    let name = row[2].text ?? ""
    var key = KeySchema(
      name: name, columns: parts.compactMap { columns[id]?[$0[2].integer ?? 0] },
      isUnique: row[4].integer == 1)
    let takesNull = key.columns.contains { tables[id]?.column($0)?.isNullable == true }
    key.nullsAreEqual = key.isUnique && row[7].text == nil && takesNull
    // Filters, but for the one that makes NULL no duplicate, and other kinds of indexes are the server's own.
    let isPlain = row[7].text.map { $0 == "(\(SQLServerDialect.withoutNulls(key.columns)))" } ?? true
    guard row[3].integer == 1 || row[3].integer == 2, isPlain else {
      tables[id]?.unportable.append("index \(name)")
      return
    }
    for column in key.columns { noteWidth(of: column, in: id) }
    if row[5].integer == 1 {
      tables[id]?.primaryKey = key
    } else {
      tables[id]?.indexes.append(key)
    }
    if parts.contains(where: { $0[5].integer == 1 }) {
      tables[id]?.unportable.append("the descending order in index \(name)")
    }
    if hasIncluded { tables[id]?.unportable.append("what index \(name) includes beside its key") }
  }

  /// A clustered index holds 900 bytes.
  private mutating func noteWidth(of name: String, in id: Int64) {
    guard let index = tables[id]?.columns.firstIndex(where: { $0.name == name }) else { return }
    switch tables[id]?.columns[index].type {
    case .text(let length?) where length >= TableDefinition.keyLength:
      tables[id]?.columns[index].isWidestInKey = true
    case .bytes(let length?) where length >= 2 * TableDefinition.keyLength:
      tables[id]?.columns[index].isWidestInKey = true
    default: break
    }
  }

  private mutating func readForeignKeys() throws(DatabaseError) {
    var columns: [Int64: [(own: String, other: String)]] = [:]
    for row in try query(CatalogQueries.foreignKeyColumns(schema)) {
      columns[row[0].integer ?? 0, default: []].append((row[1].text ?? "", row[2].text ?? ""))
    }
    for row in try query(CatalogQueries.foreignKeys(schema)) {
      guard let id = row[1].integer, let key = row[0].integer else { continue }
      var foreign = ForeignKeySchema(
        name: row[2].text ?? "", columns: columns[key]?.map(\.own) ?? [],
        referencedTable: TableName(schema: row[3].text, name: row[4].text ?? ""),
        referencedColumns: columns[key]?.map(\.other) ?? [])
      foreign.onDelete = SchemaCatalog.action(row[5])
      foreign.onUpdate = SchemaCatalog.action(row[6])
      foreign.isValidated = row[7].integer != 1
      for column in foreign.columns { noteWidth(of: column, in: id) }
      tables[id]?.foreignKeys.append(foreign)
    }
  }

  private static func action(_ value: SQLValue) -> ForeignKeyAction {
    switch value.integer {
    case 1: .cascade
    case 2: .setNull
    case 3: .setDefault
    default: .noAction
    }
  }

  private mutating func readChecksAndTriggers() throws(DatabaseError) {
    for row in try query(CatalogQueries.checks(schema)) {
      guard let id = row[0].integer else { continue }
      tables[id]?.checks.append(
        CheckSchema(name: row[1].text ?? "", definition: "CHECK \(row[2].text ?? "")"))
    }
    for row in try query(CatalogQueries.triggers(schema)) {
      guard let id = row[0].integer, let name = row[1].text else { continue }
      tables[id]?.triggers.append(name)
    }
  }
}
