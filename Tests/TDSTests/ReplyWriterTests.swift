import Runtime
import TDS
import Testing

@Suite struct ReplyWriterTests {
  @Test func `a result is byte for byte the specification's sample`() {
    let message = written { writer in
      let type = TypeInfo.varchar(3)
      writer.columns([Column("bar", type, flags: .computed)])
      writer.beginRow()
      writer.text("foo", type.layout())
      writer.done(Done(.statement, .count, command: Done.Command.select, rowCount: 1))
    }
    let tokens = hex(
      "81 0100 00000000 2000 A7 0300 0904D00034 03 620061007200 | D1 0300 666F6F | FD 1000 C100 0100000000000000"
    )
    #expect(message == tokens)
    let expected = hex("04 01 0033 0000 01 00") + tokens
    #expect(PacketWriter.packets(.reply, message) == expected)
  }

  @Test func `the tail of a procedure's reply`() {
    let tail = written { writer in
      writer.done(Done(.inProcedure, [.more, .count], command: Done.Command.select, rowCount: 1))
      writer.returnStatus(0)
      writer.done(Done(.procedure, [], command: Done.Command.execute))
    }
    #expect(tail == hex("FF 1100 C100 0100000000000000 | 79 00000000 | FE 0000 E000 0000000000000000"))
  }

  @Test func `changes of the environment`() {
    func change(_ change: EnvironmentChange, _ version: TDSVersion = .v74) -> [UInt8] {
      written(version) { $0.environmentChange(change) }
    }
    #expect(change(.database("a", old: "")) == hex("E3 0500 01 01 6100 00"))
    #expect(change(.packetSize(512, old: 4096)) == hex("E3 1100 04 03 3500 3100 3200 04 3400 3000 3900 3600"))
    #expect(change(.collation(.sqlLatin1, old: nil)) == hex("E3 0800 07 05 0904D00034 00"))
    #expect(change(.beginTransaction(1)) == hex("E3 0B00 08 08 0100000000000000 00"))
    #expect(change(.commitTransaction(1)) == hex("E3 0B00 09 00 08 0100000000000000"))
    #expect(change(.rollbackTransaction(1)) == hex("E3 0B00 0A 00 08 0100000000000000"))
    #expect(change(.reset) == hex("E3 0300 12 0000"))
    #expect(change(.routing(host: "h", port: 1433)) == hex("E3 0C00 14 0700 00 9905 0100 6800 0000"))
    for known in [
      EnvironmentChange.beginTransaction(1), .commitTransaction(1), .rollbackTransaction(1), .reset,
    ] {
      #expect(change(known, .v71).isEmpty)
    }
    #expect(!change(.routing(host: "h", port: 1), .v71).isEmpty)
  }

  @Test func `7.1 has narrow fields`() {
    let message = written(.v71) { writer in
      writer.columns([Column("t", .text(), flags: [.nullable], userType: 0x23, tableName: ["dbo", "x"])])
      writer.message(
        ServerMessage(number: 1205, severity: 13, state: 51, text: "t", server: "s", line: 70_000))
      writer.done(Done(.statement, .count, rowCount: 1 << 40))
    }
    #expect(
      message
        == hex(
          """
          81 0100 2300 0100 23 FFFFFF7F 0904D00034 0500 6400 6200 6F00 2E00 7800 01 7400
          AA 1000 B5040000 33 0D 0100 7400 01 7300 00 FFFF
          FD 1000 0000 FFFFFFFF
          """))
  }

  @Test func `information has class 0 where the server means 10, and errors keep theirs`() {
    let info = written { $0.message(ServerMessage(number: 1, severity: 10, text: "")) }
    #expect(info[0] == 0xAB && info[8] == 0)
    let error = written { $0.message(ServerMessage(number: 1, severity: 11, text: "")) }
    #expect(error[0] == 0xAA && error[8] == 11)
  }

  @Test func `a message that is too long for its token is cut`() throws {
    let long = ServerMessage(
      number: 1, severity: 16, text: String(repeating: "x", count: 100_000),
      server: String(repeating: "s", count: 300), procedure: String(repeating: "p", count: 300))
    let bytes = written { $0.message(long) }
    let back = try read(Array(bytes[1...])) { (c) throws(MalformedTDS) in try c.message(.v74) }
    #expect(back.text.count == 32_000 && back.server.count == 255)
  }

  @Test func `the bitmap of NULLs counts columns from the lowest bit`() {
    let row = written { writer in
      writer.beginNullBitmapRow(columns: 10)
      writer.markNull(0)
      writer.markNull(9)
    }
    #expect(row == hex("D2 01 02"))
  }

  @Test func `an empty set of columns and an order`() {
    #expect(written { $0.noColumns() } == hex("81 FFFF"))
    #expect(written { $0.order([1, 0, 300]) } == hex("A9 0600 0100 0000 2C01"))
  }

  @Test func `LOGINACK names the version big endian`() {
    let ack = written { $0.loginAck(LoginAck(version: .v74, program: "Microsoft SQL Server")) }
    #expect(Array(ack[3...7]) == hex("01 74000004"))
    #expect(Array(ack.suffix(4)) == hex("0F 00 10 87"))
    let bytes: [TDSVersion: String] = [
      .v71: "71000001", .v72: "72090002", .v73A: "730A0003", .v73B: "730B0003", .v74: "74000004",
    ]
    for (version, expected) in bytes {
      #expect(Array(written { $0.loginAck(LoginAck(version: version)) }[4...7]) == hex(expected))
    }
  }
}
