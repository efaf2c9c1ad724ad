import Foundation
import TestSupport
import Testing

/// Debian's pgloader copies from the simulated SQL Server into PostgreSQL, and Proofload judges the copy. The
/// transcript of it is docs/pgloader.md.
@Suite(PostgresServer.isNeeded, ForeignProgram.need("pgloader"), .blocks) struct PgloaderTests {
  /// A database of StackOverflow's nine tables, and an empty one of PostgreSQL.
  private struct Pair {
    let server: SimulatedServerProcess
    let source: String
    let target: String
    let program: ForeignProgram

    init() async throws {
      server = try await SimulatedServerProcess()
      source = server.url
      target = try await PostgresServer.shared.database()
      program = try ForeignProgram()
      try server.command.succeed("replicate --from stackoverflow:?scale=0.0005 --to \(source)")
      // As docs/pgloader.md has it: pgloader's columns are timestamptz, and SQL Server's times have no zone.
      try program.write(
        """
        LOAD DATABASE
          FROM mssql://sa@\(server.address)/shop
          INTO \(target.replacing("postgres://", with: "postgresql://"))
          EXCLUDING TABLE NAMES LIKE 'proofload_%' IN SCHEMA 'dbo'
          ALTER SCHEMA 'dbo' RENAME TO 'public'
          SET timezone TO 'UTC';

        """, to: "shop.load")
    }

    func migrate() throws -> ForeignProgram.Result {
      try program.run(["pgloader", "--root-dir", program.file("pgloader"), "shop.load"], seconds: 100)
    }

    func verify(_ options: String = "") throws -> TestSupport.CommandLine.Result {
      try server.command.run("verify --from \(source) --to \(target) --json \(options)")
    }
  }

  @Test func `what pgloader has copied of the nine tables is called equal`() async throws {
    let pair = try await Pair()
    let migration = try pair.migrate()
    try #require(migration.code == 0, "\(migration.everything.suffix(2000))")
    let result = try pair.verify()
    #expect(result.code == 0, "\(result.errors)")
    let tables = try tables(of: result)
    #expect(tables.count == 9)
    #expect(tables.reduce(0) { $0 + (($1["source"] as? [String: Any])?["rows"] as? Int ?? 0) } == 9682)
    try pair.server.stop()
  }

  @Test func `pgloader reports success after rows, then 1205, and every row that it lost is found`()
    async throws
  {
    let pair = try await Pair()
    let total = try #require(Int(try votes(in: pair)))
    try SQLServer.shared.run(
      "EXEC sp_proofload_fault @error = 1205, @statement = N'126) FROM [dbo].[Votes]', @rows = 1000",
      on: pair.source)
    let migration = try pair.migrate()
    #expect(migration.code == 0)
    // Its table has no errors in it; a version that does not say so any more is a change to be told.
    let line = try #require(
      migration.everything.split(separator: "\n").first { $0.contains("public.votes ") }, "no line of Votes")
    #expect(line.contains(#/votes\s+0\s+1000\s/#))
    #expect(migration.everything.contains("Total import time          ✓"))

    let result = try pair.verify("--limit 1000000")
    #expect(result.code == 1)
    let different = try tables(of: result).filter { $0["verdict"] as? String != "equal" }
    let verdict = try #require(different.first)
    #expect(different.count == 1)
    #expect((verdict["sourceName"] as? [String: Any])?["name"] as? String == "Votes")
    #expect(verdict["missingRows"] as? Int == total - 1000)
    #expect(verdict["extraRows"] as? Int == 0 && verdict["changedRows"] as? Int == 0)
    // Each one, by its key: those that the source has after the thousand that came.
    let rows = try #require(verdict["rows"] as? [[String: Any]])
    #expect(rows.count == total - 1000)
    let kept = try PostgresServer.shared.psql("SELECT id FROM votes", pair.target)
    let keys = Set(rows.compactMap { ($0["key"] as? [[String: Any]])?.first?["value"] as? String })
    #expect(keys.count == total - 1000)
    #expect(keys.isDisjoint(with: kept.split(separator: "\n").map(String.init)))
    try pair.server.stop()
  }

  private func votes(in pair: Pair) throws -> String {
    try SQLServer.shared.run("SELECT CAST(COUNT(*) AS varchar(10)) FROM Votes", on: pair.source)
  }

  private func tables(of result: TestSupport.CommandLine.Result) throws -> [[String: Any]] {
    let verification = try #require(try result.json()["verification"] as? [String: Any])
    return try #require(verification["tables"] as? [[String: Any]])
  }
}
