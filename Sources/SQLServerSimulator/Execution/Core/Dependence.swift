/// On what a value depends: decides when an expression can be evaluated, and where a condition helps.
struct Dependence {
  /// Sources of the innermost query, a bit each.
  var sources: UInt64 = 0
  /// Sources of outer queries.
  var isOuter = false
  /// Groups, subqueries, and what differs from call to call.
  var isOther = false

  /// It has columns, and none of the innermost query.
  var isOuterOnly: Bool { isOuter && sources == 0 && !isOther }

  /// Queries have fewer sources.
  static let maximum = 64
}

extension BoundExpression {
  func dependence(sources count: Int) -> Dependence {
    var dependence = Dependence()
    add(to: &dependence)
    return dependence
  }

  func add(to dependence: inout Dependence) {
    switch node {
    case .constant, .variable: break
    case .column(let place):
      if place.depth == 0 {
        dependence.sources |= 1 << UInt64(place.source)
      } else {
        dependence.isOuter = true
      }
    case .slot(let depth, _):
      if depth == 0 { dependence.isOther = true } else { dependence.isOuter = true }
    case .unary(_, let operand): operand.add(to: &dependence)
    case .binary(_, let left, let right):
      left.add(to: &dependence)
      right.add(to: &dependence)
    case .call(let call):
      if ["newid", "rand"].contains(call.function.name) { dependence.isOther = true }
      for argument in call.arguments { argument.add(to: &dependence) }
    case .catalogCall(let call):
      for argument in call.arguments { argument.add(to: &dependence) }
    case .conversion(let operand, let style, _):
      operand.add(to: &dependence)
      style?.add(to: &dependence)
    case .choice(let whens, let otherwise):
      for when in whens {
        when.condition.add(to: &dependence)
        when.result.add(to: &dependence)
      }
      otherwise?.add(to: &dependence)
    case .firstValue(let operands):
      for operand in operands { operand.add(to: &dependence) }
    case .subquery(let query): dependence.isOther = dependence.isOther || query.isCorrelated
    }
  }
}

extension BoundCondition {
  func add(to dependence: inout Dependence) {
    switch self {
    case .constant: break
    case .comparison(_, let left, let right, _), .same(let left, let right, _):
      left.add(to: &dependence)
      right.add(to: &dependence)
    case .all(let parts), .any(let parts):
      for part in parts { part.add(to: &dependence) }
    case .not(let part): part.add(to: &dependence)
    case .isNull(let operand): operand.add(to: &dependence)
    case .member(let member): member.operand.add(to: &dependence)
    case .like(let like):
      like.text.add(to: &dependence)
      like.pattern.add(to: &dependence)
      like.escape?.add(to: &dependence)
    case .exists(let query): dependence.isOther = dependence.isOther || query.isCorrelated
    case .quantified(_, let operand, _, let query, _):
      operand.add(to: &dependence)
      dependence.isOther = dependence.isOther || query.isCorrelated
    }
  }

  /// The parts that must all be true.
  var conjuncts: [BoundCondition] {
    if case .all(let parts) = self { return parts.flatMap(\.conjuncts) }
    return [self]
  }
}
