extension Binder {
  mutating func bind(
    _ call: FunctionCall, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    let name = call.name.name.text
    let line = Int32(call.name.line)
    do throws(SQLError) {
      if call.name.server != nil || call.name.database != nil { throw .unsupported("\(name)()") }
      if let schema = call.name.schema, schema.text.lowercased() != "sys" {
        throw .unsupported("\(schema.text).\(name)()")
      }
      if call.over != nil { return try window(call, in: &context) }
      if !call.withinGroup.isEmpty { throw .unsupported("WITHIN GROUP") }
      if let function = try AggregateFunction.named(name) {
        return try aggregate(function, call, in: &context)
      }
      if call.isStar || call.isDistinct { throw .incorrectSyntax(near: call.isStar ? "*" : "DISTINCT") }
      return try plain(call, in: &context)
    } catch {
      throw error.line == 1 ? error.at(line: line) : error
    }
  }

  private mutating func plain(
    _ call: FunctionCall, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    let name = call.name.name.text.lowercased()
    var arguments: [BoundExpression] = []
    for argument in call.arguments { arguments.append(try bind(argument, in: &context)) }
    if let function = SystemFunctions.all[name] ?? context.catalog.function(name) {
      return try catalogCall(function, arguments)
    }
    let function = try ScalarFunction.named(name)
    let type = try function.result(arguments.map(\.type))
    if name == "coalesce" || name == "isnull" {
      var values: [BoundExpression] = []
      for argument in arguments { values.append(try convert(argument, to: type, in: &context)) }
      return BoundExpression(.firstValue(values), type, isNullable: values.allSatisfy(\.isNullable))
    }
    let call = BoundCall(function: function, arguments: arguments)
    return fold(BoundExpression(.call(call), type, isNullable: call.isNullable), in: &context)
  }

  private func catalogCall(
    _ function: CatalogFunction, _ arguments: [BoundExpression]
  ) throws(SQLError) -> BoundExpression {
    guard function.arguments.contains(arguments.count) else {
      throw function.arguments.count == 1
        ? .functionRequires(function.arguments.lowerBound, name: function.name)
        : .functionRequires(
          function.arguments.lowerBound, to: function.arguments.upperBound, name: function.name)
    }
    return BoundExpression(
      .catalogCall(BoundCatalogCall(function: function, arguments: arguments)), function.result)
  }

  // MARK: Groups

