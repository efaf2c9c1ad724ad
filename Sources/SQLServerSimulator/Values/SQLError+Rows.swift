/// What happens to rows and values at run time.
extension SQLError {
  private static func statement(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .statement)
  }
  /// A failed conversion ends the batch and rolls the transaction back.
  private static func conversion(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .transaction)
  }

  // MARK: Constraints

  /// 511.
  package static func rowTooLarge(_ size: Int, maximum: Int = 8060) -> SQLError {
    statement(
      511, 1,
      "Cannot create a row of size \(size) which is greater than the allowable maximum row size of"
        + " \(maximum).")
  }
  /// 512.
  package static let subqueryReturnedSeveral = statement(
    512, 1,
    "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <="
      + " , >, >= or "
      + "when the subquery is used as an expression.")
  /// 515: `operation` is INSERT or UPDATE, `table` has its database and schema.
  package static func nullNotAllowed(column: String, table: String, operation: String) -> SQLError {
    statement(
      515, 2,
      "Cannot insert the value NULL into column '\(column)', table '\(table)'; column does not allow"
        + " nulls. "
        + "\(operation) fails.")
  }
  /// 544.
  package static func identityInsertIsOff(table: String) -> SQLError {
    statement(
      544, 1,
      "Cannot insert explicit value for identity column in table '\(table)' when IDENTITY_INSERT is set"
        + " to OFF.")
  }
  /// 545.
  package static func identityValueMissing(table: String) -> SQLError {
    statement(
      545, 1,
      "Explicit value must be specified for identity column in table '\(table)' either when"
        + " IDENTITY_INSERT is set "
        + "to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.")
  }
  /// 547. `kind` is `FOREIGN KEY`, `FOREIGN KEY SAME TABLE`, `REFERENCE`, `SAME TABLE REFERENCE` or `CHECK`.
  package static func constraintConflict(
    statement operation: String, kind: String, constraint: String, database: String, table: String,
    column: String?
  ) -> SQLError {
    let place = column.map { ", column '\($0)'" } ?? ""
    return statement(
      547, 0,
      "The \(operation) statement conflicted with the \(kind) constraint \"\(constraint)\". The"
        + " conflict occurred in "
        + "database \"\(database)\", table \"\(table)\"\(place).")
  }
  /// 2601. `key` is `(v)` or `(v, w)`.
  package static func duplicateIndexKey(object: String, index: String, key: String) -> SQLError {
    make(
      2601, 14, 1,
      "Cannot insert duplicate key row in object '\(object)' with unique index '\(index)'. The"
        + " duplicate key value "
        + "is \(key).", .statement)
  }
  /// 2627. `kind` is `PRIMARY KEY` or `UNIQUE KEY`.
  package static func duplicateKey(
    kind: String, constraint: String, object: String, key: String
  ) -> SQLError {
    make(
      2627, 14, 1,
      "Violation of \(kind) constraint '\(constraint)'. Cannot insert duplicate key in object"
        + " '\(object)'. The "
        + "duplicate key value is \(key).", .statement)
  }
  /// 3621: the message that follows an error which ended a statement that changes rows.
  package static let statementTerminated = make(
    3621, 0, 0, "The statement has been terminated.", .information)
  /// 8101.
  package static func identityNeedsColumnList(table: String) -> SQLError {
    make(
      8101, 16, 1,
      "An explicit value for the identity column in table '\(table)' can only be specified when a"
        + " column list is "
        + "used and IDENTITY_INSERT is ON.", .batch)
  }
  /// 8102.
  package static func cannotUpdateIdentity(_ column: String) -> SQLError {
    make(8102, 16, 1, "Cannot update identity column '\(column)'.", .batch)
  }
  /// 8106.
  package static func hasNoIdentity(table: String) -> SQLError {
    statement(
      8106, 1, "Table '\(table)' does not have the identity property. Cannot perform SET operation.")
  }
  /// 8107. `current` is `database.schema.table`.
  package static func identityInsertIsOn(current: String, table: String) -> SQLError {
    statement(
      8107, 1,
      "IDENTITY_INSERT is already ON for table '\(current)'. Cannot perform SET operation for table"
        + " '\(table)'.")
  }
  /// 8153.
  package static let nullEliminated = make(
    8153, 10, 1, "Warning: Null value is eliminated by an aggregate or other SET operation.", .information)
  /// 2628.
  package static func wouldBeTruncated(table: String, column: String, value: String) -> SQLError {
    statement(
      2628, 1,
      "String or binary data would be truncated in table '\(table)', column '\(column)'. Truncated value: "
        + "'\(value)'.")
  }
  /// 8152.
  package static let wouldBeTruncated = statement(8152, 30, "String or binary data would be truncated.")
  /// 4815.
  package static func invalidBulkColumnLength(_ column: Int) -> SQLError {
    statement(4815, 1, "Received an invalid column length from the bcp client for colid \(column).")
  }
  /// 4816.
  package static func invalidBulkColumnType(_ column: Int) -> SQLError {
    statement(4816, 1, "Invalid column type from bcp client for colid \(column).")
  }

  /// 9803.
  package static func invalidData(_ type: String) -> SQLError {
    statement(9803, 1, "Invalid data for type \"\(type)\".")
  }

  // MARK: Conversions and arithmetic

  /// 206.
  package static func operandTypeClash(_ type: String, _ target: String) -> SQLError {
    make(206, 16, 2, "Operand type clash: \(type) is incompatible with \(target)", .batch)
  }
  /// 220.
  package static func overflow(of type: String, value: Int64) -> SQLError {
    statement(
      220, type == "tinyint" ? 2 : 1, "Arithmetic overflow error for data type \(type), value = \(value).")
  }
  /// 232. `value` has six decimals.
  package static func overflow(of type: String, value: String) -> SQLError {
    statement(232, 3, "Arithmetic overflow error for type \(type), value = \(value).")
  }
  /// 235, 293: money or smallmoney.
  package static func invalidMoneyText(small: Bool) -> SQLError {
    small
      ? conversion(293, 1, "Cannot convert char value to smallmoney. The char value has incorrect syntax.")
      : conversion(235, 0, "Cannot convert a char value to money. The char value has incorrect syntax.")
  }
  /// 236, 294.
  package static func moneyTextOverflow(small: Bool) -> SQLError {
    small
      ? conversion(
        294, 1,
        "The conversion from char data type to smallmoney data type resulted in a smallmoney overflow error.")
      : conversion(
        236, 1, "The conversion from char data type to money resulted in a money overflow error.")
  }
  /// 8170.
  package static let insufficientSpaceForUniqueidentifier = statement(
    8170, 2, "Insufficient result space to convert uniqueidentifier value to char.")
  /// 234: a number or money that the text is too short for.
  package static func insufficientSpace(for what: String, type: String) -> SQLError {
    statement(234, 2, "There is insufficient result space to convert a \(what) value to \(type).")
  }
  /// 241.
  package static let invalidDateText = conversion(
    241, 1, "Conversion failed when converting date and/or time from character string.")
  /// 242.
  package static func outOfRange(_ type: String, to target: String) -> SQLError {
    conversion(
      242, 3,
      "The conversion of a \(type) data type to a \(target) data type resulted in an out-of-range value.")
  }
  /// 244: text that is no tinyint (INT1) or smallint (INT2).
  package static func overflowed(_ type: String, text: String, column: String) -> SQLError {
    conversion(
      244, column == "INT1" ? 1 : 2,
      "The conversion of the \(type) value '\(text)' overflowed an \(column) column. Use a larger"
        + " integer column.")
  }
  /// 245.
  package static func conversionFailed(_ type: String, text: String, to target: String) -> SQLError {
    conversion(
      245, 1, "Conversion failed when converting the \(type) value '\(text)' to data type \(target).")
  }
  /// 248.
  package static func overflowedInt(_ type: String, text: String) -> SQLError {
    conversion(248, 1, "The conversion of the \(type) value '\(text)' overflowed an int column.")
  }
  /// 257.
  package static func implicitConversionNotAllowed(_ type: String, to target: String) -> SQLError {
    make(
      257, 16, 3,
      "Implicit conversion from data type \(type) to \(target) is not allowed. Use the CONVERT function"
        + " to run this "
        + "query.", .batch)
  }
  /// 281.
  package static func invalidStyle(_ style: Int, from type: String) -> SQLError {
    statement(
      281, 1, "\(style) is not a valid style number when converting from \(type) to a character string.")
  }
  /// 289.
  package static func cannotConstruct(_ type: String) -> SQLError {
    conversion(
      289, 1, "Cannot construct data type \(type), some of the arguments have values which are not valid.")
  }
  /// 295.
  package static let invalidSmalldatetimeText = conversion(
    295, 3, "Conversion failed when converting character string to smalldatetime data type.")
  /// 506.
  package static func invalidEscape(_ text: String) -> SQLError {
    statement(506, 1, "The invalid escape character \"\(text)\" was specified in a LIKE predicate.")
  }
  /// 517.
  package static func addingOverflowed(_ type: String) -> SQLError {
    statement(517, 1, "Adding a value to a '\(type)' column caused an overflow.")
  }
  /// 529.
  package static func explicitConversionNotAllowed(_ type: String, to target: String) -> SQLError {
    make(529, 16, 1, "Explicit conversion from data type \(type) to \(target) is not allowed.", .batch)
  }
  /// 535.
  package static func dateDifferenceOverflowed(_ function: String) -> SQLError {
    statement(
      535, 0,
      "The \(function) function resulted in an overflow. The number of dateparts separating two"
        + " date/time instances "
        + "is too large. Try to use \(function) with a less precise datepart.")
  }
  /// 536.
  package static func invalidLengthParameter(_ function: String) -> SQLError {
    statement(536, 1, "Invalid length parameter passed to the \(function) function.")
  }
  /// 537.
  package static let invalidSubstringLength = statement(
    537, 2, "Invalid length parameter passed to the LEFT or SUBSTRING function.")
  /// 3623.
  package static let invalidFloatingPointOperation = statement(
    3623, 1, "An invalid floating point operation occurred.")
  /// 8114.
  package static func errorConverting(_ type: String, to target: String) -> SQLError {
    conversion(8114, 5, "Error converting data type \(type) to \(target).")
  }
  /// 8115. `what` is a type's name or `expression`.
  package static func overflow(converting what: String, to target: String) -> SQLError {
    let state: UInt8 = what == "expression" ? 2 : what == "varchar" || what == "nvarchar" ? 6 : 8
    return statement(8115, state, "Arithmetic overflow error converting \(what) to data type \(target).")
  }
  /// 8134.
  package static let divideByZero = statement(8134, 1, "Divide by zero error encountered.")
  /// 8169.
  package static let invalidUniqueidentifierText = conversion(
    8169, 2, "Conversion failed when converting from a character string to uniqueidentifier.")
  /// 9809.
  package static func unsupportedStyle(_ style: Int, from type: String, to target: String) -> SQLError {
    statement(9809, 1, "The style \(style) is not supported for conversions from \(type) to \(target).")
  }
  /// 9812.
  package static func invalidTimeZone(function: String) -> SQLError {
    statement(9812, 0, "The timezone provided to builtin function \(function) is invalid.")
  }
}
