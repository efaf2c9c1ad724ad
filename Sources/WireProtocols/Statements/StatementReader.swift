import Databases
import FaultInjection

/// Makes moments of a session's statements: the same that a wrapper makes of a driver's calls.
///
/// A driver needs several statements for one call. Consecutive ones on the ledger are one moment, and a transaction
/// that holds nothing but ledger, fence or preparation belongs to them: its BEGIN and COMMIT are none. Since only
/// the next statement tells what a transaction is for, the moment of a BEGIN comes with that statement.
struct StatementReader {
  private struct Transaction {
    var isSnapshot = false
    /// The moment of its BEGIN is still to come.
    var owesBegin = false
    var held: Set<FaultInjection.Operation> = []
    var last: FaultInjection.Operation?
    /// The table that was deleted from or written to last.
    var touched: String?

    var isHousekeeping: Bool { !held.isEmpty && held.isSubset(of: [.ledger, .fence, .prepare]) }
  }

  private let side: Side
  private var unit: String?
  private var transaction: Transaction?
  /// The statement before asked whether the ledger exists; the next one reads it.
  private var hasLookedUpLedger = false
  /// The statement before asked whether there can be snapshots; the next one may begin one.
  private var hasLookedUpSnapshots = false
  private var aside = Aside.untouched

  /// What a call does with what was put aside.
  private enum Aside {
    case untouched
    /// It asked whether there is any: the transaction that follows belongs to it.
    case lookedUp
    /// It brings everything back, each in a transaction of its own.
    case restoring
  }

  init(side: Side) { self.side = side }

  /// None for a statement that belongs to the moment before. `sql` is its text.
  mutating func moments(of statement: Statement, sql: String?, parameters: [String?] = []) -> [Moment] {
    if let claimed = statement.unit(parameters) { unit = claimed }
    var isContinued = statement.isContinuation
    switch statement.operation {
    case .ledger: isContinued = isContinued || hasLookedUpLedger
    case .prepare: isContinued = isContinued || aside != .untouched && !statement.looksUpAside
    case .snapshot: isContinued = isContinued || hasLookedUpSnapshots
    default: break
    }
    hasLookedUpLedger = statement.looksUpLedger
    hasLookedUpSnapshots = statement.looksUpSnapshots
    if statement.readsAside, aside == .lookedUp { aside = .restoring }
    if statement.opensTransaction, transaction == nil { transaction = Transaction() }
    var moments: [Moment] = []
    if let operation = operation(of: statement, isContinued: isContinued) {
      if begins(statement) { moments.append(moment(.begin)) }
      let isEnd = operation == .commit || operation == .rollback
      moments.append(moment(operation, table: isEnd ? touched : statement.table, sql: sql))
      if operation != .catalog { aside = statement.looksUpAside ? .lookedUp : .untouched }
    }
    if statement.operation == .commit || statement.operation == .rollback {
      transaction = nil
      if aside == .lookedUp { aside = .untouched }
    }
    return moments
  }

  /// The server says that the transaction was committed, in whatever way it was asked to.
  mutating func hasCommitted() { transaction = nil }

  private var touched: String? { transaction?.touched }

  /// True once, for the first statement that shows that the transaction is no housekeeping.
  private mutating func begins(_ statement: Statement) -> Bool {
    guard transaction?.owesBegin == true, !statement.isSetting else { return false }
    switch statement.operation {
    case .catalog, .ledger, .prepare, .fence, .snapshot: return false
    default:
      transaction?.owesBegin = false
      return true
    }
  }

  private mutating func operation(
    of statement: Statement, isContinued: Bool
  ) -> FaultInjection.Operation? {
    let operation = statement.operation
    switch operation {
    case .begin:
      transaction = Transaction(owesBegin: true)
      return nil
    case .snapshot:
      guard statement.beginsSnapshot else { return transaction?.isSnapshot == true ? nil : operation }
      transaction = Transaction(isSnapshot: true)
      return isContinued ? nil : operation
    case .rollback where statement.rollsBackIfOpen && transaction == nil: return nil
    case .commit, .rollback:
      if transaction?.isHousekeeping == true { return nil }
      return transaction?.isSnapshot == true && operation == .commit ? .snapshot : operation
    case .catalog, .statement: return operation
    default:
      let isSame = transaction?.last == operation && (operation == .ledger || operation == .prepare)
      transaction?.held.insert(operation)
      transaction?.last = operation
      if operation == .delete || operation == .write { transaction?.touched = statement.table }
      return isSame || isContinued ? nil : operation
    }
  }

  func moment(_ operation: FaultInjection.Operation, table: String? = nil, sql: String? = nil) -> Moment {
    var moment = Moment(side: side, operation: operation, table: table, unit: unit, statement: sql)
    switch operation {
    case .connect, .catalog, .snapshot, .fence, .read, .prepare: moment.unit = nil
    default: break
    }
    return moment
  }

  /// A moment of a running read or write.
  func moment(_ operation: FaultInjection.Operation, _ progress: RowProgress, table: String?) -> Moment {
    var moment = moment(operation, table: table)
    if operation != .acknowledge {
      moment.batch = progress.batches + 1
      moment.offset = progress.bytes
      moment.bytes = RowProgress.batchBytes
    }
    return moment
  }
}
