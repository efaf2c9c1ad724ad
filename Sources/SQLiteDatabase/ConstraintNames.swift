/// The names of constraints, which SQLite keeps nowhere but in the text of CREATE TABLE.
struct ConstraintNames: Equatable {
  private(set) var primaryKey: String?
  /// Of all foreign keys in the order of the text; nil for one without a name.
  private(set) var foreignKeys: [String?] = []

  init(createTable sql: String) {
    var tokens = SQLTokens(sql)
    var depth = 0
    var name: String?
    var isNamed = false
    while let token = tokens.next() {
      switch token {
      case .symbol("("): depth += 1
      case .symbol(")"): depth -= 1
      case .symbol(",") where depth == 1: name = nil
      // Whatever is deeper is an expression or a list of columns.
      case .symbol, .quoted: break
      case .word where depth != 1: break
      case .word("CONSTRAINT", _):
        name = tokens.next()?.identifier
        isNamed = true
        continue
      case .word("PRIMARY", _) where isNamed:
        primaryKey = name
        name = nil
      case .word("REFERENCES", _):
        foreignKeys.append(name)
        name = nil
      // The name belongs to the REFERENCES that follows.
      case .word("FOREIGN", _), .word("KEY", _): break
      case .word:
        if isNamed { name = nil }
      }
      isNamed = false
    }
  }
}

/// Takes SQL apart as far as is needed to tell words from quoted names, texts, comments and symbols.
struct SQLTokens {
  enum Token: Equatable {
    /// In upper case, and as written.
    case word(String, written: String)
    case quoted(String)
    case symbol(Unicode.Scalar)

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
