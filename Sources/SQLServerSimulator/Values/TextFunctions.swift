/// Functions that look into text and take parts of it.
enum TextFunctions {
  static let all: [ScalarFunction] = [
    ScalarFunction("len", 1...1, countType, length),
    ScalarFunction("datalength", 1...1, { types in countTypeOfAny(types) }, dataLength),
    ScalarFunction("left", 2...2, partType, left),
    ScalarFunction("right", 2...2, partType, right),
    ScalarFunction("substring", 3...3, substringType, substring),
    ScalarFunction("charindex", 2...3, charIndexType, charIndex),
    ScalarFunction("patindex", 2...2, charIndexType, patIndex),
    ScalarFunction("upper", 1...1, partType, upper),
    ScalarFunction("lower", 1...1, partType, lower),
    ScalarFunction("ltrim", 1...1, partType, leftTrim),
    ScalarFunction("rtrim", 1...1, partType, rightTrim),
    ScalarFunction("trim", 1...1, partType, trim),
    ScalarFunction("reverse", 1...1, partType, reverse),
    ScalarFunction("ascii", 1...1, { _ in .int }, ascii),
    ScalarFunction("unicode", 1...1, { _ in .int }, unicode),
  ]

  // MARK: Types

  private static func countType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    try TextTypes.require(types, argument: 0, function: "len")
    return countTypeOfAny(types)
  }

  private static func countTypeOfAny(_ types: [SQLType?]) -> SQLType {
    guard let type = types[0], type.isUnlimited, !type.isLargeObject else { return .int }
    return .bigint
  }

  private static func partType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    try TextTypes.require(types, argument: 0, function: "string")
    return TextTypes.varying(types[0])
  }

  private static func substringType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard let type = types[0], !type.isText else { return TextTypes.varying(types[0]) }
    if type.isBinary { return .varbinary(type.length) }
    throw .invalidArgumentType(type.name, argument: 1, function: "substring")
  }

  private static func charIndexType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    try TextTypes.require(types, argument: 1, function: "charindex")
    guard let type = types[1], type.isUnlimited, !type.isLargeObject else { return .int }
    return .bigint
  }

  // MARK: Values

  /// Blanks at the end do not count.
  private static func length(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    var text = try call.text(0)
    while text.last == 0x20 { text.removeLast() }
    return .integer(Int64(Characters(text, call.type(0)).count))
  }

  private static func dataLength(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    if case .variant(let type, let value) = call[0] { return .integer(Int64(type.encoded(value).count)) }
    return .integer(Int64(call.type(0).encoded(call[0]).count))
  }

  private static func left(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let count = try call.int(1)
    guard count >= 0 else { throw .invalidLengthParameter("left") }
    return try call.finish(Characters(call.text(0), call.type(0)).slice(from: 0, count: count))
  }

  private static func right(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let count = try call.int(1)
    guard count >= 0 else { throw .invalidLengthParameter("right") }
    let text = Characters(try call.text(0), call.type(0))
    return try call.finish(text.slice(from: max(0, text.count - count), count: count))
  }

  /// Places before the first count: SUBSTRING('abc', 0, 2) is 'a'.
  private static func substring(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let length = try call.int(2)
    guard length >= 0 else { throw .invalidSubstringLength }
    let start = try call.int(1) - 1
    let from = max(0, start)
    let count = max(0, start + length - from)
    if case .binary(let bytes) = call[0] { return .binary(Array(bytes.dropFirst(from).prefix(count))) }
    return try call.finish(Characters(call.text(0), call.type(0)).slice(from: from, count: count))
  }

  private static func charIndex(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let start = call.count > 2 ? max(1, try call.int(2)) : 1
    let (collation, isNational) = try call.comparison(0, 1)
    let search = TextSearch(try call.text(0), in: try call.text(1), collation, isNational)
    return .integer(Int64(search.first(from: start - 1).map { $0 + 1 } ?? 0))
  }

  private static func patIndex(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let (collation, isNational) = try call.comparison(0, 1)
    let pattern = try LikePattern(call.text(0), collation: collation, isNational: isNational)
    return .integer(Int64(try pattern.firstMatch(in: call.text(1)).map { $0 + 1 } ?? 0))
  }

  private static func upper(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    try call.finish(Characters.mapped(call.text(0), call.type(0)) { $0.uppercaseMapping })
  }

  private static func lower(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    try call.finish(Characters.mapped(call.text(0), call.type(0)) { $0.lowercaseMapping })
  }

  private static func leftTrim(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    try call.finish(Array(call.text(0).drop { $0 == 0x20 }))
  }

  private static func rightTrim(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    try call.finish(Characters.withoutTrailingBlanks(call.text(0)))
  }

  private static func trim(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    try call.finish(Characters.withoutTrailingBlanks(Array(call.text(0).drop { $0 == 0x20 })))
  }

  private static func reverse(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let text = Characters(try call.text(0), call.type(0))
    var reversed: [UInt16] = []
    for place in stride(from: text.count - 1, through: 0, by: -1) {
      reversed.append(contentsOf: text.slice(from: place, count: 1))
    }
    return try call.finish(reversed)
  }

  private static func ascii(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let bytes = CodePage.encode(try call.text(0), isUTF8: call.type(0).collation?.isUTF8 ?? false)
    return bytes.first.map { .integer(Int64($0)) } ?? .null
  }

  private static func unicode(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let first = Characters(try call.text(0), call.type(0)).slice(from: 0, count: 1)
    guard let unit = first.first else { return .null }
    guard first.count == 2 else { return .integer(Int64(unit)) }
    return .integer(Int64(0x10000 + (Int(unit) - 0xD800) << 10 + Int(first[1]) - 0xDC00))
  }
}

