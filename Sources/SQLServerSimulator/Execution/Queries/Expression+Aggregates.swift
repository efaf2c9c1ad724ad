extension Expression {
  /// Whether there is an aggregate in it that is not a subquery's and not a window's own.
  var hasAggregate: Bool {
    switch self {
    case .function(let call):
      if call.over == nil, AggregateNames.all.contains(call.name.name.text.lowercased()) { return true }
      let window = (call.over?.partitionBy ?? []) + (call.over?.orderBy.map(\.expression) ?? [])
      return (call.arguments + window).contains(where: \.hasAggregate)
    case .unary(_, let operand), .cast(let operand, _, _), .collate(let operand, _):
      return operand.hasAggregate
    case .binary(_, let left, let right), .atTimeZone(let left, let right):
      return left.hasAggregate || right.hasAggregate
    case .convert(_, let operand, let style, _): return operand.hasAggregate || style?.hasAggregate == true
    case .simpleCase(let operand, let cases, let otherwise):
      return operand.hasAggregate || otherwise?.hasAggregate == true
        || cases.contains { $0.value.hasAggregate || $0.result.hasAggregate }
    case .searchedCase(let cases, let otherwise):
      return otherwise?.hasAggregate == true
        || cases.contains { $0.condition.hasAggregate || $0.result.hasAggregate }
    default: return false
    }
  }
}

extension Condition {
  var hasAggregate: Bool {
    switch self {
    case .comparison(_, let left, let right), .distinct(let left, let right, _):
      left.hasAggregate || right.hasAggregate
    case .quantified(_, let operand, _, _), .isNull(let operand, _), .inQuery(let operand, _, _):
      operand.hasAggregate
    case .all(let parts), .any(let parts): parts.contains(where: \.hasAggregate)
    case .not(let part): part.hasAggregate
    case .between(let operand, let low, let high, _):
      operand.hasAggregate || low.hasAggregate || high.hasAggregate
    case .inList(let operand, let list, _): operand.hasAggregate || list.contains(where: \.hasAggregate)
    case .like(let text, let pattern, _, _): text.hasAggregate || pattern.hasAggregate
    case .exists, .updates: false
    }
  }
}

private enum AggregateNames {
  static let all: Set<String> = [
    "count", "count_big", "sum", "avg", "min", "max", "checksum_agg", "stdev", "stdevp", "var", "varp",
    "grouping", "grouping_id", "string_agg", "approx_count_distinct",
  ]
}
