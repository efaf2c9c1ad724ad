/// Statements, and those that control which of them run.
extension Parser {
  /// Statements up to a token, which is not taken. Semicolons between them may be left out.
  mutating func parseStatements(
    until isEnd: (Token) -> Bool
  ) throws(SQLError) -> [Statement] {
    var statements: [Statement] = []
    while true {
      while take(.semicolon) {}
      if isEnd(token) { return statements }
      if at(.with), !statements.isEmpty, tokens[position - 1].kind != .semicolon {
        throw .withAfterStatement(shown(token), line: line)
      }
      statements.append(try parseStatement())
    }
  }

  mutating func parseStatement() throws(SQLError) -> Statement {
    try enter()
    let start = position
    let body = try parseStatementBody()
    leave()
    let statement = Statement(line: Int(tokens[start].line), range: range(from: start), body: body)
    _ = take(.semicolon)
    return statement
  }

  private mutating func parseStatementBody() throws(SQLError) -> StatementBody {
    switch token.keyword {
    case .select: return .select(try parseSelectStatement())
    case .insert: return try parseInsert()
    case .update: return try parseUpdate()
    case .delete: return try parseDelete()
    case .with: return try parseWithStatement()
    case .merge: throw refusal("MERGE")
    case .truncate: return try parseTruncate()
    case .create: return try parseCreate()
    case .alter: return try parseAlter()
    case .drop: return try parseDrop()
    case .set: return .set(try parseSet())
    case .declare: return try parseDeclare()
    case .begin: return try parseBegin()
    case .commit, .rollback, .save: return try parseTransactionEnd()
    case .if: return try parseIf()
    case .while: return try parseWhile()
    case .exec, .execute: return .execute(try parseExecute())
    case .print:
      advance()
      return .printText(try parseExpression())
    case .raiserror: return .raiseError(try parseRaiseError())
    case .throw: return try parseThrow()
    case .return: return try parseReturn()
    case .waitfor: return try parseWaitFor()
    case .use:
      advance()
      return .use(try parseIdentifier())
    case .dbcc: return .dbcc(try parseDBCC())
    case .kill: return try parseKill()
    default: return try parseOtherStatement()
    }
  }

  private mutating func parseOtherStatement() throws(SQLError) -> StatementBody {
    switch token.keyword {
    case .break:
      advance()
      return .exitLoop
    case .continue:
      advance()
      return .continueLoop
    case .checkpoint:
      advance()
      if at(.integer) { advance() }
      return .checkpoint
    case .enable, .disable:
      if peek().keyword == .trigger { return try parseSwitchTriggers() }
    case .open, .fetch, .close, .deallocate:
      throw refusal("CURSOR")
    case .goto:
      throw refusal("GOTO")
    case .bulk:
      throw refusal("BULK INSERT")
    default:
      break
    }
    if at(.leftParenthesis) { return .select(try parseSelectStatement()) }
    if at(.word), peek().kind == .colon { throw refusal("label " + shown(token)) }
    // The first statement may be a call without EXECUTE.
    if position == 0, isName(token) || at(.dot) {
      return .execute(try parseCall(of: .procedure(parseObjectName())))
    }
    let known = [
      "GRANT", "DENY", "REVOKE", "BACKUP", "RESTORE", "RECONFIGURE", "SHUTDOWN", "READTEXT", "WRITETEXT",
      "UPDATETEXT",
      "REVERT", "SETUSER", "LINENO",
    ]
    if at(.reserved), known.contains(capitals(token)) { throw refusal(capitals(token)) }
    throw unexpected()
  }

  private mutating func parseTruncate() throws(SQLError) -> StatementBody {
    try expect(.truncate)
    try expect(.table)
    let table = try parseObjectName()
    if at(.with), peek().kind == .leftParenthesis { throw refusal("TRUNCATE TABLE WITH") }
    return .truncate(table)
  }

  private mutating func parseSwitchTriggers() throws(SQLError) -> StatementBody {
    let isOn = take(.enable)
    if !isOn { advance() }
    try expect(.trigger)
    var names: [Identifier] = []
    if !take(.all) {
      names = try parseList { parser throws(SQLError) in try parser.parseObjectName().name }
    }
    try expect(.on)
    if at(.database) || at(.all) { throw refusal("TRIGGER ON " + capitals(token)) }
    return .switchTriggers(names, of: try parseObjectName(), isOn: isOn)
  }

  /// UPDATE STATISTICS, behind these words.
  mutating func parseStatistics() throws(SQLError) -> StatementBody {
    let table = try parseObjectName()
    if isName(token) {
      _ = try parseIdentifier()
    } else if at(.leftParenthesis) {
      _ = try parseIdentifierList()
    }
    if take(.with) {
      repeat {
        while at(.word) || at(.integer) || at(.percent) || at(.all) || at(.index) || at(.equal) || at(.on)
          || at(.off)
        {
          advance()
        }
      } while take(.comma)
    }
    return .statistics(table)
  }
}

