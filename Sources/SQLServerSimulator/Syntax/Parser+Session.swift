/// SET, DECLARE, DBCC, KILL.
extension Parser {
  mutating func parseSet() throws(SQLError) -> SetStatement {
    try expect(.set)
    switch token.keyword {
    case .transaction, .tran:
      return try parseIsolationLevel()
    case .identityInsert:
      advance()
      let table = try parseObjectName()
      return .identityInsert(table, isOn: try parseOnOff())
    case .statistics:
      advance()
      let names = try parseList { parser throws(SQLError) in try parser.parseOptionWord() }
      return .statistics(names, isOn: try parseOnOff())
    default:
      break
    }
    if at(.variable) { return try parseSetVariable() }
    return try parseSetOption()
  }

  private mutating func parseSetVariable() throws(SQLError) -> SetStatement {
    let variable = try parseVariable()
    if at(.dot) || at(.doubleColon) { throw refusal("method of a variable") }
    guard let assignment = assignmentOperator(token.kind) else { throw unexpected() }
    advance()
    if at(.cursor) { throw refusal("CURSOR") }
    return .variable(variable, assignment, try parseExpression())
  }

  /// An option by name, whether or not SQL Server has it.
  private mutating func parseSetOption() throws(SQLError) -> SetStatement {
    let names = try parseList { parser throws(SQLError) in try parser.parseOptionWord() }
    if at(.on) || at(.off) {
      let isOn = try parseOnOff()
      if names.contains("QUOTED_IDENTIFIER") || names.contains("ANSI_DEFAULTS") { quotedIdentifiers = isOn }
      return .options(names, isOn: isOn)
    }
    guard names.count == 1 else { throw unexpected() }
    return .value(names[0], try parseOptionValue())
  }

  private mutating func parseOptionValue() throws(SQLError) -> Expression {
    switch token.kind {
    case .word, .bracketed:
      return .literal(.nationalString(Array(try parseIdentifier().text.utf16)))
    case .doubleQuoted:
      let value = Literal.nationalString(content(token))
      advance()
      return .literal(value)
    case .variable:
      return .variable(try parseVariable())
    case .minus, .plus:
      return try parseSignedNumber()
    case .integer, .decimal, .float, .money, .binary, .string, .nationalString:
      let value = try literal(token)
      advance()
      return .literal(value)
    default:
      if take(.null) { return .literal(.null) }
      throw unexpected()
    }
  }

  private mutating func parseOnOff() throws(SQLError) -> Bool {
    if take(.on) { return true }
    try expect(.off)
    return false
  }

  private mutating func parseIsolationLevel() throws(SQLError) -> SetStatement {
    advance()
    try expect(.isolation)
    try expect(.level)
    if take(.serializable) { return .isolationLevel(.serializable) }
    if take(.snapshot) { return .isolationLevel(.snapshot) }
    if take(.repeatable) {
      try expect(.read)
      return .isolationLevel(.repeatableRead)
    }
    try expect(.read)
    if take(.uncommitted) { return .isolationLevel(.readUncommitted) }
    try expect(.committed)
    return .isolationLevel(.readCommitted)
  }

  mutating func parseDeclare() throws(SQLError) -> StatementBody {
    let start = position
    try expect(.declare)
    if isName(token) { throw refusal("CURSOR") }
    var statements: [StatementBody] = []
    var scalars: [VariableDeclaration] = []
    repeat {
      let name = try parseVariable()
      _ = take(.as)
      if take(.table) {
        statements.append(.declareTable(variable: name, try parseTableElements()))
        continue
      }
      let type = try parseDataType()
      let initial = take(.equal) ? try parseExpression() : nil
      scalars.append(VariableDeclaration(name: name, type: type, initial: initial))
    } while take(.comma)
    if !scalars.isEmpty { statements.append(.declare(scalars)) }
    if statements.count == 1 { return statements[0] }
    // Both kinds in one statement.
    let range = range(from: start)
    let line = Int(tokens[start].line)
    return .block(statements.map { Statement(line: line, range: range, body: $0) })
  }

  mutating func parseDBCC() throws(SQLError) -> DBCCStatement {
    try expect(.dbcc)
    var statement = DBCCStatement(command: try parseOptionWord(), arguments: [], options: [])
    if at(.leftParenthesis) {
      statement.arguments = try parseEnclosedList { parser throws(SQLError) in
        guard parser.isName(parser.token) else { return .value(try parser.parseOptionOrNumber()) }
        return .name(try parser.parseObjectName())
      }
    }
    if at(.with), peek().kind == .word {
      advance()
      statement.options = try parseList { parser throws(SQLError) in try parser.parseOptionWord() }
    }
    return statement
  }

  private mutating func parseOptionOrNumber() throws(SQLError) -> Expression {
    try at(.doubleQuoted) ? .literal(takeLiteral()) : parseOptionValue()
  }

  private mutating func takeLiteral() throws(SQLError) -> Literal {
    let value = try literal(token)
    advance()
    return value
  }

  mutating func parseKill() throws(SQLError) -> StatementBody {
    try expect(.kill)
    guard at(.integer) || at(.string) || at(.nationalString) || at(.minus) else {
      throw at(.word) ? refusal("KILL " + capitals(token)) : unexpected()
    }
    let session = try parseOptionValue()
    if at(.with), peek().kind == .word { throw refusal("KILL WITH STATUSONLY") }
    return .kill(session)
  }
}
