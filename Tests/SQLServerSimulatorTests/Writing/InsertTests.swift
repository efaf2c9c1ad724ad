import Testing

@testable import SQLServerSimulator

@Suite struct InsertTests {
  @Test func `rows come from VALUES, a query, defaults or results`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int NOT NULL, n varchar(5) DEFAULT 'x', d date)",
      "CREATE TABLE s (a bigint, b nvarchar(20))")
    #expect(run("INSERT t VALUES (1, 'a', '2010-01-02'), (2, NULL, NULL), (3, DEFAULT, DEFAULT)") == "#3")
    #expect(run("SELECT * FROM t") == "1 a 2010-01-02|2 NULL NULL|3 x NULL")
    #expect(run("INSERT INTO dbo.t (n, id) VALUES (N'b', 4)") == "#1")
    #expect(run("INSERT s SELECT id, n FROM t WHERE id <> 2 ORDER BY id DESC") == "#3")
    #expect(run("SELECT * FROM s") == "4 b|3 x|1 a")
    #expect(run("INSERT t (id, n) SELECT a + 10, b FROM s") == "#3")
    #expect(run("INSERT t (id, n) (SELECT 7, NULL)") == "#1")
    #expect(run("WITH c AS (SELECT 8 AS i) INSERT t (id) SELECT i FROM c") == "#1")
    #expect(run("INSERT t (id) VALUES ((SELECT MAX(id) + 1 FROM t)), ((SELECT MAX(id) + 1 FROM t))") == "#2")
    #expect(run("SELECT id FROM t WHERE id > 6") == "14|13|11|7|8|15|15")
    #expect(run("INSERT s DEFAULT VALUES") == "#1")
    #expect(run("SELECT * FROM s WHERE a IS NULL") == "NULL NULL")
    #expect(run("INSERT s SELECT * FROM s") == "#4")
    #expect(run("SELECT COUNT(*) FROM s") == "8")
  }

  @Test func `results of EXEC are inserted as they come`() throws {
    var run = try WritingServer("CREATE TABLE t (id bigint NOT NULL, n varchar(5))")
    guard case .rows(let set) = try run.query.run("SELECT 1 AS a, N'q' AS b UNION ALL SELECT 2, N'r'"),
      case .insert(let insert) = try Parser.parse("INSERT t EXEC p").statements[0].body
    else { return }
    let done = try run.attempt { context throws(SQLError) in
      "\(try context.insert(insert, executed: [set, set]).count)"
    }
    #expect(done == "4")
    #expect(run("SELECT * FROM t") == "1 q|2 r|1 q|2 r")
    guard case .rows(let narrow) = try run.query.run("SELECT 1 AS a") else { return }
    #expect(throws: SQLError.columnCountDoesNotMatch) {
      _ = try run.attempt { context throws(SQLError) in
        "\(try context.insert(insert, executed: [set, narrow]).count)"
      }
    }
    #expect(run("SELECT COUNT(*) FROM t") == "4")
  }

  @Test func `TOP and ROWCOUNT limit what is inserted`() throws {
    var run = try WritingServer("CREATE TABLE t (id int)", "CREATE TABLE s (id int)")
    #expect(run("INSERT TOP (2) t VALUES (1), (2), (3)") == "#2")
    #expect(run("INSERT s VALUES (1), (2), (3)") == "#3")
    #expect(run("INSERT TOP (1) t SELECT id FROM s") == "#1")
    #expect(run("INSERT TOP (1) PERCENT t SELECT id FROM s") == "!40514")
    #expect(run("INSERT TOP (-1) t VALUES (1)") == "!127")
    run.session.rowLimit = 1
    #expect(run("INSERT t SELECT id FROM s") == "#1")
    #expect(run("UPDATE t SET id = 0") == "#1")
    #expect(run("DELETE t") == "#1")
  }

  @Test func `columns are named once and right, and values are as many`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int IDENTITY, n int, c AS n * 2, v rowversion)", "CREATE TABLE p (a int, b int)")
    #expect(run("INSERT p (a, b) VALUES (1)") == "!109")
    #expect(run("INSERT p (a) VALUES (1, 2)") == "!110")
    #expect(run("INSERT p (a, b) SELECT 1") == "!120")
    #expect(run("INSERT p (a) SELECT 1, 2") == "!121")
    #expect(run("INSERT p VALUES (1)") == "!213")
    #expect(run("INSERT p SELECT 1, 2, 3") == "!213")
    #expect(run("INSERT p VALUES (1, 2), (1)") == "!10709")
    #expect(run("INSERT p (a, q) VALUES (1, 2)") == "!207")
    #expect(run("INSERT p (a, A) VALUES (1, 2)") == "!264")
    #expect(run("INSERT t (n, c) VALUES (1, 2)") == "!271")
    #expect(run("INSERT t (n, v) VALUES (1, 0x01)") == "!273")
    #expect(run("INSERT t (n, v) SELECT 1, NULL") == "!273")
    #expect(run("INSERT t (n, v) VALUES (1, DEFAULT)") == "#1")
    #expect(run("INSERT t VALUES (5, DEFAULT)") == "#1")
    #expect(run("INSERT t VALUES (1, 5, DEFAULT)") == "!8101")
    #expect(run("SELECT id, n, c FROM t") == "1 1 2|2 5 10")
    #expect(run("INSERT p VALUES (a, 1)") == "!207")
    #expect(run("INSERT nosuch VALUES (1)") == "!208")
    #expect(run("INSERT @nosuch VALUES (1)") == "!1087")
    #expect(run("INSERT p WITH (NOLOCK) VALUES (1, 2)") == "!1065")
    #expect(run("WITH c AS (SELECT a FROM p) INSERT c VALUES (1)") == "!40514")
  }

  @Test func `values convert by themselves, or say why not`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (i tinyint, d datetime, x xml, v varchar(3), b varbinary(2), m decimal(5,2))",
      "CREATE TABLE w (v varchar(10))")
    #expect(run("INSERT t (i) VALUES ('12'), (3)") == "#2")
    #expect(run("INSERT t (i) VALUES (3.9)") == "#1")
    #expect(run("INSERT t (i) VALUES (256)") == "!220")
    #expect(run("INSERT t (i) VALUES ('x')") == "!245")
    #expect(run("INSERT t (i) SELECT '300'") == "!244")
    #expect(run("INSERT t (d) VALUES ('2010-13-01')") == "!242")
    #expect(run("INSERT t (d) SELECT CAST('2010-01-01' AS date)") == "#1")
    #expect(run("INSERT t (b) VALUES ('ab')") == "!257")
    #expect(run("INSERT t (x) VALUES (1)") == "!206")
    #expect(run("INSERT t (d) SELECT CAST(N'<a/>' AS xml)") == "!206")
    #expect(run("INSERT t (m) VALUES (999.999)") == "!8115")
    #expect(run("INSERT t (m) VALUES (1.005)") == "#1")
    #expect(run("SELECT i FROM t WHERE i IS NOT NULL") == "12|3|3")
    #expect(run("SELECT m FROM t WHERE m IS NOT NULL") == "1.01")
    // A column of several rows has one type.
    #expect(run("INSERT w VALUES ('a'), (1)") == "!245")
    #expect(run("INSERT w VALUES ('2'), (1)") == "#2")
    #expect(run("SELECT v FROM w") == "2|1")
  }

  @Test func `what does not fit is an error that names it`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (v varchar(3), n nvarchar(2), b varbinary(2), c char(4))",
      "DECLARE @t TABLE (v varchar(3), n int NOT NULL)")
    #expect(
      run.message("INSERT t (v) VALUES ('abcd')")
        == "String or binary data would be truncated in table 'db.dbo.t', column 'v'. Truncated value: 'abc'."
    )
    #expect(run("INSERT t (v, c) VALUES ('abc   ', 'ab')") == "#1")
    #expect(run("SELECT v + '|', DATALENGTH(v), c + '|', DATALENGTH(c) FROM t") == "abc| 3 ab  | 4")
    #expect(run("INSERT t (n) SELECT N'a😀'") == "!2628")
    #expect(run("INSERT t (b) VALUES (0x010203)") == "!2628")
    #expect(run("INSERT @t (v, n) VALUES ('abcd', 1)") == "!8152")
    #expect(
      run.message("INSERT @t (v) VALUES ('a')")
        == "Cannot insert the value NULL into column 'n', table '@t'; column does not allow nulls. "
        + "INSERT fails."
    )
    run.session.options.ansiWarnings = false
    #expect(run("INSERT t (v) VALUES ('wxyz')") == "#1")
    #expect(run("SELECT v FROM t WHERE v LIKE 'w%'") == "wxy")
  }

  @Test func `NULL is refused where the column does`() throws {
    var run = try WritingServer("CREATE TABLE t (id int NOT NULL, n int NOT NULL DEFAULT 7, m int)")
    #expect(
      run.message("INSERT t (n) VALUES (1)")
        == "Cannot insert the value NULL into column 'id', table 'db.dbo.t'; column does not allow "
        + "nulls. INSERT fails."
    )
    #expect(run("INSERT t (id, n) SELECT 1, NULL") == "!515")
    #expect(run("INSERT t (id) VALUES (1)") == "#1")
    #expect(
      run.message("UPDATE t SET n = NULL")
        == "Cannot insert the value NULL into column 'n', table 'db.dbo.t'; column does not allow "
        + "nulls. UPDATE fails."
    )
    #expect(run("UPDATE t SET m = DEFAULT, n = DEFAULT, id = 3") == "#1")
    #expect(run("SELECT * FROM t") == "3 7 NULL")
  }

  @Test func `defaults and computed columns are evaluated row by row`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (g uniqueidentifier DEFAULT NEWID(), at datetime2(3) DEFAULT SYSDATETIME(), n int, "
        + "twice AS n * 2, text AS 'n' + CAST(n AS varchar(10)))")
    #expect(run("INSERT t (n) VALUES (1), (2)") == "#2")
    #expect(run("SELECT COUNT(DISTINCT g), MIN(at) FROM t") == "2 2010-06-15 12:30:45.500")
    #expect(run("INSERT t (n) OUTPUT inserted.twice SELECT 50000 FROM t") == "100000|100000")
    #expect(run("UPDATE t SET n = n + 1 OUTPUT deleted.twice, inserted.twice WHERE n < 9") == "2 4|4 6")
    #expect(run("INSERT t (n) VALUES (2000000000)") == "!8115")
    #expect(run("UPDATE t SET twice = 1") == "!271")
  }

  @Test func `a table of another database, of the session or a variable takes rows`() throws {
    var run = try WritingServer("CREATE TABLE #t (id int)", "DECLARE @v TABLE (id int, n int)")
    #expect(run("INSERT #t VALUES (1), (2)") == "#2")
    #expect(run("INSERT @v (id) SELECT id FROM #t") == "#2")
    #expect(run("UPDATE @v SET n = id * 2") == "#2")
    #expect(run("DELETE v FROM @v v WHERE id = 1") == "#1")
    #expect(run("SELECT * FROM @v") == "2 4")
    _ = run.storage.createDatabase("other")
    run.session.database = run.storage.database("other")?.id ?? 0
    #expect(run("CREATE TABLE t (id int NOT NULL)") == "")
    run.session.database = run.storage.database("db")?.id ?? 0
    #expect(run("INSERT other.dbo.t VALUES (5)") == "#1")
    #expect(run("UPDATE other..t SET id += 1") == "#1")
    #expect(run("SELECT * FROM other.dbo.t") == "6")
    #expect(run.message("INSERT other..t VALUES (NULL)").contains("table 'other.dbo.t'"))
    #expect(run("INSERT t VALUES (5)") == "!208")
  }
}
