import Rows

/// A column's declared type, taken apart: `UNSIGNED BIG INT`, `DECIMAL(10, 2)`, `TIMESTAMP(3) WITH TIME ZONE`.
///
/// SQLite enforces none of it. INTEGER, INT, BIGINT and INT8 are 64-bit integers, because SQLite's are and
/// people rely on it; only names that no one chooses without meaning it, as SMALLINT and INT4, are narrower.
struct DeclaredType: Equatable {
  /// Upper case, words separated by one blank, without what is in parentheses.
  let name: String
  /// The numbers in parentheses.
  let arguments: [Int]

  init(_ declared: String) {
    var words: [String] = []
    var arguments: [Int] = []
    var word = ""
    var inside = 0
    func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || (9...13).contains(scalar.value) }
    for scalar in (declared + " ").unicodeScalars {
      let ends = isBlank(scalar) || scalar == "(" || scalar == ")" || (inside > 0 && scalar == ",")
      guard ends else {
        word.unicodeScalars.append(scalar)
        continue
      }
      if !word.isEmpty {
        if inside == 0 {
          words.append(word.uppercased())
        } else if let number = Int(word) {
          arguments.append(number)
        }
        word = ""
      }
      if scalar == "(" { inside += 1 } else if scalar == ")" { inside -= 1 }
    }
    name = words.joined(separator: " ")
    self.arguments = arguments
  }

  /// Nil if the name says nothing: the values decide then.
  var columnType: ColumnType? {
    integerType ?? decimalType ?? momentType ?? otherType ?? textOrBytes
  }

  private var integerType: ColumnType? {
    switch name {
    case "BOOLEAN", "BOOL", "BIT": .bool
    case "TINYINT", "SMALLINT", "INT2", "TINYINT UNSIGNED", "UNSIGNED TINYINT": .int16
    case "MEDIUMINT", "INT4", "SMALLINT UNSIGNED", "UNSIGNED SMALLINT", "MEDIUMINT UNSIGNED": .int32
    case "INTEGER", "INT", "BIGINT", "INT8", "BIG INT", "UNSIGNED BIG INT", "INT UNSIGNED", "UNSIGNED INT",
      "INTEGER UNSIGNED", "UNSIGNED INTEGER", "BIGINT UNSIGNED", "UNSIGNED BIGINT", "LONG INTEGER":
      .int64
    default: nil
    }
  }

  private var decimalType: ColumnType? {
    switch name {
    case "NUMERIC_TEXT": return .numeric(trailingZeros: true)
    case "NUMBER_TEXT": return .numeric(trailingZeros: false)
    case "DECIMAL", "DEC", "NUMERIC", "NUMBER", "DECIMAL_TEXT":
      guard let precision = arguments.first, precision > 0 else { return .numeric(trailingZeros: false) }
      return .decimal(precision: precision, scale: arguments.count > 1 ? arguments[1] : 0)
    default: return nil
    }
  }

  private var momentType: ColumnType? {
    switch name {
    case "DATE": .date
    case "TIME", "TIME WITHOUT TIME ZONE": .time(precision: precision)
    case "DATETIME", "DATETIME2", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE": .timestamp(precision: precision)
    case "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "DATETIMEOFFSET": .timestampTZ(precision: precision)
    default: nil
    }
  }

  /// Digits of a second; 100 ns is the finest that travels.
  private var precision: Int { min(7, max(0, arguments.first ?? 6)) }

  private var otherType: ColumnType? {
    switch name {
    case "REAL", "DOUBLE", "DOUBLE PRECISION", "FLOAT", "FLOAT4", "FLOAT8": .float64
    // Ours, and checked: whatever else it is called, SQLite's REAL has 64 bits.
    case "FLOAT32": .float32
    case "UUID", "GUID", "UNIQUEIDENTIFIER": .uuid
    case "JSON", "JSONB", "JSON_TEXT": .json
    default: nil
    }
  }

  private var textOrBytes: ColumnType? {
    // As SQLite looks at names: INT wins over all others.
    if name.contains("INT") { return nil }
    let length = arguments.first.flatMap { $0 > 0 ? $0 : nil }
    if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") {
      return .text(maxLength: length)
    }
    switch name {
    case "BINARY", "VARBINARY", "BINARY VARYING", "BLOB": return .bytes(maxLength: length)
    case "BYTEA": return .bytes(maxLength: nil)
    default: return name.contains("BLOB") ? .bytes(maxLength: nil) : nil
    }
  }
}

/// What SQLite makes of values as it stores them: https://sqlite.org/datatype3.html#determination_of_column_affinity.
enum Affinity {
  case integer, text, blob, real, numeric

  /// Text that looks like a number is stored as one.
  var convertsText: Bool { self == .integer || self == .real || self == .numeric }

  init(declared: String) {
    let name = declared.uppercased()
    if name.contains("INT") {
      self = .integer
    } else if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") {
      self = .text
    } else if name.isEmpty || name.contains("BLOB") {
      self = .blob
    } else if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") {
      self = .real
    } else {
      self = .numeric
    }
  }
}
