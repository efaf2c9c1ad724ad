import Databases
import Rows
import Runtime

/// What a transaction has done that nobody else sees yet.
struct ModelTransaction: Sendable {
  /// One statement's own, because nobody has begun one.
  let isImplicit: Bool
  /// An error has made it useless: it waits for its rollback.
  var isAborted = false
  var changes: [TableChanges] = []
  var ledger: [LedgerRow] = []
  /// Tables whose structure it changes, for the record.
  var restructured: [TableName] = []
  /// Rows changed: who has done least is a deadlock's victim.
  var work = 0

  struct TableChanges: Sendable {
    let table: Int
    var rows: [RowChange] = []
  }

  func changes(of table: Int) -> [RowChange]? { changes.first { $0.table == table }?.rows }

  /// The position of the table's changes in `changes`, made if need be.
  mutating func position(of table: Int) -> Int {
    if let known = changes.firstIndex(where: { $0.table == table }) { return known }
    changes.append(TableChanges(table: table))
    return changes.count - 1
  }
}

/// A read in progress.
struct ModelCursor: Sendable {
  let table: Int
  let plan: ReadPlan
  let interval: KeyInterval
  let condition: RangeCondition?
  let batchBytes: Int
  /// The rows as they were when it began; nil where each batch sees what is committed by then.
  let rows: [StoredRow]?
  /// What comes next; nil before the first row.
  var next: KeyCut?
}

/// A write in progress.
struct ModelWriter: Sendable {
  let table: Int
  let plan: WritePlan
  var count = 0
}

/// One state of the database, held by a reader.
struct ModelSnapshot: Sendable {
  let name: String
  /// Nil if the database shares none: then only the verdict is left.
  let store: ModelStore?
  let commits: Int
}

/// A connection as the server knows it.
struct ModelSession: Sendable {
  let number: Int
  /// Which client it belongs to: a process of the simulation.
  let client: Int
  let access: Access
  /// For deadlocks: the lower one is the victim.
  var priority = 0
  var transaction: ModelTransaction?
  var cursor: ModelCursor?
  var writer: ModelWriter?
  var snapshot: ModelSnapshot?
  var fences: [String] = []
  /// Has asked for locks that go with the statement.
  var hasShortLocks = false
  /// A deadlock chose it while it waited.
  var isVictim = false
  /// The client is gone; the server finds out then.
  var expires: Duration?
  /// A call is on its way to the server.
  var isCalling = false
  /// One was when the client vanished, and it will arrive.
  var lastCall = false
  /// Since when it waits for a lock.
  var waitsSince: Duration?
  var latency: Seed

  /// Nil without a transaction.
  var isImplicit: Bool? { transaction?.isImplicit }
  /// What its transaction has written into the ledger.
  var ledger: [LedgerRow] { transaction?.ledger ?? [] }
}
