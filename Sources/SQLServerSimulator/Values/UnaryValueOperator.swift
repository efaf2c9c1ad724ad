/// The operators before a value. `+` takes every value as it is.
package enum UnaryValueOperator: Sendable {
  case minus, not

  private var name: String { self == .minus ? "minus" : "'~'" }

  /// The type of a result. Throws 8117 for an operand that the operator does not take.
  package func result(_ type: SQLType) throws(SQLError) -> SQLType {
    switch self {
    case .minus:
      guard type.isNumber, type.kind != .bit else { throw .invalidOperandType(type.name, operation: name) }
      return type.kind == .tinyint ? .smallint : type
    case .not:
      guard type.isInteger else { throw .invalidOperandType(type.name, operation: name) }
      return type
    }
  }

  package func evaluate(
    _ value: SQLValue, _ type: SQLType, in context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    try context.arithmetic { _ throws(SQLError) in
      switch value {
      case .bit(let bit): return .bit(!bit)
      case .integer(let integer):
        if self == .not { return .integer(type.kind == .tinyint ? 255 - integer : ~integer) }
        let (negated, overflow) = Int64(0).subtractingReportingOverflow(integer)
        guard !overflow, try result(type).holds(negated) else {
          throw .overflow(converting: "expression", to: type.name)
        }
        return .integer(negated)
      case .decimal(let decimal): return .decimal(decimal.negated)
      case .money(let money):
        let (negated, overflow) = Int64(0).subtractingReportingOverflow(money)
        guard !overflow, type.kind == .money || Int32(exactly: negated) != nil else {
          throw .overflow(converting: "expression", to: type.name)
        }
        return .money(negated)
      case .real(let real): return .real(-real)
      case .float(let float): return .float(-float)
      default: return value
      }
    }
  }
}
