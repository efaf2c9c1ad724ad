/// Names, types and constants.
extension Parser {
  /// Whether a token can be a name.
  func isName(_ token: Token) -> Bool { token.isName || token.kind == .doubleQuoted && quotedIdentifiers }

  func identifier(_ token: Token) throws(SQLError) -> Identifier {
    if token.kind == .word {
      return Identifier(source(token.range))
    }
    let inner = Int(token.start) + 1..<Int(token.end) - 1
    guard !inner.isEmpty else { throw .emptyName(line: Int(token.line)) }
    let name = token.isEscaped ? String(decoding: content(token), as: UTF16.self) : source(inner)
    return Identifier(name, isQuoted: true)
  }

  mutating func parseIdentifier() throws(SQLError) -> Identifier {
    guard isName(token) else { throw unexpected() }
    let name = try identifier(token)
    advance()
    return name
  }

  /// A word that may be reserved too, in capitals: options of many kinds.
  mutating func parseOptionWord() throws(SQLError) -> String {
    guard at(.word) || at(.reserved) else { throw unexpected() }
    let word = capitals(token)
    advance()
    return word
  }

  mutating func parseVariable() throws(SQLError) -> String {
    guard at(.variable) else { throw unexpected() }
    let name = source(token.range)
    advance()
    return name
  }

  /// The parts of a dotted name; nil where one is left out, which the last never is.
  mutating func parseNameParts() throws(SQLError) -> [Identifier?] {
    let start = position
    var parts: [Identifier?] = []
    while true {
      if at(.dot) {
        parts.append(nil)
      } else {
        parts.append(try parseIdentifier())
        guard at(.dot), isName(peek()) || peek().kind == .dot else { break }
      }
      advance()
    }
    guard parts.count <= 5 else {
      let name = String(decoding: text[range(from: start)].prefix(128), as: UTF16.self)
      throw .tooManyPrefixes(name, maximum: 3, line: Int(tokens[start].line))
    }
    return parts
  }

  mutating func parseObjectName() throws(SQLError) -> ObjectName {
    let start = position
    return try objectName(parseNameParts(), from: start)
  }

  /// A name of the parts that were read from a token on.
  func objectName(_ parts: [Identifier?], from start: Int) throws(SQLError) -> ObjectName {
    guard parts.count <= 4, let last = parts.last, let name = last else {
      let name = String(decoding: text[range(from: start)].prefix(128), as: UTF16.self)
      throw .tooManyPrefixes(name, maximum: 3, line: Int(tokens[start].line))
    }
    let prefixes = [nil, nil, nil] + parts.dropLast()
    return ObjectName(
      server: prefixes[prefixes.count - 3], database: prefixes[prefixes.count - 2],
      schema: prefixes[prefixes.count - 1], name: name, line: Int(tokens[start].line))
  }

  func columnReference(_ parts: [Identifier?], from start: Int) throws(SQLError) -> ColumnReference {
    guard let last = parts.last, let name = last else { throw unexpected() }
    let table = parts.count > 1 ? try objectName(parts.dropLast(), from: start) : nil
    return ColumnReference(table: table, name: name, line: Int(tokens[start].line))
  }

  mutating func parseColumnReference() throws(SQLError) -> ColumnReference {
    let start = position
    return try columnReference(parseNameParts(), from: start)
  }

  mutating func parseIdentifierList() throws(SQLError) -> [Identifier] {
    try parseEnclosedList { parser throws(SQLError) in try parser.parseIdentifier() }
  }

  /// `@a [AS] int [= 1] [OUTPUT]`, in what sp_executesql and its like are given.
  mutating func parseParameter() throws(SQLError) -> ParameterDefinition {
    let name = try parseVariable()
    _ = take(.as)
    let type = try parseDataType()
    let value = take(.equal) ? try parseExpression() : nil
    let isOutput = take(.output) || take(.out)
    if at(.readonly) { throw refusal("READONLY") }
    return ParameterDefinition(name: name, type: type, defaultValue: value, isOutput: isOutput)
  }
}

// MARK: - Types

extension Parser {
  mutating func parseDataType() throws(SQLError) -> DataType {
    let start = line
    if at(.cursor) { throw refusal("CURSOR") }
    if at(.table) { throw refusal("TABLE type") }
    var schema: Identifier?
    var name: Identifier
    if let words = try parseTypeOfSeveralWords() {
      name = words
    } else {
      name = try parseIdentifier()
      if take(.dot) {
        schema = name
        name = try parseIdentifier()
      }
      if take(.varying) { name = Identifier("var" + name.text.lowercased()) }
    }
    var type = DataType(schema: schema, name: name, line: start)
    guard take(.leftParenthesis) else { return type }
    if take(.max) {
      type.length = .max
    } else if at(.integer) {
      type.length = .number(try parseSmallNumber())
      if take(.comma) { type.scale = try parseSmallNumber() }
    } else if name.text.lowercased() == "xml" {
      throw refusal("XML schema collection")
    } else {
      throw unexpected()
    }
    try expect(.rightParenthesis)
    return type
  }

