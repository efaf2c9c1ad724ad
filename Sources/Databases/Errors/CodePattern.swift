/// An error's number or SQLSTATE, or the beginning of SQLSTATEs: `1205`, `57P01`, `08*`.
package struct CodePattern: Sendable, Hashable, CustomStringConvertible {
  private let code: String
  private let isPrefix: Bool

  package init(_ text: String) {
    isPrefix = text.hasSuffix("*")
    code = isPrefix ? String(text.dropLast()) : text
  }

  package var description: String { isPrefix ? code + "*" : code }

  package func matches(_ code: String) -> Bool {
    isPrefix ? code.hasPrefix(self.code) : code == self.code
  }

  /// Of two patterns that match, the longer says more; a whole code says most.
  package var precision: Int { isPrefix ? code.utf8.count : .max }
}

/// What an engine's codes look like.
package enum CodeForm: String, Sendable, CaseIterable, CustomStringConvertible {
  case number, sqlstate
  case either = "number or sqlstate"
  /// A number whose lowest eight bits are a primary code, and the rest says more.
  case extended = "number, extended"

  package var description: String {
    switch self {
    case .number: "a number, as 1205"
    case .extended: "a number, as 5 or 517"
    case .sqlstate:
      "an SQLSTATE of five digits and capital letters, as 40P01, or the beginning of some, as 08*"
    case .either: "a number, as 1213, or an SQLSTATE, as 40001 or 08*"
    }
  }

  package func accepts(_ code: String) -> Bool {
    switch self {
    case .number, .extended: CodeForm.isNumber(code)
    case .sqlstate: CodeForm.isSQLState(code)
    case .either: CodeForm.isNumber(code) || CodeForm.isSQLState(code)
    }
  }

  /// Of SQLSTATEs, the first two characters at least.
  func accepts(pattern text: String) -> Bool {
    guard text.hasSuffix("*") else { return accepts(text) }
    let padded = text.dropLast() + String(repeating: "0", count: max(0, 6 - text.utf8.count))
    return (self == .sqlstate || self == .either) && text.utf8.count > 2
      && CodeForm.isSQLState(String(padded))
  }

  private static func isNumber(_ code: String) -> Bool {
    let digits = code.hasPrefix("-") ? code.dropFirst() : code[...]
    return (1...6).contains(digits.utf8.count) && digits.utf8.allSatisfy { (48...57).contains($0) }
  }

  private static func isSQLState(_ code: String) -> Bool {
    code.utf8.count == 5 && code.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
  }
}
