import Glibc

/// Functions of numbers.
enum NumberFunctions {
  static let all: [ScalarFunction] = [
    ScalarFunction("abs", 1...1, sameType, abs),
    ScalarFunction("ceiling", 1...1, wholeType, ceiling),
    ScalarFunction("floor", 1...1, wholeType, floor),
    ScalarFunction("round", 2...3, roundType, round),
    ScalarFunction("sign", 1...1, roundType, sign),
    ScalarFunction("power", 2...2, powerType, power),
    ScalarFunction("sqrt", 1...1, floatType, float { $0.squareRoot() }),
    ScalarFunction("square", 1...1, floatType, float { $0 * $0 }),
    ScalarFunction("exp", 1...1, floatType, float { exp($0) }),
    ScalarFunction("log", 1...2, floatType, logarithm),
    ScalarFunction("log10", 1...1, floatType, float { $0 > 0 ? log10($0) : .nan }),
    ScalarFunction("sin", 1...1, floatType, float { sin($0) }),
    ScalarFunction("cos", 1...1, floatType, float { cos($0) }),
    ScalarFunction("tan", 1...1, floatType, float { tan($0) }),
    ScalarFunction("asin", 1...1, floatType, float { asin($0) }),
    ScalarFunction("acos", 1...1, floatType, float { acos($0) }),
    ScalarFunction("atan", 1...1, floatType, float { atan($0) }),
    ScalarFunction("pi", 0...0, floatType, { _, _ in .float(.pi) }),
    ScalarFunction("rand", 0...1, isStrict: false, floatType, random),
  ]

  // MARK: Types

  private static func floatType(_ types: [SQLType?]) throws(SQLError) -> SQLType { .float }

