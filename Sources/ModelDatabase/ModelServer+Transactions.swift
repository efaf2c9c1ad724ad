import Databases
import Rows

extension ModelServer {
  mutating func begin(_ index: Int, _ site: CallSite) throws(DatabaseError) -> Attempt<Void> {
    guard sessions[index].transaction == nil else {
      throw site.error(.wrongState, "a transaction is open already")
    }
    try requireWritable(index, site)
    endRead(index)
    sessions[index].transaction = ModelTransaction(isImplicit: false)
    return .done(())
  }

  func requireWritable(_ index: Int, _ site: CallSite, table: TableName? = nil) throws(DatabaseError) {
    guard sessions[index].access == .write, isReadOnlyUntil == nil else {
      throw site.error(.readOnly, "the database cannot be written", table: table)
    }
  }

  /// A transaction for what changes something: the open one, or one of the statement's own.
  mutating func requireTransaction(
    _ index: Int, _ site: CallSite, table: TableName? = nil
  ) throws(DatabaseError) {
    try requireWritable(index, site, table: table)
    guard let open = sessions[index].transaction else {
      endRead(index)
      sessions[index].transaction = ModelTransaction(isImplicit: true)
      return
    }
    try requireNotAborted(open, site)
  }

  /// A transaction of the statement's own.
  mutating func requireOwnTransaction(
    _ index: Int, _ site: CallSite, table: TableName? = nil
  ) throws(DatabaseError) {
    guard sessions[index].isImplicit ?? true else {
      throw site.error(.wrongState, "a transaction is open, and this needs one of its own", table: table)
    }
    try requireTransaction(index, site, table: table)
  }

  func requireNotAborted(_ transaction: ModelTransaction?, _ site: CallSite) throws(DatabaseError) {
    guard transaction?.isAborted != true else {
      throw site.error(
        .abortedTransaction, "an error has ended the transaction, which waits for its rollback")
    }
  }

  mutating func commit(_ index: Int, _ site: CallSite) throws(DatabaseError) {
    guard let transaction = sessions[index].transaction else {
      throw site.error(.wrongState, "no transaction is open")
    }
    if transaction.isAborted {
      rollback(index)
      try requireNotAborted(transaction, site)
    }
    do throws(DatabaseError) {
      try requireWritable(index, site)
      for change in transaction.changes {
        try checkReferences(index, change.table, change.rows, deferred: true, site)
      }
    } catch {
      rollback(index)
      throw error
    }
    sessions[index].transaction = nil
    apply(transaction, index, site)
    // A statement's own transaction ends with it, and a write goes on.
    let writer = transaction.isImplicit ? sessions[index].writer : nil
    endTransaction(index)
    sessions[index].writer = writer
  }

  private mutating func apply(_ transaction: ModelTransaction, _ index: Int, _ site: CallSite) {
    let isChange =
      !transaction.changes.isEmpty || !transaction.ledger.isEmpty || !transaction.restructured.isEmpty
    guard isChange else { return }
    store.commits += 1
    for change in transaction.changes {
      store.tables[change.table].rows = change.rows.applied(to: store.tables[change.table].rows)
      store.tables[change.table].version = store.commits
    }
    for row in transaction.ledger {
      if let position = store.ledgerPosition(job: row.job, row.entry.unit) {
        store.ledger?[position].entry = row.entry
      }
    }
    guard isObserved else { return }
    effects.commits.append(
      CommitRecord(
        number: store.commits, session: sessions[index].number, client: sessions[index].client,
        operation: site.operation,
        tables: transaction.changes.map { store.tables[$0.table].schema.name } + transaction.restructured,
        entries: transaction.ledger.map { ($0.job, $0.entry) }))
  }

  /// Forgets the transaction, if there is one. A victim's stays as one that waits for its rollback.
  mutating func rollback(_ index: Int, keepingAborted: Bool = false) {
    let wasExplicit = sessions[index].isImplicit == false
    sessions[index].transaction = nil
    if keepingAborted, wasExplicit, options.errorEffect == .abortsTransaction {
      var aborted = ModelTransaction(isImplicit: false)
      aborted.isAborted = true
      sessions[index].transaction = aborted
    }
    endTransaction(index)
  }

  private mutating func endTransaction(_ index: Int) {
    sessions[index].cursor = nil
    sessions[index].writer = nil
    sessions[index].isVictim = false
    wake(locks.release(sessions[index].number))
  }

  /// Ends a read that is open. Outside a transaction its locks go with it.
  mutating func endRead(_ index: Int) {
    guard sessions[index].cursor != nil else { return }
    sessions[index].cursor = nil
    if sessions[index].transaction == nil { wake(locks.release(sessions[index].number)) }
  }

  /// A table's rows as the session sees them: what is committed, and what it did itself.
  func rows(of table: Int, _ index: Int) -> [StoredRow] {
    let committed = store.tables[table].rows
    return sessions[index].transaction?.changes(of: table)?.applied(to: committed) ?? committed
  }

  func row(_ key: RowKey, of table: Int, _ index: Int) -> StoredRow? {
    if let change = sessions[index].transaction?.changes(of: table)?.change(key) { return change.row }
    return store.tables[table].rows.row(key)
  }
}
