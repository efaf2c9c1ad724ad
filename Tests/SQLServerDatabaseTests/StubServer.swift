import Databases
import Glibc
import Rows
import Runtime
import TDS
import Testing

@testable import SQLServerDatabase

/// A server that says what a test tells it to, in TDS over a socket of its own.
final class StubServer: Sendable {
  enum Request {
    case batch(String)
    case bulk([UInt8])
  }

  enum Answer {
    case tokens([UInt8])
    /// What was said last, and the connection is reset, or closed.
    case reset(after: [UInt8])
    case close(after: [UInt8])
    /// Nothing, until the client asks to stop.
    case silence
  }

  typealias Script = @Sendable (Request) -> Answer?

  private let listener: Socket
  private let script: Script
  private let table: StubTable
  private let refusal: [ServerMessage]
  private let ignoresAttention: Bool
  private let seen = Guarded([String]())

  /// `script` is asked first; nil leaves the answer to the table.
  init(
    _ table: StubTable = StubTable([]), refusal: [ServerMessage] = [], ignoresAttention: Bool = false,
    _ script: @escaping Script = { _ in nil }
  ) throws {
    listener = try Socket.listen(on: .tcp(host: "127.0.0.1", port: 0))
    self.script = script
    self.table = table
    self.refusal = refusal
    self.ignoresAttention = ignoresAttention
    let listener = listener
    try SystemThread.start(name: "stub") { [weak self] in
      while let socket = try? listener.accept() {
        guard let self else { return }
        try? SystemThread.start(name: "stub-connection") { self.serve(socket) }
      }
    }
  }

  deinit { listener.shutdown() }

  var url: String { "sqlserver://sa:secret@127.0.0.1:\(listener.port ?? 0)/db1" }
  /// The batches that came, of all connections.
  var batches: [String] { seen.withLock { $0 } }

  func driver(_ query: String = "") throws -> SQLServerDriver {
    try SQLServerDriver(try SQLServerURL(url + query), .write)
  }

  // MARK: Serving

  private func serve(_ socket: Socket) {
    var reader = MessageReader()
    var bulk: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var entry = pollfd(fd: socket.pollDescriptor, events: Int16(POLLIN), revents: 0)
      guard entry.fd >= 0, poll(&entry, 1, -1) >= 0 else { return }
      let count: Int
      switch buffer.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .moved(let moved): count = moved
      case .wouldBlock: continue
      case .ended: return
      }
      var offset = 0
      let isAlive = buffer.withUnsafeBytes { bytes in
        let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        while let event = try? reader.next(bytes, at: &offset) {
          switch event {
          case .message(let message):
            if !handle(message, socket) { return false }
          case .piece(_, let range, let isLast):
            bulk += bytes[range]
            if isLast {
              if !perform(script(.bulk(bulk)) ?? .tokens(Reply.done(StubTable.rows(bulk).count)), socket) {
                return false
              }
              bulk = []
            }
          case .attention:
            if !ignoresAttention { send(Reply.tokens { $0.done(Done(.statement, .attention)) }, socket) }
          case .withdrawn: break
          }
        }
        return true
      }
      if !isAlive { return }
    }
  }

  private func handle(_ message: TDSMessage, _ socket: Socket) -> Bool {
    switch message.type {
    case .prelogin:
      send(Reply.tokens { $0.prelogin(.reply) }, socket)
    case .login:
      guard refusal.isEmpty else {
        send(Reply.tokens { $0.loginRefusal(refusal) }, socket)
        socket.endWriting()
        return false
      }
      send(Reply.tokens { $0.loginReply(LoginReply(database: "db1", serverName: "stub")) }, socket)
    case .batch:
      let text = message.payload.withRawBytes { (try? BatchRequest.read($0, .v74))?.text } ?? ""
      seen.withLock { $0.append(text) }
      return perform(script(.batch(text)) ?? .tokens(table.answer(text)), socket)
    default: send(Reply.done(), socket)
    }
    return true
  }

  private func perform(_ answer: Answer, _ socket: Socket) -> Bool {
    switch answer {
    case .tokens(let tokens): send(tokens, socket)
    case .silence: break
    case .reset(let tokens):
      sendOpen(tokens, socket)
      // So that what came before has been read.
      usleep(50_000)
      socket.reset()
      return false
    case .close(let tokens):
      sendOpen(tokens, socket)
      usleep(20_000)
      socket.close()
      return false
    }
    return true
  }

  private func send(_ tokens: [UInt8], _ socket: Socket) {
    write(PacketWriter.packets(.reply, tokens), socket)
  }

  /// A message without its end.
  private func sendOpen(_ tokens: [UInt8], _ socket: Socket) {
    var packets = PacketWriter.packets(.reply, tokens)
    if tokens.count < 4000, !packets.isEmpty { packets[1] &= 0xFE }
    write(packets, socket)
  }

  private func write(_ bytes: [UInt8], _ socket: Socket) {
    var sent = 0
    while sent < bytes.count {
      switch bytes.withUnsafeBytes({ socket.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .moved(let count): sent += count
      case .wouldBlock: usleep(200)
      case .ended: return
      }
    }
  }
}

