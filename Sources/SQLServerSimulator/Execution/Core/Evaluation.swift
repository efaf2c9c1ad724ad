extension StatementContext {
  /// The value of an expression for the rows of the frames. It is of the expression's type, or NULL.
  package mutating func evaluate(_ expression: BoundExpression) throws(SQLError) -> SQLValue {
    switch expression.node {
    case .constant(let value): return value
    case .column(let place):
      return decode(place, expression.knownType)
    case .slot(let depth, let index): return frames[frames.count - 1 - depth].slots[index]
    case .variable(let place): return session.variables[place].value
    case .unary(let operation, let operand):
      let value = try evaluate(operand)
      if value.isNull { return .null }
      return try operation.evaluate(value, operand.knownType, in: &evaluation)
    case .binary(let operation, let left, let right):
      if case .binary = left.node { return try chain(expression) }
      let first = try evaluate(left)
      let second = try evaluate(right)
      return try operation.evaluate(
        first, left.knownType, second, right.knownType, result: expression.knownType, in: &evaluation)
    case .call(let call): return try evaluate(call, expression.knownType)
    case .catalogCall(let call): return try evaluate(call)
    case .conversion(let operand, let style, let isTry):
      return try convert(operand, expression.knownType, style: style, isTry: isTry)
    case .choice(let cases, let otherwise):
      for part in cases where try holds(part.condition) { return try evaluate(part.result) }
      guard let otherwise else { return .null }
      return try evaluate(otherwise)
    case .firstValue(let operands):
      for operand in operands {
        let value = try evaluate(operand)
        if !value.isNull { return value }
      }
      return .null
    case .subquery(let query): return try scalar(query)
    }
  }

  /// Operators that lean to the left: a loop, not a recursion.
  private mutating func chain(_ expression: BoundExpression) throws(SQLError) -> SQLValue {
    var rest: [BoundExpression] = []
    var first = expression
    while case .binary(_, let left, _) = first.node {
      rest.append(first)
      first = left
    }
    var value = try evaluate(first)
    for part in rest.reversed() {
      guard case .binary(let operation, let left, let right) = part.node else { continue }
      let other = try evaluate(right)
      value = try operation.evaluate(
        value, left.knownType, other, right.knownType, result: part.knownType, in: &evaluation)
    }
    return value
  }

  private func decode(_ place: ColumnPlace, _ type: SQLType) -> SQLValue {
    guard let row = frames[frames.count - 1 - place.depth].rows[place.source] else { return .null }
    return row.withBytes { type.decoded(StoredFields.field(place.field, of: $0)) }
  }

  private mutating func evaluate(_ call: BoundCall, _ result: SQLType) throws(SQLError) -> SQLValue {
    var values: [SQLValue] = []
    values.reserveCapacity(call.arguments.count)
    for argument in call.arguments { values.append(try evaluate(argument)) }
    return try call.function.evaluate(
      values, call.arguments.map(\.type), result: result, in: &evaluation)
  }

  private mutating func evaluate(_ call: BoundCatalogCall) throws(SQLError) -> SQLValue {
    var values: [SQLValue] = []
    for argument in call.arguments { values.append(try evaluate(argument)) }
    return try call.function.evaluate(values, call.arguments.map(\.type), &self)
  }

  private mutating func convert(
    _ operand: BoundExpression, _ target: SQLType, style: BoundExpression?, isTry: Bool
  ) throws(SQLError) -> SQLValue {
    let value = try evaluate(operand)
    if value.isNull { return .null }
    let source = operand.knownType
    var number: Int?
    if let style {
      guard case .integer(let wanted) = try evaluate(style) else { return .null }
      number = Int(wanted)
    }
    let options = evaluation.options
    if isTry { return try value.tryConverted(from: source, to: target, style: number, options: options) }
    return try evaluation.arithmetic { _ throws(SQLError) in
      try value.converted(from: source, to: target, style: number, options: options)
    }
  }
}
