/// SELECT and what it consists of, FROM apart.
extension Parser {
  mutating func parseSelectStatement(
    with commonTables: [CommonTable] = []
  ) throws(SQLError) -> SelectStatement {
    var query = try parseQuery()
    query.commonTables = commonTables
    return SelectStatement(query: query, options: try parseOptions())
  }

  /// WITH a (x) AS (query), ...
  mutating func parseCommonTables() throws(SQLError) -> [CommonTable] {
    try expect(.with)
    if at(word: "XMLNAMESPACES") { throw refusal("XMLNAMESPACES") }
    return try parseList { parser throws(SQLError) in
      let name = try parser.parseIdentifier()
      let columns = parser.at(.leftParenthesis) ? try parser.parseIdentifierList() : []
      try parser.expect(.as)
      return CommonTable(name: name, columns: columns, query: try parser.parseEnclosedQuery())
    }
  }

  /// A query with its ORDER BY. `first` is the first clause if it was parsed already.
  mutating func parseQuery(first: QueryBody? = nil) throws(SQLError) -> Query {
    try enter()
    let term = if let first { first } else { try parseQueryTerm() }
    var query = Query(body: try parseSetOperators(after: term))
    if at(.order) {
      query.orderBy = try parseOrderBy()
      if at(.offset) { try parseOffset(&query) }
    }
    if at(.for), peek().kind == .word || peek().kind == .reserved {
      throw refusal("FOR " + capitals(peek()))
    }
    leave()
    return query
  }

  var atSetOperator: Bool { at(.union) || at(.except) || at(.intersect) }

  private mutating func parseSetOperators(after first: QueryBody) throws(SQLError) -> QueryBody {
    let left = try parseIntersections(after: first)
    var combined: [CombinedQuery] = []
    while at(.union) || at(.except) {
      let isUnion = take(.union)
      if !isUnion { advance() }
      let isAll = isUnion && take(.all)
      let body = try parseIntersections(after: parseQueryTerm())
      combined.append(CombinedQuery(operator: isAll ? .unionAll : isUnion ? .union : .except, body: body))
    }
    return combined.isEmpty ? left : .combination(left, combined)
  }

  private mutating func parseIntersections(after first: QueryBody) throws(SQLError) -> QueryBody {
    var combined: [CombinedQuery] = []
    while take(.intersect) {
      combined.append(CombinedQuery(operator: .intersect, body: try parseQueryTerm()))
    }
    return combined.isEmpty ? first : .combination(first, combined)
  }

  private mutating func parseQueryTerm() throws(SQLError) -> QueryBody {
    guard at(.leftParenthesis) else { return .select(try parseSelectClause()) }
    return parenthesized(try parseEnclosedQuery())
  }

  /// What a query in parentheses is as a part of another.
  func parenthesized(_ query: Query) -> QueryBody {
    query.orderBy.isEmpty ? query.body : .nested(query)
  }

  private mutating func parseOffset(_ query: inout Query) throws(SQLError) {
    try expect(.offset)
    query.offset = try parseExpression()
    guard take(.row) || take(.rows) else { throw unexpected() }
    guard take(.fetch) else { return }
    guard take(.first) || take(.next) else { throw unexpected() }
    query.fetch = try parseExpression()
    guard take(.row) || take(.rows) else { throw unexpected() }
    try expect(.only)
  }

  mutating func parseOrderBy() throws(SQLError) -> [OrderItem] {
    try expect(.order)
    try expect(.by)
    return try parseList { parser throws(SQLError) in
      let expression = try parser.parseExpression()
      let isDescending = parser.take(.desc)
      if !isDescending { _ = parser.take(.asc) }
      return OrderItem(expression: expression, isDescending: isDescending)
    }
  }

  private mutating func parseSelectClause() throws(SQLError) -> SelectClause {
    var clause = SelectClause(line: line)
    try expect(.select)
    clause.isDistinct = take(.distinct)
    if !clause.isDistinct { _ = take(.all) }
    clause.top = try parseTop(needsParentheses: false)
    clause.items = try parseList { parser throws(SQLError) in try parser.parseSelectItem() }
    if take(.into) { clause.into = try parseObjectName() }
    clause.from = try parseFrom()
    clause.filter = try parseFilter()
    if take(.group) {
      try expect(.by)
      clause.groupBy = try parseGroupBy()
    }
    if take(.having) { clause.having = try parseCondition() }
    return clause
  }

  private mutating func parseGroupBy() throws(SQLError) -> [Expression] {
    if at(.all) { throw refusal("GROUP BY ALL") }
    if at(.rollup) || at(.cube), peek().kind == .leftParenthesis { throw refusal(capitals(token)) }
    if at(.grouping), peek().keyword == .sets { throw refusal("GROUPING SETS") }
    if at(.leftParenthesis), peek().kind == .rightParenthesis { throw refusal("GROUP BY ()") }
    let expressions = try parseList { parser throws(SQLError) in try parser.parseExpression() }
    if at(.with), peek().keyword == .rollup || peek().keyword == .cube {
      throw refusal("WITH " + capitals(peek()))
    }
    return expressions
  }

