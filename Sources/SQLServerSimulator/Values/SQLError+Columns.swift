/// What data definition says of columns, besides `SQLError+Definitions`.
extension SQLError {
  private static func batch(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .batch)
  }
  private static func statement(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .statement)
  }

  /// 112.
  package static func variablesNotAllowed(in statement: String) -> SQLError {
    make(112, 15, 4, "Variables are not allowed in the \(statement) statement.", .batch)
  }
  /// 1046.
  package static let subqueryNotAllowed = make(
    1046, 15, 1, "Subqueries are not allowed in this context. Only scalar expressions are allowed.", .batch)
  /// 1702.
  package static func tooManyColumns(_ column: String, table: String) -> SQLError {
    batch(
      1702, 1,
      "CREATE TABLE failed because column '\(column)' in table '\(table)' exceeds the maximum of 1024"
        + " columns.")
  }
  /// 1754.
  package static func defaultOnIdentity(_ column: String, table: String) -> SQLError {
    batch(
      1754, 0,
      "Defaults cannot be created on columns with an IDENTITY attribute. Table '\(table)', column"
        + " '\(column)'.")
  }
  /// 1755.
  package static func defaultOnRowversion(_ column: String, table: String) -> SQLError {
    batch(
      1755, 0,
      "Defaults cannot be created on columns of data type timestamp. Table '\(table)', column '\(column)'.")
  }
  /// 1752.
  package static func invalidDefaultColumn(_ column: String, table: String) -> SQLError {
    batch(
      1752, 0, "Column '\(column)' in table '\(table)' is invalid for creating a default constraint.")
  }
  /// 1759.
  package static func computedOfComputed(_ column: String, table: String) -> SQLError {
    batch(
      1759, 0,
      "Computed column '\(column)' in table '\(table)' is not allowed to be used in another computed-column"
        + " definition.")
  }
  /// 1781.
  package static let hasDefault = batch(1781, 1, "Column already has a DEFAULT bound to it.")
  /// 2738.
  package static func secondRowversion(_ column: String, table: String) -> SQLError {
    batch(
      2738, 2,
      "A table can only have one timestamp column. Because table '\(table)' already has one, the column"
        + " '\(column)' cannot be added.")
  }
  /// 2752.
  package static func invalidSeed(_ column: String) -> SQLError {
    batch(2752, 2, "Identity column '\(column)' contains invalid SEED.")
  }
  /// 2753.
  package static func invalidIncrement(_ column: String) -> SQLError {
    batch(2753, 2, "Identity column '\(column)' contains invalid INCREMENT.")
  }
  /// 4909.
  package static func isNotATable(_ name: String) -> SQLError {
    batch(4909, 1, "Cannot alter '\(name)' because it is not a table.")
  }
  /// 4923.
  package static func lastColumn(_ column: String, table: String) -> SQLError {
    statement(
      4923, 1,
      "ALTER TABLE DROP COLUMN failed because '\(column)' is the only data column in table '\(table)'. A"
        + " table must have at least one data column.")
  }
  /// 4927.
  package static func cannotAlterToType(_ column: String, type: String) -> SQLError {
    batch(4927, 1, "Cannot alter column '\(column)' to be data type \(type).")
  }
  /// 4928. `what` is COMPUTED or timestamp.
  package static func cannotAlterColumn(_ column: String, what: String) -> SQLError {
    batch(4928, 1, "Cannot alter column '\(column)' because it is '\(what)'.")
  }
  /// 4936.
  package static func computedColumnIsNotDeterministic(_ column: String, table: String) -> SQLError {
    batch(
      4936, 1,
      "Computed column '\(column)' in table '\(table)' cannot be persisted because the column is"
        + " non-deterministic.")
  }
  /// 8147.
  package static func identityOnNullable(_ column: String, table: String) -> SQLError {
    batch(8147, 1, "Could not create IDENTITY attribute on nullable column '\(column)', table '\(table)'.")
  }
  /// 8183.
  package static let computedColumnMustBePersisted = batch(
    8183, 1,
    "Only UNIQUE or PRIMARY KEY constraints can be created on computed columns, while CHECK, FOREIGN KEY,"
      + " and NOT NULL constraints require that computed columns be persisted.")
  /// 8196.
  package static let secondRowGUID = batch(8196, 1, "Duplicate column specified as ROWGUIDCOL.")
}
