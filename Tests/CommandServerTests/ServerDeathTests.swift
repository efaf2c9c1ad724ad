import Foundation
import Glibc
import PostgresDatabase
import Runtime
import TestSupport
import Testing

/// A PostgreSQL server that is killed with -9, all of its processes at once, and started again while we write to it.
@Suite(PostgresServer.isNeeded, .blocks) struct ServerDeathTests {
  private static let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil
  private static let deaths = isThorough ? 50 : 3
  private static let scale = isThorough ? 0.02 : 0.002

  private static let servers = Guarded(0)

  private let command: TestSupport.CommandLine
  private let server: PrivateServer
  private var line: String { "replicate --from sqlite:a.db --to \(server.url) --unit-size 256KB --workers 3" }

  init() throws {
    command = try TestSupport.CommandLine()
    let number = Self.servers.withLock { count in
      count += 1
      return count
    }
    server = try PrivateServer(forTest: "deaths-\(number)")
    // What is acknowledged survives a crash, as a server is to have it.
    try server.execute("ALTER SYSTEM SET synchronous_commit = on")
    try server.execute("SELECT pg_reload_conf()")
    try command.succeed("generate --to sqlite:a.db --scale \(Self.scale)")
  }

  private func start(_ options: String) throws -> TestSupport.CommandLine.Running {
    try command.start("\(line) \(options)".split(separator: " ").map(String.init))
  }

  private func verify() throws {
    let verified = try command.run(
      "verify --from sqlite:a.db --to \(server.url) --witness stackoverflow:?scale=\(Self.scale)")
    #expect(verified.code == 0, "\(verified.everything)")
  }

  @Test func `killed and restarted under a run that does not retry, the server has whole units only`() throws
  {
    defer { server.stop() }
    var seed = Seed(1)
    var deaths = 0
    var isFresh = true
    while deaths < Self.deaths {
      // The ledger is believed: a unit that it calls done and that is not whole would be missing in the end.
      let run = try start("--retry-policy none \(isFresh ? "--fresh" : "--resume")")
      usleep(UInt32.random(in: 100_000...900_000, using: &seed))
      let wasRunning = run.process.isRunning
      try server.restart(after: .killed)
      let result = try run.wait()
      if wasRunning { deaths += 1 }
      #expect(result.code == 0 || (wasRunning && result.code == 4), "\(result.everything)")
      isFresh = result.code == 0
      if isFresh { try verify() }
    }
    try command.succeed("\(line) --resume")
    try verify()
  }

  @Test func `killed and restarted again and again, a run that retries ends with an equal copy`() throws {
    defer { server.stop() }
    var seed = Seed(2)
    var deaths = 0
    while deaths < Self.deaths {
      let run = try start("--fresh --json")
      for _ in 0..<4 where run.process.isRunning {
        usleep(UInt32.random(in: 200_000...1_200_000, using: &seed))
        guard run.process.isRunning else { break }
        try server.restart(after: .killed)
        deaths += 1
      }
      let result = try run.wait()
      #expect(result.code == 0, "\(result.everything)")
      try verify()
    }
  }

  @Test func `a server that forgets what it acknowledged costs a rerun at most`() throws {
    defer { server.stop() }
    try server.execute("ALTER SYSTEM SET synchronous_commit = off")
    try server.execute("SELECT pg_reload_conf()")
    let run = try start("")
    usleep(400_000)
    try server.restart(after: .killed)
    let result = try run.wait()
    #expect(result.code == 0 || result.code == 4, "\(result.everything)")
    if result.code == 4 { try command.succeed(line) }
    try verify()
  }
}
