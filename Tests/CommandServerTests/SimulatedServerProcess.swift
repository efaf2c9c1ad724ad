import Glibc
import Runtime
import TestSupport
import Testing

/// `proofload sqlserver`, as users start it, for one test.
struct SimulatedServerProcess {
  static let password = "Secret-1"

  let command: TestSupport.CommandLine
  /// HOST:PORT.
  let address: String
  private let running: TestSupport.CommandLine.Running

  init(database: String = "shop", password: String? = nil, options: [String] = []) async throws {
    command = try TestSupport.CommandLine()
    running = try command.start(
      ["sqlserver", "--listen", "127.0.0.1:0", "--database", database, "--json"]
        + options,
      environment: password.map { ["PROOFLOAD_SQLSERVER_PASSWORD=\($0)"] } ?? [])
    let time = SystemTime()
    for _ in 0..<1000 where running.process.isRunning {
      if let found = running.errors.firstMatch(of: #/listening on (\S+); connect/#) {
        address = String(found.1)
        return
      }
      try await time.sleep(for: .milliseconds(10))
    }
    running.process.kill()
    throw ChildProcess.StartError(reason: "it does not listen: \(running.errors)")
  }

  var url: String { "sqlserver://sa@\(address)/shop" }

  /// Stops it, which must end well: no client has broken it. Returns its receipt.
  @discardableResult
  func stop(sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: Any] {
    running.process.signal(SIGTERM)
    let result = try running.wait()
    #expect(result.code == 0, "\(result.everything)", sourceLocation: sourceLocation)
    return try result.json()
  }
}
