import Databases
import Foundation
import Runtime
import SQLServerDatabase
import SQLServerSimulator

/// The SQL Server of this test process: the one that PROOFLOAD_TEST_SQLSERVER_URL names, or a simulated one. Tests
/// cannot tell, and must not.
package final class SQLServer: Sendable {
  package static var shared: SQLServer { get throws { try started.get() } }
  private static let started = Result { try SQLServer() }

  /// A login that may create databases; the database that it names is used for that only.
  package let url: String
  private let simulator: SimulatedServer?
  private let databases = Guarded(0)

  private init() throws {
    if let url = ProcessInfo.processInfo.environment["PROOFLOAD_TEST_SQLSERVER_URL"] {
      self.url = url
      simulator = nil
    } else {
      let server = try SimulatedServer()
      simulator = server
      url = "sqlserver://sa@\(server.address)/master"
    }
  }

  /// Creates an empty database for one test, and returns its URL.
  package func database(snapshot: Bool = false) throws -> String {
    let number = databases.withLock { count in
      count += 1
      return count
    }
    let name = "test_\(getpid())_\(number)"
    var driver = try SQLServerEndpoint(url: url).driver(.write)
    defer { driver.close() }
    try driver.execute("CREATE DATABASE \(name)")
    if snapshot { try driver.execute("ALTER DATABASE \(name) SET ALLOW_SNAPSHOT_ISOLATION ON") }
    return try Self.url(url, database: name)
  }

  /// Runs statements on a database, and returns the rows of the last: fields separated by `|`.
  @discardableResult
  package func run(_ statements: String..., on url: String) throws -> String {
    var driver = try SQLServerEndpoint(url: url).driver(.write)
    defer { driver.close() }
    var last = ""
    for statement in statements {
      last = try driver.execute(statement).rows.map { row in
        row.map { $0.text ?? "NULL" }.joined(separator: "|")
      }.joined(separator: "\n")
    }
    return last
  }

  private static func url(_ url: String, database: String) throws -> String {
    let parts = url.split(separator: "?", maxSplits: 1)
    guard let slash = parts[0].lastIndex(of: "/") else { throw CocoaError(.coderInvalidValue) }
    return parts[0][...slash] + database + (parts.count > 1 ? "?\(parts[1])" : "")
  }
}

extension SQLServerEndpoint {
  /// A database of the test process's server, with a thread for each connection.
  package init(url: String) throws {
    try self.init(url: url, password: nil) { ConnectionThread(name: "sqlserver") }
  }
}
