/// Calls, and the functions that have a syntax of their own.
extension Parser {
  /// Arguments of a function whose name was taken, and what follows them.
  mutating func parseCall(of name: ObjectName) throws(SQLError) -> Expression {
    var call = FunctionCall(name: name, arguments: [])
    try enter()
    try expect(.leftParenthesis)
    if take(.star) {
      call.isStar = true
    } else if !at(.rightParenthesis) {
      if take(.distinct) {
        call.isDistinct = true
      } else {
        _ = take(.all)
      }
      call.arguments = try parseList { parser throws(SQLError) in
        try parser.parseExpressionOrDefault()
      }
    }
    try expect(.rightParenthesis)
    try parseCallSuffixes(&call)
    leave()
    return .function(call)
  }

  private mutating func parseCallSuffixes(_ call: inout FunctionCall) throws(SQLError) {
    if at(.within), peek().keyword == .group {
      advance()
      advance()
      try expect(.leftParenthesis)
      call.withinGroup = try parseOrderBy()
      try expect(.rightParenthesis)
    }
    if at(.ignore) || at(.respect), peek().kind == .word, capitals(peek()) == "NULLS" {
      throw refusal(capitals(token) + " NULLS")
    }
    if take(.over) {
      if !at(.leftParenthesis) { throw refusal("WINDOW clause") }
      call.over = try parseWindow()
    }
    if at(.dot) { throw refusal("method of a value") }
  }

  private mutating func parseWindow() throws(SQLError) -> Window {
    try expect(.leftParenthesis)
    var window = Window(partitionBy: [], orderBy: [], frame: nil)
    if take(.partition) {
      try expect(.by)
      window.partitionBy = try parseList { parser throws(SQLError) in try parser.parseExpression() }
    }
    if at(.order) { window.orderBy = try parseOrderBy() }
    if at(.rows) || at(.range) {
      let isRows = take(.rows)
      if !isRows { advance() }
      if take(.between) {
        let start = try parseFrameBound()
        try expect(.and)
        window.frame = WindowFrame(isRows: isRows, start: start, end: try parseFrameBound())
      } else {
        window.frame = WindowFrame(isRows: isRows, start: try parseFrameBound(), end: .currentRow)
      }
    }
    try expect(.rightParenthesis)
    return window
  }

  private mutating func parseFrameBound() throws(SQLError) -> FrameBound {
    if take(.current) {
      try expect(.row)
      return .currentRow
    }
    if take(.unbounded) {
      if take(.following) { return .unboundedFollowing }
      try expect(.preceding)
      return .unboundedPreceding
    }
    let count = try parseSmallNumber()
    if take(.following) { return .following(count) }
    try expect(.preceding)
    return .preceding(count)
  }

  /// The functions whose arguments are not a list of values; nil if the word here is none of them.
  mutating func parseSpecialCall() throws(SQLError) -> Expression? {
    switch token.keyword {
    case .cast, .tryCast: return try parseCast()
    case .iif: return try parseIIF()
    case .trim: return try parseTrim()
    case .parse, .tryParse: throw refusal(capitals(token))
    default: break
    }
    // DATEADD is the shortest of its kind, DATEDIFF_BIG the longest.
    guard (7...12).contains(token.range.count) else { return nil }
    switch capitals(token) {
    case "DATEADD", "DATEDIFF", "DATEDIFF_BIG", "DATEPART", "DATENAME", "DATETRUNC", "DATE_BUCKET":
      return try parseDateFunction()
    default:
      return nil
    }
  }

  private mutating func parseDateFunction() throws(SQLError) -> Expression {
    let name = takeFunctionName()
    try enter()
    try expect(.leftParenthesis)
    guard at(.word) else { throw .notADatePart(of: name.name.text.lowercased(), line: line) }
    let part = source(token.range).lowercased()
    advance()
    try expect(.comma)
    let rest = try parseList { parser throws(SQLError) in try parser.parseExpression() }
    try expect(.rightParenthesis)
    leave()
    return .function(FunctionCall(name: name, arguments: [.datePart(part)] + rest))
  }

  private mutating func parseCast() throws(SQLError) -> Expression {
    let isTry = at(.tryCast)
    try enter()
    advance()
    try expect(.leftParenthesis)
    let value = try parseExpression()
    try expect(.as)
    let type = try parseDataType()
    try expect(.rightParenthesis)
    leave()
    return .cast(value, to: type, isTry: isTry)
  }

  mutating func parseConvert() throws(SQLError) -> Expression {
    let isTry = at(.tryConvert)
    try enter()
    advance()
    try expect(.leftParenthesis)
    let type = try parseDataType()
    try expect(.comma)
    let value = try parseExpression()
    let style = take(.comma) ? try parseExpression() : nil
    try expect(.rightParenthesis)
    leave()
    return .convert(type, value, style: style, isTry: isTry)
  }

  private mutating func parseIIF() throws(SQLError) -> Expression {
    try enter()
    advance()
    try expect(.leftParenthesis)
    let condition = try parseCondition()
    try expect(.comma)
    let first = try parseExpression()
    try expect(.comma)
    let second = try parseExpression()
    try expect(.rightParenthesis)
    leave()
    return .searchedCase([SearchedWhen(condition: condition, result: first)], else: second)
  }

