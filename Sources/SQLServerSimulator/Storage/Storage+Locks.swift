import ModelDatabase

extension Storage {
  /// Asks for a lock; false if the statement has to wait.
  mutating func lock(
    _ session: Int, _ mode: LockMode, _ extent: LockExtent = .table, in space: Int, isShort: Bool = false
  ) -> Bool {
    locks.request(mode, on: extent, in: space, by: session, isShort: isShort) == .granted
  }

  /// Sees that nobody has a lock that conflicts with this one; false if the statement has to wait until
  /// then.
  mutating func pass(_ session: Int, _ mode: LockMode, _ interval: KeyInterval, in space: Int) -> Bool {
    guard locks.wouldBlock(mode, on: .range(interval), in: space, by: session) else { return true }
    return lock(session, mode, .range(interval), in: space, isShort: true)
  }

  /// Whether the session's lock on a table makes locks of this mode on its rows unnecessary.
  func coversRows(_ session: Int, _ mode: LockMode, of table: Int) -> Bool {
    switch locks.mode(of: .table, in: space(of: table), by: session) {
    case .exclusive, .schemaModification, .bulkUpdate: true
    case .update: mode != .exclusive
    case .shared, .sharedIntentExclusive: mode == .shared
    default: false
    }
  }

  /// Locks a row, or an entry of an index; the intent on its table is there. False if the statement has to
  /// wait. Many of them become one on the table.
  mutating func lockRow(_ session: Int, _ mode: LockMode, _ key: RowKey, in space: Int, of table: Int) -> Bool
  {
    guard lock(session, mode, .row(key), in: space) else { return false }
    if sessions[session]?.statement?.countRowLock(table) == true {
      escalate(session, mode == .shared ? .shared : .exclusive, of: table)
    }
    return true
  }

  /// Locks the table instead of its rows, if nobody has to be waited for.
  private mutating func escalate(_ session: Int, _ mode: LockMode, of number: Int) {
    let space = space(of: number)
    guard tables[number]?.escalatesLocks == true, !locks.wouldBlock(mode, on: .table, in: space, by: session)
    else { return }
    guard lock(session, mode, in: space) else {
      wake(locks.cancelWait(of: session))
      return
    }
    guard mode == .exclusive else { return }
    for space in table(number).spaces { locks.releaseRows(in: space, by: session) }
  }

  mutating func wake(_ sessions: [Int]) {
    for session in sessions where !woken.contains(session) { woken.append(session) }
  }

  // MARK: Deadlocks

  /// Whom a session waits for.
  package func blockers(of session: Int) -> [Int] {
    locks.blockers(of: session) + applicationLocks.locks.blockers(of: session)
  }

  /// Rolls back one session of every circle of sessions that wait for each other.
  mutating func breakDeadlocks() {
    while let cycle = deadlock() {
      guard let victim = cycle.min(by: { rank($0) < rank($1) }) else { return }
      deadlocks += 1
      let waitsForApplication = applicationLocks.locks.isWaiting(victim)
      cancelWait(victim)
      if waitsForApplication {
        // The caller of sp_getapplock learns it from the return code, and keeps the transaction.
        sessions[victim]?.applicationOutcome = .deadlockVictim
      } else {
        sessions[victim]?.isVictim = true
        rollbackAll(victim)
      }
      wake([victim])
    }
  }

  private func rank(_ session: Int) -> (Int, Int, Int) {
    (self.session(session).deadlockPriority, self.session(session).transaction?.work ?? 0, -session)
  }

  private func deadlock() -> [Int]? {
    var finished: Set<Int> = []
    for session in locks.waiting + applicationLocks.locks.waiting {
      var path: [Int] = []
      if let cycle = cycle(from: session, &path, &finished) { return cycle }
    }
    return nil
  }

  private func cycle(from session: Int, _ path: inout [Int], _ finished: inout Set<Int>) -> [Int]? {
    if let start = path.firstIndex(of: session) { return Array(path[start...]) }
    if finished.contains(session) { return nil }
    path.append(session)
    for blocker in blockers(of: session) {
      if let cycle = cycle(from: blocker, &path, &finished) { return cycle }
    }
    path.removeLast()
    finished.insert(session)
    return nil
  }
}
