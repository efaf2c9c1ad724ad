import FaultInjection
import Runtime
import TDS

/// A session: what runs batches of T-SQL, on the thread of its connection.
///
/// Each statement that is not control of flow is an attempt, in which the session has the storage to itself. Between
/// attempts the storage is free, also while rows are sent and while the session waits for a lock.
package final class Session {
  let core: ServerCore
  var client: any SessionClient
  var context: StatementContext
  /// What is executed now, of the outermost batch first.
  var scopes: [ExecutionScope] = []
  /// The number of scopes when each TRY began that is open.
  var tries: [Int] = []
  /// What goes out before the error of a statement that has failed.
  var forerunners: [SQLError] = []
  /// An error is on its way to CATCH.
  var isUnwinding = false
  var options = SessionOptions()
  /// Texts of sp_prepare by their handles.
  var prepared: [Int32: PreparedStatement] = [:]
  var lastHandle: Int32 = 0
  /// What INSERT BULK has announced; the next message of the client has its rows.
  package var announced: InsertBulkStatement?
  /// The bulk load whose message is coming in.
  var load: BulkLoadInProgress?
  /// The fault that strikes it after so many rows.
  var announcedFault: (rows: Int, fault: ServerFault)?
  /// The variables of the text that was executed last: sp_executesql's outputs.
  var finished = Variables()
  /// The transaction that the client knows of.
  var knownTransaction: Int?
  /// What a session begins with, and begins anew with when it is reset.
  private let initial: (session: SessionState, options: SessionOptions, database: String)

  /// - Parameter login: What the session state has of the login: names, database, options.
  package init(
    _ core: ServerCore, _ client: any SessionClient, number: Int,
    login: (inout SessionState) -> Void = { _ in }
  ) {
    self.core = core
    self.client = client
    var session = SessionState(number: number, database: Storage.master)
    login(&session)
    context = StatementContext(
      storage: .vacant, session: session, catalog: core.catalog, seed: core.seed(for: number))
    let database = core.withStorage { $0.databases[session.database]?.name } ?? ""
    initial = (session, SessionOptions(), database)
  }

  package var number: Int { context.session.number }

  // MARK: Requests

  /// Runs a batch, and says whether the connection goes on.
  package func run(batch text: [UInt16]) -> Bool {
    request { () throws(SQLError) in _ = try run(text, ExecutionScope(kind: .batch)) }
  }

  /// Calls procedures, and says whether the connection goes on.
  package func run(_ calls: [ModuleCall]) -> Bool {
    request { () throws(SQLError) in
      for call in calls { try runCall(call) }
    }
  }

  /// What every request ends with: no transaction that is doomed outlives it.
  func request(_ body: () throws(SQLError) -> Void) -> Bool {
    scopes = []
    tries = []
    isUnwinding = false
    var ending: SQLError?
    do throws(SQLError) {
      try body()
    } catch {
      ending = error
    }
    scopes = []
    tries = []
    context.session.caught = nil
    if core.withStorage({ $0.transactionState(number) }) < 0 {
      core.withStorage { $0.rollbackAll(number) }
      noteTransaction(committed: false)
      client.send(SQLError.doomedAtEndOfBatch)
      client.send(Done(.statement, .error))
    }
    switch ending {
    case nil, .endsBatch, .endsScope: return true
    case .cancelled:
      cancel()
      return true
    default: return false
    }
  }

  /// Attention: with XACT_ABORT, the transaction ends too.
  private func cancel() {
    core.withStorage { storage in
      storage.failStatement(number, rollsBack: context.session.xactAbort)
    }
    noteTransaction(committed: false)
  }

  /// RESETCONNECTION: as after the login. Throws 4060 if the database of the login is gone.
  package func reset(keepsTransaction: Bool) throws(SQLError) {
    var state = initial.session
    state.number = number
    state.database = try core.withStorage { storage throws(SQLError) in
      if !keepsTransaction { storage.rollbackAll(number) }
      storage.resetSession(number)
      guard let database = storage.choose(initial.database, for: number) else {
        throw .cannotOpenDatabase(initial.database)
      }
      return database.id
    }
    if !keepsTransaction { knownTransaction = nil }
    context.session = state
    options = initial.options
    prepared = [:]
    announced = nil
  }

  // MARK: Attempts

  /// Runs a body as one statement: waits while it is blocked.
  func attempt<Value: Sendable>(
    _ body: (inout StatementContext) throws(SQLError) -> Value
  ) throws(SQLError) -> Value {
    beginClock()
    while true {
      let attempt = try noting { () throws(SQLError) in try core.attempt(&context, body) }
      sendWarnings()
      if case .done(let value) = attempt { return value }
      try waitForLock()
    }
  }

  /// Keeps what a statement that fails has said: it goes out with its error, or not at all.
  private func noting<Value>(_ body: () throws(SQLError) -> Value) throws(SQLError) -> Value {
    do throws(SQLError) {
      return try body()
    } catch {
      forerunners = context.evaluation.warnings
      throw error
    }
  }

  /// Runs a body as a piece of a statement that `Storage.beginStatement` has begun.
  func piece<Value: Sendable>(
    _ body: (inout StatementContext) throws(SQLError) -> Value
  ) throws(SQLError) -> Value {
    while true {
      let attempt = try noting { () throws(SQLError) in try core.piece(&context, body) }
      sendWarnings()
      if case .done(let value) = attempt { return value }
      try waitForLock()
    }
  }

  func beginClock() {
    context.evaluation.options = context.session.options
    context.evaluation.now = core.ticks
  }

  private func sendWarnings() {
    for warning in context.evaluation.warnings { client.send(warning.at(line: line)) }
    context.evaluation.warnings = []
  }

  private func waitForLock() throws(SQLError) {
    let deadline = core.withStorage { $0.deadline(of: number) }
    switch client.wait(until: deadline) {
    case .called: return
    case .cancelled: throw .cancelled
    case .gone: throw .abandoned
    }
  }

  /// The line of the statement that is executed.
  var line: Int32 { scopes.last?.line ?? 1 }
}

/// SET options that only the interpreter knows.
struct SessionOptions {
  /// SELECT answers with its columns only, and nothing else is executed.
  var describesOnly = false
  var implicitTransactions = false
}
