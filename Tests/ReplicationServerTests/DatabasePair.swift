import Databases
import PostgresDatabase
import Replication
import ReplicationClaims
import SQLServerDatabase
import SQLiteDatabase
import TestSupport
import Testing

/// A direction in which the claims must hold.
enum Direction: String, CaseIterable, Sendable {
  case sqliteToPostgres, postgresToPostgres, postgresToSQLite
  case sqliteToSQLServer, sqlServerToSQLServer, sqlServerToSQLite
  case sqlServerToPostgres, postgresToSQLServer

  enum Engine { case sqlite, postgres, sqlServer }

  var from: Engine {
    switch self {
    case .sqliteToPostgres, .sqliteToSQLServer: .sqlite
    case .postgresToPostgres, .postgresToSQLite, .postgresToSQLServer: .postgres
    case .sqlServerToSQLServer, .sqlServerToSQLite, .sqlServerToPostgres: .sqlServer
    }
  }

  var to: Engine {
    switch self {
    case .postgresToSQLite, .sqlServerToSQLite: .sqlite
    case .sqliteToPostgres, .postgresToPostgres, .sqlServerToPostgres: .postgres
    case .sqliteToSQLServer, .sqlServerToSQLServer, .postgresToSQLServer: .sqlServer
    }
  }

  var isWithSQLServer: Bool { from == .sqlServer || to == .sqlServer }
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
    guard direction.from != .sqlite else {
      source = fixture
      return
    }
    source = try await DatabasePair.empty(direction.from, "source", directory)
    let report = try await IdempotenceClaims.run(fixture, source)
    try #require(report.outcome == .done, Comment(rawValue: report.failure?.message ?? ""))
  }

  func emptyTarget(_ name: String) async throws -> any Endpoint {
    try await DatabasePair.empty(direction.to, name, directory)
  }

  private static func empty(
    _ engine: Direction.Engine, _ name: String, _ directory: TemporaryDirectory
  ) async throws -> any Endpoint {
    switch engine {
    case .sqlite: SQLiteEndpoint(path: directory.file("\(name).db"))
    case .postgres: try PostgresEndpoint(url: try await PostgresServer.shared.database())
    case .sqlServer: try SQLServerEndpoint(url: SQLServer.shared.database())
    }
  }
}
