import ModelDatabase

/// How far a statement got.
package enum Attempt<Value: Sendable>: Sendable {
  case done(Value)
  /// It waits for a lock, has changed nothing, and is to be tried again once woken.
  case blocked
}

/// What locks and versions a statement uses on one table, whatever its session's isolation says.
package struct LockHints: OptionSet, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let noLock = LockHints(rawValue: 1)
  package static let readPast = LockHints(rawValue: 2)
  package static let updateLock = LockHints(rawValue: 4)
  package static let exclusiveLock = LockHints(rawValue: 8)
  /// HOLDLOCK and SERIALIZABLE.
  package static let holdLock = LockHints(rawValue: 16)
  package static let repeatableRead = LockHints(rawValue: 32)
  package static let readCommitted = LockHints(rawValue: 64)
  package static let readCommittedLock = LockHints(rawValue: 128)
  package static let tableLock = LockHints(rawValue: 256)
  package static let exclusiveTableLock = LockHints(rawValue: 512)
  /// Locks are on rows whether they were asked for or not; pages are not locked.
  package static let rowLock = LockHints(rawValue: 1024)
  package static let pageLock = LockHints(rawValue: 2048)
  /// A lock that is not there at once is error 1222.
  package static let noWait = LockHints(rawValue: 4096)
}

/// What a transaction has changed, for taking it back.
enum UndoRecord: Sendable {
  case inserted(Int, RowKey)
  /// Sorted.
  case insertedMany(Int, [RowKey])
  case deleted(Int, ServerRow)
  /// The row as it was; its key and its entries are the same.
  case replaced(Int, ServerRow)
  /// All of a table as it was; nil if it was not there.
  case table(Int, ServerTable?)
  /// A module by its place in `Storage.modules`, as it was; nil if it was not there.
  case module(ServerModule.ID, ServerModule?)
  case schema(database: Int, String, wasThere: Bool)

  /// Of no table: -1.
  var table: Int {
    switch self {
    case .inserted(let table, _), .insertedMany(let table, _), .deleted(let table, _),
      .replaced(let table, _), .table(let table, _):
      table
    case .module, .schema: -1
    }
  }
}

/// What a session has done that is not committed.
struct StorageTransaction: Sendable {
  struct Savepoint: Sendable {
    let name: String
    let undo: Int
  }

  /// Identifies it among all transactions of the server.
  let number: Int
  /// @@TRANCOUNT; 0 for a transaction of the statement's own.
  var depth = 0
  var name = ""
  /// Nothing but a rollback is accepted: XACT_STATE() is -1.
  var isDoomed = false
  var undo: [UndoRecord] = []
  /// Tables that the log is about.
  var touched: [Int] = []
  /// Lock spaces of indexes that it has dropped.
  var retired: [Int] = []
  var savepoints: [Savepoint] = []
  /// Bytes and rows changed: who has done least is a deadlock's victim.
  var work = 0
  /// Isolation SNAPSHOT reads this.
  var snapshot: Snapshot?
  /// It began under SNAPSHOT.
  let isSnapshot: Bool

  init(number: Int, isSnapshot: Bool) {
    self.number = number
    self.isSnapshot = isSnapshot
  }
}

/// A statement in progress.
struct StatementState: Sendable {
  /// Where the undo log was when it began, and when its last attempt or piece did.
  var undo: Int
  var attempt: Int
  /// Numbers given out since the attempt began: nobody has seen them if it is blocked.
  var counters: [(table: Int, identity: IdentityCounter?, number: UInt64)] = []
  /// Rows locked in one table, with the count at which escalation is tried next.
  var rowLocks: [(table: Int, count: Int, next: Int)] = []
  /// NOWAIT.
  var noWait = false
  /// The lock space of the table whose entry in the catalog it waited for.
  var catalogWait: Int?

  init(undo: Int) {
    self.undo = undo
    attempt = undo
  }

  /// Whether escalation is due.
  mutating func countRowLock(_ table: Int) -> Bool {
    guard let position = rowLocks.firstIndex(where: { $0.table == table }) else {
      rowLocks.append((table, 1, Storage.escalationThreshold))
      return false
    }
    rowLocks[position].count += 1
    guard rowLocks[position].count >= rowLocks[position].next else { return false }
    rowLocks[position].next += Storage.escalationStep
    return true
  }
}

/// What a session waits for.
struct LockWait: Sendable {
  var since: Duration
  /// Nil for ever.
  var deadline: Duration?
  /// It is for an application lock.
  var isApplication: Bool
}

/// A connection as the storage knows it.
package struct StorageSession: Sendable {
  package let number: Int
  /// The database that it has chosen, behind those of the texts that execute this one: nobody drops them
  /// meanwhile.
  var databases: [Int] = []
  package var isolation = IsolationLevel.readCommitted
  /// SET LOCK_TIMEOUT; nil waits for ever, zero not at all.
  package var lockTimeout: Duration?
  /// SET DEADLOCK_PRIORITY, -10 to 10; LOW is -5, HIGH is 5.
  package var deadlockPriority = 0
  var transaction: StorageTransaction?
  var statement: StatementState?
  var wait: LockWait?
  /// A deadlock chose it while it waited, and its transaction is rolled back.
  var isVictim = false
  var applicationLocks: [ApplicationLockHold] = []
  /// What became of an application lock that it waited for.
  var applicationOutcome: ApplicationLockAnswer?
  /// The application lock was waited for in this statement.
  var hasWaitedForApplicationLock = false
  /// The time-out of the application lock that the session is about to wait for.
  var applicationTimeout: Duration??
  /// Temporary tables by name in small letters, without regard to transactions: tables say who dropped them.
  var temporary: [Int] = []

  init(number: Int) { self.number = number }
}
