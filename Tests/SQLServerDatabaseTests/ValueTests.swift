import Databases
import Foundation
import Rows
import Runtime
import TDS
import Testing

@testable import SQLServerDatabase

/// A value as the server sends and gets it, and as rows have it: testdata/encoding/sqlserver.jsonl.
struct WireVector: Sendable, Decodable, CustomTestStringConvertible {
  var declared: String
  /// As a row of a result has it, in hexadecimal and without its length.
  var wire: String
  var value: String
  /// As a bulk load sends it, where that differs.
  var bulk: String?

  var testDescription: String { "\(declared) \(value)" }

  static let all: [WireVector] = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("testdata/encoding/sqlserver.jsonl")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(WireVector.self, from: Data($0.utf8))
    }
  }()

  static func bytes(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}

@Suite struct ValueTests {
  @Test func `there are vectors`() { #expect(WireVector.all.count == 34) }

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
    #expect(try read(vector.declared, [WireVector.bytes(vector.wire), nil]) == [vector.value, nil])
  }

  @Test(arguments: WireVector.all) func `a value is written as it is`(_ vector: WireVector) throws {
    let table = StubTable([item("v", vector.declared)])
    let bulks = Guarded([[UInt8]]())
    let server = try StubServer(table) { request in
      if case .bulk(let bytes) = request { bulks.withLock { $0.append(bytes) } }
      return nil
    }
    var driver = try server.driver()
    defer { driver.close() }
    #expect(try write(&driver, table, [[vector.value], [nil], [vector.value]]) == 3)
    let rows = StubTable.rows(try #require(bulks.withLock { $0.first }))
    let sent = WireVector.bytes(vector.bulk ?? vector.wire)
    #expect(rows == [[sent], [nil], [sent]])
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