// MARK: - Control of flow

extension Parser {
  private mutating func parseBegin() throws(SQLError) -> StatementBody {
    try expect(.begin)
    switch token.keyword {
    case .tran, .transaction:
      advance()
      let name = try parseTransactionName()
      if name != nil, at(.with) {
        advance()
        guard at(word: "MARK") else { throw unexpected() }
        advance()
        if at(.string) || at(.nationalString) { advance() }
      }
      return .beginTransaction(name)
    case .distributed: throw refusal("DISTRIBUTED TRANSACTION")
    case .try: return try parseTry()
    case .catch: throw unexpected()
    default: break
    }
    if at(word: "DIALOG") || at(word: "CONVERSATION") || at(word: "ATOMIC") {
      throw refusal("BEGIN " + capitals(token))
    }
    let statements = try parseStatements { $0.keyword == .end || $0.kind == .endOfText }
    guard !statements.isEmpty else { throw unexpected() }
    try expect(.end)
    return .block(statements)
  }

  private mutating func parseTry() throws(SQLError) -> StatementBody {
    try expect(.try)
    let body = try parseStatements { $0.keyword == .end || $0.kind == .endOfText }
    try expect(.end)
    try expect(.try)
    _ = take(.semicolon)
    try expect(.begin)
    try expect(.catch)
    let handler = try parseStatements { $0.keyword == .end || $0.kind == .endOfText }
    try expect(.end)
    try expect(.catch)
    return .tryCatch(try: body, catch: handler)
  }

  private mutating func parseIf() throws(SQLError) -> StatementBody {
    try expect(.if)
    let condition = try parseCondition()
    let then = try parseStatement()
    // More than one semicolon ends the IF.
    let other = take(.else) ? try parseStatement() : nil
    return .conditional(condition, then: then, else: other)
  }

  private mutating func parseWhile() throws(SQLError) -> StatementBody {
    try expect(.while)
    let condition = try parseCondition()
    return .loop(condition, body: try parseStatement())
  }

  private mutating func parseReturn() throws(SQLError) -> StatementBody {
    try expect(.return)
    let isValue =
      switch token.kind {
      case .integer, .variable, .systemVariable, .leftParenthesis, .minus, .plus, .tilde, .word, .bracketed,
        .string,
        .decimal, .binary:
        !at(.throw)
      case .reserved: [.null, .case, .convert, .coalesce, .nullif].contains(token.keyword)
      default: false
      }
    return .return(isValue ? try parseExpression() : nil)
  }

  private mutating func parseWaitFor() throws(SQLError) -> StatementBody {
    try expect(.waitfor)
    guard take(.delay) else {
      throw at(.time) || at(.leftParenthesis) ? refusal("WAITFOR " + shown(token)) : unexpected()
    }
    guard at(.string) || at(.nationalString) || at(.variable) else { throw unexpected() }
    return .waitForDelay(try parseExpression())
  }

  private mutating func parseThrow() throws(SQLError) -> StatementBody {
    try expect(.throw)
    guard at(.integer) || at(.variable) else { return .throw(nil) }
    let number = try parseExpression()
    try expect(.comma)
    let message = try parseExpression()
    try expect(.comma)
    return .throw(ThrowOperands(number: number, message: message, state: try parseExpression()))
  }

  private mutating func parseRaiseError() throws(SQLError) -> RaiseErrorStatement {
    try expect(.raiserror)
    try expect(.leftParenthesis)
    let operands = try parseList { parser throws(SQLError) in try parser.parseExpression() }
    guard operands.count >= 3 else { throw unexpected() }
    try expect(.rightParenthesis)
    var statement = RaiseErrorStatement(
      message: operands[0], severity: operands[1], state: operands[2],
      arguments: Array(operands.dropFirst(3)), options: [])
    if at(.with), ["LOG", "NOWAIT", "SETERROR"].contains(capitals(peek())) {
      advance()
      statement.options = try parseList { parser throws(SQLError) in try parser.parseOptionWord() }
    }
    return statement
  }
}

// MARK: - Transactions

extension Parser {
  /// A name or a variable that holds one, if it is here.
  private mutating func parseTransactionName() throws(SQLError) -> TransactionName? {
    if at(.variable) { return .variable(try parseVariable()) }
    guard isName(token), !at(.throw) else { return nil }
    return .name(try parseIdentifier())
  }

  private mutating func parseTransactionEnd() throws(SQLError) -> StatementBody {
    let verb = token.keyword
    advance()
    var name: TransactionName?
    if take(.tran) || take(.transaction) {
      name = try parseTransactionName()
    } else if verb == .save {
      throw unexpected()
    } else {
      _ = take(.work)
    }
    switch verb {
    case .commit:
      if at(.with), peek().kind == .leftParenthesis { _ = try parseWithOptions() }
      return .commitTransaction(name)
    case .rollback: return .rollbackTransaction(name)
    default:
      guard let name else { throw unexpected() }
      return .saveTransaction(name)
    }
  }
}
