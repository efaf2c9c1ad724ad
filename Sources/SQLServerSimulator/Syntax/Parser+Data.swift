/// INSERT, UPDATE, DELETE, INSERT BULK and EXECUTE.
extension Parser {
  /// What begins with WITH.
  mutating func parseWithStatement() throws(SQLError) -> StatementBody {
    let commonTables = try parseCommonTables()
    switch token.keyword {
    case .select: return .select(try parseSelectStatement(with: commonTables))
    case .insert: return try parseInsert(with: commonTables)
    case .update: return try parseUpdate(with: commonTables)
    case .delete: return try parseDelete(with: commonTables)
    case .merge: throw refusal("MERGE")
    default:
      if at(.leftParenthesis) { return .select(try parseSelectStatement(with: commonTables)) }
      throw unexpected()
    }
  }

  mutating func parseInsert(with commonTables: [CommonTable] = []) throws(SQLError) -> StatementBody {
    try expect(.insert)
    if at(.bulk), commonTables.isEmpty { return try parseInsertBulk() }
    let top = try parseTop(needsParentheses: true)
    _ = take(.into)
    let target = try parseTarget()
    var columns: [Identifier] = []
    if at(.leftParenthesis), peek().keyword != .select, peek().kind != .leftParenthesis {
      columns = try parseEnclosedList { parser throws(SQLError) in
        // Prefixes of columns are allowed and mean nothing.
        try parser.parseColumnReference().name
      }
    }
    let output = try parseOutput()
    let source = try parseInsertSource()
    return .insert(
      InsertStatement(
        commonTables: commonTables, top: top, target: target, columns: columns, output: output,
        source: source, options: try parseOptions()))
  }

  private mutating func parseInsertSource() throws(SQLError) -> InsertSource {
    switch token.keyword {
    case .values:
      advance()
      return .values(try parseRows(limit: 1000))
    case .default:
      advance()
      try expect(.values)
      return .defaultValues
    case .exec, .execute:
      return .execute(try parseExecute())
    case .select:
      return .query(try parseQuery())
    case .with:
      throw unexpected()
    default:
      guard at(.leftParenthesis) else { throw unexpected() }
      return .query(try parseQuery())
    }
  }

  private mutating func parseTarget() throws(SQLError) -> TargetTable {
    if at(.variable) { return .variable(try parseVariable()) }
    for refused in ["OPENQUERY", "OPENROWSET", "OPENDATASOURCE"] where at(word: refused) {
      throw refusal(refused)
    }
    let name = try parseObjectName()
    return .table(name, hints: try parseWithHints())
  }

  private mutating func parseOutput() throws(SQLError) -> OutputClause? {
    guard at(.output) else { return nil }
    advance()
    let items = try parseList { parser throws(SQLError) in try parser.parseSelectItem() }
    var clause = OutputClause(items: items, into: nil, intoColumns: [])
    guard take(.into) else { return clause }
    clause.into = try parseTarget()
    if at(.leftParenthesis), peek().keyword != .select { clause.intoColumns = try parseIdentifierList() }
    return clause
  }

  mutating func parseUpdate(with commonTables: [CommonTable] = []) throws(SQLError) -> StatementBody {
    try expect(.update)
    if take(.statistics) { return try parseStatistics() }
    let top = try parseTop(needsParentheses: true)
    let target = try parseTarget()
    try expect(.set)
    let assignments = try parseList { parser throws(SQLError) in try parser.parseAssignment() }
    let output = try parseOutput()
    let from = try parseFrom()
    let filter = try parseFilter()
    return .update(
      UpdateStatement(
        commonTables: commonTables, top: top, target: target, assignments: assignments, output: output,
        from: from, filter: filter, options: try parseOptions()))
  }

  private mutating func parseAssignment() throws(SQLError) -> Assignment {
    var variable: String?
    var column: ColumnReference?
    if at(.variable) {
      variable = try parseVariable()
      if at(.equal), isColumnAssignment {
        advance()
        column = try parseColumnReference()
      }
    } else {
      column = try parseColumnReference()
      if at(.leftParenthesis) { throw refusal(".WRITE") }
    }
    guard let assignment = assignmentOperator(token.kind) else { throw unexpected() }
    advance()
    return Assignment(
      variable: variable, column: column, operator: assignment, value: try parseExpressionOrDefault())
  }

  /// Whether `= column =` follows.
  private var isColumnAssignment: Bool {
    var end = position + 1
    while isName(tokens[end]), tokens[end + 1].kind == .dot { end += 2 }
    return isName(tokens[end]) && assignmentOperator(tokens[end + 1].kind) != nil
  }

  mutating func parseDelete(with commonTables: [CommonTable] = []) throws(SQLError) -> StatementBody {
    try expect(.delete)
    let top = try parseTop(needsParentheses: true)
    _ = take(.from)
    let target = try parseTarget()
    let output = try parseOutput()
    let from = try parseFrom()
    let filter = try parseFilter()
    return .delete(
      DeleteStatement(
        commonTables: commonTables, top: top, target: target, output: output, from: from, filter: filter,
        options: try parseOptions()))
  }
}

