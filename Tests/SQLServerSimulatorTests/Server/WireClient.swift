import Glibc
import Runtime
import SQLServerSimulator
import TDS

/// A client that speaks TDS and nothing else: what it gets is what was sent.
final class WireClient {
  let socket: Socket
  let version: TDSVersion
  private var reader = MessageReader()
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var replies: [[UInt8]] = []
  private var piece: [UInt8] = []
  private(set) var isClosed = false

  init(_ server: SimulatedServer, _ version: TDSVersion = .v74) throws {
    socket = try Socket.connect(to: server.address)
    self.version = version
  }

  /// The tokens of the reply to a login.
  func logIn(
    database: String = "db", user: String = "sa", password: String = "", odbc: Bool = true,
    packetSize: UInt32 = 0
  ) throws -> [ReplyToken] {
    var prelogin = TDSWriter()
    prelogin.prelogin(Prelogin())
    send(PacketWriter.packets(.prelogin, prelogin.bytes))
    _ = receive()
    var login = Login(version: version)
    login.database = database
    login.userName = user
    login.password = Secret(password)
    login.packetSize = packetSize
    if odbc { login.options2 = .odbc }
    var writer = TDSWriter(version: version)
    writer.login(login)
    send(PacketWriter.packets(.login, writer.bytes))
    return try ReplyToken.read(receive(), version)
  }

  /// Answers a batch with its rows and messages as `FlowTests` write them.
  func callAsFunction(_ text: String) throws -> String {
    begin(text)
    return try reply()
  }

  func begin(_ text: String) {
    var writer = TDSWriter(version: version)
    writer.batch(BatchRequest(text))
    send(PacketWriter.packets(.batch, writer.bytes))
  }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch rest.withUnsafeBytes(socket.write) {
      case .moved(let count): rest = rest.dropFirst(count)
      case .ended: return
      case .wouldBlock:
        var entry = pollfd(fd: socket.pollDescriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, 10_000)
      }
    }
  }

  func reply() throws -> String {
    let payload = receive()
    if payload.isEmpty, isClosed { return "closed" }
    return try ReplyToken.read(payload, version).compactMap(WireClient.text).joined(separator: "; ")
  }

  /// The next message of the server; empty once the connection is closed.
  func receive() -> [UInt8] {
    while replies.isEmpty, !isClosed {
      var entry = pollfd(fd: socket.pollDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 20_000) > 0 else { break }
      switch buffer.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .moved(let count): take(Array(buffer[..<count]))
      case .ended: isClosed = true
      case .wouldBlock: continue
      }
    }
    return replies.isEmpty ? [] : replies.removeFirst()
  }

  private func take(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var offset = 0
      while let event = try? reader.next(bytes, at: &offset) {
        guard case .piece(_, let range, let isLast) = event else { continue }
        piece += bytes[range]
        if isLast {
          replies.append(piece)
          piece = []
        }
      }
    }
  }

  static func text(_ token: ReplyToken) -> String? {
    switch token {
    case .message(let message): return "\(message.isError ? "error" : "info") \(message.number)"
    case .row(let values):
      return values.map { $0.map { $0.map { String($0, radix: 16) }.joined(separator: ",") } ?? "NULL" }
        .joined(separator: " ")
    case .done(let done):
      if done.status.contains(.attention) { return "attention" }
      if done.status.contains(.error) { return "failed" }
      return done.status.contains(.count) ? "#\(done.rowCount)" : nil
    case .environmentChange(let change):
      switch change {
      case .beginTransaction: return "begin"
      case .commitTransaction: return "commit"
      case .rollbackTransaction: return "rollback"
      case .reset: return "reset"
      default: return nil
      }
    default: return nil
    }
  }
}
