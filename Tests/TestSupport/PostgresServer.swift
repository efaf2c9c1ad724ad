import Foundation
import PostgresDatabase
import Runtime
import Testing

/// The PostgreSQL server of this test process, started by the first test that asks for it.
package final class PostgresServer: Sendable {
  /// On every suite that needs the server. Without an installation the suite is skipped, but fails under CI.
  package static let isNeeded: ConditionTrait = .enabled(
    if: isExpected, "PostgreSQL's server is not installed. \(PrivateServer.installation)")

  /// There is an installation, or CI is to fail for the want of one.
  package static let isExpected =
    PrivateServer.programs() != nil || ProcessInfo.processInfo.environment["CI"] != nil

  package static var shared: PostgresServer { get throws { try started.get() } }
  private static let started = Result { try PostgresServer() }

  package let server: PrivateServer
  private let databases = Guarded(0)
  private let files = Guarded(0)

  private init() throws {
    server = try PrivateServer(forTest: "postgres")
    // What the server keeps for a crash is in memory, too.
    try server.execute("ALTER SYSTEM SET max_wal_size = '256MB'")
    try server.execute("SELECT pg_reload_conf()")
  }

  /// Creates an empty database for one test, and returns its URL. In a suite that is marked with `.blocks` the
  /// database is dropped at the test's end.
  package func database(encoding: String = "UTF8") async throws -> String {
    BlockingThreads.require()
    let number = databases.withLock { count in
      count += 1
      return count
    }
    let name = "test_\(number)"
    try server.execute("CREATE DATABASE \(name) TEMPLATE template0 ENCODING '\(encoding)' LOCALE 'C'")
    PostgresServer.lent?.withLock { $0.append(name) }
    return server.url(database: name)
  }

  /// The databases of the test that runs.
  @TaskLocal private static var lent: Guarded<[String]>?

  /// Drops what `body` creates.
  static func droppingDatabases(_ body: () async throws -> Void) async throws {
    let names = Guarded<[String]>([])
    defer { for name in names.withLock({ $0 }) { try? shared.drop(name) } }
    try await $lent.withValue(names, operation: body)
  }

  /// What cannot be dropped in time goes with the server: PostgreSQL waits until each session of any database has
  /// heard of it, and one whose client has stopped to read may not.
  private func drop(_ name: String) throws {
    try server.execute("DROP DATABASE \(name) WITH (FORCE)", seconds: 30)
  }

  /// From now on the user has to give a password; all others are trusted.
  package func requirePassword(of user: String) throws {
    let file = "\(server.directory)/data/pg_hba.conf"
    let rules = try String(contentsOfFile: file, encoding: .utf8)
    try "host all \(user) all scram-sha-256\n\(rules)".write(toFile: file, atomically: false, encoding: .utf8)
    try psql("SELECT pg_reload_conf()", server.url)
  }

  /// What psql prints for the statements: unaligned, without headers, fields separated by `|`.
  @discardableResult
  package func psql(_ sql: String, _ url: String) throws -> String {
    BlockingThreads.require()
    let number = files.withLock { count in
      count += 1
      return count
    }
    let (input, output) = ("\(server.directory)/psql-\(number).sql", "\(server.directory)/psql-\(number).out")
    try "SET client_min_messages = error;\n\(sql)".write(toFile: input, atomically: false, encoding: .utf8)
    let end = try ChildProcess(
      ["\(PrivateServer.programs() ?? "")/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", input, url],
      output: output
    ).wait()
    let text = try String(contentsOfFile: output, encoding: .utf8)
    guard end == .exited(code: 0) else { throw PrivateServer.StartError(description: "psql: \(text)") }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}

extension PrivateServer {
  /// A server of its own for a test, in memory where there is plenty.
  package convenience init(forTest name: String) throws {
    try self.init(in: PrivateServer.directory(forTest: name), removingDirectory: true)
  }

  package static func directory(forTest name: String) -> String {
    "\(TemporaryDirectory.parent)/proofload-\(name)-\(getpid())"
  }
}
