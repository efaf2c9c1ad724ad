import Foundation
import TestSupport
import Testing

/// Deadlocks of our own writers in a server that is a process of its own, as whoever runs the command sees them.
@Suite(.blocks) struct DeadlockReceiptTests {
  private static let rows = 1_500

  @Test func `of writers that deadlock in a SQL Server the receipt has the victims, 1205, and their numbers`()
    async throws
  {
    let server = try await SimulatedServerProcess()
    let command = server.command
    try sqlite(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.rows))
      INSERT INTO items SELECT i, 'body of item ' || i FROM n;
      """, at: command.file("a.db"))
    // A delete shares the table then, a load does not: with nothing armed, two units wait for each other.
    try SQLServer.shared.run(
      "CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, body nvarchar(max) NOT NULL)",
      "EXEC sp_tableoption 'items', 'table lock on bulk load', 'ON'", on: server.url)

    let result = try command.succeed(
      "replicate --from sqlite:a.db --to \(server.url) --workers 4 --unit-size 1KB --receipt r.json")
    let data = try Data(contentsOf: URL(filePath: command.file("r.json")))
    let receipt = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let run = try ToldRun(receipt["run"])
    try run.expectDeadlocks(of: "items", writers: 4)
    #expect(run.rowsAcknowledged == Self.rows)
    let (victims, deadlocks) = (run.retry.retried.count, run.failures.count)
    #expect(
      result.output.contains(
        "\(victims) unit\(victims == 1 ? " was" : "s were") retried (\(deadlocks) conflict\(deadlocks == 1 ? "" : "s"))"
      ), "\(result.output)")
    let writers = run.retry.writers.map { "\($0.writers)" }.joined(separator: ", ")
    let table = try #require(run.retry.writers.first?.table)
    #expect(result.output.contains("Writers of \(table), as conflicts and quiet told: \(writers)."))

    // The ledger, which the server keeps, says the same.
    var attempts = Set<String>()
    for unit in run.tables.flatMap(\.units) { attempts.insert("\(unit.index)|\(unit.attempt)") }
    let ledger = try SQLServer.shared.run(
      "SELECT CONCAT(unit, N'|', attempt) FROM proofload_ledger", on: server.url)
    #expect(Set(ledger.split(separator: "\n").map(String.init)) == attempts)
    try command.succeed("verify --from sqlite:a.db --to \(server.url)")
    try server.stop()
  }
}
