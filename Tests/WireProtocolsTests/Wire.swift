import Databases
import FaultInjection
import WireProtocols

/// A codec between a client and a server that the test plays by hand.
struct Wire {
  private var codec: any WireCodec
  private let verdict: (Moment) -> Verdict
  private var waiting: [Direction: [UInt8]] = [.toServer: [], .toClient: []]
  /// Of those, how many are used up.
  private var used: [Direction: Int] = [:]

  /// What came out on either side.
  private(set) var toServer: [UInt8] = []
  private(set) var toClient: [UInt8] = []
  private(set) var moments: [Moment] = []
  private(set) var isConnected = false
  private(set) var ending: Ending?
  private(set) var interrupt: [UInt8] = []

  init(
    _ codec: any WireCodec = PostgresCodec(side: .target),
    _ verdict: @escaping (Moment) -> Verdict = { _ in .pass }
  ) {
    self.codec = codec
    self.verdict = verdict
  }

  var operations: [String] {
    moments.map { moment in
      moment.operation.rawValue + (moment.table.map { " \($0)" } ?? "")
        + (moment.batch.map { " \($0)" } ?? "")
    }
  }

  /// The server cannot be reached.
  var isUnreachable = false

  mutating func client(_ bytes: [UInt8]) throws { try give(.toServer, bytes) }
  mutating func server(_ bytes: [UInt8]) throws { try give(.toClient, bytes) }

  mutating func give(_ direction: Direction, _ bytes: [UInt8]) throws {
    waiting[direction, default: []].removeFirst(used[direction] ?? 0)
    used[direction] = 0
    waiting[direction, default: []] += bytes
    var isBusy = true
    while isBusy && ending == nil {
      isBusy = false
      for direction in Direction.allCases where ending == nil {
        while ending == nil, try step(direction) { isBusy = true }
      }
    }
  }

  /// What reached the server since the last time.
  mutating func takeToServer() -> [UInt8] {
    defer { toServer = [] }
    return toServer
  }
  mutating func takeToClient() -> [UInt8] {
    defer { toClient = [] }
    return toClient
  }

  private mutating func step(_ direction: Direction) throws -> Bool {
    let bytes = (waiting[direction] ?? [])[(used[direction] ?? 0)...]
    let step = try bytes.withUnsafeBytes { try codec.step(direction, $0) }
    switch step {
    case .wait: return false
    case .pass(let count):
      emit(direction, bytes.prefix(count))
      used[direction, default: 0] += count
    case .drop(let count): used[direction, default: 0] += count
    case .insert(let bytes): emit(direction, bytes[...])
    case .ask(let moment):
      moments.append(moment)
      codec.resolve(direction, verdict(moment))
    case .connect where isUnreachable: codec.refuse("nobody listens")
    case .connect: isConnected = true
    case .interrupt(let bytes): interrupt = bytes
    case .end(let how): ending = how
    }
    return true
  }

  private mutating func emit(_ direction: Direction, _ bytes: ArraySlice<UInt8>) {
    switch direction {
    case .toServer: toServer += bytes
    case .toClient: toClient += bytes
    }
  }
}

/// Messages that only tests make.
enum Sample {
  static let startup = bigEndian(17) + bigEndian(196_608) + Array("user\0me\0\0".utf8)
  static let ready = PostgresMessage.ready("I")
  static let inTransaction = PostgresMessage.ready("T")
  static let failed = PostgresMessage.ready("E")
  static let accepted =
    PostgresMessage.make("R", [0, 0, 0, 0]) + PostgresMessage.make("K", [1, 2, 3, 4, 5, 6, 7, 8])
  static let sync = PostgresMessage.make("S")
  static let copyDone = PostgresMessage.make("c")
  static let copyIn = PostgresMessage.make("G", [1, 0, 0])
  static let copyOut = PostgresMessage.make("H", [1, 0, 0])
  static let header = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
  static func data(_ bytes: [UInt8]) -> [UInt8] { PostgresMessage.make("d", bytes) }
  static func complete(_ tag: String) -> [UInt8] { PostgresMessage.make("C", Array(tag.utf8) + [0]) }
  static func error(_ code: String) -> [UInt8] {
    PostgresMessage.make("E", Array("SERROR\0C\(code)\0Mreal\0\0".utf8))
  }
  static func bind(_ portal: String, _ statement: String, _ parameters: [String?]) -> [UInt8] {
    var body = Array("\(portal)\0\(statement)\0".utf8) + [0, 0, 0, UInt8(parameters.count)]
    for parameter in parameters {
      guard let parameter else {
        body += [0xFF, 0xFF, 0xFF, 0xFF]
        continue
      }
      body += bigEndian(UInt32(parameter.utf8.count)) + Array(parameter.utf8)
    }
    return PostgresMessage.make("B", body + [0, 0])
  }
  static func execute(_ portal: String) -> [UInt8] {
    PostgresMessage.make("E", Array("\(portal)\0".utf8) + [0, 0, 0, 0])
  }

  /// The SQLSTATEs of the errors among messages.
  static func codes(_ bytes: [UInt8]) -> [String] {
    messages(bytes).filter { $0.type == "E" }.compactMap { message in
      message.body.split(separator: 0).first { $0.first == UInt8(ascii: "C") }
        .map { String(decoding: $0.dropFirst(), as: UTF8.self) }
    }
  }

  /// The messages' types in a row, and of ReadyForQuery its state: `1 2 C ZI`.
  static func types(_ bytes: [UInt8]) -> String {
    messages(bytes).map { message in
      message.type == "Z" ? "Z" + String(decoding: message.body, as: UTF8.self) : String(message.type)
    }.joined(separator: " ")
  }

  static func messages(_ bytes: [UInt8]) -> [(type: Character, body: ArraySlice<UInt8>)] {
    var rest = bytes[...]
    var found: [(type: Character, body: ArraySlice<UInt8>)] = []
    while rest.count >= 5 {
      let length = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let type = Character(Unicode.Scalar(rest[rest.startIndex]))
      found.append((type, rest.dropFirst(5).prefix(length - 4)))
      rest = rest.dropFirst(length + 1)
    }
    return found
  }
}

extension Wire {
  /// A session that is ready for its first statement.
  static func ready(_ verdict: @escaping (Moment) -> Verdict = { _ in .pass }) throws -> Wire {
    var wire = Wire(PostgresCodec(side: .target), verdict)
    try wire.client(Sample.startup)
    try wire.server(Sample.accepted + Sample.ready)
    _ = wire.takeToServer()
    _ = wire.takeToClient()
    return wire
  }
}
