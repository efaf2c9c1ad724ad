import Databases
import Rows

/// How PostgreSQL spells SQL.
package struct PostgresDialect: SQLDialect {
  package static let engine = Engine(rawValue: "postgres")
  /// PostgreSQL cuts longer names without an error (NAMEDATALEN - 1).
  package static let maxIdentifierBytes = 63
  /// The longest that a length in characters may be.
  static let maxDeclaredLength = 10_485_760

  package var engine: Engine { PostgresDialect.engine }
  /// Whether the database keeps its text as UTF-8.
  private let isUTF8: Bool
  package init(isUTF8: Bool = true) { self.isUTF8 = isUTF8 }

  package func quoted(_ identifier: String) -> String { SQLText.quoted(identifier, by: "\"") }
  package func placeholder(_ position: Int) -> String { "$\(position)" }

  package func declaration(_ type: ColumnType) -> String {
    switch type {
    case .bool: "boolean"
    case .int16: "smallint"
    case .int32: "integer"
    case .int64: "bigint"
    case .float32: "real"
    case .float64: "double precision"
    case .decimal(let precision, let scale): precision <= 1000 ? "numeric(\(precision),\(scale))" : "numeric"
    case .numeric: "numeric"
    case .text(let maxLength?) where (1...PostgresDialect.maxDeclaredLength).contains(maxLength):
      "character varying(\(maxLength))"
    case .text: "text"
    case .fixedText(let length):
      (1...PostgresDialect.maxDeclaredLength).contains(length) ? "character(\(length))" : "bpchar"
    case .bytes: "bytea"
    case .uuid: "uuid"
    case .date: "date"
    case .time(let precision): "time(\(min(precision, 6))) without time zone"
    case .timestamp(let precision): "timestamp(\(min(precision, 6))) without time zone"
    case .timestampTZ(let precision): "timestamp(\(min(precision, 6))) with time zone"
    // Not jsonb, which keeps neither the order of members nor white space.
    case .json: "json"
    case .opaque(_, let name): name
    }
  }

  /// The cast reaches citext and enumerations, which compare by rules of their own. The bytes are UTF-8's also in
  /// a database of another encoding.
  package func bytewise(_ quotedColumn: String) -> String {
    isUTF8 ? "(\(quotedColumn))::text COLLATE \"C\"" : "convert_to((\(quotedColumn))::text, 'UTF8')"
  }

  /// What `bytewise` columns are compared with.
  func bytewiseLiteral(_ text: String) -> String {
    isUTF8 ? SQLText.literal(text) : "convert_to(\(SQLText.literal(text)), 'UTF8')"
  }

  /// A value of a `bytewise` column as text again.
  func text(ofBytewise expression: String) -> String {
    isUTF8 ? expression : "convert_from(\(expression), 'UTF8')"
  }
}

/// Text inside quotes, whatever characters it holds.
enum SQLText {
  /// By scalars: `Character` would take a quote and a combining mark for one character that is no quote.
  static func quoted(_ text: String, by quote: Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    result.append(quote)
    for scalar in text.unicodeScalars {
      if scalar == quote { result.append(quote) }
      result.append(scalar)
    }
    result.append(quote)
    return String(result)
  }

  /// A string literal, right under `standard_conforming_strings`, which every session of ours sets.
  static func literal(_ text: String) -> String { quoted(text, by: "'") }
}
