import Databases
import Replication
import ReplicationClaims
import SQLServerDatabase
import SQLServerSimulator
import SQLiteDatabase
import TestSupport
import Testing

/// Failovers of a simulated SQL Server in the middle of a copy.
@Suite(.blocks) struct SQLServerFailoverTests {
  private let directory: TemporaryDirectory
  private let fixture: SQLiteEndpoint

  init() throws {
    directory = try TemporaryDirectory()
    fixture = SQLiteEndpoint(path: directory.file("source.db"))
    try sqlite(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
      INSERT INTO items SELECT i, 'body of item ' || i FROM n;
      """, at: directory.file("source.db"))
  }

  private static var options: ReplicationOptions {
    var options = MortalTarget.options
    options.retry = .standard
    return options
  }

  private static func server() throws -> (SimulatedServer, SQLServerEndpoint) {
    var settings = ServerSettings()
    settings.databases = ["shop"]
    let server = try SimulatedServer(settings)
    return (server, try SQLServerEndpoint(url: "sqlserver://sa@\(server.address)/shop"))
  }

  private func expectWhole(_ report: RunReport, _ source: any Endpoint, _ target: any Endpoint) async throws {
    #expect(report.failure?.message == nil)
    #expect(report.outcome == .done)
    let witness = CopyWitness(source: source, target: target)
    #expect(try await witness.differences() == [])
    #expect(try await witness.lies() == [])
  }

  @Test(arguments: [1, 9])
  func `the default policy waits out a target's failover, and the copy is equal`(write: Int) async throws {
    let (server, target) = try Self.server()
    defer { server.stop() }
    let report = try await replicate(
      fixture, target, options: Self.options, atWrite: write,
      strike: { server.core.failOver(refusing: .milliseconds(400), readOnly: .milliseconds(900)) })
    try await expectWhole(report, fixture, target)
    #expect(report.units.reduce(0) { $0 + $1.rowsAcknowledged } == 1_500)
    #expect(report.retry.outages.count >= 1)
    #expect(report.retry.outages.allSatisfy { $0.duration != nil })
    let classes = report.retry.retried.flatMap(\.failures).map(\.errorClass)
    #expect(classes.contains(.connectionLost), "\(classes)")
  }

  @Test func `it waits out a source's failover, and nobody calls its rows consistent`() async throws {
    let (server, source) = try Self.server()
    defer { server.stop() }
    #expect(try await IdempotenceClaims.run(fixture, source).outcome == .done)
    server.allowSnapshot(in: "shop")
    let target = SQLiteEndpoint(path: directory.file("copy.db"))
    let report = try await replicate(
      source, target, options: Self.options,
      strike: {
        // Its own connection ends as well.
        var driver = try source.driver(.write)
        defer { driver.close() }
        let answer = Result { () throws(DatabaseError) in
          _ = try driver.execute("EXEC sp_proofload_failover @refuse_ms = 400, @read_only_ms = 900")
        }
        guard case .failure(let error) = answer, error.errorClass == .connectionLost else {
          throw DatabaseError(
            engine: source.engine, errorClass: .permanent, message: "the connection outlived the failover",
            place: ErrorPlace(endpoint: source.name, operation: "fail over"))
        }
      })
    try await expectWhole(report, source, target)
    #expect(report.snapshot != .consistent)
    #expect(report.retry.outages.contains { $0.endpoint == source.name && $0.duration != nil })
  }

  @Test func `it waits out failovers of both, one after the other`() async throws {
    let ((sourceServer, source), (targetServer, target)) = (try Self.server(), try Self.server())
    defer {
      sourceServer.stop()
      targetServer.stop()
    }
    #expect(try await IdempotenceClaims.run(fixture, source).outcome == .done)
    let report = try await replicate(
      source, target, options: Self.options, atWrite: 12,
      earlier: { targetServer.core.failOver(refusing: .milliseconds(300), readOnly: .milliseconds(300)) },
      strike: { sourceServer.core.failOver(refusing: .milliseconds(300), readOnly: .zero) })
    try await expectWhole(report, source, target)
  }
}
