/// Functions that make text of texts.
enum TextBuildingFunctions {
  static let all: [ScalarFunction] = [
    ScalarFunction("replace", 3...3, replaceType, replace),
    ScalarFunction("replicate", 2...2, repeatedType, replicate),
    ScalarFunction("stuff", 4...4, isStrict: false, stuffType, stuff),
    ScalarFunction("space", 1...1, { _ in SQLType(.varchar, length: 8000) }, space),
    ScalarFunction("concat", 2...254, isStrict: false, concatType, concat),
    ScalarFunction("concat_ws", 3...254, isStrict: false, concatType, concatWithSeparator),
    ScalarFunction("translate", 3...3, replaceType, translate),
  ]

  private static func replaceType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    for index in types.indices { try TextTypes.require(types, argument: index, function: "replace") }
    return try TextTypes.widest(types)
  }

  private static func repeatedType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    try TextTypes.require(types, argument: 0, function: "replicate")
    return try TextTypes.widest([types[0]])
  }

  private static func stuffType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    for index in [0, 3] { try TextTypes.require(types, argument: index, function: "stuff") }
    return try TextTypes.widest([types[0], types[3]])
  }

  /// As long as all arguments together.
  private static func concatType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    var result = try TextTypes.widest(types)
    guard !result.isUnlimited else { return result }
    let total = types.reduce(0) { $0 + ($1.map { TextTypes.text($0).length } ?? 0) }
    result.length = min(max(total, 1), result.length)
    return result
  }

  private static func replace(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let text = try call.text(0)
    let wanted = try call.text(1)
    let replacement = try call.text(2)
    let (collation, isNational) = try call.comparison(0, 1)
    let search = TextSearch(wanted, in: text, collation, isNational)
    var result: [UInt16] = []
    var next = 0
    while let place = search.first(from: next) {
      result.append(contentsOf: text[next..<place])
      result.append(contentsOf: replacement)
      next = place + wanted.count
    }
    result.append(contentsOf: text[next...])
    return try call.finish(result)
  }

  private static func replicate(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let count = try call.int(1)
    guard count >= 0 else { return .null }
    let text = try call.text(0)
    guard !text.isEmpty else { return .text([]) }
    // No more than fits: a large count must not fill the memory.
    let room = call.result.isUnlimited ? Int(Int32.max) / 2 : call.result.length
    var result: [UInt16] = []
    for _ in 0..<min(count, room / text.count + 1) { result.append(contentsOf: text) }
    return try call.finish(result)
  }

  /// NULL where nothing can be put in; an insert that is NULL puts in nothing.
  private static func stuff(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    guard !call[0].isNull, !call[1].isNull, !call[2].isNull else { return .null }
    let text = Characters(try call.text(0), call.type(0))
    let start = try call.int(1) - 1
    let length = try call.int(2)
    guard 0 <= start, start < text.count, length >= 0 else { return .null }
    let insert = call[3].isNull ? [] : try call.text(3)
    return try call.finish(
      text.slice(from: 0, count: start) + insert + text.slice(from: start + length, count: text.count))
  }

  private static func space(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let count = try call.int(0)
    return count < 0 ? .null : .text([UInt16](repeating: 0x20, count: min(count, 8000)))
  }

  private static func concat(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    var result: [UInt16] = []
    for index in 0..<call.count where !call[index].isNull { result.append(contentsOf: try call.text(index)) }
    return try call.finish(result)
  }

  /// A separator that is NULL is none; arguments that are NULL are left out.
  private static func concatWithSeparator(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let separator = call[0].isNull ? [] : try call.text(0)
    var result: [UInt16] = []
    var isFirst = true
    for index in 1..<call.count where !call[index].isNull {
      if !isFirst { result.append(contentsOf: separator) }
      isFirst = false
      result.append(contentsOf: try call.text(index))
    }
    return try call.finish(result)
  }

  private static func translate(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let from = try call.text(1)
    let to = try call.text(2)
    guard from.count == to.count else {
      throw .make(
        9828, 16, 1,
        "The second and third arguments of the TRANSLATE built-in function must contain an equal number"
          + " of characters.",
        .statement)
    }
    let (collation, isNational) = try call.comparison(0, 1)
    let ranks = from.map { collation.rank(of: $0, isNational: isNational) }
    return try call.finish(
      call.text(0).map { unit in
        ranks.firstIndex(of: collation.rank(of: unit, isNational: isNational)).map { to[$0] } ?? unit
      })
  }
}
