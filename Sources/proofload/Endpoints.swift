import Databases
import Foundation
import PostgresDatabase
import Replication
import Reports
import SQLServerDatabase
import SQLiteDatabase
import StackOverflow

/// What an endpoint is there for.
enum EndpointRole: String {
  case source, target, witness

  /// Where its password may be, so that it need not be in the URL, which every user of the machine can see.
  var passwordVariable: String { "PROOFLOAD_\(rawValue.uppercased())_PASSWORD" }
}

/// Makes endpoints of URLs.
enum Endpoints {
  private static let schemes = ["sqlite", "postgres", "postgresql", "sqlserver", "mssql", "stackoverflow"]
  private static let forms =
    "sqlite:FILE, postgres://USER@HOST/DATABASE, sqlserver://USER@HOST/DATABASE, stackoverflow:?scale=0.01"

  static func make(_ url: String, as role: EndpointRole) throws -> any Endpoint {
    guard let colon = url.firstIndex(of: ":") else {
      throw UsageError(
        "the \(role) '\(PrintableURL.redacted(url))' is no URL: it names no kind of database",
        remedy: "For a SQLite file write sqlite:\(Shell.quoted(url)). Others are: \(forms).")
    }
    switch url[..<colon] {
    case "sqlite": return try sqlite(String(url[url.index(after: colon)...]), role)
    case "postgres", "postgresql":
      let password = ProcessInfo.processInfo.environment[role.passwordVariable]
      return try PostgresEndpoint(url: url, password: password, executor: Session.thread)
    case "sqlserver", "mssql":
      let password = ProcessInfo.processInfo.environment[role.passwordVariable]
      return try SQLServerEndpoint(url: url, password: password, executor: Session.thread)
    case "stackoverflow":
      guard role != .target else {
        throw UsageError(
          "the target is '\(url)', and generated rows can only be read",
          remedy: "Use stackoverflow: with --from or --witness.")
      }
      return try StackOverflowEndpoint(url: url, executor: Session.thread)
    case let scheme:
      let guess =
        EditDistance.nearest(to: String(scheme), among: schemes).map { "Did you mean \($0):? " } ?? ""
      throw UsageError(
        "the \(role) '\(PrintableURL.redacted(url))' is of a kind that Proofload does not know",
        remedy: "\(guess)It knows \(forms).")
    }
  }

  private static func sqlite(_ path: String, _ role: EndpointRole) throws(UsageError) -> SQLiteEndpoint {
    guard !path.isEmpty else {
      throw UsageError("the \(role) 'sqlite:' names no file", remedy: "Write it like sqlite:shop.db.")
    }
    guard path != ":memory:" else {
      throw UsageError(
        "the \(role) is a database in memory, which nobody else could see",
        remedy: "Name a file: sqlite:shop.db.")
    }
    // Two slashes would mean the root directory, and whoever writes them means a file right here.
    guard !path.hasPrefix("//") || path.hasPrefix("///") else {
      throw UsageError(
        "the \(role) 'sqlite:\(path)' has slashes before its path",
        remedy: "Write sqlite:\(path.dropFirst(2)), or sqlite:/path from the root directory.")
    }
    return SQLiteEndpoint(path: path, executor: Session.thread)
  }

  /// The software that took part, each once.
  static func versions(_ endpoints: [any Endpoint]) -> [EngineVersion] {
    var versions: [EngineVersion] = []
    for endpoint in endpoints {
      let version = EngineVersion(engine: endpoint.engine.rawValue, version: version(of: endpoint))
      if !versions.contains(version) { versions.append(version) }
    }
    return versions
  }

  private static func version(of endpoint: any Endpoint) -> String {
    switch endpoint {
    case is SQLiteEndpoint: return SQLiteEndpoint.libraryVersion
    case is StackOverflowEndpoint: return Version.current
    case let postgres as PostgresEndpoint:
      do throws(DatabaseError) {
        var driver = try postgres.driver(.read)
        defer { driver.close() }
        return try driver.execute("SHOW server_version").rows.first?.first?.text ?? "unknown"
      } catch {
        // The run has ended, and says itself if the server is gone.
        return "unknown"
      }
    case let server as SQLServerEndpoint:
      do throws(DatabaseError) {
        var driver = try server.driver(.read)
        defer { driver.close() }
        let version = try driver.execute("SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))")
        return version.rows.first?.first?.text ?? "unknown"
      } catch {
        return "unknown"
      }
    default: return "unknown"
    }
  }

  /// Refuses to compare or copy a database with itself.
  static func requireDistinct(_ endpoints: [(role: EndpointRole, endpoint: any Endpoint)]) throws(UsageError)
  {
    for (index, left) in endpoints.enumerated() {
      for right in endpoints[(index + 1)...]
      where left.endpoint.engine == right.endpoint.engine && left.endpoint.identity == right.endpoint.identity
      {
        throw UsageError(
          "\(left.role) and \(right.role) are the same database: \(left.endpoint.name)",
          remedy: "Name two different ones.")
      }
    }
  }
}
