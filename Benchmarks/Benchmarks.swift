import Foundation
import PostgresDatabase

/// Measures Proofload against its limits, side by side in one run: `make bench`.
///
/// Arguments pick scenarios by the start of their name; `--rounds N` (5), `--large` for the 10 GB table.
@main
struct Benchmarks {
  static func main() async throws {
    var names = Array(CommandLine.arguments.dropFirst())
    let isLarge = names.contains("--large")
    names.removeAll { $0 == "--large" }
    var rounds = 5
    if let index = names.firstIndex(of: "--rounds"), index + 1 < names.count,
      let number = Int(names[index + 1])
    {
      rounds = number
      names.removeSubrange(index...index + 1)
    }
    let program =
      URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/proofload"
    let directory = FileManager.default.currentDirectoryPath + "/benchmark-data"
    let databases = try BenchmarkDatabases(
      directory: directory, proofload: URL(fileURLWithPath: program).standardizedFileURL.path)
    defer { databases.server.stop() }
    let scenarios = Scenarios(databases: databases, rounds: rounds)
    let all: [(String, () async throws -> [Figure])] = [
      ("generator", scenarios.generator), ("sqlite-postgres", scenarios.sqliteToPostgres),
      ("postgres-postgres", scenarios.postgresToPostgres), ("sqlite-sqlite", scenarios.sqliteToSQLite),
      ("fingerprints", scenarios.fingerprints), ("proxy", scenarios.proxy),
      ("sqlserver", scenarios.sqlServer),
      ("memory", { try scenarios.memory(large: isLarge) }),
    ]
    for (name, run) in all where names.isEmpty || names.contains(where: name.hasPrefix) {
      for figure in try await run() {
        FileHandle.standardOutput.write(Data((figure.line + "\n").utf8))
      }
    }
  }
}
