import Databases
import Foundation
import Reports
import Runtime
import Testing

@testable import Replication

@Suite struct RunSummaryTests {
  @Test func `a finished run is told in figures`() {
    let units = [
      Samples.unit("posts", 0, .copied, rows: 12_000, range: .span(from: nil, to: .integer(10))),
      Samples.unit("posts", 1, .unchanged, rows: 345, range: .span(from: .integer(10), to: nil)),
      Samples.unit("users", 0, .copied, rows: 1),
    ]
    let report = Samples.run(units, planned: [("posts", 2), ("users", 1)])
    #expect(
      RunSummary(report).lines() == [
        "table  units  copied  unchanged    rows  data copied",
        "posts      2       1          1  12,345       1.1 MB",
        "users      1       1          0       1        100 B",
        "────────────────────────────────────────────────────",
        "           3       2          1  12,346       1.1 MB",
        "",
        "12,001 rows copied in 2.0 s: 5,999 rows/s, 585.8 KB/s.",
      ])
  }

  @Test func `a run with nothing to do says so, and does not claim to have read what it trusted`() {
    let unchanged = Samples.run([Samples.unit("users", 0, .unchanged, rows: 9)], planned: [("users", 1)])
    #expect(
      RunSummary(unchanged).lines().last
        == "Nothing had to be copied: 9 rows read on both sides and equal, 0 written, in 2.0 s.")
    let trusted = Samples.run(
      [Samples.unit("users", 0, .trusted, rows: 9)], planned: [("users", 1)], mode: .resume)
    #expect(
      RunSummary(trusted).lines().last
        == "Nothing had to be copied: 9 rows recorded as done, 0 written, in 2.0 s.")
  }

  @Test func `an interrupted run shows what is not done`() {
    let report = Samples.run(
      [Samples.unit("posts", 0, .copied, rows: 5)], planned: [("posts", 3)], outcome: .stopped)
    #expect(RunSummary(report).lines()[1].contains("1 of 3"))
  }

  @Test func `a receipt has the sums, sorted keys and every unit`() throws {
    let units = [
      Samples.unit("posts", 0, .copied, rows: 3, range: .span(from: nil, to: .text("m"))),
      Samples.unit("posts", 1, .copied, rows: 4, range: .span(from: .text("m"), to: nil)),
    ]
    var receipt = Receipt(command: "replicate", exitCode: .done, time: WallTime(seconds: 2))
    receipt.run = RunReceipt(Samples.run(units, planned: [("posts", 2)]))
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(receipt.json.utf8)) as? [String: Any])
    #expect(json["proofload"] as? String == Version.current)
    #expect(json["outcome"] as? String == "done")
    #expect(json["exitCode"] as? Int == 0)
    #expect(json["error"] == nil)
    let run = try #require(json["run"] as? [String: Any])
    #expect(run["rowsAcknowledged"] as? Int == 7)
    #expect(run["seconds"] as? Double == 2)
    let table = try #require((run["tables"] as? [[String: Any]])?.first)
    #expect(table["fingerprint"] as? String == "7:" + String(repeating: "0", count: 31) + "7")
    #expect((table["units"] as? [[String: Any]])?.map { $0["range"] as? String } == ["[, 'm')", "['m', )"])
    let keys = receipt.json.split(separator: "\n").filter { $0.hasPrefix("  \"") }
      .compactMap { $0.split(separator: "\"").dropFirst().first }
    #expect(keys == keys.sorted())
    #expect(receipt.json.hasSuffix("}\n"))
  }

  @Test func `the same receipt is the same text`() {
    let report = Samples.run([Samples.unit("a", 0, .copied, rows: 3)], planned: [("a", 1)])
    func text() -> String {
      var receipt = Receipt(command: "replicate", exitCode: .done, time: WallTime(seconds: 2))
      receipt.run = RunReceipt(report)
      return receipt.json
    }
    #expect(Set((0..<20).map { _ in text() }).count == 1)
  }

  /// Two units that met deadlocks and a lost connection, and a step that was given up.
  private func rough() -> RetryReport {
    func failure(_ errorClass: ErrorClass, wait: Double?) -> RetriedFailure {
      RetriedFailure(
        seconds: 1.00049, errorClass: errorClass, code: "postgres 40P01", endpoint: "b", operation: "write",
        wait: wait)
    }
    var report = RetryReport(policy: "default")
    report.retried = [
      RetriedWork(
        unit: UnitKey(table: "posts", index: 0), attempts: 3, outcome: .done,
        failures: [failure(.conflict, wait: 0.5), failure(.connectionLost, wait: 1)]),
      RetriedWork(
        unit: UnitKey(table: "users", index: 0), attempts: 2, outcome: .done,
        failures: [failure(.conflict, wait: 0.25)]),
      RetriedWork(
        step: "restore", attempts: 2, outcome: .gaveUp,
        failures: [failure(.throttled, wait: 2), failure(.throttled, wait: nil)]),
    ]
    report.writers = [
      WritersChange(seconds: 1, table: "posts", writers: 2),
      WritersChange(seconds: 9, table: "posts", writers: 3),
    ]
    report.outages = [
      Outage(seconds: 1, endpoint: "sqlite:b.db", duration: 4, errorClass: .connectionLost)
    ]
    report.snapshots = 1
    return report
  }

  @Test func `retries, outages and the number of writers are told, each in a sentence`() {
    let report = Samples.run(
      [Samples.unit("posts", 0, .copied, rows: 5)], planned: [("posts", 1)], retry: rough())
    #expect(
      RunSummary(report).lines().suffix(4) == [
        "2 units were retried (2 conflicts, 1 lost connection), after 1.8 s of waiting.",
        "1 step was retried (2 throttlings), after 2.0 s of waiting; 1 given up.",
        "sqlite:b.db was away 1 time, 4.0 s in all.",
        "Writers of posts, as conflicts and quiet told: 2, 3.",
      ])
  }

  @Test func `a receipt tells each failure of a unit, with its wait`() throws {
    var receipt = Receipt(command: "replicate", exitCode: .done, time: WallTime(seconds: 2))
    receipt.run = RunReceipt(
      Samples.run([Samples.unit("posts", 0, .copied, rows: 5)], planned: [("posts", 1)], retry: rough()))
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(receipt.json.utf8)) as? [String: Any])
    let retry = try #require((json["run"] as? [String: Any])?["retry"] as? [String: Any])
    #expect(retry.keys.sorted() == ["outages", "policy", "retried", "snapshots", "writers"])
    let work = try #require((retry["retried"] as? [[String: Any]])?.first)
    #expect(work["attempts"] as? Int == 3 && work["outcome"] as? String == "done")
    #expect((work["unit"] as? [String: Any])?["table"] as? String == "posts")
    let failure = try #require((work["failures"] as? [[String: Any]])?.first)
    #expect(failure["seconds"] as? Double == 1 && failure["wait"] as? Double == 0.5)
    #expect(failure["errorClass"] as? String == "conflict" && failure["code"] as? String == "postgres 40P01")
  }
}
