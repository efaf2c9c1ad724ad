import Databases

/// What anybody with the right to do it can do to the sessions of a PostgreSQL database. Nothing is simulated: the
/// errors are the server's own.
package struct SessionFaults: Sendable {
  private let endpoint: PostgresEndpoint

  package init(_ endpoint: PostgresEndpoint) { self.endpoint = endpoint }

  /// Ends Proofload's sessions in this database, but for this one: 57P01 for each of them.
  ///
  /// Returns how many were ended. `writing` leaves those alone that are not just taking rows.
  @discardableResult
  package func terminate(writing: Bool = false) throws(DatabaseError) -> Int {
    var driver = try endpoint.driver(.write)
    defer { driver.close() }
    return try driver.execute(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'proofload'
      AND backend_type = 'client backend'
      \(writing ? "AND state = 'active' AND query LIKE 'COPY % FROM STDIN%'" : "")
      """
    ).rows.count
  }

  /// Takes every connection that is left, so that the next one is refused with 53300, until the value is closed.
  package func exhaustConnections() throws(DatabaseError) -> ConnectionHoard {
    var hoard = ConnectionHoard()
    do throws(DatabaseError) {
      while true { try hoard.add(endpoint) }
    } catch {
      guard error.code == "53300" else {
        hoard.close()
        throw error
      }
    }
    return hoard
  }
}

/// Connections that nobody else can have.
package struct ConnectionHoard: ~Copyable {
  private var sessions: [ServerSession] = []

  package var count: Int { sessions.count }

  fileprivate mutating func add(_ endpoint: PostgresEndpoint) throws(DatabaseError) {
    sessions.append(try endpoint.driver(.read).session)
  }

  package mutating func close() {
    for session in sessions { session.close() }
    sessions = []
  }
}
