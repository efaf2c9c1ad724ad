extension Storage {
  package func temporaryTables(of session: Int) -> [Int] { sessions[session]?.temporary ?? [] }

  /// The session is as it was after its login, but for its transaction.
  package mutating func resetSession(_ session: Int) {
    guard sessions[session] != nil else { return }
    set(session, isolation: .readCommitted, lockTimeout: .some(nil), deadlockPriority: 0)
    dropTemporaryTables(session)
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
