import Testing

@testable import SQLServerSimulator

@Suite struct QueryTests {
  @Test(
    arguments: [
      ("a", nil), ("a AS b", "b"), ("a b", "b"), ("a 'b c'", "b c"), ("a as 'b'", "b"), ("b = a", "b"),
      ("'b' = a", "b"),
      ("[b] = a", "b"), ("a \"b\"", "b"), ("a as N'b'", "b"), ("a value", "value"), ("a offset", "offset"),
    ] as [(String, String?)])
  func `a column has an alias in every form`(text: String, alias: String?) throws {
    let clause = try Parsing.select("select \(text) from t")
    guard case .expression(let expression, let name) = clause.items[0] else {
      throw Parsing.Unexpected(what: text)
    }
    #expect(expression == column("a"))
    #expect(name?.text == alias)
  }

  @Test func `stars and assignments are select items`() throws {
    let clause = try Parsing.select("select *, t.*, dbo.t.*, db..t.*, @a = 1, @b += 2")
    #expect(clause.items.count == 6)
    #expect(clause.items[0] == .all(of: nil))
    #expect(clause.items[1] == .all(of: ObjectName(name: Identifier("t"))))
    guard case .all(let table) = clause.items[3] else { throw Parsing.Unexpected(what: "no star") }
    #expect(table?.database?.text == "db")
    #expect(clause.items[4] == .assignment("@a", .assign, integer(1)))
    #expect(clause.items[5] == .assignment("@b", .compound(.add), integer(2)))
  }

  @Test(
    arguments: [
      ("top 5", integer(5), false, false), ("top (@n) percent", .variable("@n"), true, false),
      ("distinct top (5) with ties", integer(5), false, true),
    ] as [(String, Expression, Bool, Bool)])
  func `TOP has a count and what it counts`(text: String, count: Expression, percent: Bool, ties: Bool) throws
  {
    let top = try Parsing.select("select \(text) a from t").top
    #expect(top == Top(count: count, isPercent: percent, withTies: ties))
  }

