import Runtime

/// The storage and who shares it: every session's attempts, one at a time.
package final class ServerCore: Sendable {
  fileprivate struct State {
    var storage = Storage()
    var faults = ServerFaults()
    /// How to call each session; also those that are killed, until their connection knows.
    var alarms: [Int: @Sendable () -> Void] = [:]
    var killed: Set<Int> = []
    /// Logins are refused until then.
    var refusesUntil: Duration?
    /// Databases that are read-only until then.
    var readOnlyUntil: Duration?
  }

  private let state = Guarded(State())
  private let time: any TimeSource
  private let seed: UInt64
  package let catalog: any ServerCatalog

  /// - Parameter seed: What NEWID and RAND begin with.
  package init(time: any TimeSource, seed: UInt64, catalog: any ServerCatalog = SystemCatalog()) {
    self.time = time
    self.seed = seed
    self.catalog = catalog
  }

  /// For deadlines.
  package var now: Duration { time.now }

  /// 1970-01-01 in days since 0001-01-01.
  private static let unixEpoch: Int64 = 719_162

  /// UTC in 100 ns ticks since 0001-01-01.
  var ticks: Int64 {
    let clock = time.wallClock
    return (ServerCore.unixEpoch * 86_400 + clock.seconds) * 10_000_000
      + Int64(clock.nanoseconds) / 100
  }

  func seed(for session: Int) -> UInt64 { seed &+ UInt64(session) &* 0x9E37_79B9_7F4A_7C15 }

  // MARK: Sessions

  /// A new session's number.
  ///
  /// - Parameter call: Tells its connection, from any thread, that there may be something to do.
  package func connect(_ call: @escaping @Sendable () -> Void) -> Int {
    state.withLock { state in
      // The number of a session that is killed is not given out before its connection is gone.
      var spare: [Int] = []
      var number = state.storage.connect()
      while state.alarms[number] != nil {
        spare.append(number)
        number = state.storage.connect()
      }
      for number in spare { state.storage.disconnect(number) }
      state.alarms[number] = call
      return number
    }
  }

  package func disconnect(_ session: Int) {
    let calls = state.withLock { state in
      // Of a session that is killed, somebody else may have the number in the storage only once this is over.
      if state.killed.remove(session) == nil { state.storage.disconnect(session) }
      state.alarms[session] = nil
      return state.takeCalls()
    }
    for call in calls { call() }
  }

  /// Ends a session; false if there is none.
  func kill(_ session: Int) -> Bool {
    let calls = state.withLock { state -> [@Sendable () -> Void]? in
      guard let own = state.alarms[session], state.storage.sessions.indices.contains(session),
        state.storage.sessions[session] != nil
      else { return nil }
      state.storage.disconnect(session)
      state.killed.insert(session)
      return state.takeCalls() + [own]
    }
    for call in calls ?? [] { call() }
    return calls != nil
  }

  func isKilled(_ session: Int) -> Bool { state.withLock { $0.killed.contains(session) } }

  // MARK: The storage

  /// Looks at the storage or changes it, for a few instructions.
  package func withStorage<Value: Sendable, Failure: Error>(
    _ body: (inout Storage) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let (result, calls) = state.withLock { state -> (Result<Value, Failure>, [@Sendable () -> Void]) in
      let result = Result { () throws(Failure) in try body(&state.storage) }
      return (result, state.takeCalls())
    }
    for call in calls { call() }
    return try result.get()
  }

  /// An attempt of a statement: see `StatementContext.attempt`.
  func attempt<Value: Sendable>(
    _ context: inout StatementContext, _ body: (inout StatementContext) throws(SQLError) -> Value
  ) throws(SQLError) -> Attempt<Value> {
    let now = self.now
    return try lend(to: &context) { context throws(SQLError) in try context.attempt(clock: now, body) }
  }

  /// An attempt of a piece of a statement that has begun.
  func piece<Value: Sendable>(
    _ context: inout StatementContext, _ body: (inout StatementContext) throws(SQLError) -> Value
  ) throws(SQLError) -> Attempt<Value> {
    let now = self.now
    return try lend(to: &context) { context throws(SQLError) in try context.piece(clock: now, body) }
  }

  private func lend<Value: Sendable>(
    to context: inout StatementContext,
    _ body: (inout StatementContext) throws(SQLError) -> Attempt<Value>
  ) throws(SQLError) -> Attempt<Value> {
    var lent = context
    let now = self.now
    let (result, calls) = state.withLock { state in
      state.endReadOnly(now)
      swap(&state.storage, &lent.storage)
      let result = Result { () throws(SQLError) in try body(&lent) }
      swap(&state.storage, &lent.storage)
      return (result, state.takeCalls())
    }
    context = lent
    for call in calls { call() }
    return try result.get()
  }

  /// Circles of sessions that waited for each other since the start. Armed errors 1205 are not among them.
  package var deadlocks: Int { state.withLock { $0.storage.deadlocks } }

  // MARK: Faults

  func arm(_ fault: ServerFault) { state.withLock { $0.faults.arm(fault) } }
  func disarmFaults() { state.withLock { $0.faults.disarm() } }
  var hasFaults: Bool { state.withLock { !$0.faults.isEmpty } }

  func strike(_ text: String, where matches: (ServerFault.Moment) -> Bool) -> ServerFault? {
    state.withLock { $0.faults.strike(text, where: matches) }
  }

  /// Ends all sessions, loses what is not committed, refuses logins for a while, and is then read-only for another.
  package func failOver(refusing: Duration, readOnly: Duration) {
    let now = self.now
    let calls = state.withLock { state in
      let sessions = state.storage.sessions.indices.filter { state.storage.sessions[$0] != nil }
      state.storage.crash()
      state.killed.formUnion(sessions)
      if refusing > .zero { state.refusesUntil = now + refusing }
      if readOnly > .zero {
        state.readOnlyUntil = now + refusing + readOnly
        for id in state.storage.userDatabases { state.storage.alterDatabase(id) { $0.isReadOnly = true } }
      }
      return Array(state.alarms.values)
    }
    for call in calls { call() }
  }

  /// Whether logins are refused now.
  var refusesLogins: Bool {
    let now = self.now
    return state.withLock { state in
      guard let until = state.refusesUntil else { return false }
      if now >= until { state.refusesUntil = nil }
      return now < until
    }
  }
}

extension ServerCore.State {
  /// Those that the storage has woken.
  fileprivate mutating func takeCalls() -> [@Sendable () -> Void] {
    storage.takeWoken().compactMap { alarms[$0] }
  }

  fileprivate mutating func endReadOnly(_ now: Duration) {
    guard let until = readOnlyUntil, now >= until else { return }
    readOnlyUntil = nil
    for id in storage.userDatabases { storage.alterDatabase(id) { $0.isReadOnly = false } }
  }
}
