/// Cuts a batch into tokens. Works on UTF-16, as the batch arrives, so that strings keep what they hold, lone
/// surrogates too.
struct Lexer {
  private let text: UnsafeBufferPointer<UInt16>
  private let keywords = KeywordTable.shared
  private var position = 0
  private var line: Int32 = 1
  private var tokens: [Token] = []

  /// The tokens of a text and, last, its end.
  ///
  /// Throws 105 for a quote, 113 for a comment that is not closed, 103 and 1038 for names that cannot be.
  static func tokens(of text: [UInt16]) throws(SQLError) -> [Token] {
    guard text.count < Int(Int32.max) else { throw .nestedTooDeeply(line: 1) }
    let result = text.withUnsafeBufferPointer { buffer -> Result<[Token], SQLError> in
      var lexer = Lexer(text: buffer)
      do throws(SQLError) { try lexer.run() } catch { return .failure(error) }
      return .success(lexer.tokens)
    }
    return try result.get()
  }

  private init(text: UnsafeBufferPointer<UInt16>) {
    self.text = text
    tokens.reserveCapacity(text.count / 4 + 2)
  }

  private mutating func run() throws(SQLError) {
    // Files begin with a byte order mark.
    if unit(at: 0) == 0xFEFF { position = 1 }
    while try skipBlanks() { try scanToken() }
    append(.endOfText, from: position)
  }

  /// 0, which is in no token, behind the end.
  private func unit(at position: Int) -> UInt16 { position < text.count ? text[position] : 0 }

  private mutating func append(
    _ kind: Token.Kind, from start: Int, line: Int32? = nil, keyword: Keyword = .none, isEscaped: Bool = false
  ) {
    tokens.append(
      Token(
        kind: kind, keyword: keyword, isEscaped: isEscaped, start: Int32(start), end: Int32(position),
        line: line ?? self.line))
  }

  /// Skips blanks and comments; false at the end of the text.
  private mutating func skipBlanks() throws(SQLError) -> Bool {
    while position < text.count {
      let unit = text[position]
      if unit == Unit.newline {
        line += 1
        position += 1
      } else if unit <= Unit.space || Unit.isBlank(unit) {
        position += 1
      } else if unit == Unit.minus, self.unit(at: position + 1) == Unit.minus {
        while position < text.count, text[position] != Unit.newline { position += 1 }
      } else if unit == Unit.slash, self.unit(at: position + 1) == Unit.star {
        try skipComment()
      } else {
        return true
      }
    }
    return false
  }

  private mutating func skipComment() throws(SQLError) {
    let startLine = line
    var depth = 1
    position += 2
    while depth > 0 {
      guard position < text.count else {
        throw .unclosedComment(line: Int(startLine))
      }
      let next = unit(at: position + 1)
      switch (text[position], next) {
      case (Unit.star, Unit.slash):
        depth -= 1
        position += 2
      case (Unit.slash, Unit.star):
        depth += 1
        position += 2
      default:
        if text[position] == Unit.newline { line += 1 }
        position += 1
      }
    }
  }

  private mutating func scanToken() throws(SQLError) {
    let start = position
    let first = text[start]
    switch first {
    case Unit.quote:
      try scanQuoted(.string, until: Unit.quote, from: start)
    case Unit.doubleQuote:
      try scanQuoted(.doubleQuoted, until: Unit.doubleQuote, from: start)
    case Unit.leftBracket:
      try scanQuoted(.bracketed, until: Unit.rightBracket, from: start)
    case UInt16(ascii: "N"), UInt16(ascii: "n"):
      if unit(at: start + 1) == Unit.quote {
        position += 1
        try scanQuoted(.nationalString, until: Unit.quote, from: start)
      } else {
        try scanWord()
      }
    case UInt16(ascii: "0")...UInt16(ascii: "9"):
      scanNumber()
    case Unit.dot:
      if Unit.isDigit(unit(at: start + 1)), tokens.last.map({ $0.isName && Int($0.end) == start }) != true {
        scanNumber()
      } else {
        position += 1
        append(.dot, from: start)
      }
    case Unit.at:
      try scanVariable()
    case Unit.dollar:
      if Unit.isWordStart(unit(at: start + 1)) { try scanWord() } else { scanMoney() }
    case Unit.pound, Unit.yen, Unit.euro:
      scanMoney()
    default:
      if Unit.isWordStart(first) { try scanWord() } else { scanOperator() }
    }
  }

