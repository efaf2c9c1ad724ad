import Databases
import Replication

/// An endpoint whose state is held while several connections read it.
struct HeldEndpoint: Sendable {
  let endpoint: any Endpoint
  private let holder: any Connection
  private let snapshot: String?

  static func hold(_ endpoint: any Endpoint) async throws(DatabaseError) -> HeldEndpoint {
    let holder = try await endpoint.connect(.read)
    do throws(DatabaseError) {
      return HeldEndpoint(endpoint: endpoint, holder: holder, snapshot: try await holder.beginSnapshot())
    } catch {
      await holder.close()
      throw error
    }
  }

  /// A connection that sees the state that is held, where the engine can do that.
  func connect() async throws(DatabaseError) -> any Connection {
    let connection = try await endpoint.connect(.read)
    guard let snapshot else { return connection }
    do throws(DatabaseError) {
      try await connection.joinSnapshot(snapshot)
      return connection
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Lets go, and says whether all readers saw one state.
  func release() async -> VerifiedEndpoint {
    // What cannot be told is unknown, whatever the reason: the report has a word for it.
    let verdict = (try? await holder.endSnapshot()) ?? .unknown
    await holder.close()
    return VerifiedEndpoint(name: endpoint.name, engine: endpoint.engine, snapshot: verdict)
  }
}

extension HeldEndpoint {
  /// A worker's connections to two held endpoints.
  static func connect(_ source: HeldEndpoint, _ target: HeldEndpoint) async throws -> WorkerConnections {
    let left = try await source.connect()
    do {
      return WorkerConnections(source: left, target: try await target.connect())
    } catch {
      await left.close()
      throw error
    }
  }
}
