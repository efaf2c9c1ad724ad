import FaultInjection

/// Makes moments of a session's statements: the same that a wrapper makes of a driver's calls.
///
/// A driver needs several statements for one operation. Consecutive ones on the ledger are one moment, and a
/// transaction that held nothing but ledger, fence or preparation belongs to them: its COMMIT is none.
struct StatementReader {
  private struct Transaction {
    var isSnapshot = false
    var held: Set<FaultInjection.Operation> = []
    var last: FaultInjection.Operation?

    var isHousekeeping: Bool { !held.isEmpty && held.isSubset(of: [.ledger, .fence, .prepare]) }
  }

  private let side: Side
  private var unit: String?
  private var transaction: Transaction?

  init(side: Side) { self.side = side }

  /// Nil for a statement that belongs to the moment before.
  mutating func moment(of sql: String, parameters: [String?] = []) -> Moment? {
    let statement = Statement(sql: sql)
    if let claimed = statement.unit(parameters) { unit = claimed }
    guard let operation = operation(of: statement) else { return nil }
    return moment(operation, table: statement.table, sql: sql)
  }

  func moment(_ operation: FaultInjection.Operation, table: String? = nil, sql: String? = nil) -> Moment {
    Moment(side: side, operation: operation, table: table, unit: unit, statement: sql)
  }

  /// A moment of a running read or write.
  func moment(_ operation: FaultInjection.Operation, _ copy: CopyProgress, table: String?) -> Moment {
    var moment = moment(operation, table: table)
    moment.offset = copy.rowBytes
    if operation != .acknowledge {
      moment.batch = copy.batches + 1
      moment.bytes = CopyProgress.batchBytes
    }
    return moment
  }

  private mutating func operation(of statement: Statement) -> FaultInjection.Operation? {
    let operation = statement.operation
    switch operation {
    case .begin:
      transaction = Transaction()
      return operation
    case .snapshot:
      guard statement.beginsSnapshot else { return transaction?.isSnapshot == true ? nil : operation }
      transaction = Transaction(isSnapshot: true)
      return operation
    case .commit, .rollback:
      defer { transaction = nil }
      if transaction?.isHousekeeping == true { return nil }
      return transaction?.isSnapshot == true && operation == .commit ? .snapshot : operation
    case .catalog, .statement: return operation
    default:
      let isContinued = transaction?.last == operation && (operation == .ledger || operation == .prepare)
      transaction?.held.insert(operation)
      transaction?.last = operation
      return isContinued ? nil : operation
    }
  }
}
