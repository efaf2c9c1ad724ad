import Databases
import Foundation
import Replication
import Reports
import Runtime
import Testing

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
}
