import Databases

/// What SQLite keeps nowhere but in the text of CREATE TABLE: the names of constraints, checks, how columns are
/// computed, and whether the check of a foreign key can wait.
struct CreateTableText: Equatable {
  struct ForeignKey: Equatable {
    var name: String?
    var isDeferrable = false
    var isInitiallyDeferred = false
  }

  private(set) var primaryKey: String?
  /// All foreign keys in the order of the text.
  private(set) var foreignKeys: [ForeignKey] = []
  private(set) var checks: [CheckSchema] = []
  /// How columns are computed, by name.
  private(set) var generations: [String: String] = [:]
  /// Some constraint says ON CONFLICT.
  private(set) var hasConflictClauses = false

  init(_ sql: String) {
    var tokens = SQLTokens(sql)
    var depth = 0
    var name: String?
    var isNamed = false
    var column: String?
    var previous: SQLTokens.Token?
    while let token = tokens.next() {
      defer { previous = token }
      if depth == 1, previous == .symbol("(") || previous == .symbol(",") { column = token.identifier }
      switch token {
      case .symbol("("): depth += 1
      case .symbol(")"): depth -= 1
      case .symbol(",") where depth == 1: name = nil
      // Whatever is deeper is an expression or a list of columns.
      case .symbol, .quoted: break
      case .word where depth != 1: break
      case .word("CONSTRAINT", _):
        name = tokens.next()?.identifier
        isNamed = true
        continue
      case .word("PRIMARY", _) where isNamed:
        primaryKey = name
        name = nil
      case .word("REFERENCES", _):
        foreignKeys.append(ForeignKey(name: name))
        name = nil
      // The name belongs to the REFERENCES that follows.
      case .word("FOREIGN", _), .word("KEY", _): break
      case .word("CHECK", _):
        addCheck(isNamed ? name : nil, &tokens)
        name = nil
      case .word("AS", _): addGeneration(of: column, &tokens)
      case .word("DEFERRABLE", _):
        addDeferral(isNegated: previous?.isWord("NOT") == true, &tokens)
      case .word("CONFLICT", _) where previous?.isWord("ON") == true: hasConflictClauses = true
      case .word:
        if isNamed { name = nil }
      }
      isNamed = false
    }
  }

  private mutating func addCheck(_ name: String?, _ tokens: inout SQLTokens) {
    guard let condition = tokens.parenthesized() else { return }
    checks.append(CheckSchema(name: name ?? "", definition: "CHECK (\(condition))"))
  }

  private mutating func addGeneration(of column: String?, _ tokens: inout SQLTokens) {
    guard let column, let expression = tokens.parenthesized() else { return }
    let storage = tokens.take("STORED", "VIRTUAL") ?? "VIRTUAL"
    generations[column] = "GENERATED ALWAYS AS (\(expression)) \(storage)"
  }

  private mutating func addDeferral(isNegated: Bool, _ tokens: inout SQLTokens) {
    guard !foreignKeys.isEmpty, !isNegated else { return }
    foreignKeys[foreignKeys.count - 1].isDeferrable = true
    guard tokens.take("INITIALLY") != nil else { return }
    foreignKeys[foreignKeys.count - 1].isInitiallyDeferred = tokens.take("DEFERRED") != nil
  }
}
