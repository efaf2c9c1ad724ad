extension Binder {
  /// An expression in the scopes that are open. Throws 207, 4104, 137 and what its operators and functions
  /// say of their operands.
  package mutating func bind(
    _ expression: Expression, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    if let key = try groupKey(expression, in: &context) { return key }
    switch expression {
    case .literal(let literal): return try bind(literal)
    case .variable(let name): return try variable(name, in: context)
    case .systemVariable(let name):
      guard let function = SystemVariables.all[name.lowercased()] else {
        throw .mustDeclareScalarVariable(name)
      }
      return BoundExpression(
        .catalogCall(BoundCatalogCall(function: function, arguments: [])), function.result)
    case .column(let reference): return try bind(reference)
    case .unary(let operation, let operand): return try unary(operation, operand, in: &context)
    case .binary: return try chain(expression, in: &context)
    case .function(let call): return try bind(call, in: &context)
    case .cast(let operand, let type, let isTry):
      return try conversion(operand, to: type, style: nil, isTry: isTry, in: &context)
    case .convert(let type, let operand, let style, let isTry):
      return try conversion(operand, to: type, style: style, isTry: isTry, in: &context)
    case .simpleCase(let operand, let cases, let otherwise):
      let whens = cases.map {
        SearchedWhen(condition: .comparison(.equal, operand, $0.value), result: $0.result)
      }
      return try choice(whens, otherwise, in: &context)
    case .searchedCase(let cases, let otherwise): return try choice(cases, otherwise, in: &context)
    case .collate(let operand, let name): return try collate(bind(operand, in: &context), name)
    case .subquery(let query): return try subquery(query, in: &context)
    case .datePart(let name): return .constant(.text(name), .varchar(30).withoutCollation)
    case .atTimeZone: throw .unsupported("AT TIME ZONE")
    case .defaultValue: throw .incorrectSyntax(nearKeyword: "DEFAULT")
    case .identity: throw .unsupported("IDENTITY in a select list")
    }
  }

  private func bind(_ literal: Literal) throws(SQLError) -> BoundExpression {
    switch literal {
    case .null: return .constant(.null, nil)
    case .integer(let value): return .constant(.integer(Int64(value)), .int)
    case .decimal(let digits, let scale):
      let (value, type) = try SQLType.literal(digits: digits, scale: scale)
      return .constant(value, type)
    case .float(let value): return .constant(.float(value), .float)
    case .money(let value): return .constant(.money(value), .money)
    case .string(let text):
      let type = SQLType.literal(text: text, isNational: false)
      let value = try SQLValue.text(text).converted(from: .nvarchar(SQLType.unlimited), to: type)
      return .constant(value, type)
    case .nationalString(let text):
      return .constant(.text(text), SQLType.literal(text: text, isNational: true))
    case .binary(let bytes): return .constant(.binary(bytes), .literal(binary: bytes))
    }
  }

  private func variable(_ name: String, in context: StatementContext) throws(SQLError) -> BoundExpression {
    guard let place = context.session.variables.place(name) else { throw .mustDeclareScalarVariable(name) }
    return BoundExpression(.variable(place), context.session.variables[place].type.withoutCollation)
  }

  private mutating func unary(
    _ operation: UnaryOperator, _ operand: Expression, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    let bound = try bind(operand, in: &context)
    if operation == .plus { return bound }
    let operation: UnaryValueOperator = operation == .minus ? .minus : .not
    guard let type = bound.type else { return .constant(.null, .int) }
    return fold(
      BoundExpression(
        .unary(operation, bound), try operation.result(type), isNullable: bound.isNullable),
      in: &context)
  }

  /// Operators of the same rank lean to the left, hundreds of them in generated texts: a loop, not a recursion.
  private mutating func chain(
    _ expression: Expression, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    var rest: [(operation: BinaryOperator, right: Expression)] = []
    var first = expression
    var key: BoundExpression?
    while key == nil, case .binary(let operation, let left, let right) = first {
      rest.append((operation, right))
      first = left
      key = try groupKey(first, in: &context)
    }
    var result = if let key { key } else { try bind(first, in: &context) }
    for (operation, right) in rest.reversed() {
      result = try binary(operation, result, bind(right, in: &context), in: &context)
    }
    return result
  }

  package func binary(
    _ operation: BinaryOperator, _ left: BoundExpression, _ right: BoundExpression,
    in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    let operation = ValueOperator(operation)
    guard let first = left.type ?? right.type, let second = right.type ?? left.type else {
      return .constant(.null, .int)
    }
    let (left, right) = try BoundExpression.withCommonCollation(left, right)
    let type = try operation.result(
      left.type ?? first, right.type ?? second,
      constants: (left: left.integerConstant, right: right.integerConstant))
    var result = BoundExpression(
      .binary(operation, left.typed(first), right.typed(second)), type,
      isNullable: left.isNullable || right.isNullable)
    result.hasExplicitCollation = left.hasExplicitCollation || right.hasExplicitCollation
    return fold(result, in: &context)
  }

  private mutating func conversion(
    _ operand: Expression, to type: DataType, style: Expression?, isTry: Bool,
    in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    let bound = try bind(operand, in: &context)
    var target = try Binder.type(type, use: .cast)
    guard let source = bound.type else { return BoundExpression(.constant(.null), target) }
    try source.requireConversion(to: target, isExplicit: true)
    if target.isText { target.collation = source.isText ? source.collation : nil }
    var number: BoundExpression?
    if let style {
      number = try convert(bind(style, in: &context), to: .int, in: &context)
    }
    var result = BoundExpression(
      .conversion(bound, style: number, isTry: isTry), target,
      isNullable: isTry || bound.isNullable || number?.isNullable == true)
    result.hasExplicitCollation = bound.hasExplicitCollation && target.isText
    return fold(result, in: &context)
  }

  /// A type as a declaration or CAST writes it.
  package static func type(_ type: DataType, use: SQLType.Use = .declaration) throws(SQLError) -> SQLType {
    var arguments: [SQLType.Argument] = []
    switch type.length {
    case .number(let length): arguments.append(.number(length))
    case .max: arguments.append(.max)
    case nil: break
    }
    if let scale = type.scale { arguments.append(.number(scale)) }
    return try SQLType(name: type.name.text, arguments: arguments, use: use, line: type.line)
  }

  private mutating func choice(
    _ cases: [SearchedWhen], _ otherwise: Expression?, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    var conditions: [BoundCondition] = []
    var results: [BoundExpression] = []
    for part in cases {
      conditions.append(try bind(part.condition, in: &context))
      results.append(try bind(part.result, in: &context))
    }
    let last = if let otherwise { try bind(otherwise, in: &context) } else { BoundExpression?.none }
    let all = results + (last.map { [$0] } ?? [])
    guard let type = try BoundExpression.commonType(all) else { throw .caseOfNullsOnly }
    var whens: [BoundWhen] = []
    for (condition, result) in zip(conditions, results) {
      whens.append(BoundWhen(condition: condition, result: try convert(result, to: type, in: &context)))
    }
    let end = if let last { try convert(last, to: type, in: &context) } else { BoundExpression?.none }
    return BoundExpression(
      .choice(whens, otherwise: end), type, isNullable: end == nil || all.contains(where: \.isNullable))
  }

  private func collate(_ operand: BoundExpression, _ name: Identifier) throws(SQLError) -> BoundExpression {
    let collation: Collation =
      ["database_default", "catalog_default"].contains(name.text.lowercased())
      ? .standard : try Collation(name: name.text)
    var type = operand.type ?? .varchar(1)
    guard type.isText else { throw .collateNotOnText(type.name) }
    type.collation = collation
    return operand.collated(type)
  }

  private mutating func subquery(
    _ query: Query, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    let bound = try bindQuery(query, in: &context)
    guard bound.columns.count == 1 else { throw .subqueryHasSeveralColumns }
    return BoundExpression(.subquery(bound), bound.columns[0].type)
  }
}

