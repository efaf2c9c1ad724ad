/// Makes statements of a batch of T-SQL. By recursive descent, with a limit on its depth, so that no text,
/// however deeply nested, can exhaust the stack.
package struct Parser {
  let text: [UInt16]
  let tokens: [Token]
  var position = 0
  /// QUOTED_IDENTIFIER: whether `"x"` is a name, otherwise a string. A SET changes it from there on.
  var quotedIdentifiers: Bool
  /// Open parentheses, blocks and the like.
  private var depth = 0
  /// Of the tallest expression since this was last set to 0: nested left operands count.
  var height = 0

  /// Recursion here, in whoever walks the tree, and in its destruction is limited by these.
  static let maximumDepth = 200
  static let maximumHeight = 1000

  init(_ text: [UInt16], quotedIdentifiers: Bool) throws(SQLError) {
    self.text = text
    self.quotedIdentifiers = quotedIdentifiers
    tokens = try Lexer.tokens(of: text)
  }

  /// Parses a whole batch.
  ///
  /// `quotedIdentifiers` is the session's QUOTED_IDENTIFIER. Throws what SQL Server answers to a text that
  /// is no batch, and 102 with a construct's name for what this parser does not have.
  package static func parse(_ text: [UInt16], quotedIdentifiers: Bool = true) throws(SQLError) -> Batch {
    var parser = try Parser(text, quotedIdentifiers: quotedIdentifiers)
    let statements = try parser.parseStatements { $0.kind == .endOfText }
    return Batch(statements: statements, text: text)
  }

  package static func parse(_ text: String, quotedIdentifiers: Bool = true) throws(SQLError) -> Batch {
    try parse(Array(text.utf16), quotedIdentifiers: quotedIdentifiers)
  }

  /// The second argument of sp_executesql: `@a int, @b nvarchar(10) OUTPUT`. Empty text has none.
  package static func parseParameters(_ text: [UInt16]) throws(SQLError) -> [ParameterDefinition] {
    var parser = try Parser(text, quotedIdentifiers: true)
    guard !parser.at(.endOfText) else { return [] }
    let parameters = try parser.parseList { parser throws(SQLError) in try parser.parseParameter() }
    try parser.expect(.endOfText)
    return parameters
  }

  /// A name as OBJECT_ID and DBCC take it in a string: `dbo.t`, `[db 1]..[t]`.
  package static func parseObjectName(_ text: [UInt16]) throws(SQLError) -> ObjectName {
    var parser = try Parser(text, quotedIdentifiers: true)
    let name = try parser.parseObjectName()
    try parser.expect(.endOfText)
    return name
  }

  package static func parseDataType(_ text: [UInt16]) throws(SQLError) -> DataType {
    var parser = try Parser(text, quotedIdentifiers: true)
    let type = try parser.parseDataType()
    try parser.expect(.endOfText)
    return type
  }
}

// MARK: - Tokens

extension Parser {
  var token: Token { tokens[position] }

  /// The token `distance` further on; the end if there is none.
  func peek(_ distance: Int = 1) -> Token { tokens[min(position + distance, tokens.count - 1)] }

  mutating func advance() {
    if position < tokens.count - 1 { position += 1 }
  }

  func at(_ kind: Token.Kind) -> Bool { token.kind == kind }
  func at(_ keyword: Keyword) -> Bool { token.keyword == keyword }

  mutating func take(_ kind: Token.Kind) -> Bool {
    guard at(kind) else { return false }
    advance()
    return true
  }

  mutating func take(_ keyword: Keyword) -> Bool {
    guard at(keyword) else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: Token.Kind) throws(SQLError) {
    guard take(kind) else { throw unexpected() }
  }

  mutating func expect(_ keyword: Keyword) throws(SQLError) {
    guard take(keyword) else { throw unexpected() }
  }

