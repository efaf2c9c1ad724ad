/// Takes SQL apart as far as is needed to tell words from quoted names, texts, comments and symbols.
struct SQLTokens {
  enum Token: Equatable {
    /// In upper case, and as written.
    case word(String, written: String)
    case quoted(String)
    case symbol(Unicode.Scalar)

    func isWord(_ wanted: String) -> Bool {
      if case .word(wanted, _) = self { true } else { false }
    }

    var identifier: String? {
      switch self {
      case .word(_, let written): written
      case .quoted(let name): name
      case .symbol: nil
      }
    }
  }

  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ sql: String) { scalars = Array(sql.unicodeScalars) }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  mutating func next() -> Token? {
    while let scalar = peek() {
      switch scalar {
      case " ", "\t", "\n", "\r", "\u{0C}": position += 1
      case "-" where peek(1) == "-":
        while let scalar = peek(), scalar != "\n" {
          _ = scalar
          position += 1
        }
      case "/" where peek(1) == "*":
        position += 2
        while let scalar = peek(), !(scalar == "*" && peek(1) == "/") {
          _ = scalar
          position += 1
        }
        position += 2
      case "\"", "'", "`": return quoted(until: scalar)
      case "[": return quoted(until: "]")
      default:
        if SQLTokens.isWord(scalar) { return word() }
        position += 1
        return .symbol(scalar)
      }
    }
    return nil
  }

  /// The text between the parenthesis that comes next and its partner; nil, and nothing is taken, if what comes
  /// next is no parenthesis or it has no partner.
  mutating func parenthesized() -> String? {
    var inside = self
    guard inside.next() == .symbol("(") else { return nil }
    let start = inside.position
    var depth = 1
    while let token = inside.next() {
      if token == .symbol("(") { depth += 1 }
      if token == .symbol(")") { depth -= 1 }
      guard depth == 0 else { continue }
      self = inside
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[start..<inside.position - 1])
      return String(text)
    }
    return nil
  }

  /// Takes the next token if it is one of these words, and returns which.
  mutating func take(_ words: String...) -> String? {
    var after = self
    guard case .word(let word, _)? = after.next(), words.contains(word) else { return nil }
    self = after
    return word
  }

  private mutating func word() -> Token {
    var word = ""
    while let scalar = peek(), SQLTokens.isWord(scalar) {
      word.unicodeScalars.append(scalar)
      position += 1
    }
    return .word(word.uppercased(), written: word)
  }

  private mutating func quoted(until end: Unicode.Scalar) -> Token {
    position += 1
    var text = ""
    while let scalar = peek() {
      position += 1
      if scalar == end {
        // Doubled, the quote stands for itself; a bracket cannot.
        guard end != "]", peek() == end else { break }
        position += 1
      }
      text.unicodeScalars.append(scalar)
    }
    return .quoted(text)
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == "$" || scalar.value >= 0x80 || scalar.properties.isAlphabetic
      || ("0"..."9").contains(scalar)
  }
}
