import Databases
import PostgresDatabase
import Replication
import ReplicationClaims
import SQLiteDatabase
import TestSupport
import Testing

/// The directions in which the claims must hold.
enum Direction: String, CaseIterable, Sendable {
  case sqliteToPostgres, postgresToPostgres, postgresToSQLite
}

/// A source that holds the fixture, and empty targets on demand.
struct DatabasePair {
  let direction: Direction
  let directory: TemporaryDirectory
  let source: any Endpoint

  init(_ direction: Direction, script: String = Fixture.script()) async throws {
    self.direction = direction
    directory = try TemporaryDirectory()
    try sqlite(script, at: directory.file("fixture.db"))
    let fixture = SQLiteEndpoint(path: directory.file("fixture.db"))
    guard direction != .sqliteToPostgres else {
      source = fixture
      return
    }
    source = try PostgresEndpoint(url: try await PostgresServer.shared.database())
    let report = try await IdempotenceClaims.run(fixture, source)
    try #require(report.outcome == .done, Comment(rawValue: report.failure?.message ?? ""))
  }

  func emptyTarget(_ name: String) async throws -> any Endpoint {
    switch direction {
    case .postgresToSQLite: SQLiteEndpoint(path: directory.file("\(name).db"))
    case .sqliteToPostgres, .postgresToPostgres:
      try PostgresEndpoint(url: try await PostgresServer.shared.database())
    }
  }
}
