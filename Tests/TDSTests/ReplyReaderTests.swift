import Runtime
import TDS
import Testing

/// A reply of random tokens, and what it says.
struct SampleReply {
  var payload: [UInt8] = []
  var tokens: [ReplyToken] = []
  /// Where each token ends.
  var ends: [Int] = []

  init(_ version: TDSVersion, _ seed: inout Seed) {
    var writer = TDSWriter(version: version)
    for _ in 0..<seed.number(1...6) {
      switch seed.number(0...9) {
      case 0...4: addResult(&writer, &seed)
      case 5: add(.message(SampleReply.message(&seed)), &writer) { w, s in w.message(s) }
      case 6: addChange(&writer, &seed)
      case 7: addReturned(&writer, &seed)
      case 8:
        let status = Int32(seed.number(-5...5))
        writer.returnStatus(status)
        finish(.returnStatus(status), writer)
      default: addLogin(&writer, &seed)
      }
    }
    payload = writer.bytes
  }

  private mutating func finish(_ token: ReplyToken, _ writer: borrowing TDSWriter) {
    tokens.append(token)
    ends.append(writer.count)
  }

  private mutating func add(
    _ token: ReplyToken, _ writer: inout TDSWriter, _ write: (inout TDSWriter, ServerMessage) -> Void
  ) {
    guard case .message(let message) = token else { return }
    write(&writer, message)
    finish(token, writer)
  }

  private static func message(_ seed: inout Seed) -> ServerMessage {
    let number = Int32(seed.number(1...50_000))
    var message = ServerMessage(
      number: number, severity: UInt8(seed.number(11...25)), text: seed.text(0...50))
    message.state = UInt8(seed.number(0...255))
    message.server = seed.text(0...10)
    message.procedure = seed.text(0...10)
    message.line = seed.number(0...60_000)
    return message
  }

  private mutating func addChange(_ writer: inout TDSWriter, _ seed: inout Seed) {
    let number = UInt64(seed.number(1...1_000_000))
    let changes: [EnvironmentChange] = [
      .database(seed.text(0...10), old: seed.text(0...10)), .language(seed.text(0...10), old: ""),
      .characterSet("iso_1", old: ""), .packetSize(seed.number(512...32767), old: 4096),
      .collation(.sqlLatin1, old: nil), .collation(.latin1, old: .sqlLatin1), .beginTransaction(number),
      .commitTransaction(number), .rollbackTransaction(number), .mirrorPartner(seed.text(1...10)), .reset,
      .userInstance(seed.text(1...10)), .routing(host: seed.text(1...10), port: 1433),
      .other(15, seed.bytes(0...20)),
    ]
    let change = seed.pick(changes.filter { $0.isKnown(to: writer.version) })
    writer.environmentChange(change)
    finish(.environmentChange(change), writer)
  }

  private mutating func addLogin(_ writer: inout TDSWriter, _ seed: inout Seed) {
    let ack = LoginAck(version: writer.version)
    writer.loginAck(ack)
    finish(.loginAck(ack), writer)
    let features = [Feature(id: Feature.utf8, data: [1]), Feature(id: 0x42, data: seed.bytes(0...2000))]
    writer.featureAck(features)
    finish(.features(features), writer)
  }

  private mutating func addReturned(_ writer: inout TDSWriter, _ seed: inout Seed) {
    let types = SampleTypes.of(writer.version).filter { $0.type != .udt }
    let type = seed.pick(types)
    let returned = ReturnValue(
      ordinal: UInt16(seed.number(0...9)), name: seed.text(0...9), userType: 7, flags: .nullable, type: type)
    writer.beginReturnValue(returned)
    let value = seed.value(type)
    writer.sample(value, type.layout(in: .parameter), &seed)
    finish(.returnValue(returned, value), writer)
  }

  private mutating func addResult(_ writer: inout TDSWriter, _ seed: inout Seed) {
    let types = SampleTypes.of(writer.version)
    let columns = (0..<seed.number(1...20)).map { index in
      let type = seed.pick(types)
      let table = writer.version.hasTableNameParts ? ["dbo", "täble"] : ["dbo.täble"]
      return Column(
        "\(index)" + seed.text(0...10), type, flags: seed.pick([.nullable, .computed, .identity]),
        userType: UInt32(seed.number(0...255)), tableName: type.type.hasTextPointer ? table : [])
    }
    writer.columns(columns)
    finish(.columns(columns), writer)
    if seed.number(0...3) == 0 {
      writer.order([1, 0])
      finish(.order([1, 0]), writer)
    }
    let layouts = columns.map { $0.type.layout() }
    for _ in 0..<seed.number(0...8) {
      let row = columns.map { seed.value($0.type) }
      let hasBitmap = writer.version.hasNullBitmapRows && seed.number(0...1) == 0
      if hasBitmap { writer.beginNullBitmapRow(columns: columns.count) } else { writer.beginRow() }
      for (index, value) in row.enumerated() {
        if hasBitmap, value == nil {
          writer.markNull(index)
        } else {
          writer.sample(value, layouts[index], &seed)
        }
      }
      finish(.row(row), writer)
    }
    let kinds: [Done.Kind] = [.statement, .procedure, .inProcedure]
    let done = Done(
      seed.pick(kinds), Done.Status(rawValue: UInt16(seed.number(0...0x1FF))), command: Done.Command.select,
      rowCount: UInt64(seed.number(0...1_000_000)))
    writer.done(done)
    finish(.done(done), writer)
  }
}

