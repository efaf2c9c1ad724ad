import SQLServerSimulator
import Testing

/// What is easily wrong.
@Suite struct SemanticsTests {
  private static let setup = [
    "SELECT id, a, s INTO t FROM (VALUES (1, 1, 'x'), (2, NULL, 'y '), (3, 3, 'X'), (4, 1, NULL)) AS v (id, a, s)",
    "SELECT id, t INTO u FROM (VALUES (1, 1), (2, 1), (3, 9)) AS v (id, t)",
  ]

  private func server() throws -> QueryServer { try QueryServer(SemanticsTests.setup) }

  @Test func `unknown is neither true nor false`() throws {
    var run = try server()
    #expect(run("SELECT id FROM t WHERE NOT (a = 1 AND id = 9)") == "1|2|3|4")
    #expect(run("SELECT id FROM t WHERE NOT (a = 1 OR id = 9)") == "3")
    #expect(run("SELECT id FROM t WHERE a <> 1") == "3")
    #expect(run("SELECT id FROM t WHERE a NOT BETWEEN 2 AND 4") == "1|4")
    #expect(run("SELECT id FROM t WHERE s NOT LIKE 'x'") == "2")
    #expect(run("SELECT id FROM t WHERE a IN (SELECT NULL WHERE 1 = 0)") == "")
    #expect(run("SELECT id FROM t WHERE a NOT IN (SELECT 5 WHERE 1 = 0)") == "1|2|3|4")
    #expect(run("SELECT CASE WHEN NULL = NULL THEN 1 ELSE 0 END") == "0")
    #expect(run("SELECT id FROM t WHERE a > ALL (SELECT a FROM t WHERE id = 9)") == "1|2|3|4")
    #expect(run("SELECT id FROM t WHERE a = SOME (SELECT a FROM t WHERE id > 2)") == "1|3|4")
  }

  @Test func `a long list answers as a short one`() throws {
    var run = try server()
    let list = "7, 8, 9, 10, 11, 12, 13, 14"
    #expect(run("SELECT id FROM t WHERE a IN (\(list), 1)") == "1|4")
    #expect(run("SELECT id FROM t WHERE a NOT IN (\(list), 1)") == "3")
    #expect(run("SELECT id FROM t WHERE a NOT IN (\(list), NULL)") == "")
    #expect(run("SELECT id FROM t WHERE a IN (\(list), 3.0)") == "3")
    let texts = "'a', 'bb', 'ccc', 'd', 'e', 'f', 'g', 'h'"
    #expect(run("SELECT id FROM t WHERE s IN (\(texts), 'X ')") == "1|3")
    #expect(run("SELECT id FROM t WHERE s IN (\(texts), N'Y')") == "2")
  }