/// Text counted in characters: UTF-16 units, or in collations that say so, Unicode characters.
struct Characters {
  private let text: [UInt16]
  /// Where each character begins, and the end; nil if every unit is a character.
  private let starts: [Int]?

  init(_ text: [UInt16], _ type: SQLType) {
    self.text = text
    guard type.collation?.countsSupplementary == true, text.contains(where: { 0xD800...0xDBFF ~= $0 }) else {
      starts = nil
      return
    }
    var starts: [Int] = []
    var index = 0
    while index < text.count {
      starts.append(index)
      let isPair =
        0xD800...0xDBFF ~= text[index] && index + 1 < text.count && 0xDC00...0xDFFF ~= text[index + 1]
      index += isPair ? 2 : 1
    }
    starts.append(text.count)
    self.starts = starts
  }

  var count: Int { starts.map { $0.count - 1 } ?? text.count }

  func slice(from: Int, count: Int) -> [UInt16] {
    let first = min(from, self.count)
    let last = min(first + min(count, self.count), self.count)
    guard let starts else { return Array(text[first..<last]) }
    return Array(text[starts[first]..<starts[last]])
  }

  static func withoutTrailingBlanks(_ text: [UInt16]) -> [UInt16] {
    var text = text
    while text.last == 0x20 { text.removeLast() }
    return text
  }

  /// One character for one, as Windows maps case: what would become two letters, or would leave the code
  /// page, stays.
  static func mapped(
    _ text: [UInt16], _ type: SQLType, _ mapping: (Unicode.Scalar.Properties) -> String
  ) -> [UInt16] {
    text.map { unit in
      guard let scalar = Unicode.Scalar(unit) else { return unit }
      let mapped = Array(mapping(scalar.properties).utf16)
      guard mapped.count == 1 else { return unit }
      if !type.isNational, unit > 127,
        CodePage.fitted(mapped, isUTF8: type.collation?.isUTF8 ?? false) != mapped
      {
        return unit
      }
      return mapped[0]
    }
  }
}

/// Where a text occurs in another, as a collation compares characters.
struct TextSearch {
  private let wanted: [UInt64]
  private let text: [UInt64]

  init(_ wanted: [UInt16], in text: [UInt16], _ collation: Collation, _ isNational: Bool) {
    self.wanted = wanted.map { collation.rank(of: $0, isNational: isNational) }
    self.text = text.map { collation.rank(of: $0, isNational: isNational) }
  }

  /// The first place at or behind `start`; nil for none, and for an empty text.
  func first(from start: Int) -> Int? {
    guard let first = wanted.first, start + wanted.count <= text.count else { return nil }
    for place in start...(text.count - wanted.count) where text[place] == first {
      if text[place..<place + wanted.count].elementsEqual(wanted) { return place }
    }
    return nil
  }
}
