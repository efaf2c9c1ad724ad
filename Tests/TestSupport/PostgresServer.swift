import Foundation
import PostgresDatabase
import Synchronization
import Testing

/// The PostgreSQL server of this test process, started by the first test that asks for it.
package final class PostgresServer: Sendable {
  /// On every suite that needs the server. Without an installation the suite is skipped, but fails under CI.
  package static let isNeeded: ConditionTrait = .enabled(
    if: PrivateServer.programs() != nil || ProcessInfo.processInfo.environment["CI"] != nil,
    "PostgreSQL's server is not installed. \(PrivateServer.installation)")

  package static var shared: PostgresServer { get throws { try started.get() } }
  private static let started = Result { try PostgresServer() }

  package let server: PrivateServer
  private let databases = Mutex(0)

  private init() throws {
    server = try PrivateServer(
      in: "/tmp/proofload-postgres-\(getpid())", removingDirectory: true)
  }

  /// Creates an empty database for one test, and returns its URL.
  package func database(encoding: String = "UTF8") async throws -> String {
    let number = databases.withLock { count in
      count += 1
      return count
    }
    let name = "test_\(number)"
    try psql("CREATE DATABASE \(name) TEMPLATE template0 ENCODING '\(encoding)' LOCALE 'C'", server.url)
    return server.url(database: name)
  }

  /// What psql prints for the statements: unaligned, without headers, fields separated by `|`.
  @discardableResult
  package func psql(_ sql: String, _ url: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(PrivateServer.programs() ?? "")/psql")
    process.arguments = ["-XqAt", "-v", "ON_ERROR_STOP=1", url]
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(sql.utf8))
    try input.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw PrivateServer.StartError(description: "psql: \(complaints)")
    }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}
