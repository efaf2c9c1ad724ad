import Databases
import Replication
import Runtime
import SQLiteDatabase
import StackOverflow
import TestSupport
import Testing

@testable import Verification

/// What changes no data in a SQLite file is no difference.
@Suite struct SQLiteControlTests {
  private let table = SampleKey.number.table(rows: 60)

  private func files() async throws -> (directory: TemporaryDirectory, source: String, target: String) {
    let directory = try TemporaryDirectory()
    let (source, target) = (directory.file("source.db"), directory.file("target.db"))
    try await table.load(into: SQLiteEndpoint(path: source))
    try await table.load(into: SQLiteEndpoint(path: target))
    return (directory, source, target)
  }

  private func report(_ source: String, _ target: String) async throws -> VerificationReport {
    var options = VerificationOptions()
    options.unitBytes = 600
    return try await verify(SQLiteEndpoint(path: source), SQLiteEndpoint(path: target), options)
  }

  /// Rebuilds the table with another definition, its rows inserted backwards.
  private func rebuild(_ path: String, _ change: (String) -> String) throws {
    let definition = try sqlite("SELECT sql FROM sqlite_master WHERE name = 'LinkedPosts'", at: path)
    let sql = try #require(definition.first?.first ?? nil)
    try sqlite(
      """
      ALTER TABLE LinkedPosts RENAME TO old; \(change(sql));
      INSERT INTO LinkedPosts SELECT * FROM old ORDER BY Title DESC; DROP TABLE old
      """, at: path)
  }

  @Test(arguments: [
    "VACUUM", "PRAGMA journal_mode = WAL", "CREATE INDEX titles ON LinkedPosts (Title)",
    "DELETE FROM LinkedPosts WHERE Id > 30 AND Id < 30",
    "UPDATE LinkedPosts SET Title = Title",
  ])
  func `what changes no data is equal`(sql: String) async throws {
    let (directory, source, target) = try await files()
    try sqlite(sql, at: target)
    let report = try await report(source, target)
    #expect(report.verdict == .equal)
    #expect(report.tables.first?.units ?? 0 > 1)
    withExtendedLifetime(directory) {}
  }

  @Test func `rows in another physical order, without a rowid, in another collation are equal`() async throws
  {
    let (directory, source, target) = try await files()
    let changes: [(String) -> String] = [
      { $0 }, { $0 + " WITHOUT ROWID" },
      { sql in sql.replacing(#/"Title"\s+[A-Za-z()0-9]+/#) { "\($0.output) COLLATE NOCASE" } },
    ]
    for change in changes {
      try rebuild(target, change)
      let report = try await report(source, target)
      #expect(report.verdict == .equal, "\(report.tables)")
    }
    withExtendedLifetime(directory) {}
  }

  @Test func `a text in a column of numbers is never equal, and other rows are compared`() async throws {
    let (directory, source, target) = try await files()
    try sqlite("UPDATE LinkedPosts SET Amount = 'twelve' WHERE Id = 7", at: target)
    let unverified = try await report(source, target)
    #expect(unverified.verdict == .unverified)
    #expect(unverified.tables.first?.reason?.contains("Amount") == true)
    try sqlite("DELETE FROM LinkedPosts WHERE Id = 50", at: target)
    let different = try await report(source, target)
    #expect(different.verdict == .different)
    #expect(different.tables.first?.missingRows == 1)
    withExtendedLifetime(directory) {}
  }

  @Test func `a missing file stops the verification before it begins`() async throws {
    let (directory, source, _) = try await files()
    await #expect(throws: DatabaseError.self) {
      try await report(source, directory.file("absent.db"))
    }
  }
}

/// The generator as the witness of what it made.
@Suite struct GeneratorWitnessTests {
  @Test func `the generator tells which side is not what it made`() async throws {
    let scale = try Scale("0.00001")
    let generator = StackOverflowEndpoint(scale: scale) { ConnectionThread(name: "generator") }
    let directory = try TemporaryDirectory()
    let (source, target) = (directory.file("source.db"), directory.file("target.db"))
    for path in [source, target] {
      let copy = Replication(
        source: generator, target: SQLiteEndpoint(path: path), options: ReplicationOptions(),
        time: SystemTime())
      let report = try await copy.run()
      try #require(report.outcome == .done, "\(String(describing: report.failure))")
    }
    func report() async throws -> VerificationReport {
      try await verify(SQLiteEndpoint(path: source), SQLiteEndpoint(path: target), witness: generator)
    }
    let same = try await report()
    #expect(same.verdict == .equal, "\(same.tables.map(\.reason))")
    #expect(!same.tables.isEmpty && same.tables.allSatisfy { $0.witness?.testimony == .allAgree })

    let table = try #require(same.tables.first { $0.sourceName.name == "Users" })
    #expect(table.source.rows ?? 0 > 0)
    try sqlite(
      "UPDATE Users SET DisplayName = DisplayName || '!' WHERE Id = (SELECT max(Id) FROM Users)", at: target)
    let damaged = try await report()
    #expect(damaged.verdict == .different)
    let users = try #require(damaged.tables.first { $0.sourceName.name == "Users" })
    #expect(users.witness?.testimony == .targetDiffers)
    #expect(users.rows.first?.cells.map(\.cause) == ["target is longer by 1 character"])
    #expect(damaged.tables.filter { $0.verdict != .equal }.count == 1)
  }
}