@Suite struct ReplyReaderTests {
  @Test(arguments: TDSVersion.allCases, 0..<15 as Range<UInt64>)
  func `every reply is read as it was written, and every token ends where it was`(
    version: TDSVersion, seed: UInt64
  ) throws {
    var seed = Seed(seed)
    let reply = SampleReply(version, &seed)
    #expect(try ReplyToken.read(reply.payload, version) == reply.tokens)
    for most in [1, 3, 40, 700] {
      var reader = ReplyReader(version: version, keepsRows: true)
      var tokens: [ReplyToken] = []
      var ends: [Int] = []
      for piece in seed.pieces(reply.payload, most: most) {
        var at = 0
        try piece.withRawBytes { bytes throws(MalformedTDS) in
          while let event = try reader.next(bytes, at: &at) {
            #expect(event.range.lowerBound == ends.last ?? 0)
            tokens.append(try reader.decoded(of: bytes))
            ends.append(event.range.upperBound)
          }
        }
        #expect(at == piece.count)
      }
      #expect(reader.isBetweenTokens)
      #expect(tokens == reply.tokens)
      #expect(ends == reply.ends)
    }
  }

  @Test(arguments: TDSVersion.allCases, 0..<15 as Range<UInt64>)
  func `rows that nobody keeps end at the same places, with values of the same lengths`(
    version: TDSVersion, seed: UInt64
  ) throws {
    var seed = Seed(seed)
    let reply = SampleReply(version, &seed)
    var reader = ReplyReader(version: version)
    var ends: [Int] = []
    var lengths: [[Int]] = []
    for piece in seed.pieces(reply.payload, most: 100) {
      var at = 0
      try piece.withRawBytes { bytes throws(MalformedTDS) in
        while let event = try reader.next(bytes, at: &at) {
          ends.append(event.range.upperBound)
          if event.token == .row || event.token == .nullBitmapRow {
            lengths.append(reader.values.map(\.count))
          }
        }
      }
    }
    #expect(ends == reply.ends)
    let expected = reply.tokens.compactMap { token -> [Int]? in
      guard case .row(let values) = token else { return nil }
      return values.map { $0?.count ?? -1 }
    }
    #expect(lengths == expected)
  }

  @Test func `a login's reply is what a client expects, in every version`() throws {
    for version in TDSVersion.allCases {
      var reply = LoginReply(database: "db1", serverName: "srv")
      reply.routing = ("other", 1433)
      reply.features = [Feature(id: Feature.utf8, data: [1])]
      let tokens = try ReplyToken.read(written(version) { $0.loginReply(reply) }, version)
      var ack: LoginAck?
      var numbers: [UInt8] = []
      var messages: [Int32] = []
      var hasFeatures = false
      for token in tokens {
        switch token {
        case .loginAck(let found): ack = found
        case .environmentChange(let change): numbers.append(change.number)
        case .message(let message): messages.append(message.number)
        case .features: hasFeatures = true
        default: break
        }
      }
      #expect(ack?.version == version.rawValue)
      #expect(numbers == [1, 7, 2, 4, 20])
      #expect(messages == [5701, 5703])
      #expect(hasFeatures == (version == .v74))
      #expect(tokens.last == .done(Done()))
    }
    let refusal = try ReplyToken.read(
      written { $0.loginRefusal([ServerMessage(number: 18456, severity: 14, text: "Login failed")]) }, .v74)
    #expect(refusal.last == .done(Done(.statement, .error)))
  }

  @Test(arguments: [
    "D1 00", "42", "81 0100 00000000 0100 FF", "FD 00", "AA FFFF 00", "E3 0000", "E3 0500 01 20",
    "81 0100 00000000 0100 F1 00 00 D1 0300000000000000 02000000 4100 00000000",
    "81 0100 00000000 0100 62 49 1F 00 00 00 D1 FFFFFFFF",
  ])
  func `what is no reply is refused`(bytes: String) {
    #expect(throws: MalformedTDS.self) { try ReplyToken.read(hex(bytes), .v74) }
  }

  @Test func `a description that never ends does not fill the memory`() {
    var reader = ReplyReader(version: .v74, longestToken: 10_000)
    var piece = hex("81 FEFF")
    #expect(throws: MalformedTDS.self) {
      for _ in 0..<100_000 {
        var at = 0
        _ = try piece.withUnsafeBytes { try reader.next($0, at: &at) }
        piece = hex("00000000 0100 26 04 00")
      }
    }
    var features = ReplyReader(version: .v74, longestToken: 10_000)
    var part = hex("AE 01 FFFFFFFF")
    #expect(throws: MalformedTDS.self) {
      for _ in 0..<100_000 {
        var at = 0
        _ = try part.withUnsafeBytes { try features.next($0, at: &at) }
        part = [UInt8](repeating: 0, count: 100)
      }
    }
  }
}
