/// What the lexer asks about UTF-16 code units.
enum Unit {
  static let newline = UInt16(ascii: "\n")
  static let carriageReturn = UInt16(ascii: "\r")
  static let space = UInt16(ascii: " ")
  static let quote = UInt16(ascii: "'")
  static let doubleQuote = UInt16(ascii: "\"")
  static let leftBracket = UInt16(ascii: "[")
  static let rightBracket = UInt16(ascii: "]")
  static let dot = UInt16(ascii: ".")
  static let at = UInt16(ascii: "@")
  static let dollar = UInt16(ascii: "$")
  static let pound: UInt16 = 0xA3
  static let yen: UInt16 = 0xA5
  static let euro: UInt16 = 0x20AC
  static let minus = UInt16(ascii: "-")
  static let plus = UInt16(ascii: "+")
  static let star = UInt16(ascii: "*")
  static let slash = UInt16(ascii: "/")
  static let backslash = UInt16(ascii: "\\")
  static let equal = UInt16(ascii: "=")

  /// Blanks beyond ASCII: no-break space, the typographic ones, the ideographic one, byte order mark.
  static func isBlank(_ unit: UInt16) -> Bool {
    unit == 0xA0 || (0x2000...0x200B).contains(unit) || unit == 0x3000 || unit == 0xFEFF
  }

  static func isDigit(_ unit: UInt16) -> Bool { unit >= 0x30 && unit <= 0x39 }

  static func isWordStart(_ unit: UInt16) -> Bool {
    if unit < 0x80 {
      let lower = unit | 0x20
      return lower >= 0x61 && lower <= 0x7A || unit == UInt16(ascii: "_") || unit == UInt16(ascii: "#")
    }
    return isLetter(unit)
  }

  static func isWordPart(_ unit: UInt16) -> Bool {
    if unit < 0x80 { return isWordStart(unit) || isDigit(unit) || unit == at || unit == dollar }
    return isLetter(unit)
  }

  /// Beyond ASCII. Halves of surrogate pairs count: letters of the supplementary planes may be in names.
  private static func isLetter(_ unit: UInt16) -> Bool {
    guard let scalar = Unicode.Scalar(unit) else { return true }
    return scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
  }

  static func hexValue(_ unit: UInt16) -> UInt8? {
    switch unit {
    case 0x30...0x39: UInt8(unit - 0x30)
    case 0x41...0x46: UInt8(unit - 0x41 + 10)
    case 0x61...0x66: UInt8(unit - 0x61 + 10)
    default: nil
    }
  }

  /// How many units of a line break begin at `position`: 0 if there is none.
  static func lineBreak(in text: UnsafeBufferPointer<UInt16>, at position: Int) -> Int {
    guard position < text.count else { return 0 }
    if text[position] == newline { return 1 }
    let isPair =
      text[position] == carriageReturn && position + 1 < text.count && text[position + 1] == newline
    return isPair ? 2 : 0
  }

  /// The operator that begins with a unit, and its length. By number: the compiler makes a table of it.
  static func operatorKind(_ unit: UInt16, next: UInt16) -> (Token.Kind, Int) {
    let isAssignment = next == equal
    switch unit {
    case 0x28: return (.leftParenthesis, 1)
    case 0x29: return (.rightParenthesis, 1)
    case 0x2C: return (.comma, 1)
    case 0x3B: return (.semicolon, 1)
    case 0x7B: return (.leftBrace, 1)
    case 0x7D: return (.rightBrace, 1)
    case 0x3A: return next == unit ? (.doubleColon, 2) : (.colon, 1)
    case 0x2B: return isAssignment ? (.plusEqual, 2) : (.plus, 1)
    case 0x2D: return isAssignment ? (.minusEqual, 2) : (.minus, 1)
    case 0x2A: return isAssignment ? (.starEqual, 2) : (.star, 1)
    case 0x2F: return isAssignment ? (.slashEqual, 2) : (.slash, 1)
    case 0x25: return isAssignment ? (.percentEqual, 2) : (.percentSign, 1)
    case 0x26: return isAssignment ? (.ampersandEqual, 2) : (.ampersand, 1)
    case 0x7C: return isAssignment ? (.barEqual, 2) : (.bar, 1)
    case 0x5E: return isAssignment ? (.caretEqual, 2) : (.caret, 1)
    case 0x7E: return (.tilde, 1)
    case 0x3D: return (.equal, 1)
    case 0x3C:
      if next == 0x3E { return (.notEqual, 2) }
      return isAssignment ? (.lessOrEqual, 2) : (.less, 1)
    case 0x3E: return isAssignment ? (.greaterOrEqual, 2) : (.greater, 1)
    case 0x21:
      if next == 0x3C { return (.greaterOrEqual, 2) }
      if next == 0x3E { return (.lessOrEqual, 2) }
      return isAssignment ? (.notEqual, 2) : (.unknown, 1)
    default: return (.unknown, 1)
    }
  }
}

extension UInt16 {
  init(ascii scalar: Unicode.Scalar) { self = UInt16(UInt8(ascii: scalar)) }
}
