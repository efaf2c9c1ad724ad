/// What the binder says of names and operands: the batch ends and the transaction stays.
extension SQLError {
  private static func batch(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .batch)
  }

  /// 201.
  package static func parameterNotSupplied(_ parameter: String, procedure: String) -> SQLError {
    make(
      201, 16, 4,
      "Procedure or function '\(procedure)' expects parameter '\(parameter)', which was not supplied.",
      .statement)
  }
  /// 207.
  package static func invalidColumnName(_ name: String) -> SQLError {
    batch(207, 1, "Invalid column name '\(name)'.")
  }
  /// 208.
  package static func invalidObjectName(_ name: String) -> SQLError {
    batch(208, 1, "Invalid object name '\(name)'.")
  }
  /// 209.
  package static func ambiguousColumnName(_ name: String) -> SQLError {
    batch(209, 1, "Ambiguous column name '\(name)'.")
  }
  /// 213.
  package static let columnCountDoesNotMatch = batch(
    213, 1, "Column name or number of supplied values does not match table definition.")
  /// 214.
  package static func procedureExpects(_ parameter: String, type: String) -> SQLError {
    batch(214, 2, "Procedure expects parameter '\(parameter)' of type '\(type)'.")
  }
  /// 243.
  package static func unknownSystemType(_ name: String) -> SQLError {
    batch(243, 1, "Type \(name) is not a defined system type.")
  }
  /// 264.
  package static func columnSpecifiedTwice(_ name: String) -> SQLError {
    batch(
      264, 1,
      "The column name '\(name)' is specified more than once in the SET clause or column list of an"
        + " INSERT. A "
        + "column cannot be assigned more than one value in the same clause. Modify the clause to make"
        + " sure that a "
        + "column is updated only once. If this statement updates or inserts columns into a view,"
        + " column aliasing "
        + "can conceal the duplication in your code.")
  }
  /// 271.
  package static func columnCannotBeModified(_ name: String) -> SQLError {
    batch(
      271, 1,
      "The column \"\(name)\" cannot be modified because it is either a computed column or is the"
        + " result of a "
        + "UNION operator.")
  }
  /// 272.
  package static let cannotUpdateTimestamp = batch(272, 1, "Cannot update a timestamp column.")
  /// 273.
  package static let cannotInsertTimestamp = batch(
    273, 1,
    "Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the "
      + "timestamp column, or insert a DEFAULT into the timestamp column.")
  /// 205.
  package static let setOperandsDiffer = batch(
    205, 1,
    "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of"
      + " expressions "
      + "in their target lists.")
  /// 305.
  package static let xmlNotComparable = batch(
    305, 1, "The XML data type cannot be compared or sorted, except when using the IS NULL operator.")
  /// 306.
  package static let textNotComparable = batch(
    306, 2,
    "The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE "
      + "operator.")
  /// 402.
  package static func incompatibleOperands(_ left: String, _ right: String, operation: String) -> SQLError {
    batch(402, 1, "The data types \(left) and \(right) are incompatible in the \(operation) operator.")
  }
  /// 421.
  package static func notComparableInDistinct(_ type: String) -> SQLError {
    batch(421, 1, "The \(type) data type cannot be selected as DISTINCT because it is not comparable.")
  }
  /// 448.
  package static func invalidCollation(_ name: String) -> SQLError {
    batch(448, 3, "Invalid collation '\(name)'.")
  }
  /// 468.
  package static func collationConflict(_ left: String, _ right: String, operation: String) -> SQLError {
    batch(
      468, 9,
      "Cannot resolve the collation conflict between \"\(left)\" and \"\(right)\" in the"
        + " \(operation) operation.")
  }
  /// 447.
  package static func collateNotOnText(_ type: String) -> SQLError {
    batch(447, 0, "Expression type \(type) is invalid for COLLATE clause.")
  }
  /// 911.
  package static func databaseDoesNotExist(_ name: String) -> SQLError {
    batch(911, 1, "Database '\(name)' does not exist. Make sure that the name is entered correctly.")
  }
  /// 2812.
  package static func unknownProcedure(_ name: String) -> SQLError {
    make(2812, 16, 62, "Could not find stored procedure '\(name)'.", .statement)
  }
  /// 4104.
  package static func multiPartIdentifierNotBound(_ name: String) -> SQLError {
    batch(4104, 1, "The multi-part identifier \"\(name)\" could not be bound.")
  }
  /// 8116.
  package static func invalidArgumentType(_ type: String, argument: Int, function: String) -> SQLError {
    batch(
      8116, 1,
      "Argument data type \(type) is invalid for argument \(argument) of \(function)"
        + " function.")
  }
  /// 8117.
  package static func invalidOperandType(_ type: String, operation: String) -> SQLError {
    batch(8117, 1, "Operand data type \(type) is invalid for \(operation) operator.")
  }
  /// 8120, 8121, 8127: a column that is neither grouped nor aggregated.
  package static func columnNotGrouped(_ column: String, clause: String = "select list") -> SQLError {
    let number: Int32 = clause == "select list" ? 8120 : clause == "HAVING clause" ? 8121 : 8127
    return batch(
      number, 1,
      "Column '\(column)' is invalid in the \(clause) because it is not contained in either an"
        + " aggregate function "
        + "or the GROUP BY clause.")
  }
  /// 8133.
  package static let caseOfNullsOnly = batch(
    8133, 1,
    "At least one of the result expressions in a CASE specification must be an expression other than"
      + " the NULL "
      + "constant.")
  /// 8144.
  package static func tooManyArguments(procedure: String) -> SQLError {
    make(
      8144, 16, 2, "Procedure or function \(procedure) has too many arguments specified.", .statement)
  }
  /// 8145.
  package static func notAParameter(_ parameter: String, procedure: String) -> SQLError {
    make(8145, 16, 2, "\(parameter) is not a parameter for procedure \(procedure).", .statement)
  }
  /// 8155.
  package static func noColumnName(_ column: Int, of name: String) -> SQLError {
    batch(8155, 2, "No column name was specified for column \(column) of '\(name)'.")
  }
  /// 8178.
  package static func parameterizedQueryExpects(_ parameter: String, query: String) -> SQLError {
    batch(
      8178, 1,
      "The parameterized query '\(query)' expects the parameter '\(parameter)', which was not supplied.")
  }
  /// 8179.
  package static func unknownPreparedStatement(_ handle: Int) -> SQLError {
    batch(8179, 2, "Could not find prepared statement with handle \(handle).")
  }
  /// 8180.
  package static let couldNotBePrepared = batch(8180, 1, "Statement(s) could not be prepared.")
  /// 9810.
  package static func unsupportedDatePart(_ part: String, function: String, type: String) -> SQLError {
    batch(
      9810, 1,
      "The datepart \(part) is not supported by date function \(function) for data type \(type).")
  }
}