  /// A group's key as the select list repeats it; nil for everything else.
  mutating func groupKey(
    _ expression: Expression, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression? {
    guard let scope = scopes.indices.last, scopes[scope].isGrouped, scopes[scope].phase == .results,
      scopes[scope].keys.contains(where: { $0.expression.column == nil }), !expression.isAtom
    else { return nil }
    var trial = self
    trial.scopes[scope].phase = .rows
    var found: BoundExpression?
    do throws(SQLError) { found = try trial.bind(expression, in: &context) } catch {
      if error.isBlocked { throw error }
      return nil
    }
    guard let key = scopes[scope].keys.first(where: { $0.expression == found }) else { return nil }
    return BoundExpression(
      .slot(depth: 0, key.slot), key.expression.type, isNullable: key.expression.isNullable)
  }

  private mutating func aggregate(
    _ function: AggregateFunction, _ call: FunctionCall, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    guard let scope = scopes.indices.last, scopes[scope].phase == .results else {
      throw scopes.last?.phase == .aggregate ? .nestedAggregate : .aggregateInWhere
    }
    let (argument, type) = try argument(of: function, call, phase: .aggregate, in: &context)
    let known = scopes[scope].aggregates.first {
      $0.function == function && $0.argument == argument && $0.isDistinct == call.isDistinct
    }
    let isNullable = function != .count && function != .countBig
    if let known { return BoundExpression(.slot(depth: 0, known.slot), type, isNullable: isNullable) }
    let slot = scopes[scope].newSlot()
    scopes[scope].aggregates.append(
      BoundAggregate(
        function: function, argument: argument, isDistinct: call.isDistinct, slot: slot, type: type))
    return BoundExpression(.slot(depth: 0, slot), type, isNullable: isNullable)
  }

  /// What an aggregate is of, and the type of its result.
  private mutating func argument(
    of function: AggregateFunction, _ call: FunctionCall, phase: Scope.Phase,
    in context: inout StatementContext
  ) throws(SQLError) -> (BoundExpression?, SQLType) {
    if call.isStar {
      guard function == .count || function == .countBig else { throw .incorrectSyntax(near: "*") }
      return (nil, try function.result(.int))
    }
    guard call.arguments.count == 1 else {
      throw .functionRequires(1, name: function.rawValue)
    }
    let scope = scopes.count - 1
    let before = scopes[scope].phase
    scopes[scope].phase = phase
    defer { scopes[scope].phase = before }
    let argument = try bind(call.arguments[0], in: &context)
    if phase == .aggregate, case .subquery = argument.node { throw .aggregateOfSubquery }
    guard let type = argument.type else {
      if function == .count || function == .countBig { return (argument, try function.result(.int)) }
      throw .invalidOperandType("NULL", operation: function.rawValue)
    }
    if phase == .aggregate, argument.dependence(sources: scopes[scope].sources.count).isOuterOnly {
      throw .unsupported("aggregates of an outer query's columns")
    }
    return (argument, try function.result(type))
  }

  // MARK: Windows

  private mutating func window(
    _ call: FunctionCall, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    guard let scope = scopes.indices.last, scopes[scope].phase == .results, let over = call.over else {
      throw .windowOutOfPlace
    }
    let name = call.name.name.text.lowercased()
    var partition: [BoundExpression] = []
    for key in over.partitionBy { partition.append(try bind(key, in: &context)) }
    var order: [BoundOrder] = []
    for item in over.orderBy {
      order.append(
        BoundOrder(try bind(item.expression, in: &context).sortable(), isDescending: item.isDescending))
    }
    var window = BoundWindow(
      function: .rowNumber, argument: nil, partition: partition, order: order, isRows: false,
      isWhole: order.isEmpty, slot: 0, type: .bigint)
    if let function = BoundWindow.Function(ranking: name) {
      guard !order.isEmpty else { throw .windowNeedsOrder(name) }
      if over.frame != nil { throw .windowTakesNoFrame(name) }
      window.function = function
      if function == .tiles {
        guard call.arguments.count == 1 else { throw .functionRequires(1, name: name) }
        window.argument = try convert(bind(call.arguments[0], in: &context), to: .bigint, in: &context)
      } else if !call.arguments.isEmpty {
        throw .functionRequires(0, name: name)
      }
    } else if let function = try AggregateFunction.named(name) {
      if call.isDistinct { throw .distinctInWindow }
      window.function = .aggregate(function)
      (window.argument, window.type) = try argument(of: function, call, phase: .results, in: &context)
      try setFrame(over.frame, of: &window)
    } else {
      throw .unsupported("\(call.name.name.text.uppercased()) OVER")
    }
    window.slot = scopes[scope].newSlot()
    scopes[scope].windows.append(window)
    return BoundExpression(.slot(depth: 0, window.slot), window.type)
  }

  /// Frames begin with the partition and end with the row, its peers or the partition.
  private func setFrame(_ frame: WindowFrame?, of window: inout BoundWindow) throws(SQLError) {
    guard let frame else { return }
    guard !window.order.isEmpty else { throw .incorrectSyntax(near: frame.isRows ? "ROWS" : "RANGE") }
    guard frame.start == .unboundedPreceding else { throw .unsupported("ROWS BETWEEN") }
    window.isRows = frame.isRows
    switch frame.end {
    case .unboundedFollowing: window.isWhole = true
    case .currentRow: window.isWhole = false
    default: throw .unsupported("ROWS BETWEEN")
    }
  }
}

extension BoundCall {
  /// Whether a value can be NULL though no argument is.
  fileprivate var isNullable: Bool {
    switch function.name {
    case "getdate", "current_timestamp", "sysdatetime", "getutcdate", "sysutcdatetime", "sysdatetimeoffset",
      "newid", "pi", "rand", "concat", "concat_ws":
      false
    case "len", "datalength", "upper", "lower", "ltrim", "rtrim", "abs", "year", "month", "day":
      arguments.contains(where: \.isNullable)
    default: true
    }
  }
}

extension Expression {
  /// Literals, variables and columns, which are looked up directly.
  fileprivate var isAtom: Bool {
    switch self {
    case .literal, .variable, .systemVariable, .column, .datePart, .defaultValue, .subquery: true
    default: false
    }
  }
}
