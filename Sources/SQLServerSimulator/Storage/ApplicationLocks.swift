import ModelDatabase

/// Whose lock it is that sp_getapplock takes, and what ends it.
package enum ApplicationLockOwner: Sendable { case transaction, session }

/// What sp_getapplock returns.
package enum ApplicationLockAnswer: Int, Sendable {
  case granted = 0
  case grantedAfterWait = 1
  case timedOut = -1
  case cancelled = -2
  case deadlockVictim = -3
  case invalid = -999
}

struct ApplicationLockHold: Sendable {
  let space: Int
  let owner: ApplicationLockOwner
  /// One for each time that it was taken and not released.
  var modes: [LockMode]
}

/// Named locks of applications, with a lock manager of their own: some outlive transactions.
struct ApplicationLocks: Sendable {
  struct Resource: Hashable, Sendable {
    let database: Int
    let name: String
  }

  var locks = LockManager()
  private(set) var spaces: [Resource: Int] = [:]
  private(set) var names: [Resource] = []

  mutating func space(_ resource: Resource) -> Int {
    if let known = spaces[resource] { return known }
    names.append(resource)
    spaces[resource] = names.count - 1
    return names.count - 1
  }
}

extension Storage {
  /// sp_getapplock. `timeout` nil is the session's LOCK_TIMEOUT, `.some(nil)` waits for ever. A lock of the
  /// same session never stands in its way.
  package mutating func getApplicationLock(
    _ session: Int, _ name: String, database: Int, _ mode: LockMode, owner: ApplicationLockOwner,
    timeout: Duration?? = .none
  ) -> Attempt<ApplicationLockAnswer> {
    let modes: [LockMode] = [.intentShared, .shared, .update, .intentExclusive, .exclusive]
    guard modes.contains(mode), owner == .session || transactionCount(session) > 0 else {
      return .done(.invalid)
    }
    if let outcome = self.session(session).applicationOutcome {
      sessions[session]?.applicationOutcome = nil
      return .done(outcome)
    }
    let space = applicationLocks.space(.init(database: database, name: String(name.prefix(255))))
    guard applicationLocks.locks.request(mode, on: .table, in: space, by: session) == .granted else {
      sessions[session]?.hasWaitedForApplicationLock = true
      sessions[session]?.applicationTimeout = timeout
      return .blocked
    }
    let holds = self.session(session).applicationLocks
    if let known = holds.firstIndex(where: { $0.space == space && $0.owner == owner }) {
      sessions[session]?.applicationLocks[known].modes.append(mode)
    } else {
      sessions[session]?.applicationLocks.append(.init(space: space, owner: owner, modes: [mode]))
    }
    return .done(self.session(session).hasWaitedForApplicationLock ? .grantedAfterWait : .granted)
  }

  /// sp_releaseapplock: as often as it was taken. False if the session does not have it.
  package mutating func releaseApplicationLock(
    _ session: Int, _ name: String, database: Int, owner: ApplicationLockOwner
  ) -> Bool {
    let resource = ApplicationLocks.Resource(database: database, name: String(name.prefix(255)))
    guard let space = applicationLocks.spaces[resource],
      let hold = self.session(session).applicationLocks.firstIndex(where: {
        $0.space == space && $0.owner == owner
      })
    else { return false }
    sessions[session]?.applicationLocks[hold].modes.removeLast()
    if sessions[session]?.applicationLocks[hold].modes.isEmpty == true {
      sessions[session]?.applicationLocks.remove(at: hold)
      lowerApplicationLock(session, space)
    }
    return true
  }

  /// APPLOCK_MODE: nil is NoLock.
  package func applicationLockMode(
    _ session: Int, _ name: String, database: Int, owner: ApplicationLockOwner
  ) -> LockMode? {
    let resource = ApplicationLocks.Resource(database: database, name: String(name.prefix(255)))
    let hold = sessions[session]?.applicationLocks.first {
      $0.space == applicationLocks.spaces[resource] && $0.owner == owner
    }
    return hold.flatMap { ApplicationLockHold.combined([$0]) }
  }

  /// APPLOCK_TEST: whether it would be granted at once.
  package func canGetApplicationLock(_ session: Int, _ name: String, database: Int, _ mode: LockMode) -> Bool
  {
    let resource = ApplicationLocks.Resource(database: database, name: String(name.prefix(255)))
    guard let space = applicationLocks.spaces[resource] else { return true }
    return !applicationLocks.locks.wouldBlock(mode, on: .table, in: space, by: session)
  }

  mutating func releaseApplicationLocks(_ session: Int, where ends: (ApplicationLockOwner) -> Bool) {
    let ended = self.session(session).applicationLocks.filter { ends($0.owner) }
    guard !ended.isEmpty else { return }
    sessions[session]?.applicationLocks.removeAll { ends($0.owner) }
    for hold in ended { lowerApplicationLock(session, hold.space) }
  }

  private mutating func lowerApplicationLock(_ session: Int, _ space: Int) {
    let left = self.session(session).applicationLocks.filter { $0.space == space }
    wake(applicationLocks.locks.lower(space, by: session, to: ApplicationLockHold.combined(left)))
  }
}

extension ApplicationLockHold {
  static func combined(_ holds: [ApplicationLockHold]) -> LockMode? {
    holds.flatMap(\.modes).reduce(nil as LockMode?) { $0?.combined(with: $1) ?? $1 }
  }
}
