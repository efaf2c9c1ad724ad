import Runtime
import TDS
import Testing

@Suite struct RequestTests {
  @Test func `headers name the transaction`() throws {
    let headers = RequestHeaders(transaction: 0x0807_0605_0403_0201)
    let bytes = hex("16000000 12000000 0200 0102030405060708 01000000")
    #expect(written { $0.requestHeaders(headers) } == bytes)
    #expect(try read(bytes) { (c) throws(MalformedTDS) in try c.requestHeaders(.v74) } == headers)
    #expect(written(.v71) { $0.requestHeaders(headers) }.isEmpty)
    // Others are passed over, whatever is in them.
    let others = hex("24000000 08000000 0100 4242 06000000 0300 12000000 0200 0100000000000000 01000000")
    #expect(
      try read(others) { (c) throws(MalformedTDS) in try c.requestHeaders(.v72) }
        == RequestHeaders(transaction: 1))
  }

  @Test(arguments: [
    "03000000", "FFFFFFFF 00", "16000000 00000000 0200", "16000000 FF000000 0200 0000000000000000 01000000",
    "16000000 12000000 0200 00000000",
  ])
  func `headers that are none are refused`(bytes: String) {
    #expect(throws: MalformedTDS.self) {
      try read(hex(bytes)) { (c) throws(MalformedTDS) in try c.requestHeaders(.v74) }
    }
  }

  @Test func `a batch is its headers and UTF-16`() throws {
    let bytes = hex("16000000 12000000 0200 0000000000000000 01000000 73006500 6C00")
    #expect(try bytes.withUnsafeBytes { try BatchRequest.read($0, .v74) } == BatchRequest("sel"))
    #expect(written { $0.batch(BatchRequest("sel")) } == bytes)
    #expect(written(.v71) { $0.batch(BatchRequest("sel")) } == hex("73006500 6C00"))
    #expect(throws: MalformedTDS.self) {
      try hex("7300 65").withUnsafeBytes { try BatchRequest.read($0, .v71) }
    }
  }

  @Test(arguments: TDSVersion.allCases)
  func `transaction requests are read as they were written`(version: TDSVersion) throws {
    let actions: [TransactionRequest.Action] = [
      .begin(.snapshot, name: ""), .begin(.readCommitted, name: "täx"), .commit(name: "", next: nil),
      .commit(name: "a", next: TransactionRequest.Next(isolation: .serializable, name: "b")),
      .rollback(name: "a", next: TransactionRequest.Next()), .rollback(name: "", next: nil), .save(name: "s"),
      .other(0),
    ]
    for action in actions {
      let request = TransactionRequest(
        action, headers: RequestHeaders(transaction: version.hasHeaders ? 77 : 0))
      let bytes = written(version) { $0.transactionRequest(request) }
      #expect(try bytes.withUnsafeBytes { try TransactionRequest.read($0, version) } == request)
    }
    // As python-tds commits and begins anew.
    let commit = hex("16000000 12000000 0200 0100000000000000 01000000 0700 00 01 00 00")
    let request = try commit.withUnsafeBytes { try TransactionRequest.read($0, .v74) }
    #expect(request.action == .commit(name: "", next: TransactionRequest.Next()))
  }

  @Test func `a call of sp_executesql as python-tds makes it`() throws {
    let bytes = hex(
      """
      16000000 12000000 0200 0000000000000000 01000000
      FFFF 0A00 0000
      00 00 E7 FFFF 0904D00034 FEFFFFFFFFFFFFFF 04000000 73006500 02000000 6C00 00000000
      03 40006100 6200 01 26 04 04 07000000
      """)
    let request = try bytes.withUnsafeBytes { try RPCRequest.read($0, .v74) }
    let call = try #require(request.calls.first)
    #expect(call.target == .procedure(.executeSQL))
    #expect(call.parameters[0] == RPCRequest.Parameter("", .nvarcharMax(), "sel".utf16LE))
    #expect(call.parameters[1] == RPCRequest.Parameter("@ab", .int, [7, 0, 0, 0], status: .output))
  }

  @Test func `a statement as ntext, as FreeTDS ODBC sends it`() throws {
    let bytes = hex(
      "16000000 12000000 0200 0000000000000000 01000000 FFFF 0A00 0000 00 00 63 02000000 0904D00034 02000000 7300"
        + "00 00 63 00000000 0904D00034 00000000 00 00 63 00000000 0904D00034 FFFFFFFF")
    let request = try bytes.withUnsafeBytes { try RPCRequest.read($0, .v74) }
    #expect(request.calls[0].parameters.map(\.value) == ["s".utf16LE, [], nil])
  }

  @Test(arguments: TDSVersion.allCases, 0..<25 as Range<UInt64>)
  func `calls with parameters of all types are read as they were written`(
    version: TDSVersion, seed: UInt64
  ) throws {
    var seed = Seed(seed)
    let types = SampleTypes.of(version)
    let calls = (0..<seed.number(1...3)).map { _ in
      let target: RPCRequest.Target =
        seed.number(0...1) == 0 ? .procedure(.prepareExecute) : .name("[sys]." + seed.text(0...20))
      let parameters = (0..<seed.number(0...8)).map { index in
        var type = seed.pick(types)
        // A parameter of a CLR type does not name the assembly.
        if type.type == .udt { type.names.removeLast() }
        return RPCRequest.Parameter(
          seed.pick(["", "@p\(index)", String(repeating: "n", count: 127)]), type, seed.value(type),
          status: seed.pick([[], .output, .byDefault]))
      }
      return RPCRequest.Call(target, options: seed.pick([[], .noMetadata, .recompile]), parameters)
    }
    let request = RPCRequest(calls, headers: RequestHeaders(transaction: version.hasHeaders ? 9 : 0))
    let bytes = written(version) { $0.rpc(request) }
    #expect(try bytes.withUnsafeBytes { try RPCRequest.read($0, version) } == request)
  }

  @Test func `a separator behind the last call separates nothing`() throws {
    let request = RPCRequest([RPCRequest.Call(.procedure(.unprepare), [.init("", .int, [1, 0, 0, 0])])])
    let bytes = written { $0.rpc(request) } + [0xFF]
    #expect(try bytes.withUnsafeBytes { try RPCRequest.read($0, .v74) } == request)
  }
}
