import SQLServerSimulator
import Testing

@Suite struct SelectTests {
  private static let people = """
    SELECT id, name, boss, pay INTO people FROM (VALUES (1, 'Ada', NULL, 300), (2, 'bob', 1, 200),
      (3, 'Cyd', 1, 200), (4, 'Dee', 2, NULL)) AS v (id, name, boss, pay)
    """

  private func server() throws -> QueryServer { try QueryServer([SelectTests.people]) }

  @Test func `a query without FROM has one row`() throws {
    var run = try QueryServer()
    #expect(run("SELECT 1, 'a' + 'b', NULL, 1.50 * 2, N'x', 0x0aff") == "1 ab NULL 3.00 x 0x0AFF")
    #expect(run("SELECT 7 / 2, 7 % 2, -7 / 2.0, 6 & 3, 6 | 1, ~0") == "3 1 -3.500000 2 7 -1")
    #expect(run("SELECT 1 WHERE 1 = 2") == "")
    #expect(run("SELECT 1/0") == "!8134")
    #expect(run("SELECT @@MAX_PRECISION, @@TRANCOUNT, DB_NAME()") == "38 0 db")
    #expect(try run.columns("select 'foo' as 'bar'") == "bar varchar(3)")
    #expect(
      try run.columns("SELECT 1 a, b = NULL, 1.5, GETDATE() d")
        == "a int, b int null,  numeric(2,1), d datetime")
  }

  @Test func `WHERE knows true, false and unknown`() throws {
    var run = try server()
    #expect(run("SELECT id FROM people WHERE boss = 1") == "2|3")
    #expect(run("SELECT id FROM people WHERE NOT boss = 1") == "4")
    #expect(run("SELECT id FROM people WHERE boss IS NULL OR id = 4") == "1|4")
    #expect(run("SELECT id FROM people WHERE name LIKE 'B%' AND id BETWEEN 1 AND 3") == "2")
    #expect(run("SELECT id FROM people WHERE name IN ('ADA', 'dee')") == "1|4")
    #expect(run("SELECT id FROM people WHERE boss NOT IN (2, NULL)") == "")
    #expect(run("SELECT id FROM people WHERE boss IS DISTINCT FROM 1") == "1|4")
    #expect(run("SELECT id FROM people WHERE nosuch = 1") == "!207")
    #expect(run("SELECT x.id FROM people p") == "!4104")
    #expect(run("SELECT id FROM nosuch") == "!208")
    #expect(run("SELECT id FROM people p WHERE COUNT(*) > 1") == "!147")
  }

  @Test func `joins keep the rows that their kind says`() throws {
    var run = try server()
    let from = "FROM people e {} JOIN people b ON b.id = e.boss"
    func join(_ kind: String) -> String {
      "SELECT e.name, b.name " + from.replacing("{}", with: kind) + " ORDER BY e.id, b.id"
    }
    #expect(run(join("")) == "bob Ada|Cyd Ada|Dee bob")
    #expect(run(join("LEFT")) == "Ada NULL|bob Ada|Cyd Ada|Dee bob")
    #expect(run(join("RIGHT")) == "NULL Cyd|NULL Dee|bob Ada|Cyd Ada|Dee bob")
    #expect(run(join("FULL")) == "NULL Cyd|NULL Dee|Ada NULL|bob Ada|Cyd Ada|Dee bob")
    #expect(run("SELECT COUNT(*) FROM people, people b") == "16")
    #expect(run("SELECT a.id FROM people a JOIN people b ON a.id < b.id WHERE b.id = 3") == "1|2")
    #expect(run("SELECT id FROM people a, people b") == "!209")
    #expect(run("SELECT 1 FROM people, people") == "!1013")
    #expect(
      run(
        "SELECT p.id, t.n FROM people p OUTER APPLY (SELECT TOP 1 c.id n FROM people c WHERE c.boss = p.id "
          + "ORDER BY c.id DESC) t") == "1 3|2 4|3 NULL|4 NULL")
  }

  @Test func `groups, aggregates and HAVING`() throws {
    var run = try server()
    #expect(run("SELECT boss, COUNT(*), SUM(pay) FROM people GROUP BY boss") == "NULL 1 300|1 2 400|2 1 NULL")
    #expect(run("SELECT boss FROM people GROUP BY boss HAVING COUNT(*) > 1") == "1")
    #expect(
      run("SELECT COUNT(*), COUNT(pay), COUNT(DISTINCT pay), MIN(name), AVG(pay) FROM people")
        == "4 3 2 Ada 233")
    #expect(run("SELECT MAX(id) FROM people WHERE 1 = 0") == "NULL")
    #expect(run("SELECT id FROM people WHERE 1 = 0 GROUP BY id") == "")
    #expect(
      run("SELECT pay / 100, COUNT(*) n FROM people GROUP BY pay / 100 ORDER BY n DESC, 1")
        == "2 2|NULL 1|3 1")
    #expect(run("SELECT name FROM people GROUP BY boss") == "!8120")
    #expect(run("SELECT CASE WHEN boss = 1 THEN 'x' END FROM people GROUP BY boss") == "NULL|x|NULL")
    #expect(run("SELECT SUM(COUNT(*)) FROM people") == "!130")
    #expect(run("SELECT SUM(name) FROM people") == "!8117")
  }

  @Test func `DISTINCT, ORDER BY, TOP and OFFSET`() throws {
    var run = try server()
    #expect(run("SELECT DISTINCT pay FROM people ORDER BY pay DESC") == "300|200|NULL")
    #expect(run("SELECT name n FROM people ORDER BY n DESC") == "Dee|Cyd|bob|Ada")
    #expect(run("SELECT TOP (2) id FROM people ORDER BY pay DESC, id DESC") == "1|3")
    #expect(run("SELECT TOP 1 WITH TIES id FROM people WHERE id > 1 ORDER BY pay DESC") == "2|3")
    #expect(run("SELECT TOP 50 PERCENT id FROM people") == "1|2")
    #expect(run("SELECT TOP 0 id FROM people") == "")
    #expect(run("SELECT id FROM people ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY") == "2|3")
    #expect(run("SELECT id FROM people ORDER BY 2") == "!108")
    #expect(run("SELECT DISTINCT id FROM people ORDER BY pay") == "!145")
    #expect(run("SELECT id FROM people ORDER BY 4 - id") == "4|3|2|1")
  }

  @Test func `subqueries see the rows around them`() throws {
    var run = try server()
    #expect(
      run("SELECT id, (SELECT name FROM people b WHERE b.id = p.boss) FROM people p")
        == "1 NULL|2 Ada|3 Ada|4 bob")
    #expect(run("SELECT id FROM people p WHERE EXISTS (SELECT * FROM people c WHERE c.boss = p.id)") == "1|2")
    #expect(run("SELECT id FROM people WHERE id IN (SELECT boss FROM people)") == "1|2")
    #expect(run("SELECT id FROM people WHERE id NOT IN (SELECT boss FROM people)") == "")
    #expect(run("SELECT id FROM people WHERE pay >= ALL (SELECT pay FROM people WHERE pay > 0)") == "1")
    #expect(run("SELECT (SELECT id FROM people)") == "!512")
    #expect(run("SELECT (SELECT id, name FROM people)") == "!116")
    #expect(
      run("SELECT d.n FROM (SELECT boss, COUNT(*) FROM people GROUP BY boss) AS d (b, n) WHERE d.b = 1")
        == "2")
    #expect(run("SELECT * FROM (SELECT id FROM people ORDER BY id) d") == "!1033")
    #expect(
      run("SELECT boss, (SELECT COUNT(*) FROM people c WHERE c.boss = p.boss) FROM people p GROUP BY boss")
        == "NULL 0|1 2|2 1")
    #expect(
      run("WITH a AS (SELECT id FROM people), b (x) AS (SELECT id * 10 FROM a) SELECT x FROM b WHERE x > 20")
        == "30|40")
    #expect(run("WITH a AS (SELECT 1 n UNION ALL SELECT n + 1 FROM a) SELECT * FROM a") == "!40514")
  }

  @Test func `queries combine`() throws {
    var run = try server()
    #expect(run("SELECT 1 UNION SELECT 2 UNION SELECT 1 ORDER BY 1") == "1|2")
    #expect(run("SELECT 1 UNION ALL SELECT 1") == "1|1")
    #expect(run("SELECT id FROM people EXCEPT SELECT boss FROM people") == "3|4")
    #expect(run("SELECT id FROM people INTERSECT SELECT boss FROM people") == "1|2")
    #expect(run("SELECT 'a' x UNION ALL SELECT N'bc' ORDER BY x DESC") == "bc|a")
    #expect(run("SELECT 1 UNION SELECT 1, 2") == "!205")
    #expect(run("SELECT 1 a UNION ALL SELECT 2.5 ORDER BY a") == "1.0|2.5")
  }

  @Test func `window functions count within partitions`() throws {
    var run = try server()
    #expect(
      run("SELECT id, ROW_NUMBER() OVER (PARTITION BY boss ORDER BY id DESC) FROM people ORDER BY id")
        == "1 1|2 2|3 1|4 1")
    #expect(
      run(
        "SELECT id, RANK() OVER (ORDER BY pay DESC), DENSE_RANK() OVER (ORDER BY pay DESC), COUNT(*) OVER () "
          + "FROM people ORDER BY id") == "1 1 1 4|2 2 2 4|3 2 2 4|4 4 3 4")
    #expect(
      run(
        "SELECT id, SUM(id) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING), NTILE(3) OVER (ORDER BY id) FROM people"
      )
        == "1 1 1|2 3 1|3 6 2|4 10 3")
    #expect(run("SELECT boss, SUM(COUNT(*)) OVER () FROM people GROUP BY boss") == "NULL 4|1 4|2 4")
    #expect(run("SELECT id FROM people WHERE ROW_NUMBER() OVER (ORDER BY id) = 1") == "!4108")
    #expect(run("SELECT LAG(id) OVER (ORDER BY id) FROM people") == "!40514")
  }

  @Test func `variables are read and assigned`() throws {
    var run = try server()
    try run.declare("@n", .int, .integer(2))
    try run.declare("@s", .varchar(100), .text(""))
    #expect(run("SELECT name FROM people WHERE id = @n") == "bob")
    #expect(run("SELECT @n = id, @s += name + ',' FROM people WHERE id > 1 ORDER BY id DESC") == "#3")
    #expect(run("SELECT @n, @s") == "2 Dee,Cyd,bob,")
    #expect(run("SELECT @n = 1, id FROM people") == "!141")
    #expect(run("SELECT @nosuch") == "!137")
    #expect(run("SELECT TOP (@n) id FROM people") == "1|2")
  }
}
