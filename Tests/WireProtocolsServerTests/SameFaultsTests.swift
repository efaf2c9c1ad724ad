import Databases
import FaultInjection
import PostgresDatabase
import Replication
import ReplicationClaims
import Runtime
import SQLiteDatabase
import TestSupport
import Testing
import WireProtocols

/// One plan, in process and on the wire.
@Suite(PostgresServer.isNeeded, .blocks) struct SameFaultsTests {
  private static let plans: [String: String] = [
    "delete and commit": """
    seed: 5
    rules:
      - {name: deadlock, at: delete, probability: 1/4, fault: deadlock, cure: {times: 3}}
      - {name: lost, at: commit, nth: [3, 7], fault: cut, effect: after, cure: {times: 2}}
    """,
    "ledger and write": """
    rules:
      - {name: ledger, at: ledger, nth: [9, 20], fault: serialization, cure: {times: 2}}
      - {name: rows, at: write, batch: 1, nth: 4, fault: disk-full, cure: {times: 1}}
      - {name: end, at: acknowledge, nth: 6, fault: cut, cure: {times: 1}}
    """,
    "connect and read": """
    rules:
      - {name: full, at: connect, nth: 2, fault: too-many-connections, cure: {times: 1}}
      - {name: gone, side: [source, target], at: connect, nth: 5, fault: cut, cure: {times: 1}}
      - {name: rows, side: source, at: read, batch: 1, nth: 5, fault: deadlock, effect: after, cure: {times: 1}}
      - {name: cut, side: source, at: read, nth: 12, fault: cut, cure: {times: 1}}
    """,
  ]

  private static var options: ReplicationOptions {
    var options = IdempotenceClaims.options
    options.workers = 1
    return options
  }

  /// What struck, side by side, until a run is done.
  private func events(
    _ source: any Endpoint, _ target: any Endpoint, _ injector: PlannedFaults, _ time: VirtualTime
  ) async throws -> [Side: [String]] {
    for _ in 0..<40 {
      let job = Replication(source: source, target: target, options: Self.options, time: time)
      let report = try? await job.run()
      if report?.outcome == .done { break }
    }
    // Reader and writer work at the same time: which of them is struck first is chance.
    return Dictionary(grouping: injector.events, by: \.moment.side).mapValues { $0.map(\.signature) }
  }

  @Test(arguments: plans.keys.sorted())
  func `the same plan strikes the same moments in process and on the wire`(name: String) async throws {
    let plan = try FaultPlan.load(try #require(Self.plans[name]), file: "plan.yml", name: name)
    let directory = try TemporaryDirectory()
    try sqlite(Fixture.script(rows: 30), at: directory.file("fixture.db"))
    let source = try await PostgresServer.shared.database()
    let filled = try await IdempotenceClaims.run(
      SQLiteEndpoint(path: directory.file("fixture.db")), try PostgresEndpoint(url: source))
    try #require(filled.outcome == .done)

    // Nobody waits for a retry, and what is cured by time is cured by the waits between retries.
    let time = VirtualTime()
    let inProcess = PlannedFaults(plan, time: time)
    func wrapped(_ url: String, _ side: Side) throws -> any Endpoint {
      FaultyEndpoint(try PostgresEndpoint(url: url), side: side, injector: inProcess, time: time)
    }
    let target = try await PostgresServer.shared.database()
    let expected = try await events(
      try wrapped(source, .source), try wrapped(target, .target), inProcess, time)

    let onTheWire = PlannedFaults(plan, time: time)
    let sourceProxy = try await ProxiedDatabase(onTheWire, side: .source, database: source)
    let targetProxy = try await ProxiedDatabase(onTheWire, side: .target)
    defer { for proxy in [sourceProxy.proxy, targetProxy.proxy] { proxy.stop() } }
    let found = try await events(try sourceProxy.endpoint(), try targetProxy.endpoint(), onTheWire, time)

    #expect(found == expected)
    #expect(expected.values.reduce(0) { $0 + $1.count } >= 3)
    let witness = CopyWitness(
      source: try PostgresEndpoint(url: source), target: try PostgresEndpoint(url: targetProxy.direct))
    #expect(try await witness.differences() == [])
  }

  @Test(arguments: Preset.allCases)
  func `under every preset on the wire, runs end with equal rows and a true ledger`(
    preset: Preset
  ) async throws {
    let directory = try TemporaryDirectory()
    try sqlite(Fixture.script(rows: 30), at: directory.file("fixture.db"))
    let source = SQLiteEndpoint(path: directory.file("fixture.db"))
    let time = VirtualTime()
    let faults = PlannedFaults(preset.plan, time: time)
    let database = try await ProxiedDatabase(faults)
    defer { database.proxy.stop() }
    let target = try database.endpoint()
    let witness = CopyWitness(source: source, target: target)
    var isDone = false
    for _ in 0..<20 where !isDone {
      let options = IdempotenceClaims.options
      let report = try? await Replication(source: source, target: target, options: options, time: time).run()
      isDone = report?.outcome == .done
      if !isDone, report != nil {
        database.proxy.setFaults(on: false)
        #expect(try await witness.lies() == [])
        database.proxy.setFaults(on: true)
      }
    }
    #expect(isDone)
    database.proxy.setFaults(on: false)
    #expect(try await witness.differences() == [])
    #expect(try await witness.lies() == [])
  }
}
