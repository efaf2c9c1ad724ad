import FaultInjection
import TDS

/// How a connection begins.
extension TDSCodec {
  /// TLS begins with this byte; TDS 8.0 has nothing before it.
  private static let handshake: UInt8 = 0x16

  func requirePlainText(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) {
    guard phase == .prelogin, bytes.first == TDSCodec.handshake else { return }
    throw MalformedMessage(
      reason:
        "the client begins with TLS (Encrypt=Strict), and the proxy reads plain text only: say Encrypt=no")
  }

  /// The moment of the connection, and the server. Nil if the message at the front may go on.
  private mutating func open() -> WireStep? {
    guard phase == .prelogin else { return nil }
    if !isDecided {
      isDecided = true
      return ask(.connect, reader.moment(.connect))
    }
    if refusal == nil, !isConnected {
      (isConnected, isConnecting) = (true, true)
      return .connect
    }
    (isDecided, isConnecting) = (false, false)
    return nil
  }

  // MARK: PRELOGIN

  mutating func stepPrelogin(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    guard phase == .prelogin else {
      throw MalformedMessage(reason: "the client goes on with TLS, and the proxy reads plain text only")
    }
    guard let message = try TDSFrame.beginning(bytes, limit: TDSCodec.judgedBytes) else { return .wait }
    guard message.isWhole else { throw MalformedMessage(reason: "its PRELOGIN has no end") }
    if let step = open() { return step }
    phase = .login
    if refusal != nil { return answer(message.count) }
    exchange = Exchange(kind: .prelogin)
    let plain = TDSCodec.withoutEncryption(message.payload)
    if plain == message.payload { return .pass(message.count) }
    forServer.append(.drop(message.count))
    return .insert(PacketWriter.packets(.prelogin, plain))
  }

  /// The proxy's own PRELOGIN for a client that is going to be refused.
  private mutating func answer(_ count: Int) -> WireStep {
    var writer = TDSWriter(version: version, capacity: 64)
    writer.prelogin(.reply)
    forClient.append(.insert(PacketWriter.packets(.reply, writer.bytes)))
    return .drop(count)
  }

  /// Says that encryption is not supported, and that there is one request at a time: of others nothing could be seen.
  static func withoutEncryption(_ payload: [UInt8]) -> [UInt8] {
    var payload = payload
    var at = 0
    while at + 5 <= payload.count, payload[at] != 0xFF {
      let offset = Int(payload[at + 1]) << 8 | Int(payload[at + 2])
      let length = Int(payload[at + 3]) << 8 | Int(payload[at + 4])
      if length == 1, offset < payload.count {
        switch Prelogin.Option(rawValue: payload[at]) {
        case .encryption: payload[offset] = Encryption.notSupported.rawValue
        case .mars: payload[offset] = 0
        default: break
        }
      }
      at += 5
    }
    return payload
  }

  mutating func stepPreloginReply(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    guard let message = try TDSFrame.beginning(bytes, limit: TDSCodec.judgedBytes) else { return .wait }
    exchange = nil
    let prelogin: Prelogin
    do throws(MalformedTDS) {
      prelogin = try message.payload.withRawBytes { (bytes) throws(MalformedTDS) in
        try Prelogin.read(bytes)
      }
    } catch {
      throw MalformedMessage(error)
    }
    guard prelogin.encryption != .notSupported else { return .pass(message.count) }
    refusal = .reason(
      "the server insists on encryption, and the proxy reads and writes plain text only: turn off Force Encryption "
        + "for a server of yours, or put the proxy in front of one that has it off")
    var writer = TDSWriter(version: version, capacity: 64)
    writer.prelogin(.reply)
    forClient.append(.drop(message.count))
    return .insert(PacketWriter.packets(.reply, writer.bytes))
  }

  // MARK: LOGIN7

  mutating func stepLogin(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> WireStep {
    guard phase != .requests else { throw MalformedMessage(reason: "the client logs in twice") }
    guard let message = try TDSFrame.beginning(bytes, limit: TDSCodec.judgedBytes) else { return .wait }
    guard message.isWhole, message.header.type == .login else {
      throw MalformedMessage(reason: "its login is of an unknown kind: TDS 7.1 to 7.4 are spoken here")
    }
    if let step = open() { return step }
    phase = .requests
    try read(message.payload)
    switch refusal {
    case .injected(let error): hangUp(saying: TDSError(error, at: .connect, place))
    case .reason(let reason): hangUp(saying: TDSError(reason: reason))
    case nil:
      exchange = Exchange(kind: .login, treatment: loginTreatment)
      sending = Sending(type: .login, cutAfter: next.cutAfter)
      return try passOn(bytes)
    }
    return .drop(message.count)
  }

  private mutating func read(_ payload: [UInt8]) throws(MalformedMessage) {
    let login: Login
    do throws(MalformedTDS) {
      login = try payload.withRawBytes { (bytes) throws(MalformedTDS) in try Login.read(bytes) }
    } catch {
      throw MalformedMessage(error)
    }
    guard let requested = login.version else {
      throw MalformedMessage(
        reason:
          "its login asks for TDS 0x\(String(login.requestedVersion, radix: 16)): 7.1 to 7.4 are spoken here")
    }
    version = requested
    place.user = login.userName
    if !login.database.isEmpty { place.database = login.database }
  }
}