  @Test func `text compares without regard to case and trailing blanks`() throws {
    var run = try server()
    #expect(run("SELECT id FROM t WHERE s = 'x'") == "1|3")
    #expect(run("SELECT id FROM t WHERE s = 'Y'") == "2")
    #expect(run("SELECT id FROM t WHERE s = N'Y'") == "2")
    #expect(run("SELECT id FROM t WHERE s = 'x' COLLATE Latin1_General_CS_AS") == "1")
    #expect(run("SELECT DISTINCT UPPER(s) FROM t WHERE id IN (1, 3)") == "X")
    #expect(run("SELECT COUNT(DISTINCT s) FROM t") == "2")
    #expect(run("SELECT s, COUNT(*) FROM t GROUP BY s ORDER BY s") == "NULL 1|x 2|y  1")
    #expect(run("SELECT s COLLATE Latin1_General_BIN FROM t UNION SELECT 'x'") == "x|y |X|NULL")
    #expect(
      run("SELECT id FROM t WHERE s COLLATE Latin1_General_CS_AS = s COLLATE Latin1_General_BIN") == "!468")
  }

  @Test func `conversions happen by the types' precedence`() throws {
    var run = try server()
    #expect(run("SELECT id FROM t WHERE id = '2'") == "2")
    #expect(run("SELECT id FROM t WHERE s = 1") == "!245")
    #expect(run("SELECT '1' + 2, 1 + 2.5, 'a' + NULL") == "3 3.5 NULL")
    #expect(run("SELECT CASE WHEN 1 = 1 THEN 1 ELSE 2.50 END") == "1.00")
    #expect(run("SELECT COALESCE(NULL, 1, 'x')") == "1")
    #expect(run("SELECT ISNULL(s, 'long') FROM t WHERE id = 4") == "lo")
    #expect(run("SELECT IIF(1 = 2, 1/0, 7), CASE WHEN 1 = 1 THEN 5 ELSE 1/0 END") == "7 5")
    #expect(run("SELECT CAST('x' AS int)") == "!245")
    #expect(run("SELECT TRY_CAST('x' AS int), TRY_CONVERT(int, '5')") == "NULL 5")
    #expect(run("SELECT NULL + 1, -NULL, NULL") == "NULL NULL NULL")
    #expect(run("SELECT a + 0.5 FROM t WHERE id < 3") == "1.5|NULL")
    #expect(run("SELECT id FROM t WHERE CAST(id AS bigint) = 2") == "2")
  }

  @Test func `subqueries reach over several levels`() throws {
    var run = try server()
    #expect(
      run(
        """
        SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM u v WHERE v.t = t.id
          AND v.id > u.id))
        """) == "1")
    #expect(
      run("SELECT (SELECT MAX(x.m) FROM (SELECT u.id m FROM u WHERE u.t = t.id) x) FROM t")
        == "2|NULL|NULL|NULL")
    #expect(
      run("SELECT id, (SELECT COUNT(*) FROM u WHERE u.t = t.id) n FROM t ORDER BY n DESC, id")
        == "1 2|2 0|3 0|4 0")
    #expect(run("SELECT id FROM t WHERE id = (SELECT id)") == "1|2|3|4")
    #expect(run("SELECT (SELECT SUM(t.id) FROM u) FROM t") == "!40514")
    #expect(
      run("SELECT a, (SELECT TOP 1 t2.id FROM t t2 WHERE t2.a = t.a) FROM t GROUP BY a")
        == "1 1|NULL NULL|3 3")
    #expect(run("SELECT a, (SELECT t.id) FROM t GROUP BY a") == "!8120")
    #expect(
      run("SELECT * FROM u JOIN (SELECT id, a FROM t) d ON d.id = u.t ORDER BY u.id") == "1 1 1 1|2 1 1 1")
    #expect(run("SELECT * FROM t JOIN (SELECT t.id FROM u) d ON 1 = 1") == "!4104")
  }

  @Test func `joins nest, and an outer join's filter is not its condition`() throws {
    var run = try server()
    #expect(
      run("SELECT t.id, u.id FROM t LEFT JOIN u ON u.t = t.id AND u.id > 1 ORDER BY t.id")
        == "1 2|2 NULL|3 NULL|4 NULL")
    #expect(run("SELECT t.id, u.id FROM t LEFT JOIN u ON u.t = t.id WHERE u.id > 1") == "1 2")
    #expect(run("SELECT t.id FROM t LEFT JOIN u ON u.t = t.id WHERE u.id IS NULL") == "2|3|4")
    #expect(
      run("SELECT t.id, u.id FROM t LEFT JOIN u ON u.t = t.id AND t.a = 3 WHERE t.id < 3") == "1 NULL|2 NULL")
    #expect(
      run(
        "SELECT t.id, u.id, v.id FROM t LEFT JOIN (u JOIN u v ON v.t = u.t AND v.id < u.id) ON u.t = t.id "
          + "WHERE t.id < 3") == "1 2 1|2 NULL NULL")
    #expect(run("SELECT t.id FROM t JOIN u ON v.id = 1 JOIN u v ON 1 = 1") == "!4104")
    #expect(run("SELECT COUNT(*) FROM t JOIN u ON t.a = u.t OR t.id = u.id") == "6")
  }

  @Test func `SELECT INTO makes a table of the result`() throws {
    var run = try server()
    #expect(run("SELECT id, a + 1 AS b, s INTO n FROM t WHERE id < 3") == "#2")
    #expect(run("SELECT * FROM n") == "1 2 x|2 NULL y ")
    #expect(try run.columns("SELECT * FROM n") == "id int, b int null, s varchar(2) null")
    #expect(run("SELECT 1 AS x INTO n") == "!2714")
    #expect(run("SELECT 1 INTO m") == "!1038")
    #expect(run("SELECT id INTO #x FROM t") == "#4")
    #expect(run("SELECT COUNT(*) FROM #x") == "4")
  }

  @Test func `what is not there is refused by name`() throws {
    var run = try server()
    #expect(run("SELECT FORMAT(id, 'N') FROM t") == "!40514")
    #expect(run("SELECT STRING_AGG(s, ',') FROM t") == "!40514")
    #expect(run("SELECT dbo.f(1)") == "!40514")
    #expect(run("SELECT nosuch(1)") == "!195")
    #expect(run("SELECT * FROM fn_helpcollations()") == "!40514")
    #expect(
      run("SELECT SUM(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t") == "!40514")
    #expect(run("SELECT GETDATE() AT TIME ZONE 'UTC'") == "!40514")
  }
}

@Suite struct SessionOptionTests {
  @Test func `SET ROWCOUNT and ANSI_NULLS change answers`() throws {
    var run = try QueryServer(["SELECT id, a INTO t FROM (VALUES (1, 1), (2, NULL), (3, 3)) AS v (id, a)"])
    run.context.session.rowLimit = 2
    #expect(run("SELECT id FROM t") == "1|2")
    #expect(run("SELECT id FROM t ORDER BY id DESC") == "3|2")
    #expect(run("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3") == "1|2")
    #expect(run("SELECT COUNT(*) FROM t") == "3")
    run.context.session.rowLimit = 0
    run.context.session.ansiNulls = false
    try run.declare("@v", .int)
    #expect(run("SELECT id FROM t WHERE a = NULL") == "2")
    #expect(run("SELECT id FROM t WHERE a <> @v") == "1|3")
    #expect(run("SELECT id FROM t WHERE a <> 1") == "3")
  }

  @Test func `an assignment sees what the row before it has assigned`() throws {
    var run = try QueryServer(["SELECT id INTO t FROM (VALUES (1), (2), (3)) AS v (id)"])
    try run.declare("@v", .int, .integer(0))
    #expect(run("SELECT @v = (SELECT MIN(id) FROM t WHERE id > @v) FROM t") == "#3")
    #expect(run("SELECT @v") == "3")
  }
}
