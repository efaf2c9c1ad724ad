import Databases
import Foundation
import Rows

/// Creating tables.
extension SQLiteDriver {
  package mutating func create(_ table: TableSchema, job: String) throws(DatabaseError) -> [String] {
    try checkCreatable(table)
    if !table.indexes.isEmpty, try !tableExists(TableName(name: LedgerTables.putAside)) {
      try prepareLedger()
    }
    let definition = try definition(of: table)
    try transaction { driver throws(DatabaseError) in
      try driver.run(SQLStatement(definition), operation: "create", table: table.name)
      let later = try driver.laterIndexes(of: table)
      if !later.isEmpty { try driver.recordAside(later, job: job) }
    }
    return omissions(table)
  }

  private func checkCreatable(_ table: TableSchema) throws(DatabaseError) {
    if try tableExists(table.name) {
      throw failure(
        .configuration, "it exists already", remedy: "Drop the table, or leave it to be replicated into.",
        operation: "create", table: table.name)
    }
    guard !table.columns.isEmpty else {
      throw failure(
        .configuration, "a SQLite table has one column at least", operation: "create", table: table.name)
    }
    for column in table.columns {
      var isKnown = column.type != nil
      if case .opaque = column.type { isKnown = false }
      guard isKnown else {
        throw failure(
          .configuration, "column \(column.name) has the type \(column.declared), which SQLite has not",
          remedy: "Leave the column out, or create the table by hand with a type that holds it.",
          operation: "create", table: table.name)
      }
    }
  }

  /// Foreign keys are part of it, because SQLite cannot add them later; this connection does not
  /// enforce them.
  private func definition(of table: TableSchema) throws(DatabaseError) -> String {
    let rowID = SQLiteDriver.rowIDColumn(of: table)
    var parts: [String] = []
    for column in table.columns {
      var part = "\(dialect.quoted(column.name)) \(declaration(column, in: table, rowID: rowID))"
      if !column.isNullable { part += " NOT NULL" }
      if table.engine == .sqlite, !column.isGenerated, let value = column.defaultExpression {
        part += " DEFAULT \(SQLiteDriver.defaultExpression(value))"
      }
      parts.append(part)
    }
    if let key = table.primaryKey {
      parts.append("CONSTRAINT \(dialect.quoted(key.name)) PRIMARY KEY (\(list(key.columns)))")
    }
    for key in table.foreignKeys {
      parts.append(
        """
        CONSTRAINT \(dialect.quoted(key.name)) FOREIGN KEY (\(list(key.columns))) \
        REFERENCES \(dialect.quoted(key.referencedTable.name)) (\(list(key.referencedColumns)))
        """)
    }
    return "CREATE TABLE \(dialect.quoted(table.name)) (\n  \(parts.joined(separator: ",\n  "))\n)"
  }

  /// An expression needs parentheses; in them a text in double quotes would be taken for a column's name.
  private static func defaultExpression(_ sql: String) -> String {
    var tokens = SQLTokens(sql)
    _ = tokens.next()
    return tokens.next() == nil ? sql : "(\(sql))"
  }

  private func list(_ columns: [String]) -> String { columns.map(dialect.quoted).joined(separator: ", ") }

  /// Only a single key column that is declared INTEGER is the row's number, and needs no index.
  private func declaration(_ column: ColumnSchema, in table: TableSchema, rowID: String?) -> String {
    if column.name == rowID { return "INTEGER" }
    // The engine's own words keep what the column type does not tell, as affinity and spelling. Words that
    // say nothing would leave the type of an empty copy open.
    if table.engine == .sqlite, DeclaredType(column.declared).columnType == column.type {
      return column.declared
    }
    guard let type = column.type else { preconditionFailure("checked before") }
    return dialect.declaration(type)
  }

  private static func rowIDColumn(of table: TableSchema) -> String? {
    guard let key = table.primaryKey, key.columns.count == 1, let column = table.column(key.columns[0]) else {
      return nil
    }
    if table.engine == .sqlite { return column.identity == nil ? nil : column.name }
    switch column.type {
    case .int16, .int32, .int64: return column.name
    default: return nil
    }
  }

  /// The indexes that `restore` creates once the table is loaded.
  private mutating func laterIndexes(of table: TableSchema) throws(DatabaseError) -> [Obstacle] {
    var taken = try takenNames()
    var later: [Obstacle] = []
    for index in table.indexes {
      let name = SQLiteDriver.freeName(for: index, of: table.name.name, taken)
      taken.insert(name.lowercased())
      let restoration = """
        CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(dialect.quoted(name)) \
        ON \(dialect.quoted(table.name)) (\(list(index.columns)))
        """
      later.append(
        Obstacle(
          table: table.name, kind: index.isUnique ? .uniqueKey : .index, name: name, removal: "",
          restoration: restoration))
    }
    return later
  }

  /// Names of tables and indexes, those that are to come included: SQLite has one space for all of them.
  private func takenNames() throws(DatabaseError) -> Set<String> {
    var names = Set(try catalog("SELECT lower(name) FROM sqlite_schema").compactMap { $0[0].text })
    guard try tableExists(TableName(name: LedgerTables.putAside)) else { return names }
    for row in try catalog("SELECT obstacle FROM \(dialect.quoted(LedgerTables.putAside))") {
      // What cannot be understood here is an error when it is restored.
      guard let text = row[0].text,
        let obstacle = try? JSONDecoder().decode(Obstacle.self, from: Data(text.utf8))
      else { continue }
      names.insert(obstacle.name.lowercased())
    }
    return names
  }

  /// The index's own name, unless another table has an index of that name, or SQLite made the name up.
  private static func freeName(for index: KeySchema, of table: String, _ taken: Set<String>) -> String {
    var name = index.name
    if name.isEmpty || name.lowercased().hasPrefix("sqlite_") {
      name = "\(table)_\(index.columns.joined(separator: "_"))_key"
    }
    if taken.contains(name.lowercased()) { name = "\(table)_\(name)" }
    var candidate = name
    var number = 2
    while taken.contains(candidate.lowercased()) {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }

  private func omissions(_ table: TableSchema) -> [String] {
    var sentences: [String] = []
    for column in table.columns {
      if column.isGenerated {
        sentences.append("Column \(column.name) holds the source's values, but is not computed.")
      } else if table.engine != .sqlite, let value = column.defaultExpression, column.identity == nil {
        sentences.append("Column \(column.name) has no default (\(value) in the source).")
      }
    }
    sentences += table.triggers.map { "Trigger \($0) is not created." }
    sentences += table.unportable.map {
      "Index or constraint \($0) is not created: only its own engine could."
    }
    return sentences
  }
}
