import Databases
import Foundation
import PostgresDatabase
import Runtime

/// What the proxy costs: a load through it, and a round trip.
extension Scenarios {
  func proxy() throws -> [Figure] {
    let output = "\(databases.directory)/proxy.out"
    let proxy = try ChildProcess(
      [databases.proofload, "proxy", "--listen", "127.0.0.1:0", "--upstream", databases.url("target")],
      output: output)
    defer {
      proxy.signal(SIGTERM)
      _ = proxy.wait()
    }
    let through = try address(in: output)
    let loads = try BenchmarkDatabases.tables.map { name, _ in
      func load(_ url: String) -> String {
        "psql -q '\(url)' -c '\\copy \"\(name)\" from \(name).bin (format binary)'"
      }
      let times = try Shell.sideBySide(
        rounds: rounds, in: databases.directory, prepare: databases.emptied(name, in: "target"),
        limit: load(databases.url("target")), ours: load(through))
      return Figure.ratio(
        "bulk load through the proxy, \(name)", limit: times.limit, ours: times.ours, atMost: 1.1)
    }
    let (direct, proxied) = try (roundTrip(databases.url("target")), roundTrip(through))
    let cost = proxied - direct
    return loads + [
      Figure(
        name: "round trip through the proxy", value: cost, unit: "µs", goal: "at most 100 µs more",
        reaches: cost <= 100, detail: String(format: "%.0f µs against %.0f µs", proxied, direct))
    ]
  }

  /// What the proxy says on its first line, when it is ready.
  func address(in file: String) throws -> String {
    for _ in 0..<500 {
      let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      if text.hasSuffix("\n"), let url = text.firstMatch(of: #/(postgres|sqlserver)://\S+/#) {
        return String(url.0)
      }
      usleep(10_000)
    }
    throw CommandFailed(description: "the proxy did not start: see \(file)")
  }

  /// The median of many round trips, in microseconds.
  private func roundTrip(_ url: String) throws -> Double {
    let endpoint = try PostgresEndpoint(url: url) { ConnectionThread(name: "round trip") }
    var driver = try endpoint.driver(.read)
    defer { driver.close() }
    return try Shell.microseconds { try driver.execute("SELECT 1") }
  }
}
