/// What data definition says of tables, columns, constraints and indexes.
extension SQLError {
  private static func batch(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .batch)
  }
  private static func statement(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .statement)
  }

  /// 1505.
  package static func duplicateKeyInNewIndex(_ index: String, object: String, key: String) -> SQLError {
    statement(
      1505, 1,
      "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name "
        + "'\(object)' and the index name '\(index)'. The duplicate key value is \(key).")
  }
  /// 1750.
  package static let couldNotCreateConstraint = batch(
    1750, 0, "Could not create constraint or index. See previous errors.")
  /// 1767.
  package static func foreignKeyToUnknownTable(_ key: String, table: String) -> SQLError {
    batch(1767, 0, "Foreign key '\(key)' references invalid table '\(table)'.")
  }
  /// 1770.
  package static func foreignKeyToUnknownColumn(_ key: String, column: String, table: String) -> SQLError {
    batch(
      1770, 0,
      "Foreign key '\(key)' references invalid column '\(column)' in referenced table '\(table)'.")
  }
  /// 1776.
  package static func noKeyToReference(_ key: String, table: String) -> SQLError {
    batch(
      1776, 0,
      "There are no primary or candidate keys in the referenced table '\(table)' that match the"
        + " referencing column "
        + "list in the foreign key '\(key)'.")
  }
  /// 1779.
  package static func secondPrimaryKey(table: String) -> SQLError {
    batch(1779, 0, "Table '\(table)' already has a primary key defined on it.")
  }
  /// 1801.
  package static func databaseExists(_ name: String) -> SQLError {
    statement(1801, 3, "Database '\(name)' already exists. Choose a different database name.")
  }
  /// 1902.
  package static func secondClusteredIndex(table: String, existing: String) -> SQLError {
    statement(
      1902, 3,
      "Cannot create more than one clustered index on table '\(table)'. Drop the existing clustered index "
        + "'\(existing)' before creating another.")
  }
  /// 1911.
  package static func unknownIndexColumn(_ column: String) -> SQLError {
    statement(1911, 1, "Column name '\(column)' does not exist in the target table or view.")
  }
  /// 1913.
  package static func indexExists(_ index: String, table: String) -> SQLError {
    statement(
      1913, 1,
      "The operation failed because an index or statistics with name '\(index)' already exists on table "
        + "'\(table)'.")
  }
  /// 1919.
  package static func invalidKeyColumnType(_ column: String, table: String) -> SQLError {
    statement(
      1919, 1,
      "Column '\(column)' in table '\(table)' is of a type that is invalid for use as a key column in"
        + " an index.")
  }
  /// 2705.
  package static func columnNamesMustBeUnique(_ column: String, table: String) -> SQLError {
    batch(
      2705, 3,
      "Column names in each table must be unique. Column name '\(column)' in table '\(table)' is"
        + " specified more "
        + "than once.")
  }
  /// 2714.
  package static func objectExists(_ name: String) -> SQLError {
    batch(2714, 6, "There is already an object named '\(name)' in the database.")
  }
  /// 2715.
  package static func unknownType(_ name: String, column: Int) -> SQLError {
    batch(2715, 6, "Column, parameter, or variable #\(column): Cannot find data type \(name).")
  }
  /// 2716.
  package static func typeHasNoWidth(_ name: String, column: Int) -> SQLError {
    batch(
      2716, 1,
      "Column, parameter, or variable #\(column): Cannot specify a column width on data"
        + " type \(name).")
  }
  /// 2744.
  package static func secondIdentityColumn(table: String) -> SQLError {
    batch(
      2744, 2,
      "Multiple identity columns specified for table '\(table)'. Only one identity column per table is"
        + " allowed.")
  }
  /// 2749.
  package static func invalidIdentityType(_ column: String) -> SQLError {
    batch(
      2749, 2,
      "Identity column '\(column)' must be of data type int, bigint, smallint, tinyint, or decimal or"
        + " numeric with "
        + "a scale of 0, unencrypted, and constrained to be nonnullable.")
  }
  /// 2750.
  package static func precisionTooLarge(_ precision: Int, maximum: Int, column: Int) -> SQLError {
    batch(
      2750, 1,
      "Column or parameter #\(column): Specified column precision \(precision) is greater than the maximum "
        + "precision of \(maximum).")
  }
  /// 2760.
  package static func schemaDoesNotExist(_ name: String) -> SQLError {
    batch(
      2760, 1,
      "The specified schema name \"\(name)\" either does not exist or you do not have permission to use"
        + " it.")
  }
  /// 3701: `what` is table, index, view, …
  package static func cannotDrop(_ what: String, name: String) -> SQLError {
    make(
      3701, 11, 5,
      "Cannot drop the \(what) '\(name)', because it does not exist or you do not have permission.",
      .statement)
  }
  /// 3726.
  package static func referencedByForeignKey(_ object: String) -> SQLError {
    statement(
      3726, 1, "Could not drop object '\(object)' because it is referenced by a FOREIGN KEY constraint.")
  }
  /// 3725.
  package static func constraintIsReferenced(_ constraint: String, table: String, key: String) -> SQLError {
    statement(
      3725, 0,
      "The constraint '\(constraint)' is being referenced by table '\(table)', foreign key constraint"
        + " '\(key)'.")
  }
  /// 3727.
  package static let couldNotDropConstraint = statement(
    3727, 0, "Could not drop constraint. See previous errors.")
  /// 3728.
  package static func notAConstraint(_ name: String) -> SQLError {
    statement(3728, 1, "'\(name)' is not a constraint.")
  }
  /// 4701: TRUNCATE TABLE; 4902: ALTER TABLE.
  package static func cannotFindObject(_ name: String, number: Int32 = 4902) -> SQLError {
    batch(
      number, 1,
      "Cannot find the object \"\(name)\" because it does not exist or you do not have"
        + " permissions.")
  }
  /// 4712.
  package static func cannotTruncateReferenced(_ table: String) -> SQLError {
    statement(
      4712, 1,
      "Cannot truncate table '\(table)' because it is being referenced by a FOREIGN KEY constraint.")
  }
  /// 4901.
  package static func addedColumnNeedsDefault(_ column: String, table: String) -> SQLError {
    statement(
      4901, 1,
      "ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition"
        + " specified, "
        + "or the column being added is an identity or timestamp column, or alternatively if none of"
        + " the previous "
        + "conditions are satisfied the table must be empty to allow addition of this column. Column"
        + " '\(column)' "
        + "cannot be added to non-empty table '\(table)' because it does not satisfy these conditions.")
  }
  /// 4917.
  package static func constraintDoesNotExist(_ name: String) -> SQLError {
    statement(4917, 0, "Constraint '\(name)' does not exist.")
  }
  /// 4922.
  package static func columnIsInUse(_ column: String, operation: String) -> SQLError {
    statement(
      4922, 9, "\(operation) \(column) failed because one or more objects access this column.")
  }
  /// 4924.
  package static func columnDoesNotExist(_ column: String, table: String, operation: String) -> SQLError {
    batch(4924, 1, "\(operation) failed because column '\(column)' does not exist in table '\(table)'.")
  }
  /// 5074.
  package static func isDependent(_ what: String, _ name: String, on column: String) -> SQLError {
    statement(5074, 1, "The \(what) '\(name)' is dependent on column '\(column)'.")
  }
  /// 8111.
  package static func primaryKeyOnNullable(table: String) -> SQLError {
    statement(8111, 1, "Cannot define PRIMARY KEY constraint on nullable column in table '\(table)'.")
  }
}
