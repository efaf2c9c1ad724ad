import CPostgres
import Databases

/// What the server says about an error, reduced to what any log may hold.
///
/// The server quotes row values in details, contexts, and the messages of data exceptions: none of
/// those is passed on.
struct ServerMessage {
  var sqlState = ""
  var primary = ""
  var detail = ""
  var hint: String?
  var context = ""
  var schema = ""
  var column = ""

  init() {}

  init(_ result: OpaquePointer) {
    func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
    sqlState = field(proofload_pg_diag_sqlstate) ?? ""
    primary = field(proofload_pg_diag_message_primary) ?? ""
    detail = field(proofload_pg_diag_message_detail) ?? ""
    hint = field(proofload_pg_diag_message_hint)
    context = field(proofload_pg_diag_context) ?? ""
    schema = field(proofload_pg_diag_schema_name) ?? ""
    column = field(proofload_pg_diag_column_name) ?? ""
  }

  /// An error that libpq itself reports has no SQLSTATE; its first line says it all.
  init(libpq text: String) {
    primary = String(text.split(separator: "\n").first ?? "the connection was lost")
  }

  /// The first error of the server within libpq's verbose text, `FATAL:  57P01: terminating connection ...`; nil if
  /// there is none. Other lines may quote rows.
  init?(lastWords text: String) {
    for line in text.split(separator: "\n") {
      guard let match = line.wholeMatch(of: #/[^:]+:  ([0-9A-Z]{5}): (.*)/#) else { continue }
      sqlState = String(match.1)
      primary = String(match.2)
      return
    }
    return nil
  }

  /// What happened, without row values.
  var safeText: String {
    var text = harmlessPrimary
    if let place = copyPlace {
      text = "row \(place.row) of this write" + (place.column.map { ", column \($0)" } ?? "") + ": " + text
    } else if !column.isEmpty, !text.contains(column) {
      text += " (column \(column))"
    }
    if sqlState.hasPrefix("23"), let key = keyColumns { text += ", key (\(key))" }
    return text
  }

  /// The server's hint, unless the database's own code wrote it.
  var safeHint: String? { isFromUserCode ? nil : hint }

  private var isFromUserCode: Bool { sqlState.hasPrefix("P0") || sqlState.isEmpty }

  private var harmlessPrimary: String {
    switch sqlState {
    // These name types and lengths only.
    case "22001", "22P03": primary
    case "22003": "a number is out of range"
    case "22007", "22008": "a date or time is malformed or out of range"
    case "22021", "22P05": "a text holds NUL or what the database's encoding does not have"
    case "22023": "a parameter is not valid"
    case "22P02": "a text is not valid for the column's type"
    case _ where sqlState.hasPrefix("22"): "a value is not valid for the column's type"
    case _ where sqlState.hasPrefix("P0"):
      "a trigger or function of the database raised an error, whose text is in the server's log"
    default: primary
    }
  }

  /// The columns in `Key (a, b)=(1, 2) already exists.`, in whatever language.
  private var keyColumns: Substring? {
    guard let open = detail.firstIndex(of: "("), let end = detail.firstRange(of: ")=(") else { return nil }
    guard open < end.lowerBound else { return nil }
    return detail[detail.index(after: open)..<end.lowerBound]
  }

  /// From the line `COPY table, line 3, column name` of the context. A translated server gives no place.
  private var copyPlace: (row: Int, column: String?)? {
    guard let line = context.split(separator: "\n").first(where: { $0.hasPrefix("COPY ") }),
      let start = line.ranges(of: ", line ").last
    else { return nil }
    let rest = line[start.upperBound...]
    guard let row = Int(rest.prefix { $0.isASCII && $0.isNumber }) else { return nil }
    guard let column = rest.firstRange(of: ", column ") else { return (row, nil) }
    return (row, String(rest[column.upperBound...]))
  }
}

/// What the catalog of SQLSTATEs cannot know, because it takes the moment to tell.
enum ErrorClassification {
  static func errorClass(_ sqlState: String, schema: String = "", wasInterrupted: Bool) -> ErrorClass {
    // Two sessions made the same object at the same moment.
    if sqlState == "23505", schema == "pg_catalog" { return .conflict }
    if sqlState == "57014", wasInterrupted { return .cancelled }
    return facts(sqlState).errorClass
  }

  static func facts(_ sqlState: String) -> ErrorFacts {
    ErrorCatalog.of(PostgresDialect.engine)?.facts(of: sqlState) ?? .unknown(sqlState)
  }
}
