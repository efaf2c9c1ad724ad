import Databases
import FaultInjection
import PostgresDatabase
import Replication
import ReplicationClaims
import Runtime
import SQLServerDatabase
import SQLiteDatabase
import TestSupport
import Testing

/// Presets with SQL Server on either side.
@Suite(.blocks, .serialized) struct SQLServerPresetTests {
  private let directory: TemporaryDirectory
  private let fixture: SQLiteEndpoint

  init() throws {
    directory = try TemporaryDirectory()
    fixture = SQLiteEndpoint(path: directory.file("fixture.db"))
    try sqlite(Fixture.script(rows: 8), at: directory.file("fixture.db"))
  }

  private enum Engine { case sqlite, postgres, sqlServer }

  private func empty(_ engine: Engine, _ name: String) async throws -> any Endpoint {
    switch engine {
    case .sqlite: SQLiteEndpoint(path: directory.file("\(name).db"))
    case .postgres: try PostgresEndpoint(url: try await PostgresServer.shared.database())
    case .sqlServer: try SQLServerEndpoint(url: SQLServer.shared.database())
    }
  }

  private func filled(_ engine: Engine) async throws -> any Endpoint {
    guard engine != .sqlite else { return fixture }
    let source = try await empty(engine, "source")
    let report = try await IdempotenceClaims.run(fixture, source)
    try #require(report.outcome == .done, Comment(rawValue: report.failure?.message ?? ""))
    return source
  }

  private func endHonestly(from: Engine, to: Engine) async throws {
    let source = try await filled(from)
    for preset in Preset.allCases {
      try await FaultClaims.endHonestly(preset, from: source, to: try await empty(to, preset.rawValue))
    }
  }

  @Test func `a copy from SQLite into SQL Server under any preset ends equal or says that it does not`()
    async throws
  {
    try await endHonestly(from: .sqlite, to: .sqlServer)
  }

  @Test func `a copy from SQL Server into SQLite under any preset ends equal or says that it does not`()
    async throws
  {
    try await endHonestly(from: .sqlServer, to: .sqlite)
  }

  @Test func `a copy between SQL Servers under any preset ends equal or says that it does not`()
    async throws
  {
    try await endHonestly(from: .sqlServer, to: .sqlServer)
  }

  @Test(PostgresServer.isNeeded)
  func `a copy from PostgreSQL into SQL Server under any preset ends equal or says that it does not`()
    async throws
  {
    try await endHonestly(from: .postgres, to: .sqlServer)
  }

  @Test(PostgresServer.isNeeded)
  func `a copy from SQL Server into PostgreSQL under any preset ends equal or says that it does not`()
    async throws
  {
    try await endHonestly(from: .sqlServer, to: .postgres)
  }

  @Test(arguments: FaultInjection.Operation.allCases.filter(FaultInjection.Operation.repeatable.contains))
  func `calls that happen twice lose and double no row in SQL Server`(
    operation: FaultInjection.Operation
  ) async throws {
    try await FaultClaims.surviveDuplicates(of: operation, from: fixture, to: try await empty(.sqlServer, ""))
  }

  @Test func `an injected deadlock leaves SQL Server's transaction rolled back`() async throws {
    let endpoint = try await empty(.sqlServer, "")
    let time = VirtualTime()
    let faulty = FaultyEndpoint(
      endpoint, side: .target,
      injector: StrikeAt(3, .fail(.kind(.deadlock), .before), time: time), time: time)
    let connection = try await faulty.connect(.write)
    try await connection.begin()
    let error = await #expect(throws: DatabaseError.self) { _ = try await connection.tables() }
    #expect(error?.code == "1205" && error?.errorClass == .conflict)
    try await connection.rollback()
    #expect(try await connection.tables().isEmpty)
    await connection.close()
  }
}
