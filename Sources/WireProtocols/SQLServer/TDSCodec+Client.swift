import FaultInjection
import TDS

/// What the client sends.
extension TDSCodec {
  mutating func stepToServer(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    if !forServer.isEmpty { return forServer.removeFirst() }
    if let ending { return ending.direction == .toServer ? .end(ending.how) : .wait }
    try requirePlainText(bytes)
    guard let frame = try TDSFrame(bytes) else { return .wait }
    let type = frame.header.type
    if type == .attention { return attention(frame) }
    if let sending {
      guard type == sending.type else {
        throw MalformedMessage(reason: "a packet of type \(type) within a message of type \(sending.type)")
      }
      return try passOn(bytes)
    }
    switch type {
    case .prelogin: return try stepPrelogin(bytes)
    case .login, .oldLogin: return try stepLogin(bytes)
    case .sspi, .federatedAuthentication: return .pass(frame.count)
    case .reply: throw MalformedMessage(reason: "a client sends no replies")
    case .batch, .rpc, .transactionManager, .bulkLoad, .attention: break
    }
    guard phase == .requests else { throw MalformedMessage(reason: "a request comes before the login") }
    // The next request waits until the last one is answered.
    if aftermath != nil, !isDecided { return .wait }
    return type == .bulkLoad ? try stepLoad(bytes) : try stepRequest(bytes)
  }

  /// An attention may come in the midst of a message, which its sender then leaves unfinished.
  private mutating func attention(_ frame: TDSFrame) -> WireStep {
    sending = nil
    load = nil
    isDecided = false
    guard aftermath != nil else {
      isCancelled = true
      reply?.leaveAlone()
      return .pass(frame.count)
    }
    aftermath?.owesAcknowledgement = true
    conclude()
    return .drop(frame.count)
  }

  // MARK: Requests

  private mutating func stepRequest(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    if !isDecided {
      guard let message = try TDSFrame.beginning(bytes, limit: TDSCodec.judgedBytes) else { return .wait }
      next = Sending(type: message.header.type)
      nextExchange = Exchange()
      nextStatus = message.header.status.intersection([
        .resetConnection, .resetConnectionKeepingTransaction,
      ])
      isDecided = true
      if !message.isWithdrawn { pending = try moments(of: message) }
    }
    if ending == nil, !pending.isEmpty {
      let moment = pending.removeFirst()
      return ask(.request, moment)
    }
    isDecided = false
    pending = []
    sending = next
    if !next.isDropped { exchange = nextExchange }
    return try passOn(bytes)
  }

  /// Packets of the message that was decided go on, or nowhere, many at once.
  mutating func passOn(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    guard var message = sending else { return .wait }
    var count = 0
    while let frame = try TDSFrame(bytes, at: count), frame.header.type == message.type {
      if let limit = message.cutAfter, limit <= frame.count {
        ending = (.toServer, .orderly)
        count += limit
        return count == 0 ? .end(.orderly) : .pass(count)
      }
      if let limit = message.cutAfter { message.cutAfter = limit - frame.count }
      sending = message
      count += frame.count
      guard frame.isLast else { continue }
      sending = nil
      if message.cutAfter != nil { ending = (.toServer, .orderly) }
      conclude()
      break
    }
    if count == 0 { return .wait }
    return message.isDropped ? .drop(count) : .pass(count)
  }

  // MARK: Bulk loads

  private mutating func stepLoad(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    // Taken out, so that its buffers are not copied when they change.
    var running = load.take() ?? RunningLoad(announced ?? AnnouncedLoad(), version)
    announced = nil
    var count = 0
    while let frame = try TDSFrame(bytes, at: count), frame.header.type == .bulkLoad {
      let hasStopped = try running.scan(frame.payload)
      let ends = frame.isLast && !frame.header.status.contains(.ignore)
      if hasStopped || ends && !isDecided {
        load = running
        if count > 0 { return .pass(count) }
        return hasStopped ? decideRows(running) : decideEnd(running, frame)
      }
      count += frame.count
      running.scanned = 0
      guard frame.isLast else { continue }
      exchange = nextExchange
      nextExchange = Exchange()
      isDecided = false
      lastWrite = AnnouncedLoad(table: running.table, progress: running.progress)
      return .pass(count)
    }
    load = running
    return count == 0 ? .wait : .pass(count)
  }

  /// The next row bytes begin a batch, or are more than may pass.
  private mutating func decideRows(_ load: RunningLoad) -> WireStep {
    if strike(load.blow) { return .wait }
    if load.progress.limit == 0 {
      ending = (.toServer, .orderly)
      return load.scanned > 0 ? .pass(PacketHeader.byteCount + load.scanned) : .end(.orderly)
    }
    nextExchange = Exchange()
    return ask(.load, reader.moment(.write, load.progress, table: load.table))
  }

  private mutating func decideEnd(_ load: RunningLoad, _ frame: TDSFrame) -> WireStep {
    if strike(load.blow) { return .wait }
    if load.progress.limit != nil {
      // All rows arrive, but not that they are all.
      ending = (.toServer, .orderly)
      return .pass(frame.count - 1)
    }
    isDecided = true
    nextExchange = Exchange()
    return ask(.endOfLoad, reader.moment(.acknowledge, load.progress, table: load.table))
  }

  /// Carries out what was to come after the batch. True if there was something.
  private mutating func strike(_ blow: Blow?) -> Bool {
    switch blow {
    case .hangUp(let error): hangUp(saying: error)
    case .fail(let error): hangUp(saying: error)
    case nil: return false
    }
    return true
  }
}

/// A bulk load's rows on their way.
struct RunningLoad {
  let table: String?
  var progress: RowProgress
  var blow: TDSCodec.Blow?
  /// Bytes of the packet at the front that were looked at.
  var scanned = 0
  private var reader: BulkLoadReader
  private var isInRow = false

  init(_ announced: TDSCodec.AnnouncedLoad, _ version: TDSVersion) {
    table = announced.table
    progress = announced.progress
    reader = BulkLoadReader(version: version, keepsRows: false)
  }

  /// True if something has to be decided before the byte that `scanned` leads to.
  mutating func scan(_ payload: UnsafeRawBufferPointer) throws(MalformedMessage) -> Bool {
    do throws(MalformedTDS) {
      while scanned < payload.count {
        if !isInRow, reader.isBetweenRows, payload[scanned] == Token.row.rawValue { isInRow = true }
        if isInRow, progress.room <= 0 { return true }
        let end = isInRow ? min(payload.count, scanned + progress.room) : payload.count
        var offset = scanned
        let event = try reader.next(UnsafeRawBufferPointer(rebasing: payload[..<end]), at: &offset)
        if isInRow { progress.take(offset - scanned) }
        scanned = offset
        if event == .row { isInRow = false }
      }
      return false
    } catch {
      throw MalformedMessage(error)
    }
  }
}
