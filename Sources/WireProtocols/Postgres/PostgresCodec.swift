import Databases
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
  enum Subject { case startup, query, execute, batch, copyDone }

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
    /// In place of what a read would deliver.
    case read(Blow)
  }

  enum Blow {
    /// The connection breaks, with these as the last words.
    case hangUp([UInt8])
    /// A read is answered with an error.
    case fail([UInt8])
  }

  /// A COPY's data on its way.
  struct RunningCopy {
    var progress: CopyProgress
    var table: String?
    /// The error that ends it, once the current message is over.
    var failure: [UInt8]?
    /// What happens in place of what would follow this batch.
    var blow: Blow?
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

  /// What a cancel request has to name, in the server's own bytes.
  var backendKey: [UInt8] = []
  /// The server is to stop what it is sending.
  var interrupts = false

  var copyIn: RunningCopy?
  var copyOut: RunningCopy?
  /// What the client still sends for a COPY that failed.
  var discardsCopy = false

  var statements: [String: String] = [:]
  var portals: [String: Portal] = [:]

  /// The moments of the message at the front are known.
  var isDecided = false
  /// Those that nobody was asked about yet.
  var pending: [Moment] = []
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
    hangUp(
      saying: PostgresError.response(severity: "FATAL", code: "08006", message: "proofload proxy: \(reason)"))
  }

  mutating func hangUp(saying words: [UInt8]) {
    toClient += words
    ending = (.toClient, words.isEmpty ? .reset : .orderly)
  }

  // MARK: Verdicts

  package mutating func resolve(_ direction: Direction, _ verdict: Verdict) {
    if subject == .batch { beginBatch(direction) }
    let later = pending
    pending = []
    switch verdict {
    // A plan that duplicates is for connections, and refused before it comes here.
    case .pass, .delay, .stall, .throttle, .duplicate: pending = later
    // What a read delivered before arrives.
    case .cut(.before): ending = (direction, direction == .toClient ? .orderly : .reset)
    case .cut(.after): strikeAfter(direction, .hangUp([]))
    case .cutWithin(let bytes): cut(direction, after: bytes)
    case .fail(let error, .before): fail(direction, injected(error))
    case .fail(let error, .after):
      let error = injected(error)
      // Rows arrive, and then the error. Anything else has happened, and only a server that dies says otherwise.
      let isRead = current?.operation == .read && !error.isFatal
      let blow = isRead ? Blow.fail(error.response(isFatal: false)) : .hangUp(error.response(isFatal: true))
      strikeAfter(direction, blow)
    }
  }

  private func injected(_ error: InjectedError) -> PostgresError {
    PostgresError(error, at: current?.operation ?? .statement)
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
    case _ where current?.operation == .begin: ending = (.toServer, .orderly)
    case _: cutAfter = bytes
    }
  }

  /// The message arrives and has its effect.
  private mutating func strikeAfter(_ direction: Direction, _ blow: Blow) {
    let lost: Treatment
    switch blow {
    case .hangUp(let words): lost = .lose(words)
    case .fail: lost = .read(blow)
    }
    switch (subject, direction) {
    case (.startup, _): treatments[0] = lost
    // BEGIN has happened long ago.
    case (.query, _) where current?.operation == .begin, (.execute, _) where current?.operation == .begin:
      if case .hangUp(let words) = blow { hangUp(saying: words) }
    case (.query, _), (.execute, _): treatments[asked] = current?.operation == .read ? .read(blow) : lost
    case (.batch, .toServer): copyIn?.blow = blow
    case (.batch, .toClient): copyOut?.blow = blow
    case (.copyDone, _): treatments[answered] = lost
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
    case (.copyDone, _):
      isDropped = true
      failCopy(response)
    case (.batch, .toClient): failRead(response)
    }
  }

  mutating func failRead(_ response: [UInt8]) {
    // A row that has begun to arrive arrives.
    serverRest = Rest(count: copyOut?.progress.messageLeft ?? 0)
    toClient += response
    treatments[answered] = .drain
    copyOut = nil
    interrupts = !backendKey.isEmpty
  }

  /// A CancelRequest.
  var cancelRequest: [UInt8] {
    PostgresMessage.bigEndian(UInt32(backendKey.count + 8)) + PostgresMessage.bigEndian(80_877_102)
      + backendKey
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
