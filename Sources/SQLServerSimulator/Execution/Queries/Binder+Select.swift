/// One SELECT clause with what orders and limits it.
extension Binder {
  struct Ordering {
    var items: [OrderItem] = []
    var offset: Expression?
    var fetch: Expression?
  }

  mutating func bindSelect(
    _ clause: SelectClause, _ ordering: Ordering, in context: inout StatementContext
  ) throws(SQLError) -> (BoundSelect, [OutputColumn]) {
    var select = BoundSelect()
    scopes.append(Scope())
    let scope = scopes.count - 1
    defer { scopes.removeLast() }
    try bindSources(clause.from, into: &select, in: &context)
    if let filter = clause.filter {
      select.filter = try bind(filter, in: &context)
      if let filter = select.filter { addSeeks(filter, to: &select, of: select.sources.indices) }
    }
    try bindGroups(clause, ordering, in: &context)
    scopes[scope].phase = .results
    var columns: [OutputColumn] = []
    for item in clause.items { try bind(item, into: &select, &columns, in: &context) }
    try requireOneUse(of: select)
    if let having = clause.having {
      scopes[scope].clause = "HAVING clause"
      select.having = try bind(having, in: &context)
    }
    scopes[scope].clause = "ORDER BY clause"
    select.isDistinct = clause.isDistinct
    if select.isDistinct { try requireComparable(select) }
    for item in ordering.items { select.order.append(try order(item, select, in: &context)) }
    try bindLimits(clause.top, ordering, into: &select, in: &context)
    select.isGrouped = scopes[scope].isGrouped
    select.keys = scopes[scope].keys
    select.aggregates = scopes[scope].aggregates
    select.windows = scopes[scope].windows
    select.slotCount = scopes[scope].slotCount
    select.fields = select.plainFields
    return (select, columns)
  }

  // MARK: Groups

  private mutating func bindGroups(
    _ clause: SelectClause, _ ordering: Ordering, in context: inout StatementContext
  ) throws(SQLError) {
    let scope = scopes.count - 1
    var keys: [BoundExpression] = []
    for expression in clause.groupBy {
      if case .literal = expression { throw .constantInGroupBy }
      if expression.hasAggregate { throw .aggregateInGroupBy }
      let key = try bind(expression, in: &context)
      if case .subquery = key.node { throw .aggregateInGroupBy }
      if key.type?.isComparable == false { throw .textNotComparable }
      keys.append(key)
    }
    for key in keys {
      let slot = scopes[scope].newSlot()
      scopes[scope].keys.append(GroupKey(expression: key, slot: slot))
    }
    var hasAggregate = clause.having != nil || !keys.isEmpty
    for item in clause.items {
      switch item {
      case .expression(let expression, _), .assignment(_, _, let expression):
        hasAggregate = hasAggregate || expression.hasAggregate
      case .all: break
      }
    }
    hasAggregate = hasAggregate || ordering.items.contains { $0.expression.hasAggregate }
    scopes[scope].isGrouped = hasAggregate
  }

  // MARK: The select list

  mutating func bind(
    _ item: SelectItem, into select: inout BoundSelect, _ columns: inout [OutputColumn],
    in context: inout StatementContext
  ) throws(SQLError) {
    switch item {
    case .all(let qualifier): try bindAll(qualifier, into: &select, &columns, in: &context)
    case .expression(let expression, let alias):
      let bound = try bind(expression, in: &context)
      var name = alias?.text ?? ""
      if alias == nil, case .column(let reference) = expression {
        name = try resolve(reference).2.name
      }
      select.items.append(BoundItem(name: name, expression: bound))
      columns.append(output(bound, name: name, select))
    case .assignment(let name, let operation, let expression):
      try bindAssignment(name, operation, expression, into: &select, in: &context)
    }
  }

  private mutating func bindAssignment(
    _ name: String, _ operation: AssignmentOperator, _ expression: Expression,
    into select: inout BoundSelect, in context: inout StatementContext
  ) throws(SQLError) {
    guard let place = context.session.variables.place(name) else { throw .mustDeclareScalarVariable(name) }
    let type = context.session.variables[place].type
    var value = try bind(expression, in: &context)
    if case .compound(let operation) = operation {
      let before = BoundExpression(.variable(place), type.withoutCollation)
      value = try binary(operation, before, value, in: &context)
    }
    select.items.append(
      BoundItem(name: "", expression: try convert(value, to: type, in: &context), variable: place))
  }

