import Databases
import Rows

extension ModelServer {
  mutating func prepareLedger(_ index: Int, _ site: CallSite) throws(DatabaseError) -> Attempt<Void> {
    try requireOwnTransaction(index, site)
    if store.ledger == nil { store.ledger = [] }
    return .done(())
  }

  mutating func takeFence(_ index: Int, _ job: String, _ site: CallSite) throws(DatabaseError) -> Attempt<
    Void
  > {
    let holder = sessions.firstIndex { $0.fences.contains(job) }
    guard holder == nil || holder == index else {
      throw site.error(
        .fenced, "another run of this job is active",
        remedy: "Wait for it to end, or stop it; then run again.")
    }
    if holder == nil { sessions[index].fences.append(job) }
    return .done(())
  }

  mutating func ledger(
    _ index: Int, _ job: String, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<[LedgerEntry]> {
    try requireNotAborted(sessions[index].transaction, site)
    guard store.ledger != nil else { return .done([]) }
    var entries = store.entries(job: job)
    if options.isolation == .locking {
      guard lock(index, .intentShared, .table, in: ModelStore.ledgerSpace) else { return .blocked }
      var tables: [String] = []
      for entry in entries where tables.last != entry.unit.table { tables.append(entry.unit.table) }
      for table in tables {
        let keys = store.ledgerKeys(job: job, table: table)
        guard pass(index, .shared, keys, in: ModelStore.ledgerSpace) else { return .blocked }
      }
      if sessions[index].transaction == nil, sessions[index].cursor == nil {
        wake(locks.release(sessions[index].number))
      }
    }
    for row in sessions[index].ledger where row.job == job {
      if let position = entries.firstIndex(where: { $0.unit == row.entry.unit }) {
        entries[position] = row.entry
      }
    }
    return .done(entries)
  }

  mutating func plan(
    _ index: Int, _ entries: [LedgerEntry], table: String, job: String, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    try requireLedger(site)
    try requireOwnTransaction(index, site)
    let keys = store.ledgerKeys(job: job, table: table)
    guard lock(index, .intentExclusive, .table, in: ModelStore.ledgerSpace),
      lock(index, .exclusive, .range(keys), in: ModelStore.ledgerSpace)
    else { return .blocked }
    let planned = entries.map { entry in
      var entry = entry
      entry.unit.table = table
      return entry
    }
    store.replaceEntries(planned, table: table, job: job)
    sessions[index].transaction?.ledger = planned.map { LedgerRow(job: job, entry: $0) }
    return .done(())
  }

  mutating func claim(
    _ index: Int, _ entry: LedgerEntry, job: String, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    try requireOwnTransaction(index, site)
    return try replace(index, entry, job: job, from: entry.attempt - 1, site)
  }

  mutating func record(
    _ index: Int, _ entry: LedgerEntry, job: String, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    try requireTransaction(index, site)
    return try replace(index, entry, job: job, from: entry.attempt, site)
  }

  /// Compare and swap on the attempt number. The row stays locked until the transaction ends, which
  /// makes it the fence.
  private mutating func replace(
    _ index: Int, _ entry: LedgerEntry, job: String, from attempt: Int, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    try requireLedger(site)
    let key = store.ledgerKey(job: job, entry.unit)
    guard lock(index, .intentExclusive, .table, in: ModelStore.ledgerSpace),
      lock(index, .exclusive, .row(key), in: ModelStore.ledgerSpace)
    else { return .blocked }
    let written = sessions[index].ledger
    let own = written.firstIndex { $0.entry.unit == entry.unit && $0.job == job }
    let committed = store.ledgerPosition(job: job, entry.unit)
    let known = own.map { written[$0].entry } ?? committed.flatMap { store.ledger?[$0].entry }
    guard let known, known.attempt == attempt else {
      throw site.error(
        .fenced, LedgerEntry.replaced(entry.unit, attempt: attempt), remedy: LedgerEntry.replacedRemedy)
    }
    // As an UPDATE does: range and signature stay.
    var changed = known
    changed.state = entry.state
    changed.attempt = entry.attempt
    changed.fingerprint = entry.fingerprint
    changed.updated = entry.updated
    if let own {
      sessions[index].transaction?.ledger[own].entry = changed
    } else {
      sessions[index].transaction?.ledger.append(LedgerRow(job: job, entry: changed))
    }
    return .done(())
  }

  func requireLedger(_ site: CallSite) throws(DatabaseError) {
    guard store.ledger != nil else { throw site.error(.undefinedTable, "there is no ledger") }
  }
}
