import Databases
import FaultInjection
import ModelDatabase
import Replication
import ReplicationClaims
import Runtime
import SQLiteDatabase
import Simulation
import TestSupport
import Testing

/// One plan, in the simulation and in process. That it is the same on the wire is shown with real servers.
@Suite struct SameFaultsTests {
  private static let plan: FaultPlan = {
    var deadlock = FaultRule(
      name: "deadlock", at: [.delete, .write], .fail(.kind(.deadlock), .before), cure: .init(times: 6))
    deadlock.occurrence = .probability(.init(1, of: 5))
    var lost = FaultRule(name: "lost", at: [.commit], .cut(.after), cure: .init(times: 3))
    lost.occurrence = .every(3)
    var broken = FaultRule(name: "broken", at: [.begin, .acknowledge], .cut(.before), cure: .init(times: 3))
    broken.occurrence = .probability(.init(1, of: 5))
    return FaultPlan(name: "plan", seed: 7, rules: [deadlock, lost, broken])
  }()

  /// What struck the target of a job with one worker and a unit a table.
  private static func strikes(
    _ source: any Endpoint, _ target: any Endpoint, _ time: any TimeSource
  ) async -> [String] {
    let faults = PlannedFaults(plan, time: time)
    var options = IdempotenceClaims.options
    options.workers = 1
    options.unitBytes = 1 << 30
    // Waits are drawn by job, and these are two.
    options.retry.backoff = .fixed([.milliseconds(10)])
    options.retry.outage = nil
    let job = Replication(
      source: source, target: FaultyEndpoint(target, side: .target, injector: faults, time: time),
      options: options, time: time)
    let report = try? await job.run()
    #expect(report?.outcome == .done, "\(report?.failure?.message ?? "no report")")
    return faults.events.map(\.signature)
  }

  @Test func `the same plan strikes the same moments in the simulation and in process`() async throws {
    let directory = try TemporaryDirectory()
    try sqlite(Fixture.script(rows: 12), at: directory.file("fixture.db"))
    let executor = SimulationExecutor(seed: Seed(1))
    let time = SimulatedTime(executor)
    // One source for both: engines differ in what they call a table's size, which decides what goes first.
    let source = ModelEndpoint(ModelDatabase(name: "source", time: time))
    let filled = try await IdempotenceClaims.run(SQLiteEndpoint(path: directory.file("fixture.db")), source)
    try #require(filled.outcome == .done)

    let real = SQLiteEndpoint(path: directory.file("target.db"))
    let inProcess = await Self.strikes(source, real, TestSupport.VirtualTime())
    #expect(inProcess.count > 6, "\(inProcess)")

    let simulated = Guarded<[String]>([])
    let end = executor.run(within: .init(steps: 300_000, time: .seconds(100_000))) {
      let found = await Self.strikes(
        source, ModelEndpoint(ModelDatabase(name: "target", time: time)), time)
      simulated.withLock { $0 = found }
    }
    #expect(end == .finished)
    #expect(simulated.withLock { $0 } == inProcess)
  }
}
