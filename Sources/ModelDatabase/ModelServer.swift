import Databases
import Rows
import Runtime

/// How far a statement got.
enum Attempt<Value: Sendable>: Sendable {
  case done(Value)
  /// It waits for a lock, has changed nothing, and is to be tried again once woken.
  case blocked
}

/// One transaction that was committed, for whoever watches the model.
package struct CommitRecord: Sendable {
  /// From 1, without gaps.
  package let number: Int
  /// Which connection did it, and for which client.
  package let session: Int
  package let client: Int
  /// The call that committed, as its errors name it.
  package let operation: StaticString
  /// Tables whose rows or structure it changed.
  package let tables: [TableName]
  /// Entries of the ledger that it wrote, with their jobs.
  package let entries: [(job: String, entry: LedgerEntry)]
}

/// The server behind all connections: sessions, locks, and what is committed.
///
/// Statements run one at a time and never wait inside: they are tried, and tried again once their lock
/// is granted. What has to happen outside (resuming who waited, telling the observer) is left in
/// `effects`.
struct ModelServer: Sendable {
  struct Effects: Sendable {
    var resumed: [CheckedContinuation<Void, Never>] = []
    var commits: [CommitRecord] = []
  }

  let options: ModelOptions
  let time: any TimeSource
  private let seed: Seed

  var store = ModelStore()
  var locks = LockManager()
  var sessions: [ModelSession] = []
  var effects = Effects()
  var isObserved = false
  private var connections = 0
  private var clients = 0
  private var parked: [(session: Int, continuation: CheckedContinuation<Void, Never>)] = []

  var refusesUntil: Duration?
  var isReadOnlyUntil: Duration?

  init(options: ModelOptions, time: any TimeSource, seed: Seed) {
    self.options = options
    self.time = time
    self.seed = seed
  }

  func index(of session: Int) -> Int? { sessions.lastIndex { $0.number == session } }

  mutating func newClient() -> Int {
    clients += 1
    return clients
  }

  // MARK: Sessions

  mutating func connect(client: Int, _ access: Access, _ site: CallSite) throws(DatabaseError) -> Int {
    expire()
    if refusesUntil != nil {
      throw site.error(.cannotConnect, "the server takes no connections")
    }
    connections += 1
    sessions.append(
      ModelSession(
        number: connections, client: client, access: access, latency: seed.derived(UInt64(connections))))
    return connections
  }

  mutating func close(_ session: Int) {
    guard let index = index(of: session), sessions[index].expires == nil else { return }
    remove(index)
  }

  /// Its transaction is rolled back, and nothing of it is left.
  mutating func remove(_ index: Int) {
    let session = sessions.remove(at: index).number
    wake(locks.release(session))
    // Who still waits in its name gets to know.
    resume(session)
  }

  /// The client is gone without a word.
  mutating func abandon(_ index: Int) {
    guard sessions[index].expires == nil else { return }
    sessions[index].expires = time.now + options.zombieLife
    // What was on its way may arrive, or not.
    let isCalling = sessions[index].isCalling || locks.isWaiting(sessions[index].number)
    sessions[index].lastCall = isCalling && sessions[index].latency.next() & 1 == 0
    wake(locks.cancelWait(of: sessions[index].number))
    resume(sessions[index].number)
    // Who waits for it has something new to wait for.
    for waiting in locks.waiting { resume(waiting) }
  }

  /// Everything that is not committed is lost.
  mutating func crash() {
    sessions = []
    locks = LockManager()
    effects.resumed += parked.map(\.continuation)
    parked = []
  }

  /// Ends what has had its time.
  mutating func expire() {
    guard refusesUntil != nil || isReadOnlyUntil != nil || sessions.contains(where: { $0.expires != nil })
    else { return }
    let now = time.now
    if let until = refusesUntil, until <= now { refusesUntil = nil }
    if let until = isReadOnlyUntil, until <= now { isReadOnlyUntil = nil }
    for index in sessions.indices.reversed() {
      if let expires = sessions[index].expires, expires <= now { remove(index) }
    }
  }

  // MARK: Statements

  /// Tries a statement of a session. An error leaves its transaction as the options say.
  mutating func attempt<Value>(
    _ session: Int, _ site: CallSite,
    _ statement: (inout ModelServer, Int) throws(DatabaseError) -> Attempt<Value>
  ) throws(DatabaseError) -> Attempt<Value> {
    expire()
    guard let index = index(of: session) else { throw site.lost }
    if sessions[index].expires != nil { return try attemptLast(index, site, statement) }
    sessions[index].isCalling = false
    try throwIfVictim(index, site)
    if locks.isWaiting(session) {
      lookForDeadlock(index)
      try throwIfVictim(index, site)
      return .blocked
    }
    let result: Attempt<Value>
    do throws(DatabaseError) {
      result = try statement(&self, index)
      if case .done = result { try endStatement(index, site) }
    } catch {
      fail(index, error)
      throw error
    }
    if case .blocked = result {
      if sessions[index].waitsSince == nil, options.deadlockDelay > .zero {
        sessions[index].waitsSince = time.now
      }
      lookForDeadlock(index)
      try throwIfVictim(index, site)
    } else {
      sessions[index].waitsSince = nil
    }
    return result
  }

