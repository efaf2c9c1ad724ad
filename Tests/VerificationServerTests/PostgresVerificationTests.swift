import Databases
import PostgresDatabase
import Replication
import Runtime
import SQLiteDatabase
import TestSupport
import Testing
import Verification

@Suite(PostgresServer.isNeeded, .blocks, .serialized) struct PostgresVerificationTests {
  private let table = SampleKey.number.table(rows: 200)

  /// A database with the sample, and SQL that is run on it behind Proofload's back.
  private func database(
    _ table: SampleTable, then sql: String = ""
  ) async throws -> (endpoint: PostgresEndpoint, url: String) {
    let (endpoint, url) = try await emptyDatabase()
    try await table.load(into: endpoint)
    if !sql.isEmpty { try PostgresServer.shared.psql(sql, url) }
    return (endpoint, url)
  }

  @Test(arguments: [
    "VACUUM FULL \"LinkedPosts\"",
    "CLUSTER \"LinkedPosts\" USING \"LinkedPosts_key\"",
    "UPDATE \"LinkedPosts\" SET \"Title\" = \"Title\"",
    "ALTER TABLE \"LinkedPosts\" ALTER \"Title\" TYPE text COLLATE \"C\"",
    "ALTER TABLE \"LinkedPosts\" ALTER \"Title\" TYPE varchar(500)",
    "ALTER TABLE \"LinkedPosts\" ALTER \"Id\" TYPE bigint",
    "ALTER TABLE \"LinkedPosts\" ALTER \"Amount\" TYPE numeric(20,6)",
    "CREATE INDEX ON \"LinkedPosts\" (\"Title\")",
    "ALTER TABLE \"LinkedPosts\" RENAME TO linked_posts; ALTER TABLE linked_posts RENAME \"GroupId\" TO group_id",
  ])
  func `what changes no data is equal`(sql: String) async throws {
    let (source, _) = try await database(table)
    let (target, _) = try await database(table, then: sql)
    let report = try await verify(source, target, unitBytes: 1000)
    #expect(report.verdict == .equal, "\(report.tables.map(\.reason)) \(report.tables.map(\.schema))")
    #expect(report.tables.first?.source.rows == 200)
    #expect(report.tables.first?.source == report.tables.first?.target)
    #expect(report.source.snapshot == .consistent && report.target.snapshot == .consistent)
  }

  struct Damage: Sendable {
    var sql: String
    var counts: [Int]
    var column: String?
    var cause: String?
  }

  @Test(arguments: [
    Damage(sql: "DELETE FROM \"LinkedPosts\" WHERE \"Id\" = 50", counts: [1, 0, 0]),
    Damage(
      sql: "INSERT INTO \"LinkedPosts\" (\"Id\", \"GroupId\", \"Code\") VALUES (9999, 1, 'new')",
      counts: [0, 1, 0]),
    Damage(
      sql: "UPDATE \"LinkedPosts\" SET \"Title\" = left(\"Title\", 4) WHERE \"Id\" = 50", counts: [0, 0, 1],
      column: "Title", cause: "target is truncated at 4 characters"),
    Damage(
      sql: "UPDATE \"LinkedPosts\" SET \"CreatedAt\" = \"CreatedAt\" - interval '1 hour' WHERE \"Id\" = 50",
      counts: [0, 0, 1], column: "CreatedAt", cause: "target is 1 hour earlier"),
    Damage(
      sql: "UPDATE \"LinkedPosts\" SET \"Amount\" = -\"Amount\" WHERE \"Id\" = 50", counts: [0, 0, 1],
      column: "Amount", cause: "target has the opposite sign"),
    Damage(
      sql: "ALTER TABLE \"LinkedPosts\" DROP CONSTRAINT \"LinkedPosts_key\"; "
        + "INSERT INTO \"LinkedPosts\" SELECT * FROM \"LinkedPosts\" WHERE \"Id\" = 50",
      counts: [0, 1, 0]),
  ])
  func `damage is found at its row`(damage: Damage) async throws {
    let (source, _) = try await database(table)
    let (target, _) = try await database(table, then: damage.sql)
    for unitBytes in [1000, 64 << 20] {
      let report = try await verify(source, target, unitBytes: unitBytes)
      #expect(report.verdict == .different)
      let found = try #require(report.tables.first)
      #expect([found.missingRows, found.extraRows, found.changedRows] == damage.counts)
      #expect(found.rows.count == 1)
      #expect(found.rows.first?.cells.map(\.column) == damage.column.map { [$0] } ?? [])
      #expect(found.rows.first?.cells.first?.cause == damage.cause)
    }
  }

  @Test(arguments: SampleKey.allCases.filter { $0 != .nullable })
  func `a SQLite file and its copy in PostgreSQL are equal, and a damaged row is found`(
    key: SampleKey
  ) async throws {
    let directory = try TemporaryDirectory()
    let source = SQLiteEndpoint(path: directory.file("source.db"))
    let table = key.table(rows: 100)
    try await table.load(into: source)
    let (target, url) = try await database(table)
    let same = try await verify(source, target, unitBytes: 1000)
    #expect(same.verdict == .equal, "\(same.tables.map(\.reason))")
    try PostgresServer.shared.psql("UPDATE \"LinkedPosts\" SET \"Body\" = '' WHERE \"Id\" = 70", url)
    let report = try await verify(source, target, unitBytes: 1000)
    #expect(report.verdict == .different)
    #expect(report.tables.first?.differingRows == (key == .none ? 2 : 1))
  }

  @Test func `a value that the other side cannot hold is never equal`() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("source.db")
    let source = SQLiteEndpoint(path: path)
    try await table.load(into: source)
    try sqlite("UPDATE LinkedPosts SET Amount = 'twelve' WHERE Id = 7", at: path)
    let (target, _) = try await database(table)
    let report = try await verify(source, target)
    #expect(report.verdict == .unverified)
    #expect(report.tables.first?.reason?.contains("Amount") == true)
  }

  @Test func `a table that may not be read is unverified, and the others are compared`() async throws {
    let (source, _) = try await database(
      table, then: "CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (2), (1)")
    let (_, url) = try await database(
      table,
      then: """
        CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1), (2);
        DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN;
        GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON other TO reader;
        """)
    let readerURL = url.replacing("postgres://postgres@", with: "postgres://reader@")
    let reader = try PostgresEndpoint(url: readerURL) { ConnectionThread(name: "postgres") }
    let report = try await verify(source, reader)
    #expect(report.verdict == .unverified)
    #expect(report.tables.map(\.verdict) == [.unverified, .equal])
    #expect(report.tables.first?.reason?.contains("permission") == true, "\(report.tables.map(\.reason))")
  }
}
