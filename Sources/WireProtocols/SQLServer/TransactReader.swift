import Databases
import FaultInjection

/// What the statements of a session do, from their texts.
struct TransactReader {
  /// A statement, and its text.
  struct Found {
    var statement: Statement
    var sql: String
    /// INSERT BULK: the rows come in a message of their own.
    var isBulkLoad = false
  }

  /// A result that a batch is going to have.
  enum Result: Equatable {
    /// A read's, of this table.
    case read(String?)
    case other
    /// There may be any number of them, or none.
    case unknown
  }

  struct Batch {
    var found: [Found] = []
    var results: [Result] = []
  }

  /// Transactions that begin from now on read one state of the database.
  private(set) var readsSnapshots = false
  /// Transactions begin by themselves.
  private var isImplicit = false

  /// As after the login.
  mutating func reset() { self = TransactReader() }

  /// The statements of a batch. Settings, declarations and the like count only if there is nothing else.
  mutating func batch(_ sql: String) -> Batch {
    let cut = TransactParts(sql)
    var batch = Batch()
    var context = Context()
    var minor: Statement?
    for part in cut.parts {
      let wasCatching = context.isCatching
      note(part.tokens, &context)
      if wasCatching || context.isCatching {
        if part.head == "select" { batch.results.append(.unknown) }
        continue
      }
      guard let (classified, isMajor) = classified(part.tokens, context) else { continue }
      var statement = classified
      if isImplicit, isMajor, statement.table != nil { statement.opensTransaction = true }
      if statement.operation == .rollback { statement.rollsBackIfOpen = context.isConditional }
      context.isConditional = part.head == "if"
      if let result = TransactReader.result(part, statement) { batch.results.append(result) }
      let isBulkLoad = part.head == "insert" && part.tokens.dropFirst().first == .word("bulk")
      let text = cut.parts.count == 1 ? sql : cut.text(part)
      if !isMajor {
        minor = minor ?? statement
      } else if statement.operation == .write, batch.found.last?.statement == statement {
        // Rows of one table in several statements.
        continue
      } else {
        batch.found.append(Found(statement: statement, sql: text, isBulkLoad: isBulkLoad))
      }
    }
    if cut.isCutOff { batch.results.append(.unknown) }
    if batch.found.isEmpty { batch.found = [Found(statement: minor ?? Statement(.statement), sql: sql)] }
    return batch
  }

  /// The result of a statement; nil if it has none.
  private static func result(_ part: TransactParts.Part, _ statement: Statement) -> Result? {
    let tokens = part.tokens
    switch part.head {
    case "select", "with":
      if tokens.count > 2, case .variable = tokens[1], tokens[2] == .sign(.letter("=")) { return nil }
      if statement.operation == .read { return .read(statement.table) }
      return tokens.contains(.word("into")) && statement.operation == .statement ? nil : .other
    case "insert", "update", "delete", "merge": return tokens.contains(.word("output")) ? .other : nil
    case "set", "declare", "print", "use", "begin", "commit", "rollback", "save", "end", "create", "drop",
      "truncate", "alter", "throw", "raiserror", "return", "waitfor":
      return nil
    default: return .unknown
    }
  }

  /// What the statements before have to say of this one.
  struct Context {
    var variables: [String: String] = [:]
    /// Only descriptions of results are wanted.
    var describes = false
    /// It only runs if something fails.
    var isCatching = false
    /// An IF stands before it.
    var isConditional = false
  }

  private mutating func note(_ tokens: [SQLToken], _ context: inout Context) {
    guard case .word(let head)? = tokens.first else { return }
    let (begin, end) = ([SQLToken.word("begin"), .word("catch")], [SQLToken.word("end"), .word("catch")])
    if context.isCatching { context.isCatching = !tokens.contains(end) }
    if tokens.starts(with: begin) { context.isCatching = !tokens.contains(end) }
    if head == "declare" { TransactReader.declare(tokens, &context.variables) }
    guard head == "set" else { return }
    let words = tokens.compactMap { token in if case .word(let word) = token { word } else { nil } }
    if words.contains("fmtonly") { context.describes = words.last == "on" }
    if words.contains("implicit_transactions") { isImplicit = words.last == "on" }
    if words.contains("isolation") { readsSnapshots = words.last == "snapshot" }
  }

