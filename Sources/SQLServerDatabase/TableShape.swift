import Databases
import Rows

/// What the server says about a table's columns at the moment that it is read or written: whatever a plan remembers,
/// values follow the catalog.
struct TableShape {
  struct Column: Sendable {
    var name: String
    var type: ServerType
    var isNullable: Bool
    var isIdentity: Bool
    var isComputed: Bool
    var hasDefault: Bool
  }

  let table: TableName
  /// All of the table's columns, in its order.
  let columns: [Column]

  init(_ table: TableName, _ session: ServerSession, operation: String) throws(DatabaseError) {
    let result = try session.run(
      CatalogQueries.shape(of: table), operation: operation, table: table)
    guard !result.rows.isEmpty else {
      throw DatabaseError(
        engine: SQLServerDialect.engine, errorClass: .configuration, message: "there is no such table",
        remedy: "Check the table's name, and schema= in the URL.", place: session.place(operation, table))
    }
    self.table = table
    columns = result.rows.map { row in
      Column(
        name: row[0].text ?? "", type: ServerType(row, from: 1), isNullable: row[7].integer == 1,
        isIdentity: row[8].integer == 1, isComputed: row[9].integer == 1,
        hasDefault: row[10].integer ?? 0 != 0)
    }
  }

  func column(_ name: String, at place: ErrorPlace) throws(DatabaseError) -> Column {
    guard let column = columns.first(where: { $0.name == name }) else {
      throw DatabaseError(
        engine: SQLServerDialect.engine, errorClass: .configuration, message: "it has no column \(name)",
        remedy: "The table changed since it was planned; run again.", place: place)
    }
    return column
  }

  /// The column's type in rows, or how to read it all the same.
  static func columnType(
    _ column: Column, _ options: SQLServerOptions, at place: ErrorPlace
  ) throws(DatabaseError) -> ColumnType {
    if let type = column.type.columnType(options) { return type }
    let name = column.type.declared
    throw DatabaseError(
      engine: SQLServerDialect.engine, errorClass: .configuration,
      message: "column \(column.name) is of type \(name), which no other engine has",
      remedy: SQLServerOptions.convertible.contains(name)
        ? "Add as-text=\(name) to the URL to take its text, as-bytes=\(name) to take its bytes, or leave the column out."
        : "Leave the column out, or cast it in a computed column.", place: place)
  }
}

extension ServerType {
  /// From six columns of a catalog query.
  init(_ row: [SQLValue], from first: Int) {
    func number(_ index: Int) -> Int { Int(row[first + index].integer ?? 0) }
    self.init(
      systemID: number(0), userID: number(1), maxLength: number(2), precision: number(3), scale: number(4),
      codePage: row[first + 5].integer.map { Int($0) })
  }
}