/// Tokens of replies.
enum Reply {
  static func tokens(_ body: (inout TDSWriter) -> Void) -> [UInt8] {
    var writer = TDSWriter()
    body(&writer)
    return writer.bytes
  }

  static func done(_ count: Int? = nil) -> [UInt8] {
    tokens { $0.done(Done(.statement, count == nil ? [] : .count, rowCount: UInt64(count ?? 0))) }
  }

  static func error(_ number: Int32, _ severity: UInt8 = 16, _ text: String = "It failed.") -> [UInt8] {
    tokens {
      $0.message(ServerMessage(number: number, severity: severity, text: text))
      $0.done(Done(.statement, .error))
    }
  }

  static func columns(_ columns: [Column]) -> [UInt8] { tokens { $0.columns(columns) } }

  /// Rows of raw values, as the types have them on the wire without their lengths.
  static func rows(_ columns: [Column], _ rows: [[[UInt8]?]]) -> [UInt8] {
    tokens { writer in
      for row in rows {
        writer.beginRow()
        for (column, value) in zip(columns, row) {
          let layout = column.type.layout()
          if let value { writer.bytes(value, layout) } else { writer.null(layout) }
        }
      }
    }
  }

  static func result(_ columns: [Column], _ values: [[[UInt8]?]]) -> [UInt8] {
    Reply.columns(columns) + rows(columns, values) + done(values.count)
  }
}

/// The one table of a stub, as the catalog has it and as the wire does.
struct StubTable: Sendable {
  struct Item: Sendable {
    var name: String
    var server: ServerType
    var wire: TypeInfo
    var isIdentity = false
    var hasDefault = false
    var isNullable = true
    var userType: UInt32 = 0
  }

  var items: [Item]
  var key: [String] = []

  init(_ items: [Item], key: [String] = []) {
    self.items = items
    self.key = key
  }

  private static let text = Column("text", .nvarchar(100))
  private static let number = Column("number", .int)

  private static func bytes(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// What the catalog, FMTONLY and everything else get for an answer.
  func answer(_ text: String) -> [UInt8] {
    if text.hasPrefix("SELECT c.name, c.system_type_id") {
      let columns = [StubTable.text] + Array(repeating: StubTable.number, count: 10)
      return Reply.result(
        columns,
        items.map { item in
          let type = item.server
          let numbers: [Int?] = [
            type.systemID, type.userID, type.maxLength, type.precision, type.scale, type.codePage,
            item.isNullable ? 1 : 0, item.isIdentity ? 1 : 0, 0, item.hasDefault ? 7 : 0,
          ]
          return [Array(item.name.utf16LE)] + numbers.map { $0.map(StubTable.bytes) }
        })
    }
    if text.hasPrefix("SELECT COL_NAME(k.object_id") {
      return Reply.result([StubTable.text], key.map { [$0.utf16LE] })
    }
    if text.hasPrefix("SELECT OBJECT_ID") { return Reply.result([StubTable.number], [[StubTable.bytes(42)]]) }
    if text.contains("SET FMTONLY ON") {
      return Reply.tokens { $0.done(Done(.statement, .more)) } + Reply.columns(metadata)
        + Reply.tokens {
          $0.done(Done(.statement, [.more, .count]))
          $0.done(Done())
        }
    }
    return Reply.done()
  }

  var metadata: [Column] {
    items.map { item in
      var flags: Column.Flags = [.perhapsWritable]
      if item.isNullable { flags.insert(.nullable) }
      if item.isIdentity { flags.insert(.identity) }
      return Column(item.name, item.wire, flags: flags, userType: item.userType)
    }
  }

  /// The columns and rows of a bulk load.
  static func load(_ bulk: [UInt8]) throws -> (columns: [Column], rows: [[[UInt8]?]]) {
    try bulk.withRawBytes { bytes throws(MalformedTDS) in
      var cursor = TDSCursor(bytes)
      guard try cursor.u8() == Token.columns.rawValue else { return ([], []) }
      let columns = try cursor.columns(.v74, in: .bulkLoad) ?? []
      var rows: [[[UInt8]?]] = []
      while let token = cursor.peek, token == Token.row.rawValue {
        try cursor.skip(1)
        var row: [[UInt8]?] = []
        for column in columns {
          row.append(try cursor.value(column.type.layout(in: .bulkLoad)).bytes(in: bytes))
        }
        rows.append(row)
      }
      return (columns, rows)
    }
  }

  static func rows(_ bulk: [UInt8]) -> [[[UInt8]?]] { (try? load(bulk).rows) ?? [] }
}
