/// Functions that choose one of their arguments, and NEWID.
///
/// Here all arguments have been evaluated. Who must not evaluate those that are not chosen takes the types
/// from here and chooses itself.
enum ChoiceFunctions {
  static let all: [ScalarFunction] = [
    ScalarFunction("isnull", 2...2, isStrict: false, isNullType, isNull),
    ScalarFunction("coalesce", 2...4096, isStrict: false, coalesceType, coalesce),
    ScalarFunction("nullif", 2...2, isStrict: false, nullIfType, nullIf),
    ScalarFunction("choose", 2...255, isStrict: false, chooseType, choose),
    ScalarFunction("newid", 0...0, { _ in .uniqueidentifier }, newID),
  ]

  /// The first argument's type, whatever the second's.
  private static func isNullType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard let first = types[0] else { return types[1] ?? .int }
    if let second = types[1] { try second.requireConversion(to: first) }
    return first
  }

  private static func isNull(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    try call.converted(call[0].isNull ? 1 : 0, to: call.result)
  }

  private static func coalesceType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard let type = try SQLType.common(of: types) else {
      throw .make(
        4127, 16, 1,
        "At least one of the arguments to COALESCE must be an expression that is not the NULL constant.",
        .batch)
    }
    return type
  }

  private static func coalesce(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    guard let index = call.values.firstIndex(where: { !$0.isNull }) else { return .null }
    return try call.converted(index, to: call.result)
  }

  private static func nullIfType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard let first = types[0] else {
      throw .make(
        4151, 16, 1,
        "The type of the first argument to NULLIF cannot be the NULL constant because the type of the"
          + " first argument "
          + "has to be known.", .batch)
    }
    if let second = types[1] { _ = try SQLType.comparison(first, second) }
    return first
  }

  private static func nullIf(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    guard !call[0].isNull, !call[1].isNull else { return call[0] }
    let type = try SQLType.comparison(call.type(0), call.type(1))
    let isEqual = try type.compare(call.converted(0, to: type), call.converted(1, to: type)) == 0
    return isEqual ? .null : call[0]
  }

  private static func chooseType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard let type = try SQLType.common(of: Array(types.dropFirst())) else { throw .caseOfNullsOnly }
    return type
  }

  private static func choose(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    guard !call[0].isNull else { return .null }
    let index = try call.int(0)
    guard 1..<call.count ~= index else { return .null }
    return try call.converted(index, to: call.result)
  }

  /// A random UUID of RFC 9562's version 4, from the seed.
  private static func newID(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let high = context.nextRandom()
    let low = context.nextRandom()
    // The version stands in the third group, which is little-endian on the wire.
    return .guid(
      SQLGuid(high: high & ~0xF0 | 0x40, low: low & ~(0b11 << 62) | 0b10 << 62))
  }
}

extension SQLType {
  /// The common type of several expressions, as CASE, COALESCE, IN and UNION have it; nil types are constants
  /// NULL and do not count. Nil if there is nothing else.
  package static func common(of types: [SQLType?]) throws(SQLError) -> SQLType? {
    var result: SQLType?
    for case let type? in types {
      if let before = result { result = try common(before, type) } else { result = type }
    }
    return result
  }
}