  private mutating func bindAll(
    _ qualifier: ObjectName?, into select: inout BoundSelect, _ columns: inout [OutputColumn],
    in context: inout StatementContext
  ) throws(SQLError) {
    let sources = scopes[scopes.count - 1].sources
    guard !sources.isEmpty else { throw .starWithoutTable }
    var isFound = false
    for source in sources {
      if let qualifier, !source.answers(to: qualifier) { continue }
      isFound = true
      let table = ObjectName(
        schema: source.schema.map { Identifier($0) }, name: Identifier(source.name))
      for column in source.columns {
        let bound = try bind(
          Expression.column(ColumnReference(table: table, name: Identifier(column.name))), in: &context)
        select.items.append(BoundItem(name: column.name, expression: bound))
        columns.append(output(bound, name: column.name, select))
      }
    }
    if !isFound, let qualifier { throw .prefixDoesNotMatch(qualifier.spelled) }
  }

  private func output(_ bound: BoundExpression, name: String, _ select: BoundSelect) -> OutputColumn {
    var output = OutputColumn(name: name, type: bound.type, isNullable: bound.isNullable)
    if let place = bound.column, place.depth == 0,
      let source = scopes[scopes.count - 1].sources[place.source].columns.first(where: {
        $0.field == place.field
      })
    {
      output.isIdentity = source.isIdentity
      output.isExpression = source.isComputed
      output.table = source.table
    }
    return output
  }

  private func requireOneUse(of select: BoundSelect) throws(SQLError) {
    let assigned = select.items.count { $0.variable != nil }
    if assigned > 0, assigned < select.items.count || select.isDistinct {
      throw .assignmentWithRetrieval
    }
  }

  private func requireComparable(_ select: BoundSelect) throws(SQLError) {
    for item in select.items where item.expression.type?.isComparable == false {
      throw .notComparableInDistinct(item.expression.knownType.name)
    }
  }

  // MARK: Order and limits

  /// A position, an alias, or an expression; with DISTINCT, one of the select list.
  private mutating func order(
    _ item: OrderItem, _ select: BoundSelect, in context: inout StatementContext
  ) throws(SQLError) -> BoundOrder {
    let bound = try orderExpression(item.expression, select, in: &context).sortable()
    if select.isDistinct, !select.items.contains(where: { $0.expression == bound }) {
      throw .orderByNotInDistinctList
    }
    return BoundOrder(bound, isDescending: item.isDescending)
  }

  private mutating func orderExpression(
    _ expression: Expression, _ select: BoundSelect, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    switch expression {
    case .literal(.integer(let position)):
      guard position > 0, Int(position) <= select.items.count else {
        throw .orderByPositionOutOfRange(Int(position))
      }
      return select.items[Int(position) - 1].expression
    case .literal: throw .constantInOrderBy
    case .column(let reference) where reference.table == nil:
      let name = reference.name.text.lowercased()
      let named = select.items.filter { $0.name.lowercased() == name }
      if let first = named.first {
        guard named.allSatisfy({ $0.expression == first.expression }) else {
          throw .ambiguousColumnName(reference.name.text)
        }
        return first.expression
      }
    default: break
    }
    return try bind(expression, in: &context)
  }

  private mutating func bindLimits(
    _ top: Top?, _ ordering: Ordering, into select: inout BoundSelect, in context: inout StatementContext
  ) throws(SQLError) {
    if let top {
      guard ordering.offset == nil else { throw .topWithOffset }
      guard !top.withTies || !ordering.items.isEmpty else { throw .tiesWithoutOrder }
      let count = try limit(top.count, isPercent: top.isPercent, in: &context)
      select.top = BoundTop(count: count, isPercent: top.isPercent, withTies: top.withTies)
    }
    if let offset = ordering.offset { select.offset = try limit(offset, in: &context) }
    if let fetch = ordering.fetch { select.fetch = try limit(fetch, in: &context) }
  }

  /// The operand of TOP, OFFSET or FETCH: it sees no columns of its own query.
  mutating func limit(
    _ expression: Expression, isPercent: Bool = false, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    let before = scopes
    defer { scopes = before }
    if let scope = scopes.indices.last { scopes[scope].isHidden = true }
    let bound = try bind(expression, in: &context)
    guard isPercent || bound.type?.isInteger == true else { throw .topIsNoInteger }
    return try convert(bound, to: isPercent ? .float : .bigint, in: &context)
  }
}

extension BoundExpression {
  /// Throws 305 or 306 for what has no order.
  func sortable() throws(SQLError) -> BoundExpression {
    if type?.kind == .xml { throw .xmlNotComparable }
    if type?.isComparable == false { throw .textNotComparable }
    return self
  }
}

extension BoundSelect {
  /// The fields of the only source's rows that make up the result, if nothing is calculated.
  fileprivate var plainFields: [Int]? {
    guard sources.count == 1, !isGrouped, windows.isEmpty, !isDistinct else { return nil }
    if case .values = sources[0].kind { return nil }
    var fields: [Int] = []
    for item in items {
      guard item.variable == nil, let place = item.expression.column, place.depth == 0 else { return nil }
      fields.append(place.field)
    }
    return fields
  }
}
