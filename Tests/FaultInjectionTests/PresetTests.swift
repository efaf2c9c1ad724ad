import Databases
import FaultInjection
import Foundation
import Replication
import ReplicationClaims
import Runtime
import SQLiteDatabase
import TestSupport
import Testing
import YAML

@Suite struct PresetTests {
  private let directory: TemporaryDirectory
  private let source: SQLiteEndpoint

  init() throws {
    directory = try TemporaryDirectory()
    source = SQLiteEndpoint(path: directory.file("source.db"))
    try sqlite(Fixture.script(rows: 30), at: directory.file("source.db"))
  }

  private func target(_ name: String = "target") -> SQLiteEndpoint {
    SQLiteEndpoint(path: directory.file("\(name).db"))
  }

  @Test(arguments: Preset.allCases)
  func `a copy under any preset ends equal or says that it does not`(preset: Preset) async throws {
    _ = try await FaultClaims.endHonestly(preset, from: source, to: target())
  }

  @Test func `the same plan and seed strike a job in the same way, and another seed does not`() async throws {
    let text = """
      rules:
        - {name: a, at: [begin, delete, write, commit], probability: 1/3, fault: {delay: 1s}, cure: {times: 1000}}
        - {name: b, at: ledger, every: 7, fault: {delay: 2s}, cure: {times: 1000}}
      """
    var signatures: [[String]] = []
    for seed in [7, 7, 8] as [UInt64] {
      let time = VirtualTime()
      var plan = try FaultPlan.load(text, file: "plan.yml", name: "plan")
      plan.seed = seed
      let faults = PlannedFaults(plan, time: time)
      var options = IdempotenceClaims.options
      options.workers = 1
      let report = try await Replication(
        source: source,
        target: FaultyEndpoint(target("\(signatures.count)"), side: .target, injector: faults, time: time),
        options: options, time: time
      ).run()
      #expect(report.outcome == .done)
      signatures.append(faults.events.map(\.signature))
    }
    #expect(signatures[0] == signatures[1])
    #expect(signatures[0] != signatures[2])
    #expect(signatures[0].count > 20)
  }

  @Test func `a log has a line for each fault, as it strikes`() async throws {
    let log = try FaultLog(path: directory.file("faults.jsonl"))
    let time = VirtualTime()
    let faults = PlannedFaults(Preset.slowSource.plan, time: time) { log.add($0) }
    let endpoint = FaultyEndpoint(source, side: .source, injector: faults, time: time)
    let connection = try await endpoint.connect(.read)
    for _ in 0..<8 { _ = try await connection.tables() }
    await connection.close()
    let lines = try String(contentsOfFile: directory.file("faults.jsonl"), encoding: .utf8)
    #expect(!faults.events.isEmpty && log.failure == nil)
    #expect(lines == faults.events.map { $0.jsonLine + "\n" }.joined())
    for line in lines.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["rule"] as? String == "late answers")
    }
  }

  @Test func `every plan in the pages is right, and every key is explained`() throws {
    let page = try String(
      contentsOf: TestSupport.CommandLine.root.appending(path: "docs/faults.md"), encoding: .utf8)
    let plans = page.split(separator: "```yaml\n").dropFirst().compactMap { $0.split(separator: "```").first }
    #expect(plans.count >= 2)
    for plan in plans {
      do throws(YAMLError) {
        _ = try FaultPlan.load(String(plan), file: "docs/faults.md", name: "example")
      } catch {
        Issue.record("\(error)\n\(plan)")
      }
    }
    for preset in Preset.allCases {
      let about = try #require(preset.plan.about)
      #expect(page.contains("| `\(preset.rawValue)` | \(about) |"))
    }
    for key in FaultPlan.keys + FaultPlan.ruleKeys + ["times", "after"] {
      #expect(page.contains("| `\(key)` |"), "\(key) is not explained")
    }
    for word in Operation.allCases.map(\.rawValue) + ErrorKind.allCases.map(\.rawValue) {
      #expect(page.contains("| `\(word)` |"), "\(word) is not explained")
    }
  }
}
