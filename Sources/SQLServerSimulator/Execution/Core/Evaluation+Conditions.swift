extension StatementContext {
  /// Whether a condition is true; unknown is not.
  package mutating func holds(_ condition: BoundCondition) throws(SQLError) -> Bool {
    try evaluate(condition) == true
  }

  /// Nil is unknown.
  package mutating func evaluate(_ condition: BoundCondition) throws(SQLError) -> Bool? {
    switch condition {
    case .constant(let value): return value
    case .comparison(let operation, let left, let right, let type):
      let first = try evaluate(left)
      if first.isNull { return nil }
      let second = try evaluate(right)
      if second.isNull { return nil }
      return operation.accepts(type.compare(first, second))
    case .all(let parts):
      var result: Bool? = true
      for part in parts {
        switch try evaluate(part) {
        case false: return false
        case nil: result = nil
        case true: break
        }
      }
      return result
    case .any(let parts):
      var result: Bool? = false
      for part in parts {
        switch try evaluate(part) {
        case true: return true
        case nil: result = nil
        case false: break
        }
      }
      return result
    case .not(let part): return try evaluate(part).map { !$0 }
    case .isNull(let operand): return try evaluate(operand).isNull
    case .same(let left, let right, let type):
      let first = try evaluate(left)
      let second = try evaluate(right)
      if first.isNull || second.isNull { return first.isNull && second.isNull }
      return type.compare(first, second) == 0
    case .like(let like): return try evaluate(like)
    case .member(let member):
      let value = try evaluate(member.operand)
      if value.isNull { return nil }
      return member.keys.contains(member.type.key(of: value)) ? true : member.hasNull ? nil : false
    case .exists(let query): return try exists(query)
    case .quantified(let operation, let operand, let isAll, let query, let type):
      return try quantified(operation, operand, isAll: isAll, query, type)
    }
  }

  private mutating func evaluate(_ like: BoundLike) throws(SQLError) -> Bool? {
    guard let text = try evaluate(like.text).units(of: like.text.knownType) else { return nil }
    guard let pattern = try evaluate(like.pattern).units(of: like.pattern.knownType) else { return nil }
    var escape: [UInt16]?
    if let expression = like.escape {
      escape = try evaluate(expression).units(of: expression.knownType)
      if escape == nil { return nil }
    }
    return try LikePattern(pattern, escape: escape, collation: like.collation, isNational: like.isNational)
      .matches(text)
  }
}

extension ComparisonOperator {
  /// Of an order as `SQLType.compare` has it.
  func accepts(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }

  /// With the operands exchanged.
  var mirrored: ComparisonOperator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