  /// TRIM(x), TRIM([LEADING | TRAILING | BOTH] characters FROM x). The function is then LTRIM, RTRIM or TRIM
  /// with the string first and the characters second, as LTRIM has them.
  private mutating func parseTrim() throws(SQLError) -> Expression {
    var name = takeFunctionName()
    try enter()
    try expect(.leftParenthesis)
    if take(.leading) {
      name.name = Identifier("LTRIM")
    } else if take(.trailing) {
      name.name = Identifier("RTRIM")
    } else {
      _ = take(.both)
    }
    var arguments = [try parseExpression()]
    if take(.from) { arguments.insert(try parseExpression(), at: 0) }
    try expect(.rightParenthesis)
    leave()
    return .function(FunctionCall(name: name, arguments: arguments))
  }

  mutating func parseIdentity() throws(SQLError) -> Expression {
    guard peek().kind == .leftParenthesis else { throw unexpected() }
    advance()
    advance()
    let type = try parseDataType()
    var seed = Expression.literal(.integer(1))
    var increment = seed
    if take(.comma) {
      seed = try parseSignedNumber()
      try expect(.comma)
      increment = try parseSignedNumber()
    }
    try expect(.rightParenthesis)
    return .identity(type, seed: seed, increment: increment)
  }

  /// A constant number with or without a sign.
  mutating func parseSignedNumber() throws(SQLError) -> Expression {
    let isNegative = take(.minus)
    if !isNegative { _ = take(.plus) }
    switch token.kind {
    case .integer, .decimal, .float, .money: break
    default: throw unexpected()
    }
    let value = Expression.literal(try literal(token))
    advance()
    return isNegative ? .unary(.minus, value) : value
  }

  mutating func parseCase() throws(SQLError) -> Expression {
    try enter()
    try expect(.case)
    if at(.when) {
      var whens: [SearchedWhen] = []
      while take(.when) {
        let condition = try parseCondition()
        try expect(.then)
        whens.append(SearchedWhen(condition: condition, result: try parseExpression()))
      }
      let other = take(.else) ? try parseExpression() : nil
      try expect(.end)
      leave()
      return .searchedCase(whens, else: other)
    }
    let value = try parseExpression()
    guard at(.when) else { throw unexpected() }
    var whens: [SimpleWhen] = []
    while take(.when) {
      let match = try parseExpression()
      try expect(.then)
      whens.append(SimpleWhen(value: match, result: try parseExpression()))
    }
    let other = take(.else) ? try parseExpression() : nil
    try expect(.end)
    leave()
    return .simpleCase(value, whens, else: other)
  }
}

// MARK: - ODBC escapes

extension Parser {
  /// `{fn f(x)}`, `{d '2020-01-01'}`, `{ts '2020-01-01 10:00:00'}`, `{guid '...'}`.
  mutating func parseEscape() throws(SQLError) -> Expression {
    try enter()
    advance()
    guard at(.word) else { throw unexpected() }
    let kind = capitals(token)
    let value: Expression
    switch kind {
    case "FN":
      advance()
      value = try parseEscapedFunction()
    case "D", "TS", "GUID":
      advance()
      guard at(.string) || at(.nationalString) else { throw unexpected() }
      let type = Identifier(kind == "GUID" ? "uniqueidentifier" : "datetime")
      value = .cast(.literal(try literal(token)), to: DataType(name: type, line: line), isTry: false)
      advance()
    default:
      throw refusal("{" + kind.lowercased())
    }
    try expect(.rightBrace)
    leave()
    return value
  }

  /// The functions of ODBC that have another name here.
  private static let escapedNames = [
    "UCASE": "UPPER", "LCASE": "LOWER", "IFNULL": "ISNULL", "NOW": "GETDATE", "CURRENT_TIMESTAMP": "GETDATE",
    "LENGTH": "LEN", "DATABASE": "DB_NAME", "USER": "USER_NAME", "REPEAT": "REPLICATE",
    "LOCATE": "CHARINDEX", "ATAN2": "ATN2",
  ]

  /// The parts of a date that are functions in ODBC.
  private static let escapedParts = [
    "DAYOFMONTH": "day", "DAYOFYEAR": "dayofyear", "DAYOFWEEK": "weekday", "HOUR": "hour", "MINUTE": "minute",
    "SECOND": "second", "QUARTER": "quarter", "WEEK": "week",
  ]

  private mutating func parseEscapedFunction() throws(SQLError) -> Expression {
    guard at(.word) || at(.reserved) else { throw unexpected() }
    let word = capitals(token)
    if [
      "CONVERT", "EXTRACT", "TIMESTAMPADD", "TIMESTAMPDIFF", "CURRENT_DATE", "CURRENT_TIME", "CURDATE",
      "CURTIME",
      "INSERT", "TRUNCATE", "MOD", "DAYNAME", "MONTHNAME", "BIT_LENGTH", "OCTET_LENGTH",
    ].contains(word) {
      throw refusal("{fn " + word.lowercased())
    }
    if at(.case) || at(.select) { throw unexpected() }
    var name = takeFunctionName()
    if let known = Self.escapedNames[word] { name.name = Identifier(known) }
    if word == "CURRENT_TIMESTAMP", !at(.leftParenthesis) {
      return .function(FunctionCall(name: name, arguments: []))
    }
    guard let part = Self.escapedParts[word] else { return try parseCall(of: name) }
    name.name = Identifier("DATEPART")
    guard case .function(var call) = try parseCall(of: name) else { throw unexpected() }
    call.arguments.insert(.datePart(part), at: 0)
    return .function(call)
  }
}
