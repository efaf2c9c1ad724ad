import Databases
import Rows
import Runtime

/// A model database as one client sees it: a process of the simulation has one, and takes it along when
/// it is killed.
package final class ModelEndpoint: Endpoint {
  package let database: ModelDatabase
  private let client: Int
  private let hasVanished = Guarded(false)

  package init(_ database: ModelDatabase) {
    self.database = database
    client = database.withServer { $0.newClient() }
  }

  package var engine: Engine { database.options.engine }
  package var name: String { "\(engine):\(database.name)" }
  package var identity: String { name }
  package var capabilities: Capabilities {
    Capabilities(
      parallelWriters: database.options.parallelWriters, sharesSnapshots: database.options.sharesSnapshots,
      foreignKeysNeedEqualTypes: database.options.foreignKeysNeedEqualTypes)
  }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    try await connection(access)
  }

  /// As `connect`, for who needs more than a `Connection`.
  package func connection(_ access: Access) async throws(DatabaseError) -> ModelConnection {
    let site = CallSite(engine: engine, endpoint: name, operation: "connect")
    guard !hasVanished.withLock({ $0 }) else { throw site.lost }
    let client = client
    let session = try database.withServer { server throws(DatabaseError) in
      try server.connect(client: client, access, site)
    }
    return ModelConnection(database, session: session, endpoint: name)
  }

  /// The client is killed: its connections hear nothing any more, and the server does not know it yet.
  /// A call that was on its way may still arrive, as the seed will have it.
  package func vanish() {
    hasVanished.withLock { $0 = true }
    database.vanish(client: client)
  }
}
