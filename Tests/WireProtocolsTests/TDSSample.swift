import Databases
import FaultInjection
import TDS
import WireProtocols

/// Messages of TDS that only tests make, and what they say.
struct TDSSample {
  var version = TDSVersion.v74
  var packetSize = 4096
  var transaction: UInt64 = 0

  static let columns = [Column("a", .int), Column("b", .nvarchar(400))]

  private var headers: RequestHeaders { RequestHeaders(transaction: transaction) }

  private func message(
    _ type: PacketType, size: Int? = nil, status: PacketStatus = [],
    _ write: (inout TDSWriter) -> Void
  ) -> [UInt8] {
    var writer = TDSWriter(version: version)
    write(&writer)
    return PacketWriter.packets(
      type, writer.bytes, packetSize: size ?? packetSize, status: status, spid: type == .reply ? 53 : 0)
  }

  // MARK: The client

  static func prelogin(_ encryption: Encryption = .notSupported, mars: Bool = false) -> [UInt8] {
    var writer = TDSWriter()
    writer.prelogin(
      Prelogin(
        encryption: encryption, instance: "", mars: mars, others: [Prelogin.Option.threadID.rawValue: []]))
    return PacketWriter.packets(.prelogin, writer.bytes)
  }

  var login: [UInt8] {
    message(.login, size: PacketHeader.defaultPacketSize) { writer in
      var login = Login(version: version)
      login.packetSize = UInt32(packetSize)
      login.userName = "me"
      login.database = "shop"
      writer.login(login)
    }
  }

  func batch(_ sql: String, status: PacketStatus = []) -> [UInt8] {
    message(.batch, status: status) { $0.batch(BatchRequest(sql, headers: headers)) }
  }

  func transaction(_ action: TransactionRequest.Action) -> [UInt8] {
    message(.transactionManager) { $0.transactionRequest(TransactionRequest(action, headers: headers)) }
  }

  func call(_ procedure: RPCRequest.Procedure, _ parameters: [RPCRequest.Parameter]) -> [UInt8] {
    message(.rpc) {
      $0.rpc(RPCRequest([RPCRequest.Call(.procedure(procedure), parameters)], headers: headers))
    }
  }

  static func text(_ text: String) -> RPCRequest.Parameter {
    RPCRequest.Parameter("", .nvarchar(4000), text.utf16LE)
  }
  static func int(_ value: Int32?) -> RPCRequest.Parameter {
    let bytes = value.map { value in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> Int32($0)) } }
    return RPCRequest.Parameter("", .int, bytes, status: value == nil ? .output : [])
  }

  /// A bulk load; each row has so many characters, and 7 bytes more.
  func load(_ rows: [Int], trailer: Bool = false) -> [UInt8] {
    message(.bulkLoad) { writer in
      writer.bulkLoadColumns(TDSSample.columns)
      for row in rows { TDSSample.row(row, &writer) }
      if trailer { writer.bulkLoadTrailer(isWide: false) }
    }
  }

  // MARK: The server

  static func row(_ characters: Int, _ writer: inout TDSWriter) {
    writer.beginRow()
    let layouts = columns.map { $0.type.layout() }
    writer.bytes([7, 0, 0, 0], layouts[0])
    writer.bytes([UInt8](repeating: 0x41, count: characters * 2), layouts[1])
  }

  func reply(_ write: (inout TDSWriter) -> Void) -> [UInt8] { message(.reply, write) }

  static func preloginReply(_ encryption: Encryption = .notSupported) -> [UInt8] {
    var writer = TDSWriter()
    writer.prelogin(Prelogin(encryption: encryption, instance: "", mars: false))
    return PacketWriter.packets(.reply, writer.bytes)
  }

  var loginReply: [UInt8] {
    message(.reply, size: PacketHeader.defaultPacketSize) { writer in
      var reply = LoginReply(database: "shop", serverName: "server")
      reply.packetSize = packetSize
      writer.loginReply(reply)
    }
  }

  func done(_ status: Done.Status = [], _ count: UInt64 = 0) -> [UInt8] {
    reply { $0.done(Done(.statement, status, rowCount: count)) }
  }
  func changed(_ change: EnvironmentChange) -> [UInt8] {
    reply {
      $0.environmentChange(change)
      $0.done(Done())
    }
  }
  func failed(_ number: Int32) -> [UInt8] {
    reply {
      $0.message(ServerMessage(number: number, severity: 16, text: "real"))
      $0.done(Done(.statement, .error))
    }
  }
  func rows(_ rows: [Int]) -> [UInt8] {
    reply { writer in
      writer.columns(TDSSample.columns)
      for row in rows { TDSSample.row(row, &writer) }
      writer.done(Done(.statement, .count, rowCount: UInt64(rows.count)))
    }
  }

  // MARK: What messages say

  /// What reached the client: `columns row row error 1205 rolled back done 2`, messages divided by `|`.
  func told(_ bytes: [UInt8]) throws -> String {
    try MessageReader.messages(bytes).map { message in
      try ReplyToken.read(message.payload, version).map(TDSSample.name).joined(separator: " ")
    }.joined(separator: " | ")
  }

  private static func name(_ token: ReplyToken) -> String {
    switch token {
    case .columns: "columns"
    case .row: "row"
    case .message(let message): "\(message.isError ? "error" : "info") \(message.number)"
    case .environmentChange(.rollbackTransaction): "rolled-back"
    case .environmentChange(.beginTransaction): "begun"
    case .environmentChange(.commitTransaction): "committed"
    case .environmentChange(let change): "change \(change.number)"
    case .done(let done): "\(done.kind == .procedure ? "proc" : "done") \(done.status.rawValue)"
    default: "other"
    }
  }

  /// What reached the server.
  func asked(_ bytes: [UInt8]) throws -> [String] {
    try MessageReader.messages(bytes).map { message in
      let version = version
      switch message.type {
      case .batch:
        return try message.payload.withUnsafeBytes { try BatchRequest.read($0, version).text }
      default: return "\(message.type)"
      }
    }
  }

  /// A session that is ready for its first request.
  func ready(_ verdict: @escaping (Moment) -> Verdict = { _ in .pass }) throws -> Wire {
    var wire = Wire(TDSCodec(side: .target), verdict)
    try wire.client(TDSSample.prelogin())
    try wire.server(TDSSample.preloginReply())
    try wire.client(login)
    try wire.server(loginReply)
    _ = (wire.takeToServer(), wire.takeToClient())
    return wire
  }
}
