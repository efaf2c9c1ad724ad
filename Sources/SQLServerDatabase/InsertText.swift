import Databases
import Rows
import TDS

/// Rows as INSERT statements: for tables with columns that bulk loads cannot carry (xml, sql_variant, types of the
/// CLR), and where one table needs more than the one hint that db-lib sends.
struct InsertText {
  struct Column {
    var schema: TableShape.Column
    /// As what its values are encoded.
    var type: ColumnType
    var writer: ValueWriter
  }

  private let head: String
  private let columns: [Column]
  private(set) var rows = 0
  private var text: String
  private var scratchText = ""

  /// T-SQL's limit of rows in VALUES, and about how long a statement gets.
  private static let maximumRows = 1000
  private static let maximumBytes = 256 << 10

  init(_ quotedTable: String, _ columns: [Column]) {
    let names = columns.map { SQLServerDialect().quoted($0.schema.name) }.joined(separator: ", ")
    head = "INSERT INTO \(quotedTable) (\(names)) VALUES "
    self.columns = columns
    text = head
  }

  var isFull: Bool { rows >= InsertText.maximumRows || text.utf8.count >= InsertText.maximumBytes }

  /// The statement so far, nil if it has no rows; the next one begins empty.
  mutating func take() -> (sql: String, rows: Int)? {
    guard rows > 0 else { return nil }
    defer {
      text = head
      rows = 0
    }
    return (text, rows)
  }

  mutating func append(
    _ row: UnsafeRawBufferPointer, _ scratch: inout TDSWriter
  ) throws(BadField) {
    var fields = FieldCursor(row)
    var line = rows == 0 ? "(" : ", ("
    for (index, column) in columns.enumerated() {
      if index > 0 { line += ", " }
      guard let field = fields.nextField() else {
        line += "NULL"
        continue
      }
      do throws(BadValue) {
        try column.writer.check(field, &scratch)
        line += try InsertText.literal(field, column)
      } catch {
        throw BadField(column: index, value: error)
      }
    }
    text += line
    text += ")"
    rows += 1
  }

  static func literal(_ field: UnsafeRawBufferPointer, _ column: Column) throws(BadValue) -> String {
    let rendered = try literal(field, column.type)
    return switch column.schema.type.form {
    // White space is content, too.
    case .xml: "CONVERT(xml, \(rendered), 1)"
    case .other(let name): "CAST(\(rendered) AS \(name))"
    default: rendered
    }
  }

  private static func literal(
    _ field: UnsafeRawBufferPointer, _ type: ColumnType
  ) throws(BadValue) -> String {
    switch type {
    case .bool: return field.bigEndian(as: UInt8.self) == 0 ? "0" : "1"
    case .float32, .float64:
      let text = try FieldText.render(field, as: type)
      return text.contains("e") ? text : text + "E0"
    case .bytes: return SQLText.binary(field)
    case .text, .fixedText, .json: return textLiteral(field)
    case .int16, .int32, .int64, .decimal, .numeric: return try FieldText.render(field, as: type)
    case .uuid, .date, .time: return "'\(try FieldText.render(field, as: type))'"
    case .timestamp:
      // With a T the text means the same in every language.
      return "'\(try FieldText.render(field, as: type).replacing(" ", with: "T"))'"
    case .timestampTZ:
      return "'\(try FieldText.render(field, as: type).replacing(" ", with: "T")):00'"
    case .opaque: preconditionFailure("no column of SQL Server has this type")
    }
  }

  private static func textLiteral(_ field: UnsafeRawBufferPointer) -> String {
    let text = String(decoding: field, as: UTF8.self)
    guard UTF8Text.containsNUL(field) else { return SQLText.literal(text) }
    return "CAST(\(SQLText.binary(text.utf16LE)) AS nvarchar(max))"
  }
}
