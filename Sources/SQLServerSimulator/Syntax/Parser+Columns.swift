/// Columns and constraints of tables.
extension Parser {
  /// Columns, constraints and indexes in parentheses.
  mutating func parseTableElements() throws(SQLError) -> TableElements {
    var elements = TableElements()
    try expect(.leftParenthesis)
    repeat {
      // A comma may stand before the parenthesis.
      if at(.rightParenthesis), !elements.columns.isEmpty { break }
      try parseTableElement(into: &elements)
    } while take(.comma)
    try expect(.rightParenthesis)
    return elements
  }

  mutating func parseTableElement(into elements: inout TableElements) throws(SQLError) {
    switch token.keyword {
    case .constraint, .primary, .unique, .check, .foreign, .default:
      elements.constraints.append(try parseConstraint(of: nil))
    case .index:
      elements.indexes.append(try parseInlineIndex(column: nil))
    case .period where peek().keyword == .for:
      throw refusal("PERIOD FOR SYSTEM_TIME")
    default:
      try parseColumn(into: &elements)
    }
  }

  private mutating func parseColumn(into elements: inout TableElements) throws(SQLError) {
    var column = ColumnDefinition(name: Identifier(""), line: line)
    let isTimestamp = at(.timestamp)
    column.name = try parseIdentifier()
    if take(.as) {
      let expression = try parseSourcedExpression()
      column.computed = ComputedColumn(expression: expression, isPersisted: take(.persisted))
    } else if isTimestamp, !isName(token) {
      // A column of this type needs no name.
      column.type = DataType(name: column.name, line: column.line)
    } else {
      column.type = try parseDataType()
    }
    while try parseColumnOption(&column, into: &elements) {}
    elements.columns.append(column)
  }

  /// One of what may follow a column's type, in any order; false if there is none.
  private mutating func parseColumnOption(
    _ column: inout ColumnDefinition, into elements: inout TableElements
  ) throws(SQLError) -> Bool {
    switch token.keyword {
    case .collate:
      advance()
      column.collation = try parseIdentifier()
    case .null:
      advance()
      column.isNullable = true
    case .not:
      if peek().keyword == .for {
        try expectNotForReplication()
        column.identity?.isNotForReplication = true
      } else {
        advance()
        try expect(.null)
        column.isNullable = false
      }
    case .identity:
      column.identity = try parseIdentityDefinition()
    case .rowguidcol:
      advance()
      column.isRowGUID = true
    case .sparse:
      advance()
      column.isSparse = true
    case .constraint where peek(2).keyword == .not || peek(2).keyword == .null:
      // NOT NULL has no constraint that a name could be for.
      advance()
      _ = try parseIdentifier()
    case .constraint where peek(2).keyword == .default:
      advance()
      let name = try parseIdentifier()
      column.defaultValue = try parseDefault(named: name)
    case .default:
      column.defaultValue = try parseDefault(named: nil)
    case .constraint, .primary, .unique, .check, .foreign, .references:
      elements.constraints.append(try parseConstraint(of: column.name))
    case .index:
      elements.indexes.append(try parseInlineIndex(column: column.name))
    default:
      for word in ["FILESTREAM", "MASKED", "ENCRYPTED", "GENERATED", "HIDDEN"] where at(word: word) {
        throw refusal(word)
      }
      return false
    }
    return true
  }

  private mutating func parseIdentityDefinition() throws(SQLError) -> IdentityDefinition {
    try expect(.identity)
    let one = Expression.literal(.integer(1))
    var identity = IdentityDefinition(seed: one, increment: one, isNotForReplication: false)
    if take(.leftParenthesis) {
      identity.seed = try parseSignedNumber()
      try expect(.comma)
      identity.increment = try parseSignedNumber()
      try expect(.rightParenthesis)
    }
    return identity
  }

