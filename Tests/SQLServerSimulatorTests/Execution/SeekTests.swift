import SQLServerSimulator
import Testing

/// What conditions leave of a table is what is read and locked.
@Suite struct SeekTests {
  /// 1 to 100 with `id` as the key.
  private func server() throws -> QueryServer {
    var run = try QueryServer([
      """
      SELECT ISNULL(a.n * 10 + b.n + 1, 0) AS id, CAST('r' + CAST(a.n AS varchar(9)) AS varchar(9)) AS name,
        b.n AS digit
      INTO t FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a (n),
        (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b (n)
      """
    ])
    try run.setKey("t", "id")
    return run
  }

  /// A session that has locked the row 50 against everybody, and another one.
  private func lockedServer() throws -> QueryServer {
    var run = try server()
    run.context.storage.begin(run.context.session.number)
    #expect(run("SELECT id FROM t WITH (XLOCK) WHERE id = 50") == "50")
    _ = run.connect()
    return run
  }

  @Test func `ranges of the key answer as the condition says`() throws {
    var run = try server()
    #expect(run("SELECT COUNT(*) FROM t") == "100")
    #expect(run("SELECT id FROM t WHERE id = 7") == "7")
    #expect(run("SELECT id FROM t WHERE 97 < id") == "98|99|100")
    #expect(run("SELECT id FROM t WHERE id BETWEEN 9 AND 11") == "9|10|11")
    #expect(run("SELECT id FROM t WHERE id >= 99 AND id < 100") == "99")
    #expect(run("SELECT id FROM t WHERE id = NULL") == "")
    #expect(run("SELECT COUNT(*) FROM t WHERE id < 5000000000") == "100")
    #expect(run("SELECT COUNT(*) FROM t WHERE id = 5000000000") == "0")
    #expect(run("SELECT id FROM t WHERE id = 2.0") == "2")
    #expect(run("SELECT id FROM t WHERE id = '3'") == "3")
    #expect(run("SELECT id FROM t WHERE id IN (5, 4) AND name = 'R0'") == "4|5")
    #expect(run("SELECT TOP 2 id FROM t WHERE id > 40 ORDER BY id") == "41|42")
  }

  @Test func `a seek does not meet locks of other rows`() throws {
    var run = try lockedServer()
    #expect(run("SELECT id FROM t WHERE id = 49") == "49")
    #expect(run("SELECT COUNT(*) FROM t WHERE id > 50") == "50")
    #expect(run("SELECT COUNT(*) FROM t WITH (NOLOCK)") == "100")
    #expect(run("SELECT COUNT(*) FROM t WITH (READPAST)") == "99")
    #expect(run("SELECT a.id FROM (VALUES (1), (2)) AS v (x) JOIN t AS a ON a.id = v.x") == "1|2")
    #expect(run("SELECT id FROM t WHERE EXISTS (SELECT 1 WHERE 1 = 0) AND id = 3") == "")
    #expect(run("SELECT id FROM t WITH (NOWAIT) WHERE id = 50") == "!1222")
    #expect(run("SELECT id FROM t WHERE id = 50") == "waits")
  }

  @Test func `TOP without an order reads no row behind the last that it gives`() throws {
    var run = try lockedServer()
    #expect(run("SELECT TOP (3) DATALENGTH(name), id + 1 FROM t") == "2 2|2 3|2 4")
    #expect(run("SELECT TOP (50) id FROM t") == "waits")
  }

  @Test func `a scan waits for a locked row`() throws {
    var run = try lockedServer()
    #expect(run("SELECT COUNT(*) FROM t") == "waits")
  }

  @Test func `a query that waited answers when the lock is gone`() throws {
    var run = try server()
    run.context.storage.begin(run.context.session.number)
    #expect(run("SELECT id FROM t WITH (XLOCK) WHERE id = 50") == "50")
    let first = run.connect()
    #expect(run("SELECT name FROM t WHERE id = 50") == "waits")
    try run.context.storage.commit(first.number)
    #expect(run("SELECT name FROM t WHERE id = 50") == "r4")
  }

  @Test func `joins of many rows and of few answer alike`() throws {
    var run = try server()
    #expect(run("SELECT COUNT(*) FROM t a JOIN t b ON a.id = b.id") == "100")
    #expect(run("SELECT COUNT(*) FROM t a JOIN t b ON a.digit = b.digit") == "1000")
    #expect(run("SELECT COUNT(*), COUNT(b.id) FROM t a LEFT JOIN t b ON b.id = a.id + 90") == "100 10")
    #expect(run("SELECT COUNT(*) FROM t a FULL JOIN t b ON b.id = a.id + 90") == "190")
    #expect(run("SELECT COUNT(*) FROM t a CROSS JOIN t b WHERE a.id = b.id AND b.id < 11") == "10")
  }

  @Test func `rows of a plain column list share the table's bytes`() throws {
    var run = try server()
    guard case .rows(let set) = try run.run("SELECT name, id FROM t WHERE id = 12") else { return }
    #expect(set.fields == [1, 0])
    #expect(try set.text == "r1 12")
  }

  @Test func `the first rows of a key's order are read and locked alone`() throws {
    var run = try lockedServer()
    #expect(run("SELECT TOP 3 id FROM t ORDER BY id DESC") == "100|99|98")
    #expect(run("SELECT TOP 2 id FROM t WHERE id > 40 ORDER BY id") == "41|42")
    #expect(run("SELECT TOP 2 id, name FROM t WHERE digit = 0 ORDER BY id") == "1 r0|11 r1")
    #expect(run("SELECT TOP 2 id + 1 FROM t WHERE id > 50 AND digit = 9 ORDER BY id DESC") == "101|91")
    #expect(run("SELECT id FROM t WHERE id < 9 ORDER BY id OFFSET 2 ROWS FETCH NEXT 2 ROWS ONLY") == "3|4")
    #expect(run("SELECT TOP 1 id FROM t WHERE id < 40 ORDER BY id DESC") == "39")
    #expect(run("SELECT TOP 1 digit FROM t WHERE id = 40 ORDER BY digit, id") == "9")
    #expect(run("SELECT TOP 9 id FROM t WHERE id > 45 ORDER BY id") == "waits")
  }

  @Test func `an order that no key has is made`() throws {
    var run = try server()
    #expect(run("SELECT TOP 3 id FROM t ORDER BY digit DESC, id DESC") == "100|90|80")
    #expect(run("SELECT TOP 2 id FROM t ORDER BY name, id DESC") == "10|9")
    try run.setKey("t", "digit", "id")
    #expect(run("SELECT TOP 3 id FROM t ORDER BY digit, id") == "1|11|21")
    #expect(run("SELECT TOP 3 id FROM t ORDER BY digit DESC, id DESC") == "100|90|80")
    #expect(run("SELECT TOP 3 id FROM t ORDER BY digit, id DESC") == "91|81|71")
    #expect(run("SELECT TOP 3 id FROM t WHERE digit = 5 ORDER BY id DESC") == "96|86|76")
    #expect(run("SELECT id FROM t WHERE digit = 5 AND id BETWEEN 20 AND 40") == "26|36")
  }
}
