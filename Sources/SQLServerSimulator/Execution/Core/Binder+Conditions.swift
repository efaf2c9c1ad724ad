extension Binder {
  package mutating func bind(
    _ condition: Condition, in context: inout StatementContext
  ) throws(SQLError) -> BoundCondition {
    switch condition {
    case .comparison(let operation, let left, let right):
      return try comparison(
        operation, bind(left, in: &context), bind(right, in: &context), in: &context)
    case .quantified(let operation, let operand, let isAll, let query):
      return try quantified(operation, operand, isAll: isAll, query, in: &context)
    case .all(let parts): return .all(try bind(parts, in: &context))
    case .any(let parts): return .any(try bind(parts, in: &context))
    case .not(let part): return .not(try bind(part, in: &context))
    case .isNull(let operand, let isNegated):
      return BoundCondition.isNull(try bind(operand, in: &context)).negated(isNegated)
    case .between(let operand, let low, let high, let isNegated):
      let value = try bind(operand, in: &context)
      return BoundCondition.all([
        try comparison(.greaterOrEqual, value, bind(low, in: &context), in: &context),
        try comparison(.lessOrEqual, value, bind(high, in: &context), in: &context),
      ]).negated(isNegated)
    case .inList(let operand, let list, let isNegated):
      let value = try bind(operand, in: &context)
      var parts: [BoundCondition] = []
      for item in list {
        parts.append(try comparison(.equal, value, bind(item, in: &context), in: &context))
      }
      return (BoundCondition.member(parts) ?? .any(parts)).negated(isNegated)
    case .inQuery(let operand, let query, let isNegated):
      return try quantified(.equal, operand, isAll: false, query, in: &context).negated(isNegated)
    case .like(let text, let pattern, let escape, let isNegated):
      return try like(text, pattern, escape, in: &context).negated(isNegated)
    case .exists(let query): return .exists(try bindQuery(query, in: &context))
    case .distinct(let left, let right, let isNegated):
      let (first, second, type) = try operands(
        bind(left, in: &context), bind(right, in: &context), "equal to", in: &context)
      return BoundCondition.same(first, second, type).negated(!isNegated)
    case .updates: throw .unsupported("UPDATE()")
    }
  }

  private mutating func bind(
    _ parts: [Condition], in context: inout StatementContext
  ) throws(SQLError) -> [BoundCondition] {
    var bound: [BoundCondition] = []
    for part in parts { bound.append(try bind(part, in: &context)) }
    return bound
  }

  package func comparison(
    _ operation: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression,
    in context: inout StatementContext
  ) throws(SQLError) -> BoundCondition {
    let (first, second, type) = try operands(left, right, operation.name, in: &context)
    let condition = BoundCondition.comparison(operation, first, second, type)
    guard !context.session.ansiNulls, operation == .equal || operation == .notEqual else { return condition }
    return condition.meetingNull(first, second) ?? condition.meetingNull(second, first) ?? condition
  }

  /// Both sides as values that the type compares.
  private func operands(
    _ left: BoundExpression, _ right: BoundExpression, _ operation: String,
    in context: inout StatementContext
  ) throws(SQLError) -> (BoundExpression, BoundExpression, SQLType) {
    let (left, right) = try BoundExpression.withCommonCollation(left, right)
    let first = left.type ?? right.type ?? .int
    let second = right.type ?? left.type ?? .int
    let type = try SQLType.comparison(first, second, operation: operation)
    return (
      try comparable(left, type, in: &context), try comparable(right, type, in: &context), type
    )
  }

  private func comparable(
    _ operand: BoundExpression, _ type: SQLType, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    guard let source = operand.type else { return BoundExpression(.constant(.null), type) }
    return source.comparesAlike(type) ? operand : try convert(operand, to: type, in: &context)
  }

  private mutating func quantified(
    _ operation: ComparisonOperator, _ operand: Expression, isAll: Bool, _ query: Query,
    in context: inout StatementContext
  ) throws(SQLError) -> BoundCondition {
    let value = try bind(operand, in: &context)
    let bound = try bindQuery(query, in: &context)
    guard bound.columns.count == 1 else { throw .subqueryHasSeveralColumns }
    let column = BoundExpression(.constant(.null), bound.columns[0].declared)
    let (first, _, type) = try operands(value, column, operation.name, in: &context)
    return .quantified(
      operation, try convert(first, to: type, in: &context), isAll: isAll, bound, type)
  }

  private mutating func like(
    _ text: Expression, _ pattern: Expression, _ escape: Expression?, in context: inout StatementContext
  ) throws(SQLError) -> BoundCondition {
    let (first, second) = try BoundExpression.withCommonCollation(
      bind(text, in: &context), bind(pattern, in: &context))
    let (collation, isNational) = try LikePattern.comparison(text: first.type, pattern: second.type)
    let mark = if let escape { try bind(escape, in: &context) } else { BoundExpression?.none }
    return .like(
      BoundLike(text: first, pattern: second, escape: mark, collation: collation, isNational: isNational))
  }
}

extension BoundCondition {
  /// Without ANSI_NULLS, a constant or a variable that is NULL equals NULL. Nil if the operand is neither.
  fileprivate func meetingNull(_ operand: BoundExpression, _ other: BoundExpression) -> BoundCondition? {
    guard case .comparison(let operation, _, _, _) = self, operand.isNullOrVariable else { return nil }
    return .any([
      self,
      .all([.isNull(operand), BoundCondition.isNull(other).negated(operation == .notEqual)]),
    ])
  }

  func negated(_ isNegated: Bool) -> BoundCondition { isNegated ? .not(self) : self }
}

extension BoundCondition {
  /// Many comparisons of one operand with constants as one; nil if they are not that.
  fileprivate static func member(_ parts: [BoundCondition]) -> BoundCondition? {
    guard parts.count > 8, case .comparison(_, let operand, _, let type)? = parts.first, !type.isDecimal,
      type.kind != .variant
    else { return nil }
    var member = BoundMember(operand: operand, keys: [], hasNull: false, type: type)
    for part in parts {
      guard case .comparison(.equal, operand, let other, let own) = part, let value = other.constant,
        own.kind == type.kind || own.isText && own.isNational == type.isNational,
        own.collation == type.collation, own.scale == type.scale
      else { return nil }
      if value.isNull { member.hasNull = true } else { member.keys.insert(type.key(of: value)) }
    }
    return .member(member)
  }
}

extension BoundExpression {
  fileprivate var isNullOrVariable: Bool {
    switch node {
    case .constant(let value): value.isNull
    case .variable: true
    case .conversion(let operand, _, _): operand.isNullOrVariable
    default: false
    }
  }
}

extension SQLType {
  /// Whether values compare as those of the other type do, without being converted.
  func comparesAlike(_ other: SQLType) -> Bool {
    if self == other { return true }
    if isText, other.isText, !isLargeObject { return true }
    if isInteger, other.isInteger { return kind != .bit && other.kind != .bit }
    if isDecimal, other.isDecimal { return true }
    return isBinary && other.isBinary
  }
}

extension ComparisonOperator {
  /// As messages have it.
  var name: String {
    switch self {
    case .equal: "equal to"
    case .notEqual: "not equal to"
    case .less: "less than"
    case .lessOrEqual: "less than or equal to"
    case .greater: "greater than"
    case .greaterOrEqual: "greater than or equal to"
    }
  }
}
