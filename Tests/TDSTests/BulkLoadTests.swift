import Runtime
import TDS
import Testing

@Suite struct BulkLoadTests {
  private struct Loaded: Equatable {
    var columns: [Column] = []
    var rows: [[[UInt8]?]] = []
  }

  private func load(_ pieces: [[UInt8]], _ version: TDSVersion) throws(MalformedTDS) -> Loaded {
    var reader = BulkLoadReader(version: version)
    var loaded = Loaded()
    for piece in pieces {
      var at = 0
      try piece.withRawBytes { (bytes) throws(MalformedTDS) in
        while let event = try reader.next(bytes, at: &at) {
          switch event {
          case .columns(let columns): loaded.columns = columns
          case .row:
            let values = reader.values
            loaded.rows.append(reader.withRow(of: bytes) { row in values.map { $0.bytes(in: row) } })
          }
        }
      }
    }
    try reader.finish()
    #expect(reader.rowCount == loaded.rows.count)
    return loaded
  }

  private static let freeTDS = hex(
    """
    81 0300 00000000 0800 38 02 6900 6400
    00000000 0900 E7 FFFF 0904D00034 02 6D00 7800
    00000000 0900 63 FEFFFF7F 0904D00034 0500 6400 6200 6F00 2E00 7400 02 6E00 7400
    D1 01000000 FEFFFFFFFFFFFFFF 02000000 6100 00000000
    10 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFF 02000000 6200
    D1 02000000 FFFFFFFFFFFFFFFF 00
    """)

  @Test(arguments: ["", "FD 0000 0000 00000000", "FD 0000 0000 0000000000000000"])
  func `a load of FreeTDS is read with the trailers of all clients`(trailer: String) throws {
    let loaded = try load([BulkLoadTests.freeTDS + hex(trailer)], .v74)
    #expect(loaded.columns.map(\.name) == ["id", "mx", "nt"])
    #expect(loaded.columns[2].tableName == ["dbo.t"])
    #expect(
      loaded.rows == [[[1, 0, 0, 0], "a".utf16LE, "b".utf16LE], [[2, 0, 0, 0], nil, nil]])
  }

  @Test func `a load without rows is one`() throws {
    let loaded = try load([written { $0.bulkLoadColumns([Column("a", .int)]) }], .v74)
    #expect(loaded.columns.count == 1 && loaded.rows.isEmpty)
  }

  @Test func `a load that ends before its end, or has something else, is refused`() {
    let bytes = BulkLoadTests.freeTDS
    #expect(throws: MalformedTDS.self) { try load([], .v74) }
    #expect(throws: MalformedTDS.self) { try load([Array(bytes.dropLast())], .v74) }
    #expect(throws: MalformedTDS.self) { try load([Array(bytes[..<20])], .v74) }
    #expect(throws: MalformedTDS.self) { try load([bytes + [0xD2, 0, 0]], .v74) }
    #expect(throws: MalformedTDS.self) { try load([hex("D1 00")], .v74) }
    #expect(throws: MalformedTDS.self) { try load([hex("FD 0000")], .v74) }
  }

  @Test(arguments: TDSVersion.allCases, 0..<20 as Range<UInt64>)
  func `rows are the same however the load is cut`(version: TDSVersion, seed: UInt64) throws {
    var seed = Seed(seed)
    let types = SampleTypes.of(version)
    let columns = (0..<seed.number(1...15)).map { index in
      let type = seed.pick(types)
      return Column("c\(index)", type, userType: 3, tableName: type.type.hasTextPointer ? ["t"] : [])
    }
    let layouts = columns.map { $0.type.layout(in: .bulkLoad) }
    var writer = TDSWriter(version: version)
    writer.bulkLoadColumns(columns)
    var rows: [[[UInt8]?]] = []
    for _ in 0..<seed.number(0...20) {
      rows.append(columns.map { seed.value($0.type) })
      writer.beginRow()
      for (value, layout) in zip(rows[rows.count - 1], layouts) { writer.sample(value, layout, &seed) }
    }
    if seed.number(0...1) == 0 { writer.bulkLoadTrailer(isWide: seed.number(0...1) == 0) }
    for most in [1, 7, 300] {
      let loaded = try load(seed.pieces(writer.bytes, most: most), version)
      #expect(loaded == Loaded(columns: columns, rows: rows))
    }
  }

  @Test func `a row that never ends does not fill the memory`() {
    var reader = BulkLoadReader(version: .v74, longestRow: 10_000)
    var piece = written { writer in
      writer.bulkLoadColumns([Column("a", .varbinaryMax)])
      writer.beginRow()
      writer.beginChunks()
    }
    #expect(throws: MalformedTDS.self) {
      for _ in 0..<10_000 {
        var at = 0
        _ = try piece.withRawBytes { (bytes) throws(MalformedTDS) in
          while try reader.next(bytes, at: &at) != nil {}
        }
        piece = hex("04000000 01020304")
      }
    }
  }
}
