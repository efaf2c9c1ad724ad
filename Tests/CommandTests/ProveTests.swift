import Foundation
import Glibc
import ReplicationClaims
import Runtime
import TestSupport
import Testing

@Suite(.blocks) struct ProveTests {
  private let command: TestSupport.CommandLine
  private static let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil
  private let prove = "prove --from sqlite:a.db --to sqlite:b.db --json"

  init() throws {
    command = try TestSupport.CommandLine()
    try sqlite(Fixture.script(rows: 12), at: command.file("a.db"))
  }

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: command.path).sorted() }
  }

  @Test func `every interruption between SQLite databases is right`() throws {
    let result = try command.run("\(prove) --max \(Self.isThorough ? 100_000 : 640)")
    let proof = try ProofFigures(result)
    #expect(result.code == 0, "\(proof.findings)")
    #expect(proof.wrong == 0)
    #expect(proof.byRerun == 0, "a run with retries gave up")
    #expect(proof.tried == (Self.isThorough ? proof.possible : 640))
    #expect(proof.isSourceUnchanged)
    #expect(try files == ["a.db"])
  }

  @Test func `a table that is large is taken in part, and still proven`() throws {
    try command.succeed("generate --to sqlite:large.db --scale 0.001")
    let result = try command.run("prove --from sqlite:large.db --to sqlite:b.db --rows 6 --max 60 --json")
    #expect(result.code == 0, "\(result.everything)")
    let tables = try #require((try result.json()["proof"] as? [String: Any])?["tables"] as? [[String: Any]])
    let votes = try #require(tables.first { $0["name"] as? String == "Votes" })
    #expect(votes["rows"] as? Int == 6)
    #expect(votes["isWhole"] as? Bool == false)
  }

  @Test func `a single interruption can be repeated, and one that is not there is refused`() throws {
    let result = try command.run("\(prove) --only target:12:cut-after:rerun")
    #expect(result.code == 0, "\(result.everything)")
    #expect(try ProofFigures(result).tried == 1)
    for name in ["target:99999:cut-after:rerun", "target:12:sabotage:rerun"] {
      let refused = try command.run("prove --from sqlite:a.db --to sqlite:b.db --only \(name)")
      #expect(refused.code == 2, "\(refused.everything)")
      #expect(refused.errors.contains(name))
    }
  }

  @Test func `the report has the matrix, and the receipt the same figures`() throws {
    let line =
      "prove --from sqlite:a.db --to sqlite:b.db --tables Kinds --max 50 --report r.md --receipt r.json"
    let result = try command.succeed(line)
    let report = try String(contentsOfFile: command.file("r.md"), encoding: .utf8)
    #expect(report.contains("50 interruptions (sampled of "))
    #expect(report.contains("| target commit |"))
    #expect(result.output.contains("target commit"))
    var recorded = result
    recorded.output = try String(contentsOfFile: command.file("r.json"), encoding: .utf8)
    #expect(try ProofFigures(recorded).tried == 50)
  }

  @Test func `the target's own tables are neither read nor touched`() throws {
    try "this is no database, and nobody opens it".write(
      toFile: command.file("b.db"), atomically: true, encoding: .utf8)
    #expect(try command.run("\(prove) --max 10 --tables Kinds").code == 0)
    let text = try String(contentsOfFile: command.file("b.db"), encoding: .utf8)
    #expect(text == "this is no database, and nobody opens it")
    #expect(try files == ["a.db", "b.db"])
  }

  private func started() throws -> TestSupport.CommandLine.Running {
    let run = try command.start(prove.split(separator: " ").map(String.init))
    while run.process.isRunning, try files == ["a.db"] { usleep(200) }
    return run
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a proof that is stopped takes its scratch databases with it`(signal: Int32) throws {
    let run = try started()
    run.process.signal(signal)
    let stopped = try run.wait()
    #expect(stopped.code == 5, "\(stopped.everything)")
    #expect(try files == ["a.db"])
  }

  @Test func `what a proof that died has left over, the next one names and removes`() throws {
    let first = try started()
    first.process.kill()
    _ = try first.wait()
    let left = try #require(try files.first { $0.hasPrefix("b.db-proofload-prove-") })
    let alive = try started()
    defer { alive.process.kill() }
    let second = try command.run("\(prove) --max 5 --tables Kinds")
    #expect(second.code == 0, "\(second.everything)")
    #expect(second.errors.contains("removed") || !FileManager.default.fileExists(atPath: command.file(left)))
    #expect(alive.process.isRunning)
    #expect(try files.contains { $0.hasPrefix("b.db-proofload-prove-") }, "a living proof keeps its own")
    alive.process.signal(SIGINT)
    #expect(try alive.wait().code == 5)
    #expect(try files == ["a.db"])
  }

  @Test func `when the source changes meanwhile nothing is proven`() throws {
    let run = try command.start((prove + " --max 60").split(separator: " ").map(String.init))
    // The undisturbed run is over when a second scratch database is there.
    while run.process.isRunning,
      try !files.contains(where: { name in
        (try? FileManager.default.contentsOfDirectory(atPath: command.file(name)).contains("2.db")) == true
      })
    { usleep(200) }
    try sqlite(#"INSERT INTO "Kinds" VALUES (99, 'meanwhile')"#, at: command.file("a.db"))
    let result = try run.wait()
    #expect(result.code == 3, "\(result.everything)")
    #expect(try !ProofFigures(result).isSourceUnchanged)
  }

  @Test func `without rows there is nothing to prove with`() throws {
    let result = try command.run("prove --from sqlite:a.db --to sqlite:b.db --tables Empty")
    #expect(result.code == 3, "\(result.everything)")
    #expect(result.errors.contains("no rows"))
    #expect(try files == ["a.db"])
  }
}
