/// The words and signs of a statement, as far as it takes to recognise what it does.
enum SQLToken: Equatable {
  /// An unquoted word in lower case.
  case word(String)
  /// A quoted identifier.
  case name(String)
  /// A literal, or a part of one.
  case literal(String)
  /// `$3`.
  case parameter(Int)
  /// `@name`, in lower case and without the sign. Those of the system begin with another one.
  case variable(String)
  case sign(UInt8)

  /// What it names, if it can be an identifier.
  var identifier: String? {
    switch self {
    case .word(let text), .name(let text): text
    default: nil
    }
  }
}

struct SQLScanner {
  enum Dialect {
    /// $1, and strings between tags of dollars.
    case postgres
    /// @variables, #tables, [names] and N'strings'.
    case transact
  }

  /// Longer statements are judged by their beginning.
  static let longest = 16 << 10

  static func tokens(_ sql: String, _ dialect: Dialect = .postgres) -> [SQLToken] {
    var scanner = SQLScanner(sql, dialect)
    var tokens: [SQLToken] = []
    while let token = scanner.next() { tokens.append(token) }
    return tokens
  }

  private let bytes: [UInt8]
  private let dialect: Dialect
  private var at = 0
  /// Where the token that was found last begins, in bytes of UTF-8.
  private(set) var start = 0

  init(_ sql: String, _ dialect: Dialect) {
    bytes = Array(sql.utf8.prefix(SQLScanner.longest))
    self.dialect = dialect
  }

  /// What is between two places.
  func text(_ range: Range<Int>) -> String {
    String(
      decoding: bytes[min(range.lowerBound, bytes.count)..<min(range.upperBound, bytes.count)], as: UTF8.self)
  }
  var end: Int { bytes.count }

  private func byte(_ offset: Int = 0) -> UInt8? {
    at + offset < bytes.count ? bytes[at + offset] : nil
  }

  mutating func next() -> SQLToken? {
    skipBlanks()
    start = at
    guard let first = byte() else { return nil }
    switch first {
    case .letter("\""): return .name(quoted(by: first))
    case .letter("'"): return .literal(quoted(by: first))
    case .letter("[") where dialect == .transact: return .name(quoted(by: .letter("]")))
    case .letter("n"), .letter("N"):
      guard dialect == .transact, byte(1) == .letter("'") else { return word() }
      at += 1
      return .literal(quoted(by: .letter("'")))
    case .letter("@") where dialect == .transact:
      at += 1
      return .variable(taken { SQLScanner.isWord($0) || $0 == .letter("@") }.lowercased())
    case .letter("#") where dialect == .transact:
      return .word(taken { SQLScanner.isWord($0) || $0 == .letter("#") }.lowercased())
    case .letter("$") where dialect == .postgres: return dollar()
    case _ where SQLScanner.isWord(first) && !SQLScanner.isDigit(first): return word()
    case _ where SQLScanner.isDigit(first):
      return .literal(taken { SQLScanner.isWord($0) || $0 == .letter(".") })
    default:
      at += 1
      return .sign(first)
    }
  }

  private mutating func word() -> SQLToken { .word(taken(while: SQLScanner.isWord).lowercased()) }

  private mutating func skipBlanks() {
    while let first = byte() {
      if first == .letter(" ") || (9...13).contains(first) {
        at += 1
      } else if first == .letter("-"), byte(1) == .letter("-") {
        while let next = byte(), next != 10 { at += 1 }
      } else if first == .letter("/"), byte(1) == .letter("*") {
        skipComment()
      } else {
        return
      }
    }
  }

  /// Comments nest.
  private mutating func skipComment() {
    var depth = 0
    repeat {
      if byte() == .letter("/"), byte(1) == .letter("*") {
        depth += 1
        at += 2
      } else if byte() == .letter("*"), byte(1) == .letter("/") {
        depth -= 1
        at += 2
      } else {
        at += 1
      }
    } while depth > 0 && at < bytes.count
  }

  /// The content between quotes; a doubled quote is one.
  private mutating func quoted(by quote: UInt8) -> String {
    at += 1
    var content: [UInt8] = []
    while let next = byte() {
      at += 1
      if next == quote {
        guard byte() == quote else { break }
        at += 1
      }
      content.append(next)
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// `$1`, or the beginning of `$tag$ ... $tag$`.
  private mutating func dollar() -> SQLToken {
    at += 1
    if let digit = byte(), SQLScanner.isDigit(digit) {
      return .parameter(Int(taken(while: SQLScanner.isDigit)) ?? 0)
    }
    let start = at
    _ = taken { SQLScanner.isWord($0) && $0 != .letter("$") }
    guard byte() == .letter("$") else { return .sign(.letter("$")) }
    let tag = [.letter("$")] + bytes[start...at]
    at += 1
    let body = at
    while at < bytes.count, !bytes[at...].starts(with: tag) { at += 1 }
    defer { at = min(at + tag.count, bytes.count) }
    return .literal(String(decoding: bytes[body..<at], as: UTF8.self))
  }

  private mutating func taken(while condition: (UInt8) -> Bool) -> String {
    let start = at
    while let next = byte(), condition(next) { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (.letter("0") ... .letter("9")).contains(byte) }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (.letter("a") ... .letter("z")).contains(byte)
      || (.letter("A") ... .letter("Z")).contains(byte)
      || byte == .letter("_") || byte == .letter("$") || byte >= 128
  }
}
