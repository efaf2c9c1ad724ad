import Databases
import FaultInjection
import Foundation
import ModelDatabase
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
    try sqlite(Fixture.script(rows: 12), at: directory.file("source.db"))
  }

  private func target(_ name: String = "target") -> SQLiteEndpoint {
    SQLiteEndpoint(path: directory.file("\(name).db"))
  }

  @Test(arguments: Preset.allCases)
  func `a copy under any preset ends equal or says that it does not`(preset: Preset) async throws {
    try await FaultClaims.endHonestly(preset, from: source, to: target())
  }

  @Test(arguments: FaultInjection.Operation.allCases.filter(FaultInjection.Operation.repeatable.contains))
  func `calls that happen twice lose and double no row`(operation: FaultInjection.Operation) async throws {
    try await FaultClaims.surviveDuplicates(of: operation, from: source, to: target())
  }

  /// What struck a job with one worker; it has to end well.
  private func signatures(
    _ plan: FaultPlan, into target: any Endpoint, seed: UInt64 = 7, _ time: VirtualTime
  ) async throws -> [String] {
    var plan = plan
    plan.seed = seed
    let faults = PlannedFaults(plan, time: time)
    var options = IdempotenceClaims.options
    options.workers = 1
    // Waits are drawn by job, and these are several.
    options.retry.backoff = .fixed([.milliseconds(10)])
    options.retry.outage = nil
    let report = try await Replication(
      source: source, target: FaultyEndpoint(target, side: .target, injector: faults, time: time),
      options: options, time: time
    ).run()
    #expect(report.failure?.message == nil)
    return faults.events.map(\.signature)
  }

  private let plan: FaultPlan = {
    var deadlock = FaultRule(
      name: "deadlock", at: [.delete, .write], .fail(.kind(.deadlock), .before), cure: .init(times: 6))
    deadlock.occurrence = .probability(.init(1, of: 6))
    var lost = FaultRule(name: "lost", at: [.commit], .cut(.after), cure: .init(times: 3))
    lost.occurrence = .every(3)
    var broken = FaultRule(name: "broken", at: [.begin, .acknowledge], .cut(.before), cure: .init(times: 3))
    broken.occurrence = .probability(.init(1, of: 5))
    return FaultPlan(name: "plan", rules: [deadlock, lost, broken])
  }()

  @Test func `the same plan and seed strike a job in the same way, and another seed does not`() async throws {
    let first = try await signatures(plan, into: target("1"), VirtualTime())
    #expect(first.count > 6)
    let second = try await signatures(plan, into: target("2"), VirtualTime())
    #expect(second == first, "\(second)\n\(first)")
    #expect(try await signatures(plan, into: target("3"), seed: 8, VirtualTime()) != first)
  }

  @Test func `a plan strikes a simulated database as it strikes a real one`() async throws {
    let time = VirtualTime()
    let model = ModelEndpoint(ModelDatabase(name: "model", time: time))
    let simulated = try await signatures(plan, into: model, time)
    let real = try await signatures(plan, into: target(), VirtualTime())
    #expect(real == simulated, "\(real)\n\(simulated)")
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
