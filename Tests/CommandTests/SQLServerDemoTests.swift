import Foundation
import TestSupport
import Testing

/// `proofload demo --target sqlserver`: what it tells is held against the receipt, which has what the runs reported.
@Suite(.blocks) struct SQLServerDemoTests {
  private let command: TestSupport.CommandLine

  init() throws { command = try TestSupport.CommandLine() }

  private struct Step {
    let title: String
    /// Its sentences as one.
    let told: String
    let run: Any?

    init(_ object: [String: Any]) throws {
      title = try #require(object["title"] as? String)
      told = try #require(object["observations"] as? [String]).joined(separator: " ")
      run = object["run"]
    }
  }

  @Test
  func `into a SQL Server it tells of deadlocks that happened, a failover outlived, and a row repaired`()
    throws
  {
    let result = try command.run("demo --target sqlserver --rows 20000")
    #expect(result.code == 0, "\(result.everything)")
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("Everything turned out as told"))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(result.output)")
    let data = try Data(contentsOf: URL(filePath: command.file("proofload-demo/demo.receipt.json")))
    let receipt = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let demo = try #require((receipt["demo"] as? [String: Any])?["steps"] as? [[String: Any]])
    let steps = try demo.map(Step.init)
    #expect(steps.count == 12)
    #expect(steps.filter { $0.run != nil }.map(\.title) == [steps[3].title, steps[4].title])
    try expectDeadlocks(steps[3], result.output)
    try expectFailover(steps[4])
    try expectRepair(steps, receipt, result.output)
  }

  private func expectDeadlocks(_ step: Step, _ output: String) throws {
    let run = try ToldRun(step.run)
    try run.expectDeadlocks(of: "Votes", writers: 4)
    // As often as the server counted.
    let count = run.failures.count
    #expect(
      step.told.hasPrefix("\(count) time\(count == 1 ? "" : "s") writers waited for each other"),
      "\(step.told)")
    for work in run.retry.retried {
      let unit = try #require(work.unit)
      #expect(step.told.contains("\(unit.table)#\(unit.index)"), "\(step.told)")
    }
    let writers = run.retry.writers.map { "\($0.writers)" }.joined(separator: ", ")
    #expect(step.told.contains("as conflicts and quiet told: \(writers)."), "\(step.told)")
    // The command that was shown is the command that was run.
    let line = output.split(whereSeparator: \.isWhitespace).filter { $0 != "\\" }.joined(separator: " ")
    #expect(line.contains("--tables Votes --fresh --workers 4 --unit-size"))
  }

  private func expectFailover(_ step: Step) throws {
    let run = try ToldRun(step.run)
    #expect(run.outcome == "done")
    #expect(!run.retry.outages.isEmpty)
    for outage in run.retry.outages {
      #expect(outage.endpoint.hasPrefix("sqlserver://") && outage.duration != nil)
      #expect(step.told.contains("\(outage.endpoint) was away"), "\(step.told)")
    }
    #expect(run.failures.contains { $0.errorClass == "connectionLost" })
    #expect(run.retry.retried.allSatisfy { $0.outcome == "done" })
    let units = try #require(run.tables.first { $0.source == "Comments" }?.units)
    #expect(units.allSatisfy { $0.action == "copied" && $0.rowsRead == $0.rowsAcknowledged })
    let first = try #require(units.map(\.attempt).min())
    // Whose rows were under way has begun again; who failed before it had claimed its unit has not begun.
    #expect(units.contains { $0.attempt > first })
    for unit in units {
      let work = run.retry.retried.first { $0.unit?.index == unit.index }
      #expect(unit.attempt <= first + (work?.failures.count ?? 0), "\(unit)")
    }
  }

  /// The row that a statement changed, which is in the output, is the row that was found.
  private func expectRepair(_ steps: [Step], _ receipt: [String: Any], _ output: String) throws {
    let words = output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let change = try #require(
      words.firstMatch(
        of:
          #/UPDATE \[dbo\]\.\[Posts\] SET \[Body\] = STUFF\(\[Body\], (\d+), 1, N'.'\) WHERE \[Id\] = (\d+)/#)
    )
    let (position, id) = (change.1, change.2)
    #expect(
      words.contains(
        "Posts source and witness agree, target differs Id = '\(id)': differs Body (text): character \(position) is another"
      ))
    let repair = try #require(steps.first { $0.title.hasPrefix("Repair") })
    #expect(repair.told.hasPrefix("1 unit copied"))
    let verification = try #require(receipt["verification"] as? [String: Any])
    #expect(verification["verdict"] as? String == "equal")
  }
}
