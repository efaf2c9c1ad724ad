/// What SET changes of a session, as the storage knows it.
struct StorageSettings {
  var isolation: IsolationLevel
  var lockTimeout: Duration?
  var deadlockPriority: Int
}

extension Storage {
  package func temporaryTables(of session: Int) -> [Int] { sessions[session]?.temporary ?? [] }

  /// The session is as it was after its login, but for its transaction.
  package mutating func resetSession(_ session: Int) {
    guard sessions[session] != nil else { return }
    set(session, isolation: .readCommitted, lockTimeout: .some(nil), deadlockPriority: 0)
    dropTemporaryTables(session)
  }

  /// Makes a database the session's current one; nil if there is none of this name.
  package mutating func choose(_ name: String, for session: Int) -> ServerDatabase? {
    guard let database = database(name) else { return nil }
    _ = sessions[session]?.databases.popLast()
    sessions[session]?.databases.append(database.id)
    return database
  }

  /// The session executes a text within a text: what that chooses ends with it.
  mutating func beginText(_ session: Int) -> StorageSettings? {
    guard let own = sessions[session] else { return nil }
    if let database = own.databases.last { sessions[session]?.databases.append(database) }
    return StorageSettings(
      isolation: own.isolation, lockTimeout: own.lockTimeout, deadlockPriority: own.deadlockPriority)
  }

  mutating func endText(_ session: Int, _ caller: StorageSettings) {
    set(
      session, isolation: caller.isolation, lockTimeout: .some(caller.lockTimeout),
      deadlockPriority: caller.deadlockPriority)
    _ = sessions[session]?.databases.popLast()
  }

  /// The databases that are not the server's own.
  package var userDatabases: [Int] {
    databases.compactMap { $0?.id }.filter { $0 > 4 }
  }
}

extension StatementContext {
  /// Runs a body as a piece of a statement that `Storage.beginStatement` has begun and `endStatement` or
  /// `failStatement` ends: see `attempt`. What fails is left to the caller.
  mutating func piece<Value: Sendable>(
    clock: Duration, _ body: (inout StatementContext) throws(SQLError) -> Value
  ) throws(SQLError) -> Attempt<Value> {
    let number = session.number
    guard storage.sessions.indices.contains(number), storage.sessions[number] != nil else {
      throw .sessionIsKilled
    }
    if storage.isWaiting(number) {
      guard try storage.resume(number, now: clock) else { return .blocked }
    } else {
      storage.beginAttempt(number)
    }
    while true {
      evaluation.warnings = []
      frames = []
      firing = []
      answers = [:]
      catalogRows = [:]
      let before = session
      do throws(SQLError) {
        return .done(try body(&self))
      } catch {
        session = before
        guard error.isBlocked else { throw error }
        guard try storage.blocked(number, now: clock) else { return .blocked }
      }
    }
  }
}
