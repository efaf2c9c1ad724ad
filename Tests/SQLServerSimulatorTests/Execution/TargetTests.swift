import SQLServerSimulator
import Testing

/// The rows that UPDATE and DELETE mean.
@Suite struct TargetTests {
  private func server() throws -> QueryServer {
    var run = try QueryServer([
      "SELECT id, n INTO t FROM (VALUES (1, 10), (2, 20), (3, 30)) AS v (id, n)",
      "SELECT id INTO k FROM (VALUES (1), (3), (3)) AS v (id)",
    ])
    try run.setKey("t", "id")
    return run
  }

  /// The ids of the target's rows, with what SET makes of them.
  private func rows(_ text: String, limit: Int = .max) throws -> String {
    var run = try server()
    let statement = try #require(try Parser.parse(text).statements.first)
    guard case .update(let update) = statement.body else { return "" }
    var found: [String] = []
    do throws(SQLError) {
      _ = try run.context.attempt { context throws(SQLError) in
        var binder = Binder()
        let target = try binder.open(update.target, from: update.from, filter: update.filter, in: &context)
        let value = try binder.bind(update.assignments[0].value, in: &context)
        binder.close()
        try context.forEachRow(of: target, limit: limit) { context, row throws(SQLError) in
          let id = row.withBytes { SQLType.int.decoded(StoredFields.field(0, of: $0)) }
          found.append(try "\(QueryServer.text(id, .int)) \(QueryServer.text(context.evaluate(value), .int))")
        }
      }
    } catch {
      return "!\(error.number)"
    }
    return found.joined(separator: "|")
  }

  @Test func `a target is found by its name, its alias or alone`() throws {
    #expect(try rows("UPDATE t SET n = n + 1") == "1 11|2 21|3 31")
    #expect(try rows("UPDATE dbo.t SET n = id WHERE id > 1") == "2 2|3 3")
    #expect(try rows("UPDATE x SET n = x.n + k.id FROM t AS x JOIN k ON k.id = x.id") == "1 11|3 33")
    #expect(try rows("UPDATE t SET n = 0 FROM t JOIN k ON k.id = t.id") == "1 0|3 0")
    #expect(try rows("UPDATE t SET n = 0 FROM k WHERE k.id = t.id") == "1 0|3 0")
    #expect(try rows("UPDATE t SET n = 0 WHERE EXISTS (SELECT 1 FROM k WHERE k.id = t.id)") == "1 0|3 0")
    #expect(try rows("UPDATE t SET n = 0 FROM t a JOIN t b ON a.id = b.id") == "!8154")
    #expect(try rows("UPDATE t SET n = nosuch") == "!207")
    #expect(try rows("UPDATE nosuch SET n = 1") == "!208")
    #expect(try rows("UPDATE t SET n = n", limit: 2) == "1 10|2 20")
  }

  @Test func `expressions over a row that is not stored are evaluated`() throws {
    var run = try server()
    let number = try run.number(of: "t")
    guard case .select(let select) = try Parser.parse("SELECT n * 2, id + n WHERE id < n").statements[0].body,
      case .select(let clause) = select.query.body
    else { return }
    var collector = RowCollector()
    collector.append([.integer(5), .integer(7)], [.int, .int])
    let row = collector.finish()[0]
    var binder = Binder()
    binder.open(table: number, in: run.context)
    let output = try binder.bindOutput(clause.items, in: &run.context)
    let condition = try binder.bind(try #require(clause.filter), in: &run.context)
    binder.close()
    try run.context.withFrame(RowFrame([row])) { context throws(SQLError) in
      #expect(try context.evaluate(output.expressions[0]) == .integer(14))
      #expect(try context.evaluate(output.expressions[1]) == .integer(12))
      #expect(try context.evaluate(condition) == true)
    }
  }
}
