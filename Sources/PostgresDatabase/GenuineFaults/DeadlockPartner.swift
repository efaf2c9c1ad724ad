import Databases

/// A session that deadlocks with the first other one that has to wait for it.
///
/// It holds the locks of its first statement, and asks for those of its second as soon as somebody waits for the
/// first. The other session is the victim, with a 40P01: this one leaves looking for deadlocks to it, which takes
/// a superuser. When the victim has let go, this one ends its transaction, and has changed nothing.
package final class DeadlockPartner {
  private let session: ServerSession
  private static let operation = "deadlock"

  /// Returns when it has the first locks. Names in the statements need their schema:
  /// `SELECT FROM public.posts WHERE id = 7 FOR UPDATE`.
  package init(_ endpoint: PostgresEndpoint, holds first: String, wants second: String) throws(DatabaseError)
  {
    session = try endpoint.driver(.write).session
    try session.run(
      "SET deadlock_timeout = '1h'; SET lock_timeout = 0; BEGIN; \(first)",
      operation: DeadlockPartner.operation)
    try session.startStatements(
      """
      DO $$ BEGIN
        WHILE NOT EXISTS (
          SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
        LOOP PERFORM pg_sleep(0.002); END LOOP;
      END $$;
      \(second); ROLLBACK
      """, operation: DeadlockPartner.operation)
  }

  /// Returns when the deadlock is over; never, if nobody came to wait.
  package func finish() throws(DatabaseError) {
    defer { session.close() }
    try session.finishStatements(operation: DeadlockPartner.operation)
  }

  /// Lets go of everything at once.
  package func abandon() {
    session.interrupter.cancelStatement()
    session.close()
  }
}
