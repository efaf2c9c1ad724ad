import Databases
import Foundation
import PostgresDatabase
import Rows
import Runtime
import SQLServerDatabase

/// SQL Server, simulated: what the driver does beside freebcp, and the server by itself.
extension Scenarios {
  func sqlServer() async throws -> [Figure] {
    let server = try BenchmarkSQLServer(databases)
    defer { server.stop() }
    var figures = [server.start, try roundTrip(server)]
    try server.createVotes()
    figures.append(try load(server))
    figures += try proxied(server)
    figures += try await read(server)
    return figures
  }

  private func roundTrip(_ server: BenchmarkSQLServer) throws -> Figure {
    let median = try roundTrip(server.url) / 1e3
    return Figure(
      name: "simulated SQL Server, SELECT 1", value: median, unit: "ms", goal: "at most 0.2 ms",
      reaches: median <= 0.2, detail: "the median of 5,000")
  }

  /// The median of many round trips, in microseconds.
  private func roundTrip(_ url: String) throws -> Double {
    var driver = try SQLServerEndpoint(url: url) { ConnectionThread(name: "round trip") }.driver(.read)
    defer { driver.close() }
    return try Shell.microseconds { try driver.execute("SELECT 1") }
  }

  /// What the proxy costs before a SQL Server.
  private func proxied(_ server: BenchmarkSQLServer) throws -> [Figure] {
    let output = "\(databases.directory)/proxy.out"
    let proxy = try ChildProcess(
      [databases.proofload, "proxy", "--listen", "127.0.0.1:0", "--upstream", server.url], output: output)
    defer {
      proxy.signal(SIGTERM)
      _ = proxy.wait()
    }
    let through = try address(in: output)
    func load(_ url: String) -> String {
      "\(databases.proofload) replicate --from sqlite:Votes.db --to '\(url)' --quiet"
    }
    let times = try Shell.sideBySide(
      rounds: rounds, in: databases.directory, prepare: server.emptied, limit: load(server.url),
      ours: load(through))
    let (direct, proxied) = try (roundTrip(server.url), roundTrip(through))
    let cost = proxied - direct
    return [
      .ratio("SQL Server's load through the proxy", limit: times.limit, ours: times.ours, atMost: 1.1),
      Figure(
        name: "SQL Server's round trip through the proxy", value: cost, unit: "µs",
        goal: "at most 100 µs more", reaches: cost <= 100,
        detail: String(format: "%.0f µs against %.0f µs", proxied, direct)),
    ]
  }

  private func load(_ server: BenchmarkSQLServer) throws -> Figure {
    let times = try Shell.sideBySide(
      rounds: rounds, in: databases.directory, prepare: server.emptied,
      limit: server.freebcp("in votes.bcp -c -h TABLOCK"),
      ours: "\(databases.proofload) replicate --from sqlite:Votes.db --to \(server.url) --quiet")
    return .ratio("SQLite to SQL Server, by freebcp in", limit: times.limit, ours: times.ours, atMost: 1)
  }

  /// Reading into batches, and the whole job beside its slower half.
  private func read(_ server: BenchmarkSQLServer) async throws -> [Figure] {
    let job =
      "\(databases.proofload) replicate --from \(server.url) --to '\(databases.url("copy"))' --quiet"
    try Shell.run(
      "psql -q '\(databases.url("source"))' -c 'CREATE DATABASE copy'; \(job)", in: databases.directory)
    let target = try PostgresEndpoint(url: databases.url("copy")) { ConnectionThread(name: "load") }
    var times: (freebcp: [Double], read: [Double], load: [Double], job: [Double]) = ([], [], [], [])
    for _ in 0..<rounds {
      times.freebcp.append(try Shell.run(server.freebcp("out copy.bcp -c"), in: databases.directory).seconds)
      let votes = try await VotesInMemory(server.endpoint())
      times.read.append(votes.seconds)
      let emptied = databases.emptied("Votes", in: "copy")
      try Shell.run(emptied, in: databases.directory)
      times.load.append(try await votes.load(into: target))
      try Shell.run(emptied, in: databases.directory)
      times.job.append(try Shell.run(job, in: databases.directory).seconds)
    }
    let (read, load) = (Shell.median(times.read), Shell.median(times.load))
    return [
      .ratio(
        "reading SQL Server, by freebcp out", limit: Shell.median(times.freebcp), ours: read, atMost: 1.25),
      .ratio(
        "SQL Server to PostgreSQL, by its \(read > load ? "reading" : "loading")", limit: max(read, load),
        ours: Shell.median(times.job), atMost: 1.15),
    ]
  }
}

