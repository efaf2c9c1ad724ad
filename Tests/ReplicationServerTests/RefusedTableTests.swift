import Databases
import PostgresDatabase
import Replication
import ReplicationClaims
import SQLiteDatabase
import TestSupport
import Testing

/// What PostgreSQL could not be given without losing something is refused before a row moves.
@Suite(PostgresServer.isNeeded, .blocks) struct RefusedTableTests {
  private func refusal(_ source: any Endpoint, _ target: any Endpoint) async throws -> JobError {
    do {
      _ = try await IdempotenceClaims.run(source, target)
    } catch let error as JobError {
      return error
    }
    return try #require(nil, "the run began")
  }

  @Test(arguments: ["json", "text"])
  func `a text is not copied into jsonb, and jsonb is`(declared: String) async throws {
    let document = "'{\"b\": 1,  \"a\": 2, \"a\": 3}'"
    let (from, to) = (try await PostgresServer.shared.database(), try await PostgresServer.shared.database())
    try PostgresServer.shared.psql(
      "CREATE TABLE t (id int PRIMARY KEY, doc \(declared)); INSERT INTO t VALUES (1, \(document))", from)
    try PostgresServer.shared.psql(
      "CREATE TABLE t (id int PRIMARY KEY, doc jsonb); INSERT INTO t VALUES (7, '{}')", to)
    let (source, target) = (try PostgresEndpoint(url: from), try PostgresEndpoint(url: to))
    let error = try await refusal(source, target)
    #expect(error.kind == .configuration)
    #expect(error.message.contains("column doc: jsonb keeps what a text means"))
    #expect(try PostgresServer.shared.psql("SELECT id FROM t", to) == "7")

    try PostgresServer.shared.psql("ALTER TABLE t ALTER doc TYPE jsonb USING doc::jsonb", from)
    #expect(try await IdempotenceClaims.run(source, target).failure?.message == nil)
    #expect(try PostgresServer.shared.psql("SELECT * FROM t", to) == "1|{\"a\": 3, \"b\": 1}")
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
  }

  @Test(arguments: [
    "CREATE TABLE t (); INSERT INTO t DEFAULT VALUES",
    "CREATE TABLE t (a int GENERATED ALWAYS AS (1) STORED); INSERT INTO t DEFAULT VALUES",
  ])
  func `a table without a column to write is refused, whether the target has it or not`(script: String)
    async throws
  {
    let (from, to) = (try await PostgresServer.shared.database(), try await PostgresServer.shared.database())
    try PostgresServer.shared.psql(script, from)
    let (source, target) = (try PostgresEndpoint(url: from), try PostgresEndpoint(url: to))
    #expect(try await refusal(source, target).message.contains("it has no column that could be written"))
    #expect(try PostgresServer.shared.psql("SELECT count(*) FROM pg_tables WHERE tablename = 't'", to) == "0")
    try PostgresServer.shared.psql(script, to)
    #expect(try await refusal(source, target).message.contains("it has no column that could be written"))
    #expect(try PostgresServer.shared.psql("SELECT count(*) FROM t", to) == "1")
  }
}
