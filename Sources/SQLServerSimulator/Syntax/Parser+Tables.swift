/// FROM: tables, joins, hints.
extension Parser {
  mutating func parseFrom() throws(SQLError) -> [TableSource] {
    guard take(.from) else { return [] }
    return try parseList { parser throws(SQLError) in try parser.parseTableSource() }
  }

  /// What the parentheses of a FROM hold.
  private enum Enclosed {
    case query(Query)
    case rows([[Expression]])
    case source(TableSource)
  }

  private mutating func parseTableSource() throws(SQLError) -> TableSource {
    try enter()
    let source = try parseJoins(after: parseTablePrimary())
    leave()
    return source
  }

  private mutating func parseJoins(after first: TableSource) throws(SQLError) -> TableSource {
    var left = first
    var count = 1
    while let kind = try parseJoinKind() {
      left = try parseJoined(left, kind)
      count += 1
      // SQL Server's limit, and that of this tree's depth.
      guard count <= 256 else { throw .tooManyTables(line: line) }
    }
    return left
  }

  /// The right side of a join and its condition. Before the condition may come the joins of the right side.
  private mutating func parseJoined(_ left: TableSource, _ kind: JoinKind) throws(SQLError) -> TableSource {
    var right = try parseTablePrimary()
    if kind == .cross || kind == .crossApply || kind == .outerApply {
      return .join(kind, left, right, condition: nil)
    }
    try enter()
    var count = 1
    while !at(.on), let inner = try parseJoinKind() {
      right = try parseJoined(right, inner)
      count += 1
      guard count <= 256 else { throw .tooManyTables(line: line) }
    }
    leave()
    try expect(.on)
    return .join(kind, left, right, condition: try parseCondition())
  }

  /// The words of a join; nil if there is none here.
  private mutating func parseJoinKind() throws(SQLError) -> JoinKind? {
    switch token.keyword {
    case .join:
      advance()
      return .inner
    case .inner: return try parseJoinWords(.inner)
    case .left: return try parseJoinWords(.left)
    case .right: return try parseJoinWords(.right)
    case .full: return try parseJoinWords(.full)
    case .cross:
      advance()
      if take(.apply) { return .crossApply }
      try expect(.join)
      return .cross
    case .outer:
      advance()
      try expect(.apply)
      return .outerApply
    case .tablesample, .pivot, .unpivot: throw refusal(capitals(token))
    default: return nil
    }
  }

  private mutating func parseJoinWords(_ kind: JoinKind) throws(SQLError) -> JoinKind {
    advance()
    if kind != .inner { _ = take(.outer) }
    // How to join is the optimizer's affair.
    _ = take(.loop) || take(.hash) || take(.merge) || take(.remote)
    try expect(.join)
    return kind
  }

  private mutating func parseTablePrimary() throws(SQLError) -> TableSource {
    switch token.kind {
    case .leftParenthesis:
      return try source(parseEnclosed())
    case .variable:
      let name = try parseVariable()
      if at(.dot) { throw refusal("method of a variable") }
      return .variable(name, alias: try parseTableAlias())
    case .doubleColon:
      advance()
      return try parseTableFunction(parseObjectName())
    case .reserved:
      if let refused = tableFunctionRefusal { throw refused }
      throw unexpected()
    default:
      let name = try parseObjectName()
      if at(.leftParenthesis), !atHints(peek()) { return try parseTableFunction(name) }
      return .table(try parseTableReference(name))
    }
  }

  private var tableFunctionRefusal: SQLError? {
    let names = ["OPENROWSET", "OPENQUERY", "OPENDATASOURCE", "OPENXML", "CONTAINSTABLE", "FREETEXTTABLE"]
    let word = capitals(token)
    return names.contains(word) ? refusal(word) : nil
  }

  private mutating func parseTableReference(_ name: ObjectName) throws(SQLError) -> TableReference {
    if at(.for), peek().kind == .word, capitals(peek()) == "SYSTEM_TIME" { throw refusal("FOR SYSTEM_TIME") }
    var hints: [TableHint] = []
    if at(.leftParenthesis) { hints += try parseHints() }
    let alias = try parseTableAlias()
    if at(.leftParenthesis), atHints(peek()) { hints += try parseHints() }
    hints += try parseWithHints()
    return TableReference(name: name, alias: alias, hints: hints)
  }

  private mutating func parseTableFunction(_ name: ObjectName) throws(SQLError) -> TableSource {
    try expect(.leftParenthesis)
    var arguments: [Expression] = []
    if !at(.rightParenthesis) {
      arguments = try parseList { parser throws(SQLError) in try parser.parseExpressionOrDefault() }
    }
    try expect(.rightParenthesis)
    if at(.with), peek().kind == .leftParenthesis, name.name.text.uppercased() == "OPENJSON" {
      throw refusal("OPENJSON WITH")
    }
    let alias = try parseTableAlias()
    let columns = alias != nil && at(.leftParenthesis) ? try parseIdentifierList() : []
    return .function(name, arguments, alias: alias, columns: columns)
  }

  private mutating func parseTableAlias() throws(SQLError) -> Identifier? {
    if take(.as) { return try parseIdentifier() }
    return isName(token) ? try parseIdentifier() : nil
  }

