/// What data definition says of databases, schemas, views, triggers and routines, and DBCC and sp_rename of
/// everything.
extension SQLError {
  private static func batch(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .batch)
  }
  private static func statement(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .statement)
  }

  /// 111's neighbour 166.
  package static func databasePrefixNotAllowed(_ statement: String) -> SQLError {
    make(
      166, 15, 1,
      "'\(statement)' does not allow specifying the database name as a prefix to the object name.", .batch)
  }
  /// 226.
  package static func notInTransaction(_ statement: String) -> SQLError {
    batch(226, 5, "\(statement) statement not allowed within multi-statement transaction.")
  }
  /// 2010.
  package static func cannotAlter(_ name: String) -> SQLError {
    batch(2010, 1, "Cannot perform alter on '\(name)' because it is an incompatible object type.")
  }
  /// 2103.
  package static func triggerSchemaDiffers(_ trigger: String, verb: String) -> SQLError {
    make(
      2103, 15, 1,
      "Cannot \(verb) trigger '\(trigger)' because its schema is different from the schema of the target"
        + " table or view.", .batch)
  }
  /// 2111.
  package static func secondInsteadOf(
    _ trigger: String, verb: String, event: String, table: String
  ) -> SQLError {
    batch(
      2111, 1,
      "Cannot \(verb) trigger '\(trigger)' on table '\(table)' because an INSTEAD OF \(event) trigger"
        + " already exists on this object.")
  }
  /// 2702.
  package static func unknownDatabase(_ name: String) -> SQLError {
    batch(2702, 2, "Database '\(name)' does not exist.")
  }
  /// 2759.
  package static let createSchemaFailed = batch(2759, 0, "CREATE SCHEMA failed due to previous errors.")
  /// 3702.
  package static func databaseIsInUse(_ name: String) -> SQLError {
    statement(3702, 4, "Cannot drop database \"\(name)\" because it is currently in use.")
  }
  /// 3705. `wanted` and `kind` are TABLE, VIEW, PROCEDURE, FUNCTION or TRIGGER.
  package static func otherKind(_ name: String, wanted: String, kind: String) -> SQLError {
    batch(
      3705, 1,
      "Cannot use DROP \(wanted) with '\(name)' because '\(name)' is a \(kind.lowercased()). Use DROP"
        + " \(kind).")
  }
  /// 3708.
  package static func isSystemDatabase(_ name: String) -> SQLError {
    statement(3708, 4, "Cannot drop the database '\(name)' because it is a system database.")
  }
  /// 3729.
  package static func schemaIsNotEmpty(_ name: String, object: String) -> SQLError {
    statement(
      3729, 1, "Cannot drop schema '\(name)' because it is being referenced by object '\(object)'.")
  }
  /// 15151.
  package static func cannotDropSchema(_ name: String) -> SQLError {
    statement(
      15151, 1,
      "Cannot drop the schema '\(name)', because it does not exist or you do not have permission.")
  }
  /// 4506.
  package static func viewColumnTwice(_ column: String, view: String) -> SQLError {
    batch(
      4506, 1,
      "Column names in each view or function must be unique. Column name '\(column)' in view or function"
        + " '\(view)' is specified more than once.")
  }
  /// 4508.
  package static let viewOfTemporaryTable = batch(
    4508, 1,
    "Views or functions are not allowed on temporary tables. Table names that begin with '#' denote"
      + " temporary tables.")
  /// 4511.
  package static func viewColumnWithoutName(_ column: Int) -> SQLError {
    batch(
      4511, 1,
      "Create View or Function failed because no column name was specified for column \(column).")
  }
  /// 4920.
  package static func unknownTrigger(_ trigger: String, table: String) -> SQLError {
    batch(4920, 0, "ALTER TABLE failed because trigger '\(trigger)' on table '\(table)' does not exist.")
  }
  /// 5011.
  package static func cannotAlterDatabase(_ name: String) -> SQLError {
    make(
      5011, 14, 9,
      "User does not have permission to alter database '\(name)', the database does not exist, or the"
        + " database is not in a state that allows access checks.", .statement)
  }
  /// 5058.
  package static func optionNotForDatabase(_ option: String, database: String) -> SQLError {
    statement(5058, 1, "Option '\(option)' cannot be set in database '\(database)'.")
  }
  /// 5069.
  package static let alterDatabaseFailed = statement(5069, 1, "ALTER DATABASE statement failed.")
  /// 8197.
  package static func invalidForOperation(_ name: String) -> SQLError {
    batch(8197, 4, "The object '\(name)' does not exist or is invalid for this operation.")
  }

  // MARK: DBCC

  /// 2501.
  package static func dbccCannotFind(_ name: String) -> SQLError {
    statement(
      2501, 45,
      "Cannot find a table or object with the name \"\(name)\". Check the system catalog.")
  }
  /// 2526.
  package static let incorrectDBCC = statement(
    2526, 3,
    "Incorrect DBCC statement. Check the documentation for the correct DBCC syntax and options.")
  /// 2528: a message only.
  package static let dbccCompleted = make(
    2528, 10, 1,
    "DBCC execution completed. If DBCC printed error messages, contact your system administrator.",
    .information)
  /// 2560.
  package static func incorrectDBCCParameter(_ position: Int) -> SQLError {
    statement(2560, 9, "Parameter \(position) is incorrect for this DBCC statement.")
  }
  /// 7997.
  package static func hasNoIdentityColumn(_ table: String) -> SQLError {
    statement(7997, 1, "'\(table)' does not contain an identity column.")
  }
  /// 7998: a message only. Without the column's value after a new one was set.
  package static func checkedIdentity(_ current: String, column: String?) -> SQLError {
    let rest = column.map { ", current column value '\($0)'" } ?? ""
    return make(
      7998, 10, 1, "Checking identity information: current identity value '\(current)'\(rest).",
      .information)
  }

  // MARK: sp_rename

  /// 15225. `kind` is `(null)` if it was left out.
  package static func nothingToRename(_ name: String, database: String, kind: String) -> SQLError {
    make(
      15225, 11, 1,
      "No item by the name of '\(name)' could be found in the current database '\(database)', given that"
        + " @itemtype was input as '\(kind)'.", .statement)
  }
  /// 15248.
  package static func ambiguousRename(kind: String) -> SQLError {
    make(
      15248, 11, 1,
      "Either the parameter @objname is ambiguous or the claimed @objtype (\(kind)) is wrong.", .statement)
  }
  /// 15249.
  package static func unknownRenameKind(_ kind: String) -> SQLError {
    make(15249, 11, 1, "Error: Explicit @objtype '\(kind)' is unrecognized.", .statement)
  }
  /// 15335. `kind` is object, COLUMN, INDEX.
  package static func newNameIsInUse(_ name: String, kind: String) -> SQLError {
    make(
      15335, 11, 1,
      "Error: The new name '\(name)' is already in use as a \(kind) name and would cause a duplicate that is"
        + " not permitted.", .statement)
  }
  /// 15336.
  package static func hasEnforcedDependencies(_ name: String) -> SQLError {
    statement(
      15336, 1,
      "Object '\(name)' cannot be renamed because the object participates in enforced dependencies.")
  }
  /// 15477: a message only.
  package static let renameCaution = make(
    15477, 10, 1,
    "Caution: Changing any part of an object name could break scripts and stored procedures.", .information)
}
