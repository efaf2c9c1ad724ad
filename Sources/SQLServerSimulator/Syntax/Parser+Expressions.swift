/// Expressions: operators by precedence climbing, and what has a value of its own.
extension Parser {
  /// A value. Comparisons and AND are left for the caller: what T-SQL compares is no value.
  mutating func parseExpression() throws(SQLError) -> Expression {
    // Most of a long batch is lists of constants.
    switch token.kind {
    case .integer, .string, .nationalString, .decimal, .float, .binary, .money:
      let next = peek().kind
      if next == .comma || next == .rightParenthesis {
        let value = try literal(token)
        advance()
        height = max(height, 1)
        return .literal(value)
      }
    default: break
    }
    return try parseOperators()
  }

  /// A value or DEFAULT: an argument, a value of a row or of SET.
  mutating func parseExpressionOrDefault() throws(SQLError) -> Expression {
    take(.default) ? .defaultValue : try parseExpression()
  }

  /// An expression, with where its source is.
  mutating func parseSourcedExpression() throws(SQLError) -> SourcedExpression {
    let start = position
    let expression = try parseExpression()
    return SourcedExpression(expression: expression, range: range(from: start))
  }

  /// Operators of `minimum` rank and above. `first` is the first operand if it was parsed already, and
  /// `height` its height.
  mutating func parseOperators(minimum: Int = 1, first: Expression? = nil) throws(SQLError) -> Expression {
    let outer = first == nil ? height : 0
    if first == nil { height = 0 }
    var left = if let first { try parseSuffixes(of: first) } else { try parseSigned() }
    while let (operation, rank) = binaryOperator(token.kind), rank >= minimum {
      advance()
      let leftHeight = height
      height = 0
      let right = try parseOperators(minimum: rank + 1)
      height = max(leftHeight, height) + 1
      guard height <= Self.maximumHeight else { throw .nestedTooDeeply(line: line) }
      left = .binary(operation, left, right)
    }
    height = max(height, outer)
    return left
  }

  func binaryOperator(_ kind: Token.Kind) -> (BinaryOperator, rank: Int)? {
    switch kind {
    case .plus: (.add, 1)
    case .minus: (.subtract, 1)
    case .ampersand: (.bitwiseAnd, 1)
    case .bar: (.bitwiseOr, 1)
    case .caret: (.bitwiseXor, 1)
    case .star: (.multiply, 2)
    case .slash: (.divide, 2)
    case .percentSign: (.modulo, 2)
    default: nil
    }
  }

  /// An operand with its sign. SQL Server's minus binds less tightly than `*` and `/`: `-100 / -100 * 10` is
  /// `-(100 / -(100 * 10))`. `~` binds most tightly.
  private mutating func parseSigned() throws(SQLError) -> Expression {
    let operation: UnaryOperator
    switch token.kind {
    case .minus: operation = .minus
    case .plus: operation = .plus
    case .tilde: operation = .bitwiseNot
    default:
      let primary = try parsePrimary()
      height += 1
      return try parseSuffixes(of: primary)
    }
    try enter()
    advance()
    let operand = operation == .bitwiseNot ? try parseSigned() : try parseOperators(minimum: 2)
    height += 1
    leave()
    return .unary(operation, operand)
  }

  /// COLLATE and AT TIME ZONE.
  private mutating func parseSuffixes(of first: Expression) throws(SQLError) -> Expression {
    var expression = first
    while true {
      if take(.collate) {
        expression = .collate(expression, try parseIdentifier())
      } else if at(.at), peek(1).keyword == .time, peek(2).keyword == .zone {
        advance()
        advance()
        advance()
        let zone = try parsePrimary()
        expression = .atTimeZone(expression, zone)
      } else {
        return expression
      }
      height += 1
      guard height <= Self.maximumHeight else { throw .nestedTooDeeply(line: line) }
    }
  }

  private mutating func parsePrimary() throws(SQLError) -> Expression {
    switch token.kind {
    case .integer, .decimal, .float, .money, .binary, .string, .nationalString:
      return try parseLiteral()
    case .doubleQuoted:
      return quotedIdentifiers ? try parseNamed() : try parseLiteral()
    case .variable:
      let name = try parseVariable()
      if at(.dot) { throw refusal("method of a variable") }
      return .variable(name)
    case .systemVariable:
      defer { advance() }
      return .systemVariable(source(token.range))
    case .leftParenthesis:
      return try parseParenthesized()
    case .leftBrace:
      return try parseEscape()
    case .word, .bracketed:
      return try parseNamed()
    case .reserved:
      return try parseReserved()
    default:
      throw unexpected()
    }
  }

  private mutating func parseLiteral() throws(SQLError) -> Expression {
    let value = try literal(token)
    advance()
    return .literal(value)
  }

  private mutating func parseParenthesized() throws(SQLError) -> Expression {
    try enter()
    advance()
    let value: Expression
    if at(.select) {
      value = .subquery(try parseQuery())
    } else {
      value = try parseSetOperators(after: parseExpression())
    }
    try expect(.rightParenthesis)
    leave()
    return value
  }

  /// `(query) UNION query`, of which the query in parentheses was taken for a value.
  mutating func parseSetOperators(after value: Expression) throws(SQLError) -> Expression {
    guard case .subquery(let query) = value, atSetOperator || at(.order) else { return value }
    return .subquery(try parseQuery(first: parenthesized(query)))
  }

  private mutating func parseReserved() throws(SQLError) -> Expression {
    switch token.keyword {
    case .null:
      advance()
      return .literal(.null)
    case .case:
      return try parseCase()
    case .convert, .tryConvert:
      return try parseConvert()
    case .identity:
      return try parseIdentity()
    case .currentTimestamp, .currentUser, .sessionUser, .systemUser, .user:
      return .function(FunctionCall(name: takeFunctionName(), arguments: []))
    case .coalesce, .nullif, .left, .right:
      let name = takeFunctionName()
      guard at(.leftParenthesis) else {
        position -= 1
        throw unexpected()
      }
      return try parseCall(of: name)
    case .contains, .freetext, .identitycol, .rowguidcol:
      throw refusal(capitals(token))
    default:
      throw unexpected()
    }
  }

  /// The word here, as the name of a function.
  mutating func takeFunctionName() -> ObjectName {
    defer { advance() }
    return ObjectName(name: Identifier(source(token.range)), line: line)
  }

  /// A column or a call.
  private mutating func parseNamed() throws(SQLError) -> Expression {
    if at(.word) {
      if peek().kind == .leftParenthesis, let special = try parseSpecialCall() { return special }
      if at(.next), peek().keyword == .values || peek().kind == .word && capitals(peek()) == "VALUE" {
        throw refusal("NEXT VALUE FOR")
      }
      if text[Int(token.start)] == Unit.dollar { throw refusal(capitals(token)) }
    }
    let start = position
    let parts = try parseNameParts()
    if at(.leftParenthesis) { return try parseCall(of: objectName(parts, from: start)) }
    return .column(try columnReference(parts, from: start))
  }
}
