import Databases
import Rows

/// CREATE TABLE for a description, and what the table cannot be given.
struct TableDefinition {
  private(set) var notes: [String] = []
  private let table: TableSchema
  private let dialect = SQLServerDialect()
  private let isOwn: Bool
  /// Without the texts that only a server with the same functions and types understands.
  private let isPlain: Bool

  /// Characters of a text in a key: 900 bytes are what a clustered index holds.
  static let keyLength = 450
  /// Compares characters, as other engines do, where the database's collation may take A for a.
  private static let keyCollation = "Latin1_General_100_BIN2"

  init(_ table: TableSchema, isPlain: Bool) {
    self.table = table
    self.isPlain = isPlain
    isOwn = table.engine == SQLServerDialect.engine
  }

  mutating func statement(_ target: TableName) -> String {
    var lines = table.columns.map { line($0) }
    if let key = table.primaryKey {
      let name = key.name.isEmpty ? "" : "CONSTRAINT \(dialect.quoted(key.name)) "
      lines.append("\(name)PRIMARY KEY (\(list(key.columns)))")
    }
    if isOwn {
      for check in table.checks {
        if isPlain {
          notes.append(table.notCarried(check.described))
        } else {
          lines.append("CONSTRAINT \(dialect.quoted(check.name)) \(check.definition)")
        }
      }
    }
    return "CREATE TABLE \(dialect.quoted(target)) (\(lines.joined(separator: ", ")))"
  }

  private func list(_ columns: [String]) -> String { columns.map(dialect.quoted).joined(separator: ", ") }

  private func isInKey(_ column: ColumnSchema) -> Bool {
    table.primaryKey?.columns.contains(column.name) == true
      || table.foreignKeys.contains { $0.columns.contains(column.name) }
  }

  private func isIndexed(_ column: ColumnSchema) -> Bool {
    isInKey(column) || table.indexes.contains { $0.columns.contains(column.name) }
  }

  private mutating func line(_ column: ColumnSchema) -> String {
    let name = dialect.quoted(column.name)
    if let generation = column.generation, isOwn {
      if !isPlain || generation == "rowversion" { return "\(name) \(generation)" }
      notes.append(table.notCarried("how column \(column.name) is computed"))
    }
    var line = "\(name) \(declaration(column))"
    if let collation = collation(column) { line += " COLLATE \(collation)" }
    if column.identity != nil, isInteger(column) { line += " IDENTITY(1,1)" }
    let isKey = table.primaryKey?.columns.contains(column.name) == true
    line += column.isNullable && !isKey ? " NULL" : " NOT NULL"
    if isOwn, let expression = column.defaultExpression {
      if isPlain {
        notes.append(table.notCarried("the default of column \(column.name)"))
      } else {
        line += " DEFAULT \(expression)"
      }
    }
    return line
  }

  private func isInteger(_ column: ColumnSchema) -> Bool {
    switch column.type {
    case .int16, .int32, .int64: true
    case .decimal(_, 0): true
    default: false
    }
  }

  private func collation(_ column: ColumnSchema) -> String? {
    if isOwn { return column.collation }
    switch column.type {
    case .text, .fixedText: return isIndexed(column) ? TableDefinition.keyCollation : nil
    default: return nil
    }
  }

  /// The column's own declaration where it comes from a SQL Server, and an equivalent otherwise.
  private mutating func declaration(_ column: ColumnSchema) -> String {
    if isOwn, !column.isOfUserType, !column.declared.isEmpty { return column.declared }
    guard let type = column.type else { return column.declared }
    if isInKey(column) {
      switch type {
      case .text(let length) where length ?? .max > 2 * TableDefinition.keyLength:
        note(
          "column \(column.name) is nvarchar(450), since a key holds no more; longer values will be refused")
        return "nvarchar(\(TableDefinition.keyLength))"
      case .bytes(let length) where length ?? .max > 2 * TableDefinition.keyLength:
        note(
          "column \(column.name) is varbinary(900), since a key holds no more; longer values will be refused")
        return "varbinary(\(2 * TableDefinition.keyLength))"
      default: break
      }
    }
    let declaration = dialect.declaration(type)
    if declaration == SQLServerDialect.anyDecimal, type != .decimal(precision: 38, scale: 10) {
      note(
        "column \(column.name) is \(declaration), the most like \(type) that there is; numbers with more than 28 digits before the point or 10 behind it will be refused"
      )
    }
    return declaration
  }

  private mutating func note(_ text: String) { notes.append(table.omission(text)) }

  // MARK: Later

  /// The indexes and foreign keys that the table gets once it is loaded.
  mutating func later(_ target: TableName) -> [Obstacle] {
    let name = dialect.quoted(target)
    var obstacles: [Obstacle] = []
    for index in table.indexes {
      if let column = index.columns.compactMap({ table.column($0) }).first(where: isUnlimited) {
        notes.append(
          table.notCarried(
            "index \(index.name)", because: "its column \(column.name) has no limit, and is in no key here"))
        continue
      }
      obstacles.append(
        Obstacle(
          table: target, kind: index.isUnique ? .uniqueKey : .index, name: index.name, removal: "",
          restoration:
            "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(dialect.quoted(index.name)) ON \(name) (\(list(index.columns)))\(filter(index))"
        ))
    }
    for key in table.foreignKeys {
      if key.isDeferrable { notes.append(table.notCarried("DEFERRABLE of foreign key \(key.name)")) }
      // The endpoint is one schema: wherever the source keeps the other table, ours is here.
      let referenced = dialect.quoted(TableName(schema: target.schema, name: key.referencedTable.name))
      obstacles.append(
        Obstacle(
          table: target, kind: .foreignKey, name: key.name, removal: "",
          restoration: """
            ALTER TABLE \(name) WITH \(key.isValidated ? "CHECK" : "NOCHECK") ADD CONSTRAINT \
            \(dialect.quoted(key.name)) FOREIGN KEY (\(list(key.columns))) REFERENCES \(referenced) \
            (\(list(key.referencedColumns)))\(actions(key))
            """))
    }
    return obstacles
  }

  /// A (max) column, of which there is no index.
  private func isUnlimited(_ column: ColumnSchema) -> Bool {
    if isOwn { return column.declared.hasSuffix("(max)") || column.rewritesText }
    if isInKey(column) { return false }
    guard let type = column.type else { return false }
    return dialect.declaration(type).hasSuffix("(max)")
  }

  /// Elsewhere a NULL is no duplicate of another; here it is, unless the index leaves it out.
  private func filter(_ index: KeySchema) -> String {
    let columns = index.columns.compactMap { table.column($0) }
    guard index.isUnique, !index.nullsAreEqual, columns.contains(where: \.isNullable) else { return "" }
    return " WHERE \(SQLServerDialect.withoutNulls(index.columns))"
  }

  private func actions(_ key: ForeignKeySchema) -> String {
    var clauses = ""
    for (event, action) in [("DELETE", key.onDelete), ("UPDATE", key.onUpdate)] {
      switch action {
      // T-SQL has no RESTRICT: nothing is deferred, so NO ACTION is the same.
      case .noAction, .restrict: break
      default: clauses += " ON \(event) \(action.rawValue)"
      }
    }
    return clauses
  }
}

extension SQLServerDialect {
  /// The filter of a unique index that takes no NULL for a duplicate, as the server itself spells it.
  static func withoutNulls(_ columns: [String]) -> String {
    columns.map { "\(SQLServerDialect().quoted($0)) IS NOT NULL" }.joined(separator: " AND ")
  }
}
