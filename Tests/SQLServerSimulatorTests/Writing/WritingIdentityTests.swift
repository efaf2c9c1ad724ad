import Testing

@testable import SQLServerSimulator

@Suite struct WritingIdentityTests {
  @Test func `identities are given out in order and told to the session`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int IDENTITY(5, 2), n int)", "CREATE TABLE p (n int)",
      "CREATE TABLE x (id decimal(9,0) IDENTITY)")
    #expect(run("INSERT t VALUES (1), (2)") == "#2")
    #expect(run("SELECT @@IDENTITY, SCOPE_IDENTITY()") == "7 7")
    #expect(run("INSERT t SELECT n FROM t") == "#2")
    #expect(run("SELECT id FROM t") == "5|7|9|11")
    #expect(run("INSERT p VALUES (1)") == "#1")
    #expect(run("SELECT @@IDENTITY, SCOPE_IDENTITY()") == "NULL 11")
    #expect(run("INSERT x DEFAULT VALUES") == "#1")
    #expect(run("SELECT id, @@IDENTITY FROM x") == "1 1")
    #expect(run("INSERT t SELECT 1 WHERE 1 = 0") == "#0")
    #expect(run("SELECT SCOPE_IDENTITY()") == "1")
    #expect(run("UPDATE t SET id = 1") == "!8102")
  }

  @Test func `explicit identities need IDENTITY_INSERT and a column list`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int IDENTITY, n int)", "CREATE TABLE o (id int IDENTITY, n int)")
    #expect(
      run.message("INSERT t (id, n) VALUES (1, 1)")
        == "Cannot insert explicit value for identity column in table 't' when IDENTITY_INSERT is set to OFF."
    )
    run.session.identityInsert = try run.number(of: "t")
    #expect(run("INSERT t (id, n) VALUES (10, 1), (4, 2)") == "#2")
    #expect(run("SELECT SCOPE_IDENTITY()") == "4")
    #expect(run("INSERT t (n) VALUES (1)") == "!545")
    #expect(run("INSERT t DEFAULT VALUES") == "!545")
    #expect(run("INSERT t VALUES (1, 1)") == "!8101")
    #expect(run("INSERT t (id, n) VALUES (DEFAULT, 1)") == "!339")
    #expect(run("INSERT t (id, n) VALUES (NULL, 1)") == "!515")
    #expect(run("INSERT o (id, n) VALUES (1, 1)") == "!544")
    run.session.identityInsert = nil
    #expect(run("INSERT t (n) OUTPUT inserted.id VALUES (3)") == "11")
  }

  @Test func `a column that has run out of numbers says so`() throws {
    var run = try WritingServer("CREATE TABLE t (id tinyint IDENTITY(254, 1), n int)")
    #expect(run("INSERT t VALUES (1), (2)") == "#2")
    #expect(
      run.message("INSERT t VALUES (3)")
        == "Arithmetic overflow error converting IDENTITY to data type tinyint.")
    #expect(run("INSERT t VALUES (3)") == "!8115")
    #expect(run("SELECT id FROM t") == "254|255")
  }

  @Test func `numbers of an error are lost and those of a wait are not`() throws {
    var run = try WritingServer("CREATE TABLE t (id int IDENTITY, n int NOT NULL PRIMARY KEY)")
    #expect(run("INSERT t VALUES (1)") == "#1")
    #expect(run("INSERT t VALUES (2), (1)") == "!2627")
    #expect(run("INSERT t VALUES (3)") == "#1")
    #expect(run("SELECT id FROM t") == "1|4")
    run.begin()
    #expect(run("INSERT t VALUES (7)") == "#1")
    run.use(1)
    #expect(run("INSERT t VALUES (6), (7), (8)") == "waits")
    run.use(0)
    #expect(run("SELECT n FROM t WITH (NOLOCK)") == "1|3|7")
    try run.rollback()
    run.use(1)
    #expect(run("INSERT t VALUES (6), (7), (8)") == "#3")
    #expect(run("SELECT id, n FROM t") == "1 1|4 3|6 6|7 7|8 8")
  }

  @Test func `versions of rows rise with every change`() throws {
    var run = try WritingServer("CREATE TABLE t (id int, v rowversion)")
    #expect(run("INSERT t (id) VALUES (1), (2)") == "#2")
    #expect(run("SELECT id FROM t WHERE v = @@DBTS") == "2")
    #expect(run("UPDATE t SET id = id WHERE id = 1") == "#1")
    #expect(run("SELECT id FROM t WHERE v = @@DBTS") == "1")
    #expect(run("UPDATE t SET v = 0x01") == "!272")
  }
}
