import Databases
import Foundation
import Glibc
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

@Suite(.blocks) struct InterruptionTests {
  private let command: TestSupport.CommandLine
  private let replicate = "replicate --from sqlite:a.db --to sqlite:b.db --unit-size 64KB --log-level debug"
  private let verify = "verify --from sqlite:a.db --to sqlite:b.db"

  /// With PROOFLOAD_PROVE set, as many as it takes to hit every statement of a unit.
  private static let kills = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] == nil ? 5 : 200

  init() throws {
    command = try TestSupport.CommandLine()
    try command.succeed("generate --to sqlite:a.db --scale 0.001")
  }

  /// Returns when the run's log has this many lines, or it has ended.
  private func wait(for lines: Int, of run: TestSupport.CommandLine.Running) {
    while run.process.isRunning, run.errors.utf8.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
      usleep(200)
    }
  }

  private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal stops it gracefully, and the command it names goes on`(signal: Int32) throws {
    let run = try command.start(words(replicate))
    wait(for: 6, of: run)
    run.process.signal(signal)
    let stopped = try run.wait()
    #expect(stopped.code == 5, "\(stopped.everything)")
    #expect(stopped.errors.contains("stopping: what is not committed is rolled back"))
    let next = try #require(stopped.errors.split(separator: "\n").last { $0.contains("proofload replicate") })
    #expect(next.hasSuffix("--resume"))

    let resumed = try command.run(String(next).replacing("proofload ", with: ""))
    #expect(resumed.code == 0, "\(resumed.everything)")
    #expect(try command.run(verify).code == 0)
  }

  @Test func `a second signal does not wait`() throws {
    let run = try command.start(words(replicate))
    wait(for: 4, of: run)
    run.process.signal(SIGINT)
    while run.process.isRunning, !run.errors.contains("stopping") { usleep(200) }
    run.process.signal(SIGINT)
    #expect(try run.wait().code == 5)
    #expect(try command.run(replicate).code == 0)
    #expect(try command.run(verify).code == 0)
  }

  @Test(arguments: 1...kills)
  func `killed at any moment, the same command makes it whole`(seed: Int) throws {
    var seed = Seed(UInt64(seed))
    for _ in 0...Int.random(in: 0...1, using: &seed) {
      let run = try command.start(words(replicate))
      wait(for: Int.random(in: 0...90, using: &seed), of: run)
      // Somewhere between two lines.
      for _ in 0..<Int.random(in: 0...40, using: &seed) { _ = run.errors }
      run.process.kill()
      _ = try run.wait()
    }
    let rerun = try command.run(replicate)
    #expect(rerun.code == 0, "\(rerun.everything)")
    let verified = try command.run("\(verify) --witness stackoverflow:?scale=0.001")
    #expect(verified.code == 0, "\(verified.everything)")
    let again = try #require(try command.run("\(replicate) --json").json()["run"] as? [String: Any])
    #expect(again["unitsCopied"] as? Int == 0)
    #expect(again["rowsAcknowledged"] as? Int == 0)
  }

  @Test func `of two runs at once, one is refused and says what to do`() throws {
    try command.succeed(replicate)
    let plan = try command.run("plan --from sqlite:a.db --to sqlite:b.db --json").json()["plan"]
    let job = try #require((plan as? [String: Any])?["job"] as? String)
    var other = try SQLiteDriver(path: command.file("b.db"), name: "other", access: .write)
    defer { other.close() }
    try other.takeFence(job: job)
    let refused = try command.run(replicate)
    #expect(refused.code == 4, "\(refused.everything)")
    #expect(refused.errors.contains("another run of this job"))
    #expect(refused.errors.contains("Let the other run finish"))
  }

  @Test func `a full disk says so, and nothing half-written is called done`() throws {
    let disk = try SmallDisk(at: command.file("small"), megabytes: 2)
    let line = "replicate --from sqlite:a.db --to sqlite:small/b.db --unit-size 256KB"
    let result = try command.run(line)
    #expect(result.code == 4, "\(result.everything)")
    #expect(result.errors.contains("full"))
    #expect(result.errors.contains("Free space"))
    #expect(result.errors.contains("--resume"))
    // The ledger is believed: what it calls done and is not there would be missing in the end.
    try disk.grow(to: 64)
    try command.succeed("\(line) --resume")
    try command.succeed("verify --from sqlite:a.db --to sqlite:small/b.db")
  }
}