  private mutating func scanWord() throws(SQLError) {
    let start = position
    var hash = KeywordTable.emptyHash
    position += 1
    hash = KeywordTable.hash(hash, UInt8(truncatingIfNeeded: KeywordTable.capital(text[start])))
    while position < text.count, Unit.isWordPart(text[position]) {
      hash = KeywordTable.hash(hash, UInt8(truncatingIfNeeded: KeywordTable.capital(text[position])))
      position += 1
    }
    guard position - start <= keywords.longest else {
      try checkLength(start..<position)
      return append(.word, from: start)
    }
    let found = keywords.find(UnsafeBufferPointer(rebasing: text[start..<position]), hash: hash)
    append(found.isReserved ? .reserved : .word, from: start, keyword: found.keyword)
  }

  private mutating func scanVariable() throws(SQLError) {
    let start = position
    let isSystem = unit(at: start + 1) == Unit.at
    position += isSystem ? 2 : 1
    while position < text.count, Unit.isWordPart(text[position]) { position += 1 }
    try checkLength(start..<position)
    append(isSystem ? .systemVariable : .variable, from: start)
  }

  private func checkLength(_ range: Range<Int>) throws(SQLError) {
    guard range.count > 128 else { return }
    let shown = String(decoding: text[range.lowerBound..<range.lowerBound + 128], as: UTF16.self)
    throw .nameTooLong(shown, line: Int(line))
  }

  /// From an opening quote at `position` to its closing one. A doubled closing quote is part of the text.
  private mutating func scanQuoted(
    _ kind: Token.Kind, until closing: UInt16, from start: Int
  ) throws(SQLError) {
    let startLine = line
    var isEscaped = false
    position += 1
    let content = position
    while true {
      guard position < text.count else {
        let shown = String(decoding: text[content..<Swift.min(text.count, content + 128)], as: UTF16.self)
        throw .unclosedQuote(shown, line: Int(startLine))
      }
      let unit = text[position]
      position += 1
      if unit == closing {
        guard self.unit(at: position) == closing else { break }
        isEscaped = true
        position += 1
      } else if unit == Unit.newline {
        line += 1
      } else if unit == Unit.backslash, Unit.lineBreak(in: text, at: position) > 0 {
        isEscaped = true
      }
    }
    if kind == .bracketed, content == position - 1 { throw .emptyName(line: Int(startLine)) }
    if kind == .bracketed, !isEscaped { try checkLength(content..<position - 1) }
    append(kind, from: start, line: startLine, isEscaped: isEscaped)
  }

  private mutating func scanNumber() {
    let start = position
    if text[start] == UInt16(ascii: "0"), unit(at: start + 1) | 0x20 == UInt16(ascii: "x") {
      return scanBinary()
    }
    var kind = Token.Kind.integer
    skipDigits()
    if unit(at: position) == Unit.dot {
      kind = .decimal
      position += 1
      skipDigits()
    }
    if unit(at: position) | 0x20 == UInt16(ascii: "e") {
      kind = .float
      position += 1
      let sign = unit(at: position)
      if sign == Unit.minus || sign == Unit.plus { position += 1 }
      skipDigits()
    }
    append(kind, from: start)
  }

  private mutating func skipDigits() { while Unit.isDigit(unit(at: position)) { position += 1 } }

  private mutating func scanBinary() {
    let start = position
    let startLine = line
    position += 2
    var isEscaped = false
    while position < text.count {
      if Unit.hexValue(text[position]) != nil {
        position += 1
        continue
      }
      let skipped = text[position] == Unit.backslash ? Unit.lineBreak(in: text, at: position + 1) : 0
      guard skipped > 0 else { break }
      isEscaped = true
      line += 1
      position += 1 + skipped
    }
    append(.binary, from: start, line: startLine, isEscaped: isEscaped)
  }

  private mutating func scanMoney() {
    let start = position
    position += 1
    let sign = unit(at: position)
    if sign == Unit.minus || sign == Unit.plus, Unit.isDigit(unit(at: position + 1)) { position += 1 }
    skipDigits()
    if unit(at: position) == Unit.dot {
      position += 1
      skipDigits()
    }
    append(.money, from: start)
  }

  private mutating func scanOperator() {
    let start = position
    let (kind, length) = Unit.operatorKind(text[start], next: unit(at: start + 1))
    position += length
    append(kind, from: start)
  }
}