  mutating func parseDefault(named name: Identifier?) throws(SQLError) -> DefaultDefinition {
    try expect(.default)
    var definition = DefaultDefinition(
      constraintName: name, value: try parseSourcedExpression(), fillsExistingRows: false)
    if at(.with), peek().keyword == .values {
      advance()
      advance()
      definition.fillsExistingRows = true
    }
    return definition
  }

  private mutating func expectNotForReplication() throws(SQLError) {
    try expect(.not)
    try expect(.for)
    try expect(.replication)
  }

  private mutating func takeNotForReplication() throws(SQLError) -> Bool {
    guard at(.not), peek().keyword == .for else { return false }
    try expectNotForReplication()
    return true
  }

  /// A constraint of a table, or, without its own list of columns, of `column`.
  mutating func parseConstraint(of column: Identifier?) throws(SQLError) -> ConstraintDefinition {
    let start = line
    let name = take(.constraint) ? try parseIdentifier() : nil
    let kind: ConstraintKind
    switch token.keyword {
    case .primary:
      advance()
      try expect(.key)
      kind = .primaryKey(try parseKey(of: column))
    case .unique:
      advance()
      kind = .unique(try parseKey(of: column))
    case .check:
      kind = try parseCheck()
    case .foreign, .references:
      kind = .foreignKey(try parseForeignKey(of: column))
    case .default:
      var definition = try parseDefault(named: nil)
      try expect(.for)
      let target = try parseIdentifier()
      if at(.with), peek().keyword == .values {
        advance()
        advance()
        definition.fillsExistingRows = true
      }
      kind = .default(definition, column: target)
    default:
      throw unexpected()
    }
    return ConstraintDefinition(name: name, kind: kind, line: start)
  }

  private mutating func parseKey(of column: Identifier?) throws(SQLError) -> KeyDefinition {
    var key = KeyDefinition(isClustered: nil, columns: [], options: [])
    key.isClustered = takeClustered()
    if at(.hash) { throw refusal("HASH") }
    if at(.leftParenthesis) {
      key.columns = try parseIndexColumns()
    } else if let column {
      key.columns = [IndexColumn(name: column, isDescending: false)]
    } else {
      throw unexpected()
    }
    key.options = try parseWithOptions()
    try skipFilegroup()
    return key
  }

  /// CLUSTERED or NONCLUSTERED, if one is here.
  mutating func takeClustered() -> Bool? { take(.clustered) ? true : take(.nonclustered) ? false : nil }

  private mutating func parseCheck() throws(SQLError) -> ConstraintKind {
    try expect(.check)
    let isNotForReplication = try takeNotForReplication()
    guard at(.leftParenthesis) else { throw unexpected() }
    try expect(.leftParenthesis)
    let condition = try parseSourcedCondition()
    try expect(.rightParenthesis)
    return .check(condition, isNotForReplication: isNotForReplication)
  }

  private mutating func parseForeignKey(of column: Identifier?) throws(SQLError) -> ForeignKeyDefinition {
    var columns = column.map { [$0] } ?? []
    if take(.foreign) {
      try expect(.key)
      if column == nil || at(.leftParenthesis) { columns = try parseIdentifierList() }
    }
    try expect(.references)
    var key = ForeignKeyDefinition(
      columns: columns, referencedTable: try parseObjectName(), referencedColumns: [], onDelete: .noAction,
      onUpdate: .noAction, isNotForReplication: false)
    if at(.leftParenthesis) { key.referencedColumns = try parseIdentifierList() }
    while at(.on) {
      advance()
      if take(.delete) {
        key.onDelete = try parseReferentialAction()
      } else {
        try expect(.update)
        key.onUpdate = try parseReferentialAction()
      }
    }
    key.isNotForReplication = try takeNotForReplication()
    return key
  }

  private mutating func parseReferentialAction() throws(SQLError) -> ReferentialAction {
    if take(.cascade) { return .cascade }
    if take(.no) {
      try expect(.action)
      return .noAction
    }
    try expect(.set)
    if take(.null) { return .setNull }
    try expect(.default)
    return .setDefault
  }
}
