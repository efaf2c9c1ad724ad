/// The condition of a filtered index, which is evaluated for every row that is written: comparisons of
/// columns with constants and tests for NULL, all of which must be true.
struct IndexFilter: Sendable {
  private enum Test: Sendable {
    case isNull(Bool)
    case comparison(ComparisonOperator, SQLValue, SQLType)
    /// One of these.
    case member([(value: SQLValue, type: SQLType)])
    /// One of many, by the bytes of their keys.
    case keys(Set<[UInt8]>, SQLType)
  }

  private struct Part: Sendable {
    var field: Int
    var type: SQLType
    var test: Test
  }

  private var parts: [Part] = []

  /// Nil for what no filter is made of.
  init?(_ condition: BoundCondition) {
    for part in condition.conjuncts {
      guard let part = IndexFilter.part(part) else { return nil }
      parts.append(part)
    }
  }

  private static func part(_ condition: BoundCondition) -> Part? {
    switch condition {
    case .isNull(let operand):
      guard let place = operand.column else { return nil }
      return Part(field: place.field, type: operand.knownType, test: .isNull(true))
    case .not(.isNull(let operand)):
      guard let place = operand.column else { return nil }
      return Part(field: place.field, type: operand.knownType, test: .isNull(false))
    case .comparison(let operation, let left, let right, let type):
      guard let place = left.column, let value = right.constant else { return nil }
      return Part(
        field: place.field, type: left.knownType, test: .comparison(operation, value, type))
    case .member(let member):
      guard let place = member.operand.column else { return nil }
      return Part(
        field: place.field, type: member.operand.knownType, test: .keys(member.keys, member.type))
    case .any(let choices):
      var column: BoundExpression?
      var values: [(value: SQLValue, type: SQLType)] = []
      for choice in choices {
        guard case .comparison(.equal, let left, let right, let type) = choice, left.column != nil,
          column == nil || column == left, let value = right.constant
        else { return nil }
        column = left
        values.append((value, type))
      }
      guard let column, let place = column.column else { return nil }
      return Part(field: place.field, type: column.knownType, test: .member(values))
    default: return nil
    }
  }

  func callAsFunction(_ row: UnsafeRawBufferPointer) -> Bool {
    parts.allSatisfy { part in
      let bytes = StoredFields.field(part.field, of: row)
      if case .isNull(let wanted) = part.test { return (bytes == nil) == wanted }
      guard let bytes else { return false }
      let value = part.type.decoded(bytes)
      switch part.test {
      case .isNull: return false
      case .comparison(let operation, let other, let type):
        return !other.isNull && operation.accepts(type.compare(value, other))
      case .member(let others):
        return others.contains { !$0.value.isNull && $0.type.compare(value, $0.value) == 0 }
      case .keys(let keys, let type): return keys.contains(type.key(of: value))
      }
    }
  }
}

extension StatementContext {
  /// The filter of an index over a table with these columns. Throws 10735 for a condition that no filter
  /// may have and 10611 for a constant that the column would be converted for. The catalog's text of IN
  /// is not what a statement may write.
  mutating func filter(
    _ condition: Condition, of index: String, table: QualifiedName, columns: [ColumnDescription],
    isFromCatalog: Bool = false
  ) throws(SQLError) -> IndexFilter {
    guard isFromCatalog || condition.isOfFilters else {
      throw .incorrectFilter(index, table: table.description)
    }
    let (bound, use) = try bind(condition, table: table.name, columns: columns, in: "CREATE INDEX")
    for field in use.fields where columns[field].computed != nil {
      throw .incorrectFilter(index, table: table.description)
    }
    if let filter = IndexFilter(bound) { return filter }
    let column = use.fields.min().map { columns[$0].name } ?? ""
    throw .filterComparesOtherType(index, table: table.description, column: column)
  }
}

extension Condition {
  /// Whether SQL Server's grammar of filters has it: AND of comparisons of a column with a constant, IN and
  /// IS [NOT] NULL.
  fileprivate var isOfFilters: Bool {
    switch self {
    case .all(let parts): parts.allSatisfy(\.isOfFilters)
    case .comparison(_, .column, let value): !value.hasColumn
    case .isNull(.column, _): true
    case .inList(.column, let list, isNegated: false): !list.contains(where: \.hasColumn)
    default: false
    }
  }
}

extension Expression {
  fileprivate var hasColumn: Bool {
    switch self {
    case .column: true
    case .binary(_, let left, let right): left.hasColumn || right.hasColumn
    case .unary(_, let operand): operand.hasColumn
    case .cast(let operand, _, _): operand.hasColumn
    default: false
    }
  }
}
