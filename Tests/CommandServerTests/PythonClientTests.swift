import Foundation
import TestSupport
import Testing

/// python-tds, which shares no code with FreeTDS, and pymssql, which brings a FreeTDS of its own, against the
/// simulated SQL Server. What they check is in testdata/clients.
@Suite(.blocks) struct PythonClientTests {
  static let clients = ["pytds", "pymssql"]

  private func pass(_ client: String, _ group: String, atLeast count: Int) async throws {
    let python: String
    do {
      python = try PythonClients.interpreter
    } catch let missing as PythonClients.Missing where missing.isExcusable {
      try Test.cancel("python-tds and pymssql cannot be installed from PyPI: \(missing)")
    }
    let server = try await SimulatedServerProcess(
      password: SimulatedServerProcess.password, options: ["--snapshot"])
    let result = try ForeignProgram().run(
      [
        python, "-B", "\(PythonClients.scripts)/\(client)_client.py", server.address,
        SimulatedServerProcess.password, "shop", group,
      ], seconds: 120)
    try server.stop()
    for line in result.lines {
      let check = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      if check["ok"] as? Bool != true {
        Issue.record("\(client): \(check["check"] ?? ""): \(check["error"] ?? "")")
      }
    }
    #expect(result.code == 0, "\(client) \(group): \(result.everything.suffix(1000))")
    #expect(result.lines.count >= count)
  }

  @Test(arguments: clients)
  func `clients of other authors log in, or read why not`(client: String) async throws {
    try await pass(client, "login", atLeast: 5)
  }

  @Test(arguments: clients)
  func `clients of other authors read and write every type's extremes`(client: String) async throws {
    try await pass(client, "values", atLeast: 4)
  }

  @Test(arguments: clients)
  func `clients of other authors get results, counts and parameters`(client: String) async throws {
    try await pass(client, "queries", atLeast: 5)
  }

  @Test(arguments: clients)
  func `clients of other authors commit, roll back and deadlock`(client: String) async throws {
    try await pass(client, "transactions", atLeast: 6)
  }

  @Test(arguments: clients)
  func `clients of other authors show SQL Server's numbers`(client: String) async throws {
    try await pass(client, "errors", atLeast: 3)
  }

  @Test(arguments: clients)
  func `clients of other authors load in bulk`(client: String) async throws {
    try await pass(client, "bulk", atLeast: 5)
  }

  @Test(arguments: clients)
  func `clients of other authors see every fault`(client: String) async throws {
    try await pass(client, "faults", atLeast: 10)
  }

  @Test(arguments: clients)
  func `clients of other authors survive a failover`(client: String) async throws {
    try await pass(client, "failover", atLeast: 1)
  }
}
