/// A piece of a batch. Comments and blanks are none.
struct Token: Sendable, Equatable {
  enum Kind: UInt8, Sendable {
    /// A name or a word that SQL Server does not reserve.
    case word
    /// A word that cannot be a name.
    case reserved
    /// `[x]`
    case bracketed
    /// `"x"`: a name or a string, by QUOTED_IDENTIFIER when it is met.
    case doubleQuoted
    /// `@x`
    case variable
    /// `@@x`
    case systemVariable
    case integer, decimal, float, money, binary, string, nationalString
    case leftParenthesis, rightParenthesis, leftBrace, rightBrace, comma, semicolon, dot, colon, doubleColon
    case plus, minus, star, slash, percentSign, ampersand, bar, caret, tilde
    case plusEqual, minusEqual, starEqual, slashEqual, percentEqual, ampersandEqual, barEqual, caretEqual
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    /// A character that begins nothing.
    case unknown
    /// The end of the text; always the last token.
    case endOfText
  }

  var kind: Kind
  /// Of a `word` or `reserved` that the parser knows.
  var keyword: Keyword
  /// Whether the quotes hold doubled quotes or continued lines, which are not part of the value.
  var isEscaped: Bool
  var start: Int32
  var end: Int32
  /// On which it begins, from 1.
  var line: Int32

  /// Offsets into the text, with quotes and brackets.
  var range: Range<Int> { Int(start)..<Int(end) }
  var isName: Bool { kind == .word || kind == .bracketed }
}
