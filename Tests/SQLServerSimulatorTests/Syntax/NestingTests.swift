import Testing

@testable import SQLServerSimulator

/// A text of which a log shows the beginning only.
struct LongText: CustomTestStringConvertible, Sendable {
  let text: String
  var testDescription: String { text.prefix(40) + "..." }
}

/// Texts that would exhaust the stack of a parser without a limit, or that of whoever walks its tree.
@Suite struct NestingTests {
  private static let count = 20_000

  private static func nested(_ opening: String, _ middle: String, _ closing: String) -> String {
    String(repeating: opening, count: count) + middle + String(repeating: closing, count: count)
  }

  @Test(
    arguments: [
      nested("(", "1", ")"), nested("abs(", "1", ")"), nested("- ", "1", ""), nested("~", "1", ""),
      nested("case when 1 = 1 then ", "1", " end"), nested("(select ", "1", ")"),
      nested("cast(", "1", " as int)"),
      nested("convert(int, ", "1", ")"), nested("iif(1 = 1, 1, ", "1", ")"), nested("{fn abs(", "1", ")}"),
      nested("1 + ", "1", ""), nested("1 * 1 + ", "1", ""), nested("(1 + ", "1", ")"),
      nested("dateadd(day, 1, ", "a", ")"),
      "a" + nested(" collate b", "", ""), "a" + nested(" at time zone 'x'", "", ""),
      nested("trim(", "a", ")"),
      "count(*) over (order by " + nested("sum(a) over (order by ", "1", ")") + ")",
      "1 where " + nested("not ", "1 = 1", ""), "1 where " + nested("(", "1 = 1", ")"),
      "1 where " + nested("exists (select 1 where ", "1 = 1", ")"),
      "1 where " + nested("1 in (select 1 where ", "1 = 1", ")"),
      "1 where a in " + nested("(", "select 1", ")"), "1 from " + nested("(select 1 a from ", "t", ") x"),
      "1 from " + nested("(", "t", ")"), "1 from " + nested("(", "select 1", ")") + " x",
      "1 from t " + nested("join t ", "", "on 1 = 1 "), "1 from t " + nested("join t on 1 = 1 ", "", ""),
    ].map(LongText.init))
  func `an expression or query that is nested too deeply is an error`(long: LongText) throws {
    let error = try #require(Parsing.failure("select " + long.text))
    #expect([191, 106].contains(error.number), "\(error)")
  }

  @Test(
    arguments: [
      nested("begin ", "select 1", " end"), nested("if 1 = 1 ", "select 1", ""),
      nested("if 1 = 1 select 1 else ", "select 1", ""),
      nested("while 1 = 1 ", "select 1", ""),
      nested("begin try ", "select 1", " end try begin catch end catch"),
      nested("(", "select 1", ")"), nested("with a as (", "select 1 x", ") select 1 x"),
      nested("insert t select * from (", "select 1 a", ") x"),
    ].map(LongText.init))
  func `statements that are nested too deeply are an error`(long: LongText) throws {
    let error = try #require(Parsing.failure(long.text))
    #expect([191, 102, 156].contains(error.number), "\(error)")
  }

  @Test func `long lists and chains are not nested`() throws {
    let count = 10_000
    let list = Array(repeating: "1", count: count).joined(separator: ", ")
    #expect(throws: Never.self) { try Parser.parse("select " + list) }
    #expect(throws: Never.self) { try Parser.parse("select 1 where a in (\(list))") }
    let chain = Array(repeating: "a = 1", count: count).joined(separator: " or ")
    #expect(throws: Never.self) { try Parser.parse("select 1 where " + chain) }
    let statements = String(repeating: "select 1 ", count: count)
    #expect(try Parser.parse(statements).statements.count == count)
  }

  @Test func `what is nested as deeply as people nest it is parsed`() throws {
    let parentheses = String(repeating: "(", count: 100) + "1" + String(repeating: ")", count: 100)
    #expect(try Parsing.expression(parentheses) == integer(1))
    let sum = Array(repeating: "'a'", count: 900).joined(separator: " + ")
    #expect(throws: Never.self) { try Parsing.expression(sum) }
  }
}
