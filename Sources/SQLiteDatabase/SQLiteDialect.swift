import Databases
import Rows

/// SQLite's SQL.
package struct SQLiteDialect: SQLDialect {
  /// Text in the file is UTF-8, and SQLite's BINARY collation compares its bytes.
  let isUTF8: Bool

  package init(isUTF8: Bool = true) { self.isUTF8 = isUTF8 }

  static let bytewiseCollation = "proofload_bytewise"

  package var engine: Engine { .sqlite }

  package func quoted(_ identifier: String) -> String {
    var quoted = "\""
    for scalar in identifier.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  package func placeholder(_ position: Int) -> String { "?\(position)" }

  package func bytewise(_ quotedColumn: String) -> String {
    "\(quotedColumn) COLLATE \(isUTF8 ? "BINARY" : SQLiteDialect.bytewiseCollation)"
  }

  /// A declared type that `DeclaredType` reads back as this one, and whose affinity keeps every value as
  /// it is. A name with INT in it has integer affinity, one with CHAR, CLOB or TEXT text affinity, one
  /// with REAL, FLOA or DOUB real affinity; most others have numeric affinity, which turns text that looks
  /// like a number into one.
  package func declaration(_ type: ColumnType) -> String {
    switch type {
    case .bool: "BOOLEAN"
    case .int16: "SMALLINT"
    case .int32: "INT4"
    case .int64: "BIGINT"
    case .float32: "FLOAT32"
    case .float64: "DOUBLE"
    case .decimal(let precision, let scale):
      // A REAL keeps 15 digits.
      precision <= 15 && 0...50 ~= scale
        ? "DECIMAL(\(precision),\(scale))" : "DECIMAL_TEXT(\(precision),\(scale))"
    case .numeric(let trailingZeros): trailingZeros ? "NUMERIC_TEXT" : "NUMBER_TEXT"
    case .text(let maxLength): maxLength.map { "NVARCHAR(\($0))" } ?? "TEXT"
    case .fixedText(let length): "NCHAR(\(length))"
    case .bytes(let maxLength): maxLength.map { "VARBINARY(\($0))" } ?? "BLOB"
    case .uuid: "UUID"
    case .date: "DATE"
    case .time(let precision): "TIME(\(precision))"
    case .timestamp(let precision): "DATETIME(\(precision))"
    case .timestampTZ(let precision): "TIMESTAMPTZ(\(precision))"
    case .json: "JSON_TEXT"
    case .opaque(_, let name): preconditionFailure("create refuses columns of the type \(name)")
    }
  }
}
