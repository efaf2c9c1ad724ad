/// What happens to transactions, sessions and logins.
extension SQLError {
  private static func statement(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .statement)
  }

  /// 596.
  package static let sessionIsKilled = make(
    596, 21, 1, "Cannot continue the execution because the session is in the kill state.", .connection)
  /// 1204.
  package static let outOfLocks = make(
    1204, 19, 4,
    "The instance of the SQL Server Database Engine cannot obtain a LOCK resource at this time. Rerun"
      + " your statement "
      + "when there are fewer active users. Ask the database administrator to check the lock and memory"
      + " configuration "
      + "for this instance, or to check for long-running transactions.", .transaction)
  /// 1205. `session` is the victim's own @@SPID.
  package static func deadlockVictim(session: Int) -> SQLError {
    make(
      1205, 13, 51,
      "Transaction (Process ID \(session)) was deadlocked on lock resources with another process and"
        + " has been chosen "
        + "as the deadlock victim. Rerun the transaction.", .transaction)
  }
  /// 1222.
  package static let lockTimeout = statement(1222, 51, "Lock request time out period exceeded.")
  /// 266.
  package static func transactionCountMismatch(previous: Int, current: Int) -> SQLError {
    statement(
      266, 2,
      "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements."
        + " Previous count "
        + "= \(previous), current count = \(current).")
  }
  /// 3609.
  package static let transactionEndedInTrigger = make(
    3609, 16, 1, "The transaction ended in the trigger. The batch has been aborted.", .transaction)
  /// 3902.
  package static let commitWithoutBegin = statement(
    3902, 1, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.")
  /// 3903.
  package static let rollbackWithoutBegin = statement(
    3903, 1, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.")
  /// 3906.
  package static func databaseIsReadOnly(_ database: String) -> SQLError {
    statement(3906, 1, "Failed to update database \"\(database)\" because the database is read-only.")
  }
  /// 628.
  package static let savepointWithoutTransaction = statement(
    628, 0, "Cannot issue SAVE TRANSACTION when there is no active transaction.")
  /// 3930.
  package static let transactionIsDoomed = make(
    3930, 16, 1,
    "The current transaction cannot be committed and cannot support operations that write to the log"
      + " file. Roll back "
      + "the transaction.", .transaction)
  /// 3931.
  package static let doomedTransactionToSavepoint = make(
    3931, 16, 1,
    "The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back"
      + " the entire "
      + "transaction.", .transaction)
  /// 3998.
  package static let doomedAtEndOfBatch = make(
    3998, 16, 1,
    "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.",
    .transaction)
  /// 3951.
  package static func snapshotStartedLate(database: String) -> SQLError {
    make(
      3951, 16, 1,
      "Transaction failed in database '\(database)' because the statement was run under snapshot"
        + " isolation but the "
        + "transaction did not start in snapshot isolation. You cannot change the isolation level of"
        + " the transaction to "
        + "snapshot after the transaction has started unless the transaction was originally started"
        + " under snapshot "
        + "isolation level.", .transaction)
  }
  /// 3952.
  package static func snapshotNotAllowed(database: String) -> SQLError {
    make(
      3952, 16, 1,
      "Snapshot isolation transaction failed accessing database '\(database)' because snapshot"
        + " isolation is not allowed "
        + "in this database. Use ALTER DATABASE to allow snapshot isolation.", .transaction)
  }
  /// 3960. `table` has its schema.
  package static func snapshotConflict(table: String, database: String) -> SQLError {
    make(
      3960, 16, 2,
      "Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation"
        + " to access "
        + "table '\(table)' directly or indirectly in database '\(database)' to update, delete, or"
        + " insert the row that "
        + "has been modified or deleted by another transaction. Retry the transaction or change the"
        + " isolation level for "
        + "the update/delete statement.", .transaction)
  }
  /// 3961.
  package static func snapshotOverDefinition(database: String) -> SQLError {
    make(
      3961, 16, 1,
      "Snapshot isolation transaction failed in database '\(database)' because the object accessed by"
        + " the statement has "
        + "been modified by a DDL statement in another concurrent transaction since the start of this"
        + " transaction.  It is "
        + "disallowed because the metadata is not versioned. A concurrent update to metadata can lead"
        + " to inconsistency if "
        + "mixed with snapshot isolation.", .transaction)
  }
  /// 4060.
  package static func cannotOpenDatabase(_ database: String) -> SQLError {
    make(
      4060, 11, 1, "Cannot open database \"\(database)\" requested by the login. The login failed.",
      .connection)
  }
  /// 6401.
  package static func unknownSavepoint(_ name: String) -> SQLError {
    statement(6401, 1, "Cannot roll back \(name). No transaction or savepoint of that name was found.")
  }
  /// 6005.
  package static let shutdownInProgress = make(6005, 14, 1, "SHUTDOWN is in progress.", .connection)
  /// 10928.
  package static func requestLimit(resource: Int, limit: Int) -> SQLError {
    make(
      10928, 20, 1,
      "Resource ID: \(resource). The request limit for the database is \(limit) and has been reached. See "
        + "'http://go.microsoft.com/fwlink/?LinkId=267637' for assistance.", .connection)
  }
  /// 10929.
  package static func requestMinimum(resource: Int, minimum: Int, maximum: Int, usage: Int) -> SQLError {
    make(
      10929, 20, 1,
      "Resource ID: \(resource). The minimum guarantee is \(minimum), maximum limit is \(maximum), and"
        + " the current"
        + " usage for the database is \(usage). However, the server is currently too busy to support"
        + " requests greater"
        + " than \(minimum) for this database. See 'http://go.microsoft.com/fwlink/?LinkId=267637' for"
        + " assistance."
        + " Otherwise, please try again later.", .connection)
  }
  /// 18456.
  package static func loginFailed(user: String) -> SQLError {
    make(18456, 14, 1, "Login failed for user '\(user)'.", .connection)
  }
  /// 40197. `code` is 40020, 40143, 40166 or 40540.
  package static func serviceError(code: Int) -> SQLError {
    make(
      40197, 17, 1,
      "The service has encountered an error processing your request. Please try again. Error code \(code).",
      .connection)
  }
  /// 40501.
  package static func serviceBusy(incident: String, code: Int) -> SQLError {
    make(
      40501, 20, 1,
      "The service is currently busy. Retry the request after 10 seconds. Incident ID: \(incident)."
        + " Code: \(code).",
      .connection)
  }
  /// 40613.
  package static func databaseUnavailable(_ database: String, server: String, tracing: String) -> SQLError {
    make(
      40613, 17, 1,
      "Database '\(database)' on server '\(server)' is not currently available.  Please retry the"
        + " connection later.  If "
        + "the problem persists, contact customer support, and provide them the session tracing ID of"
        + " '\(tracing)'.",
      .connection)
  }
  /// 49918.
  package static let notEnoughResources = make(
    49918, 16, 1,
    "Cannot process request. Not enough resources to process request. Please retry you"
      + " request later.",
    .connection)
  /// 49919.
  package static func tooManyCreateOrUpdate(subscription: String) -> SQLError {
    make(
      49919, 16, 1,
      "Cannot process create or update request. Too many create or update operations in progress for"
        + " subscription"
        + " \"\(subscription)\".", .connection)
  }
  /// 49920.
  package static func tooManyOperations(subscription: String) -> SQLError {
    make(
      49920, 16, 1,
      "Cannot process request. Too many operations in progress for subscription \"\(subscription)\".",
      .connection)
  }
  /// 5701: sent after login and USE.
  package static func changedDatabase(_ database: String) -> SQLError {
    make(5701, 10, 2, "Changed database context to '\(database)'.", .information)
  }
  /// 5703: sent after login.
  package static func changedLanguage(_ language: String) -> SQLError {
    make(5703, 10, 1, "Changed language setting to \(language).", .information)
  }
}
