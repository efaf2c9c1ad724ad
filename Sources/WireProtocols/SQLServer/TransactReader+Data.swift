import Databases
import FaultInjection

/// Statements about rows and tables.
extension TransactReader {
  static func data(
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