  /// A word by its spelling in capitals, for words that one construct has.
  func at(word: String) -> Bool {
    (token.kind == .word || token.kind == .reserved) && capitals(token) == word
  }

  /// 102 at a token, 156 at a reserved word; at the end SQL Server shows the last token.
  func unexpected() -> SQLError {
    if at(.endOfText) {
      guard position > 0 else { return .near("", line: line) }
      let last = tokens[position - 1]
      return .near(shown(last), line: Int(last.line))
    }
    return at(.reserved) ? .nearKeyword(shown(token), line: line) : .near(shown(token), line: line)
  }

  func refusal(_ construct: String) -> SQLError { .refused(construct, line: line) }

  /// On which the next token begins.
  var line: Int { Int(token.line) }

  /// The end of the token before the next.
  var endOfPrevious: Int { position > 0 ? Int(tokens[position - 1].end) : 0 }

  /// Source from a token on up to the next one that was not taken.
  func range(from start: Int) -> Range<Int> {
    let lower = Int(tokens[start].start)
    return lower..<max(lower, endOfPrevious)
  }

  /// Goes one level deeper; the caller goes back with `leave` unless it throws.
  mutating func enter() throws(SQLError) {
    guard depth < Self.maximumDepth else { throw .nestedTooDeeply(line: line) }
    depth += 1
  }

  mutating func leave() { depth -= 1 }

  /// As error messages show it: without quotes, and not longer than a name.
  func shown(_ token: Token) -> String {
    let units =
      switch token.kind {
      case .string, .nationalString, .doubleQuoted, .bracketed: content(token)
      default: Array(text[token.range])
      }
    return String(decoding: units.prefix(128), as: UTF16.self)
  }

  /// A part of the text. Names are ASCII nearly always, for which the way over Unicode takes several times
  /// as long.
  func source(_ range: Range<Int>) -> String {
    text.withUnsafeBufferPointer { text in
      let units = UnsafeBufferPointer(rebasing: text[range])
      let ascii = String(unsafeUninitializedCapacity: units.count) { bytes in
        for (position, unit) in units.enumerated() {
          guard unit < 0x80 else { return 0 }
          bytes[position] = UInt8(truncatingIfNeeded: unit)
        }
        return units.count
      }
      return ascii.utf8.count == units.count ? ascii : String(decoding: units, as: UTF16.self)
    }
  }

  func capitals(_ token: Token) -> String { source(token.range).uppercased() }

  /// What is between the quotes: doubled ones are single, and a backslash at the end of a line continues it.
  func content(_ token: Token) -> [UInt16] {
    let prefix = token.kind == .nationalString ? 2 : 1
    let range = Int(token.start) + prefix..<Int(token.end) - 1
    guard token.isEscaped else { return Array(text[range]) }
    let closing = text[range.upperBound]
    return text.withUnsafeBufferPointer { text in
      var units: [UInt16] = []
      units.reserveCapacity(range.count)
      var position = range.lowerBound
      while position < range.upperBound {
        let unit = text[position]
        position += 1
        if unit == closing {
          position += 1
        } else if unit == Unit.backslash, closing != Unit.rightBracket {
          let skipped = Unit.lineBreak(in: text, at: position)
          position += skipped
          if skipped > 0 { continue }
        }
        units.append(unit)
      }
      return units
    }
  }

  /// One or more, separated by commas.
  mutating func parseList<Item>(
    _ parseItem: (inout Parser) throws(SQLError) -> Item
  ) throws(SQLError) -> [Item] {
    var items: [Item] = []
    repeat { items.append(try parseItem(&self)) } while take(.comma)
    return items
  }

  /// One or more in parentheses.
  mutating func parseEnclosedList<Item>(
    _ parseItem: (inout Parser) throws(SQLError) -> Item
  ) throws(SQLError) -> [Item] {
    try expect(.leftParenthesis)
    let items = try parseList(parseItem)
    try expect(.rightParenthesis)
    return items
  }
}
