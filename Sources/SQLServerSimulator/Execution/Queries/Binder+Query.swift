/// Queries: a SELECT clause, or several combined.
extension Binder {
  /// A query within the scopes that are open. Throws what names and types make impossible.
  ///
  /// - Parameter isDerived: it is a table of another query: its order counts only with a limit.
  package mutating func bindQuery(
    _ query: Query, isDerived: Bool = false, in context: inout StatementContext
  ) throws(SQLError) -> BoundQuery {
    guard depth < Binder.maximumDepth else {
      throw .unsupported("queries nested more deeply than \(Binder.maximumDepth)")
    }
    depth += 1
    let outerReference = lowestReference
    let known = commonTables
    lowestReference = Int.max
    commonTables += query.commonTables
    defer {
      depth -= 1
      commonTables = known
      lowestReference = min(lowestReference, outerReference)
    }
    if (isDerived || !scopes.isEmpty), !query.orderBy.isEmpty, !query.isLimited { throw .orderByInSubquery }
    let ordering = Ordering(items: query.orderBy, offset: query.offset, fetch: query.fetch)
    let (plan, columns) = try bind(query.body, ordering, in: &context)
    return BoundQuery(columns: columns, plan: plan, isCorrelated: lowestReference < scopes.count)
  }

  private mutating func bind(
    _ body: QueryBody, _ ordering: Ordering, in context: inout StatementContext
  ) throws(SQLError) -> (QueryPlan, [OutputColumn]) {
    switch body {
    case .select(let clause):
      let (select, columns) = try bindSelect(clause, ordering, in: &context)
      return (.select(select), columns)
    case .nested(let query):
      guard ordering.items.isEmpty, ordering.offset == nil else {
        return try combination(.nested(query), [], ordering, in: &context)
      }
      let bound = try bindQuery(query, in: &context)
      return (bound.plan, bound.columns)
    case .combination(let first, let rest):
      return try combination(first, rest, ordering, in: &context)
    }
  }

  private mutating func combination(
    _ first: QueryBody, _ rest: [CombinedQuery], _ ordering: Ordering, in context: inout StatementContext
  ) throws(SQLError) -> (QueryPlan, [OutputColumn]) {
    var combination = BoundCombination(first: try operand(first, in: &context), rest: [])
    var columns = combination.first.columns
    for part in rest {
      let query = try operand(part.body, in: &context)
      guard query.columns.count == columns.count else { throw .setOperandsDiffer }
      for index in columns.indices {
        columns[index] = try columns[index].combined(query.columns[index], by: part.operator)
      }
      combination.rest.append((part.operator, query))
    }
    for item in ordering.items {
      combination.order.append((try position(of: item.expression, in: columns), item.isDescending))
    }
    if let offset = ordering.offset { combination.offset = try limit(offset, in: &context) }
    if let fetch = ordering.fetch { combination.fetch = try limit(fetch, in: &context) }
    return (.combination(combination), columns)
  }

  private mutating func operand(
    _ body: QueryBody, in context: inout StatementContext
  ) throws(SQLError) -> BoundQuery {
    let query: Query
    if case .nested(let nested) = body { query = nested } else { query = Query(body: body) }
    let bound = try bindQuery(query, in: &context)
    if case .select(let select) = bound.plan, select.items.contains(where: { $0.variable != nil }) {
      throw .assignmentWithRetrieval
    }
    return bound
  }

  private func position(of expression: Expression, in columns: [OutputColumn]) throws(SQLError) -> Int {
    switch expression {
    case .literal(.integer(let position)):
      guard position > 0, Int(position) <= columns.count else {
        throw .orderByPositionOutOfRange(Int(position))
      }
      return Int(position) - 1
    case .column(let reference) where reference.table == nil:
      let name = reference.name.text.lowercased()
      if let index = columns.firstIndex(where: { $0.name.lowercased() == name }) {
        if columns[index].type?.isComparable == false { throw .textNotComparable }
        return index
      }
      throw .invalidColumnName(reference.name.text)
    default: throw .orderByNotInCombination
    }
  }
}

extension Query {
  /// Whether an ORDER BY decides which rows there are.
  fileprivate var isLimited: Bool {
    if offset != nil { return true }
    if case .select(let clause) = body { return clause.top != nil }
    return false
  }
}

extension OutputColumn {
  /// What a column of two combined queries is. The first one names it.
  fileprivate func combined(
    _ other: OutputColumn, by operation: SetOperator
  ) throws(SQLError) -> OutputColumn {
    var column = OutputColumn(name: name, type: nil, isNullable: isNullable)
    column.type = try SQLType.common(of: [type, other.type])
    if operation != .unionAll, column.type?.isComparable == false {
      throw .notComparableInDistinct(column.declared.name)
    }
    if operation != .except { column.isNullable = isNullable || other.isNullable }
    return column
  }
}
