import Databases
import Rows
import Runtime
import TDS
import Testing

@testable import SQLServerDatabase

/// A value as the server sends and gets it, and as rows have it.
struct WireVector: Sendable, CustomTestStringConvertible {
  var type: String
  /// As a row of a result has it. What a bulk load sends differs by scale and declared length only.
  var wire: [UInt8]
  var text: String
  /// What a bulk load sends; nil if it is the same.
  var bulk: [UInt8]?

  init(_ type: String, _ wire: [UInt8], _ text: String, bulk: [UInt8]? = nil) {
    (self.type, self.wire, self.text, self.bulk) = (type, wire, text, bulk)
  }
  var testDescription: String { "\(type) \(text)" }

  static let all: [WireVector] = [
    .init("bit", [0], "false"), .init("bit", [1], "true"),
    .init("tinyint", [0], "0"), .init("tinyint", [255], "255"),
    .init("smallint", [0, 0x80], "-32768"), .init("int", [0xFF, 0xFF, 0xFF, 0x7F], "2147483647"),
    .init("bigint", low(.min, 8), "-9223372036854775808"),
    .init("real", [0xCD, 0xCC, 0xCC, 0x3D], "0.1"),
    .init("float", [0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F], "0.1"),
    // FreeTDS sends no more bytes of a magnitude than its precision needs.
    .init("decimal(10,2)", [1] + low(123_450, 8), "1234.50", bulk: [1] + low(123_450, 5)),
    .init("decimal(10,2)", [0] + low(1, 8), "-0.01", bulk: [0] + low(1, 5)),
    .init("decimal(10,2)", [1] + low(0, 8), "0.00", bulk: [1] + low(0, 5)),
    .init("numeric(5,0)", [1] + low(10_000, 4), "10000", bulk: [1] + low(10_000, 3)),
    .init(
      "decimal(38,10)",
      [1] + [0xFF, 0xFF, 0xFF, 0xFF, 0x3F, 0x22, 0x8A, 0x09, 0x7A, 0xC4, 0x86, 0x5A, 0xA8, 0x4C, 0x3B, 0x4B],
      "9999999999999999999999999999.9999999999"),
    // Its high half comes first.
    .init("money", [0, 0, 0, 0] + low(123_456, 4), "12.3456"),
    .init("money", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "-0.0001"),
    .init("money", [0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF], "922337203685477.5807"),
    .init("smallmoney", low(-10_000, 4), "-1.0000"),
    // 1900-01-01 and three hundredths of a second; the last of a day is .997.
    .init("datetime", low(0, 4) + low(1, 4), "1900-01-01 00:00:00.003"),
    .init("datetime", low(0, 4) + low(299, 4), "1900-01-01 00:00:00.997"),
    .init("datetime", low(-53_690, 4) + low(0, 4), "1753-01-01 00:00:00"),
    .init("datetime", low(36_524, 4) + low(25_919_999, 4), "2000-01-01 23:59:59.997"),
    .init("smalldatetime", low(36_524, 2) + low(61, 2), "2000-01-01 01:01:00"),
    .init("smalldatetime", low(65_535, 2) + low(1439, 2), "2079-06-06 23:59:00"),
    .init("date", low(0, 3), "0001-01-01"), .init("date", low(3_652_058, 3), "9999-12-31"),
    .init("time(0)", low(86_399, 3), "23:59:59", bulk: low(863_990_000_000, 5)),
    .init("time(7)", low(863_999_999_999, 5), "23:59:59.9999999"),
    .init(
      "datetime2(3)", low(45_000_250, 4) + low(738_853, 3), "2023-11-30 12:30:00.25",
      bulk: low(450_002_500_000, 5) + low(738_853, 3)),
    .init("datetime2(7)", low(1, 5) + low(0, 3), "0001-01-01 00:00:00.0000001"),
    .init(
      "datetimeoffset(6)", low(47_655_000_000, 5) + low(738_853, 3) + low(-330, 2), "2023-11-30 13:14:15+00",
      bulk: low(476_550_000_000, 5) + low(738_853, 3) + low(0, 2)),
    .init(
      "uniqueidentifier",
      [0x67, 0x45, 0x23, 0x01, 0xAB, 0x89, 0xEF, 0xCD, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF],
      "01234567-89ab-cdef-0123-456789abcdef"),
  ]
}

