import ModelDatabase

/// Statements as attempts.
extension Storage {
  /// Every statement begins with this. Outside a transaction it gets one of its own.
  package mutating func beginStatement(_ session: Int) {
    guard sessions[session] != nil, self.session(session).statement == nil else { return }
    openTransaction(session)
    let undo = sessions[session]?.transaction?.undo.count ?? 0
    sessions[session]?.statement = StatementState(undo: undo)
    sessions[session]?.hasWaitedForApplicationLock = false
  }

  /// An attempt begins, or the next piece of a statement that has several: what is blocked from here on is
  /// undone as far as here.
  package mutating func beginAttempt(_ session: Int) {
    guard sessions[session]?.statement != nil else { return }
    let undo = sessions[session]?.transaction?.undo.count ?? 0
    sessions[session]?.statement?.attempt = undo
    sessions[session]?.statement?.counters = []
    sessions[session]?.statement?.rowLocks = []
    sessions[session]?.statement?.noWait = false
  }

  /// The attempt met a lock that it cannot have. Its changes are taken back, its locks stay.
  ///
  /// True: try again at once. Throws 1205 if the session is the victim of the deadlock that this made, 1222
  /// if it does not wait.
  package mutating func blocked(_ session: Int, now: Duration) throws(SQLError) -> Bool {
    undo(session, to: sessions[session]?.statement?.attempt ?? 0)
    for counter in sessions[session]?.statement?.counters ?? [] {
      tables[counter.table]?.identity = counter.identity
      tables[counter.table]?.nextNumber = counter.number
    }
    sessions[session]?.statement?.counters = []
    let isApplication = applicationLocks.locks.isWaiting(session)
    var timeout = self.session(session).lockTimeout
    if isApplication, let own = self.session(session).applicationTimeout { timeout = own }
    if self.session(session).statement?.noWait == true { timeout = .zero }
    sessions[session]?.applicationTimeout = nil
    sessions[session]?.wait = LockWait(
      since: now, deadline: timeout.map { now + $0 }, isApplication: isApplication)
    breakDeadlocks()
    return try resume(session, now: now)
  }

  /// Whether a session that was blocked is to try its statement again; false: it still waits. Throws 1205
  /// for a deadlock's victim, whose transaction is rolled back already, and 1222 at the deadline.
  package mutating func resume(_ session: Int, now: Duration) throws(SQLError) -> Bool {
    guard sessions[session] != nil else { throw .sessionIsKilled }
    if self.session(session).isVictim {
      sessions[session]?.isVictim = false
      sessions[session]?.wait = nil
      throw .deadlockVictim(session: session)
    }
    guard let wait = self.session(session).wait else { return true }
    if locks.isWaiting(session) || applicationLocks.locks.isWaiting(session) {
      guard let deadline = wait.deadline, deadline <= now else { return false }
      cancelWait(session)
      guard wait.isApplication else { throw .lockTimeout }
      sessions[session]?.applicationOutcome = .timedOut
    }
    sessions[session]?.wait = nil
    beginAttempt(session)
    return true
  }

  /// The statement no longer waits: its client has cancelled it.
  package mutating func cancelWait(_ session: Int) {
    wake(locks.cancelWait(of: session))
    wake(applicationLocks.locks.cancelWait(of: session))
    sessions[session]?.wait = nil
  }

  package func isWaiting(_ session: Int) -> Bool { sessions[session]?.wait != nil }

  /// When somebody has to look again for a session that waits; nil if its lock will wake it.
  package func deadline(of session: Int) -> Duration? { sessions[session]?.wait?.deadline }

  /// The statement has had its effect. Its own transaction commits.
  package mutating func endStatement(_ session: Int) {
    guard sessions[session]?.statement != nil else { return }
    sessions[session]?.statement = nil
    if sessions[session]?.transaction?.depth == 0 {
      finish(session)
    } else {
      wake(locks.releaseShort(session))
    }
  }

  /// An error ends the statement: its changes are taken back, and with `rollsBack` all of the transaction.
  package mutating func failStatement(_ session: Int, rollsBack: Bool = false) {
    guard sessions[session] != nil else { return }
    cancelWait(session)
    if let statement = self.session(session).statement {
      undo(session, to: statement.undo)
      sessions[session]?.statement = nil
      wake(locks.releaseShort(session))
    }
    if rollsBack || self.session(session).transaction?.depth == 0 { rollbackAll(session) }
  }

  /// Tries a statement, or tries it again: all of the above for statements that have one piece.
  package mutating func statement<Value>(
    _ session: Int, now: Duration = .zero,
    _ body: (inout Storage) throws(SQLError) -> Attempt<Value>
  ) throws(SQLError) -> Attempt<Value> {
    do throws(SQLError) {
      guard sessions[session] != nil else { throw .sessionIsKilled }
      if isWaiting(session) || self.session(session).isVictim {
        guard try resume(session, now: now) else { return .blocked }
      } else {
        beginStatement(session)
        beginAttempt(session)
      }
      while true {
        if case .done(let value) = try body(&self) {
          endStatement(session)
          return .done(value)
        }
        guard try blocked(session, now: now) else { return .blocked }
      }
    } catch {
      failStatement(session, rollsBack: error.effect >= .transaction)
      throw error
    }
  }
}
