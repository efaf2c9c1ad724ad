import Databases
import Foundation
import Rows
import Runtime
import StackOverflow

/// The figures that a release must reach, each against its limit in the same run.
struct Scenarios {
  let databases: BenchmarkDatabases
  let rounds: Int

  func sqliteToPostgres() throws -> [Figure] {
    try BenchmarkDatabases.tables.map { name, _ in
      let target = databases.url("target")
      let times = try Shell.sideBySide(
        rounds: rounds, in: databases.directory, prepare: databases.emptied(name, in: "target"),
        limit: "psql -q '\(target)' -c '\\copy \"\(name)\" from \(name).bin (format binary)'",
        ours: "\(databases.proofload) replicate --from sqlite:\(name).db --to '\(target)' --quiet")
      return .ratio("SQLite to PostgreSQL, \(name)", limit: times.limit, ours: times.ours, atMost: 1.10)
    }
  }

  func postgresToPostgres() throws -> [Figure] {
    try BenchmarkDatabases.tables.map { name, _ in
      let (source, target) = (databases.url("source"), databases.url("target"))
      let times = try Shell.sideBySide(
        rounds: rounds, in: databases.directory, prepare: databases.emptied(name, in: "target"),
        limit: """
          psql -q '\(source)' -c '\\copy "\(name)" to stdout (format binary)' \
          | psql -q '\(target)' -c '\\copy "\(name)" from stdin (format binary)'
          """,
        ours: "\(databases.proofload) replicate --from '\(source)' --to '\(target)' --tables \(name) --quiet")
      return .ratio("PostgreSQL to PostgreSQL, \(name)", limit: times.limit, ours: times.ours, atMost: 0.95)
    }
  }

  func sqliteToSQLite() throws -> [Figure] {
    try BenchmarkDatabases.tables.map { name, _ in
      let create = "sqlite3 \(name).db '.schema \"\(name)\"' > \(name).sql; rm -f copy.db copy.db-*"
      let times = try Shell.sideBySide(
        rounds: rounds, in: databases.directory, prepare: "\(create); sqlite3 copy.db < \(name).sql",
        limit: "sqlite3 copy.db \"ATTACH '\(name).db' AS s; INSERT INTO \(name) SELECT * FROM s.\(name)\"",
        ours:
          "\(databases.proofload) replicate --from sqlite:\(name).db --to sqlite:copy.db --tables \(name) --quiet"
      )
      return .ratio("SQLite to SQLite, \(name)", limit: times.limit, ours: times.ours, atMost: 2)
    }
  }

  func fingerprints() throws -> [Figure] {
    for (name, _) in BenchmarkDatabases.tables {
      try Shell.run(databases.emptied(name, in: "target"), in: databases.directory)
      try Shell.run(
        "\(databases.proofload) replicate --from '\(databases.url("source"))' --to '\(databases.url("target"))' --tables \(name) --quiet",
        in: databases.directory)
    }
    return try BenchmarkDatabases.tables.map { name, _ in
      let (source, target) = (databases.url("source"), databases.url("target"))
      func copy(_ url: String) -> String {
        "psql -q '\(url)' -c '\\copy \"\(name)\" to stdout (format binary)' > /dev/null"
      }
      let times = try Shell.sideBySide(
        rounds: rounds, in: databases.directory, limit: "\(copy(source)) & \(copy(target)); wait",
        ours: "\(databases.proofload) verify --from '\(source)' --to '\(target)' --tables \(name) --quiet")
      return .ratio("fingerprints of both sides, \(name)", limit: times.limit, ours: times.ours, atMost: 1.25)
    }
  }

  /// Rows encoded to memory on one core, in the proportions of the nine tables.
  func generator() async throws -> [Figure] {
    let endpoint = StackOverflowEndpoint(seed: 2010, scale: try Scale("0.02"), hostile: false) {
      ConnectionThread(name: "generator")
    }
    let connection = try await endpoint.connect(.read)
    let time = SystemTime()
    let started = time.now
    var bytes = 0
    for table in try await connection.tables() {
      let columns = table.columns.compactMap { column in
        column.type.map { TransferColumn(schema: column, type: $0) }
      }
      try await connection.openRead(RangeRead(rows: TableRange(table: table.name), columns: columns))
      while let batch = try await connection.nextBatch() { bytes += batch.bytes.count }
    }
    let elapsed = time.now - started
    await connection.close()
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let speed = Double(bytes) / 1e6 / seconds
    return [
      Figure(
        name: "generator, one core", value: speed, unit: "MB/s", goal: "at least 300 MB/s",
        reaches: speed >= 300,
        detail: String(format: "%.0f MB in %.2f s", Double(bytes) / 1e6, seconds))
    ]
  }

  /// The largest resident set of each command, for a table and for one ten times as large.
  func memory(large: Bool) throws -> [Figure] {
    let target = databases.url("pipe")
    let steps = [
      ("generate", "generate --to sqlite:memory.db --tables Votes"),
      ("to SQLite", "replicate --from sqlite:memory.db --to sqlite:memory-copy.db"),
      ("to PostgreSQL", "replicate --from sqlite:memory.db --to '\(target)'"),
      ("from PostgreSQL", "verify --from '\(target)' --to sqlite:memory-copy.db --tables Votes"),
    ]
    return try (large ? ["2.4", "24"] : ["0.24", "2.4"]).flatMap { scale in
      try Shell.run("rm -f memory*.db memory*.db-*", in: databases.directory)
      try Shell.run(databases.emptied("Votes", in: "pipe"), in: databases.directory)
      return try steps.map { name, command in
        let arguments = name == "generate" ? "\(command) --scale \(scale)" : command
        let script =
          "\(databases.proofload) \(arguments) --quiet & pid=$!; \(Scenarios.watch); stat -c 'bytes %s' memory.db"
        let output = try Shell.run(script, in: databases.directory).output.split(separator: "\n")
        func number(_ word: String) -> Double {
          output.last { $0.hasPrefix(word) }.flatMap { Double($0.dropFirst(word.count + 1)) } ?? .nan
        }
        let peak = number("peak") / 1024
        return Figure(
          name: String(format: "memory, file of %.0f MB, \(name)", number("bytes") / 1e6), value: peak,
          unit: "MiB", goal: "at most 128 MiB", reaches: peak <= 128, detail: "Votes at scale \(scale)")
      }
    }
  }

  /// Follows a process to its end by the kernel's own high-water mark, in KiB.
  private static let watch = """
    peak=0; while mark=$(sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status 2>/dev/null) && [ -n "$mark" ]; \
    do peak=$mark; sleep 0.02; done; wait $pid; echo "peak $peak"
    """
}
