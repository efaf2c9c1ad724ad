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
  /// One call brings back everything that was put aside, each in a transaction of its own.
  private var isRestoring = false

  init(side: Side) { self.side = side }

  /// None for a statement that belongs to the moment before.
  mutating func moments(of sql: String, parameters: [String?] = []) -> [Moment] {
    var statement = Statement(sql: sql)
    if let claimed = statement.unit(parameters) { unit = claimed }
    let looksUp = statement.operation == .catalog ? parameters.compactMap { $0 } : []
    let isLookup = looksUp.contains(LedgerTables.units)
    let isLookupOfAside = looksUp.contains(LedgerTables.putAside)
    if isLookup { statement.operation = .ledger }
    if isLookupOfAside { statement.operation = .prepare }
    let isContinued =
      statement.operation == .ledger && hasLookedUpLedger || statement.operation == .prepare && isRestoring
    hasLookedUpLedger = isLookup
    var moments: [Moment] = []
    if let operation = operation(of: statement, isContinued: isContinued) {
      if begins(statement) { moments.append(moment(.begin)) }
      let isEnd = operation == .commit || operation == .rollback
      moments.append(moment(operation, table: isEnd ? touched : statement.table, sql: sql))
      if operation != .catalog { isRestoring = isLookupOfAside }
    }
    if statement.operation == .commit || statement.operation == .rollback { transaction = nil }
    return moments
  }

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
      return operation
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
  func moment(_ operation: FaultInjection.Operation, _ copy: CopyProgress, table: String?) -> Moment {
    var moment = moment(operation, table: table)
    if operation != .acknowledge {
      moment.batch = copy.batches + 1
      moment.offset = copy.rowBytes
      moment.bytes = CopyProgress.batchBytes
    }
    return moment
  }
}
