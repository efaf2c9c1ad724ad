import Foundation
import Runtime
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct ProxyCommandTests {
  private let command: TestSupport.CommandLine

  init() throws { command = try TestSupport.CommandLine() }

  /// Starts a proxy, and waits for the URL that it prints.
  private func start(
    _ options: [String], to url: String
  ) async throws -> (TestSupport.CommandLine.Running, url: String) {
    let words = ["proxy", "--listen", "127.0.0.1:0", "--upstream", url, "--json"] + options
    let running = try command.start(words)
    let time = SystemTime()
    for _ in 0..<500 {
      if let found = running.errors.firstMatch(of: #/connect with (postgres://\S+)\n/#) {
        return (running, String(found.1))
      }
      try await time.sleep(for: .milliseconds(10))
    }
    running.process.kill()
    Issue.record("it does not listen: \(running.errors)")
    return (running, url)
  }

  @Test func `a lost answer to a commit is found out in the ledger, and the copy is whole`() async throws {
    try command.succeed("generate --to sqlite:a.db --scale 0.0005")
    let database = try await PostgresServer.shared.database()
    let secret = database.replacing("postgres@", with: "postgres:hunter2@")
    let (proxy, url) = try await start(
      ["--faults", "lost-commit", "--log", "faults.jsonl", "--control", "control"], to: secret)
    for _ in 0..<20 {
      let result = try command.run(["replicate", "--from", "sqlite:a.db", "--to", url])
      if result.code == 0 { break }
      #expect(result.code == 4, "\(result.everything)")
    }
    #expect(FileManager.default.fileExists(atPath: command.file("control")))
    proxy.process.signal(SIGTERM)
    let ended = try proxy.wait()
    #expect(ended.code == 0)
    #expect(!ended.everything.contains("hunter2"))
    #expect(!FileManager.default.fileExists(atPath: command.file("control")))
    let receipt = try #require(try ended.json()["proxy"] as? [String: Any])
    let faults = try #require(receipt["faults"] as? Int)
    #expect(faults > 0)
    let log = try String(contentsOfFile: command.file("faults.jsonl"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == faults)
    try command.succeed("verify --from sqlite:a.db --to \(database)")
  }

  @Test func `it stops by itself`() async throws {
    let result = try command.run(
      "proxy --listen 127.0.0.1:0 --for 1 --upstream " + (try await PostgresServer.shared.database()))
    #expect(result.code == 0)
    #expect(result.output.contains("listening on 127.0.0.1:"))
    #expect(result.output.contains("0 connections, 0 faults"))
  }

  @Test(arguments: [
    ("--listen here --upstream postgres://h/d", "a host and a port"),
    ("--listen 127.0.0.1:0 --upstream sqlite:a.db", "no PostgreSQL server"),
    ("--listen 127.0.0.1:0 --upstream sqlserver://sa@db.example/d", "plain text only"),
    ("--listen 127.0.0.1:0 --upstream postgres://a,b/d", "several servers"),
    ("--listen 127.0.0.1:0 --upstream postgres://a/d?sslmode=require", "plain text only"),
    ("--listen 127.0.0.1:0 --upstream postgres://a/d --faults nonsense", "no fault plan 'nonsense'"),
    ("--listen 127.0.0.1:0 --upstream postgres://a/d --fault-seed 4", "without --faults"),
    ("--listen 192.0.2.1:1 --upstream postgres://a/d", "cannot listen on 192.0.2.1:1"),
    ("--listen 127.0.0.1:0 --upstream postgres://a/d --log no/such/file", "cannot write the log of faults"),
    ("--listen 127.0.0.1:0 --upstream postgres://a/d --side left", "source"),
  ])
  func `what is wrong is said, with the remedy`(options: String, complaint: String) throws {
    let result = try command.run("proxy \(options)")
    #expect(result.code == 2, "\(result.everything)")
    #expect(result.errors.contains(complaint), "\(result.errors)")
  }
}
