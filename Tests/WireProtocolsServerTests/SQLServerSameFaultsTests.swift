import Databases
import FaultInjection
import Replication
import ReplicationClaims
import Runtime
import SQLServerDatabase
import SQLiteDatabase
import TestSupport
import Testing
import WireProtocols

/// A SQL Server's database of its own and a proxy in front of it.
private struct ProxiedSQLServer {
  /// Of the database itself, and through the proxy.
  let direct: String
  let url: String
  let proxy: FaultProxy

  init(_ injector: any FaultInjector, side: Side = .target, database: String? = nil) throws {
    direct = try database ?? SQLServer.shared.database()
    let upstream = try SQLServerEndpoint(url: direct)
    proxy = try FaultProxy(
      listen: .tcp(host: "127.0.0.1", port: 0), upstream: .tcp(host: upstream.host, port: upstream.port),
      injector: injector, codec: { TDSCodec(side: side) })
    url = "sqlserver://\(upstream.user)@\(proxy.address)/\(upstream.database)"
  }

  func endpoint() throws -> SQLServerEndpoint { try SQLServerEndpoint(url: url) }
  func server() throws -> SQLServerEndpoint { try SQLServerEndpoint(url: direct) }
}

/// One plan, in process and on the wire, with SQL Server.
@Suite(.blocks) struct SQLServerSameFaultsTests {
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

  private let directory: TemporaryDirectory
  private let fixture: SQLiteEndpoint

  init() throws {
    directory = try TemporaryDirectory()
    fixture = SQLiteEndpoint(path: directory.file("fixture.db"))
    try sqlite(Fixture.script(rows: 30), at: directory.file("fixture.db"))
    // SQL Server has no key of unlimited texts.
    try sqlite("DROP TABLE \"Words\"", at: directory.file("fixture.db"))
  }

  private func filled() async throws -> String {
    let url = try SQLServer.shared.database()
    let report = try await IdempotenceClaims.run(fixture, try SQLServerEndpoint(url: url))
    try #require(report.outcome == .done, Comment(rawValue: report.failure?.message ?? ""))
    return url
  }

  /// What struck, side by side, until a run is done.
  private func events(
    _ source: any Endpoint, _ target: any Endpoint, _ injector: PlannedFaults, _ time: VirtualTime
  ) async throws -> [Side: [String]] {
    var options = IdempotenceClaims.options
    options.workers = 1
    for _ in 0..<40 {
      let report = try? await Replication(source: source, target: target, options: options, time: time).run()
      if report?.outcome == .done { break }
    }
    // Reader and writer work at the same time: which of them is struck first is chance.
    return Dictionary(grouping: injector.events, by: \.moment.side).mapValues { $0.map(\.signature) }
  }

  @Test(arguments: plans.keys.sorted())
  func `the same plan strikes the same moments of a SQL Server in process and on the wire`(
    name: String
  ) async throws {
    let plan = try FaultPlan.load(try #require(Self.plans[name]), file: "plan.yml", name: name)
    let source = try await filled()
    let time = VirtualTime()
    let inProcess = PlannedFaults(plan, time: time)
    func wrapped(_ url: String, _ side: Side) throws -> any Endpoint {
      FaultyEndpoint(try SQLServerEndpoint(url: url), side: side, injector: inProcess, time: time)
    }
    let expected = try await events(
      try wrapped(source, .source), try wrapped(try SQLServer.shared.database(), .target), inProcess, time)

    let onTheWire = PlannedFaults(plan, time: time)
    let sourceProxy = try ProxiedSQLServer(onTheWire, side: .source, database: source)
    let targetProxy = try ProxiedSQLServer(onTheWire)
    defer { for proxy in [sourceProxy.proxy, targetProxy.proxy] { proxy.stop() } }
    let found = try await events(try sourceProxy.endpoint(), try targetProxy.endpoint(), onTheWire, time)

    #expect(found == expected)
    #expect(expected.values.reduce(0) { $0 + $1.count } >= 3)
    let witness = CopyWitness(source: try sourceProxy.server(), target: try targetProxy.server())
    #expect(try await witness.differences() == [])
  }

  @Test(arguments: Preset.allCases)
  func `under every preset in front of a SQL Server, runs end with equal rows and a true ledger`(
    preset: Preset
  ) async throws {
    let time = VirtualTime()
    let faults = PlannedFaults(preset.plan, time: time)
    let isOfSource = preset == .rowsThen1205 || preset == .slowSource
    let source = isOfSource ? try await filled() : ""
    let side: Side = isOfSource ? .source : .target
    let database = try ProxiedSQLServer(faults, side: side, database: isOfSource ? source : nil)
    defer { database.proxy.stop() }
    let ends: (source: any Endpoint, target: any Endpoint) =
      isOfSource
      ? (try database.endpoint(), SQLiteEndpoint(path: directory.file("copy.db")))
      : (fixture, try database.endpoint())
    let witness = CopyWitness(source: ends.source, target: ends.target)
    var isDone = false
    for _ in 0..<20 where !isDone {
      let report = try? await Replication(
        source: ends.source, target: ends.target, options: IdempotenceClaims.options, time: time
      ).run()
      isDone = report?.outcome == .done
      if !isDone, report != nil {
        database.proxy.setFaults(on: false)
        #expect(try await witness.lies() == [])
        database.proxy.setFaults(on: true)
      }
    }
    #expect(isDone)
    #expect(!faults.events.isEmpty)
    database.proxy.setFaults(on: false)
    #expect(try await witness.differences() == [])
    #expect(try await witness.lies() == [])
  }

  @Test func `a proxy without faults in front of a SQL Server changes no row`() async throws {
    let plan = FaultPlan(name: "none", rules: [])
    let faults = PlannedFaults(plan, time: VirtualTime())
    let source = try ProxiedSQLServer(faults, side: .source, database: try await filled())
    let target = try ProxiedSQLServer(faults)
    defer { for proxy in [source.proxy, target.proxy] { proxy.stop() } }
    let report = try await IdempotenceClaims.run(try source.endpoint(), try target.endpoint())
    #expect(report.outcome == .done && report.retry.retried.isEmpty, "\(report.failure?.message ?? "")")
    #expect(faults.events.isEmpty)
    #expect(try await CopyWitness(source: fixture, target: try target.server()).differences() == [])
    #expect(
      try await CopyWitness(source: try source.server(), target: try target.server()).differences() == [])
  }
}
