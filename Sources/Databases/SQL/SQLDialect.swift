import Rows

/// A parameter or a result of a small statement. Rows of user tables never travel this way.
package enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case text(String)

  package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  package var text: String? { if case .text(let value) = self { value } else { nil } }
}

/// A statement with its parameters.
package struct SQLStatement: Hashable, Sendable {
  package var sql: String
  package var parameters: [SQLValue]

  package init(_ sql: String, _ parameters: [SQLValue] = []) {
    self.sql = sql
    self.parameters = parameters
  }
}

/// How one engine spells SQL.
package protocol SQLDialect: Sendable {
  var engine: Engine { get }
  /// An identifier with every character that it may hold, quoted.
  func quoted(_ identifier: String) -> String
  /// The n-th parameter, from 1.
  func placeholder(_ position: Int) -> String
  /// The declared type of a new column that is to hold this.
  func declaration(_ type: ColumnType) -> String
  /// A column, to be compared by its bytes whatever its collation.
  func bytewise(_ quotedColumn: String) -> String
}

extension SQLDialect {
  package func quoted(_ table: TableName) -> String {
    table.schema.map { quoted($0) + "." + quoted(table.name) } ?? quoted(table.name)
  }

  /// What follows REFERENCES: standard SQL, and an empty text if there is nothing to say.
  package func clauses(of key: ForeignKeySchema) -> String {
    var clauses = ""
    if key.onDelete != .noAction { clauses += " ON DELETE \(key.onDelete.rawValue)" }
    if key.onUpdate != .noAction { clauses += " ON UPDATE \(key.onUpdate.rawValue)" }
    if key.isDeferrable {
      clauses += key.isInitiallyDeferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE"
    }
    return clauses
  }

  /// The condition that picks a range's rows, for use after WHERE; nil for all rows.
  package func condition(_ rows: TableRange, firstPlaceholder: Int = 1) -> SQLStatement? {
    guard let column = rows.column else { return nil }
    let name = quoted(column.name)
    switch rows.range {
    case .all: return nil
    case .null: return SQLStatement("\(name) IS NULL")
    case .span(nil, nil): return SQLStatement("\(name) IS NOT NULL")
    case .span(let from, let to):
      var conditions: [String] = []
      var parameters: [SQLValue] = []
      for (bound, comparison) in [(from, ">="), (to, "<")] {
        guard let bound else { continue }
        let parameter = placeholder(firstPlaceholder + parameters.count)
        switch bound {
        case .integer(let value):
          conditions.append("\(name) \(comparison) \(parameter)")
          parameters.append(.integer(value))
        case .text(let value):
          conditions.append("\(bytewise(name)) \(comparison) \(parameter)")
          parameters.append(.text(value))
        }
      }
      return SQLStatement(conditions.joined(separator: " AND "), parameters)
    }
  }

  package func delete(_ rows: TableRange) -> SQLStatement {
    let delete = "DELETE FROM \(quoted(rows.table))"
    guard let condition = condition(rows) else { return SQLStatement(delete) }
    return SQLStatement("\(delete) WHERE \(condition.sql)", condition.parameters)
  }
}