  /// What was on its way when the client vanished. Nobody hears the answer.
  private mutating func attemptLast<Value>(
    _ index: Int, _ site: CallSite,
    _ statement: (inout ModelServer, Int) throws(DatabaseError) -> Attempt<Value>
  ) throws(DatabaseError) -> Attempt<Value> {
    guard sessions[index].lastCall else { throw site.lost }
    sessions[index].lastCall = false
    do throws(DatabaseError) {
      if case .blocked = try statement(&self, index) {
        wake(locks.cancelWait(of: sessions[index].number))
      } else {
        try endStatement(index, site)
      }
    } catch {
      fail(index, error)
    }
    throw site.lost
  }

  private mutating func endStatement(_ index: Int, _ site: CallSite) throws(DatabaseError) {
    releaseShort(index)
    if sessions[index].isImplicit == true { try commit(index, site) }
  }

  private mutating func releaseShort(_ index: Int) {
    guard sessions[index].hasShortLocks else { return }
    sessions[index].hasShortLocks = false
    wake(locks.releaseShort(sessions[index].number))
  }

  private mutating func fail(_ index: Int, _ error: DatabaseError) {
    releaseShort(index)
    sessions[index].waitsSince = nil
    sessions[index].cursor = nil
    sessions[index].writer = nil
    if sessions[index].isImplicit ?? true {
      rollback(index)
    } else if options.errorEffect == .abortsTransaction, error.errorClass != .fenced {
      sessions[index].transaction?.isAborted = true
    }
  }

  // MARK: Waiting

  /// Asks for a lock; false if the statement has to wait.
  mutating func lock(_ index: Int, _ mode: LockMode, _ extent: LockExtent, in space: Int) -> Bool {
    locks.request(mode, on: extent, in: space, by: sessions[index].number) == .granted
  }

  /// Sees that nobody has a lock that conflicts with this one; false if the statement has to wait until
  /// then.
  mutating func pass(_ index: Int, _ mode: LockMode, _ interval: KeyInterval, in space: Int) -> Bool {
    let session = sessions[index].number
    guard locks.wouldBlock(mode, on: .range(interval), in: space, by: session) else { return true }
    sessions[index].hasShortLocks = true
    return locks.request(mode, on: .range(interval), in: space, by: session, isShort: true) == .granted
  }

  /// Keeps who will be resumed when the session has its lock, or no longer waits for it.
  mutating func park(_ session: Int, _ continuation: CheckedContinuation<Void, Never>) {
    if locks.isWaiting(session), index(of: session).map({ sessions[$0].expires == nil }) ?? false {
      parked.append((session, continuation))
    } else {
      effects.resumed.append(continuation)
    }
  }

  private mutating func resume(_ session: Int) {
    guard let position = parked.firstIndex(where: { $0.session == session }) else { return }
    effects.resumed.append(parked.remove(at: position).continuation)
  }

  mutating func wake(_ granted: [Int]) {
    for session in granted { resume(session) }
  }

  /// Looks whether time has changed something for a session that waits.
  mutating func look(_ session: Int) {
    expire()
    guard let index = index(of: session), locks.isWaiting(session) else { return }
    lookForDeadlock(index)
    resume(session)
  }

  /// Whoever waits for the session's lock is to return: its task was cancelled, or another look is due.
  mutating func unpark(_ session: Int) { resume(session) }

  /// The statement that waits was cancelled.
  mutating func cancelWait(_ session: Int) {
    guard let index = index(of: session) else { return }
    sessions[index].isCalling = false
    sessions[index].waitsSince = nil
    guard locks.isWaiting(session) else { return }
    wake(locks.cancelWait(of: session))
    if sessions[index].isImplicit ?? true {
      rollback(index)
    } else if options.errorEffect == .abortsTransaction {
      sessions[index].transaction?.isAborted = true
    }
  }

  /// When somebody has to look again for a session that waits; nil if its lock will wake it.
  func deadline(of session: Int) -> Duration? {
    var deadline = sessions.compactMap(\.expires).min()
    if let index = index(of: session), let since = sessions[index].waitsSince {
      let look = since + options.deadlockDelay
      if deadline.map({ look < $0 }) ?? true { deadline = look }
    }
    return deadline
  }

  private mutating func lookForDeadlock(_ index: Int) {
    if let since = sessions[index].waitsSince {
      let now = time.now
      guard since + options.deadlockDelay <= now else { return }
      // The next look is as far away.
      sessions[index].waitsSince = now
    }
    while let cycle = locks.deadlock() {
      guard let victim = cycle.compactMap({ self.index(of: $0) }).min(by: isWeaker) else { return }
      let number = sessions[victim].number
      rollback(victim, keepingAborted: true)
      sessions[victim].isVictim = true
      resume(number)
    }
  }

  private func isWeaker(_ left: Int, _ right: Int) -> Bool {
    func rank(_ session: ModelSession) -> (Int, Int, Int) {
      (session.priority, session.transaction?.work ?? 0, -session.number)
    }
    return rank(sessions[left]) < rank(sessions[right])
  }

  private mutating func throwIfVictim(_ index: Int, _ site: CallSite) throws(DatabaseError) {
    guard sessions[index].isVictim else { return }
    sessions[index].isVictim = false
    throw site.error(.deadlock, "deadlock: the transaction was chosen as its victim and rolled back")
  }
}
