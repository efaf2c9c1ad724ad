import Foundation
import PostgresDatabase
import ReplicationClaims
import Runtime
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded) struct ProveServerTests {
  private let command: TestSupport.CommandLine
  private let url: String
  private static let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil

  init() async throws {
    command = try TestSupport.CommandLine()
    url = try await PostgresServer.shared.database()
    try sqlite(Fixture.script(rows: 12), at: command.file("a.db"))
    try command.succeed("replicate --from sqlite:a.db --to \(url)")
  }

  private var schemas: String {
    get throws {
      try PostgresServer.shared.psql(
        "SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname LIKE 'proofload%'", url)
    }
  }

  @Test(arguments: ["sqlite to postgres", "postgres to postgres", "postgres to sqlite"])
  func `every interruption on the way into and out of PostgreSQL is right`(pair: String) throws {
    let from = pair.hasPrefix("sqlite") ? "sqlite:a.db" : url
    let to = pair.hasSuffix("sqlite") ? "sqlite:b.db" : url
    let result = try command.run(
      "prove --from \(from) --to \(to) --tables Kinds,Threads,Log --max \(Self.isThorough ? 100_000 : 120) --json"
    )
    let proof = try ProofFigures(result)
    #expect(result.code == 0, "\(proof.findings)")
    #expect(proof.wrong == 0)
    #expect(proof.byRerun == 0, "a run with retries gave up")
    #expect(proof.tried == (Self.isThorough ? proof.possible : 120))
    #expect(try schemas.isEmpty)
  }

  @Test func `the schemas that a proof left over when it died are dropped, and no living one's`() throws {
    let line = "prove --from sqlite:a.db --to \(url) --json"
    let first = try command.start(line.split(separator: " ").map(String.init))
    while first.process.isRunning, try schemas.isEmpty { usleep(10_000) }
    first.process.kill()
    _ = try first.wait()
    #expect(try !schemas.isEmpty)
    let second = try command.run("\(line) --max 5 --tables Kinds")
    #expect(second.code == 0, "\(second.everything)")
    #expect(second.errors.contains("left over"))
    #expect(try schemas.isEmpty)
  }

  @Test func `a user who may not create schemas is told what is missing`() throws {
    let server = try PostgresServer.shared
    let user = "unprivileged_\(url.filter(\.isNumber).suffix(6))"
    try server.psql("CREATE ROLE \(user) LOGIN", url)
    let refused = try command.run(
      "prove --from sqlite:a.db --to \(url.replacing("//postgres@", with: "//\(user)@"))")
    #expect(refused.code == 2, "\(refused.everything)")
    #expect(refused.errors.contains("GRANT CREATE ON DATABASE"))
  }
}
