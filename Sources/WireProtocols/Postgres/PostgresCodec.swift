import FaultInjection

/// PostgreSQL's protocol 3.0 between one client and one server.
///
/// Errors are made by the server itself where they can be: it is sent a statement that fails in the place of the
/// client's, and its error is replaced by the injected one. So whatever state an error leaves behind (an aborted
/// transaction, a savepoint to go back to, messages skipped until Sync) is the server's own.
package struct PostgresCodec: WireCodec {
  /// So much of a message is enough to judge it by; the rest streams by.
  static let judgedBytes = 64 << 10
  static let startupBytes = 8...10_000

  enum Phase { case startup, cancelRequest, messages }

  /// What the last `ask` was about.
  enum Subject { case startup, query, execute, batch, copyEnd }

  /// What becomes of the server's messages up to a ReadyForQuery.
  enum Treatment {
    /// Its error is replaced.
    case answer([UInt8])
    /// The same, and ReadyForQuery comes with the next answer.
    case answerHoldingReady([UInt8])
    /// All but ReadyForQuery goes nowhere.
    case onlyReady
    /// The same, and the transaction, if there is one, is made to fail first.
    case drain
    /// Nothing reaches the client, and then the connection breaks, with these as the last words.
    case lose([UInt8])
  }

  /// A COPY's data on its way.
  struct RunningCopy {
    var progress: CopyProgress
    var table: String?
    /// The error that ends it, once the current message is over.
    var failure: [UInt8]?
    /// Set if the connection breaks when this batch is over: the last words.
    var lastWords: [UInt8]?
  }

  /// A part of a message that is still to come.
  struct Rest {
    var count = 0
    var isDropped = false
  }

  struct Portal {
    var sql: String
    var parameters: [String?]
    var hasRun = false
  }

  var reader: StatementReader
  var phase = Phase.startup
  var isConnected = false
  var subject = Subject.startup
  /// What the last moment of a statement was.
  var current: Moment?

  /// How many ReadyForQuery the client has a right to, the startup's included, and how many came.
  var asked = 1
  var answered = 0
  var treatments: [Int: Treatment] = [:]
  /// The transaction's state in the last ReadyForQuery.
  var status = UInt8.letter("I")

  var copyIn: RunningCopy?
  var copyOut: RunningCopy?
  /// What the client still sends for a COPY that failed.
  var discardsCopy = false

  var statements: [String: String] = [:]
  var portals: [String: Portal] = [:]

  /// The message at the front had its moment, if it has one.
  var isDecided = false
  var isReadEndDecided = false
  /// It does not reach the server.
  var isDropped = false
  /// It reaches the server up to here.
  var cutAfter: Int?
  var rollsBackAfterSync = false

  var clientRest = Rest()
  var serverRest = Rest()
  var toServer: [UInt8] = []
  var toClient: [UInt8] = []
  var ending: (direction: Direction, how: Ending)?

  package init(side: Side) { reader = StatementReader(side: side) }

  package mutating func step(
    _ direction: Direction, _ bytes: UnsafeRawBufferPointer
  ) throws(MalformedMessage) -> WireStep {
    switch direction {
    case .toServer: try stepToServer(bytes)
    case .toClient: try stepToClient(bytes)
    }
  }

  package mutating func refuse(_ reason: String) {
    hangUp(saying: PostgresError.response(severity: "FATAL", code: "08006", message: "proofload proxy: \(reason)"))
  }

  mutating func hangUp(saying words: [UInt8]) {
    toClient += words
    ending = (.toClient, words.isEmpty ? .reset : .orderly)
  }

  // MARK: Verdicts

  package mutating func resolve(_ direction: Direction, _ verdict: Verdict) {
    if subject == .batch { beginBatch(direction) }
    switch verdict {
    case .pass, .delay, .stall, .throttle: break
    case .cut(.before): ending = (direction, .reset)
    case .cut(.after): lose(direction, saying: [])
    case .cutWithin(let bytes): cut(direction, after: bytes)
    case .fail(let error, .before): fail(direction, PostgresError(error))
    case .fail(let error, .after):
      let error = PostgresError(error)
      // A server that lives and says ERROR has rolled back: only a dying one fails after the effect.
      lose(direction, saying: error.isFatal ? error.response(isFatal: true) : [])
    }
  }

  private mutating func beginBatch(_ direction: Direction) {
    switch direction {
    case .toServer: copyIn?.progress.beginBatch()
    case .toClient: copyOut?.progress.beginBatch()
    }
  }

  private mutating func cut(_ direction: Direction, after bytes: Int) {
    switch (subject, direction) {
    case (.batch, .toServer): copyIn?.progress.limit = bytes
    case (.batch, .toClient): copyOut?.progress.limit = bytes
    case (_, .toServer): cutAfter = bytes
    case (_, .toClient): ending = (.toClient, .orderly)
    }
  }

  /// The message arrives and has its effect; nobody hears of it.
  private mutating func lose(_ direction: Direction, saying words: [UInt8]) {
    switch (subject, direction) {
    case (.startup, _): treatments[0] = .lose(words)
    case (.query, _), (.execute, _): treatments[asked] = .lose(words)
    case (.batch, .toServer): copyIn?.lastWords = words
    case (.batch, .toClient): copyOut?.lastWords = words
    case (.copyEnd, .toServer): treatments[answered] = .lose(words)
    case (.copyEnd, .toClient): hangUp(saying: words)
    }
  }

  private mutating func fail(_ direction: Direction, _ error: PostgresError) {
    if subject == .startup || error.isFatal { return hangUp(saying: error.response(isFatal: true)) }
    let response = error.response(isFatal: false)
    // COMMIT that fails leaves no transaction; any other statement leaves one that can only be rolled back.
    let endsTransaction = current?.operation == .commit && status != .letter("I")
    switch (subject, direction) {
    case (.startup, _): break
    case (.query, _):
      isDropped = true
      toServer += PostgresCodec.failingQuery
      treatments[asked] = endsTransaction ? .answerHoldingReady(response) : .answer(response)
      asked += 1
      if endsTransaction { rollBack() }
    case (.execute, _):
      isDropped = true
      // Under a name of its own: the client may want its unnamed statement again.
      toServer += PostgresMessage.parse("proofload_fault", PostgresCodec.failingStatement)
      treatments[asked] = endsTransaction ? .answerHoldingReady(response) : .answer(response)
      rollsBackAfterSync = endsTransaction
    case (.batch, .toServer): copyIn?.failure = response
    case (.copyEnd, .toServer):
      isDropped = true
      failCopy(response)
    case (.batch, .toClient), (.copyEnd, .toClient):
      // A row that has begun to arrive arrives.
      serverRest.count = copyOut?.progress.messageLeft ?? 0
      serverRest.isDropped = false
      toClient += response
      treatments[answered] = .drain
      copyOut = nil
    }
  }

  mutating func failCopy(_ response: [UInt8]) {
    toServer += PostgresMessage.copyFail("proofload proxy injects a fault")
    treatments[answered] = .answer(response)
    copyIn = nil
    discardsCopy = true
  }

  mutating func rollBack() {
    toServer += PostgresMessage.query("ROLLBACK")
    treatments[asked] = .onlyReady
    asked += 1
  }

  /// A syntax error, which depends on nothing that a session or a schema could change.
  static let failingStatement = "proofload proxy injects a fault here"
  static let failingQuery = PostgresMessage.query(failingStatement)
}
