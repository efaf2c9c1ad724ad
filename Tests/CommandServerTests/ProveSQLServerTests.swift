import Foundation
import ReplicationClaims
import TestSupport
import Testing

/// `proofload prove` with SQL Server on either side, and on both.
@Suite(.blocks) struct ProveSQLServerTests {
  /// With how many interruptions of each `make prove-sqlserver` is content: more than a thousand together, also without
  /// PostgreSQL. `make test` tries a fifth of them, since each costs a fifth of a second of a processor.
  private static let pairs: [(from: String, to: String, count: Int)] = [
    ("SQLite", "SQL Server", 350), ("SQL Server", "SQLite", 350), ("SQL Server", "SQL Server", 320),
    ("PostgreSQL", "SQL Server", 60), ("SQL Server", "PostgreSQL", 60),
  ]
  private static let faults: Set = ["error-before", "error-after", "cut-before", "cut-after", "kill-9"]
  private static let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil
  private static let isComplete = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE_SQLSERVER"] != nil

  private let command: TestSupport.CommandLine

  init() throws {
    command = try TestSupport.CommandLine()
    try sqlite(Fixture.script(rows: 12), at: command.file("a.db"))
  }

  /// A database for one end, which holds the fixture if it is the source.
  private func url(_ engine: String, isSource: Bool) async throws -> String {
    let url: String
    switch engine {
    case "SQLite": return isSource ? "sqlite:a.db" : "sqlite:b.db"
    case "PostgreSQL": url = try await PostgresServer.shared.database()
    default: url = try SQLServer.shared.database()
    }
    if isSource { try command.succeed("replicate --from sqlite:a.db --to \(url)") }
    return url
  }

  private func prove(_ from: String, _ to: String, _ count: Int) async throws {
    let count = Self.isComplete ? count : max(20, count / 5)
    let (source, target) = (try await url(from, isSource: true), try await url(to, isSource: false))
    let result = try command.run(
      "prove --from \(source) --to \(target) --tables Kinds,Threads,Words "
        + "--max \(Self.isThorough ? 100_000 : count) --json")
    let proof = try ProofFigures(result)
    #expect(result.code == 0, "\(proof.findings)")
    #expect(proof.wrong == 0)
    #expect(proof.byRerun == 0, "a run with retries gave up")
    #expect(proof.tried == (Self.isThorough ? proof.possible : count))
    if count >= 60 { #expect(Set(proof.byFault.filter { $0.value > 0 }.keys) == Self.faults) }
    #expect(proof.isSourceUnchanged)
    guard to == "SQL Server" else { return }
    let left = "SELECT name FROM sys.schemas WHERE name LIKE N'proofload%'"
    #expect(try SQLServer.shared.run(left, on: target) == "")
  }

  @Test(arguments: pairs.filter { $0.from != "PostgreSQL" && $0.to != "PostgreSQL" })
  func `every interruption on the way into and out of SQL Server is right`(
    from: String, to: String, count: Int
  ) async throws {
    try await prove(from, to, count)
  }

  @Test(PostgresServer.isNeeded, arguments: pairs.filter { $0.from == "PostgreSQL" || $0.to == "PostgreSQL" })
  func `every interruption between PostgreSQL and SQL Server is right`(
    from: String, to: String, count: Int
  ) async throws {
    try await prove(from, to, count)
  }

  @Test func `a proof with SQL Server has more than a thousand interruptions`() {
    #expect(Self.pairs.reduce(0) { $0 + $1.count } >= 1_000)
  }
}
