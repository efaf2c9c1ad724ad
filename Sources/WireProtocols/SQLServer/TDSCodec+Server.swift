import FaultInjection
import TDS

/// A reply on its way.
struct RunningReply {
  var reader: ReplyReader
  /// Bytes of the packet at the front that were looked at.
  var scanned = 0
  /// Of the result whose rows are coming, if somebody is to be asked about them.
  var progress: RowProgress?
  var table: String?
  /// Results so far.
  var results = 0
  /// What happens in place of what would follow this batch.
  var blow: TDSCodec.Blow?
  /// The same, behind the row that is on its way.
  var due: TDSCodec.Blow?
  /// The connection breaks right here.
  var isCut = false
  var isInRow = false
  /// The client has a part of a token.
  var isWithinToken = false

  init(_ version: TDSVersion, keepsValues: Bool = false) {
    reader = ReplyReader(version: version, keepsRows: keepsValues)
  }
}

/// What the server answers.
extension TDSCodec {
  /// Before which byte a reply stops.
  enum Stop {
    case ask, cut
    case strike(Blow)
  }

  mutating func stepToClient(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    if !forClient.isEmpty { return forClient.removeFirst() }
    if let ending { return ending.direction == .toClient ? .end(ending.how) : .wait }
    guard let frame = try TDSFrame(bytes) else { return .wait }
    guard frame.header.type == .reply else {
      throw MalformedMessage(reason: "the server sends a packet of type \(frame.header.type)")
    }
    place.session = frame.header.spid
    if aftermath != nil { return try swallow(frame) }
    if exchange?.kind == .prelogin { return try stepPreloginReply(bytes) }
    if case .lose(let error) = exchange?.treatment {
      // Only when it is complete has it surely happened.
      if frame.isLast { hangUp(saying: error) }
      return .drop(frame.count)
    }
    return try stepReply(bytes)
  }

  private mutating func stepReply(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    // Taken out, so that its buffers are not copied when they change.
    var running = reply.take() ?? RunningReply(version, keepsValues: exchange?.prepares != nil)
    var count = 0
    while let frame = try TDSFrame(bytes, at: count) {
      let stop: Stop?
      do throws(MalformedMessage) {
        stop = try follow(frame.payload, &running)
      } catch {
        reply = running
        if count > 0 { return .pass(count) }
        throw error
      }
      if let stop {
        reply = running
        if ending != nil { return .drop(count + frame.count) }
        return count > 0 ? .pass(count) : try act(stop, frame)
      }
      count += frame.count
      running.scanned = 0
      running.isWithinToken = !running.reader.isBetweenTokens
      guard frame.isLast else { continue }
      announced = exchange?.load
      exchange = nil
      return .pass(count)
    }
    reply = running
    return count == 0 ? .wait : .pass(count)
  }

  /// Looks at a packet until something has to be decided.
  private mutating func follow(
    _ payload: UnsafeRawBufferPointer, _ running: inout RunningReply
  ) throws(MalformedMessage) -> Stop? {
    do throws(MalformedTDS) {
      while running.scanned < payload.count {
        if let stop = running.stop(before: payload[running.scanned]) { return stop }
        var end = payload.count
        let isCounted = running.isInRow && running.due == nil
        if isCounted, let room = running.progress?.room { end = min(end, running.scanned + room) }
        let piece = UnsafeRawBufferPointer(rebasing: payload[..<end])
        var offset = running.scanned
        let event = try running.reader.next(piece, at: &offset)
        if isCounted { running.progress?.take(offset - running.scanned) }
        running.scanned = offset
        guard let event else { continue }
        running.isInRow = false
        if event.token != .row, event.token != .nullBitmapRow { try note(event.token, piece, &running) }
        if ending != nil { return .cut }
      }
      return nil
    } catch {
      throw MalformedMessage(error)
    }
  }

  // MARK: What tokens say

  private mutating func note(
    _ token: Token, _ bytes: UnsafeRawBufferPointer, _ running: inout RunningReply
  ) throws(MalformedTDS) {
    switch token {
    case .columns: begin(&running)
    case .done, .doneProcedure, .doneInProcedure:
      running.progress = nil
      guard isCancelled else { return }
    case .environmentChange, .loginAck, .returnValue, .featureAck: break
    default: return
    }
    switch try running.reader.decoded(of: bytes) {
    case .environmentChange(let change): note(change)
    case .done(let done): if done.status.contains(.attention) { isCancelled = false }
    case .loginAck(let ack):
      guard let agreed = TDSVersion(requested: ack.version) else {
        return hangUp(saying: TDSError(reason: "the server speaks neither TDS 7.1 nor a later one"))
      }
      version = agreed
      running.reader.version = agreed
    case .returnValue(_, let value):
      guard let sql = exchange?.prepares, let value, value.count == 4 else { return }
      exchange?.prepares = nil
      handles[Int32(bitPattern: value.reversed().reduce(0) { $0 << 8 | UInt32($1) })] = sql
    case .features(let granted) where granted.contains { $0.id == TDSCodec.columnEncryption }:
      hangUp(
        saying: TDSError(
          reason:
            "client and server agreed on encrypted columns, whose descriptions the proxy cannot read: say "
            + "Column Encryption Setting=Disabled"))
    default: return
    }
  }

