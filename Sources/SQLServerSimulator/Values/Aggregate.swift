/// The aggregate functions of values.
package enum AggregateFunction: String, Sendable {
  /// Also COUNT(*), whose accumulator is told of every row.
  case count
  case countBig = "count_big"
  case sum, avg, min, max

  /// An aggregate by its name in any case; nil for a name that is none. Throws 40514 for aggregates of SQL
  /// Server that are not built here.
  package static func named(_ name: String) throws(SQLError) -> AggregateFunction? {
    let key = name.lowercased()
    if let function = AggregateFunction(rawValue: key) { return function }
    if refused.contains(key) { throw .unsupported(name.uppercased()) }
    return nil
  }

  private static let refused: Set<String> = [
    "checksum_agg", "stdev", "stdevp", "var", "varp", "grouping", "grouping_id", "string_agg",
    "approx_count_distinct",
  ]

  /// The type of the result. Throws 8117 for a type that the function does not take.
  package func result(_ type: SQLType) throws(SQLError) -> SQLType {
    switch self {
    case .count, .countBig:
      if type.isLargeObject { throw .invalidOperandType(type.name, operation: rawValue) }
      return self == .count ? .int : .bigint
    case .min, .max:
      guard type.isComparable, type.kind != .bit else {
        throw .invalidOperandType(type.name, operation: rawValue)
      }
      return type
    case .sum, .avg:
      switch type.kind {
      case .tinyint, .smallint, .int: return .int
      case .bigint: return .bigint
      case .decimal, .numeric:
        return SQLType(
          type.kind, precision: SQLDecimal.maxDigits,
          scale: self == .sum ? type.scale : Swift.max(type.scale, 6))
      case .smallmoney, .money: return .money
      case .real, .float: return .float
      default: throw .invalidOperandType(type.name, operation: rawValue)
      }
    }
  }
}

/// What an aggregate function has seen of a group's rows.
package struct AggregateAccumulator: Sendable {
  private let function: AggregateFunction
  private let type: SQLType
  private let result: SQLType
  /// The keys of values that have been seen, with DISTINCT.
  private var seen: Set<[UInt8]>?
  private var count: Int64 = 0
  private var integers: Int128 = 0
  private var decimals: SQLDecimal?
  private var floats = 0.0
  private var extreme = SQLValue.null
  /// Whether a NULL was left out: then the statement ends with warning 8153.
  package private(set) var eliminatedNull = false

  /// Throws 8117 as `AggregateFunction.result` does.
  package init(
    _ function: AggregateFunction, of type: SQLType, isDistinct: Bool = false
  ) throws(SQLError) {
    self.function = function
    self.type = type
    result = try function.result(type)
    if isDistinct { seen = [] }
  }

  /// COUNT(*): a row, whatever is in it.
  package mutating func addRow() { count += 1 }

  /// Throws 8115 when a sum of decimals has more than 38 digits.
  package mutating func add(_ value: SQLValue) throws(SQLError) {
    guard !value.isNull else {
      eliminatedNull = true
      return
    }
    if seen != nil {
      var key: [UInt8] = []
      type.appendSortKey(of: value, isNullable: false, to: &key)
      guard seen?.insert(key).inserted == true else { return }
    }
    count += 1
    switch function {
    case .count, .countBig: break
    case .min:
      if extreme.isNull || type.compare(value, extreme) < 0 { extreme = value }
    case .max:
      if extreme.isNull || type.compare(value, extreme) > 0 { extreme = value }
    case .sum, .avg: try addNumber(value)
    }
  }

  private mutating func addNumber(_ value: SQLValue) throws(SQLError) {
    switch value {
    case .integer(let number): integers += Int128(number)
    case .money(let number): integers += Int128(number)
    case .real(let number): floats += Double(number)
    case .float(let number): floats += number
    case .decimal(let number):
      let before = decimals ?? SQLDecimal(magnitude: 0, scale: number.scale)
      guard let sum = before.adding(number, scale: number.scale, precision: SQLDecimal.maxDigits) else {
        throw .overflow(converting: "expression", to: "numeric")
      }
      decimals = sum
    default: break
    }
  }

  /// The value for the group: NULL without a value, 0 of a count. Throws 8115 beyond the type of the result.
  package func value() throws(SQLError) -> SQLValue {
    switch function {
    case .count:
      guard Int32(exactly: count) != nil else { throw .overflow(converting: "expression", to: "int") }
      return .integer(count)
    case .countBig: return .integer(count)
    case .min, .max: return extreme
    case .sum, .avg:
      guard count > 0 else { return .null }
      return try number()
    }
  }

  private func number() throws(SQLError) -> SQLValue {
    let overflow = SQLError.overflow(
      converting: "expression", to: result.isDecimal ? "numeric" : result.name)
    switch result.kind {
    case .float:
      let value = function == .avg ? floats / Double(count) : floats
      guard value.isFinite else { throw overflow }
      return .float(value)
    case .decimal, .numeric:
      guard let sum = decimals else { return .null }
      guard function == .avg else { return .decimal(sum) }
      let average = sum.divided(by: SQLDecimal(count), scale: result.scale, precision: result.precision)
      guard let average else { throw overflow }
      return .decimal(average)
    default:
      // The average of integers is one, towards zero.
      let number = function == .avg ? integers / Int128(count) : integers
      guard let value = Int64(exactly: number), result.holds(value) else { throw overflow }
      return result.isMoney ? .money(value) : .integer(value)
    }
  }
}