  /// From `(` to the `)` that closes it.
  private mutating func parseEnclosed() throws(SQLError) -> Enclosed {
    try enter()
    try expect(.leftParenthesis)
    var enclosed: Enclosed
    if at(.select) {
      enclosed = .query(try parseQuery())
    } else if take(.values) {
      enclosed = .rows(try parseRows(limit: nil))
    } else if at(.leftParenthesis) {
      enclosed = try parseEnclosed()
      if case .query(let query) = enclosed, atSetOperator || at(.order) {
        enclosed = .query(try parseQuery(first: parenthesized(query)))
      }
      if !at(.rightParenthesis) {
        enclosed = .source(try parseJoins(after: source(enclosed)))
      }
    } else {
      enclosed = .source(try parseTableSource())
    }
    try expect(.rightParenthesis)
    leave()
    return enclosed
  }

  /// A source of what was in parentheses; queries and rows have a name after them.
  private mutating func source(_ enclosed: Enclosed) throws(SQLError) -> TableSource {
    if case .source(let source) = enclosed { return source }
    guard let alias = try parseTableAlias() else { throw unexpected() }
    let columns = at(.leftParenthesis) ? try parseIdentifierList() : []
    switch enclosed {
    case .query(let query): return .derived(query, alias: alias, columns: columns)
    case .rows(let rows): return .values(rows, alias: alias, columns: columns)
    case .source(let source): return source
    }
  }

  /// The rows of VALUES. All have as many values as the first.
  mutating func parseRows(limit: Int?) throws(SQLError) -> [[Expression]] {
    var rows: [[Expression]] = []
    repeat {
      let start = line
      try expect(.leftParenthesis)
      var row: [Expression] = []
      if let first = rows.first { row.reserveCapacity(first.count) }
      repeat { row.append(try parseExpressionOrDefault()) } while take(.comma)
      try expect(.rightParenthesis)
      if let first = rows.first, first.count != row.count { throw .unevenRows(line: start) }
      if let limit, rows.count >= limit { throw .tooManyRows(line: start) }
      rows.append(row)
    } while take(.comma)
    return rows
  }
}

// MARK: - Hints

extension Parser {
  private static let hints: [String: TableHint] = [
    "NOLOCK": .noLock, "READUNCOMMITTED": .noLock, "READCOMMITTED": .readCommitted,
    "READCOMMITTEDLOCK": .readCommittedLock, "REPEATABLEREAD": .repeatableRead, "SNAPSHOT": .snapshot,
    "HOLDLOCK": .holdLock, "SERIALIZABLE": .holdLock, "READPAST": .readPast, "NOWAIT": .noWait,
    "ROWLOCK": .rowLock, "PAGLOCK": .pageLock, "TABLOCK": .tableLock, "TABLOCKX": .exclusiveTableLock,
    "UPDLOCK": .updateLock, "XLOCK": .exclusiveLock, "KEEPIDENTITY": .keepIdentity,
    "KEEPDEFAULTS": .keepDefaults, "IGNORE_CONSTRAINTS": .ignoreConstraints,
    "IGNORE_TRIGGERS": .ignoreTriggers, "FORCESEEK": .forceSeek, "FORCESCAN": .forceScan,
    "NOEXPAND": .noExpand,
  ]

  /// Whether a parenthesis that `next` follows holds hints, without WITH before it, not arguments.
  func atHints(_ next: Token) -> Bool {
    if next.keyword == .index || next.keyword == .holdlock { return true }
    return next.kind == .word && Self.hints[capitals(next)] != nil
      && [.comma, .rightParenthesis].contains(peek(2).kind)
  }

  /// WITH (hint, ...), if it is here.
  mutating func parseWithHints() throws(SQLError) -> [TableHint] {
    guard at(.with), peek().kind == .leftParenthesis else { return [] }
    advance()
    return try parseHints()
  }

  /// Hints in parentheses. Their commas may be left out.
  private mutating func parseHints() throws(SQLError) -> [TableHint] {
    try expect(.leftParenthesis)
    var hints: [TableHint] = []
    repeat {
      hints.append(try parseHint())
      _ = take(.comma)
    } while !at(.rightParenthesis)
    try expect(.rightParenthesis)
    return hints
  }

  private mutating func parseHint() throws(SQLError) -> TableHint {
    if take(.index) { return .index(try parseIndexHint()) }
    guard at(.word) || at(.reserved) else { throw unexpected() }
    let word = capitals(token)
    guard let hint = Self.hints[word] else {
      throw at(.reserved) ? unexpected() : .unknownTableHint(shown(token), line: line)
    }
    advance()
    if hint == .forceSeek, at(.leftParenthesis) { try skipParentheses() }
    return hint
  }

  private mutating func parseIndexHint() throws(SQLError) -> [Identifier] {
    if take(.equal) {
      if at(.leftParenthesis) { return try parseEnclosedList(Self.parseIndexName) }
      return [try Self.parseIndexName(&self)]
    }
    return try parseEnclosedList(Self.parseIndexName)
  }

  /// A name or a number.
  private static func parseIndexName(_ parser: inout Parser) throws(SQLError) -> Identifier {
    if parser.at(.integer) { return Identifier(String(try parser.parseSmallNumber())) }
    return try parser.parseIdentifier()
  }
}
