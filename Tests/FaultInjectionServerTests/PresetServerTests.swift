import Databases
import FaultInjection
import PostgresDatabase
import Replication
import ReplicationClaims
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct PresetServerTests {
  enum Direction: String, CaseIterable, Sendable {
    case sqliteToPostgres, postgresToPostgres, postgresToSQLite
  }

  private let directory: TemporaryDirectory
  private let fixture: SQLiteEndpoint

  init() throws {
    directory = try TemporaryDirectory()
    fixture = SQLiteEndpoint(path: directory.file("fixture.db"))
    try sqlite(Fixture.script(rows: 12), at: directory.file("fixture.db"))
  }

  @Test(arguments: Direction.allCases)
  func `a copy under any preset ends equal or says that it does not`(direction: Direction) async throws {
    var source: any Endpoint = fixture
    if direction != .sqliteToPostgres {
      source = try PostgresEndpoint(url: try await PostgresServer.shared.database())
      #expect(try await IdempotenceClaims.run(fixture, source).outcome == .done)
    }
    for preset in Preset.allCases {
      let target: any Endpoint =
        direction == .postgresToSQLite
        ? SQLiteEndpoint(path: directory.file("\(preset.rawValue).db"))
        : try PostgresEndpoint(url: try await PostgresServer.shared.database())
      try await FaultClaims.endHonestly(preset, from: source, to: target)
    }
  }

  @Test(arguments: FaultInjection.Operation.allCases.filter(FaultInjection.Operation.repeatable.contains))
  func `calls that happen twice lose and double no row`(operation: FaultInjection.Operation) async throws {
    let target = try PostgresEndpoint(url: try await PostgresServer.shared.database())
    try await FaultClaims.surviveDuplicates(of: operation, from: fixture, to: target)
  }

  @Test func `an error leaves a transaction of PostgreSQL failed until it is rolled back`() async throws {
    let endpoint = try PostgresEndpoint(url: try await PostgresServer.shared.database())
    let time = VirtualTime()
    let faulty = FaultyEndpoint(
      endpoint, side: .target,
      injector: StrikeAt(3, .fail(.kind(.deadlock), .before), time: time), time: time)
    let connection = try await faulty.connect(.write)
    try await connection.begin()
    await expect("40P01", .conflict) { _ = try await connection.tables() }
    await expect("25P02", .permanent) { _ = try await connection.tables() }
    try await connection.rollback()
    #expect(try await connection.tables().isEmpty)
    await connection.close()
  }

  @Test func `an administrator who ends the session ends it`() async throws {
    let endpoint = try PostgresEndpoint(url: try await PostgresServer.shared.database())
    let time = VirtualTime()
    let faulty = FaultyEndpoint(
      endpoint, side: .target,
      injector: StrikeAt(2, .fail(.kind(.shutdown), .before), time: time), time: time)
    let connection = try await faulty.connect(.write)
    await expect("57P01", .connectionLost) { try await connection.begin() }
    await expect("", .connectionLost) { try await connection.begin() }
    await connection.close()
  }

  private func expect(_ code: String, _ errorClass: ErrorClass, _ body: () async throws -> Void) async {
    do {
      try await body()
      Issue.record("nothing was thrown")
    } catch {
      let error = error as? DatabaseError
      #expect(error?.code == code && error?.errorClass == errorClass, "\(String(describing: error))")
    }
  }
}