@Suite struct ValueTests {
  /// Reads values that a result has in these types.
  private func read(_ type: String, as wire: TypeInfo? = nil, _ values: [[UInt8]?]) throws -> [String?] {
    let table = StubTable([item("id", "int"), item("v", type)], key: ["id"])
    let columns = [Column("id", .int), Column("v", wire ?? StubTypes.type(type).1)]
    let server = try StubServer(table) { request in
      guard case .batch(let text) = request, text.contains("FROM [dbo].[t]") else { return nil }
      return .tokens(
        Reply.result(columns, values.enumerated().map { [low(Int64($0.offset), 4), $0.element] }))
    }
    var driver = try server.driver()
    defer { driver.close() }
    return try texts(&driver, try table.read()).map { $0[1] }
  }

  @Test(arguments: WireVector.all) func `a value is read as it is`(_ vector: WireVector) throws {
    #expect(try read(vector.type, [vector.wire, nil]) == [vector.text, nil])
  }

  @Test(arguments: WireVector.all) func `a value is written as it is`(_ vector: WireVector) throws {
    let table = StubTable([item("v", vector.type)])
    let bulks = Guarded([[UInt8]]())
    let server = try StubServer(table) { request in
      if case .bulk(let bytes) = request { bulks.withLock { $0.append(bytes) } }
      return nil
    }
    var driver = try server.driver()
    defer { driver.close() }
    #expect(try write(&driver, table, [[vector.text], [nil], [vector.text]]) == 3)
    let rows = StubTable.rows(try #require(bulks.withLock { $0.first }))
    #expect(rows == [[vector.bulk ?? vector.wire], [nil], [vector.bulk ?? vector.wire]])
  }

  @Test func `texts are asked for as bytes, and empty ones are no NULL`() throws {
    let cases: [(String, TypeInfo, [UInt8], String)] = [
      ("nvarchar(10)", .varbinary(20), "aéz👩".utf16LE, "aéz👩"),
      (
        "nvarchar(max)", .varbinaryMax, String(repeating: "漢", count: 50_000).utf16LE,
        String(repeating: "漢", count: 50_000)
      ),
      ("ntext", .varbinaryMax, "x".utf16LE, "x"), ("xml", .varbinaryMax, "<a/>".utf16LE, "<a/>"),
      ("nchar(5)", .varbinary(10), "ab   ".utf16LE, "ab"),
      ("varchar(10)", .varbinary(10), [0x61, 0xE9, 0x80], "aé€"), ("text", .varbinaryMax, [0x80], "€"),
      ("char(5)", .varbinary(5), Array("a b  ".utf8), "a b"),
    ]
    for (type, wire, bytes, text) in cases {
      #expect(try read(type, as: wire, [bytes, [], nil]) == [text, "", nil], "\(type)")
    }
    #expect(try read("varbinary(10)", [[0, 255], [], nil]) == ["\\x00ff", "\\x", nil])
    #expect(try read("varbinary(max)", [[0, 255], [], nil]) == ["\\x00ff", "\\x", nil])
    #expect(try read("rowversion", as: .binary(8), [low(513, 8)]) == ["\\x0102000000000000"])
  }

  @Test func `half of a surrogate pair is a bad row that is named`() throws {
    let error = try failure { _ = try read("nvarchar(10)", as: .varbinary(20), [[0x61, 0], [0x3D, 0xD8]]) }
    #expect(error.errorClass == .badRow)
    #expect(
      error.message == "in the row with id = 1, column v has half of a surrogate pair, which is no character")
    #expect(error.place.table == "dbo.t")
  }

  @Test func `a byte that a code page does not have is a bad row`() throws {
    let error = try failure { _ = try read("varchar(10) of Greece", as: .varbinary(10), [[0xE1], [0xAA]]) }
    #expect(error.message == "in the row with id = 1, column v has bytes that mean nothing in code page 1253")
  }

  @Test func `a type of SQL Server's own is refused, and how to read it is said`() throws {
    let table = StubTable([item("v", "sql_variant")])
    let server = try StubServer(table)
    var column = TransferColumn(schema: ColumnSchema(name: "v", type: nil), type: .text(maxLength: nil))
    column.schema.declared = "sql_variant"
    let error = try failure {
      var driver = try server.driver()
      defer { driver.close() }
      try driver.openRead(RangeRead(rows: TableRange(table: StubTable.name), columns: [column]))
    }
    #expect(error.errorClass == .configuration)
    #expect(error.remedy?.contains("as-text=sql_variant") == true)
    var driver = try server.driver("?as-text=sql_variant")
    try? driver.openRead(RangeRead(rows: TableRange(table: StubTable.name), columns: [column]))
    #expect(
      server.batches.last == "SELECT CAST(CAST([v] AS nvarchar(max)) AS varbinary(max)) FROM [dbo].[t]")
    driver.close()
  }
}
