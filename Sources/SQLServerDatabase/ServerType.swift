import Databases
import Rows
import TDS

/// A column's type as sys.columns has it.
///
/// The numbers are those of sys.types:
/// https://learn.microsoft.com/en-us/sql/relational-databases/system-catalog-views/sys-types-transact-sql
struct ServerType: Hashable, Sendable {
  var systemID: Int
  var userID: Int
  /// In bytes; -1 for (max).
  var maxLength: Int
  var precision: Int
  var scale: Int
  /// Of char, varchar and text.
  var codePage: Int?

  /// What becomes of a column's values.
  enum Form: Hashable, Sendable {
    case bit, tinyint, smallint, int, bigint, real, float
    case decimal(precision: Int, scale: Int)
    case money, smallmoney
    case datetime, smalldatetime, date
    case time(precision: Int)
    case datetime2(precision: Int)
    case datetimeoffset(precision: Int)
    case uuid
    /// nchar, nvarchar and ntext: as UTF-16. `units` is nil for no limit.
    case unicode(units: Int?, isFixed: Bool)
    /// char, varchar and text, in a code page. `bytes` is nil for no limit.
    case codePage(Int, bytes: Int?, isFixed: Bool)
    case binary(bytes: Int?, isFixed: Bool)
    case rowVersion
    case xml
    /// sql_variant and types of the CLR, by name.
    case other(String)
  }

  static let xml = 241

  var form: Form {
    let limit = maxLength < 0 ? nil : maxLength
    switch systemID {
    case 48: return .tinyint
    case 52: return .smallint
    case 56: return .int
    case 127: return .bigint
    case 104: return .bit
    case 59: return .real
    case 62: return .float
    case 106, 108: return .decimal(precision: precision, scale: scale)
    case 60: return .money
    case 122: return .smallmoney
    case 61: return .datetime
    case 58: return .smalldatetime
    case 40: return .date
    case 41: return .time(precision: scale)
    case 42: return .datetime2(precision: scale)
    case 43: return .datetimeoffset(precision: scale)
    case 36: return .uuid
    case 231: return .unicode(units: limit.map { $0 / 2 }, isFixed: false)
    case 239: return .unicode(units: limit.map { $0 / 2 }, isFixed: true)
    case 99: return .unicode(units: nil, isFixed: false)
    case 167: return .codePage(codePage ?? 1252, bytes: limit, isFixed: false)
    case 175: return .codePage(codePage ?? 1252, bytes: limit, isFixed: true)
    case 35: return .codePage(codePage ?? 1252, bytes: nil, isFixed: false)
    case 165: return .binary(bytes: limit, isFixed: false)
    case 173: return .binary(bytes: limit, isFixed: true)
    case 34: return .binary(bytes: nil, isFixed: false)
    case 189: return .rowVersion
    case ServerType.xml: return .xml
    case 98: return .other("sql_variant")
    case 240:
      switch userID {
      case 128: return .other("hierarchyid")
      case 129: return .other("geometry")
      case 130: return .other("geography")
      default: return .other("a type of the CLR")
      }
    default: return .other("type \(systemID)")
    }
  }

  /// What the values travel as; nil for a type that nobody here reads unless asked to.
  func columnType(_ options: SQLServerOptions) -> ColumnType? {
    switch form {
    case .bit: .bool
    case .tinyint, .smallint: .int16
    case .int: .int32
    case .bigint: .int64
    case .real: .float32
    case .float: .float64
    case .decimal(let precision, let scale): .decimal(precision: precision, scale: scale)
    case .money: .decimal(precision: 19, scale: 4)
    case .smallmoney: .decimal(precision: 10, scale: 4)
    case .datetime: .timestamp(precision: 3)
    case .smalldatetime: .timestamp(precision: 0)
    case .date: .date
    case .time(let precision): .time(precision: precision)
    case .datetime2(let precision): .timestamp(precision: precision)
    case .datetimeoffset(let precision): .timestampTZ(precision: precision)
    case .uuid: .uuid
    case .unicode(let units, let isFixed):
      isFixed ? .fixedText(length: units ?? 4000) : .text(maxLength: units)
    case .codePage(_, let bytes, let isFixed):
      isFixed ? .fixedText(length: bytes ?? 8000) : .text(maxLength: bytes)
    case .binary(let bytes, _): .bytes(maxLength: bytes)
    case .rowVersion: .bytes(maxLength: 8)
    case .xml: .text(maxLength: nil)
    case .other(let name):
      options.asText.contains(name)
        ? .text(maxLength: nil) : options.asBytes.contains(name) ? .bytes(maxLength: nil) : nil
    }
  }

  /// As T-SQL declares it.
  var declared: String {
    func sized(_ name: String, _ length: Int?) -> String { "\(name)(\(length.map(String.init) ?? "max"))" }
    switch systemID {
    case 34: return "image"
    case 35: return "text"
    case 99: return "ntext"
    case 106: return "decimal(\(precision),\(scale))"
    case 108: return "numeric(\(precision),\(scale))"
    default: break
    }
    switch form {
    case .bit: return "bit"
    case .tinyint: return "tinyint"
    case .smallint: return "smallint"
    case .int: return "int"
    case .bigint: return "bigint"
    case .real: return "real"
    case .float: return "float"
    case .decimal: return "decimal"
    case .money: return "money"
    case .smallmoney: return "smallmoney"
    case .datetime: return "datetime"
    case .smalldatetime: return "smalldatetime"
    case .date: return "date"
    case .time(let precision): return "time(\(precision))"
    case .datetime2(let precision): return "datetime2(\(precision))"
    case .datetimeoffset(let precision): return "datetimeoffset(\(precision))"
    case .uuid: return "uniqueidentifier"
    case .unicode(let units, let isFixed): return sized(isFixed ? "nchar" : "nvarchar", units)
    case .codePage(_, let bytes, let isFixed): return sized(isFixed ? "char" : "varchar", bytes)
    case .binary(let bytes, let isFixed): return sized(isFixed ? "binary" : "varbinary", bytes)
    case .rowVersion: return "rowversion"
    case .xml: return "xml"
    case .other(let name): return name
    }
  }

  /// What is selected of a column. Texts are asked for as their bytes: db-lib would convert them, and put a
  /// question mark for what it cannot convert.
  func expression(_ column: String, _ options: SQLServerOptions) -> String {
    func binary(_ bytes: Int?, of expression: String) -> String {
      "CAST(\(expression) AS varbinary(\(bytes.map(String.init) ?? "max")))"
    }
    switch form {
    case .unicode(let units, _):
      return systemID == 99
        ? binary(nil, of: "CAST(\(column) AS nvarchar(max))") : binary(units.map { 2 * $0 }, of: column)
    case .codePage(_, let bytes, _):
      return systemID == 35 ? binary(nil, of: "CAST(\(column) AS varchar(max))") : binary(bytes, of: column)
    case .binary: return systemID == 34 ? binary(nil, of: column) : column
    case .xml: return binary(nil, of: "CAST(\(column) AS nvarchar(max))")
    case .other(let name):
      if options.asText.contains(name) {
        let text = systemID == 98 ? "CAST(\(column) AS nvarchar(max))" : "\(column).ToString()"
        return binary(nil, of: text)
      }
      return binary(nil, of: column)
    default: return column
    }
  }

  /// Bulk loads cannot carry it: FreeTDS leaves such a column out of the statement, and sends it all the same.
  var needsInsert: Bool {
    switch form {
    case .xml, .other: true
    default: false
    }
  }
}
