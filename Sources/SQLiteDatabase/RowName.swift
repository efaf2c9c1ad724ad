import CSQLite
import Databases
import Rows

/// Names a row by the values of its key, for the error that is about one of its values.
struct RowName {
  private let key: [(column: String, value: String)]

  init(_ key: [(column: String, value: String)]) { self.key = key }

  /// A row that is encoded already, as columns of these types.
  init(_ columns: [ColumnSchema], key: [Int], types: [ColumnType], row: UnsafeRawBufferPointer) {
    var cursor = FieldCursor(row)
    var fields: [UnsafeRawBufferPointer?] = []
    for _ in 0..<cursor.fieldCount { fields.append(cursor.nextField()) }
    self.key = key.map { column in
      guard let field = fields[column] else { return (columns[column].name, "NULL") }
      let text = (try? FieldText.render(field, as: types[column])) ?? "?"
      return (columns[column].name, RowName.isNumber(types[column]) ? text : RowName.quoted(text))
    }
  }

  func message(_ column: String, _ value: BadValue) -> String {
    "\(description), column \(column) \(value.rule)"
  }

  /// "in the row with Id = 7".
  var description: String {
    if key.isEmpty { return "in a row" }
    return "in the row with " + key.map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
  }

  /// A key value as SQLite stores it.
  static func stored(_ statement: OpaquePointer, _ column: Int32) -> String {
    let storage = sqlite3_column_type(statement, column)
    if storage == SQLITE_NULL { return "NULL" }
    if storage == SQLITE_BLOB { return "a blob of \(sqlite3_column_bytes(statement, column)) bytes" }
    guard let bytes = try? ValueReader.text(sqlite3_column_value(statement, column)) else { return "?" }
    let text = String(decoding: bytes, as: UTF8.self)
    return storage == SQLITE_TEXT ? quoted(text) : text
  }

  /// Enough to find the row by.
  private static func quoted(_ text: String) -> String {
    text.unicodeScalars.count <= 80 ? "'\(text)'" : "'\(String(text.unicodeScalars.prefix(80)))…'"
  }

  private static func isNumber(_ type: ColumnType) -> Bool {
    switch type {
    case .bool, .int16, .int32, .int64, .float32, .float64, .decimal, .numeric: true
    default: false
    }
  }
}
