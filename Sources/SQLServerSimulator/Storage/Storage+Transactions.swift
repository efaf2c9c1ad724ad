import ModelDatabase

extension Storage {
  // MARK: State

  /// @@TRANCOUNT.
  package func transactionCount(_ session: Int) -> Int { sessions[session]?.transaction?.depth ?? 0 }

  /// XACT_STATE(): 1, 0 without a transaction, -1 for one that can only be rolled back.
  package func transactionState(_ session: Int) -> Int {
    guard let transaction = sessions[session]?.transaction, transaction.depth > 0 else { return 0 }
    return transaction.isDoomed ? -1 : 1
  }

  /// A number for the transaction, as ENVCHANGE sends it; nil without one.
  package func transactionNumber(_ session: Int) -> Int? {
    guard let transaction = sessions[session]?.transaction, transaction.depth > 0 else { return nil }
    return transaction.number
  }

  // MARK: Beginning and ending

  mutating func openTransaction(_ session: Int) {
    guard sessions[session]?.transaction == nil else { return }
    transactionCount += 1
    let isSnapshot = sessions[session]?.isolation == .snapshot
    sessions[session]?.transaction = StorageTransaction(number: transactionCount, isSnapshot: isSnapshot)
  }

  /// BEGIN TRANSACTION.
  package mutating func begin(_ session: Int, name: String = "") {
    openTransaction(session)
    if transactionCount(session) == 0 { sessions[session]?.transaction?.name = name }
    sessions[session]?.transaction?.depth += 1
  }

  /// COMMIT TRANSACTION: true if it was the outermost.
  @discardableResult
  package mutating func commit(_ session: Int) throws(SQLError) -> Bool {
    guard transactionCount(session) > 0 else { throw .commitWithoutBegin }
    if self.session(session).transaction?.isDoomed == true { throw .transactionIsDoomed }
    sessions[session]?.transaction?.depth -= 1
    guard transactionCount(session) == 0 else { return false }
    finish(session)
    return true
  }

  /// ROLLBACK TRANSACTION, to the beginning or to a savepoint: true if the transaction is over.
  @discardableResult
  package mutating func rollback(_ session: Int, to name: String? = nil) throws(SQLError) -> Bool {
    guard let transaction = sessions[session]?.transaction, transaction.depth > 0 else {
      throw .rollbackWithoutBegin
    }
    if let name, let savepoint = transaction.savepoints.lastIndex(where: { $0.name == name }) {
      if transaction.isDoomed { throw .doomedTransactionToSavepoint }
      undo(session, to: transaction.savepoints[savepoint].undo, sparesVariables: true)
      sessions[session]?.transaction?.savepoints.removeSubrange((savepoint + 1)...)
      return false
    }
    if let name, name != transaction.name { throw .unknownSavepoint(name) }
    rollbackAll(session)
    return true
  }

  /// SAVE TRANSACTION.
  package mutating func save(_ session: Int, _ name: String) throws(SQLError) {
    guard let transaction = sessions[session]?.transaction, transaction.depth > 0 else {
      throw .savepointWithoutTransaction
    }
    if transaction.isDoomed { throw .transactionIsDoomed }
    sessions[session]?.transaction?.savepoints.append(.init(name: name, undo: transaction.undo.count))
  }

  /// From now on the transaction can only be rolled back.
  package mutating func doom(_ session: Int) {
    guard transactionCount(session) > 0 else { return }
    sessions[session]?.transaction?.isDoomed = true
  }

  /// Takes everything back, gives back all locks and wakes who waited for them.
  package mutating func rollbackAll(_ session: Int) {
    guard sessions[session]?.transaction != nil else { return }
    undo(session, to: 0, sparesVariables: true)
    end(session)
  }

  mutating func finish(_ session: Int) {
    guard let transaction = sessions[session]?.transaction else { return }
    if !transaction.undo.isEmpty { commits += 1 }
    for number in transaction.touched where tables[number]?.droppedBy == session {
      forget(table(number))
    }
    forgetModules(droppedBy: session)
    retired += transaction.retired
    end(session)
  }

  private mutating func end(_ session: Int) {
    sessions[session]?.transaction = nil
    sessions[session]?.statement = nil
    forgetVariables(session)
    releaseApplicationLocks(session) { $0 == .transaction }
    wake(locks.release(session))
  }

  // MARK: Undo

  mutating func log(_ session: Int, _ record: UndoRecord, work: Int) {
    guard sessions[session]?.transaction != nil else { preconditionFailure("changes need a statement") }
    sessions[session]?.transaction?.undo.append(record)
    sessions[session]?.transaction?.work += work
    let number = record.table
    if number >= 0, sessions[session]?.transaction?.touched.contains(number) == false {
      sessions[session]?.transaction?.touched.append(number)
    }
  }

  /// A statement that fails takes back its changes of table variables; a transaction does not.
  mutating func undo(_ session: Int, to mark: Int, sparesVariables: Bool = false) {
    while let count = sessions[session]?.transaction?.undo.count, count > mark,
      let record = sessions[session]?.transaction?.undo.popLast()
    {
      switch record {
      case .module, .schema: undo(record)
      case _ where sparesVariables && tables[record.table]?.isVariable == true: continue
      case .table(let number, let before): restore(session, number, before)
      default: tables[record.table]?.undo(record)
      }
      sessions[session]?.transaction?.snapshot?.undo(record)
    }
  }

  private mutating func restore(_ session: Int, _ number: Int, _ before: ServerTable?) {
    guard let before else {
      if let table = tables[number] { forget(table) }
      return
    }
    if let now = tables[number] {
      retired += now.spaces.filter { !before.spaces.contains($0) }
      sessions[session]?.transaction?.retired.removeAll { before.spaces.contains($0) }
      if now.name != before.name { rename(number, from: now, to: before.name) }
    }
    tables[number] = before
  }

  // MARK: Rules

  /// A transaction that is doomed changes nothing, nor does anybody in a database that is read-only.
  func requireWritable(_ session: Int, _ database: Int) throws(SQLError) {
    if sessions[session]?.transaction?.isDoomed == true { throw .transactionIsDoomed }
    guard let database = databases[database], !database.isReadOnly else {
      throw .databaseIsReadOnly(databases[database]?.name ?? "")
    }
  }
}

extension ServerTable {
  /// Takes one change back. What changed the definition is not in these hands.
  mutating func undo(_ record: UndoRecord) {
    switch record {
    case .inserted(_, let key): take(key)
    case .insertedMany(_, let keys):
      if indexes.allSatisfy(\.isDisabled) {
        rows.remove(sorted: keys)
      } else {
        for key in keys { take(key) }
      }
    case .deleted(_, let row):
      let conflict = put(row)
      precondition(conflict == nil, "a deleted row's place is free")
    case .replaced(_, let row): _ = rows.replace(row)
    case .table, .module, .schema: break
    }
  }
}