  /// `DECLARE @p1 bigint = 3, @p2 nvarchar(max) = N'x'`
  private static func declare(_ tokens: [SQLToken], _ variables: inout [String: String]) {
    var name: String?
    for (token, next) in zip(tokens, tokens.dropFirst()) {
      if case .variable(let found) = token { name = found }
      if token == .sign(.letter("=")), let known = name, case .literal(let text) = next {
        variables[known] = text
      }
    }
  }

  // MARK: One statement

  /// Nil for nothing. What is not major does nothing to data by itself.
  private func classified(
    _ tokens: [SQLToken], _ context: Context
  ) -> (statement: Statement, isMajor: Bool)? {
    guard case .word(let head)? = tokens.first else {
      return tokens.isEmpty ? nil : (TransactReader.call(tokens[...]), true)
    }
    let second: String? = tokens.count > 1 ? tokens[1].identifier : nil
    switch head {
    case "begin":
      guard let second, ["tran", "transaction", "distributed"].contains(second) else {
        return (Statement(.statement), false)
      }
      return (TransactReader.begin(isSnapshot: readsSnapshots), true)
    case "commit": return (Statement(.commit), true)
    case "rollback":
      // One with a name may go back to a savepoint.
      return (Statement(TransactReader.isNamed(tokens) ? .statement : .rollback), true)
    case "set", "declare", "print", "use", "if", "else", "while", "end", "return", "throw", "raiserror":
      var statement = Statement(.statement)
      statement.isSetting = head == "set"
      return (statement, false)
    case "exec", "execute": return (TransactReader.call(tokens.dropFirst()), true)
    case "dbcc":
      let checksIdentity = second == "checkident"
      let table = TransactReader.firstLiteral(tokens).flatMap(TransactReader.nameInText)
      return (Statement(checksIdentity ? .prepare : .statement, table: checksIdentity ? table : nil), true)
    case "insert", "update", "delete", "truncate", "merge", "create", "alter", "drop", "select", "with":
      return TransactReader.data(head, tokens, context)
    default: return (TransactReader.call(tokens[...]), true)
    }
  }

  /// `ROLLBACK TRANSACTION name`, also with the name in a variable.
  private static func isNamed(_ tokens: [SQLToken]) -> Bool {
    guard tokens.count > 2, tokens[1] == .word("tran") || tokens[1] == .word("transaction") else {
      return false
    }
    if case .variable = tokens[2] { return true }
    return tokens[2].identifier.map { $0 != "end" } ?? false
  }

  static func begin(isSnapshot: Bool) -> Statement {
    var statement = Statement(isSnapshot ? .snapshot : .begin)
    statement.beginsSnapshot = isSnapshot
    return statement
  }

  private static let catalogProcedures = [
    "sp_tables", "sp_columns", "sp_pkeys", "sp_fkeys", "sp_statistics", "sp_datatype_info", "sp_databases",
    "sp_describe", "sp_tablecollations", "sp_help", "sp_special_columns", "sp_stored_procedures",
    "sp_sproc_columns", "sp_server_info",
  ]

  /// A procedure is called: `@status = [sys].sp_tables ...`
  private static func call(_ tokens: ArraySlice<SQLToken>) -> Statement {
    var tokens = tokens
    if case .variable? = tokens.first, tokens.dropFirst().first == .sign(.letter("=")) {
      tokens = tokens.dropFirst(2)
    }
    guard let name = Statement.name(tokens)?.lowercased() else { return Statement(.statement) }
    if name == "sp_getapplock" { return Statement(.fence) }
    if catalogProcedures.contains(where: name.hasPrefix) { return Statement(.catalog) }
    if name == "sp_executesql", let inner = firstLiteral(Array(tokens)) {
      var reader = TransactReader()
      return reader.batch(inner).found.first?.statement ?? Statement(.statement)
    }
    return Statement(.statement)
  }

  static func firstLiteral(_ tokens: [SQLToken]) -> String? {
    tokens.lazy.compactMap { token in if case .literal(let text) = token { text } else { nil } }.first
  }

  /// The last part of a name in a text, as OBJECT_ID takes it.
  static func nameInText(_ text: String) -> String? {
    Statement.name(SQLScanner.tokens(text, .transact)[...])
  }
}
