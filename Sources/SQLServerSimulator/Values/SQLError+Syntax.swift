/// What the compiler says of a batch: the batch ends and the transaction stays.
extension SQLError {
  private static func batch(
    _ number: Int32, _ severity: UInt8, _ state: UInt8, _ message: String
  ) -> SQLError { make(number, severity, state, message, .batch) }

  /// 102.
  package static func incorrectSyntax(near text: String) -> SQLError {
    batch(102, 15, 1, "Incorrect syntax near '\(text)'.")
  }
  /// 156.
  package static func incorrectSyntax(nearKeyword keyword: String) -> SQLError {
    batch(156, 15, 1, "Incorrect syntax near the keyword '\(keyword)'.")
  }
  /// 103.
  package static func identifierTooLong(_ name: String) -> SQLError {
    batch(
      103, 15, 4,
      "The identifier that starts with '\(name.prefix(128))' is too long. Maximum"
        + " length is 128.")
  }
  /// 105.
  package static func unclosedQuotationMark(_ text: String) -> SQLError {
    batch(105, 15, 1, "Unclosed quotation mark after the character string '\(text)'.")
  }
  /// 108.
  package static func orderByPositionOutOfRange(_ position: Int) -> SQLError {
    batch(
      108, 16, 1,
      "The ORDER BY position number \(position) is out of range of the number of items in the select list.")
  }
  /// 109.
  package static let moreColumnsThanValues = batch(
    109, 15, 1,
    "There are more columns in the INSERT statement than values specified in the VALUES clause. "
      + "The number of values in the VALUES clause must match the number of columns specified in the"
      + " INSERT "
      + "statement.")
  /// 110.
  package static let fewerColumnsThanValues = batch(
    110, 15, 1,
    "There are fewer columns in the INSERT statement than values specified in the VALUES clause. "
      + "The number of values in the VALUES clause must match the number of columns specified in the"
      + " INSERT "
      + "statement.")
  /// 113.
  package static let unclosedComment = batch(113, 15, 1, "Missing end comment mark '*/'.")
  /// 116.
  package static let subqueryHasSeveralColumns = batch(
    116, 16, 1,
    "Only one expression can be specified in the select list when the subquery is not introduced with"
      + " EXISTS.")
  /// 120, 121: INSERT … SELECT with a wrong number of columns.
  package static func selectListDoesNotMatchInsert(tooFew: Bool) -> SQLError {
    let comparison = tooFew ? "fewer" : "more"
    return batch(
      tooFew ? 120 : 121, 15, 1,
      "The select list for the INSERT statement contains \(comparison) items than the insert list. The"
        + " number "
        + "of SELECT values must match the number of INSERT columns.")
  }
  /// 128.
  package static func nameNotPermitted(_ name: String) -> SQLError {
    batch(
      128, 15, 1,
      "The name \"\(name)\" is not permitted in this context. Valid expressions are constants, constant "
        + "expressions, and (in some contexts) variables. Column names are not permitted.")
  }
  /// 131.
  package static func sizeExceedsMaximum(_ size: Int, of what: String, name: String, maximum: Int) -> SQLError
  {
    batch(
      131, 15, 2,
      "The size (\(size)) given to the \(what) '\(name)' exceeds the maximum allowed for any data type "
        + "(\(maximum)).")
  }
  /// 134.
  package static func variableAlreadyDeclared(_ name: String) -> SQLError {
    batch(
      134, 15, 1,
      "The variable name '\(name)' has already been declared. Variable names must be unique within a query "
        + "batch or stored procedure.")
  }
  /// 137.
  package static func mustDeclareScalarVariable(_ name: String) -> SQLError {
    batch(137, 15, 2, "Must declare the scalar variable \"\(name)\".")
  }
  /// 139.
  package static let defaultForLocalVariable = batch(
    139, 15, 1, "Cannot assign a default value to a local variable.")
  /// 141.
  package static let assignmentWithRetrieval = batch(
    141, 15, 1,
    "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval"
      + " operations.")
  /// 145.
  package static let orderByNotInDistinctList = batch(
    145, 15, 1, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified.")
  /// 147.
  package static let aggregateInWhere = batch(
    147, 15, 1,
    "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING"
      + " clause or "
      + "a select list, and the column being aggregated is an outer reference.")
  /// 155.
  package static func notARecognizedOption(_ name: String, of what: String) -> SQLError {
    batch(155, 15, 1, "'\(name)' is not a recognized \(what) option.")
  }
  /// 174.
  package static func functionRequires(_ count: Int, name: String) -> SQLError {
    batch(174, 15, 1, "The \(name) function requires \(count) argument(s).")
  }
  /// 189.
  package static func functionRequires(_ from: Int, to: Int, name: String) -> SQLError {
    batch(189, 15, 1, "The \(name) function requires \(from) to \(to) arguments.")
  }
  /// 192.
  package static let scaleExceedsPrecision = batch(
    192, 15, 1, "The scale must be less than or equal to the precision.")
  /// 195.
  package static func unknownFunction(_ name: String) -> SQLError {
    batch(195, 15, 10, "'\(name)' is not a recognized built-in function name.")
  }
  /// 195, of a SET option.
  package static func unknownSetOption(_ name: String) -> SQLError {
    batch(195, 15, 5, "'\(name)' is not a recognized SET option.")
  }
  /// 1001.
  package static func invalidLength(_ length: Int, line: Int) -> SQLError {
    batch(1001, 15, 1, "Line \(line): Length or precision specification \(length) is invalid.")
  }
  /// 1002.
  package static func invalidScale(_ scale: Int, line: Int) -> SQLError {
    batch(1002, 15, 1, "Line \(line): Specified scale \(scale) is invalid.")
  }
  /// 1007.
  package static func numberOutOfRange(_ text: String) -> SQLError {
    batch(
      1007, 15, 1,
      "The number '\(text)' is out of the range for numeric representation (maximum precision 38).")
  }
  /// 1038.
  package static let missingColumnName = batch(
    1038, 15, 4,
    "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a"
      + " name. "
      + "For other statements, look for empty alias names. Aliases defined as \"\" or [] are not"
      + " allowed. Change "
      + "the alias to a valid name.")
  /// 1087.
  package static func mustDeclareTableVariable(_ name: String) -> SQLError {
    batch(1087, 15, 2, "Must declare the table variable \"\(name)\".")
  }
  /// 4145.
  package static func nonBooleanCondition(near text: String) -> SQLError {
    batch(
      4145, 15, 1,
      "An expression of non-boolean type specified in a context where a condition is expected, near"
        + " '\(text)'.")
  }
  /// 40510: what the simulated server does not do, named.
  package static func unsupported(statement: String) -> SQLError {
    batch(40510, 16, 1, "Statement '\(statement)' is not supported in this version of SQL Server.")
  }
  /// 40514.
  package static func unsupported(_ feature: String) -> SQLError {
    batch(40514, 16, 1, "'\(feature)' is not supported in this version of SQL Server.")
  }
  /// 40517.
  package static func unsupported(option: String) -> SQLError {
    batch(
      40517, 16, 1,
      "Keyword or statement option '\(option)' is not supported in this version of SQL"
        + " Server.")
  }
}