  /// A feature that changes how columns are described.
  private static let columnEncryption: UInt8 = 0x04

  mutating func note(_ change: EnvironmentChange) {
    switch change {
    case .packetSize(let size, _) where PacketHeader.packetSizes ~= size: packetSize = size
    case .database(let name, _): place.database = name
    case .beginTransaction(let descriptor): transaction = descriptor
    case .commitTransaction:
      transaction = 0
      reader.hasCommitted()
    // The client's own rollback is still to come.
    case .rollbackTransaction: transaction = 0
    case .routing(let host, let port):
      hangUp(
        saying: TDSError(
          reason:
            "the server sends its clients on to \(host):\(port), past the proxy: put the proxy in front of that"
        ))
    default: break
    }
  }

  /// A result begins. Only a read's rows are asked about.
  private func begin(_ running: inout RunningReply) {
    guard let exchange, !isCancelled else { return }
    running.results += 1
    guard case .read(let table)? = exchange.result(running.results) else { return }
    running.table = table
    running.progress = RowProgress()
    if case .read(let blow) = exchange.treatment { running.blow = blow }
  }

  // MARK: What is done at a stop

  private mutating func act(_ stop: Stop, _ frame: TDSFrame) throws(MalformedMessage) -> WireStep {
    let scanned = reply?.scanned ?? 0
    switch stop {
    case .ask:
      return ask(.rows, reader.moment(.read, reply?.progress ?? RowProgress(), table: reply?.table))
    case .cut, .strike(.hangUp(nil)):
      ending = (.toClient, .orderly)
      return scanned > 0 ? .pass(PacketHeader.byteCount + scanned) : .end(.orderly)
    case .strike(.hangUp(let error?)):
      let steps = TDSCodec.split(frame, scanned)
      hangUp(saying: error)
      forClient = steps + forClient
    case .strike(.fail(let error)):
      forClient += TDSCodec.split(frame, scanned)
      let isCall = exchange?.isCall ?? false
      aftermath = Aftermath(error: error, isCall: isCall, stage: frame.isLast ? .rollback : .attention)
      exchange = nil
      try collect(frame.payload)
      if frame.isLast {
        reply = nil
        forServer.append(.insert(rollback(error.undo)))
      } else {
        forServer.append(.insert(PacketWriter.attention))
      }
    }
    return forClient.removeFirst()
  }

  /// Lets so many bytes of a packet's payload pass, as a packet of their own, and drops the rest.
  private static func split(_ frame: TDSFrame, _ scanned: Int) -> [WireStep] {
    guard scanned > 0 else { return [.drop(frame.count)] }
    var header = frame.header
    header.status.remove(.endOfMessage)
    header.length = PacketHeader.byteCount + scanned
    var writer = TDSWriter(capacity: 64)
    writer.packetHeader(header)
    let rest = frame.payload.count - scanned
    return [.insert(writer.bytes), .drop(PacketHeader.byteCount), .pass(scanned)]
      + (rest > 0 ? [.drop(rest)] : [])
  }
}

extension RunningReply {
  /// Nothing is to come in the place of rows any more.
  mutating func leaveAlone() {
    (blow, due) = (nil, nil)
    if !isCut { progress = nil }
  }

  /// What has to be done before the byte at the front; nil if it may pass.
  fileprivate mutating func stop(before byte: UInt8) -> TDSCodec.Stop? {
    guard let progress else { return nil }
    if isCut { return .cut }
    if reader.isBetweenTokens {
      if let due { return .strike(due) }
      guard byte == Token.row.rawValue || byte == Token.nullBitmapRow.rawValue else {
        return end(before: byte)
      }
      isInRow = true
    }
    guard isInRow, due == nil, progress.room <= 0 else { return nil }
    if progress.limit == 0 { return .cut }
    guard let blow else { return .ask }
    // A row that has begun to arrive arrives.
    if reader.isBetweenTokens { return .strike(blow) }
    due = blow
    return nil
  }

  /// The rows may have ended: what was to follow them comes.
  private func end(before byte: UInt8) -> TDSCodec.Stop? {
    switch Token(rawValue: byte) {
    case .order, .tableNames, .columnInfo: return nil
    default: break
    }
    if let blow { return .strike(blow) }
    return progress?.limit == nil ? nil : .cut
  }
}

extension TDSCodec.Exchange {
  /// What the nth result is. Where nobody knows which statements have results, every one counts as a read, of the
  /// table if there is only one.
  fileprivate func result(_ number: Int) -> TransactReader.Result? {
    guard results.contains(.unknown) else { return number <= results.count ? results[number - 1] : nil }
    let reads = results.filter { if case .read = $0 { true } else { false } }
    guard let first = reads.first else { return nil }
    return reads.allSatisfy { $0 == first } ? first : .read(nil)
  }
}
