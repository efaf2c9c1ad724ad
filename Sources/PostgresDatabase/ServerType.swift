import Databases
import Rows

/// A type as PostgreSQL's catalog has it, with domains resolved to what they are based on.
struct ServerType: Equatable {
  /// Of the type, not of the domain: pg_type.oid.
  var oid: Int
  var typeModifier: Int
  /// pg_type.typtype: b base, e enumeration, c composite, r range, ...
  var kind: String
  /// Element type of an array; 0 for everything else.
  var element: Int
  /// As format_type prints it, with its modifier.
  var name: String
  var isCitext: Bool
  /// False for the few types that have no binary form.
  var isBinary: Bool

  static let jsonb = 3802
  private static let firstUserType = 16384
  /// Their binary form is the number of a catalog row, which differs from database to database.
  private static let numbered: Set = [24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191]

  /// What its values travel as; nil for a type that cannot travel.
  var columnType: ColumnType? {
    switch oid {
    case 16: return .bool
    case 17: return .bytes(maxLength: nil)
    case 19: return .text(maxLength: 63)
    case 20: return .int64
    case 21: return .int16
    case 23: return .int32
    case 25: return .text(maxLength: nil)
    case 114, ServerType.jsonb: return .json
    case 700: return .float32
    case 701: return .float64
    case 1042:
      return .fixedText(length: typeModifier >= 4 ? typeModifier - 4 : PostgresDialect.maxDeclaredLength)
    case 1043: return .text(maxLength: typeModifier >= 4 ? typeModifier - 4 : nil)
    case 1082: return .date
    case 1083: return .time(precision: precision)
    case 1114: return .timestamp(precision: precision)
    case 1184: return .timestampTZ(precision: precision)
    case 1700: return number
    case 2950: return .uuid
    default: break
    }
    if kind == "e" || isCitext { return .text(maxLength: nil) }
    return opaque
  }

  private var precision: Int { typeModifier >= 0 ? typeModifier : 6 }

  /// The modifier holds the precision above a scale of eleven bits with a sign.
  private var number: ColumnType {
    guard typeModifier >= 4 else { return .numeric(trailingZeros: true) }
    let precision = (typeModifier - 4) >> 16 & 0xFFFF
    let scale = ((typeModifier - 4) & 0x7FF ^ 0x400) - 0x400
    // numeric(5,-2) holds hundreds only; no other engine has such a type.
    guard scale >= 0 else { return .numeric(trailingZeros: true) }
    return .decimal(precision: max(precision, scale), scale: scale)
  }

  private var opaque: ColumnType? {
    // Arrays of user types and composite types carry type numbers, which differ between databases.
    guard isBinary, kind != "c", kind != "p", element < ServerType.firstUserType,
      !ServerType.numbered.contains(oid), !ServerType.numbered.contains(element)
    else { return nil }
    return .opaque(engine: PostgresDialect.engine.rawValue, name: name)
  }
}

extension ServerType {
  /// A WITH clause that resolves domains, for the joins below.
  static let domains = """
    WITH RECURSIVE domains(type, base, modifier, is_not_null) AS (
      SELECT d.oid, d.typbasetype, d.typtypmod, d.typnotnull FROM pg_type d
      JOIN pg_type b ON b.oid = d.typbasetype WHERE d.typtype = 'd' AND b.typtype <> 'd'
      UNION ALL
      SELECT d.oid, r.base, r.modifier, d.typnotnull OR r.is_not_null FROM pg_type d
      JOIN domains r ON r.type = d.typbasetype WHERE d.typtype = 'd')
    """

  /// Seven columns that describe the type of the attribute `a`.
  static let columns = columns(modifier: "coalesce(d.modifier, a.atttypmod)")
  static let joins = """
    LEFT JOIN domains d ON d.type = a.atttypid JOIN pg_type t ON t.oid = coalesce(d.base, a.atttypid)
    """

  /// The same, with a domain as itself: of kind `domain`.
  static let unresolvedColumns = columns(modifier: "a.atttypmod")
  static let unresolvedJoins = "JOIN pg_type t ON t.oid = a.atttypid"
  static let domain = "d"

  private static func columns(modifier: String) -> String {
    """
    t.oid::int8, \(modifier), t.typtype, \
    CASE WHEN t.typcategory = 'A' THEN t.typelem::int8 ELSE 0 END, \
    format_type(t.oid, \(modifier)), t.typname = 'citext', \
    t.typsend <> 0 AND t.typreceive <> 0
    """
  }

  /// Reads `columns`, the first of which is at `first`.
  init(_ result: borrowing ResultSet, _ row: Int, from first: Int) {
    oid = result.integer(row, first) ?? 0
    typeModifier = result.integer(row, first + 1) ?? -1
    kind = result.text(row, first + 2) ?? ""
    element = result.integer(row, first + 3) ?? 0
    name = result.text(row, first + 4) ?? ""
    isCitext = result.isTrue(row, first + 5)
    isBinary = result.isTrue(row, first + 6)
  }
}
