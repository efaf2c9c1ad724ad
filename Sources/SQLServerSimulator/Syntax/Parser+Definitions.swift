/// CREATE, ALTER and DROP.
extension Parser {
  mutating func parseCreate() throws(SQLError) -> StatementBody {
    let start = position
    try expect(.create)
    var verb = DefinitionVerb.create
    if at(.or), peek().keyword == .alter {
      advance()
      advance()
      verb = .createOrAlter
    }
    if let module = try parseModule(verb, from: start) { return module }
    guard verb == .create else { throw unexpected() }
    switch token.keyword {
    case .table:
      advance()
      return .createTable(try parseCreateTable())
    case .unique, .clustered, .nonclustered, .index, .columnstore:
      return try parseCreateIndex()
    case .schema:
      advance()
      return try parseCreateSchema()
    case .database:
      advance()
      return try parseCreateDatabase()
    case .statistics:
      advance()
      _ = try parseIdentifier()
      try expect(.on)
      let table = try parseObjectName()
      _ = try parseIdentifierList()
      return .statistics(table)
    default:
      throw unknownKind("CREATE")
    }
  }

  /// Kinds of things that SQL Server has, and errors for what it does not have.
  private func unknownKind(_ verb: String) -> SQLError {
    let kinds = [
      "LOGIN", "USER", "ROLE", "TYPE", "SEQUENCE", "SYNONYM", "ASSEMBLY", "AGGREGATE", "CERTIFICATE",
      "CREDENTIAL",
      "DEFAULT", "RULE", "PARTITION", "FULLTEXT", "XML", "SPATIAL", "PRIMARY", "MASTER", "SYMMETRIC",
      "ASYMMETRIC",
      "QUEUE", "SERVICE", "CONTRACT", "MESSAGE", "ROUTE", "ENDPOINT", "EVENT", "EXTERNAL", "SECURITY",
      "SERVER",
      "COLUMN", "WORKLOAD", "RESOURCE", "AVAILABILITY", "APPLICATION", "AUTHORIZATION", "COLUMNSTORE",
      "STATISTICS",
    ]
    guard at(.word) || at(.reserved), kinds.contains(capitals(token)) else { return unexpected() }
    return refusal(verb + " " + capitals(token))
  }

  private mutating func parseCreateTable() throws(SQLError) -> CreateTableStatement {
    let table = try parseObjectName()
    if at(.as) { throw refusal("AS " + capitals(peek())) }
    let elements = try parseTableElements()
    try skipFilegroup()
    for option in try parseWithOptions() where option.name != "DATA_COMPRESSION" {
      throw refusal(option.name)
    }
    if at(.as) { throw refusal("AS " + capitals(peek())) }
    return CreateTableStatement(table: table, elements: elements)
  }

  private mutating func parseCreateSchema() throws(SQLError) -> StatementBody {
    if at(.authorization) { throw refusal("CREATE SCHEMA AUTHORIZATION") }
    let name = try parseIdentifier()
    if take(.authorization) { _ = try parseIdentifier() }
    if at(.create) { throw refusal("CREATE in CREATE SCHEMA") }
    return .createSchema(name)
  }

  private mutating func parseCreateDatabase() throws(SQLError) -> StatementBody {
    let name = try parseIdentifier()
    if at(.on) { throw refusal("CREATE DATABASE ON") }
    let collation = take(.collate) ? try parseIdentifier() : nil
    return .createDatabase(name, collation: collation)
  }

  mutating func parseAlter() throws(SQLError) -> StatementBody {
    let start = position
    try expect(.alter)
    if let module = try parseModule(.alter, from: start) { return module }
    switch token.keyword {
    case .table:
      advance()
      let table = try parseObjectName()
      return .alterTable(AlterTableStatement(table: table, action: try parseAlterTableAction()))
    case .index:
      return try parseAlterIndex()
    case .database:
      advance()
      return try parseAlterDatabase()
    case .schema:
      throw refusal("ALTER SCHEMA")
    default:
      throw unknownKind("ALTER")
    }
  }

