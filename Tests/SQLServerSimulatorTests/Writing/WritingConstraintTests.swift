import Testing

@testable import SQLServerSimulator

@Suite struct WritingConstraintTests {
  private static let parents = [
    "CREATE TABLE p (id int NOT NULL PRIMARY KEY, n int)", "INSERT p VALUES (1, 1), (2, 2), (3, 3)",
  ]
  private func server(_ child: String) throws -> WritingServer {
    var run = try WritingServer()
    for text in WritingConstraintTests.parents + [child] { _ = run(text) }
    return run
  }

  @Test func `a check is broken only by what it says false of`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (a int CONSTRAINT ck CHECK (a > 0), b int, CONSTRAINT both CHECK (a < b))")
    #expect(run("INSERT t VALUES (NULL, 1), (1, NULL), (1, 2)") == "#3")
    #expect(
      run.message("INSERT t VALUES (0, 1)")
        == "The INSERT statement conflicted with the CHECK constraint \"ck\". The conflict occurred "
        + "in database \"db\", table \"dbo.t\", column 'a'."
    )
    #expect(
      run.message("UPDATE t SET a = 5")
        == "The UPDATE statement conflicted with the CHECK constraint \"both\". The conflict "
        + "occurred in database \"db\", table \"dbo.t\"."
    )
    #expect(run("SELECT COUNT(*) FROM t WHERE a = 5") == "0")
    try run.disable("ck", of: "t")
    #expect(run("INSERT t VALUES (0, 1)") == "#1")
  }

  @Test func `a child needs its parent, unless it names none`() throws {
    var run = try server(
      "CREATE TABLE c (id int, pid int CONSTRAINT fk FOREIGN KEY REFERENCES p (id))")
    #expect(run("INSERT c VALUES (1, 1), (2, NULL)") == "#2")
    #expect(
      run.message("INSERT c VALUES (3, 4)")
        == "The INSERT statement conflicted with the FOREIGN KEY constraint \"fk\". The conflict "
        + "occurred in database \"db\", table \"dbo.p\", column 'id'."
    )
    #expect(run("UPDATE c SET pid = 9 WHERE id = 2") == "!547")
    #expect(run("UPDATE c SET pid = 2 WHERE id = 2") == "#1")
    #expect(
      run.message("DELETE p WHERE id < 3")
        == "The DELETE statement conflicted with the REFERENCE constraint \"fk\". The conflict "
        + "occurred in database \"db\", table \"dbo.c\", column 'pid'."
    )
    #expect(run("DELETE p WHERE id = 3") == "#1")
    #expect(run("UPDATE p SET id = 7 WHERE id = 1") == "!547")
    #expect(run("UPDATE p SET n = 5") == "#2")
    // Both keys are there again in the end.
    #expect(run("UPDATE p SET id = 3 - id") == "#2")
    #expect(run("TRUNCATE TABLE p") == "!4712")
    #expect(run("TRUNCATE TABLE c") == "")
    #expect(run("DELETE p") == "#2")
    try run.disable("fk", of: "c")
    #expect(run("INSERT c VALUES (1, 99)") == "#1")
  }

  @Test func `keys of several columns, in another order and with an index, are found`() throws {
    var run = try WritingServer(
      "CREATE TABLE p (a int NOT NULL, b varchar(5) NOT NULL, CONSTRAINT pk PRIMARY KEY (b, a))",
      "CREATE TABLE c (x varchar(5), y int, z int NOT NULL, CONSTRAINT pc PRIMARY KEY (y, x, z), "
        + "CONSTRAINT fk FOREIGN KEY (y, x) REFERENCES p (a, b))",
      "INSERT p VALUES (1, 'q'), (2, 'r')")
    #expect(run("INSERT c VALUES ('Q ', 1, 1), ('R', 2, 1)") == "#2")
    #expect(run("INSERT c VALUES ('r', 1, 1)") == "!547")
    #expect(run.message("INSERT c VALUES ('r', 1, 1)").hasSuffix("table \"dbo.p\"."))
    #expect(run("DELETE p WHERE a = 2") == "!547")
    #expect(run("DELETE c WHERE y = 2; DELETE p WHERE a = 2") == "#1")
  }

  @Test func `a table that references itself is checked at the end`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, up int, CONSTRAINT fk FOREIGN KEY (up) REFERENCES t (id))"
    )
    #expect(run("INSERT t VALUES (1, 3), (2, 2), (3, NULL)") == "#3")
    #expect(run.message("INSERT t VALUES (4, 5)").contains("FOREIGN KEY SAME TABLE constraint \"fk\""))
    #expect(run.message("DELETE t WHERE id = 3").contains("SAME TABLE REFERENCE constraint \"fk\""))
    #expect(run("DELETE t WHERE id IN (1, 3)") == "#2")
    #expect(run("UPDATE t SET id = 5, up = 5") == "#1")
    #expect(run("UPDATE t SET id = 6") == "!547")
    #expect(run("TRUNCATE TABLE t") == "")
  }

  @Test func `children follow their parents as they were told`() throws {
    var run = try server(
      "CREATE TABLE c (id int NOT NULL PRIMARY KEY, pid int, "
        + "CONSTRAINT fk FOREIGN KEY (pid) REFERENCES p (id) ON DELETE CASCADE ON UPDATE CASCADE)")
    _ = run(
      "CREATE TABLE g (cid int DEFAULT 12, CONSTRAINT fg FOREIGN KEY (cid) REFERENCES c (id) ON "
        + "DELETE SET NULL ON UPDATE SET DEFAULT)"
    )
    #expect(run("INSERT c VALUES (11, 1), (12, 2), (13, 3), (14, 3)") == "#4")
    #expect(run("INSERT g VALUES (11), (12), (13)") == "#3")
    #expect(run("UPDATE p SET id = id + 1") == "#3")
    #expect(run("SELECT id, pid FROM c") == "11 2|12 3|13 4|14 4")
    #expect(run("DELETE p WHERE id = 4") == "#1")
    #expect(run("SELECT id, pid FROM c") == "11 2|12 3")
    #expect(run("SELECT cid FROM g") == "11|12|NULL")
    #expect(run("UPDATE c SET id = 21 WHERE id = 11") == "#1")
    #expect(run("SELECT cid FROM g") == "12|12|NULL")
    // The default is gone itself.
    #expect(run("UPDATE c SET id = 22 WHERE id = 12") == "!547")
    #expect(run("SELECT id FROM c") == "12|21")
  }

  @Test func `a parent that somebody else inserts or removes is waited for`() throws {
    var run = try server("CREATE TABLE c (pid int, CONSTRAINT fk FOREIGN KEY (pid) REFERENCES p (id))")
    run.begin()
    #expect(run("DELETE p WHERE id = 1; INSERT p VALUES (4, 4)") == "#1")
    run.use(1)
    #expect(run("INSERT c VALUES (2), (4)") == "waits")
    run.use(0)
    #expect(run("SELECT COUNT(*) FROM c WITH (NOLOCK)") == "0")
    try run.commit()
    run.use(1)
    #expect(run("INSERT c VALUES (2), (4)") == "#2")
    #expect(run("INSERT c VALUES (1)") == "!547")
    run.begin()
    #expect(run("INSERT c VALUES (3)") == "#1")
    run.use(0)
    #expect(run("DELETE p WHERE id = 3") == "waits")
    run.use(1)
    try run.rollback()
    run.use(0)
    #expect(run("DELETE p WHERE id = 3") == "#1")
  }

  @Test func `only constraints of changed columns are looked at, and waited for`() throws {
    var run = try server(
      "CREATE TABLE c (id int, pid int, w int, dbl AS id * 2, CONSTRAINT ck CHECK (pid > 0), "
        + "CONSTRAINT cd CHECK (dbl > 0), CONSTRAINT fk FOREIGN KEY (pid) REFERENCES p (id))")
    #expect(run("INSERT c VALUES (1, 1, 0)") == "#1")
    #expect(run("UPDATE c SET id = -1") == "!547")
    run.begin()
    #expect(run("CREATE TABLE other (id int)") == "")
    let number = try run.number(of: "p")
    let session = run.session.number
    _ = try run.attempt { context throws(SQLError) in
      try context.storage.alterTable(session, number) { _ throws(SQLError) in }.value()
      return ""
    }
    run.use(1)
    #expect(run("UPDATE c SET w = 1") == "#1")
    #expect(run("UPDATE c SET pid = 2") == "waits")
    run.use(0)
    try run.rollback()
    run.use(1)
    #expect(run("UPDATE c SET pid = 2") == "#1")
    #expect(run("DELETE c") == "#1")
  }

  @Test func `unique keys are those of the storage`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int NOT NULL CONSTRAINT pk PRIMARY KEY, u int CONSTRAINT uq UNIQUE)",
      "INSERT t VALUES (1, 1), (2, NULL)")
    #expect(
      run.message("INSERT t VALUES (1, 5)")
        == "Violation of PRIMARY KEY constraint 'pk'. Cannot insert duplicate key in object "
        + "'dbo.t'. The duplicate key value is (1)."
    )
    #expect(run.message("INSERT t VALUES (3, 1)").contains("UNIQUE KEY constraint 'uq'"))
    #expect(run("INSERT t VALUES (3, NULL)") == "!2627")
    #expect(run("INSERT t VALUES (3, 3), (3, 4)") == "!2627")
    #expect(run("UPDATE t SET u = 3 - ISNULL(u, 2)") == "#2")
    #expect(run("SELECT * FROM t") == "1 2|2 1")
  }
}
