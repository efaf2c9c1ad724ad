import Databases
import PostgresDatabase
import Replication
import ReplicationClaims
import Runtime
import SQLServerDatabase
import SQLiteDatabase
import StackOverflow
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct HostileCopyTests {
  @Test(arguments: [false, true])
  func `every generated value survives every pair of drivers, and the generator bears witness`(
    hostile: Bool
  ) async throws {
    let directory = try TemporaryDirectory()
    let generator = StackOverflowEndpoint(scale: try Scale("0.001"), hostile: hostile) {
      ConnectionThread(name: "generator")
    }
    let chain: [any Endpoint] = [
      generator, SQLiteEndpoint(path: directory.file("a.db")),
      try PostgresEndpoint(url: try await PostgresServer.shared.database()),
      try PostgresEndpoint(url: try await PostgresServer.shared.database()),
      try SQLServerEndpoint(url: SQLServer.shared.database()),
      try SQLServerEndpoint(url: SQLServer.shared.database()),
      try PostgresEndpoint(url: try await PostgresServer.shared.database()),
      SQLiteEndpoint(path: directory.file("b.db")),
      try SQLServerEndpoint(url: SQLServer.shared.database()),
      SQLiteEndpoint(path: directory.file("c.db")), SQLiteEndpoint(path: directory.file("d.db")),
    ]
    for (source, target) in zip(chain, chain.dropFirst()) {
      var options = ReplicationOptions()
      options.unitBytes = 200_000
      let report = try await IdempotenceClaims.run(source, target, options: options)
      #expect(report.failure?.message == nil, "\(source.name) to \(target.name)")
      #expect(try await CopyWitness(source: source, target: target).differences() == [])
      #expect(try await CopyWitness(source: generator, target: target).differences() == [])
    }
  }

  @Test func `the generator copies straight into PostgreSQL, foreign keys and all`() async throws {
    let generator = StackOverflowEndpoint(scale: try Scale("0.001"), hostile: true) {
      ConnectionThread(name: "generator")
    }
    let url = try await PostgresServer.shared.database()
    let target = try PostgresEndpoint(url: url)
    var options = ReplicationOptions()
    options.names = .snakeCase
    let report = try await IdempotenceClaims.run(generator, target, options: options)
    #expect(report.failure?.message == nil)
    #expect(try await CopyWitness(source: generator, target: target).differences() == [])
    let keys = try PostgresServer.shared.psql(
      "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated", url)
    #expect(Int(keys).map { $0 > 8 } == true, "\(keys) foreign keys")
  }
}
