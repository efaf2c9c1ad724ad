import Foundation
import Glibc
import PostgresDatabase
import Runtime
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct PostgresCommandTests {
  private let command: TestSupport.CommandLine
  private let url: String

  init() async throws {
    command = try TestSupport.CommandLine()
    url = try await PostgresServer.shared.database()
    try command.succeed("generate --to sqlite:a.db --scale 0.001 --hostile")
  }

  @Test func `a hostile database goes there and back, and three witnesses agree`() throws {
    try command.succeed("replicate --from sqlite:a.db --to \(url) --unit-size 256KB --names snake_case")
    try command.succeed("replicate --from \(url) --to sqlite:b.db --unit-size 1MB")
    try command.succeed("verify --from sqlite:a.db --to \(url) --witness stackoverflow:?scale=0.001&hostile")
    try command.succeed("verify --from sqlite:a.db --to sqlite:b.db --witness \(url)")
  }

  @Test func `a wrong password is a configuration error, and a right one comes from the environment`() throws
  {
    let server = try PostgresServer.shared
    let user = "user_\(url.filter(\.isNumber).suffix(6))"
    try server.psql("CREATE ROLE \(user) LOGIN SUPERUSER PASSWORD 'right-S3cret'", url)
    try server.requirePassword(of: user)
    let address = url.replacing("//postgres@", with: "//\(user)@")
    for name in ["replicate", "plan", "verify"] {
      let wrong = try command.run(
        "\(name) --from sqlite:a.db --to \(address)", environment: ["PROOFLOAD_TARGET_PASSWORD=wrong-S3cret"])
      #expect(wrong.code == 2, "\(wrong.everything)")
      #expect(!wrong.everything.contains("wrong-S3cret"))
    }
    let right = try command.run(
      "replicate --from sqlite:a.db --to \(address)", environment: ["PROOFLOAD_TARGET_PASSWORD=right-S3cret"])
    #expect(right.code == 0, "\(right.everything)")
    #expect(!right.everything.contains("right-S3cret"))
    let source = try command.run(
      "verify --from \(address) --to sqlite:a.db", environment: ["PROOFLOAD_SOURCE_PASSWORD=right-S3cret"])
    #expect(source.code == 0, "\(source.everything)")
  }

  @Test func `an unknown database is a configuration error`() throws {
    let result = try command.run("replicate --from sqlite:a.db --to \(url)_not_there")
    #expect(result.code == 2, "\(result.everything)")
  }

  @Test func `of two runs at once, one is refused while the other is alive`() throws {
    let line = "replicate --from sqlite:a.db --to \(url) --unit-size 64KB --log-level debug"
    let first = try command.start(line.split(separator: " ").map(String.init))
    while first.process.isRunning, !first.errors.contains(" is done") { usleep(200) }
    first.process.signal(SIGSTOP)
    let second = try command.run(line)
    first.process.signal(SIGCONT)
    #expect(second.code == 4, "\(second.everything)")
    #expect(second.errors.contains("another run"))
    let finished = try first.wait()
    #expect(finished.code == 0, "\(finished.everything)")
    try command.succeed("verify --from sqlite:a.db --to \(url)")
  }

  @Test(arguments: 1...3)
  func `killed in the middle, the same command makes it whole`(moment: Int) throws {
    let line = "replicate --from sqlite:a.db --to \(url) --unit-size 64KB --log-level debug"
    let run = try command.start(line.split(separator: " ").map(String.init))
    while run.process.isRunning, run.errors.count(where: { $0 == "\n" }) < 15 * moment { usleep(200) }
    run.process.kill()
    _ = try run.wait()
    try command.succeed(line)
    try command.succeed("verify --from sqlite:a.db --to \(url) --witness stackoverflow:?scale=0.001&hostile")
  }

  @Test func `a full disk ends the default policy with exit code 4, and what the ledger then says is true`()
    throws
  {
    // A server of its own: one that has lost a disk fails at whatever it does next.
    let server = try PrivateServer(in: "/tmp/proofload-full-\(getpid())", removingDirectory: true)
    defer { server.stop() }
    let disk = try SmallDisk(
      at: "\(server.directory)/small", megabytes: 4, owner: getuid() == 0 ? "postgres" : nil)
    try server.execute("CREATE TABLESPACE small LOCATION '\(disk.path)'")
    try server.execute("CREATE DATABASE shop")
    try server.execute("ALTER DATABASE shop SET default_tablespace = small")
    let url = server.url(database: "shop")
    let line = "replicate --from sqlite:a.db --to \(url) --unit-size 256KB"
    let result = try command.run("\(line) --json")
    #expect(result.code == 4, "\(result.everything)")
    let json = try result.json()
    let error = try #require(json["error"] as? [String: Any])
    #expect(error["code"] as? String == "postgres 53100" && error["errorClass"] as? String == "permanent")
    #expect((error["remedy"] as? String)?.contains("Free disk space") == true)
    let units = try PostgresServer.shared.psql(
      "SELECT count(*) FILTER (WHERE state = 'done') > 0, count(*) FILTER (WHERE state <> 'done') > 0 FROM proofload_ledger",
      url)
    #expect(units == "t|t", "it struck in the middle")
    try disk.grow(to: 256)
    // The ledger is believed: what it calls done and is not there would be missing in the end.
    try command.succeed("\(line) --resume")
    try command.succeed("verify --from sqlite:a.db --to \(url) --witness stackoverflow:?scale=0.001&hostile")
  }

  @Test func `the demonstration runs to its end, and takes its server with it`() throws {
    let result = try command.run("demo --target postgres --rows 20000")
    #expect(result.code == 0, "\(result.everything)")
    #expect(result.output.contains("Everything turned out as told"))
    let port = try #require(result.output.firstMatch(of: #/127\.0\.0\.1:(\d+)/#)?.1)
    let gone = try command.run("plan --from postgres://postgres@127.0.0.1:\(port)/postgres --to sqlite:x.db")
    #expect(gone.code == 4, "\(gone.everything)")
  }
}