  private mutating func parseAlterDatabase() throws(SQLError) -> StatementBody {
    var statement = AlterDatabaseStatement(database: nil, options: [])
    if !take(.current) { statement.database = try parseIdentifier() }
    if take(.collate) {
      statement.options = [NamedOption(name: "COLLATE", value: try parseIdentifier().text)]
      return .alterDatabase(statement)
    }
    guard take(.set) else {
      throw at(.word) || at(.add) ? refusal("ALTER DATABASE " + capitals(token)) : unexpected()
    }
    statement.options = try parseList { parser throws(SQLError) in
      var option = NamedOption(name: try parser.parseOptionWord(), value: "")
      let isAssigned = parser.take(.equal)
      if parser.at(.on) || parser.at(.off) || parser.at(.word) {
        option.value = try parser.parseOptionWord()
      } else if parser.at(.integer) {
        option.value = String(try parser.parseSmallNumber())
      } else if isAssigned {
        throw parser.unexpected()
      }
      if parser.at(.leftParenthesis) { try parser.skipParentheses() }
      return option
    }
    // WITH ROLLBACK IMMEDIATE and its like say what becomes of others, who are not waited for here.
    if take(.with) {
      while at(.word) || at(.rollback) || at(.integer) { advance() }
    }
    return .alterDatabase(statement)
  }

  mutating func parseDrop() throws(SQLError) -> StatementBody {
    try expect(.drop)
    let kinds: [Keyword: ObjectKind] = [
      .table: .table, .view: .view, .procedure: .procedure, .proc: .procedure, .function: .function,
      .trigger: .trigger, .schema: .schema, .database: .database,
    ]
    if take(.index) { return try parseDropIndexes(ifExists: takeIfExists()) }
    guard let kind = kinds[token.keyword] else { throw unknownKind("DROP") }
    advance()
    let ifExists = try takeIfExists()
    let names = try parseList { parser throws(SQLError) in try parser.parseObjectName() }
    if kind == .trigger, at(.on) { throw refusal("DROP TRIGGER ON") }
    return .drop(kind, names, ifExists: ifExists)
  }

  mutating func takeIfExists() throws(SQLError) -> Bool {
    guard take(.if) else { return false }
    try expect(.exists)
    return true
  }
}

// MARK: - ALTER TABLE

extension Parser {
  private mutating func parseAlterTableAction() throws(SQLError) -> AlterTableAction {
    var checksRows: Bool?
    if take(.with) {
      checksRows = at(.check)
      guard take(.check) || take(.nocheck) else { throw unexpected() }
      guard at(.add) || at(.check) || at(.nocheck) else { throw unexpected() }
    }
    switch token.keyword {
    case .add:
      advance()
      return .add(try parseAddedElements(), checksRows: checksRows)
    case .check, .nocheck:
      let isOn = take(.check)
      if !isOn { advance() }
      try expect(.constraint)
      return .switchConstraints(try parseNamesOrAll(), isOn: isOn, checksRows: checksRows)
    case .drop:
      advance()
      return .drop(try parseDroppedElements())
    case .alter:
      advance()
      try expect(.column)
      return .alterColumn(try parseAlteredColumn())
    case .enable, .disable:
      let isOn = take(.enable)
      if !isOn { advance() }
      if at(word: "CHANGE_TRACKING") { throw refusal("CHANGE_TRACKING") }
      try expect(.trigger)
      return .switchTriggers(try parseNamesOrAll(), isOn: isOn)
    case .set:
      advance()
      return .set(try parseEnclosedList(Self.parseNamedOption))
    case .rebuild:
      advance()
      try parsePartitionAll()
      return .rebuild(try parseWithOptions())
    case .switch:
      throw refusal("SWITCH")
    default:
      throw unexpected()
    }
  }

  /// Names; empty for ALL.
  private mutating func parseNamesOrAll() throws(SQLError) -> [Identifier] {
    take(.all) ? [] : try parseList { parser throws(SQLError) in try parser.parseIdentifier() }
  }

  private mutating func parseAddedElements() throws(SQLError) -> TableElements {
    var elements = TableElements()
    repeat { try parseTableElement(into: &elements) } while take(.comma)
    return elements
  }

  private mutating func parseDroppedElements() throws(SQLError) -> [DroppedElement] {
    var kind = DroppedElement.Kind.constraint
    var ifExists = false
    return try parseList { parser throws(SQLError) in
      if parser.at(.column) || parser.at(.constraint) {
        kind = parser.take(.column) ? .column : .constraint
        if kind == .constraint { parser.advance() }
        ifExists = try parser.takeIfExists()
      }
      if parser.at(.period) { throw parser.refusal("PERIOD FOR SYSTEM_TIME") }
      let element = DroppedElement(kind: kind, name: try parser.parseIdentifier(), ifExists: ifExists)
      if kind == .constraint { _ = try parser.parseWithOptions() }
      return element
    }
  }

