import Glibc
import Runtime
import TDS

/// One client's connection, on a thread of its own.
final class Connection {
  /// What has come from the client and was not looked at yet.
  enum Incoming {
    case message(TDSMessage)
    case bulkPiece([UInt8], isLast: Bool)
    case withdrawn
  }

  let socket: Socket
  let settings: ServerSettings
  let core: ServerCore
  let alarm: Alarm
  let number: Int
  var session: Session?
  var reply: ReplyStream
  private var reader = MessageReader()
  private var inbox = Queue<Incoming>()
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// An attention has come that was not answered.
  private var isCancelled = false
  private(set) var isGone = false
  private var isBusy = false

  init(_ socket: Socket, _ settings: ServerSettings, _ core: ServerCore, _ alarm: Alarm) {
    self.socket = socket
    self.settings = settings
    self.core = core
    self.alarm = alarm
    number = core.connect { [alarm] in alarm.ring() }
    reply = ReplyStream(version: .v74, packetSize: PacketHeader.defaultPacketSize, spid: number)
  }

  /// Serves the client until one of both has had enough.
  func run() {
    if logIn() {
      while !isGone, let item = next() {
        guard serve(item) else { break }
      }
    }
    core.disconnect(number)
    // The two hold each other.
    session = nil
    socket.close()
  }

  // MARK: Requests

  /// True if the connection goes on.
  private func serve(_ item: Incoming) -> Bool {
    guard let session else { return false }
    isBusy = true
    defer { isBusy = false }
    let goesOn: Bool
    do throws(MalformedTDS) {
      switch item {
      case .withdrawn: return true
      case .bulkPiece(let bytes, let isLast):
        goesOn = try load(bytes, isLast: isLast, session)
        if !isLast { return goesOn }
      case .message(let message):
        let isReady = reset(session, message.status)
        goesOn = isReady ? try serve(message, session) : false
      }
    } catch {
      send(SQLError.malformed(error.description))
      finish(Done(.statement, .error))
      return false
    }
    if isGone { return false }
    finish()
    return goesOn
  }

  private func serve(_ message: TDSMessage, _ session: Session) throws(MalformedTDS) -> Bool {
    switch message.type {
    case .batch:
      let text = try message.payload.withRawBytes { (bytes) throws(MalformedTDS) in
        try BatchText.units(bytes, reply.version)
      }
      return session.run(batch: text)
    case .rpc: return session.run(try calls(of: message))
    case .transactionManager: return try manage(message, session)
    default: throw MalformedTDS(at: 0, "no request has the packet type \(message.type)")
    }
  }

  /// If the client asks for it. False if the session cannot begin anew.
  private func reset(_ session: Session, _ status: PacketStatus) -> Bool {
    let keepsTransaction = status.contains(.resetConnectionKeepingTransaction)
    guard keepsTransaction || status.contains(.resetConnection) else { return true }
    do throws(SQLError) {
      try session.reset(keepsTransaction: keepsTransaction)
    } catch {
      send(error)
      send(Done(.statement, .error))
      return false
    }
    send(EnvironmentChange.reset)
    return true
  }

  // MARK: Sending

  /// Ends the reply, with the answer to an attention if one has come.
  func finish(_ last: Done? = nil) {
    if isCancelled {
      isCancelled = false
      reply.end(Done(.statement, .attention))
    } else {
      reply.end(last)
    }
    transmit()
  }

  /// Sends a reply that was ended already.
  func finishRaw() { transmit() }

  func add(_ body: (inout TDSWriter) -> Void) {
    guard reply.add(body) else { return }
    reply.flush()
    transmit()
  }

