/// Functions of single characters, names and printed numbers.
enum CharacterFunctions {
  static let all: [ScalarFunction] = [
    ScalarFunction("char", 1...1, { _ in SQLType(.char, length: 1) }, char),
    ScalarFunction("nchar", 1...1, { _ in SQLType(.nchar, length: 1) }, nationalChar),
    ScalarFunction("str", 1...3, { _ in SQLType(.varchar, length: 8000) }, str),
    ScalarFunction("quotename", 1...2, { _ in .nvarchar(258) }, quoteName),
    ScalarFunction("parsename", 2...2, { _ in .nvarchar(128) }, parseName),
    ScalarFunction("isnumeric", 1...1, isStrict: false, { _ in .int }, isNumeric),
    ScalarFunction("isdate", 1...1, isStrict: false, { _ in .int }, isDate),
  ]

  private static func char(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    guard let byte = UInt8(exactly: try call.int(0)) else { return .null }
    return withUnsafeBytes(of: byte) { .text(CodePage.decode($0, isUTF8: false)) }
  }

  private static func nationalChar(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    UInt16(exactly: try call.int(0)).map { .text([$0]) } ?? .null
  }

  /// Right-aligned, ten characters and no decimals unless told; asterisks if the integral part has no room.
  private static func str(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let length = call.count > 1 ? try call.int(1) : 10
    let wanted = call.count > 2 ? try call.int(2) : 0
    guard 1...8000 ~= length, wanted >= 0 else { return .null }
    let value = try call.float(0)
    // Halves are rounded away from zero, on the decimal digits.
    let decimal = SQLDecimal(value, scale: min(wanted, 16), precision: SQLDecimal.maxDigits)
    var text = decimal?.description ?? FloatText.fixed(value, decimals: min(wanted, 16))
    if text.count > length {
      let whole = text.prefix { $0 != "." }.count
      guard whole <= length else { return .text([UInt16](repeating: 0x2A, count: length)) }
      let room = max(0, length - whole - 1)
      text =
        SQLDecimal(value, scale: room, precision: SQLDecimal.maxDigits)?.description
        ?? FloatText.fixed(value, decimals: room)
    }
    return .text(String(repeating: " ", count: max(0, length - text.count)) + text)
  }

  private static func quoteName(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let text = try call.text(0)
    guard text.count <= 128 else { return .null }
    let quote = call.count > 1 ? try call.text(1) : [0x5B]
    let pairs: [String] = ["[]", "()", "<>", "{}", "''", "\"\"", "``"]
    guard let first = quote.first, let pair = pairs.first(where: { $0.utf16.contains(first) }),
      let open = pair.utf16.first, let close = pair.utf16.last
    else { return .null }
    var result = [open]
    for unit in text {
      result.append(unit)
      if unit == close { result.append(unit) }
    }
    return try call.finish(result + [close])
  }

  /// Part 1 is the object, 2 the schema, 3 the database, 4 the server.
  private static func parseName(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    var parts: [[UInt16]] = [[]]
    var closing: UInt16?
    var rest = try call.text(0)[...]
    while let unit = rest.popFirst() {
      if let end = closing {
        if unit != end {
          parts[parts.count - 1].append(unit)
        } else if rest.first == end {
          parts[parts.count - 1].append(unit)
          rest = rest.dropFirst()
        } else {
          closing = nil
        }
      } else if unit == 0x5B || unit == 0x22, parts[parts.count - 1].isEmpty {
        closing = unit == 0x5B ? 0x5D : unit
      } else if unit == 0x2E {
        parts.append([])
      } else {
        parts[parts.count - 1].append(unit)
      }
    }
    let piece = try call.int(1)
    guard closing == nil, parts.count <= 4, 1...parts.count ~= piece else { return .null }
    let part = parts[parts.count - piece]
    return part.isEmpty || part.count > 128 ? .null : .text(part)
  }

  /// Whether the value converts to any type of number.
  private static func isNumeric(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    if call[0].isNull { return .integer(0) }
    let type = call.type(0)
    if type.isNumber { return .integer(1) }
    guard type.isText, case .text(let text) = call[0], !SQLText.trimmed(text).isEmpty else {
      return .integer(0)
    }
    for target in [SQLType.float, .money] where (try? call.converted(0, to: target)) != nil {
      return .integer(1)
    }
    return .integer(0)
  }

  /// Whether the text converts to datetime.
  private static func isDate(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let type = call.type(0)
    switch call[0] {
    case .datetime: return .integer(1)
    case .text(let text) where !SQLText.trimmed(text).isEmpty:
      return .integer((try? call.converted(0, to: .datetime)) == nil ? 0 : 1)
    case .date, .time, .datetime2, .datetimeoffset:
      throw .invalidArgumentType(type.name, argument: 1, function: "isdate")
    default: return .integer(0)
    }
  }
}
