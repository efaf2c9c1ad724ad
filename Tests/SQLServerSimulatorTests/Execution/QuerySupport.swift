import SQLServerSimulator
import Testing

/// A server with a database `db` and a session in it, which runs queries and shows their rows as text.
struct QueryServer {
  var context: StatementContext

  /// 2010-06-15 12:30:45.5 in 100 ns ticks since 0001-01-01.
  static let now: Int64 = 634_122_018_455_000_000

  init(_ setup: [String] = []) throws {
    var storage = Storage()
    let database = storage.createDatabase("db") ?? 0
    let number = storage.connect()
    context = StatementContext(
      storage: storage, session: SessionState(number: number, database: database), catalog: EmptyCatalog(),
      now: QueryServer.now, seed: 2010)
    for text in setup { _ = try run(text) }
  }

  mutating func declare(_ name: String, _ type: SQLType, _ value: SQLValue = .null) throws {
    try context.session.variables.declare(Variable(name, type, value))
  }

  /// Runs the SELECT statements of a batch; the last one's outcome. Nil if it waits.
  mutating func run(_ text: String) throws(SQLError) -> SelectOutcome? {
    var outcome: SelectOutcome?
    for statement in try Parser.parse(text).statements {
      guard case .select(let select) = statement.body else { throw .unsupported("\(statement.body)") }
      let attempt = try context.attempt { context throws(SQLError) in try context.select(select) }
      guard case .done(let done) = attempt else { return nil }
      outcome = done
    }
    return outcome
  }

  /// Rows as `1 a|2 NULL`, a number of rows as `#3`, an error as `!208`, a wait as `waits`.
  mutating func callAsFunction(_ text: String) -> String {
    do throws(SQLError) {
      switch try run(text) {
      case nil: return "waits"
      case .count(let count): return "#\(count)"
      case .rows(let set): return try set.text
      }
    } catch {
      return "!\(error.number)"
    }
  }

  /// The message of the error that a query ends with.
  mutating func message(_ text: String) -> String {
    do throws(SQLError) {
      _ = try run(text)
      return ""
    } catch {
      return error.message
    }
  }

  /// Names, types and whether NULL is possible: `id int, name varchar(3) null`.
  mutating func columns(_ text: String) throws -> String {
    guard case .rows(let set) = try run(text) else { return "" }
    return set.columns.map { "\($0.name) \($0.declared.declaration)\($0.isNullable ? " null" : "")" }
      .joined(separator: ", ")
  }

  /// Puts a table's rows into the order of a key.
  mutating func setKey(_ table: String, _ columns: String..., isUnique: Bool = true) throws {
    let number = try number(of: table)
    let about = context.storage.tables[number]?.about
    let key = IndexDescription(
      "PK_\(table)",
      KeyMaker(
        columns.compactMap { name in
          about?.column(name).map { KeyColumn($0, about?.columns[$0].type ?? .int) }
        }), isUnique: isUnique)
    let session = context.session.number
    _ = try context.attempt { context throws(SQLError) in
      try context.storage.setClustered(session, number, key).value()
    }
  }

  /// Opens another session, which goes on from here.
  mutating func connect() -> SessionState {
    let before = context.session
    context.session = SessionState(number: context.storage.connect(), database: before.database)
    return before
  }

  static func text(_ value: SQLValue, _ type: SQLType) throws(SQLError) -> String {
    let shown = try value.converted(from: type, to: .nvarchar(-1), style: type.isBinary ? 1 : nil)
    guard case .text(let units) = shown else { return "NULL" }
    return String(decoding: units, as: UTF16.self)
  }

  func number(of name: String) throws -> Int {
    let found = context.storage.findTable(
      context.session.number, context.session.database, QualifiedName("dbo", name))
    return try #require(found)
  }
}

extension ResultSet {
  var text: String {
    get throws(SQLError) {
      var lines: [String] = []
      try forEach { (values: [UnsafeRawBufferPointer?]) throws(SQLError) in
        var line: [String] = []
        for (column, bytes) in zip(columns, values) {
          line.append(try QueryServer.text(column.declared.decoded(bytes), column.declared))
        }
        lines.append(line.joined(separator: " "))
      }
      return lines.joined(separator: "|")
    }
  }
}