  /// Sends all whole packets. What the client sends meanwhile is kept.
  private func transmit() {
    var sent = 0
    while !isGone {
      let count = reply.output.count
      if sent == count { break }
      let result = reply.output.withBytes { socket.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
      switch result {
      case .moved(let count): sent += count
      case .ended: isGone = true
      case .wouldBlock:
        var entry = pollfd(fd: socket.pollDescriptor, events: Int16(POLLOUT | POLLIN), revents: 0)
        guard poll(&entry, 1, -1) > 0 else { continue }
        if Int32(entry.revents) & POLLIN != 0 { receive() }
      }
    }
    reply.clearOutput()
  }

  // MARK: Receiving

  /// The next thing that the client wants; nil once it is gone or the session was ended.
  func next() -> Incoming? {
    while true {
      if let item = inbox.popFirst() { return item }
      if isCancelled, !isBusy { finish() }
      if isGone { return nil }
      if core.isKilled(number) {
        if session != nil {
          send(SQLError.sessionIsKilled)
          finish(Done(.statement, .error))
        }
        return nil
      }
      pause(until: nil)
    }
  }

  /// Waits for the client, the alarm or the deadline, and takes what has come.
  private func pause(until deadline: Duration?) {
    var entries = [
      pollfd(fd: socket.pollDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: alarm.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    var timeout: Int32 = -1
    if let deadline {
      let rest = (deadline - core.now) / .milliseconds(1)
      timeout = rest <= 0 ? 0 : Int32(min(rest.rounded(.up), 1e9))
    }
    guard poll(&entries, 2, timeout) > 0 else { return }
    if entries[1].revents != 0 { alarm.silence() }
    if entries[0].revents != 0 { receive() }
  }

  /// Takes what has come, without waiting.
  private func receive() {
    let transfer = buffer.withUnsafeMutableBytes { socket.read(into: $0) }
    switch transfer {
    case .wouldBlock: return
    case .ended: isGone = true
    case .moved(let count):
      do throws(MalformedTDS) {
        try buffer.withRawBytes { (bytes) throws(MalformedTDS) in
          try take(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
      } catch {
        isGone = true
      }
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) {
    var offset = 0
    while let event = try reader.next(bytes, at: &offset) {
      switch event {
      case .message(let message): inbox.append(.message(message))
      case .piece(_, let range, let isLast): inbox.append(.bulkPiece(Array(bytes[range]), isLast: isLast))
      case .withdrawn: inbox.append(.withdrawn)
      case .attention: isCancelled = true
      }
    }
  }
}

// MARK: - What a session says

extension Connection: SessionClient {
  func send(_ message: SQLError) {
    add { $0.message(message.onWire) }
  }

  func send(_ change: EnvironmentChange) {
    guard change.isKnown(to: reply.version) else { return }
    add { $0.environmentChange(change) }
  }

  func send(_ done: Done) { reply.add(done) }

  func send(returnStatus: Int32) { add { $0.returnStatus(returnStatus) } }

  func send(_ output: ModuleCall.Argument, ordinal: Int) {
    let (value, type) = (output.value, output.type)
    let wire = type.wire.downgraded(for: reply.version)
    let layout = wire.layout(in: .parameter)
    let isSame = wire.type == type.wire.type
    let sent: SQLType = isSame ? type : .nvarchar(SQLType.unlimited)
    let converted = isSame ? value : (try? value.converted(from: type, to: sent)) ?? .null
    add { writer in
      let place = UInt16(truncatingIfNeeded: ordinal)
      writer.beginReturnValue(ReturnValue(ordinal: place, name: output.name, type: wire))
      if converted.isNull { writer.null(layout) } else { writer.bytes(sent.encoded(converted), layout) }
    }
  }

  func send(_ result: ResultSet, limit: Int) throws(SQLError) {
    let names = tableNames(of: result)
    let writer = RowWriter(result, reply.version, tableNames: names)
    add { $0.columns(writer.columns) }
    var left = limit
    try result.forEach { values throws(SQLError) in
      guard left > 0 else { return }
      left -= 1
      guard reply.add({ writer.write(values, to: &$0) }) else { return }
      reply.flush()
      transmit()
      if isGone { throw .abandoned }
      if isCancelled { throw .cancelled }
    }
    if left == 0 || limit < .max {
      reply.flush()
      transmit()
    }
  }

  private func tableNames(of result: ResultSet) -> [[String]] {
    guard result.columns.contains(where: { $0.declared.isLargeObject || $0.table != nil }) else {
      return result.columns.map { _ in [] }
    }
    return core.withStorage { storage in
      result.columns.map { column in
        guard let number = column.table, let table = storage.tables[number] else { return [] }
        return [storage.databases[table.database]?.name ?? "", table.name.schema, table.name.name]
      }
    }
  }

  func wait(until deadline: Duration?) -> Awakening {
    // Whoever waits for a lock has nothing to say; what it has said goes out.
    pause(until: deadline)
    return awakening
  }

  var awakening: Awakening {
    receiveIfReady()
    if isGone { return .gone }
    return isCancelled ? .cancelled : .called
  }

  private func receiveIfReady() {
    if !isGone, !isCancelled { receive() }
  }

  func breakOff(resets: Bool) {
    reply.flush()
    transmit()
    isGone = true
    if resets { socket.reset() } else { socket.shutdown() }
  }
}

extension SQLError {
  var onWire: ServerMessage {
    ServerMessage(
      number: number, severity: severity, state: state, text: message, server: ServerIdentity.name,
      procedure: procedure, line: Int(line))
  }

  static func malformed(_ reason: String) -> SQLError {
    make(
      4002, 16, 1, "The incoming tabular data stream (TDS) protocol stream is incorrect: \(reason).",
      .connection)
  }
}