extension BoundExpression {
  /// The same with the text's collation said to be another.
  func collated(_ type: SQLType) -> BoundExpression {
    var result = BoundExpression(
      .conversion(self, style: nil, isTry: false), type, isNullable: isNullable)
    result.hasExplicitCollation = true
    return result
  }

  /// NULL takes a type from what stands beside it.
  func typed(_ type: SQLType) -> BoundExpression {
    guard self.type == nil else { return self }
    return BoundExpression(.constant(.null), type)
  }

  /// A collation that was said explicitly is that of the other side, too.
  static func withCommonCollation(
    _ left: BoundExpression, _ right: BoundExpression
  ) throws(SQLError) -> (BoundExpression, BoundExpression) {
    guard left.hasExplicitCollation != right.hasExplicitCollation, let first = left.type, first.isText,
      let second = right.type, second.isText, first.collation != second.collation
    else { return (left, right) }
    if left.hasExplicitCollation {
      var type = second
      type.collation = first.collation
      return (left, right.collated(type))
    }
    var type = first
    type.collation = second.collation
    return (left.collated(type), right)
  }

  /// The type that all are converted to; nil if all are the constant NULL.
  static func commonType(_ all: [BoundExpression]) throws(SQLError) -> SQLType? {
    try SQLType.common(of: all.map(\.type))
  }
}

extension ValueOperator {
  package init(_ operation: BinaryOperator) {
    switch operation {
    case .add: self = .add
    case .subtract: self = .subtract
    case .multiply: self = .multiply
    case .divide: self = .divide
    case .modulo: self = .modulo
    case .bitwiseAnd: self = .and
    case .bitwiseOr: self = .or
    case .bitwiseXor: self = .xor
    }
  }
}
