import Runtime
import TDS
import Testing

/// Whatever comes: an error or a result, never a trap. A trap ends the test process.
@Suite struct HostileInputTests {
  private func tryAll(_ bytes: [UInt8], _ version: TDSVersion, _ seed: inout Seed) {
    _ = try? MessageReader.messages(bytes)
    _ = try? ReplyToken.read(bytes, version)
    bytes.withUnsafeBytes { bytes in
      _ = try? Prelogin.read(bytes)
      _ = try? Login.read(bytes)
      _ = try? BatchRequest.read(bytes, version)
      _ = try? RPCRequest.read(bytes, version)
      _ = try? TransactionRequest.read(bytes, version)
      _ = try? ValueReader.variant(bytes)
      for type in SampleTypes.all {
        var cursor = TDSCursor(bytes)
        while let value = try? cursor.value(type.layout()), !cursor.isAtEnd { _ = value.bytes(in: bytes) }
      }
      decode(bytes)
    }
    var load = BulkLoadReader(version: version)
    var reply = ReplyReader(version: version)
    for piece in seed.pieces(bytes, most: 20) {
      piece.withUnsafeBytes { bytes in
        var at = 0
        while let event = try? load.next(bytes, at: &at) {
          guard case .row = event else { continue }
          let values = load.values
          load.withRow(of: bytes) { row in for value in values { _ = value.bytes(in: row) } }
        }
        at = 0
        while (try? reply.next(bytes, at: &at)) != nil {}
      }
    }
  }

  private func decode(_ bytes: UnsafeRawBufferPointer) {
    _ = try? ValueReader.integer(bytes)
    _ = try? ValueReader.bit(bytes)
    _ = try? ValueReader.float(bytes)
    _ = try? ValueReader.decimal(bytes)
    _ = try? ValueReader.money(bytes)
    _ = try? ValueReader.datetime(bytes)
    _ = try? ValueReader.smalldatetime(bytes)
    _ = try? ValueReader.date(bytes)
    _ = try? ValueReader.time(bytes)
    _ = try? ValueReader.datetime2(bytes)
    _ = try? ValueReader.datetimeoffset(bytes)
    _ = try? ValueReader.text(bytes)
    var writer = TDSWriter()
    _ = writer.utf8(fromUTF16: bytes)
    for number in [1252, 932, 65001] {
      guard let page = CodePage.of(number) else { continue }
      _ = page.decode(bytes)
      _ = writer.utf8(from: bytes, page)
      writer.text(fromUTF8: bytes, page: page, TypeInfo.varchar(8000).layout())
    }
    writer.text(fromUTF8: bytes, TypeInfo.nvarchar(4000).layout())
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `random bytes crash nothing`(seed: UInt64) {
    var seed = Seed(seed)
    for version in TDSVersion.allCases {
      var bytes = seed.bytes(0...300)
      // Half of them begin like something.
      if seed.number(0...1) == 0 {
        bytes.insert(
          contentsOf: seed.pick([[0x81, 2, 0], [0xE3], [0xAA], [0xAC], [0xAE], [1, 1, 0, 20]]), at: 0)
      }
      tryAll(bytes, version, &seed)
    }
  }

  @Test(arguments: TDSVersion.allCases, 0..<10 as Range<UInt64>)
  func `messages with some bytes changed crash nothing`(version: TDSVersion, seed: UInt64) {
    var seed = Seed(seed)
    var login = Login(version: version)
    login.userName = "sa"
    login.password = Secret("x")
    login.database = "db1"
    login.features = [Feature(id: 1, data: [1, 2, 3])]
    let parameters = SampleTypes.of(version).map { type in
      RPCRequest.Parameter("@p", type, seed.value(type))
    }
    let columns = SampleTypes.of(version).map { Column("c", $0) }
    let messages: [[UInt8]] = [
      written(version) { $0.prelogin(.reply) }, written(version) { $0.login(login) },
      written(version) { $0.batch(BatchRequest("select 1")) },
      written(version) { $0.rpc(RPCRequest([RPCRequest.Call(.procedure(.executeSQL), parameters)])) },
      written(version) { $0.transactionRequest(TransactionRequest(.begin(.snapshot, name: "t"))) },
      SampleReply(version, &seed).payload, SampleReply(version, &seed).payload,
      written(version) { writer in
        writer.bulkLoadColumns(columns)
        for _ in 0..<3 {
          writer.beginRow()
          for column in columns {
            writer.sample(seed.value(column.type), column.type.layout(in: .bulkLoad), &seed)
          }
        }
      },
    ]
    for message in messages {
      tryAll(seed.mutated(message), version, &seed)
      tryAll(seed.mutated(PacketWriter.packets(.rpc, message, packetSize: 512)), version, &seed)
    }
  }
}
