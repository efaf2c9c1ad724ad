/// Why a text is not a batch. SQL Server's numbers and texts; nothing of the batch runs.
package struct SyntaxError: Error, Sendable, Equatable {
  package var number: Int32
  package var severity: UInt8
  package var state: UInt8
  package var message: String
  /// Of the token that was met, from 1.
  package var line: Int
  /// Whether SQL Server has what is refused here.
  package var isRefusal = false

  package init(number: Int32, severity: UInt8 = 15, state: UInt8 = 1, message: String, line: Int) {
    self.number = number
    self.severity = severity
    self.state = state
    self.message = message
    self.line = line
  }

  /// A construct that SQL Server has and this parser refuses.
  package static func refused(_ construct: String, line: Int) -> SyntaxError {
    var error = SyntaxError(
      number: 102,
      message: "Incorrect syntax near '\(construct)'. The simulated SQL Server does not have \(construct).",
      line: line)
    error.isRefusal = true
    return error
  }

  static func near(_ token: String, line: Int) -> SyntaxError {
    SyntaxError(number: 102, message: "Incorrect syntax near '\(token)'.", line: line)
  }

  static func nearKeyword(_ keyword: String, line: Int) -> SyntaxError {
    SyntaxError(number: 156, message: "Incorrect syntax near the keyword '\(keyword)'.", line: line)
  }

  /// WITH where it begins no statement.
  static func withAfterStatement(_ keyword: String, line: Int) -> SyntaxError {
    SyntaxError(
      number: 319,
      message:
        "Incorrect syntax near the keyword '\(keyword)'. If this statement is a common table expression, an"
        + " xmlnamespaces clause or a change tracking context clause, the previous statement must be"
        + " terminated with a semicolon.", line: line)
  }

  static func notACondition(near token: String, line: Int) -> SyntaxError {
    SyntaxError(
      number: 4145,
      message: "An expression of non-boolean type specified in a context where a condition is expected, near"
        + " '\(token)'.", line: line)
  }

  static func nestedTooDeeply(line: Int) -> SyntaxError {
    SyntaxError(
      number: 191,
      message: "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into"
        + " smaller queries.", line: line)
  }

  static func emptyName(line: Int) -> SyntaxError {
    SyntaxError(
      number: 1038, state: 4,
      message:
        "An object or column name is missing or empty. For SELECT INTO statements, verify each column has"
        + " a name. For other statements, look for empty alias names. Aliases defined as \"\" or [] are not"
        + " allowed. Change the alias to a valid name.", line: line)
  }

  static func notFirst(_ statement: String, line: Int) -> SyntaxError {
    SyntaxError(
      number: 111, message: "'\(statement)' must be the first statement in a query batch.", line: line)
  }

  static func tooManyPrefixes(_ name: String, maximum: Int, line: Int) -> SyntaxError {
    SyntaxError(
      number: 117,
      message: "The object name '\(name)' contains more than the maximum number of prefixes. The maximum is"
        + " \(maximum).", line: line)
  }

  static func tooManyRows(line: Int) -> SyntaxError {
    SyntaxError(
      number: 10738,
      message:
        "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of"
        + " 1000 row values.", line: line)
  }

  static func unevenRows(line: Int) -> SyntaxError {
    SyntaxError(
      number: 10709, severity: 16,
      message: "The number of columns for each row in a table value constructor must be the same.", line: line
    )
  }

  static func tooManyTables(line: Int) -> SyntaxError {
    SyntaxError(
      number: 106, message: "Too many table names in the query. The maximum allowable is 256.", line: line)
  }

  static func tooManyDigits(_ number: String, line: Int) -> SyntaxError {
    SyntaxError(
      number: 1007,
      message:
        "The number '\(number)' is out of the range for numeric representation (maximum precision 38).",
      line: line)
  }

  static func floatOutOfRange(_ number: String, line: Int) -> SyntaxError {
    SyntaxError(
      number: 168,
      message:
        "The floating point value '\(number)' is out of the range of computer representation (8 bytes).",
      line: line)
  }

  static func moneyOutOfRange(line: Int) -> SyntaxError {
    SyntaxError(
      number: 8115, severity: 16, state: 2,
      message: "Arithmetic overflow error converting expression to data type money.", line: line)
  }

  static func unknownTableHint(_ hint: String, line: Int) -> SyntaxError {
    SyntaxError(
      number: 321,
      message: "\"\(hint)\" is not a recognized table hints option. If it is intended as a parameter to a"
        + " table-valued function or to the CHANGETABLE function, ensure that your database compatibility"
        + " mode is set to 90.", line: line)
  }

  static func notADatePart(of function: String, line: Int) -> SyntaxError {
    SyntaxError(number: 1023, message: "Invalid parameter 1 specified for \(function).", line: line)
  }
}
