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
  private struct Context {
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

// MARK: Statements about rows and tables

extension TransactReader {
  private static func data(
    _ head: String, _ tokens: [SQLToken], _ context: Context
  ) -> (statement: Statement, isMajor: Bool) {
    if head == "with", let verb = verb(of: tokens) {
      guard case .word(let word) = tokens[verb] else { return (Statement(.statement), true) }
      return data(word, Array(tokens[verb...]), context)
    }
    let named = Set(tokens.lazy.compactMap(\.identifier))
    if named.contains(LedgerTables.units) {
      var statement = Statement(.ledger)
      if head == "update" { findUnit(tokens, context.variables, &statement) }
      return (statement, true)
    }
    if named.contains(LedgerTables.putAside) {
      // Both are created together.
      var statement = Statement(head == "create" ? .ledger : .prepare)
      statement.isContinuation = head == "create"
      statement.readsAside = head == "select" && !named.contains("max")
      return (statement, true)
    }
    switch head {
    case "insert": return (Statement(.write, table: target(tokens, ["bulk", "into"])), true)
    case "delete": return (Statement(.delete, table: target(tokens, ["from"])), true)
    case "update": return (Statement(.statement, table: target(tokens, [])), true)
    case "merge": return (Statement(.statement, table: target(tokens, ["into"])), true)
    case "truncate": return (Statement(.statement, table: target(tokens, ["table"])), true)
    case "create":
      let isTable = tokens.count > 1 && tokens[1] == .word("table")
      return (Statement(.prepare, table: isTable ? target(tokens, ["table"]) : nil), true)
    case "alter", "drop": return (Statement(.prepare), true)
    default: return query(tokens, named, context)
    }
  }

  /// Where a statement with common table expressions comes to its point.
  private static func verb(of tokens: [SQLToken]) -> Int? {
    var depth = 0
    for (index, token) in tokens.enumerated() {
      if token == .sign(.letter("(")) { depth += 1 }
      if token == .sign(.letter(")")) { depth -= 1 }
      guard depth == 0, case .word(let word) = token else { continue }
      if ["select", "insert", "update", "delete", "merge"].contains(word) { return index }
    }
    return nil
  }

  /// The table behind the verb, TOP (n) and these words.
  private static func target(_ tokens: [SQLToken], _ words: Set<String>) -> String? {
    var rest = tokens.dropFirst()
    if rest.first == .word("top"), let end = rest.firstIndex(of: .sign(.letter(")"))) {
      rest = rest[(end + 1)...]
    }
    while case .word(let word)? = rest.first, words.contains(word) { rest = rest.dropFirst() }
    return Statement.name(rest)
  }

  private static func query(
    _ tokens: [SQLToken], _ named: Set<String>, _ context: Context
  ) -> (statement: Statement, isMajor: Bool) {
    if context.describes { return (Statement(.catalog), true) }
    if named.contains("snapshot_isolation_state") {
      var statement = Statement(.snapshot)
      statement.looksUpSnapshots = true
      return (statement, true)
    }
    if readsCatalog(tokens, named) { return (Statement(.catalog), true) }
    guard let from = place(of: "from", in: tokens) else { return withoutTable(tokens, named) }
    let list = tokens[..<from]
    if list.contains(.word("into")) {
      return (Statement(.statement, table: Statement.name(tokens[(from + 1)...])), true)
    }
    if isSample(list) { return (Statement(.catalog), true) }
    return (Statement(.read, table: Statement.name(tokens[(from + 1)...])), true)
  }

  private static func place(of word: String, in tokens: [SQLToken]) -> Int? {
    var depth = 0
    for (index, token) in tokens.enumerated() {
      if token == .sign(.letter("(")) { depth += 1 }
      if token == .sign(.letter(")")) { depth -= 1 }
      if depth == 0, token == .word(word) { return index }
    }
    return nil
  }

  private static let oldCatalog: Set = [
    "sysobjects", "syscolumns", "sysindexes", "systypes", "sysusers", "sysdatabases", "sysforeignkeys",
  ]

  private static func readsCatalog(_ tokens: [SQLToken], _ named: Set<String>) -> Bool {
    if !named.isDisjoint(with: oldCatalog) || named.contains("information_schema")
      || named.contains("INFORMATION_SCHEMA")
    {
      return true
    }
    return zip(tokens, tokens.dropFirst()).contains { token, next in
      token.identifier?.lowercased() == "sys" && next == .sign(.letter("."))
    }
  }

  private static let catalogFunctions: Set = [
    "object_id", "schema_id", "schema_name", "db_name", "databasepropertyex", "serverproperty", "type_name",
    "collationproperty", "col_name", "fn_listextendedproperty",
  ]

  /// A SELECT that asks for no rows of a table.
  private static func withoutTable(
    _ tokens: [SQLToken], _ named: Set<String>
  ) -> (statement: Statement, isMajor: Bool) {
    guard !named.isDisjoint(with: catalogFunctions) else { return (Statement(.statement), false) }
    var statement = Statement(.catalog)
    if named.contains("object_id"), let object = firstLiteral(tokens).flatMap(nameInText) {
      statement.looksUpLedger = object == LedgerTables.units
      statement.looksUpAside = object == LedgerTables.putAside
      if statement.looksUpLedger { statement.operation = .ledger }
      if statement.looksUpAside { statement.operation = .prepare }
    }
    return (statement, true)
  }

  /// Proofload's driver looks at lengths and keys before it cuts a table into units.
  private static func isSample(_ list: ArraySlice<SQLToken>) -> Bool {
    if list.contains(.word("latin1_general_100_bin2_utf8")) { return true }
    if list.contains(.word("top")), list.contains(.word("datalength")) { return true }
    let rest = Array(list.dropFirst())
    return rest.count == 6 && rest[0] == .word("cast") && rest[3] == .word("as") && rest[4] == .word("bigint")
  }

  private static func findUnit(
    _ tokens: [SQLToken], _ variables: [String: String], _ statement: inout Statement
  ) {
    func value(of column: String) -> Statement.Value? {
      for index in tokens.indices.dropLast(2)
      where tokens[index].identifier == column && tokens[index + 1] == .sign(.letter("=")) {
        switch tokens[index + 2] {
        case .literal(let text): return .literal(text)
        case .variable(let name): return variables[name].map { .literal($0) }
        default: return nil
        }
      }
      return nil
    }
    statement.unitTable = value(of: "table_name")
    statement.unitIndex = value(of: "unit")
  }
}
