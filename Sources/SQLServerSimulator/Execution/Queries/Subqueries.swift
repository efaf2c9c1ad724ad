/// What a subquery that does not depend on the row has answered.
enum SubqueryAnswer: Sendable {
  case scalar(SQLValue)
  case exists(Bool)
  case values([SQLValue])
  case keys(Set<[UInt8]>, hasNull: Bool)
}

extension StatementContext {
  private func answer(of query: BoundQuery) -> SubqueryAnswer? {
    query.isCorrelated ? nil : answers[ObjectIdentifier(query)]
  }

  private mutating func remember(_ answer: SubqueryAnswer, of query: BoundQuery) {
    if !query.isCorrelated { answers[ObjectIdentifier(query)] = answer }
  }

  mutating func scalar(_ query: BoundQuery) throws(SQLError) -> SQLValue {
    if case .scalar(let value) = answer(of: query) { return value }
    let rows = try run(query, limit: 2)
    guard rows.count <= 1 else { throw .severalRowsInSubquery }
    let value = rows.first.map { query.value(0, of: $0) } ?? .null
    remember(.scalar(value), of: query)
    return value
  }

  mutating func exists(_ query: BoundQuery) throws(SQLError) -> Bool {
    if case .exists(let found) = answer(of: query) { return found }
    let found = try !run(query, limit: 1).isEmpty
    remember(.exists(found), of: query)
    return found
  }

  /// `x = ANY (query)` and its like; IN is one of them.
  mutating func quantified(
    _ operation: ComparisonOperator, _ operand: BoundExpression, isAll: Bool, _ query: BoundQuery,
    _ type: SQLType
  ) throws(SQLError) -> Bool? {
    let value = try evaluate(operand)
    if operation == .equal, !isAll, !query.isCorrelated { return try isIn(value, query, type) }
    let values = try values(of: query, type)
    var hasUnknown = false
    for other in values {
      if value.isNull || other.isNull {
        hasUnknown = true
      } else if operation.accepts(type.compare(value, other)) != isAll {
        return !isAll
      }
    }
    return hasUnknown ? nil : isAll
  }

  private mutating func values(of query: BoundQuery, _ type: SQLType) throws(SQLError) -> [SQLValue] {
    if case .values(let known) = answer(of: query) { return known }
    var values: [SQLValue] = []
    let source = query.columns[0].declared
    let options = evaluation.options
    for row in try run(query) {
      values.append(try query.value(0, of: row).converted(from: source, to: type, options: options))
    }
    remember(.values(values), of: query)
    return values
  }

  private mutating func isIn(
    _ value: SQLValue, _ query: BoundQuery, _ type: SQLType
  ) throws(SQLError) -> Bool? {
    if case .keys = answer(of: query) {
    } else {
      var keys: Set<[UInt8]> = []
      var hasNull = false
      for other in try values(of: query, type) {
        if other.isNull { hasNull = true } else { keys.insert(type.key(of: other)) }
      }
      remember(.keys(keys, hasNull: hasNull), of: query)
    }
    guard case .keys(let keys, let hasNull) = answer(of: query) else { return nil }
    if keys.isEmpty, !hasNull { return false }
    if value.isNull { return nil }
    return keys.contains(type.key(of: value)) ? true : hasNull ? nil : false
  }
}

extension SQLType {
  /// Bytes that are equal for equal values.
  func key(of value: SQLValue) -> [UInt8] {
    var key: [UInt8] = []
    appendSortKey(of: value, to: &key)
    return key
  }
}

extension BoundQuery {
  /// A column's value in a row of the result.
  func value(_ column: Int, of row: ServerRow) -> SQLValue {
    let field = fields[column]
    let type = columns[column].declared
    return row.withBytes { type.decoded(StoredFields.field(field, of: $0)) }
  }
}
