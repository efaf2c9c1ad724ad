/// Why a text is not a batch. SQL Server's numbers and texts; nothing of the batch runs.
package struct SyntaxError: Error, Sendable, Equatable {
  package var number: Int32
  package var severity: UInt8
  package var state: UInt8
  package var message: String
  /// Of the token that was met, from 1.
  package var line: Int

  package init(number: Int32, severity: UInt8 = 15, state: UInt8 = 1, message: String, line: Int) {
    self.number = number
    self.severity = severity
    self.state = state
    self.message = message
    self.line = line
  }

  /// A construct that SQL Server has and this parser refuses.
  package static func refused(_ construct: String, line: Int) -> SyntaxError {
    SyntaxError(
      number: 102,
      message: "Incorrect syntax near '\(construct)'. The simulated SQL Server does not have \(construct).",
      line: line)
  }

  package static func near(_ token: String, line: Int) -> SyntaxError {
    SyntaxError(number: 102, message: "Incorrect syntax near '\(token)'.", line: line)
  }

  package static func nearKeyword(_ keyword: String, line: Int) -> SyntaxError {
    SyntaxError(number: 156, message: "Incorrect syntax near the keyword '\(keyword)'.", line: line)
  }

  package static func nestedTooDeeply(line: Int) -> SyntaxError {
    SyntaxError(
      number: 191,
      message: "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into"
        + " smaller queries.", line: line)
  }
}
