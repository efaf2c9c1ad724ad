import Testing

@testable import SQLServerSimulator

@Suite struct UpdateTests {
  private static let tables = [
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int, v varchar(5))",
    "INSERT t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c')",
    "CREATE TABLE s (id int, k int)", "INSERT s VALUES (1, 100), (3, 300), (3, 301)",
  ]
  private func server() throws -> WritingServer {
    var run = try WritingServer()
    for text in UpdateTests.tables { _ = run(text) }
    return run
  }

  @Test func `keys may move as long as the end is valid`() throws {
    var run = try server()
    #expect(run("UPDATE t SET id = id + 1") == "#3")
    #expect(run("SELECT id, n FROM t") == "2 10|3 20|4 30")
    #expect(run("UPDATE t SET id = 6 - id WHERE id <> 3") == "#2")
    #expect(run("SELECT id, n FROM t") == "2 30|3 20|4 10")
    #expect(run("UPDATE t SET id = 4 WHERE id = 2") == "!2627")
    #expect(run("UPDATE t SET id = 9") == "!2627")
    #expect(run("SELECT id, n FROM t") == "2 30|3 20|4 10")
    #expect(run("UPDATE t SET id = id * 10, n = id") == "#3")
    #expect(run("SELECT id, n FROM t") == "20 2|30 3|40 4")
  }

  @Test func `FROM gives values, and each row changes once`() throws {
    var run = try server()
    #expect(run("UPDATE t SET n = s.k FROM t JOIN s ON s.id = t.id") == "#2")
    #expect(run("SELECT n FROM t WHERE id <> 3") == "100|20")
    #expect(run("SELECT COUNT(*) FROM t WHERE n IN (300, 301)") == "1")
    #expect(run("UPDATE x SET x.n = 0 FROM t AS x WHERE x.id = 2") == "#1")
    #expect(run("UPDATE TOP (1) t SET n = -1") == "#1")
    #expect(run("UPDATE t SET n += 5, v = v + 'z' WHERE n = -1") == "#1")
    #expect(run("SELECT n, v FROM t WHERE id = 1") == "4 az")
    #expect(run("UPDATE t SET v += 'longer'") == "!2628")
    #expect(run("UPDATE t SET n = 1, N = 2") == "!264")
    #expect(run("UPDATE t SET s.n = 1 FROM t JOIN s ON s.id = t.id") == "!4104")
    #expect(run("UPDATE t SET v = 0x41424344454647") == "!2628")
    #expect(run("UPDATE t SET n = CAST('2010-01-01' AS date)") == "!206")
    #expect(run("WITH c AS (SELECT * FROM t) UPDATE c SET n = 1") == "!40514")
    #expect(run("WITH c AS (SELECT MAX(k) AS k FROM s) UPDATE t SET n = c.k FROM c WHERE t.id = 3") == "#1")
    #expect(run("UPDATE t WITH (NOLOCK) SET n = 1") == "!1065")
  }

  @Test func `variables are assigned row by row, before columns`() throws {
    var run = try server()
    try run.session.variables.declare(Variable("@v", .int, .integer(0)))
    try run.session.variables.declare(Variable("@s", .varchar(3), .null))
    #expect(run("UPDATE t SET @v = n = @v + 1") == "#3")
    #expect(run("SELECT @v, MIN(n), MAX(n) FROM t") == "3 1 3")
    #expect(run("UPDATE t SET @v += 10, n = @v, @s = v WHERE id < 3") == "#2")
    #expect(run("SELECT n, @s FROM t") == "13 b|23 b|3 b")
    #expect(run("UPDATE t SET @v = n, n = 0 WHERE id = 2") == "#1")
    #expect(run("SELECT @v") == "23")
    #expect(run("UPDATE t SET @v = id") == "#3")
    #expect(run("UPDATE t SET @nosuch = 1") == "!137")
    #expect(run("UPDATE t SET n = 1/0, @v = 77") == "!8134")
    #expect(run("SELECT @v") == "3")
  }

  @Test func `OUTPUT shows rows before and after, and of the other tables`() throws {
    var run = try server()
    #expect(
      run(
        "UPDATE t SET n = n + s.k OUTPUT deleted.n, inserted.n, s.id FROM t JOIN s ON s.id = t.id "
          + "AND s.k < 301"
      )
        == "10 110 1|30 330 3")
    #expect(run("DELETE t OUTPUT deleted.* WHERE id = 2") == "2 20 b")
    #expect(run("DELETE t OUTPUT deleted.id, s.k FROM t JOIN s ON s.id = t.id WHERE s.k = 100") == "1 100")
    #expect(
      run("INSERT t OUTPUT inserted.id + 1 AS x, inserted.v VALUES (7, 0, 'q'), (8, 0, NULL)") == "8 q|9 NULL"
    )
    #expect(run("INSERT t OUTPUT id VALUES (9, 0, NULL)") == "!207")
    #expect(run("DELETE t OUTPUT inserted.id") == "!4104")
    #expect(run("DELETE t OUTPUT t.id") == "!207")
    #expect(run("DELETE t OUTPUT *") == "!102")
    #expect(run("DELETE t OUTPUT (SELECT 1)") == "!10705")
    #expect(run("DELETE t OUTPUT CASE WHEN EXISTS (SELECT 1) THEN 1 ELSE 2 END") == "!10705")
    #expect(run("DELETE t OUTPUT COUNT(*)") == "!147")
    #expect(run("SELECT COUNT(*) FROM t") == "3")
  }

  @Test func `OUTPUT INTO fills another table`() throws {
    var run = try server()
    _ = run("DECLARE @o TABLE (a int IDENTITY, b int, c varchar(2) DEFAULT 'd')")
    #expect(run("DELETE TOP (1) t OUTPUT deleted.id INTO @o (b)") == "#1")
    #expect(run("UPDATE t SET n = 0 OUTPUT inserted.n, deleted.v INTO @o") == "#2")
    #expect(run("INSERT t OUTPUT inserted.id INTO @o (b) VALUES (5, 5, 'x')") == "#1")
    #expect(run("SELECT * FROM @o") == "1 1 d|2 0 b|3 0 c|4 5 d")
    #expect(run("UPDATE t SET n = 1 OUTPUT inserted.n INTO @o (b, c)") == "!213")
    #expect(run("UPDATE t SET n = 1 OUTPUT 1, 'abc' INTO @o") == "!8152")
    #expect(run("SELECT COUNT(*) FROM t WHERE n = 1") == "0")
    #expect(run("CREATE TABLE c (a int CHECK (a > 0)); DELETE t OUTPUT deleted.id INTO c") == "!333")
    #expect(run("DELETE t OUTPUT deleted.id INTO nosuch") == "!208")
    _ = try run.addTrigger("tr", on: "s", [.update])
    #expect(run("DELETE t OUTPUT deleted.id INTO s (id)") == "!331")
  }

  @Test func `DELETE takes what its sources and TOP leave`() throws {
    var run = try server()
    #expect(run("DELETE FROM t FROM t JOIN s ON s.id = t.id") == "#2")
    #expect(run("DELETE TOP (1) FROM s WHERE id = 3") == "#1")
    #expect(run("SELECT id FROM t") == "2")
    #expect(run("DELETE t WHERE id NOT IN (SELECT id FROM s)") == "#1")
    #expect(run("DELETE s") == "#2")
    #expect(run("DELETE nosuch") == "!208")
    #expect(
      run("INSERT s SELECT 1, 1 UNION ALL SELECT 2, 2; TRUNCATE TABLE s; SELECT COUNT(*) FROM s") == "0")
    #expect(run("TRUNCATE TABLE nosuch") == "!4701")
    _ = run("CREATE TABLE i (id int IDENTITY(3, 1), n int); INSERT i VALUES (1); TRUNCATE TABLE i")
    #expect(run("INSERT i OUTPUT inserted.id VALUES (1)") == "3")
  }

  @Test func `what somebody else has locked is waited for, and a wait leaves nothing`() throws {
    var run = try server()
    run.begin()
    #expect(run("UPDATE t SET n = 0 WHERE id = 2") == "#1")
    run.use(1)
    #expect(run("UPDATE t SET n = n + 1") == "waits")
    run.use(0)
    #expect(run("SELECT n FROM t WITH (NOLOCK)") == "10|0|30")
    try run.commit()
    run.use(1)
    #expect(run("UPDATE t SET n = n + 1") == "#3")
    run.begin()
    #expect(run("DELETE t WHERE id = 1") == "#1")
    run.use(0)
    run.storage.set(run.session.number, lockTimeout: .some(.zero))
    #expect(run("UPDATE t SET n = 5 WHERE id = 1") == "!1222")
    #expect(run("INSERT t VALUES (1, 1, 'x')") == "!1222")
    #expect(run("UPDATE t SET n = 5 WHERE id = 3") == "#1")
    #expect(run("DELETE t WITH (TABLOCK) WHERE id = 3") == "!1222")
    #expect(run("INSERT t WITH (TABLOCKX) VALUES (4, 4, 'y')") == "!1222")
    run.use(1)
    try run.rollback()
    #expect(run("SELECT id, n FROM t") == "1 11|2 1|3 5")
  }

  @Test func `a read for an update keeps others from updating until the end`() throws {
    var run = try server()
    run.begin()
    #expect(run("UPDATE t SET n = 0 WHERE n = 20") == "#1")
    run.use(1)
    #expect(run("SELECT n FROM t WHERE id = 1") == "10")
    #expect(run("DELETE t WITH (READPAST)") == "#2")
    run.use(0)
    try run.commit()
    #expect(run("SELECT id FROM t") == "2")
  }
}
