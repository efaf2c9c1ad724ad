/// A batch of T-SQL, cut into its statements. Semicolons are rare in it, so that it is words that begin them.
struct TransactParts {
  struct Part {
    var tokens: [SQLToken] = []
    /// Its place in the batch, in bytes of UTF-8.
    var start = 0
    var end = 0

    var head: String { if case .word(let word)? = tokens.first { word } else { "" } }
  }

  private(set) var parts: [Part] = []
  private var part = Part()
  private var depth = 0
  private var openCases = 0
  private let scanner: SQLScanner

  /// The text of a statement.
  func text(_ part: Part) -> String { scanner.text(part.start..<part.end) }

  /// Its end was too far away to be looked at.
  let isCutOff: Bool

  init(_ sql: String) {
    isCutOff = sql.utf8.count > SQLScanner.longest
    var scanner = SQLScanner(sql, .transact)
    self.scanner = scanner
    var current = scanner.next()
    while let token = current {
      let start = scanner.start
      let next = scanner.next()
      take(token, next: next, at: start)
      current = next
    }
    finish(at: scanner.end)
  }

  private mutating func finish(at end: Int) {
    if !part.tokens.isEmpty {
      part.end = end
      parts.append(part)
    }
    part = Part()
    (depth, openCases) = (0, 0)
  }

  private mutating func take(_ token: SQLToken, next: SQLToken?, at start: Int) {
    switch token {
    case .sign(.letter("(")): depth += 1
    case .sign(.letter(")")): depth = max(0, depth - 1)
    case .sign(.letter(";")) where depth == 0 && !isModule: return finish(at: start)
    case .word(let word) where depth == 0:
      if !part.tokens.isEmpty, begins(word, next) { finish(at: start) }
      if word == "case" { openCases += 1 }
      if word == "end" { openCases = max(0, openCases - 1) }
    default: break
    }
    if part.tokens.isEmpty { part.start = start }
    part.tokens.append(token)
  }

  /// A procedure, function, trigger or view is one statement, whatever is in it.
  private var isModule: Bool {
    guard part.head == "create" || part.head == "alter" else { return false }
    let kinds: Set = ["procedure", "proc", "function", "trigger", "view"]
    return part.tokens.prefix(4).contains { token in
      if case .word(let word) = token { kinds.contains(word) } else { false }
    }
  }

  /// Statements after which any other may stand without more ado.
  private static let light: Set = [
    "set", "declare", "if", "else", "while", "begin", "end", "commit", "rollback", "save", "use", "print",
  ]
  /// Words before the name of a right or of an event.
  private static let prefixes: Set = [
    "then", "for", "after", "of", "instead", "not", "union", "all", "except", "intersect", "as",
  ]

  /// Whether a word that is not the first of the statement so far is the first of another one.
  private func begins(_ word: String, _ next: SQLToken?) -> Bool {
    if isModule || part.tokens.last == .sign(.letter(".")) { return false }
    let head = part.head
    if word == "commit" || word == "rollback" { return true }
    if ["grant", "deny", "revoke", "merge"].contains(head) { return false }
    if part.tokens.last == .sign(.letter(",")) { return false }
    // ON DELETE CASCADE.
    if part.tokens.last == .word("on"), head == "create" || head == "alter" { return false }
    if case .word(let last)? = part.tokens.last, TransactParts.prefixes.contains(last) { return false }
    switch word {
    case "else": return openCases == 0
    case "begin": return true
    case "save": return next == .word("tran") || next == .word("transaction")
    case "select": return mayBeginQuery(head)
    case "with": return TransactParts.light.contains(head)
    case "insert", "update", "delete", "truncate": return head != "with" || hasVerb
    case "merge": return TransactParts.light.contains(head)
    case "exec", "execute": return head != "insert" || hasVerb
    case "set": return !["update", "with", "create", "alter"].contains(head)
    case "create", "drop", "alter": return head != "alter"
    case "if": return head != "drop" && head != "alter"
    case "declare", "while", "print", "dbcc", "use", "waitfor": return true
    default: return false
    }
  }

  private func mayBeginQuery(_ head: String) -> Bool {
    switch head {
    case "insert", "with": hasVerb
    default: true
    }
  }

  /// Whether a WITH has come to its statement, or an INSERT to its rows.
  private var hasVerb: Bool {
    let verbs: Set =
      part.head == "insert"
      ? ["values", "select", "exec", "execute"] : ["select", "insert", "update", "delete"]
    var depth = 0
    for token in part.tokens.dropFirst() {
      if token == .sign(.letter("(")) { depth += 1 }
      if token == .sign(.letter(")")) { depth -= 1 }
      if depth == 0, case .word(let word) = token, verbs.contains(word) { return true }
    }
    return false
  }
}