  /// The argument's type; text becomes float, bit and smaller integers stay.
  private static func sameType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard let type = types[0] else { return .int }
    if type.isText || type.isBinary && type.kind != .rowversion || type.kind == .bit { return .float }
    guard type.isNumber else { throw .operandTypeClash(type.name, "float") }
    return type
  }

  /// Decimals lose their fraction.
  private static func wholeType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    var type = try sameType(types)
    if type.isDecimal { type.scale = 0 }
    return type
  }

  /// Small integers become int, real becomes float, smallmoney money.
  private static func roundType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    let type = try sameType(types)
    switch type.kind {
    case .tinyint, .smallint: return .int
    case .real: return .float
    case .smallmoney: return .money
    default: return type
    }
  }

  private static func powerType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    var type = try roundType(types)
    if type.isDecimal { type.precision = SQLDecimal.maxDigits }
    return type
  }

  // MARK: Values

  private static func abs(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let value = try call.converted(0, to: call.result)
    switch value {
    case .integer(let number) where number < 0:
      return try UnaryValueOperator.minus.evaluate(value, call.result, in: &context)
    case .decimal(let number) where number.isNegative: return .decimal(number.negated)
    case .money(let number) where number < 0:
      return try UnaryValueOperator.minus.evaluate(value, call.result, in: &context)
    case .real(let number): return .real(number.magnitude)
    case .float(let number): return .float(number.magnitude)
    default: return value
    }
  }

  private static func ceiling(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue { try whole(call, up: true) }

  private static func floor(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue { try whole(call, up: false) }

  private static func whole(_ call: FunctionArguments, up: Bool) throws(SQLError) -> SQLValue {
    func whole(_ decimal: SQLDecimal) -> SQLDecimal {
      let truncated = decimal.truncated
      guard decimal.compare(truncated) != 0, decimal.isNegative != up else { return truncated }
      let step = SQLDecimal(up ? 1 : -1)
      return truncated.adding(step, scale: 0, precision: SQLDecimal.maxDigits) ?? truncated
    }
    switch call[0] {
    case .decimal(let decimal):
      let result = whole(decimal)
      guard result.rescaled(to: 0, precision: call.result.precision) != nil else {
        throw .overflow(converting: "expression", to: "numeric")
      }
      return .decimal(result)
    case .money(let money):
      guard let result = Money.value(whole(Money.decimal(money))) else {
        throw .overflow(converting: "expression", to: call.result.name)
      }
      return .money(result)
    default:
      let value = try call.converted(0, to: call.result)
      switch value {
      case .real(let number): return .real(number.rounded(up ? .up : .down))
      case .float(let number): return .float(number.rounded(up ? .up : .down))
      default: return value
      }
    }
  }

  /// With a third argument that is not 0, digits are cut instead of rounded.
  private static func round(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let digits = try call.int(1)
    let cuts = call.count > 2 ? try call.int(2) != 0 : false
    let value = try call.converted(0, to: call.result)
    switch value {
    case .integer(let number):
      let rounded = rounded(SQLDecimal(number), digits, cuts)
      guard let result = rounded?.int64, call.result.holds(result) else {
        throw .overflow(converting: "expression", to: call.result.name)
      }
      return .integer(result)
    case .decimal(let number):
      guard
        let result = rounded(number, digits, cuts)?.rescaled(
          to: number.scale, precision: call.result.precision)
      else { throw .overflow(converting: "expression", to: "numeric") }
      return .decimal(result)
    case .money(let number):
      guard let result = Money.value(rounded(Money.decimal(number), digits, cuts)) else {
        throw .overflow(converting: "expression", to: "money")
      }
      return .money(result)
    case .float(let number):
      let power = pow(10, Double(digits))
      guard power.isFinite, power > 0 else { return digits < 0 ? .float(0) : value }
      let scaled = number * power
      guard scaled.isFinite else { return value }
      return .float(scaled.rounded(cuts ? .towardZero : .toNearestOrAwayFromZero) / power)
    default: return value
    }
  }

  /// With so many digits behind the point; fewer than none are zeros before it.
  private static func rounded(_ number: SQLDecimal, _ digits: Int, _ cuts: Bool) -> SQLDecimal? {
    guard digits < number.scale else { return number }
    let dropped = number.scale - digits
    guard dropped <= SQLDecimal.maxDigits else { return SQLDecimal(magnitude: 0, scale: number.scale) }
    let unit = SQLDecimal.powers[dropped]
    let (quotient, remainder) = number.magnitude.quotientAndRemainder(dividingBy: unit)
    let isUp = !cuts && remainder >= unit - remainder
    let product = (quotient + (isUp ? 1 : 0)).multipliedReportingOverflow(by: unit)
    guard !product.overflow else { return nil }
    return SQLDecimal(magnitude: product.partialValue, isNegative: number.isNegative, scale: number.scale)
  }

  private static func sign(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let sign: Int64
    switch try call.converted(0, to: call.result) {
    case .integer(let number): sign = number.signum()
    case .decimal(let number): sign = number.isZero ? 0 : number.isNegative ? -1 : 1
    case .money(let number): sign = number.signum()
    case .float(let number): sign = number > 0 ? 1 : number < 0 ? -1 : 0
    default: sign = 0
    }
    return try SQLValue.integer(sign).converted(from: .int, to: call.result)
  }

  private static func power(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let base = try call.float(0)
    let exponent = try call.float(1)
    let value = pow(base, exponent)
    if base == 0, exponent < 0 { throw .divideByZero }
    guard !value.isNaN else { throw .invalidFloatingPointOperation }
    guard value.isFinite else { throw .overflow(converting: "expression", to: call.result.name) }
    return try SQLValue.float(value).converted(from: .float, to: call.result)
  }

  private static func float(_ function: @escaping @Sendable (Double) -> Double) -> ScalarFunction.Evaluation {
    { (call: FunctionArguments, _: inout EvaluationContext) throws(SQLError) -> SQLValue in
      let value = function(try call.float(0))
      guard !value.isNaN else { throw .invalidFloatingPointOperation }
      guard value.isFinite else { throw .overflow(converting: "expression", to: "float") }
      return .float(value)
    }
  }

  private static func logarithm(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let value = try call.float(0)
    guard value > 0 else { throw .invalidFloatingPointOperation }
    guard call.count > 1 else { return .float(log(value)) }
    let base = try call.float(1)
    guard base > 0, base != 1 else { throw .invalidFloatingPointOperation }
    return .float(log(value) / log(base))
  }

  /// Between 0 and 1. A seed starts a series, of numbers of its own: they are not SQL Server's.
  private static func random(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    if call.count > 0, !call[0].isNull { context.seed = UInt64(bitPattern: Int64(try call.int(0))) }
    return .float(Double(context.nextRandom() >> 11) / Double(1 << 53))
  }
}
