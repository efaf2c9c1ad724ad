import Dispatch
import Runtime
import SQLServerSimulator
import Testing

/// Texts that the parser takes are not too deep for what follows.
@Suite struct DepthTests {
  private func repeated(_ part: String, _ count: Int, _ separator: String) -> String {
    [String](repeating: part, count: count).joined(separator: separator)
  }

  @Test func `a thousand operands and two hundred parentheses are evaluated`() throws {
    var run = try QueryServer(["SELECT id INTO t FROM (VALUES (1), (2)) AS v (id)"])
    #expect(run("SELECT " + repeated("id", 900, " + ") + " FROM t") == "900|1800")
    #expect(run("SELECT " + repeated("1", 900, " + ")) == "900")
    #expect(run("SELECT " + repeated("(", 190, "") + "id" + repeated(")", 190, "") + " FROM t") == "1|2")
    #expect(run("SELECT id FROM t WHERE " + repeated("id = 2", 3000, " OR ")) == "2")
    #expect(run("SELECT id FROM t WHERE id IN (" + repeated("7", 5000, ", ") + ", 1)") == "1")
    #expect(run(repeated("SELECT 1", 200, " UNION ALL ")).count == 399)
  }

  /// In a thread with the stack that a connection's thread has.
  private func answer(_ text: String) throws -> String {
    let done = DispatchSemaphore(value: 0)
    let answer = Guarded("")
    try SystemThread.start(name: "depth") {
      let text = (try? QueryServer()).map { server in
        var server = server
        return server(text)
      }
      answer.withLock { $0 = text ?? "" }
      done.signal()
    }
    done.wait()
    return answer.withLock { $0 }
  }

  @Test func `queries and calls may be nested in each other`() throws {
    var text = "SELECT 1 AS n"
    for level in 0..<31 { text = "SELECT n + 1 AS n FROM (\(text)) AS t\(level)" }
    #expect(try answer(text) == "32")
    #expect(try answer("SELECT n FROM (\(text)) AS t") == "!40514")
    text = "1"
    for _ in 0..<30 { text = "(SELECT \(text) + 1)" }
    #expect(try answer("SELECT \(text)") == "31")
    text = "1"
    for _ in 0..<190 { text = "abs(\(text))" }
    #expect(try answer("SELECT \(text)") == "1")
    text = "1"
    for _ in 0..<60 { text = "CASE WHEN 1 = 1 THEN \(text) END" }
    #expect(try answer("SELECT \(text)") == "1")
  }
}
