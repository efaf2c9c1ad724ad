import FaultInjection

/// What the server answers.
extension PostgresCodec {
  mutating func stepToClient(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    let isInside = serverRest.count > 0 || (copyOut?.progress.messageLeft ?? 0) > 0
    if let ending {
      guard ending.direction == .toClient else { return .wait }
      if isInside || toClient.isEmpty { return .end(ending.how) }
    }
    if interrupts {
      interrupts = false
      return .interrupt(cancelRequest)
    }
    if serverRest.count > 0 { return PostgresCodec.take(&serverRest, bytes.count) }
    if !isInside, !toClient.isEmpty {
      defer { toClient = [] }
      return .insert(toClient)
    }
    guard phase == .messages else { return bytes.isEmpty ? .wait : .pass(bytes.count) }
    if isInside { return try stepCopyOut(bytes) }
    guard let head = try MessageHead(bytes) else { return .wait }
    if copyOut != nil, head.type == .letter("d") || head.type == .letter("c") {
      return try stepCopyOut(bytes)
    }
    return isDecisive(head.type) ? stepDecisive(head, bytes) : try passPlain(bytes)
  }

  private var swallows: Bool {
    switch treatments[answered] {
    case .onlyReady, .drain, .lose: true
    case .answer, .answerHoldingReady, .read, nil: false
    }
  }

  private func isDecisive(_ type: UInt8) -> Bool {
    switch type {
    case .letter("Z"), .letter("E"), .letter("G"), .letter("H"), .letter("W"): true
    case .letter("R"), .letter("K"): answered == 0
    case .letter("d"), .letter("c"): copyOut != nil
    default: false
    }
  }

  /// Messages that change nothing, many at once.
  private mutating func passPlain(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    var at = 0
    while let head = try MessageHead(UnsafeRawBufferPointer(rebasing: bytes[at...])), !isDecisive(head.type) {
      let count = min(head.count, bytes.count - at)
      at += count
      serverRest.count = head.count - count
      if serverRest.count > 0 { break }
    }
    serverRest.isDropped = swallows
    return swallows ? .drop(at) : .pass(at)
  }

  private mutating func stepDecisive(_ head: MessageHead, _ bytes: UnsafeRawBufferPointer) -> WireStep {
    guard bytes.count >= MessageHead.bytes + 1 else { return .wait }
    let first = bytes[MessageHead.bytes]
    switch head.type {
    case .letter("Z"): return ready(first, head, bytes)
    case .letter("E"):
      switch treatments[answered] {
      case .answer(let response), .answerHoldingReady(let response):
        toClient += response
        return receive(head, bytes, dropping: true)
      case .lose where answered == 0: return finishLosing(head, bytes)
      default: return receive(head, bytes, dropping: swallows)
      }
    case .letter("K"):
      guard bytes.count >= head.count else { return .wait }
      backendKey = Array(bytes[MessageHead.bytes..<head.count])
      return receive(head, bytes, dropping: swallows)
    case .letter("R"):
      // Nobody can answer a question about passwords that he did not hear.
      let asksForMore = bytes[MessageHead.bytes..<min(bytes.count, 9)].contains { $0 != 0 }
      return asksForMore && swallows ? finishLosing(head, bytes) : receive(head, bytes, dropping: swallows)
    case .letter("G"), .letter("H"), .letter("W"):
      if case .lose = treatments[answered] { return finishLosing(head, bytes) }
      let copy = RunningCopy(progress: CopyProgress(isBinary: first == 1), table: current?.table)
      if !swallows, head.type == .letter("G") { copyIn = copy }
      if !swallows, head.type == .letter("H") {
        copyOut = copy
        if case .read(let blow) = treatments[answered] { copyOut?.blow = blow }
      }
      return receive(head, bytes, dropping: swallows)
    default: return receive(head, bytes, dropping: swallows)
    }
  }

  private mutating func receive(
    _ head: MessageHead, _ bytes: UnsafeRawBufferPointer, dropping: Bool
  ) -> WireStep {
    if head.type == .letter("E") { copyOut = nil }
    serverRest = Rest(count: head.count, isDropped: dropping)
    return PostgresCodec.take(&serverRest, bytes.count)
  }

  /// The answer is complete, and it is time for the connection to break.
  private mutating func finishLosing(_ head: MessageHead, _ bytes: UnsafeRawBufferPointer) -> WireStep {
    guard case .lose(let words) = treatments[answered] else { return .wait }
    hangUp(saying: words)
    return .drop(min(head.count, bytes.count))
  }

  private mutating func ready(
    _ status: UInt8, _ head: MessageHead, _ bytes: UnsafeRawBufferPointer
  ) -> WireStep {
    let treatment = treatments[answered]
    if case .lose = treatment { return finishLosing(head, bytes) }
    self.status = status
    treatments[answered] = nil
    answered += 1
    // The server may refuse a copy while the client is in the middle of a message.
    if let left = copyIn?.progress.messageLeft, left > 0 { clientRest = Rest(count: left) }
    copyIn = nil
    copyOut = nil
    switch treatment {
    case .answerHoldingReady: return receive(head, bytes, dropping: true)
    case .drain where status == .letter("T"):
      toServer += PostgresCodec.failingQuery
      treatments[asked] = .onlyReady
      asked += 1
      return receive(head, bytes, dropping: true)
    default: return receive(head, bytes, dropping: false)
    }
  }

  // MARK: COPY from the server

  private mutating func stepCopyOut(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    guard var copy = copyOut else { return .wait }
    let (count, stop) = try copy.progress.scan(bytes)
    copyOut = copy
    if count > 0 { return .pass(count) }
    switch stop {
    case .needsMore: return .wait
    case .limitReached: return .end(.orderly)
    case .batchBegins:
      if strikeRead(copy.blow) { return try stepToClient(bytes) }
      return ask(.batch, reader.moment(.read, copy.progress.rows, table: copy.table))
    case .otherMessage:
      // CopyDone.
      if strikeRead(copy.blow) { return try stepToClient(bytes) }
      if copy.progress.limit != nil { return .end(.orderly) }
      guard let head = try MessageHead(bytes) else { return .wait }
      copyOut = nil
      return receive(head, bytes, dropping: false)
    }
  }

  private mutating func strikeRead(_ blow: Blow?) -> Bool {
    guard strike(blow) else { return false }
    // The rows arrive, whatever comes then.
    if ending != nil { ending = (.toClient, .orderly) }
    return true
  }

  /// Carries out what was to come after the batch. True if there was something.
  mutating func strike(_ blow: Blow?) -> Bool {
    switch blow {
    case .hangUp(let words): hangUp(saying: words)
    case .fail(let response): failRead(response)
    case nil: return false
    }
    return true
  }
}
