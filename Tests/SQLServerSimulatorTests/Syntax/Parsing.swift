import Testing

@testable import SQLServerSimulator

/// Short ways to parse, for tests.
enum Parsing {
  static func statements(_ text: String, quotedIdentifiers: Bool = true) throws -> [StatementBody] {
    try Parser.parse(text, quotedIdentifiers: quotedIdentifiers).statements.map(\.body)
  }

  static func statement(_ text: String, quotedIdentifiers: Bool = true) throws -> StatementBody {
    let all = try statements(text, quotedIdentifiers: quotedIdentifiers)
    try #require(all.count == 1, "\(text) is one statement")
    return all[0]
  }

  static func query(_ text: String) throws -> Query {
    guard case .select(let statement) = try statement(text) else { throw Unexpected(what: text) }
    return statement.query
  }

  static func select(_ text: String) throws -> SelectClause {
    guard case .select(let clause) = try query(text).body else { throw Unexpected(what: text) }
    return clause
  }

  /// The value of SELECT's only column.
  static func expression(_ text: String, quotedIdentifiers: Bool = true) throws -> Expression {
    let statement = try statement("SELECT " + text, quotedIdentifiers: quotedIdentifiers)
    guard case .select(let select) = statement, case .select(let clause) = select.query.body,
      clause.items.count == 1, case .expression(let expression, nil) = clause.items[0]
    else { throw Unexpected(what: text) }
    return expression
  }

  static func condition(_ text: String) throws -> Condition {
    try #require(select("SELECT 1 WHERE " + text).filter)
  }

  /// What a text is refused with; nil if it is parsed.
  static func failure(_ text: String, quotedIdentifiers: Bool = true) -> SQLError? {
    do throws(SQLError) {
      _ = try Parser.parse(text, quotedIdentifiers: quotedIdentifiers)
      return nil
    } catch {
      return error
    }
  }

  struct Unexpected: Error {
    let what: String
  }
}

/// `column("t.x")`, for the tree that a test expects.
func column(_ name: String, line: Int = 1) -> Expression {
  let parts = name.split(separator: ".").map { Identifier(String($0)) }
  let table = parts.count > 1 ? ObjectName(name: parts[0], line: line) : nil
  return .column(ColumnReference(table: table, name: parts[parts.count - 1], line: line))
}

func integer(_ value: Int32) -> Expression { .literal(.integer(value)) }
func string(_ value: String) -> Expression { .literal(.string(Array(value.utf16))) }
func national(_ value: String) -> Expression { .literal(.nationalString(Array(value.utf16))) }
