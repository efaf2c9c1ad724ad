import Testing

@testable import SQLServerSimulator

@Suite struct ExpressionTests {
  /// Parentheses leave no trace in the tree.
  @Test(arguments: [
    ("a + b * c", "a + (b * c)"), ("a - b - c", "(a - b) - c"), ("a / b * c", "(a / b) * c"),
    ("a & b + c | d ^ e", "(((a & b) + c) | d) ^ e"), ("~a * b", "(~a) * b"),
    ("-a * b", "-(a * b)"), ("-100 / -100 * 10", "-(100 / -(100 * 10))"), ("-a + b", "(-a) + b"),
    ("a + b COLLATE x", "a + (b COLLATE x)"), ("+a % b", "+(a % b)"), ("- -a", "-(-a)"),
  ])
  func `operators bind as SQL Server's do`(text: String, meaning: String) throws {
    #expect(try Parsing.expression(text) == Parsing.expression(meaning))
  }

  @Test func `an operator has its operands in order`() throws {
    #expect(
      try Parsing.expression("a % -1")
        == .binary(.modulo, column("a"), .unary(.minus, integer(1))))
  }

  @Test(arguments: [
    ("a = 1 and b = 2 or c = 3", "((a = 1) and (b = 2)) or (c = 3)"),
    ("not a = 1 and b = 2", "(not (a = 1)) and (b = 2)"),
    ("((a)) = ((1))", "a = 1"), ("(a + 1) * 2 > 3", "((a + 1) * 2) > 3"), ("((a = 1))", "a = 1"),
    ("a between 1 and 2 and b = 3", "(a between 1 and 2) and b = 3"),
    ("a in ((select 1))", "a in (select 1)"), ("(select 1) = 1", "((select 1)) = 1"),
  ])
  func `conditions bind as SQL Server's do`(text: String, meaning: String) throws {
    #expect(try Parsing.condition(text) == Parsing.condition(meaning))
  }

  @Test func `a chain of one connective is flat`() throws {
    guard case .all(let conditions) = try Parsing.condition("a = 1 and b = 2 and c = 3") else {
      throw Parsing.Unexpected(what: "no AND")
    }
    #expect(conditions.count == 3)
  }

  @Test func `predicates are told apart`() throws {
    let a = column("a")
    #expect(try Parsing.condition("a is not null") == .isNull(a, isNegated: true))
    #expect(
      try Parsing.condition("a not in (1, 2)") == .inList(a, [integer(1), integer(2)], isNegated: true))
    #expect(
      try Parsing.condition("a not like 'x%' escape '!'")
        == .like(a, pattern: string("x%"), escape: string("!"), isNegated: true))
    #expect(
      try Parsing.condition("a like 'x' {escape '!'}")
        == .like(a, pattern: string("x"), escape: string("!"), isNegated: false))
    #expect(
      try Parsing.condition("a not between 1 and 2")
        == .between(a, low: integer(1), high: integer(2), isNegated: true))
    let query = try Parsing.query("select 1")
    #expect(try Parsing.condition("exists (select 1)") == .exists(query))
    #expect(
      try Parsing.condition("a >= some (select 1)")
        == .quantified(.greaterOrEqual, a, isAll: false, query))
    #expect(
      try Parsing.condition("a !< all (select 1)")
        == .quantified(.greaterOrEqual, a, isAll: true, query))
    #expect(
      try Parsing.condition("a is not distinct from null")
        == .distinct(a, .literal(.null), isNegated: true))
    #expect(try Parsing.condition("not update(a)") == .not(.updates(Identifier("a"))))
  }

  @Test func `a set operation may begin with a query in parentheses anywhere`() throws {
    for text in [
      "a in ((select 1) union (select 2))", "a = ((select 1) union all (select 2))",
      "((select 1) except select 2) = 1", "exists ((select 1) intersect (select 2))",
    ] {
      #expect(throws: Never.self, "\(text)") { try Parsing.condition(text) }
    }
  }

  @Test func `a value is no condition and a condition no value`() {
    #expect(Parsing.failure("select 1 where a")?.number == 4145)
    #expect(Parsing.failure("select 1 where a and b = 1")?.number == 4145)
    #expect(Parsing.failure("if 1 select 2")?.number == 4145)
    #expect(Parsing.failure("select 1 > 2")?.message == "Incorrect syntax near '>'.")
    #expect(Parsing.failure("select (1 = 2)")?.message == "Incorrect syntax near '='.")
    #expect(Parsing.failure("select 1 where (a = 1) + 1 = 2")?.message == "Incorrect syntax near '+'.")
  }

  @Test func `IIF is the CASE that SQL Server makes of it`() throws {
    #expect(
      try Parsing.expression("iif(a = 1, 2, 3)")
        == Parsing.expression("case when a = 1 then 2 else 3 end"))
  }

  @Test func `both forms of CASE have their parts`() throws {
    #expect(
      try Parsing.expression("case a when 1 then 2 end")
        == .simpleCase(column("a"), [SimpleWhen(value: integer(1), result: integer(2))], else: nil))
    #expect(Parsing.failure("select case a else 1 end")?.number == 156)
  }

  @Test func `casts have their types`() throws {
    #expect(
      try Parsing.expression("try_convert(decimal(10, 2), a, 1)")
        == .convert(
          DataType(name: Identifier("decimal"), length: .number(10), scale: 2), column("a"),
          style: integer(1),
          isTry: true))
    #expect(
      try Parsing.expression("cast(a as nvarchar(max))")
        == .cast(column("a"), to: DataType(name: Identifier("nvarchar"), length: .max), isTry: false))
  }

  @Test(arguments: [
    ("double precision", "float"), ("national character varying(9)", "nvarchar(9)"),
    ("char varying(9)", "varchar(9)"),
    ("character(3)", "char(3)"), ("national char(3)", "nchar(3)"), ("binary varying(3)", "varbinary(3)"),
    ("national text", "ntext"), ("character varying(3)", "varchar(3)"),
  ])
  func `types of several words are one`(text: String, meaning: String) throws {
    #expect(try Parser.parseDataType(Array(text.utf16)) == Parser.parseDataType(Array(meaning.utf16)))
  }

  @Test func `functions have arguments, stars, windows and units`() throws {
    guard
      case .function(let count) = try Parsing.expression(
        "count(*) over (partition by a order by b desc rows between 1 preceding and current row)")
    else { throw Parsing.Unexpected(what: "no function") }
    #expect(count.isStar)
    #expect(count.over?.partitionBy == [column("a")])
    #expect(count.over?.orderBy == [OrderItem(expression: column("b"), isDescending: true)])
    #expect(count.over?.frame == WindowFrame(isRows: true, start: .preceding(1), end: .currentRow))
    guard case .function(let sum) = try Parsing.expression("sum(distinct a)") else {
      throw Parsing.Unexpected(what: "no function")
    }
    #expect(sum.isDistinct)
    guard case .function(let add) = try Parsing.expression("dateadd(Day, 1, getdate())") else {
      throw Parsing.Unexpected(what: "no function")
    }
    #expect(add.arguments.first == .datePart("day"))
    guard
      case .function(let aggregate) = try Parsing.expression(
        "string_agg(a, ',') within group (order by a)")
    else { throw Parsing.Unexpected(what: "no function") }
    #expect(aggregate.withinGroup.count == 1)
  }

  @Test func `functions that are reserved words are functions`() throws {
    for text in [
      "left(a, 1)", "right(a, 1)", "coalesce(a, 1)", "nullif(a, 1)", "current_timestamp", "user",
      "system_user", "dbo.f(1)", "a.b.f(default)",
    ] {
      guard case .function = try Parsing.expression(text) else { throw Parsing.Unexpected(what: text) }
    }
  }

  @Test func `TRIM with characters is the function that takes them second`() throws {
    #expect(
      try Parsing.expression("trim(leading 'x' from a)")
        == .function(
          FunctionCall(name: ObjectName(name: Identifier("LTRIM")), arguments: [column("a"), string("x")])))
  }

  @Test func `ODBC escapes are what they stand for`() throws {
    #expect(
      try Parsing.expression("{d '2020-01-01'}")
        == .cast(string("2020-01-01"), to: DataType(name: Identifier("datetime")), isTry: false))
    #expect(try Parsing.expression("{fn ucase(a)}") == Parsing.expression("UPPER(a)"))
    #expect(try Parsing.expression("{fn dayofmonth(a)}") == Parsing.expression("DATEPART(day, a)"))
    #expect(try Parsing.expression("{ fn left(a, 2) }") == Parsing.expression("left(a, 2)"))
  }

  @Test func `names have up to four parts, some left out`() throws {
    let name = try Parser.parseObjectName(Array("[s 1]..dbo.\"t\"".utf16))
    #expect(name.server?.text == "s 1")
    #expect(name.database == nil)
    #expect(name.schema?.text == "dbo")
    #expect(name.name == Identifier("t", isQuoted: true))
    #expect(try Parser.parseObjectName(Array("db..t".utf16)).database?.text == "db")
    #expect(Parsing.failure("select 1 from a.b.c.d.e")?.number == 117)
    #expect(Parsing.failure("select a.b.c.d.e.f")?.number == 117)
    #expect(throws: Never.self) { try Parsing.expression("a.b.c.d.e") }
  }
}
