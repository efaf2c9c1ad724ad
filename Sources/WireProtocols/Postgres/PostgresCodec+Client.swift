import FaultInjection

/// What the client sends.
extension PostgresCodec {
  mutating func stepToServer(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    if clientRest.count > 0 { return PostgresCodec.take(&clientRest, bytes.count) }
    if let ending { return ending.direction == .toServer ? .end(ending.how) : .wait }
    if let copyIn, copyIn.progress.messageLeft > 0 { return try stepCopyIn(bytes) }
    if !toServer.isEmpty {
      defer { toServer = [] }
      return .insert(toServer)
    }
    switch phase {
    case .startup: return try stepStartup(bytes)
    case .cancelRequest: return bytes.isEmpty ? .wait : .pass(bytes.count)
    case .messages: return try stepMessage(bytes)
    }
  }

  static func take(_ rest: inout Rest, _ available: Int) -> WireStep {
    let count = min(rest.count, available)
    if count == 0 { return .wait }
    rest.count -= count
    return rest.isDropped ? .drop(count) : .pass(count)
  }

  /// The message at the front goes on, or nowhere, as was decided.
  private mutating func send(_ count: Int, _ bytes: UnsafeRawBufferPointer) -> WireStep {
    clientRest = Rest(count: count, isDropped: isDropped)
    isDecided = false
    isDropped = false
    if let bytes = cutAfter {
      clientRest.count = min(count, bytes)
      cutAfter = nil
      ending = (.toServer, .orderly)
      if clientRest.count == 0 { return .end(.orderly) }
    }
    return PostgresCodec.take(&clientRest, bytes.count)
  }

  // MARK: Startup

  private mutating func stepStartup(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    guard bytes.count >= 8 else { return .wait }
    let length = Int(bytes.loadUnaligned(as: UInt32.self).bigEndian)
    guard PostgresCodec.startupBytes.contains(length) else {
      throw MalformedMessage(reason: "it begins with none of PostgreSQL's messages")
    }
    switch bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self).bigEndian {
    case 80_877_103, 80_877_104:
      // Neither TLS nor GSS: nothing could be seen in it. Most clients go on without.
      toClient += [.letter("N")]
      return .drop(8)
    case 80_877_102:
      guard isConnected else { return connect() }
      phase = .cancelRequest
      return .pass(bytes.count)
    default:
      guard bytes.count >= length else { return .wait }
      if !isDecided { return ask(.startup, reader.moment(.connect)) }
      guard isConnected else { return connect() }
      phase = .messages
      return send(length, bytes)
    }
  }

  private mutating func connect() -> WireStep {
    isConnected = true
    return .connect
  }

  mutating func ask(_ subject: Subject, _ moment: Moment) -> WireStep {
    self.subject = subject
    current = moment
    // Batches begin in the middle of messages.
    if subject != .batch { isDecided = true }
    return .ask(moment)
  }

  // MARK: Messages

  private mutating func stepMessage(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    guard let head = try MessageHead(bytes) else { return .wait }
    switch head.type {
    case .letter("d"), .letter("c"), .letter("f"):
      if discardsCopy {
        isDropped = true
        return send(head.count, bytes)
      }
      guard copyIn != nil else { return send(head.count, bytes) }
      if head.type == .letter("d") { return try stepCopyIn(bytes) }
      if head.type == .letter("c") { return stepCopyDone(head, bytes) }
      copyIn = nil
      return send(head.count, bytes)
    case .letter("Q"), .letter("P"), .letter("B"), .letter("E"), .letter("C"), .letter("S"), .letter("F"):
      discardsCopy = false
      let judged = min(head.count, PostgresCodec.judgedBytes)
      guard bytes.count >= judged else { return .wait }
      let body = UnsafeRawBufferPointer(rebasing: bytes[MessageHead.bytes..<judged])
      if let moment = note(ClientMessage(head.type, body)) { return .ask(moment) }
      return send(head.count, bytes)
    default: return send(head.count, bytes)
    }
  }

  /// Remembers what later messages and answers refer to. Returns the moment, if the message has one that was not
  /// decided yet.
  private mutating func note(_ message: ClientMessage) -> Moment? {
    switch message {
    case .query(let sql):
      if let moment = next(.query, { $0.reader.moments(of: sql) }) { return moment }
      if !isDropped { asked += 1 }
    case .parse(let statement, let sql): statements[statement] = sql
    case .bind(let portal, let statement, let parameters):
      portals[portal] = Portal(sql: statements[statement] ?? "", parameters: parameters)
    case .execute(let name):
      // One that goes on where it stopped is no new statement.
      guard let portal = portals[name], isDecided || !portal.hasRun else { break }
      portals[name]?.hasRun = true
      return next(.execute) { $0.reader.moments(of: portal.sql, parameters: portal.parameters) }
    case .closeStatement(let name): statements[name] = nil
    case .closePortal(let name): portals[name] = nil
    case .sync:
      asked += 1
      if rollsBackAfterSync { rollBack() }
      rollsBackAfterSync = false
    case .functionCall: asked += 1
    case .other: break
    }
    return nil
  }

  /// The next moment of the statement at the front.
  private mutating func next(_ subject: Subject, _ moments: (inout PostgresCodec) -> [Moment]) -> Moment? {
    if !isDecided {
      isDecided = true
      pending = moments(&self)
      // A server whose transaction has failed does nothing but roll it back.
      if status == .letter("E") { pending.removeAll { $0.operation != .rollback } }
    }
    guard ending == nil, !pending.isEmpty else { return nil }
    self.subject = subject
    current = pending.removeFirst()
    return current
  }

  // MARK: COPY to the server

  private mutating func stepCopyIn(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    guard var copy = copyIn else { return .wait }
    if let failure = copy.failure {
      // The server takes no CopyFail in the middle of another message.
      let count = copy.progress.finishMessage(bytes.count)
      copyIn = copy
      if copy.progress.messageLeft == 0 { failCopy(failure) }
      return count == 0 && copyIn != nil ? .wait : .pass(count)
    }
    let (count, stop) = try copy.progress.scan(bytes)
    copyIn = copy
    if count > 0 { return .pass(count) }
    switch stop {
    case .needsMore, .otherMessage: return .wait
    case .limitReached: return .end(.orderly)
    case .batchBegins:
      if strike(copy.blow) { return .wait }
      return ask(.batch, reader.moment(.write, copy.progress.rows, table: copy.table))
    }
  }

  private mutating func stepCopyDone(_ head: MessageHead, _ bytes: UnsafeRawBufferPointer) -> WireStep {
    if let copy = copyIn, !isDecided {
      if strike(copy.blow) { return .wait }
      if copy.progress.limit != nil { return .end(.orderly) }
      return ask(.copyDone, reader.moment(.acknowledge, copy.progress.rows, table: copy.table))
    }
    copyIn = nil
    return send(head.count, bytes)
  }
}
