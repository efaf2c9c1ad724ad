/// What the parser answers to a text that is no batch. Nothing of the batch runs.
extension SQLError {
  /// Of refusals; SQL Server's own 102 has 1.
  private static let refusalState: UInt8 = 2

  /// Whether SQL Server has what the parser refuses.
  package var isRefusal: Bool { number == 102 && state == Self.refusalState }

  /// A construct that SQL Server has and the parser does not.
  static func refused(_ construct: String, line: Int) -> SQLError {
    let message = "Incorrect syntax near '\(construct)'. The simulated SQL Server does not have \(construct)."
    return syntax(102, state: refusalState, message, line: line)
  }

  private static func syntax(
    _ number: Int32, severity: UInt8 = 15, state: UInt8 = 1, _ message: String, line: Int
  ) -> SQLError {
    make(number, severity, state, message, .batch).at(line: Int32(line))
  }

  static func near(_ token: String, line: Int) -> SQLError {
    incorrectSyntax(near: token).at(line: Int32(line))
  }

  static func nearKeyword(_ keyword: String, line: Int) -> SQLError {
    incorrectSyntax(nearKeyword: keyword).at(line: Int32(line))
  }

  static func unclosedQuote(_ text: String, line: Int) -> SQLError {
    unclosedQuotationMark(text).at(line: Int32(line))
  }

  static func unclosedComment(line: Int) -> SQLError { unclosedComment.at(line: Int32(line)) }

  static func nameTooLong(_ name: String, line: Int) -> SQLError {
    identifierTooLong(name).at(line: Int32(line))
  }

  static func emptyName(line: Int) -> SQLError { missingColumnName.at(line: Int32(line)) }

  static func notACondition(near token: String, line: Int) -> SQLError {
    nonBooleanCondition(near: token).at(line: Int32(line))
  }

  static func tooManyDigits(_ number: String, line: Int) -> SQLError {
    numberOutOfRange(number).at(line: Int32(line))
  }

  /// 319: WITH where it begins no statement.
  static func withAfterStatement(_ keyword: String, line: Int) -> SQLError {
    syntax(
      319,
      "Incorrect syntax near the keyword '\(keyword)'. If this statement is a common table expression, an"
        + " xmlnamespaces clause or a change tracking context clause, the previous statement must be"
        + " terminated with a semicolon.", line: line)
  }

  /// 191.
  static func nestedTooDeeply(line: Int) -> SQLError {
    syntax(
      191,
      "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller"
        + " queries.", line: line)
  }

  /// 111.
  static func notFirst(_ statement: String, line: Int) -> SQLError {
    syntax(111, "'\(statement)' must be the first statement in a query batch.", line: line)
  }

  /// 117.
  static func tooManyPrefixes(_ name: String, maximum: Int, line: Int) -> SQLError {
    syntax(
      117,
      "The object name '\(name)' contains more than the maximum number of prefixes. The maximum is"
        + " \(maximum).", line: line)
  }

  /// 10738.
  static func tooManyRows(line: Int) -> SQLError {
    syntax(
      10738,
      "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of 1000"
        + " row values.", line: line)
  }

  /// 10709.
  static func unevenRows(line: Int) -> SQLError {
    syntax(
      10709, severity: 16,
      "The number of columns for each row in a table value constructor must be the same.", line: line)
  }

  /// 106.
  static func tooManyTables(line: Int) -> SQLError {
    syntax(106, "Too many table names in the query. The maximum allowable is 256.", line: line)
  }

  /// 168.
  static func floatOutOfRange(_ number: String, line: Int) -> SQLError {
    syntax(
      168,
      "The floating point value '\(number)' is out of the range of computer representation (8 bytes).",
      line: line)
  }

  /// 8115.
  static func moneyOutOfRange(line: Int) -> SQLError {
    syntax(
      8115, severity: 16, state: 2, "Arithmetic overflow error converting expression to data type money.",
      line: line)
  }

  /// 321.
  static func unknownTableHint(_ hint: String, line: Int) -> SQLError {
    syntax(
      321,
      "\"\(hint)\" is not a recognized table hints option. If it is intended as a parameter to a"
        + " table-valued function or to the CHANGETABLE function, ensure that your database compatibility"
        + " mode is set to 90.",
      line: line)
  }

  /// 1023.
  static func notADatePart(of function: String, line: Int) -> SQLError {
    syntax(1023, "Invalid parameter 1 specified for \(function).", line: line)
  }
}
