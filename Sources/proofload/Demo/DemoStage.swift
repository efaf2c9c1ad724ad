import Databases
import Foundation
import PostgresDatabase
import Replication
import SQLServerDatabase
import SQLServerSimulator
import SQLiteDatabase

/// Where the demonstration plays: its directory, its databases, and its server if it needs one.
struct DemoStage: Sendable {
  let directory: String
  let sourceURL: String
  let targetURL: String
  private let postgres: PrivateServer?
  /// The target, where it is a SQL Server.
  let sqlServer: SimulatedServer?

  var receiptFile: String { "\(directory)/demo.receipt.json" }
  /// What a copy in a process of its own has to say.
  var outputFile: String { "\(directory)/replicate.log" }

  /// Says that a directory is the demonstration's own.
  private static let marker = ".proofload-demo"
  private static let suffixes = ["", "-journal", "-wal", "-shm", "-proofload.lock"]

  /// Makes the directory, or empties the one that an earlier demonstration made.
  init(directory: String, target: DemoCommand.Target) throws {
    self.directory = directory
    try DemoStage.prepare(directory)
    sourceURL = "sqlite:\(directory)/source.db"
    var (postgres, sqlServer): (PrivateServer?, SimulatedServer?) = (nil, nil)
    switch target {
    case .sqlite:
      targetURL = "sqlite:\(directory)/target.db"
    case .postgres:
      // A Unix socket's path has to be short, and the server's user must be able to get there.
      let place = FileManager.default.temporaryDirectory.path + "/proofload-demo-\(getpid())"
      let server = try PrivateServer(in: place, removingDirectory: true)
      postgres = server
      targetURL = server.url
    case .sqlserver:
      var settings = ServerSettings()
      settings.databases = [DemoStage.database]
      let server = try SimulatedServer(settings)
      sqlServer = server
      targetURL = "sqlserver://sa@\(server.address)/\(DemoStage.database)"
    }
    (self.postgres, self.sqlServer) = (postgres, sqlServer)
  }

  private static let database = "proofload"

  func close() {
    postgres?.stop()
    sqlServer?.stop()
  }

  private static func prepare(_ directory: String) throws {
    let files = FileManager.default
    var isDirectory: ObjCBool = false
    if files.fileExists(atPath: directory, isDirectory: &isDirectory) {
      guard isDirectory.boolValue else {
        throw UsageError("\(directory) is a file", remedy: "Name another directory with --dir.")
      }
      let names = try files.contentsOfDirectory(atPath: directory)
      guard names.isEmpty || names.contains(marker) else {
        throw UsageError(
          "the directory \(directory) is not the demonstration's own, and is left as it is",
          remedy: "Name another directory with --dir.")
      }
      for name in ownFiles where names.contains(name) { try files.removeItem(atPath: "\(directory)/\(name)") }
    } else {
      do { try files.createDirectory(atPath: directory, withIntermediateDirectories: true) } catch {
        throw UsageError(
          "cannot create the directory \(directory): \(error.localizedDescription)",
          remedy: "Name another directory with --dir.")
      }
    }
    guard files.createFile(atPath: "\(directory)/\(marker)", contents: nil) else {
      throw UsageError(
        "cannot write into the directory \(directory)", remedy: "Name another directory with --dir.")
    }
  }

  private static var ownFiles: [String] {
    ["source.db", "target.db"].flatMap { name in suffixes.map { name + $0 } }
      + ["demo.receipt.json", "replicate.log"]
  }

  // MARK: The databases

  var source: any Endpoint { get throws { try Endpoints.make(sourceURL, as: .source) } }
  var target: any Endpoint { get throws { try Endpoints.make(targetURL, as: .target) } }

  /// A table's name with its schema, if the target has schemas.
  func quotedInTarget(_ table: String) throws -> String {
    let target = try target
    let dialect: any SQLDialect =
      target.engine == SQLServerDialect.engine ? SQLServerDialect() : PostgresDialect()
    return dialect.quoted(TableName(schema: target.schema, name: table))
  }

  /// What nobody should do to a target: a statement of somebody else's.
  func runInTarget(_ statement: SQLStatement) throws -> SQLResult {
    switch try target {
    case let sqlite as SQLiteEndpoint:
      var driver = try SQLiteDriver(path: sqlite.path, name: sqlite.name, access: .write)
      defer { driver.close() }
      return try driver.execute(statement)
    case let postgres as PostgresEndpoint:
      var driver = try postgres.driver(.write)
      defer { driver.close() }
      return try driver.execute(statement)
    case let sqlServer as SQLServerEndpoint:
      var driver = try sqlServer.driver(.write)
      defer { driver.close() }
      return try driver.execute(statement)
    case let other: preconditionFailure("the demonstration has no target of kind \(other.engine)")
    }
  }

  /// What the ledger says of the job. Opened for writing, because SQLite has to roll back what a killed
  /// process left before anybody can read.
  func ledger(_ access: Access) async throws -> [LedgerEntry] {
    let (source, target) = (try source, try target)
    let connection = try await target.connect(access)
    do {
      let entries = try await connection.ledger(job: Replication.job(source, target))
      await connection.close()
      return entries
    } catch {
      await connection.close()
      throw error
    }
  }
}
