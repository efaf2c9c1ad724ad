/// A Swift file, told apart into code, comments and literals.
///
/// `code` and `comments` have the file's lines and columns, with spaces for everything else. String literals
/// and raw identifiers are in neither; code in an interpolation is code. Regex literals are not recognised:
/// a quote in one would count as a string up to the end of its line.
struct SwiftSource {
  let path: String
  let code: [String]
  let comments: [String]
  /// The lines without what nobody can break: no literals with their interpolations, and no comments.
  let breakable: [String]
  /// The file with spaces for its comments.
  let withoutComments: String

  init(path: String, text: String) {
    self.path = path
    var scanner = SwiftScanner(text)
    scanner.scanCode(inInterpolation: false)
    code = lines(scanner.code)
    comments = lines(scanner.comments)
    breakable = lines(zip(scanner.code, scanner.isLiteral).filter { !$1 || $0 == "\n" }.map(\.0)).map {
      line in
      String(line.reversed().drop(while: \.isWhitespace).reversed())
    }
    withoutComments = String(
      String.UnicodeScalarView(
        zip(scanner.scalars, scanner.comments).map { $1 == " " ? $0 : " " }))
  }

  /// The code as one text, with positions that `line(at:)` understands.
  var joinedCode: [Character] { Array(code.joined(separator: "\n")) }
}

private func lines(_ scalars: [Unicode.Scalar]) -> [String] {
  scalars.split(separator: "\n", omittingEmptySubsequences: false).map {
    String(String.UnicodeScalarView($0))
  }
}

private struct SwiftScanner {
  let scalars: [Unicode.Scalar]
  var code: [Unicode.Scalar]
  var comments: [Unicode.Scalar]
  /// From the quotes of a string to its quotes.
  var isLiteral: [Bool]
  private var index = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    code = scalars.map { $0 == "\n" ? "\n" : " " }
    comments = code
    isLiteral = scalars.map { _ in false }
  }

  private func sees(_ text: StaticString, at offset: Int = 0) -> Bool {
    let start = index + offset
    let count = text.utf8CodeUnitCount
    guard start + count <= scalars.count else { return false }
    return (0..<count).allSatisfy { scalars[start + $0].value == UInt32(text.utf8Start[$0]) }
  }

  /// Up to the end, or to the parenthesis that closes an interpolation.
  mutating func scanCode(inInterpolation: Bool) {
    var depth = 0
    while index < scalars.count {
      switch scalars[index] {
      case "/" where sees("//"): scanLineComment()
      case "/" where sees("/*"): scanBlockComment()
      case "`": scanRawIdentifier()
      case "(":
        depth += 1
        takeCode()
      case ")" where inInterpolation && depth == 0:
        index += 1
        return
      case ")":
        depth -= 1
        takeCode()
      case "\"", "#":
        if let hashes = hashesBeforeQuote() { scanString(hashes: hashes) } else { takeCode() }
      default: takeCode()
      }
    }
  }

  private mutating func takeCode() {
    code[index] = scalars[index]
    index += 1
  }

  private mutating func scanLineComment() {
    while index < scalars.count, !sees("\n") { takeComment() }
  }

  private mutating func scanBlockComment() {
    var depth = 0
    repeat {
      if sees("/*") { depth += 1 }
      if sees("*/") { depth -= 1 }
      if sees("/*") || sees("*/") { takeComment() }
      takeComment()
    } while depth > 0 && index < scalars.count
  }

  private mutating func takeComment() {
    guard index < scalars.count else { return }
    comments[index] = scalars[index]
    index += 1
  }

  private mutating func scanRawIdentifier() {
    repeat { index += 1 } while index < scalars.count && !sees("`") && !sees("\n")
    index += 1
  }

  /// The number of hashes before the quote that starts a string here; nil if none starts.
  private func hashesBeforeQuote() -> Int? {
    var hashes = 0
    while sees("#", at: hashes) { hashes += 1 }
    return sees("\"", at: hashes) ? hashes : nil
  }

  private mutating func scanString(hashes: Int) {
    let start = index
    defer { for position in start..<min(index, scalars.count) { isLiteral[position] = true } }
    index += hashes
    let quotes = sees("\"\"\"") ? 3 : 1
    index += quotes
    while index < scalars.count {
      if scalars[index] == "\n" && quotes == 1 { return }
      if scalars[index] == "\\", (0..<hashes).allSatisfy({ sees("#", at: 1 + $0) }) {
        let isInterpolation = sees("(", at: 1 + hashes)
        index += 2 + hashes
        if isInterpolation { scanCode(inInterpolation: true) }
      } else if scalars[index] == "\"", (0..<quotes).allSatisfy({ sees("\"", at: $0) }),
        (0..<hashes).allSatisfy({ sees("#", at: quotes + $0) })
      {
        index += quotes + hashes
        return
      } else {
        index += 1
      }
    }
  }
}
