import ModelDatabase
import Runtime
import SQLServerSimulator
import Testing

/// Writes down what triggers see, and may do something besides.
private final class Recorder: TriggerRunner {
  let seen = Guarded<[String]>([])
  let statement: String?

  init(_ statement: String? = nil) { self.statement = statement }

  func fire(_ firing: TriggerFiring, in context: inout StatementContext) throws(SQLError) {
    let line =
      "\(firing.trigger.name.name) \(firing.event) +\(try firing.inserted.text) -\(try firing.deleted.text) "
      + "\(firing.columns.sorted())"
    seen.withLock { $0.append(line) }
    guard let statement, let parsed = try Parser.parse(statement).statements.first else { return }
    let catalog = context.catalog
    defer { context.catalog = catalog }
    context.catalog = TriggerCatalog(firing, over: catalog)
    switch parsed.body {
    case .insert(let insert): _ = try context.insert(insert)
    case .update(let update): _ = try context.update(update)
    default: throw .divideByZero
    }
  }

  var lines: [String] { seen.withLock { $0 } }
}

@Suite struct TriggerRunningTests {
  private func server() throws -> WritingServer {
    try WritingServer(
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)", "INSERT t VALUES (1, 1), (2, 2)",
      "CREATE TABLE log (id int IDENTITY, n int)")
  }

  @Test func `a statement whose trigger nobody runs is refused by its name`() throws {
    var run = try server()
    _ = try run.addTrigger("tr_t", on: "t", [.insert, .delete])
    #expect(run.message("INSERT t VALUES (3, 3)").contains("the trigger dbo.tr_t"))
    #expect(run("DELETE t WHERE 1 = 0") == "!40514")
    #expect(run("UPDATE t SET n = 0") == "#2")
    #expect(run("SELECT COUNT(*) FROM t") == "2")
  }

  @Test func `a trigger sees the rows of its statement, even if there are none`() throws {
    var run = try server()
    let recorder = Recorder()
    run.query.context.triggers = recorder
    _ = try run.addTrigger("a", on: "t", [.insert, .update, .delete])
    _ = try run.addTrigger("b", on: "t", [.update])
    #expect(run("INSERT t VALUES (3, 3), (4, NULL)") == "#2")
    #expect(run("UPDATE t SET n = n * 10 WHERE id < 3") == "#2")
    #expect(run("DELETE t WHERE id = 9") == "#0")
    #expect(run("DELETE t OUTPUT deleted.id") == "!334")
    #expect(
      recorder.lines == [
        "a insert +3 3|4 NULL - [0, 1]", "a update +1 10|2 20 -1 1|2 2 [1]",
        "b update +1 10|2 20 -1 1|2 2 [1]",
        "a delete + - []",
      ])
  }

  @Test func `a trigger writes besides, and does not fire itself`() throws {
    var run = try server()
    let recorder = Recorder("INSERT log (n) SELECT COUNT(*) FROM t")
    run.query.context.triggers = recorder
    _ = try run.addTrigger("a", on: "t", [.insert])
    _ = try run.addTrigger("own", on: "log", [.insert])
    #expect(run("INSERT t VALUES (3, 3)") == "#1")
    // The second one wrote to its own table.
    #expect(run("SELECT n FROM log") == "3|3")
    #expect(recorder.lines.count == 2)
    _ = run("CREATE TABLE k (id int IDENTITY(100, 1), n int)")
    _ = try run.addTrigger("k", on: "k", [.insert])
    #expect(run("INSERT k VALUES (1)") == "#1")
    #expect(run("SELECT SCOPE_IDENTITY(), @@IDENTITY") == "100 4")
  }

  @Test func `a trigger reads the rows that fired it`() throws {
    var run = try server()
    run.query.context.triggers = Recorder(
      "INSERT log (n) SELECT i.n - d.n FROM inserted AS i JOIN deleted AS d ON d.id = i.id")
    _ = try run.addTrigger("a", on: "t", [.update])
    #expect(run("UPDATE t SET n = n * 7") == "#2")
    #expect(run("SELECT n FROM log") == "6|12")
    #expect(run("SELECT * FROM inserted") == "!208")
  }

  @Test func `an error of a trigger takes the statement back`() throws {
    var run = try server()
    run.query.context.triggers = Recorder("DELETE t")
    _ = try run.addTrigger("a", on: "t", [.insert])
    #expect(run("INSERT t VALUES (3, 3)") == "!8134")
    #expect(run("SELECT COUNT(*) FROM t") == "2")
    run.query.context.triggers = Recorder("INSERT t VALUES (1, 1)")
    #expect(run("INSERT t VALUES (3, 3)") == "!2627")
    #expect(run("SELECT COUNT(*) FROM t") == "2")
    #expect(run.query.context.firing == [])
  }

  @Test func `INSTEAD OF takes the place of the statement`() throws {
    var run = try server()
    let recorder = Recorder("INSERT t VALUES (50, 50)")
    run.query.context.triggers = recorder
    _ = try run.addTrigger("i", on: "t", [.insert, .update, .delete], isInsteadOf: true)
    #expect(run("INSERT t VALUES (3, 3)") == "#1")
    #expect(run("SELECT id FROM t") == "1|2|50")
    run.query.context.triggers = Recorder("UPDATE t SET n = 0 WHERE id = 1")
    #expect(run("DELETE t WHERE id = 2") == "#1")
    #expect(run("UPDATE t SET n = 9 WHERE id = 2") == "#1")
    #expect(run("SELECT id, n FROM t") == "1 0|2 2|50 50")
    #expect(recorder.lines == ["i insert +3 3 - [0, 1]"])
    _ = try run.addTrigger("g", on: "log", [.insert], isInsteadOf: true)
    #expect(run("INSERT log VALUES (1)") == "!40514")
  }

  @Test func `triggers of children that follow their parents run`() throws {
    var run = try server()
    _ = run(
      "CREATE TABLE c (id int, CONSTRAINT fk FOREIGN KEY (id) REFERENCES t (id) ON DELETE CASCADE "
        + "ON UPDATE CASCADE)"
    )
    #expect(run("INSERT c VALUES (1), (2)") == "#2")
    let recorder = Recorder()
    _ = try run.addTrigger("tc", on: "c", [.update, .delete])
    #expect(run("DELETE t WHERE id = 1") == "!40514")
    run.query.context.triggers = recorder
    #expect(run("DELETE t WHERE id = 1") == "#1")
    #expect(run("UPDATE t SET id = 7") == "#1")
    #expect(recorder.lines == ["tc delete + -1 []", "tc update +7 -2 [0]"])
  }
}
