import Databases

/// What reads that are not in a snapshot see, and what they wait for.
package enum Isolation: String, Sendable, CaseIterable {
  /// READ COMMITTED with locks, as SQL Server's default: a read waits for rows that another transaction
  /// changes.
  case locking
  /// READ COMMITTED with versions, as PostgreSQL's: a read sees what was committed when it began.
  case versioned
}

/// What an error does to the transaction in which it happens.
package enum ErrorEffect: String, Sendable, CaseIterable {
  /// PostgreSQL: nothing but a rollback is accepted after it.
  case abortsTransaction
  /// SQL Server, MySQL: only the statement is undone, and the transaction goes on. A deadlock ends the
  /// transaction, and what comes next commits each by itself.
  case undoesStatement
}

/// What kind of database the model is.
package struct ModelOptions: Sendable {
  package var engine = Engine(rawValue: "model")
  package var isolation = Isolation.versioned
  /// Deletes lock the gaps between keys as far as the next rows, as InnoDB's REPEATABLE READ and SQL
  /// Server's SERIALIZABLE do. Gap locks are shared: two loads of an empty table then deadlock.
  package var locksGaps = false
  package var errorEffect = ErrorEffect.abortsTransaction
  /// Without shared snapshots each read sees what its isolation lets it, and the verdict tells whether
  /// somebody wrote.
  package var sharesSnapshots = true
  package var parallelWriters = 8
  /// Virtual time that a call takes on its way there or back, drawn evenly.
  package var latency: ClosedRange<Duration> = .zero ... .zero
  /// How long a lock is waited for before somebody looks for a deadlock; zero looks at once.
  package var deadlockDelay = Duration.zero
  /// How long the server keeps the session of a client that vanished, with its locks and its fence.
  package var zombieLife = Duration.seconds(30)

  /// A foreign key's columns must be of the types of the key that it references.
  package var foreignKeysNeedEqualTypes = false

  package init() {}

  /// SQL Server's default: readers wait for rows that are being changed, an error undoes its statement only, no
  /// connection joins another's snapshot, and errors have its numbers.
  package mutating func becomeSQLServer() {
    engine = ModelFault.sqlServer
    isolation = .locking
    errorEffect = .undoesStatement
    sharesSnapshots = false
    foreignKeysNeedEqualTypes = true
  }
}
