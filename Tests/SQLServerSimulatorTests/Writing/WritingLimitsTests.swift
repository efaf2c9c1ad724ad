import ModelDatabase
import Testing

@testable import SQLServerSimulator

@Suite struct WritingLimitsTests {
  @Test func `an INSERT of several chunks is one statement`() throws {
    var run = try WritingServer(
      "CREATE TABLE s (id int NOT NULL, v varchar(max))",
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, v varchar(max), n int IDENTITY)",
      "INSERT s SELECT a.i * 10 + b.i, REPLICATE(CAST('x' AS varchar(max)), 40000) FROM "
        + "(VALUES (0),(1),(2),(3),(4),(5),(6),(7)) AS a (i) CROSS JOIN (VALUES (1),(2),(3),(4),(5)) AS b (i)"
    )
    #expect(run("INSERT t SELECT * FROM s") == "#40")
    #expect(run("SELECT COUNT(*), MAX(n), SUM(DATALENGTH(v)) FROM t") == "40 40 1600000")
    _ = run("DELETE t WHERE id < 75; DELETE s WHERE id = 1")
    // The last row is there already.
    #expect(run("INSERT t SELECT * FROM s ORDER BY id") == "!2627")
    #expect(run("SELECT COUNT(*) FROM t") == "1")
    #expect(run("UPDATE t SET v = v + v") == "#1")
    #expect(run("SELECT DATALENGTH(v) FROM t") == "80000")
  }

  @Test func `a thousand rows of VALUES see the table as it was`() throws {
    var run = try WritingServer("CREATE TABLE t (id int, n int)", "INSERT t VALUES (0, 0)")
    let rows = (1...1000).map { "(\($0), (SELECT COUNT(*) FROM t))" }.joined(separator: ", ")
    #expect(run("INSERT t VALUES \(rows)") == "#1000")
    #expect(run("SELECT COUNT(*), SUM(n) FROM t") == "1001 1000")
  }

  @Test func `halves of surrogate pairs and other code pages are kept or replaced`() throws {
    var run = try WritingServer("CREATE TABLE t (n nvarchar(3), v varchar(3))")
    try run.session.variables.declare(Variable("@n", .nvarchar(3), .text([0xD800, 0x41, 0xDC00])))
    #expect(run("INSERT t VALUES (@n, N'Ж€')") == "#1")
    #expect(run("SELECT DATALENGTH(n), v FROM t WHERE n = @n") == "6 ?€")
    #expect(run("UPDATE t SET v = n") == "#1")
    #expect(run("SELECT v FROM t") == "?A?")
  }

  @Test func `a database that is read-only takes nothing, not even no rows`() throws {
    var run = try WritingServer("CREATE TABLE t (id int)", "INSERT t VALUES (1)")
    run.storage.alterDatabase(run.session.database) { $0.isReadOnly = true }
    #expect(run("INSERT t SELECT 1 WHERE 1 = 0") == "!3906")
    #expect(run("UPDATE t SET id = 2 WHERE 1 = 0") == "!3906")
    #expect(run("DELETE t WHERE 1 = 0") == "!3906")
    #expect(run("TRUNCATE TABLE t") == "!3906")
    #expect(run("CREATE TABLE #t (id int); INSERT #t SELECT id FROM t") == "#1")
  }

  @Test func `a row that has changed since the snapshot is not written`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)", "INSERT t VALUES (1, 1), (2, 2)")
    run.storage.alterDatabase(run.session.database) { $0.allowsSnapshot = true }
    run.storage.set(run.session.number, isolation: .snapshot)
    run.begin()
    #expect(run("SELECT n FROM t") == "1|2")
    run.use(1)
    #expect(run("UPDATE t SET n = 10 WHERE id = 1") == "#1")
    run.use(0)
    #expect(run("UPDATE t SET n = n + 5 WHERE id = 2") == "#1")
    #expect(run("SELECT n FROM t") == "1|7")
    #expect(run("UPDATE t SET n = n + 1 WHERE id = 1") == "!3960")
    run.storage.set(run.session.number, isolation: .readCommitted)
    #expect(run("SELECT n FROM t") == "10|2")
  }

  @Test func `two that write each other's rows meet in a deadlock`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)", "INSERT t VALUES (1, 0), (2, 0)")
    run.begin()
    #expect(run("UPDATE t SET n = 1 WHERE id = 1") == "#1")
    run.use(1)
    run.begin()
    #expect(run("UPDATE t SET n = 2 WHERE id = 2") == "#1")
    #expect(run("UPDATE t SET n = 2 WHERE id = 1") == "waits")
    run.use(0)
    // The other one, which came later, is rolled back at once.
    #expect(run("UPDATE t SET n = 1 WHERE id = 2") == "#1")
    run.use(1)
    #expect(run("UPDATE t SET n = 2 WHERE id = 1") == "!1205")
    run.use(0)
    try run.commit()
    #expect(run("SELECT n FROM t") == "1|1")
  }

  @Test func `types of every kind go in and out unchanged`() throws {
    let types = [
      "bit", "tinyint", "smallint", "int", "bigint", "decimal(38,10)", "smallmoney", "money", "real", "float",
      "date", "time(3)", "smalldatetime", "datetime", "datetime2(7)", "datetimeoffset(7)", "char(5)",
      "varchar(9)", "nchar(5)", "nvarchar(9)", "varchar(max)", "nvarchar(max)", "binary(3)", "varbinary(9)",
      "uniqueidentifier", "sql_variant",
    ]
    let values = [
      "1", "255", "-32768", "-2147483648", "-9223372036854775808", "-1234567890123456789012345678.0123456789",
      "-214748.3648", "922337203685477.5807", "CAST(1.5 AS real)", "-2.5e-300", "'0001-01-01'",
      "'23:59:59.999'",
      "'2079-06-06 23:59'", "'1753-01-01'", "'9999-12-31 23:59:59.9999999'", "'2010-01-01 00:00:00 +14:00'",
      "'ab'", "'trailing '", "N'é'", "N''", "'m'", "N'😀'", "0x01", "0x",
      "'6F9619FF-8B86-D011-B42D-00C04FC964FF'",
      "N'v'",
    ]
    let names = types.indices.map { "c\($0)" }
    let columns = zip(names, types).map { "\($0) \($1)" }.joined(separator: ", ")
    var run = try WritingServer("CREATE TABLE a (\(columns))", "CREATE TABLE b (\(columns))")
    #expect(run("INSERT a VALUES (\(values.joined(separator: ", ")))") == "#1")
    #expect(run("INSERT b SELECT * FROM a") == "#1")
    #expect(run("INSERT b DEFAULT VALUES") == "#1")
    let assignments = names.map { "\($0) = a.\($0)" }.joined(separator: ", ")
    #expect(run("UPDATE b SET \(assignments) FROM a WHERE b.c0 IS NULL") == "#1")
    let shown = run("SELECT * FROM a")
    #expect(shown.contains("trailing ") && shown.contains("-1234567890123456789012345678.0123456789"))
    #expect(run("SELECT * FROM b") == "\(shown)|\(shown)")
    for (name, type) in zip(names, types) where type != "sql_variant" {
      #expect(run("SELECT COUNT(*) FROM a JOIN b ON a.\(name) = b.\(name)") == "2", "\(type)")
    }
  }
}
