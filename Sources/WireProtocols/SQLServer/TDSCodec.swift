import Databases
import FaultInjection
import TDS

/// TDS 7.1 to 7.4 between one client and one server, in plain text.
///
/// Packets are judged whole, so that a reply can be ended behind any of its rows. What an error undoes the server undoes
/// itself: in the place of the client's request it gets a batch that rolls back, whose reply is swallowed but for what
/// it says of the transaction.
package struct TDSCodec: WireCodec {
  /// So much of a request is enough to judge it by; the rest streams by.
  static let judgedBytes = 64 << 10

  enum Phase { case prelogin, login, requests }

  /// What the last `ask` was about.
  enum Subject { case connect, request, rows, load, endOfLoad }

  enum Blow {
    /// The connection breaks, with this as the last words.
    case hangUp(TDSError?)
    /// A read is answered with an error.
    case fail(TDSError)
  }

  /// What becomes of a reply.
  enum Treatment {
    case pass
    /// Nothing of it reaches the client, and then the connection breaks, with this as the last words.
    case lose(TDSError?)
    /// In place of what a read would deliver.
    case read(Blow)
  }

  /// Why the client cannot log in.
  enum Refusal {
    case injected(InjectedError)
    case reason(String)
  }

  /// A request whose reply is to come.
  struct Exchange {
    enum Kind { case prelogin, login, request }

    var kind = Kind.request
    var treatment = Treatment.pass
    /// What it asks for, in order.
    var results: [TransactReader.Result] = []
    /// The statement that the reply has a handle for.
    var prepares: String?
    /// It calls procedures.
    var isCall = false
    /// It announces a bulk load.
    var load: AnnouncedLoad?
  }

  struct AnnouncedLoad {
    var table: String?
    var progress = RowProgress()
  }

  /// A client's message that is decided and has not ended.
  struct Sending {
    var type: PacketType
    /// It does not reach the server.
    var isDropped = false
    /// It reaches the server up to here.
    var cutAfter: Int?
  }

  var reader: StatementReader
  var transact = TransactReader()
  var phase = Phase.prelogin
  var isConnected = false
  /// The server was asked for and has not answered yet.
  var isConnecting = false
  /// The client is told so when it logs in.
  var refusal: Refusal?
  var loginTreatment = Treatment.pass

  // What was agreed on, and what the server said last.
  var version = TDSVersion.v74
  var packetSize = PacketHeader.defaultPacketSize
  /// The open transaction's descriptor; 0 outside.
  var transaction: UInt64 = 0
  var place = TDSError.Place()
  /// Texts of prepared statements, by handle.
  var handles: [Int32: String] = [:]

  var subject = Subject.connect
  /// What the last moment was.
  var current: Moment?
  /// The moments of the message at the front are known.
  var isDecided = false
  /// Those that nobody was asked about yet.
  var pending: [Moment] = []
  /// What will become of the message at the front.
  var next = Sending(type: .batch)
  var nextExchange = Exchange()
  /// What the message at the front asks for beside its request.
  var nextStatus: PacketStatus = []

  /// The client wants no more of its reply, and the server has not said that it has heard: what it says passes.
  var isCancelled = false
  var sending: Sending?
  var exchange: Exchange?
  var announced: AnnouncedLoad?
  var load: RunningLoad?
  /// Where the rows of the last write went, as long as nothing else was asked for.
  var lastWrite: AnnouncedLoad?
  var reply: RunningReply?
  var aftermath: Aftermath?

  /// What is to be done first, in either direction.
  var forServer: [WireStep] = []
  var forClient: [WireStep] = []
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
    // Clients understand an error where they log in, not before.
    if isConnecting { refusal = .reason(reason) } else { hangUp(saying: TDSError(reason: reason)) }
  }

  mutating func hangUp(saying error: TDSError?) {
    forServer = []
    forClient = []
    // In the midst of a token, words would be taken for its rest.
    let isInterrupted = reply?.isWithinToken ?? false
    if let error, !isInterrupted { forClient = [.insert(packets(error.tokens(version)))] }
    ending = (.toClient, forClient.isEmpty ? .reset : .orderly)
  }

  /// A message of the server's.
  func packets(_ tokens: [UInt8]) -> [UInt8] {
    PacketWriter.packets(.reply, tokens, packetSize: packetSize, spid: place.session)
  }

  // MARK: Verdicts

  mutating func ask(_ subject: Subject, _ moment: Moment) -> WireStep {
    self.subject = subject
    current = moment
    return .ask(moment)
  }

  package mutating func resolve(_ direction: Direction, _ verdict: Verdict) {
    if subject == .load { load?.progress.beginBatch() }
    if subject == .rows { reply?.progress?.beginBatch() }
    let later = pending
    pending = []
    switch verdict {
    // A plan that duplicates is for connections, and refused before it comes here.
    case .pass, .delay, .stall, .throttle, .duplicate: pending = later
    // What a read delivered before arrives.
    case .cut(.before) where subject == .rows: reply?.isCut = true
    case .cut(.before): ending = (.toServer, .reset)
    case .cut(.after): strikeAfter(.hangUp(nil))
    case .cutWithin(let bytes): cut(after: bytes)
    case .fail(let error, .before) where subject == .connect: refusal = .injected(error)
    case .fail(let error, .before): fail(injected(error))
    case .fail(let error, .after):
      let error = injected(error)
      // Rows arrive, and then the error. Anything else has happened, and only a server that dies says otherwise.
      strikeAfter(current?.operation == .read && !error.isFatal ? .fail(error) : .hangUp(error))
    }
  }

  private func injected(_ error: InjectedError) -> TDSError {
    var place = place
    place.table = current?.table
    return TDSError(error, at: current?.operation ?? .statement, place)
  }

  private mutating func cut(after bytes: Int) {
    switch subject {
    case .load: load?.progress.limit = bytes
    case .rows: reply?.progress?.limit = bytes
    case .endOfLoad: ending = (.toServer, .orderly)
    case .request where current?.operation == .begin: ending = (.toServer, .orderly)
    case .connect, .request: next.cutAfter = bytes
    }
  }

  /// The message arrives and has its effect.
  private mutating func strikeAfter(_ blow: Blow) {
    let lost: Treatment
    switch blow {
    case .hangUp(let error): lost = .lose(error)
    case .fail: lost = .read(blow)
    }
    switch subject {
    case .connect: loginTreatment = lost
    // BEGIN has happened long ago.
    case .request where current?.operation == .begin:
      if case .hangUp(let error) = blow { hangUp(saying: error) }
    case .request: nextExchange.treatment = current?.operation == .read ? .read(blow) : lost
    case .load: load?.blow = blow
    case .rows: reply?.blow = blow
    case .endOfLoad: nextExchange.treatment = lost
    }
  }

  private mutating func fail(_ error: TDSError) {
    if subject == .rows {
      reply?.due = error.isFatal ? .hangUp(error) : .fail(error)
      return
    }
    if error.isFatal { return hangUp(saying: error) }
    aftermath = Aftermath(error: error, isCall: nextExchange.isCall, stage: .rollback)
    switch subject {
    case .request:
      next.isDropped = true
      forServer.append(.insert(rollback(error.undo, nextStatus)))
    case .load, .endOfLoad:
      // The server waits for the end of a load, or for an attention.
      load = nil
      isDecided = false
      sending = Sending(type: .bulkLoad, isDropped: true)
      aftermath?.stage = .attention
      forServer.append(.insert(PacketWriter.attention))
    case .connect, .rows: break
    }
  }
}
