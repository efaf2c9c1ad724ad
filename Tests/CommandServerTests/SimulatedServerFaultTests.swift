import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct SimulatedServerFaultTests {
  @Test func `a fault plan strikes who loads the simulated server, and the copy is whole`() async throws {
    let server = try await SimulatedServerProcess(
      options: ["--faults", "lost-commit", "--log", "faults.jsonl"])
    let command = server.command
    try command.succeed("generate --to sqlite:a.db --scale 0.0005")
    try command.succeed("replicate --from sqlite:a.db --to \(server.url)")
    try command.succeed("verify --from sqlite:a.db --to \(server.url)")
    let receipt = try #require(try server.stop()["proxy"] as? [String: Any])
    let faults = try #require(receipt["faults"] as? Int)
    #expect(faults > 0)
    let log = try String(contentsOfFile: command.file("faults.jsonl"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == faults)
  }

  @Test func `a source that breaks off after rows is read again, and no row is missing`() async throws {
    let server = try await SimulatedServerProcess(options: ["--faults", "rows-then-1205", "--side", "source"])
    let command = server.command
    try command.succeed("generate --to sqlite:a.db --scale 0.0005")
    try command.succeed("replicate --from sqlite:a.db --to \(server.url)")
    try command.succeed("replicate --from \(server.url) --to sqlite:b.db")
    try command.succeed("verify --from sqlite:a.db --to sqlite:b.db")
    let receipt = try #require(try server.stop()["proxy"] as? [String: Any])
    #expect(try #require(receipt["faults"] as? Int) > 0)
  }

  @Test func `without a plan nobody stands before the server`() async throws {
    let server = try await SimulatedServerProcess()
    #expect(try server.stop()["proxy"] == nil)
  }

  @Test func `a plan that is not there is said, with the presets`() throws {
    let result = try TestSupport.CommandLine().run("sqlserver --listen 127.0.0.1:0 --faults lost-comit")
    #expect(result.code == 2)
    #expect(result.errors.contains("Did you mean lost-commit?"), "\(result.errors)")
  }
}
