import Databases
import FaultInjection

/// PostgreSQL's statements.
extension Statement {
  /// Of several statements in one message, the first counts.
  init(sql: String) {
    let tokens = SQLScanner.tokens(sql, .postgres)
    self = Statement.classified(tokens)
    if operation == .ledger { findUnit(tokens) }
  }

  private static func classified(_ tokens: [SQLToken]) -> Statement {
    guard case .word(let first)? = tokens.first else { return Statement(.statement) }
    let named = Set(tokens.lazy.compactMap(\.identifier))
    switch first {
    case "begin", "start":
      var statement = Statement(.begin)
      statement.beginsSnapshot = named.isSuperset(of: ["repeatable", "only"])
      if statement.beginsSnapshot { statement.operation = .snapshot }
      return statement
    case "commit", "end": return Statement(named.contains("prepared") ? .statement : .commit)
    case "rollback", "abort":
      // ROLLBACK TO a savepoint ends no transaction.
      return Statement(named.contains("to") || named.contains("prepared") ? .statement : .rollback)
    case "copy": return copy(tokens)
    default: break
    }
    if named.contains(LedgerTables.units) { return Statement(.ledger) }
    // Both are created together.
    if named.contains(LedgerTables.putAside) {
      var statement = Statement(first == "create" ? .ledger : .prepare)
      statement.readsAside = first == "select" && !named.contains("max")
      return statement
    }
    switch first {
    case "delete": return Statement(.delete, table: table(tokens, after: ["from", "only"]))
    case "create": return Statement(.prepare, table: table(tokens, after: ["table", "if", "not", "exists"]))
    case "alter", "drop", "comment": return Statement(.prepare)
    case "insert", "merge": return Statement(.statement, table: table(tokens, after: ["into"]))
    case "update": return Statement(.statement, table: table(tokens, after: ["update", "only"]))
    case "truncate": return Statement(.statement, table: table(tokens, after: ["truncate", "table", "only"]))
    case "set", "reset":
      var statement = Statement(named.contains("snapshot") ? .snapshot : .statement)
      statement.isSetting = true
      return statement
    case "select", "with": return query(tokens, named)
    default: return Statement(.statement)
    }
  }

  private static func query(_ tokens: [SQLToken], _ named: Set<String>) -> Statement {
    if named.contains("pg_export_snapshot") { return Statement(.snapshot) }
    if named.contains(where: { $0.hasPrefix("pg_advisory") || $0.hasPrefix("pg_try_advisory") }) {
      return Statement(.fence)
    }
    if named.contains("setval") { return Statement(.prepare) }
    // Cuts come from samples.
    if named.contains("percentile_disc") || named.contains("tablesample") { return Statement(.catalog) }
    for (index, token) in tokens.enumerated() {
      guard case .word(let word) = token else { continue }
      let isCall = index + 1 < tokens.count && tokens[index + 1] == .sign(.letter("("))
      if word == "information_schema" || (word.hasPrefix("pg_") && !isCall) { return Statement(.catalog) }
    }
    return Statement(.statement, table: table(tokens, after: ["from", "only"]))
  }

  private static func copy(_ tokens: [SQLToken]) -> Statement {
    guard tokens.count > 1 else { return Statement(.statement) }
    guard tokens[1] == .sign(.letter("(")) else {
      let table = name(tokens[1...])
      let isWrite = tokens.contains(.word("from"))
      return Statement(isWrite ? .write : .read, table: table)
    }
    // The first FROM of the query itself: deeper ones belong to expressions.
    var depth = 0
    for (index, token) in tokens.enumerated() {
      if token == .sign(.letter("(")) { depth += 1 }
      if token == .sign(.letter(")")) { depth -= 1 }
      if depth == 1, token == .word("from") {
        return Statement(.read, table: table(Array(tokens[index...]), after: ["from", "only"]))
      }
    }
    return Statement(.read)
  }

  // MARK: The ledger

  private mutating func findUnit(_ tokens: [SQLToken]) {
    guard tokens.first == .word("update") else { return }
    func value(of column: String) -> Value? {
      for index in tokens.indices.dropLast(2)
      where tokens[index].identifier == column && tokens[index + 1] == .sign(.letter("=")) {
        switch tokens[index + 2] {
        case .literal(let text): return .literal(text)
        case .parameter(let number): return .parameter(number)
        default: return nil
        }
      }
      return nil
    }
    unitTable = value(of: "table_name")
    unitIndex = value(of: "unit")
  }
}

extension StatementReader {
  /// None for a statement that belongs to the moment before.
  mutating func moments(of sql: String, parameters: [String?] = []) -> [Moment] {
    var statement = Statement(sql: sql)
    let looksUp = statement.operation == .catalog ? parameters.compactMap { $0 } : []
    statement.looksUpLedger = looksUp.contains(LedgerTables.units)
    statement.looksUpAside = looksUp.contains(LedgerTables.putAside)
    if statement.looksUpLedger { statement.operation = .ledger }
    if statement.looksUpAside { statement.operation = .prepare }
    return moments(of: statement, sql: sql, parameters: parameters)
  }
}
