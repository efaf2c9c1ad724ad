import Testing

@testable import SQLServerSimulator

@Suite struct CatalogTextTests {
  @Test(arguments: [
    ("0", "((0))"), ("(0)", "((0))"), ("-1", "((-1))"), ("'it''s'", "('it''s')"), ("(N'x')", "(N'x')"),
    ("GETDATE()", "(getdate())"), ("CURRENT_TIMESTAMP", "(getdate())"), ("newid()", "(newid())"),
    ("NULL", "(NULL)"),
    ("1.50", "((1.50))"), (".05", "((0.05))"), ("1e1", "((1.0000000000000000e+001))"), ("0x1f", "(0x1F)"),
    ("$1.5", "(($1.5000))"), ("1 + 2", "((1)+(2))"), ("a * (b + 1)", "([a]*([b]+(1)))"),
    ("(a * b) + 1", "([a]*[b]+(1))"),
    ("a - (b - c)", "([a]-([b]-[c]))"), ("[x]]y]", "([x]]y])"), ("-a", "(-[a])"),
    ("cast(a as decimal(10, 2))", "(CONVERT([decimal](10,2),[a]))"),
    ("convert(nvarchar(max), a, 126)", "(CONVERT([nvarchar](max),[a],(126)))"),
    ("try_cast(a as int)", "(TRY_CAST([a] AS [int]))"), ("IsNull(a, 0)", "(isnull([a],(0)))"),
    ("dbo.f(1)", "([dbo].[f]((1)))"), ("dateadd(Day, 1, getdate())", "(dateadd(day,(1),getdate()))"),
    ("Coalesce(a, NullIf(b, 0))", "(coalesce([a],nullif([b],(0))))"),
    ("a + ' ' + b", "(([a]+' ')+[b])"), ("a * 60 + b - (c * 60 + d)", "(([a]*(60)+[b])-([c]*(60)+[d]))"),
    ("ISNULL(a * (1.0 - b) * c, 0.0)", "(isnull(([a]*((1.0)-[b]))*[c],(0.0)))"),
    ("iif(a > 0, 'x', 'y')", "(case when [a]>(0) then 'x' else 'y' end)"),
    ("case a when 1 then 2 end", "(case [a] when (1) then (2) end)"),
  ])
  func `a default or computed column is shown as the catalog shows it`(text: String, definition: String)
    throws
  {
    #expect(try CatalogText.definition(of: Parsing.expression(text)) == definition)
  }

  @Test(arguments: [
    ("a > 0", "([a]>(0))"), ("(a > 0 and b < 5)", "([a]>(0) AND [b]<(5))"),
    ("a in (1, 2)", "([a]=(2) OR [a]=(1))"),
    ("a between 1 and 9", "([a]>=(1) AND [a]<=(9))"), ("a != 'x'", "([a]<>'x')"),
    ("a is not null", "([a] IS NOT NULL)"),
    ("a like 'x%'", "([a] like 'x%')"), ("a not like 'x%'", "(NOT [a] like 'x%')"),
    ("len(a) > 3", "(len([a])>(3))"),
    ("not (a = 1 or b = 2)", "(NOT ([a]=(1) OR [b]=(2)))"),
    ("(a = 1 or b = 2) and c = 3", "(([a]=(1) OR [b]=(2)) AND [c]=(3))"),
    ("a = 1 or b = 2 and c = 3", "([a]=(1) OR [b]=(2) AND [c]=(3))"), ("a not in (1)", "(NOT [a]=(1))"),
    ("a = 1 and b between 2 and 3 and c = 4", "([a]=(1) AND ([b]>=(2) AND [b]<=(3)) AND [c]=(4))"),
    ("a & b = 0", "(([a]&[b])=(0))"), ("a + b > 0", "([a]+[b]>(0))"),
  ])
  func `a check or filter is shown as the catalog shows it`(text: String, definition: String) throws {
    #expect(try CatalogText.definition(of: Parsing.condition(text)) == definition)
  }

  @Test(arguments: [
    "a + b * c - (d - e) / -f", "-(a + b)", "-100 / -100 * 10", "~(a | b)", "(a + b) * (c % d)", "-(-a)",
    "(-a) * b",
    "a * (-b) * c", "a - (-b)", "(~a) collate x", "~~a", "-(~a)", "~(-a)", "+(+a)",
    "case when not (a = 1 and (b = 2 or c like 'x')) then a + 1 else -b end", "a collate x + b",
    "convert([varchar](10), a + 1, 1) + 'it''s' + N'x'", "abs(-a * b)", "(a + b) collate x",
    "(a + 1) at time zone 'x'",
  ])
  func `what the catalog shows is what was defined`(text: String) throws {
    let expression = try Parsing.expression(text)
    let shown = try #require(CatalogText.definition(of: expression))
    #expect(try Parsing.expression(shown) == Parsing.expression(text.quoted))
  }

  @Test func `what has a subquery is not shown`() throws {
    #expect(try CatalogText.definition(of: Parsing.expression("(select 1)")) == nil)
    #expect(try CatalogText.definition(of: Parsing.condition("exists (select 1)")) == nil)
  }
}

extension String {
  /// With every name of one letter in brackets, as the catalog has them.
  fileprivate var quoted: String { replacing(#/\b[a-f]\b/#) { "[\($0.output)]" } }
}
