/// What statements that write rows say, besides what their values and constraints do.
extension SQLError {
  private static func batch(_ number: Int32, _ severity: UInt8, _ message: String) -> SQLError {
    make(number, severity, 1, message, .batch)
  }

  /// 217.
  static let nestedTooDeeply = make(
    217, 16, 1,
    "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).", .batch)
  /// 259.
  static let catalogIsNotWritable = batch(259, 16, "Ad hoc updates to system catalogs are not allowed.")
  /// 331.
  static func outputTargetHasTriggers(_ table: String) -> SQLError {
    batch(331, 16, "The target table '\(table)' of the OUTPUT INTO clause cannot have any enabled triggers.")
  }
  /// 332.
  static func outputTargetHasForeignKey(_ table: String, constraint: String) -> SQLError {
    batch(
      332, 16,
      "The target table '\(table)' of the OUTPUT INTO clause cannot be on either side of a (primary key, "
        + "foreign key) relationship. Found reference constraint '\(constraint)'.")
  }
  /// 333.
  static func outputTargetHasCheck(_ table: String, constraint: String) -> SQLError {
    batch(
      333, 16,
      "The target table '\(table)' of the OUTPUT INTO clause cannot have any enabled check "
        + "constraints or any "
        + "enabled rules. Found check constraint or rule '\(constraint)'.")
  }
  /// 334.
  static func outputWithTriggers(_ table: String) -> SQLError {
    batch(
      334, 16,
      "The target table '\(table)' of the DML statement cannot have any enabled triggers if the statement "
        + "contains an OUTPUT clause without INTO clause.")
  }
  /// 339.
  static let defaultForIdentity = batch(
    339, 16, "DEFAULT or NULL are not allowed as explicit identity values.")
  /// 1065.
  static let noLockOnTarget = batch(
    1065, 15,
    "The NOLOCK and READUNCOMMITTED lock hints are not allowed for target tables of INSERT, UPDATE, "
      + "DELETE or "
      + "MERGE statements.")
  /// 4891.
  static let bulkTargetHasChanged = batch(
    4891, 16, "Insert bulk failed due to a schema change of the target table.")
  /// 10705.
  static let subqueryInOutput = batch(
    10705, 16, "Subqueries are not allowed in the OUTPUT clause.")
  /// 8115, of a column that has run out of numbers.
  static func identityOverflow(_ type: String) -> SQLError {
    make(
      8115, 16, 1, "Arithmetic overflow error converting IDENTITY to data type \(type).", .statement)
  }
}
