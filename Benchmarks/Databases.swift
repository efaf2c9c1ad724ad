import Foundation
import PostgresDatabase

/// What the benchmarks copy: a narrow table and a wide one of 200 MB or more each, in SQLite and in PostgreSQL.
struct BenchmarkDatabases {
  let directory: String
  let proofload: String
  let server: PrivateServer

  /// Votes at scale 0.5 is 5 million narrow rows; Posts at scale 0.08 is 300,000 wide ones.
  static let tables = [(name: "Votes", scale: "0.5"), (name: "Posts", scale: "0.08")]

  init(directory: String, proofload: String) throws {
    self.directory = directory
    self.proofload = proofload
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    server = try PrivateServer(in: "\(directory)/pg", removingDirectory: true)
    for (name, scale) in BenchmarkDatabases.tables where !exists("\(name).db") {
      try Shell.run(
        "\(proofload) generate --to sqlite:\(name).db --tables \(name) --scale \(scale) --quiet",
        in: directory)
    }
    for database in ["source", "target", "pipe"] {
      try Shell.run("psql -q '\(server.url)' -c 'CREATE DATABASE \(database)'", in: directory)
    }
    for (name, _) in BenchmarkDatabases.tables {
      for database in ["source", "target"] {
        try Shell.run(
          "\(proofload) replicate --from sqlite:\(name).db --to '\(url(database))' --quiet", in: directory)
      }
      try Shell.run(
        "psql -q '\(url("source"))' -c '\\copy \"\(name)\" to \(name).bin (format binary)'", in: directory)
    }
    try Shell.run("pg_dump --schema-only '\(url("source"))' | psql -q '\(url("pipe"))'", in: directory)
  }

  func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(directory)/\(file)") }

  func url(_ database: String) -> String { server.url(database: database) }

  /// Empties a table, and the server's write-ahead log of its backlog, so that rounds do not disturb each other.
  func emptied(_ table: String, in database: String) -> String {
    "psql -q '\(url(database))' -c 'TRUNCATE \"\(table)\"' -c 'DROP TABLE IF EXISTS proofload_ledger' -c CHECKPOINT"
  }
}