/// All of Votes, read into batches on one connection.
private struct VotesInMemory {
  let seconds: Double
  private let columns: [TransferColumn]
  private let batches: [RowBatch]

  init(_ source: SQLServerEndpoint) async throws {
    let connection = try await source.connect(.read)
    let table = try await connection.tables()[0]
    columns = table.columns.compactMap { column in
      column.type.map { TransferColumn(schema: column, type: $0) }
    }
    let time = SystemTime()
    let started = time.now
    var batches: [RowBatch] = []
    try await connection.openRead(RangeRead(rows: TableRange(table: table.name), columns: columns))
    while let batch = try await connection.nextBatch() { batches.append(batch) }
    seconds = (time.now - started) / .seconds(1)
    self.batches = batches
    await connection.close()
  }

  /// In one transaction. Returns the seconds that it took.
  func load(into target: PostgresEndpoint) async throws -> Double {
    let connection = try await target.connect(.write)
    let table = try await connection.tables()[0]
    let time = SystemTime()
    let started = time.now
    try await connection.begin()
    try await connection.openWrite(
      table.name,
      columns: zip(table.columns, columns).map { TransferColumn(schema: $0, type: $1.type) })
    for batch in batches { try await connection.write(batch) }
    _ = try await connection.finishWrite()
    try await connection.commit()
    let seconds = (time.now - started) / .seconds(1)
    await connection.close()
    return seconds
  }
}

/// A simulated SQL Server in a process of its own.
private final class BenchmarkSQLServer {
  let start: Figure
  let url: String
  private let databases: BenchmarkDatabases
  private let process: ChildProcess
  private let address: String

  init(_ databases: BenchmarkDatabases) throws {
    self.databases = databases
    let output = "\(databases.directory)/sqlserver.out"
    try? FileManager.default.removeItem(atPath: output)
    let time = SystemTime()
    let started = time.now
    process = try ChildProcess([databases.proofload, "sqlserver", "--listen", "127.0.0.1:0"], output: output)
    var said = ""
    while !said.hasSuffix("\n") {
      guard process.isRunning else { throw CommandFailed(description: "the server did not start: \(said)") }
      usleep(1_000)
      said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    }
    let milliseconds = (time.now - started) / .milliseconds(1)
    start = Figure(
      name: "simulated SQL Server, start", value: milliseconds, unit: "ms", goal: "at most 100 ms",
      reaches: milliseconds <= 100, detail: "from its launch to its first line")
    guard let found = said.firstMatch(of: #/sqlserver://sa@([^\/\s]+)\/\S+/#) else {
      throw CommandFailed(description: "the server did not say where it is: \(said)")
    }
    (url, address) = (String(found.0), String(found.1))
  }

  func stop() {
    process.signal(SIGTERM)
    _ = process.wait()
  }

  func endpoint() throws -> SQLServerEndpoint {
    try SQLServerEndpoint(url: url) { ConnectionThread(name: "read") }
  }

  /// In the server, as they are in SQLite, and in a file.
  func createVotes() throws {
    try Shell.run(
      """
      \(databases.proofload) replicate --from sqlite:Votes.db --to \(url) --quiet
      \(freebcp("out votes.bcp -c"))
      """, in: databases.directory)
  }

  func freebcp(_ arguments: String) -> String {
    "freebcp proofload..Votes \(arguments) -S \(address) -U sa -P none > /dev/null"
  }

  /// Of rows and of what Proofload knows of them.
  var emptied: String {
    let (host, port) = (address.split(separator: ":")[0], address.split(separator: ":")[1])
    let sql = "TRUNCATE TABLE Votes DROP TABLE IF EXISTS proofload_ledger"
    return "printf '\(sql)\\ngo\\n' | tsql -H \(host) -p \(port) -U sa -P none -D proofload > /dev/null 2>&1"
  }
}
