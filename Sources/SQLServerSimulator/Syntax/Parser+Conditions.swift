/// Search conditions. A parenthesis may hold a condition or begin a value: what is in it tells.
extension Parser {
  private enum Operand {
    case value(Expression)
    case condition(Condition)
  }

  mutating func parseCondition() throws(SQLError) -> Condition {
    try condition(parseAny())
  }

  mutating func parseSourcedCondition() throws(SQLError) -> SourcedCondition {
    let start = position
    let condition = try parseCondition()
    return SourcedCondition(condition: condition, range: range(from: start))
  }

  private func condition(_ operand: Operand) throws(SQLError) -> Condition {
    switch operand {
    case .condition(let condition):
      return condition
    case .value:
      throw .notACondition(
        near: shown(at(.endOfText) && position > 0 ? tokens[position - 1] : token), line: line)
    }
  }

  /// OR, or what it consists of.
  private mutating func parseAny() throws(SQLError) -> Operand {
    let first = try parseAll()
    guard at(.or) else { return first }
    var conditions = [try condition(first)]
    while take(.or) { conditions.append(try condition(parseAll())) }
    return .condition(.any(conditions))
  }

  private mutating func parseAll() throws(SQLError) -> Operand {
    let first = try parseNegation()
    guard at(.and) else { return first }
    var conditions = [try condition(first)]
    while take(.and) { conditions.append(try condition(parseNegation())) }
    return .condition(.all(conditions))
  }

  private mutating func parseNegation() throws(SQLError) -> Operand {
    guard at(.not) else { return try parsePredicate() }
    try enter()
    advance()
    let operand = try condition(parseNegation())
    leave()
    return .condition(.not(operand))
  }

  private mutating func parsePredicate() throws(SQLError) -> Operand {
    switch token.keyword {
    case .exists:
      advance()
      return .condition(.exists(try parseEnclosedQuery()))
    case .update where peek().kind == .leftParenthesis:
      advance()
      advance()
      let column = try parseIdentifier()
      try expect(.rightParenthesis)
      return .condition(.updates(column))
    case .contains, .freetext:
      throw refusal(capitals(token))
    default:
      break
    }
    guard at(.leftParenthesis), peek().keyword != .select else {
      return try parsePredicate(of: parseExpression())
    }
    let outer = height
    height = 0
    try enter()
    advance()
    let inner = try parseAny()
    if case .condition = inner {
      try expect(.rightParenthesis)
      leave()
      height = max(height, outer)
      return inner
    }
    guard case .value(let value) = inner else { return inner }
    let first = try parseSetOperators(after: value)
    try expect(.rightParenthesis)
    leave()
    let left = try parseOperators(first: first)
    height = max(height, outer)
    return try parsePredicate(of: left)
  }

  /// What follows the left side of a predicate; the value itself if nothing does.
  private mutating func parsePredicate(of left: Expression) throws(SQLError) -> Operand {
    if let comparison = comparisonOperator(token.kind) {
      advance()
      return .condition(try parseComparison(left, comparison))
    }
    if take(.is) {
      let isNegated = take(.not)
      if take(.null) { return .condition(.isNull(left, isNegated: isNegated)) }
      try expect(.distinct)
      try expect(.from)
      return .condition(.distinct(left, try parseExpression(), isNegated: isNegated))
    }
    let isNegated = at(.not) && [.in, .like, .between].contains(peek().keyword)
    if isNegated { advance() }
    switch token.keyword {
    case .in:
      advance()
      return .condition(try parseIn(left, isNegated: isNegated))
    case .like:
      advance()
      return .condition(try parseLike(left, isNegated: isNegated))
    case .between:
      advance()
      let low = try parseExpression()
      try expect(.and)
      let high = try parseExpression()
      return .condition(.between(left, low: low, high: high, isNegated: isNegated))
    default:
      return .value(left)
    }
  }

  private func comparisonOperator(_ kind: Token.Kind) -> ComparisonOperator? {
    switch kind {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    default: nil
    }
  }

  private mutating func parseComparison(
    _ left: Expression, _ comparison: ComparisonOperator
  ) throws(SQLError) -> Condition {
    if [.all, .any, .some].contains(token.keyword), peek().kind == .leftParenthesis {
      let isAll = at(.all)
      advance()
      return .quantified(comparison, left, isAll: isAll, try parseEnclosedQuery())
    }
    return .comparison(comparison, left, try parseExpression())
  }

  private mutating func parseIn(_ left: Expression, isNegated: Bool) throws(SQLError) -> Condition {
    guard at(.leftParenthesis) else { throw unexpected() }
    if peek().keyword == .select { return .inQuery(left, try parseEnclosedQuery(), isNegated: isNegated) }
    try enter()
    advance()
    let first = try parseSetOperators(after: parseExpression())
    var values = [first]
    while take(.comma) { values.append(try parseExpression()) }
    try expect(.rightParenthesis)
    leave()
    // Parentheses around the only query do not make a value of it.
    if values.count == 1, case .subquery(let query) = first {
      return .inQuery(left, query, isNegated: isNegated)
    }
    return .inList(left, values, isNegated: isNegated)
  }

  private mutating func parseLike(_ left: Expression, isNegated: Bool) throws(SQLError) -> Condition {
    let pattern = try parseExpression()
    var escape: Expression?
    if take(.escape) {
      escape = try parseExpression()
    } else if at(.leftBrace), peek().keyword == .escape {
      advance()
      advance()
      escape = try parseExpression()
      try expect(.rightBrace)
    }
    return .like(left, pattern: pattern, escape: escape, isNegated: isNegated)
  }

  /// A query in parentheses.
  mutating func parseEnclosedQuery() throws(SQLError) -> Query {
    try expect(.leftParenthesis)
    let query = try parseQuery()
    try expect(.rightParenthesis)
    return query
  }
}
