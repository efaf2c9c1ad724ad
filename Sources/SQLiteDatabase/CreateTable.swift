import Databases
import Rows

/// CREATE TABLE for a table of any engine.
///
/// Foreign keys are part of it, because SQLite cannot add them later; our connections do not enforce them.
struct CreateTable {
  private let table: TableSchema
  private let dialect: SQLiteDialect
  /// The column that is the row's number.
  private let rowID: String?

  init(_ table: TableSchema, _ dialect: SQLiteDialect) {
    self.table = table
    self.dialect = dialect
    rowID = CreateTable.rowIDColumn(of: table)
  }

  private var isOwn: Bool { table.engine == .sqlite }

  var sql: String {
    var parts = table.columns.map(definition)
    if let key = table.primaryKey {
      let autoincrement = isOwn && table.options.contains(SQLiteDriver.autoincrement) ? " AUTOINCREMENT" : ""
      parts.append(
        "CONSTRAINT \(dialect.quoted(key.name)) PRIMARY KEY (\(list(key.columns))\(autoincrement))")
    }
    for key in table.foreignKeys {
      parts.append(
        """
        CONSTRAINT \(dialect.quoted(key.name)) FOREIGN KEY (\(list(key.columns))) \
        REFERENCES \(dialect.quoted(key.referencedTable.name)) (\(list(key.referencedColumns)))\(dialect.clauses(of: key))
        """)
    }
    if isOwn {
      parts += table.checks.map { check in
        check.name.isEmpty
          ? check.definition : "CONSTRAINT \(dialect.quoted(check.name)) \(check.definition)"
      }
    }
    let options = table.options.filter { isOwn && $0 != SQLiteDriver.autoincrement }
    return """
      CREATE TABLE \(dialect.quoted(table.name)) (
        \(parts.joined(separator: ",\n  "))
      )\(options.isEmpty ? "" : " " + options.joined(separator: ", "))
      """
  }

  /// What differs from the source though this is its engine, or because SQLite has no such thing.
  var notes: [String] {
    var notes: [String] = []
    for column in table.columns {
      if column.identity != nil, column.name != rowID {
        notes.append(table.notCarried("the identity of column \(column.name)"))
      }
      if isOwn, declaration(column) != column.declared, column.name != rowID {
        let declared = column.declared.isEmpty ? "without a type" : column.declared
        notes.append(
          table.omission(
            "column \(column.name) is declared \(declared) in the source, and \(declaration(column)) here"))
      }
    }
    return notes
  }

  private func definition(_ column: ColumnSchema) -> String {
    var part = "\(dialect.quoted(column.name)) \(declaration(column))"
    if !column.isNullable { part += " NOT NULL" }
    guard isOwn else { return part }
    if let collation = column.collation { part += " COLLATE \(collation)" }
    if let generation = column.generation {
      part += " \(generation)"
    } else if !column.isGenerated, let value = column.defaultExpression {
      part += " DEFAULT \(CreateTable.defaultExpression(value))"
    }
    return part
  }

  /// An expression needs parentheses; in them a text in double quotes would be taken for a column's name.
  private static func defaultExpression(_ sql: String) -> String {
    var tokens = SQLTokens(sql)
    _ = tokens.next()
    return tokens.next() == nil ? sql : "(\(sql))"
  }

  private func list(_ columns: [String]) -> String { columns.map(dialect.quoted).joined(separator: ", ") }

  /// Only a single key column that is declared INTEGER is the row's number, and needs no index.
  private func declaration(_ column: ColumnSchema) -> String {
    if column.name == rowID { return "INTEGER" }
    // The engine's own words keep what the column type does not tell, as affinity and spelling. Words that
    // say nothing would leave the type of an empty copy open.
    if isOwn, DeclaredType(column.declared).columnType == column.type || isOpen(column) {
      return column.declared
    }
    return column.type.map(dialect.declaration) ?? column.declared
  }

  /// A computed column whose results, if there are any, are what an empty one would be taken to hold.
  private func isOpen(_ column: ColumnSchema) -> Bool {
    column.generation != nil && (column.type == nil || column.type == .text(maxLength: nil))
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
}

extension CreateTable {
  /// A text of the source that may be refused, and how to put it back.
  struct Part {
    var name: String
    var add: (inout TableSchema) -> Void
  }

  /// The table without its texts and options, and these.
  static func takenApart(_ table: TableSchema) -> (bare: TableSchema, parts: [Part]) {
    var bare = table
    var parts: [Part] = []
    for (index, column) in table.columns.enumerated() {
      let name = column.name
      if let collation = column.collation {
        bare.columns[index].collation = nil
        parts.append(
          Part(name: "the collation of column \(name)") { $0.columns[index].collation = collation })
      }
      if let value = column.defaultExpression {
        bare.columns[index].defaultExpression = nil
        parts.append(
          Part(name: "the default of column \(name)") { $0.columns[index].defaultExpression = value })
      }
      if let generation = column.generation {
        bare.columns[index].generation = nil
        parts.append(
          Part(name: "how column \(name) is computed") { $0.columns[index].generation = generation })
      }
    }
    bare.checks = []
    parts += table.checks.map { check in Part(name: check.described) { $0.checks.append(check) } }
    bare.options = []
    parts += table.options.map { option in Part(name: option) { $0.options.append(option) } }
    return (bare, parts)
  }
}
