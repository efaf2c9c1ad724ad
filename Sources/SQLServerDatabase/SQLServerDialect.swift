import Databases
import Rows

/// How SQL Server spells SQL.
package struct SQLServerDialect: SQLDialect {
  package static let engine = Engine(rawValue: "sqlserver")
  /// In UTF-16 units.
  static let maxIdentifierLength = 128
  /// The longest that a type with a declared length may be, in bytes; longer ones are (max).
  static let maxBytes = 8000
  /// Its order is that of UTF-8's bytes. SQL Server 2019 and later have it.
  static let bytewiseCollation = "Latin1_General_100_BIN2_UTF8"

  package init() {}

  package var engine: Engine { SQLServerDialect.engine }

  package func quoted(_ identifier: String) -> String {
    var quoted = String.UnicodeScalarView("[".unicodeScalars)
    // By scalars: a bracket and a combining mark are one `Character`, and no bracket.
    for scalar in identifier.unicodeScalars {
      if scalar == "]" { quoted.append("]") }
      quoted.append(scalar)
    }
    quoted.append("]")
    return String(quoted)
  }

  /// Parameters are variables that `SQLServerDriver.batch` declares.
  package func placeholder(_ position: Int) -> String { "@p\(position)" }

  package func declaration(_ type: ColumnType) -> String {
    switch type {
    case .bool: "bit"
    case .int16: "smallint"
    case .int32: "int"
    case .int64: "bigint"
    case .float32: "real"
    case .float64: "float"
    case .decimal(let precision, let scale):
      precision <= 38 && 0...precision ~= scale
        ? "decimal(\(precision),\(scale))" : SQLServerDialect.anyDecimal
    case .numeric: SQLServerDialect.anyDecimal
    // A character beyond the basic plane counts twice here, and once elsewhere.
    case .text(let length?): length <= 2000 ? "nvarchar(\(2 * max(length, 1)))" : "nvarchar(max)"
    case .text, .json: "nvarchar(max)"
    case .fixedText(let length): length <= 2000 ? "nchar(\(2 * max(length, 1)))" : "nvarchar(max)"
    case .bytes(let length?):
      length <= SQLServerDialect.maxBytes ? "varbinary(\(max(length, 1)))" : "varbinary(max)"
    case .bytes: "varbinary(max)"
    case .uuid: "uniqueidentifier"
    case .date: "date"
    case .time(let precision): "time(\(precision))"
    case .timestamp(let precision): "datetime2(\(precision))"
    case .timestampTZ(let precision): "datetimeoffset(\(precision))"
    case .opaque(_, let name): name
    }
  }

  /// What stands for a number of any size, which SQL Server does not have.
  static let anyDecimal = "decimal(38,10)"

  /// The UTF-8 bytes of a text column. Compared as binary, since texts are compared as if the shorter one had
  /// spaces at its end.
  package func bytewise(_ quotedColumn: String) -> String {
    "CAST(CAST(\(quotedColumn) COLLATE \(SQLServerDialect.bytewiseCollation) AS varchar(max)) AS varbinary(max))"
  }

  /// The condition for a range's rows with its bounds as literals; nil for all rows.
  func literalCondition(_ rows: TableRange) -> String? {
    guard let column = rows.column else { return nil }
    let name = quoted(column.name)
    func comparison(_ sign: String, _ value: KeyValue) -> String {
      switch value {
      case .integer(let value): "\(name) \(sign) \(SQLText.integer(value))"
      case .text(let value): "\(bytewise(name)) \(sign) \(SQLText.binary(value.utf8))"
      }
    }
    switch rows.range {
    case .all: return nil
    case .null: return "\(name) IS NULL"
    case .span(nil, nil): return "\(name) IS NOT NULL"
    case .span(let from, let to):
      return [from.map { comparison(">=", $0) }, to.map { comparison("<", $0) }]
        .compactMap { $0 }.joined(separator: " AND ")
    }
  }
}

/// Literals.
enum SQLText {
  /// A text without NUL, which would end the statement.
  static func literal(_ text: String) -> String {
    var result = String.UnicodeScalarView("N'".unicodeScalars)
    for scalar in text.unicodeScalars {
      if scalar == "'" { result.append("'") }
      result.append(scalar)
    }
    result.append("'")
    return String(result)
  }

  /// An integer that does not fit an int would be a decimal, which no index of a bigint column is used for.
  static func integer(_ value: Int64) -> String {
    Int32(exactly: value) != nil ? "\(value)" : "CAST(\(value) AS bigint)"
  }

  static func binary(_ bytes: some Sequence<UInt8>) -> String {
    var text = "0x"
    appendHexadecimal(bytes, to: &text)
    return text
  }

  static func appendHexadecimal(_ bytes: some Sequence<UInt8>, to text: inout String) {
    for byte in bytes {
      for digit in [byte >> 4, byte & 0xF] {
        text.unicodeScalars.append(Unicode.Scalar(digit < 10 ? 48 + digit : 55 + digit))
      }
    }
  }
}