  /// ISO's `double precision` and `national ...`, and `char`, `character`, `binary` before VARYING.
  private mutating func parseTypeOfSeveralWords() throws(SQLError) -> Identifier? {
    if take(.double) {
      try expect(.precision)
      return Identifier("float")
    }
    let isNational = take(.national)
    let first = at(.word) ? capitals(token) : ""
    let base: String
    switch first {
    case "CHAR", "CHARACTER": base = "char"
    case "TEXT" where isNational: base = "text"
    case "BINARY" where !isNational: base = "binary"
    default:
      if isNational { throw unexpected() }
      return nil
    }
    guard isNational || first == "CHARACTER" || peek().keyword == .varying else { return nil }
    advance()
    let varying = base != "text" && take(.varying) ? "var" : ""
    return Identifier((isNational ? "n" : "") + varying + base)
  }

  /// An unsigned number that fits `int`.
  mutating func parseSmallNumber() throws(SQLError) -> Int {
    guard at(.integer), case .integer(let number) = try literal(token) else { throw unexpected() }
    advance()
    return Int(number)
  }
}

// MARK: - Constants

extension Parser {
  /// The value of a token of a constant. Strings in double quotes are strings here.
  func literal(_ token: Token) throws(SQLError) -> Literal {
    switch token.kind {
    case .integer: try integer(token)
    case .decimal: try decimal(text[token.range], token)
    case .float: try float(token)
    case .money: try money(token)
    case .binary: .binary(binary(token))
    case .string, .doubleQuoted: .string(content(token))
    case .nationalString: .nationalString(content(token))
    default: throw unexpected()
    }
  }

  private func integer(_ token: Token) throws(SQLError) -> Literal {
    var value: Int64 = 0
    for unit in text[token.range] {
      value = value * 10 + Int64(unit - 0x30)
      if value > Int64(Int32.max) { return try decimal(text[token.range], token) }
    }
    return .integer(Int32(value))
  }

  private func decimal(_ units: ArraySlice<UInt16>, _ token: Token) throws(SQLError) -> Literal {
    let digits = String(decoding: units.filter { $0 != Unit.dot }.drop { $0 == 0x30 }, as: UTF16.self)
    let scale = units.lastIndex(of: Unit.dot).map { units.endIndex - $0 - 1 } ?? 0
    guard digits.utf8.count <= 38, scale <= 38 else {
      throw .tooManyDigits(shown(token), line: Int(token.line))
    }
    return .decimal(digits: digits.isEmpty ? "0" : digits, scale: scale)
  }

  private func float(_ token: Token) throws(SQLError) -> Literal {
    var spelling = source(token.range)
    // `1e` and `1e+` are spellings of 1.
    if !Unit.isDigit(text[Int(token.end) - 1]) { spelling += "0" }
    if spelling.hasPrefix(".") { spelling = "0" + spelling }
    spelling = spelling.replacing(".e", with: ".0e").replacing(".E", with: ".0E")
    guard let value = Double(spelling), value.isFinite else {
      throw .floatOutOfRange(shown(token), line: Int(token.line))
    }
    return .float(value)
  }

  /// More than four places are rounded, half away from zero.
  private func money(_ token: Token) throws(SQLError) -> Literal {
    var value: Int64 = 0
    var places: Int?
    var isNegative = false
    var roundsUp = false
    for unit in text[token.range].dropFirst() {
      if unit == Unit.dot {
        places = 0
      } else if unit == Unit.minus {
        isNegative = true
      } else if unit != Unit.plus {
        if let count = places, count >= 4 {
          if count == 4 { roundsUp = unit >= 0x35 }
          places = count + 1
          continue
        }
        let (product, first) = value.multipliedReportingOverflow(by: 10)
        let (sum, second) = product.addingReportingOverflow(Int64(unit - 0x30))
        guard !first, !second else { throw .moneyOutOfRange(line: Int(token.line)) }
        value = sum
        if let count = places { places = count + 1 }
      }
    }
    for _ in min(4, places ?? 0)..<4 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { throw .moneyOutOfRange(line: Int(token.line)) }
      value = product
    }
    let (rounded, overflow) = value.addingReportingOverflow(roundsUp ? 1 : 0)
    guard !overflow else { throw .moneyOutOfRange(line: Int(token.line)) }
    return .money(isNegative ? -rounded : rounded)
  }

  private func binary(_ token: Token) -> [UInt8] {
    let digits = text[token.range].dropFirst(2)
    var count = digits.count
    if token.isEscaped { count = digits.count { Unit.hexValue($0) != nil } }
    var bytes: [UInt8] = []
    bytes.reserveCapacity((count + 1) / 2)
    // An odd number of digits begins with half a byte.
    var high: UInt8? = count % 2 == 1 ? 0 : nil
    for unit in digits {
      guard let value = Unit.hexValue(unit) else { continue }
      if let half = high {
        bytes.append(half << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }
}
