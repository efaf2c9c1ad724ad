/// How much of a file, a function and a line a reader is asked to hold in mind.
enum Sizes {
  static let linesOfFile = 500
  static let linesOfFunction = 70
  static let columns = 110

  static func violations(in source: SwiftSource) -> [Violation] {
    var found: [Violation] = []
    // The text after the last newline is no line.
    let lines = source.code.last.map { $0.isEmpty ? source.code.count - 1 : source.code.count } ?? 0
    if lines > linesOfFile {
      found.append(
        Violation(path: source.path, line: 1, message: "\(lines) lines: split it by reason to exist"))
    }
    for (index, line) in source.breakable.enumerated() where line.count > columns {
      found.append(
        Violation(path: source.path, line: index + 1, message: "\(line.count) columns: break the line"))
    }
    for function in functions(in: source) where function.lines > linesOfFunction {
      found.append(
        Violation(
          path: source.path, line: function.line,
          message: "a function of \(function.lines) lines: give its parts names"))
    }
    return found
  }

  /// Every function, initialiser, deinitialiser and subscript with a body, in order of appearance; its lines
  /// count from its keyword to its closing brace. Functions in functions count in both.
  static func functions(in source: SwiftSource) -> [(line: Int, lines: Int)] {
    let code = source.joinedCode
    var found: [(line: Int, lines: Int)] = []
    var line = 1
    var index = 0
    while index < code.count {
      if code[index] == "\n" { line += 1 }
      if let length = keyword(in: code, at: index), let body = bodyStart(in: code, from: index + length) {
        let end = closingBrace(in: code, from: body)
        let newlines = code[index..<end].count { $0 == "\n" }
        found.append((line, newlines + 1))
      }
      index += 1
    }
    return found
  }

  private static func isPartOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// The length of the keyword that declares a function here; nil if none does.
  private static func keyword(in code: [Character], at index: Int) -> Int? {
    if index > 0, isPartOfName(code[index - 1]) || code[index - 1] == "." { return nil }
    for keyword in ["func", "init", "deinit", "subscript"] {
      guard code[index] == keyword.first, code[index...].starts(with: keyword) else { continue }
      let end = index + keyword.count
      if end < code.count, isPartOfName(code[end]) { continue }
      return keyword.count
    }
    return nil
  }

  /// The brace that opens the body; nil for a requirement of a protocol, which has none.
  private static func bodyStart(in code: [Character], from start: Int) -> Int? {
    var depth = 0
    for index in start..<code.count {
      switch code[index] {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{" where depth == 0: return index
      case "}" where depth <= 0: return nil
      case "\n" where depth == 0:
        // A signature goes on with an arrow, a where clause, an effect or its brace.
        let next = code[index...].drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
        let goesOn = ["->", "where", "throws", "async", "{", "rethrows"].contains { next.starts(with: $0) }
        if !goesOn { return nil }
      default: break
      }
      if depth < 0 { return nil }
    }
    return nil
  }

  /// The position after the brace that closes the one at `start`.
  private static func closingBrace(in code: [Character], from start: Int) -> Int {
    var depth = 0
    for index in start..<code.count {
      if code[index] == "{" { depth += 1 }
      if code[index] == "}" { depth -= 1 }
      if depth == 0 { return index + 1 }
    }
    return code.count
  }
}
