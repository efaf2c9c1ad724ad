import Databases
import Foundation
import Glibc
import PostgresDatabase
import Runtime
import SQLServerDatabase
import SQLiteDatabase

/// Databases of our own in or beside the user's target: one for each interruption that is tried at a time.
struct Scratch: Sendable {
  private enum Kind: Sendable {
    case schemas(any ScratchPlaces)
    case files(ScratchFiles)
  }

  private let kind: Kind
  private let url: String
  /// What earlier proofs that died had left over, and what was removed.
  let leftovers: [String]

  init(target url: String, count: Int) async throws {
    self.url = url
    let id = String(Scratch.number, radix: 16)
    switch try Endpoints.make(url, as: .target) {
    case let postgres as PostgresEndpoint:
      let schemas = ScratchSchemas(in: postgres, id: id, count: count, on: Session.thread())
      (kind, leftovers) = (.schemas(schemas), try await Scratch.made(schemas))
    case let server as SQLServerEndpoint:
      let schemas = SQLServerScratchSchemas(in: server, id: id, count: count, on: Session.thread())
      (kind, leftovers) = (.schemas(schemas), try await Scratch.made(schemas))
    case let sqlite as SQLiteEndpoint:
      leftovers = ScratchFiles.removeLeftovers(beside: sqlite.path)
      kind = .files(try ScratchFiles(beside: sqlite.path, id: id, count: count))
    case let other: preconditionFailure("there are no targets of kind \(other.engine)")
    }
  }

  private static func made(_ places: any ScratchPlaces) async throws -> [String] {
    do { return try await places.create() } catch {
      try? await places.drop()
      throw error
    }
  }

  /// Nobody else's: of the process and the time.
  private static var number: UInt32 {
    var seed = Seed(UInt64(getpid()) << 32 ^ UInt64(Session.time.wallClock.nanoseconds.magnitude))
    return UInt32(truncatingIfNeeded: seed.next())
  }

  /// Names the databases: schemas, or paths of files.
  var places: [String] {
    switch kind {
    case .schemas(let schemas): schemas.names
    case .files(let files): files.paths
    }
  }

  /// What the report calls them all together.
  var name: String {
    switch kind {
    case .schemas(let schemas): "schemas \(schemas.names[0]) to \(schemas.names.count)"
    case .files(let files): files.directory
    }
  }

  /// As an endpoint, in this process or in another.
  static func endpoint(_ place: String, target url: String) throws -> any Endpoint {
    switch try Endpoints.make(url, as: .target) {
    case is PostgresEndpoint:
      let password = ProcessInfo.processInfo.environment[EndpointRole.target.passwordVariable]
      return try PostgresEndpoint(url: url, password: password, schema: place, executor: Session.thread)
    case is SQLServerEndpoint:
      let password = ProcessInfo.processInfo.environment[EndpointRole.target.passwordVariable]
      return try SQLServerEndpoint(url: url, password: password, schema: place, executor: Session.thread)
    default: return SQLiteEndpoint(path: place, executor: Session.thread)
    }
  }

  /// An empty database.
  func cleared(_ place: String) async throws -> any Endpoint {
    switch kind {
    case .schemas(let schemas): try await schemas.clear(place)
    case .files(let files): files.clear(place)
    }
    return try Scratch.endpoint(place, target: url)
  }

  /// Everything is gone afterwards; throws what kept it from that.
  func remove() async throws {
    switch kind {
    case .schemas(let schemas): try await schemas.drop()
    case .files(let files): files.remove()
    }
  }
}

/// Schemas of our own in a database, of whatever engine.
private protocol ScratchPlaces: Actor {
  nonisolated var names: [String] { get }
  func create() async throws -> [String]
  func clear(_ name: String) async throws
  func drop() async throws
}

extension ScratchSchemas: ScratchPlaces {}
extension SQLServerScratchSchemas: ScratchPlaces {}