// MARK: - INSERT BULK

extension Parser {
  private mutating func parseInsertBulk() throws(SQLError) -> StatementBody {
    try expect(.bulk)
    var statement = InsertBulkStatement(table: try parseObjectName(), columns: [], options: [])
    if at(.leftParenthesis) {
      statement.columns = try parseEnclosedList { parser throws(SQLError) in
        try parser.parseBulkColumn()
      }
    }
    if take(.with) {
      statement.options = try parseEnclosedList { parser throws(SQLError) in
        try parser.parseBulkOption()
      }
    }
    return .insertBulk(statement)
  }

  private mutating func parseBulkColumn() throws(SQLError) -> BulkColumn {
    let name = try parseIdentifier()
    // A rowversion column has no type of its own name on the wire.
    let type = at(.timestamp) ? DataType(name: try parseIdentifier(), line: line) : try parseDataType()
    var column = BulkColumn(name: name, type: type, collation: nil)
    if take(.collate) { column.collation = try parseIdentifier() }
    _ = take(.not)
    _ = take(.null)
    return column
  }

  private mutating func parseBulkOption() throws(SQLError) -> BulkOption {
    let start = position
    let word = try parseOptionWord()
    switch word {
    case "TABLOCK": return .tableLock
    case "CHECK_CONSTRAINTS": return .checkConstraints
    case "FIRE_TRIGGERS": return .fireTriggers
    case "KEEP_NULLS", "KEEPNULLS": return .keepNulls
    case "KEEPIDENTITY": return .keepIdentity
    case "ROWS_PER_BATCH":
      try expect(.equal)
      return .rowsPerBatch(try parseSmallNumber())
    case "KILOBYTES_PER_BATCH":
      try expect(.equal)
      return .kilobytesPerBatch(try parseSmallNumber())
    case "ORDER":
      return .order(try parseIndexColumns())
    default:
      position = start
      throw unexpected()
    }
  }
}

// MARK: - EXECUTE

extension Parser {
  mutating func parseExecute() throws(SQLError) -> ExecuteStatement {
    guard take(.exec) || take(.execute) else { throw unexpected() }
    if at(.as) { throw refusal("EXECUTE AS") }
    if take(.leftParenthesis) {
      let text = try parseExpression()
      try expect(.rightParenthesis)
      if at(.at) || at(.as) { throw refusal("EXECUTE " + capitals(token)) }
      return ExecuteStatement(returnVariable: nil, module: .text(text), arguments: [])
    }
    var returnVariable: String?
    if at(.variable), peek().kind == .equal {
      returnVariable = try parseVariable()
      advance()
    }
    if at(.variable) {
      let module = ExecutedModule.variable(try parseVariable())
      return try parseCall(of: module, returnVariable: returnVariable)
    }
    return try parseCall(of: .procedure(parseObjectName()), returnVariable: returnVariable)
  }

  /// The arguments of a procedure, and WITH RECOMPILE.
  mutating func parseCall(
    of module: ExecutedModule, returnVariable: String? = nil
  ) throws(SQLError) -> ExecuteStatement {
    var statement = ExecuteStatement(returnVariable: returnVariable, module: module, arguments: [])
    if at(.semicolon), peek().kind == .integer { throw refusal("procedure number") }
    if atArgument {
      statement.arguments = try parseList { parser throws(SQLError) in try parser.parseArgument() }
    }
    if at(.with) {
      if peek().kind == .word, capitals(peek()) == "RECOMPILE" {
        advance()
        advance()
      } else if peek().kind == .word, capitals(peek()) == "RESULT" {
        throw refusal("WITH RESULT SETS")
      }
    }
    return statement
  }

  private var atArgument: Bool {
    switch token.kind {
    case .integer, .decimal, .float, .money, .binary, .string, .nationalString, .variable, .systemVariable,
      .minus, .plus, .word, .bracketed, .doubleQuoted:
      true
    case .reserved:
      at(.null) || at(.default)
    default: false
    }
  }

  private mutating func parseArgument() throws(SQLError) -> ExecuteArgument {
    var argument = ExecuteArgument(name: nil, value: .defaultValue, isOutput: false)
    if at(.variable), peek().kind == .equal {
      argument.name = try parseVariable()
      advance()
    }
    switch token.kind {
    case .variable:
      argument.value = .variable(try parseVariable())
      argument.isOutput = take(.output) || take(.out)
    case .systemVariable:
      argument.value = try parseExpression()
    case .minus, .plus:
      argument.value = try parseSignedNumber()
    case .integer, .decimal, .float, .money, .binary, .string, .nationalString:
      argument.value = .literal(try literal(token))
      advance()
    case .word, .bracketed, .doubleQuoted:
      // Words need no quotes here.
      if at(.doubleQuoted), !quotedIdentifiers {
        argument.value = .literal(try literal(token))
      } else {
        argument.value = .literal(.nationalString(Array(try identifier(token).text.utf16)))
      }
      advance()
    default:
      if take(.null) {
        argument.value = .literal(.null)
      } else {
        try expect(.default)
      }
    }
    return argument
  }
}