  /// TOP (n) [PERCENT] [WITH TIES]; only SELECT takes a number without parentheses.
  mutating func parseTop(needsParentheses: Bool) throws(SQLError) -> Top? {
    guard take(.top) else { return nil }
    let count: Expression
    if take(.leftParenthesis) {
      count = try parseExpression()
      try expect(.rightParenthesis)
    } else if !needsParentheses, at(.integer) || at(.decimal) || at(.float) {
      count = .literal(try literal(token))
      advance()
    } else {
      throw unexpected()
    }
    let isPercent = take(.percent)
    let withTies = at(.with) && peek().keyword == .ties
    if withTies {
      advance()
      advance()
    }
    return Top(count: count, isPercent: isPercent, withTies: withTies)
  }

  mutating func parseSelectItem() throws(SQLError) -> SelectItem {
    if take(.star) { return .all(of: nil) }
    if let table = try parseQualifiedStar() { return .all(of: table) }
    if at(.variable), let assignment = assignmentOperator(peek().kind) {
      let variable = try parseVariable()
      advance()
      return .assignment(variable, assignment, try parseExpression())
    }
    if peek().kind == .equal, let alias = try columnAlias(token) {
      advance()
      advance()
      return .expression(try parseExpression(), alias: alias)
    }
    let expression = try parseExpression()
    let isNamed = take(.as)
    let alias = try columnAlias(token)
    if alias != nil { advance() } else if isNamed { throw unexpected() }
    return .expression(expression, alias: alias)
  }

  /// A name or a string that names a column; nil if the token is neither.
  private func columnAlias(_ token: Token) throws(SQLError) -> Identifier? {
    switch token.kind {
    case .word, .bracketed: return try identifier(token)
    case .string, .doubleQuoted, .nationalString:
      let units = content(token)
      guard !units.isEmpty else { throw .emptyName(line: Int(token.line)) }
      return Identifier(String(decoding: units, as: UTF16.self), isQuoted: true)
    default: return nil
    }
  }

  /// `t.*`; nil, and nothing taken, if the name here ends otherwise.
  private mutating func parseQualifiedStar() throws(SQLError) -> ObjectName? {
    var end = position
    while tokens[end].kind == .dot || isName(tokens[end]) && tokens[end + 1].kind == .dot {
      end += tokens[end].kind == .dot ? 1 : 2
    }
    guard end > position, tokens[end].kind == .star else { return nil }
    let table = try parseObjectName()
    try expect(.dot)
    try expect(.star)
    return table
  }

  func assignmentOperator(_ kind: Token.Kind) -> AssignmentOperator? {
    switch kind {
    case .equal: .assign
    case .plusEqual: .compound(.add)
    case .minusEqual: .compound(.subtract)
    case .starEqual: .compound(.multiply)
    case .slashEqual: .compound(.divide)
    case .percentEqual: .compound(.modulo)
    case .ampersandEqual: .compound(.bitwiseAnd)
    case .barEqual: .compound(.bitwiseOr)
    case .caretEqual: .compound(.bitwiseXor)
    default: nil
    }
  }

  mutating func parseFilter() throws(SQLError) -> Condition? {
    guard take(.where) else { return nil }
    if at(.current), peek().keyword == .of { throw refusal("CURRENT OF") }
    return try parseCondition()
  }

  /// OPTION (hint, ...).
  mutating func parseOptions() throws(SQLError) -> [QueryHint] {
    guard take(.option) else { return [] }
    return try parseEnclosedList { parser throws(SQLError) in try parser.parseQueryHint() }
  }

  private mutating func parseQueryHint() throws(SQLError) -> QueryHint {
    var words = [try parseOptionWord()]
    var number: Int?
    while !at(.comma), !at(.rightParenthesis) {
      if at(.word) || at(.reserved) {
        words.append(try parseOptionWord())
      } else if at(.integer), number == nil {
        number = try parseSmallNumber()
      } else if at(.leftParenthesis) {
        try skipParentheses()
      } else if at(.equal) || at(.string) || at(.nationalString) {
        advance()
      } else {
        throw unexpected()
      }
    }
    return QueryHint(name: words.joined(separator: " "), number: number)
  }

  /// Skips what is in parentheses, and them.
  mutating func skipParentheses() throws(SQLError) {
    try expect(.leftParenthesis)
    var open = 1
    while open > 0 {
      if at(.endOfText) { throw unexpected() }
      if at(.leftParenthesis) { open += 1 }
      if at(.rightParenthesis) { open -= 1 }
      advance()
    }
  }
}
