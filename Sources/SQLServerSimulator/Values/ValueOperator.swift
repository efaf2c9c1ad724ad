/// The operators between two values.
package enum ValueOperator: Sendable {
  /// Also joins texts, and bytes.
  case add
  case subtract, multiply, divide, modulo
  case and, or, xor

  /// As messages have it.
  var name: String {
    switch self {
    case .add: "add"
    case .subtract: "subtract"
    case .multiply: "multiply"
    case .divide: "divide"
    case .modulo: "modulo"
    case .and: "'&'"
    case .or: "'|'"
    case .xor: "'^'"
    }
  }

  var isBitwise: Bool { self == .and || self == .or || self == .xor }

  /// The type of a result. An integer literal counts with the digits that it has when the other operand is a
  /// decimal: `constants` are such literals' values.
  ///
  /// Throws 402, 8117, 206 or 257 for operands that the operator does not take, 468 for two collations.
  package func result(
    _ left: SQLType, _ right: SQLType, constants: (left: Int64?, right: Int64?) = (nil, nil)
  ) throws(SQLError) -> SQLType {
    for type in [left, right] {
      if type.kind == .variant || type.kind == .xml || type.isRuntimeType {
        throw .invalidOperandType(type.name, operation: name)
      }
      if type.isLargeObject || type.kind == .uniqueidentifier && self != .add {
        throw .incompatibleOperands(left.name, right.name, operation: name)
      }
    }
    if left.isDateOrTime || right.isDateOrTime { return try ofDates(left, right) }
    if isBitwise { return try bitwise(left, right) }
    if left.isNumber || right.isNumber { return try ofNumbers(left, right, constants) }
    guard self == .add else { throw .invalidOperandType(left.name, operation: name) }
    return try concatenation(left, right)
  }

  private func concatenation(_ left: SQLType, _ right: SQLType) throws(SQLError) -> SQLType {
    guard left.isText || left.isBinary, right.isText || right.isBinary, left.isText == right.isText else {
      throw .incompatibleOperands(left.name, right.name, operation: name)
    }
    var result = left.precedence >= right.precedence ? left : right
    if result.isText { result.collation = try SQLType.commonCollation(left, right, operation: name) }
    if left.isUnlimited || right.isUnlimited {
      result.kind = result.isBinary ? .varbinary : result.isNational ? .nvarchar : .varchar
      result.length = SQLType.unlimited
    } else {
      if result.kind == .rowversion { result.kind = .varbinary }
      result.length = min(left.length + right.length, result.isNational ? 4000 : 8000)
    }
    return result
  }

  /// datetime and smalldatetime add and subtract days; the newer types do not calculate.
  private func ofDates(_ left: SQLType, _ right: SQLType) throws(SQLError) -> SQLType {
    let date = left.isDateOrTime ? left : right
    let other = left.isDateOrTime ? right : left
    func isLegacy(_ type: SQLType) -> Bool { type.kind == .datetime || type.kind == .smalldatetime }
    guard isLegacy(date) else {
      if other.isNumber { throw .operandTypeClash(date.name, other.name) }
      if other.kind == date.kind { throw .invalidOperandType(date.name, operation: name) }
      throw .incompatibleOperands(left.name, right.name, operation: name)
    }
    guard self == .add || self == .subtract else { throw .invalidOperandType(date.name, operation: name) }
    guard isLegacy(other) || other.isNumber || other.isText || other.isBinary else {
      throw .incompatibleOperands(left.name, right.name, operation: name)
    }
    return date.kind == .datetime || other.kind == .datetime ? .datetime : .smalldatetime
  }

  private func bitwise(_ left: SQLType, _ right: SQLType) throws(SQLError) -> SQLType {
    guard left.isInteger || left.isBinary, right.isInteger || right.isBinary,
      left.isInteger || right.isInteger
    else { throw .incompatibleOperands(left.name, right.name, operation: name) }
    if left.isInteger, right.isInteger { return left.precedence >= right.precedence ? left : right }
    return left.isInteger ? left : right
  }

  private func ofNumbers(
    _ left: SQLType, _ right: SQLType, _ constants: (left: Int64?, right: Int64?)
  ) throws(SQLError) -> SQLType {
    let (winner, loser) = left.precedence >= right.precedence ? (left, right) : (right, left)
    guard loser.isNumber || loser.isText || loser.isBinary else {
      throw .operandTypeClash(loser.name, winner.name)
    }
    if !loser.isNumber { try loser.requireConversion(to: winner) }
    if winner.kind == .bit { throw .incompatibleOperands(left.name, right.name, operation: name) }
    if winner.isApproximate {
      if self == .modulo { throw .incompatibleOperands(left.name, right.name, operation: name) }
      return winner
    }
    guard winner.isDecimal else { return winner }
    // Text becomes the decimal that stands beside it.
    let first = left.asDecimal(constant: constants.left) ?? winner
    let second = right.asDecimal(constant: constants.right) ?? winner
    let (precision, scale) = decimalShape(first, second)
    return SQLType(winner.kind, precision: precision, scale: scale)
  }

  /// The manual's table of precision and scale, with what happens beyond 38 digits.
  private func decimalShape(_ left: SQLType, _ right: SQLType) -> (precision: Int, scale: Int) {
    let limit = SQLDecimal.maxDigits
    let whole = max(left.precision - left.scale, right.precision - right.scale)
    let fraction = max(left.scale, right.scale)
    var precision: Int
    var scale: Int
    switch self {
    case .multiply:
      precision = left.precision + right.precision + 1
      scale = left.scale + right.scale
    case .divide:
      scale = max(6, left.scale + right.precision + 1)
      precision = left.precision - left.scale + right.scale + scale
    case .modulo:
      scale = fraction
      precision = min(left.precision - left.scale, right.precision - right.scale) + scale
      return (max(precision, 1), scale)
    default:
      scale = fraction
      precision = whole + fraction + 1
      if precision > limit { scale = min(scale, max(0, limit - whole)) }
      return (min(precision, limit), scale)
    }
    if precision > limit {
      // The integral part is kept first; at least six digits of the fraction stay.
      scale = min(scale, max(6, limit - (precision - scale)))
      precision = limit
    }
    return (precision, scale)
  }

  // MARK: Values

  /// Two values of their types as a value of `result`, which `result(_:_:)` has found. NULL if one is.
  package func evaluate(
    _ left: SQLValue, _ leftType: SQLType, _ right: SQLValue, _ rightType: SQLType, result: SQLType,
    in context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    if left.isNull || right.isNull {
      guard result.isText, !context.options.concatNullYieldsNull else { return .null }
      if left.isNull, right.isNull { return .null }
    }
    return try context.arithmetic { context throws(SQLError) in
      let options = context.options
      if result.isText || result.isBinary {
        return try joined(left, leftType, right, rightType, result, options)
      }
      if result.isDecimal {
        return try decimals(
          left.converted(
            from: leftType, to: leftType.asDecimal() ?? fallback(rightType, result), options: options),
          right.converted(
            from: rightType, to: rightType.asDecimal() ?? fallback(leftType, result), options: options),
          result)
      }
      let left = try left.converted(from: leftType, to: result, options: options)
      let right = try right.converted(from: rightType, to: result, options: options)
      switch (left, right) {
      case (.integer(let left), .integer(let right)): return try integers(left, right, result)
      case (.bit(let left), .bit(let right)):
        return .bit(bits(left ? 1 : 0, right ? 1 : 0) != 0)
      case (.money(let left), .money(let right)): return try moneys(left, right, result)
      case (.real(let left), .real(let right)):
        let value = Float(try floats(Double(left), Double(right)))
        guard value.isFinite else { throw .overflow(converting: "expression", to: "real") }
        return .real(value)
      case (.float(let left), .float(let right)):
        let value = try floats(left, right)
        guard value.isFinite else { throw .overflow(converting: "expression", to: "float") }
        return .float(value)
      case (.datetime(let days, let ticks), .datetime(let otherDays, let otherTicks)):
        return try dates((days, ticks), (otherDays, otherTicks), result)
      default: throw .invalidOperandType(result.name, operation: name)
      }
    }
  }

  /// What text is converted to that stands beside an exact number.
  private func fallback(_ other: SQLType, _ result: SQLType) -> SQLType { other.asDecimal() ?? result }

  private func joined(
    _ left: SQLValue, _ leftType: SQLType, _ right: SQLValue, _ rightType: SQLType, _ result: SQLType,
    _ options: EvaluationContext.Options
  ) throws(SQLError) -> SQLValue {
    // Each side as it is, in the result's kind of text; only the whole is cut.
    var part = result
    part.length = SQLType.unlimited
    if part.isPadded { part.kind = part.isBinary ? .varbinary : part.isNational ? .nvarchar : .varchar }
    let first = try left.converted(from: leftType, to: part, options: options)
    let second = try right.converted(from: rightType, to: part, options: options)
    switch (first, second) {
    case (.text(let left), .text(let right)):
      return try SQLValue.text(left + right).converted(from: part, to: result)
    case (.binary(let left), .binary(let right)):
      return try SQLValue.binary(left + right).converted(from: part, to: result)
    case (.null, let other), (let other, .null): return try other.converted(from: part, to: result)
    default: return .null
    }
  }

  private func bits(_ left: Int64, _ right: Int64) -> Int64 {
    switch self {
    case .and: left & right
    case .or: left | right
    default: left ^ right
    }
  }

  private func integers(_ left: Int64, _ right: Int64, _ result: SQLType) throws(SQLError) -> SQLValue {
    if isBitwise { return .integer(bits(left, right)) }
    let (value, overflow): (Int64, Bool)
    switch self {
    case .add: (value, overflow) = left.addingReportingOverflow(right)
    case .subtract: (value, overflow) = left.subtractingReportingOverflow(right)
    case .multiply: (value, overflow) = left.multipliedReportingOverflow(by: right)
    case .divide:
      if right == 0 { throw .divideByZero }
      (value, overflow) = left.dividedReportingOverflow(by: right)
    default:
      if right == 0 { throw .divideByZero }
      // The one quotient that overflows has no remainder.
      (value, overflow) = (right == -1 ? 0 : left % right, false)
    }
    guard !overflow, result.holds(value) else { throw .overflow(converting: "expression", to: result.name) }
    return .integer(value)
  }

  private func moneys(_ left: Int64, _ right: Int64, _ result: SQLType) throws(SQLError) -> SQLValue {
    let first = Money.decimal(left)
    let second = Money.decimal(right)
    let value: SQLDecimal?
    switch self {
    case .add: value = first.adding(second, scale: 4, precision: 38)
    case .subtract: value = first.subtracting(second, scale: 4, precision: 38)
    case .multiply: value = first.multiplied(by: second, scale: 4, precision: 38)
    case .divide:
      if right == 0 { throw .divideByZero }
      value = first.divided(by: second, scale: 4, precision: 38)
    default:
      if right == 0 { throw .divideByZero }
      value = first.remainder(dividingBy: second, scale: 4, precision: 38)
    }
    guard let money = Money.value(value), result.kind == .money || Int32(exactly: money) != nil else {
      throw .overflow(converting: "expression", to: result.name)
    }
    return .money(money)
  }

  private func decimals(_ left: SQLValue, _ right: SQLValue, _ result: SQLType) throws(SQLError) -> SQLValue {
    guard case .decimal(let left) = left, case .decimal(let right) = right else { return .null }
    let value: SQLDecimal?
    let (scale, precision) = (result.scale, result.precision)
    switch self {
    case .add: value = left.adding(right, scale: scale, precision: precision)
    case .subtract: value = left.subtracting(right, scale: scale, precision: precision)
    case .multiply: value = left.multiplied(by: right, scale: scale, precision: precision)
    case .divide:
      if right.isZero { throw .divideByZero }
      value = left.divided(by: right, scale: scale, precision: precision)
    default:
      if right.isZero { throw .divideByZero }
      value = left.remainder(dividingBy: right, scale: scale, precision: SQLDecimal.maxDigits)
    }
    guard let value else { throw .overflow(converting: "expression", to: "numeric") }
    return .decimal(value)
  }

  private func floats(_ left: Double, _ right: Double) throws(SQLError) -> Double {
    switch self {
    case .add: return left + right
    case .subtract: return left - right
    case .multiply: return left * right
    default:
      if right == 0 { throw .divideByZero }
      return left / right
    }
  }

  private func dates(
    _ left: (days: Int32, ticks: Int32), _ right: (days: Int32, ticks: Int32), _ result: SQLType
  ) throws(SQLError) -> SQLValue {
    let day = Int64(SQLCalendar.datetimeTicksPerDay)
    let sign: Int64 = self == .add ? 1 : -1
    let total =
      Int64(left.days) * day + Int64(left.ticks) + sign * (Int64(right.days) * day + Int64(right.ticks))
    let days = (total >= 0 ? total : total - day + 1) / day
    let value = SQLValue.datetime(days: Int32(days), ticks: Int32(total - days * day))
    guard days >= SQLCalendar.firstDatetimeDay, days <= SQLCalendar.lastDatetimeDay,
      let moment = SQLMoment(value)?.value(of: result)
    else { throw .addingOverflowed(result.name) }
    return moment
  }
}