  @Test func `a query has all of its clauses`() throws {
    let query = try Parsing.query(
      """
      select a, count(*) n into #x from t where b > 1 group by a having count(*) > 1
      order by a desc, 2 offset 10 rows fetch next (@n) rows only
      """)
    guard case .select(let clause) = query.body else { throw Parsing.Unexpected(what: "no SELECT") }
    #expect(clause.into?.name.text == "#x")
    #expect(clause.filter != nil)
    #expect(clause.groupBy == [column("a")])
    #expect(clause.having != nil)
    #expect(
      query.orderBy == [
        OrderItem(expression: column("a", line: 2), isDescending: true),
        OrderItem(expression: integer(2), isDescending: false),
      ])
    #expect(query.offset == integer(10))
    #expect(query.fetch == .variable("@n"))
  }

  @Test func `joins nest by their conditions`() throws {
    let first = try Parsing.select("select 1 from a join b on x = 1 left join c on y = 2").from
    let second = try Parsing.select("select 1 from (a join b on x = 1) left outer join c on y = 2").from
    #expect(first == second)
    guard case .join(.left, .join(.inner, _, _, condition: _), .table(let c), condition: _) = first[0] else {
      throw Parsing.Unexpected(what: "\(first)")
    }
    #expect(c.name.name.text == "c")
    guard
      case .join(.inner, .table, .join(.full, .table, .table, condition: _), condition: _) =
        try Parsing.select(
          "select 1 from a inner hash join b full join c on x = 1 on y = 2"
        ).from[0]
    else { throw Parsing.Unexpected(what: "nested") }
    guard
      case .join(.crossApply, .join(.cross, _, _, condition: nil), .function, condition: nil) =
        try Parsing.select(
          "select 1 from a cross join b cross apply f(a.x) as g (y)"
        ).from[0]
    else { throw Parsing.Unexpected(what: "apply") }
  }

  @Test func `sources are tables, variables, queries, rows and functions`() throws {
    let from = try Parsing.select(
      """
      select 1 from dbo.t as x, @v y, (select 1 a) z (b), (values (1, 2), (3, 4)) w (c, d),
      fn_listextendedproperty(default, null) e, ::fn_helpcollations(), #t, tempdb..##u,
      ((select 1) union all (select 2)) u
      """
    ).from
    #expect(from.count == 9)
    guard case .table(let table) = from[0], case .variable("@v", let alias) = from[1],
      case .derived(_, _, let columns) = from[2], case .values(let rows, _, _) = from[3],
      case .function(_, let arguments, _, _) = from[4], case .function = from[5],
      case .derived(let union, _, _) = from[8], case .combination = union.body
    else { throw Parsing.Unexpected(what: "\(from)") }
    #expect(table.alias?.text == "x")
    #expect(alias?.text == "y")
    #expect(columns.map(\.text) == ["b"])
    #expect(rows.count == 2)
    #expect(arguments == [.defaultValue, .literal(.null)])
  }

  @Test(
    arguments: [
      ("t with (nolock)", [.noLock]), ("t (nolock)", [.noLock]),
      ("t x (updlock, holdlock)", [.updateLock, .holdLock]),
      ("t x with (tablockx rowlock)", [.exclusiveTableLock, .rowLock]),
      ("t with (index(i, 1))", [.index([Identifier("i"), Identifier("1")])]),
      ("t with (index = i)", [.index([Identifier("i")])]),
      ("t with (readuncommitted, readpast, serializable)", [.noLock, .readPast, .holdLock]),
    ] as [(String, [TableHint])])
  func `tables have hints`(text: String, hints: [TableHint]) throws {
    guard case .table(let table) = try Parsing.select("select 1 from " + text).from[0] else {
      throw Parsing.Unexpected(what: text)
    }
    #expect(table.hints == hints)
  }

  @Test func `an unknown hint is error 321`() {
    #expect(Parsing.failure("select 1 from t with (fast)")?.number == 321)
  }

  @Test func `INTERSECT binds more tightly than UNION and EXCEPT, which go from left to right`() throws {
    #expect(
      try Parsing.query("select 1 union select 2 intersect select 3")
        == Parsing.query("select 1 union (select 2 intersect select 3)"))
    guard
      case .combination(_, let rest) = try Parsing.query("select 1 union all select 2 except select 3").body
    else { throw Parsing.Unexpected(what: "no combination") }
    #expect(rest.map(\.operator) == [.unionAll, .except])
  }

  @Test func `a long chain of UNION ALL is flat`() throws {
    let text = Array(repeating: "select 1", count: 5000).joined(separator: " union all ")
    guard case .combination(_, let rest) = try Parsing.query(text).body else {
      throw Parsing.Unexpected(what: "no combination")
    }
    #expect(rest.count == 4999)
  }

  @Test func `common tables precede a query or a change`() throws {
    let query = try Parsing.query("with a as (select 1 x), b (y) as (select 2) select * from a, b")
    #expect(query.commonTables.map(\.name.text) == ["a", "b"])
    #expect(query.commonTables[1].columns.map(\.text) == ["y"])
    guard case .delete(let delete) = try Parsing.statement("with a as (select 1 x) delete from a") else {
      throw Parsing.Unexpected(what: "no DELETE")
    }
    #expect(delete.commonTables.count == 1)
  }

  @Test func `WITH behind an unfinished statement is error 319`() {
    let text = "select 1 from t with a as (select 1 x) select * from a"
    #expect(Parsing.failure(text)?.number == 319)
    #expect(Parsing.failure("select 1; with a as (select 1 x) select * from a") == nil)
    #expect(Parsing.failure("begin with a as (select 1 x) select * from a end") == nil)
  }

  @Test func `OPTION has hints with numbers`() throws {
    guard
      case .select(let statement) = try Parsing.statement(
        "select 1 option (maxdop 1, hash join, optimize for (@a = 1), use hint('x'), maxrecursion 0)")
    else { throw Parsing.Unexpected(what: "no SELECT") }
    #expect(
      statement.options == [
        QueryHint(name: "MAXDOP", number: 1), QueryHint(name: "HASH JOIN", number: nil),
        QueryHint(name: "OPTIMIZE FOR", number: nil), QueryHint(name: "USE HINT", number: nil),
        QueryHint(name: "MAXRECURSION", number: 0),
      ])
  }
}