  private mutating func parseAlteredColumn() throws(SQLError) -> ColumnDefinition {
    var column = ColumnDefinition(name: try parseIdentifier(), line: line)
    if at(.add) || at(.drop) { throw refusal("ALTER COLUMN " + capitals(token)) }
    column.type = try parseDataType()
    if take(.collate) { column.collation = try parseIdentifier() }
    if take(.not) {
      try expect(.null)
      column.isNullable = false
    } else if take(.null) {
      column.isNullable = true
    }
    if at(.sparse) { throw refusal("SPARSE") }
    _ = try parseWithOptions()
    return column
  }
}

// MARK: - Views, triggers, procedures, functions

extension Parser {
  /// From the word VIEW, TRIGGER, PROCEDURE or FUNCTION on; nil if none of them is here. `start` is the
  /// token with which the statement begins: the batch's first.
  private mutating func parseModule(
    _ verb: DefinitionVerb, from start: Int
  ) throws(SQLError) -> StatementBody? {
    guard [.view, .trigger, .proc, .procedure, .function].contains(token.keyword) else { return nil }
    guard start == 0 else {
      let kind = at(.proc) ? "PROCEDURE" : capitals(token)
      throw .notFirst("\(verb == .alter ? "ALTER" : "CREATE") \(kind)", line: line)
    }
    switch token.keyword {
    case .view:
      advance()
      return .createView(try parseView(verb, from: start))
    case .trigger:
      advance()
      return .createTrigger(try parseTrigger(verb, from: start))
    default:
      let kind = at(.function) ? ObjectKind.function : .procedure
      advance()
      let name = try parseObjectName()
      position = tokens.count - 1
      return .createRoutine(
        RoutineDefinition(verb: verb, kind: kind, name: name, range: range(from: start)))
    }
  }

  private mutating func parseView(_ verb: DefinitionVerb, from start: Int) throws(SQLError)
    -> ViewDefinition
  {
    let name = try parseObjectName()
    let columns = at(.leftParenthesis) ? try parseIdentifierList() : []
    if take(.with) {
      // SCHEMABINDING, ENCRYPTION, VIEW_METADATA
      _ = try parseList { parser throws(SQLError) in try parser.parseOptionWord() }
    }
    try expect(.as)
    let commonTables = at(.with) ? try parseCommonTables() : []
    var query = try parseQuery()
    query.commonTables = commonTables
    let withCheckOption = at(.with) && peek().keyword == .check
    if withCheckOption {
      advance()
      advance()
      try expect(.option)
    }
    let range = range(from: start)
    _ = take(.semicolon)
    guard at(.endOfText) else { throw unexpected() }
    return ViewDefinition(
      verb: verb, name: name, columns: columns, query: query, withCheckOption: withCheckOption, range: range)
  }

  private mutating func parseTrigger(
    _ verb: DefinitionVerb, from start: Int
  ) throws(SQLError) -> TriggerDefinition {
    let name = try parseObjectName()
    try expect(.on)
    if at(.database) || at(.all) { throw refusal("TRIGGER ON " + capitals(token)) }
    let table = try parseObjectName()
    if take(.with) {
      if at(.execute) || at(.exec) { throw refusal("EXECUTE AS") }
      _ = try parseOptionWord()
    }
    let isInsteadOf = take(.instead)
    if isInsteadOf {
      try expect(.of)
    } else if !take(.for) {
      try expect(.after)
    }
    let events = try parseList { parser throws(SQLError) -> TriggerDefinition.Event in
      if parser.take(.insert) { return .insert }
      if parser.take(.update) { return .update }
      try parser.expect(.delete)
      return .delete
    }
    if at(.not) {
      advance()
      try expect(.for)
      try expect(.replication)
    }
    try expect(.as)
    var trigger = TriggerDefinition(
      verb: verb, name: name, table: table, isInsteadOf: isInsteadOf, events: events, body: [],
      bodyRefusal: nil, range: 0..<0)
    do throws(SQLError) {
      trigger.body = try parseStatements { $0.kind == .endOfText }
    } catch {
      guard error.isRefusal else { throw error }
      trigger.bodyRefusal = error
      position = tokens.count - 1
    }
    trigger.range = range(from: start)
    return trigger
  }
}
