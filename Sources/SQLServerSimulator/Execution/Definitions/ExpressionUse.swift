/// What an expression or a condition reads of a row, and what else it depends on.
struct ExpressionUse {
  /// Fields of the innermost row.
  var fields: Set<Int> = []
  var hasVariable = false
  /// Its value may differ from call to call or from session to session.
  var isDeterministic = true
  var hasQuery = false
  /// An overflow or a division by zero may make NULL of it.
  var hasArithmetic = false

  init(_ expression: BoundExpression) { add(expression) }
  init(_ condition: BoundCondition) { add(condition) }

  private mutating func add(_ expression: BoundExpression) {
    switch expression.node {
    case .constant: break
    case .column(let place): fields.insert(place.field)
    case .slot, .subquery: hasQuery = true
    case .variable: hasVariable = true
    case .unary(_, let operand):
      hasArithmetic = true
      add(operand)
    case .binary(_, let left, let right):
      if expression.type?.isText != true { hasArithmetic = true }
      add(left)
      add(right)
    case .call(let call): add(call)
    case .catalogCall(let call):
      isDeterministic = false
      for argument in call.arguments { add(argument) }
    case .conversion(let operand, let style, _):
      let isFixed = style != nil || operand.type?.isText != true || expression.type?.isDateOrTime != true
      if !isFixed { isDeterministic = false }
      add(operand)
      if let style { add(style) }
    case .choice(let whens, let otherwise):
      for when in whens {
        add(when.condition)
        add(when.result)
      }
      if let otherwise { add(otherwise) }
    case .firstValue(let operands):
      for operand in operands { add(operand) }
    }
  }

  private static let indeterministic: Set<String> = [
    "newid", "rand", "getdate", "current_timestamp", "sysdatetime", "getutcdate", "sysutcdatetime",
    "sysdatetimeoffset", "datename", "isdate",
  ]

  private mutating func add(_ call: BoundCall) {
    if ExpressionUse.indeterministic.contains(call.function.name) { isDeterministic = false }
    if call.function.name == "datepart", let part = call.arguments.first?.constant,
      case .text(let units) = part,
      ["weekday", "dw", "w", "week", "wk", "ww"].contains(
        String(decoding: units, as: UTF16.self).lowercased())
    {
      isDeterministic = false
    }
    for argument in call.arguments { add(argument) }
  }

  private mutating func add(_ condition: BoundCondition) {
    switch condition {
    case .constant: break
    case .comparison(_, let left, let right, _), .same(let left, let right, _):
      add(left)
      add(right)
    case .all(let parts), .any(let parts):
      for part in parts { add(part) }
    case .not(let part): add(part)
    case .isNull(let operand): add(operand)
    case .like(let like):
      add(like.text)
      add(like.pattern)
      if let escape = like.escape { add(escape) }
    case .member(let member): add(member.operand)
    case .exists: hasQuery = true
    case .quantified(_, let operand, _, _, _):
      hasQuery = true
      add(operand)
    }
  }
}

/// Expressions of the catalog, over a table's row.
extension StatementContext {
  /// The expression of a default or a computed column, as the catalog keeps it.
  static func expression(of text: String) throws(SQLError) -> Expression {
    var parser = try Parser(Array(text.utf16), quotedIdentifiers: true)
    let expression = try parser.parseExpression()
    try parser.expect(.endOfText)
    return expression
  }

  /// The condition of a check or a filter, as the catalog keeps it.
  static func condition(of text: String) throws(SQLError) -> Condition {
    var parser = try Parser(Array(text.utf16), quotedIdentifiers: true)
    let condition = try parser.parseCondition()
    try parser.expect(.endOfText)
    return condition
  }

  /// A condition over a row that has these columns, with what it uses. Throws 207 and the like, 112 and 1046.
  mutating func bind(
    _ condition: Condition, table: String, columns: [ColumnDescription], in statement: String
  ) throws(SQLError) -> (BoundCondition, ExpressionUse) {
    guard CatalogText.definition(of: condition) != nil else { throw .subqueryNotAllowed }
    var binder = Binder()
    binder.open([(name: table, columns: StatementContext.sources(columns))])
    let bound = try binder.bind(condition, in: &self)
    let use = ExpressionUse(bound)
    if use.hasVariable { throw .variablesNotAllowed(in: statement) }
    return (bound, use)
  }

  mutating func bind(
    _ expression: Expression, table: String, columns: [ColumnDescription], in statement: String
  ) throws(SQLError) -> (BoundExpression, ExpressionUse) {
    guard CatalogText.definition(of: expression) != nil else { throw .subqueryNotAllowed }
    var binder = Binder()
    binder.open([(name: table, columns: StatementContext.sources(columns))])
    let bound = try binder.bind(expression, in: &self)
    let use = ExpressionUse(bound)
    if use.hasVariable { throw .variablesNotAllowed(in: statement) }
    return (bound, use)
  }

  /// The expression of a default: it has no row. Throws 128 for the name of a column, and 206 or 257 for a
  /// value that does not become one of the type.
  mutating func bindDefault(
    _ expression: Expression, type: SQLType, in statement: String
  ) throws(SQLError) -> BoundExpression {
    do throws(SQLError) {
      let (bound, _) = try bind(expression, table: "", columns: [], in: statement)
      if let source = bound.type { try source.requireConversion(to: type) }
      return bound
    } catch {
      guard error.number == 207 || error.number == 4104, case .column(let column) = expression else {
        throw error
      }
      throw .nameNotPermitted(column.name.text)
    }
  }

  private static func sources(_ columns: [ColumnDescription]) -> [SourceColumn] {
    columns.enumerated().map { index, column in
      var source = SourceColumn(column.name, column.type, isNullable: column.isNullable, field: index)
      source.isComputed = column.computed != nil
      source.isIdentity = column.isIdentity
      return source
    }
  }

  /// The columns that a check reads, by position.
  mutating func fields(ofCheck text: String, in table: ServerTable) throws(SQLError) -> Set<Int> {
    let condition = try StatementContext.condition(of: text)
    return try bind(condition, table: table.name.name, columns: table.about.columns, in: "").1.fields
  }

  /// The columns that a computed column reads, by position.
  mutating func fields(ofComputed text: String, in table: ServerTable) throws(SQLError) -> Set<Int> {
    let expression = try StatementContext.expression(of: text)
    return try bind(expression, table: table.name.name, columns: table.about.columns, in: "").1.fields
  }
}
