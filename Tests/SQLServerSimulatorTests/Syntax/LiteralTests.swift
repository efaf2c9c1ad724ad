import Testing

@testable import SQLServerSimulator

@Suite struct LiteralTests {
  @Test(
    arguments: [
      ("0", .integer(0)), ("007", .integer(7)), ("2147483647", .integer(.max)),
      ("2147483648", .decimal(digits: "2147483648", scale: 0)),
      ("00000000000000000001", .integer(1)),
      ("007.50", .decimal(digits: "750", scale: 2)), ("0.05", .decimal(digits: "5", scale: 2)),
      (".5", .decimal(digits: "5", scale: 1)), ("1.", .decimal(digits: "1", scale: 0)),
      ("0.0", .decimal(digits: "0", scale: 1)), ("1e2", .float(100)), ("1.5E-1", .float(0.15)),
      ("1e", .float(1)),
      (".5e1", .float(5)), ("2.e1", .float(20)),
      ("$", .money(0)), ("$12.3456", .money(123_456)), ("$12.34567", .money(123_457)),
      ("$-1.5", .money(-15000)),
      ("0x", .binary([])), ("0x1F", .binary([0x1F])), ("0x1fa", .binary([0x01, 0xFA])),
      ("''", .string([])), ("'it''s'", .string(Array("it's".utf16))),
      ("N'ä''😀'", .nationalString(Array("ä'😀".utf16))),
      ("'a\\\nb'", .string(Array("ab".utf16))), ("'a\\\r\nb\\c'", .string(Array("ab\\c".utf16))),
      ("0xAB\\\nCD", .binary([0xAB, 0xCD])), ("NULL", .null),
    ] as [(String, Literal)])
  func `a constant has SQL Server's type and value`(text: String, value: Literal) throws {
    #expect(try Parsing.expression(text) == .literal(value))
  }

  @Test func `a lone surrogate survives in a string`() throws {
    let text = Array("SELECT N'a".utf16) + [0xD800] + Array("b'".utf16)
    guard case .select(let statement) = try Parser.parse(text).statements[0].body,
      case .select(let clause) = statement.query.body
    else { throw Parsing.Unexpected(what: "no SELECT") }
    #expect(
      clause.items == [.expression(.literal(.nationalString([0x61, 0xD800, 0x62])), alias: nil)])
  }

  @Test func `double quotes are a name or a string, as the session has it`() throws {
    #expect(
      try Parsing.expression("\"a\"\"b\"")
        == .column(
          ColumnReference(name: Identifier("a\"b", isQuoted: true))))
    #expect(try Parsing.expression("\"a\"\"b\"", quotedIdentifiers: false) == string("a\"b"))
  }

  @Test func `SET QUOTED_IDENTIFIER holds from there on in the same batch`() throws {
    let statements = try Parsing.statements("SELECT \"a\" SET QUOTED_IDENTIFIER OFF SELECT \"a\"")
    guard case .select(let first) = statements[0], case .select(let second) = statements[2] else {
      throw Parsing.Unexpected(what: "no SELECT")
    }
    #expect(first.query != second.query)
  }

  @Test(
    arguments: [
      (String(repeating: "9", count: 39), 1007), ("1e400", 168), ("$922337203685477.5808", 8115),
    ] as [(String, Int32)])
  func `a number that no type holds is refused`(text: String, number: Int32) {
    #expect(Parsing.failure("SELECT " + text)?.number == number)
  }

  @Test func `a number of 38 digits is a decimal`() throws {
    let digits = String(repeating: "9", count: 38)
    #expect(try Parsing.expression(digits) == .literal(.decimal(digits: digits, scale: 0)))
  }
}
