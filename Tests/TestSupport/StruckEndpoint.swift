import Databases
import Runtime

/// An endpoint some of whose calls fail, as a test says.
///
/// `connect` and `close` are calls as well; connections are numbered from 0. A connection that was lost answers
/// nothing any more, and rolls back what it had open.
package struct StruckEndpoint: ForwardingEndpoint {
  package struct Call: Sendable {
    package var operation: String
    package var connection: Int
    /// How often this operation has been called on any connection, this time included.
    package var number: Int
    package var access: Access
  }

  package let base: any Endpoint
  private let shared: Shared

  package init(_ base: any Endpoint, _ decide: @escaping @Sendable (Call) -> Strike?) {
    self.base = base
    shared = Shared(decide)
  }

  /// The calls made, as `2 commit`: the connection's number and the operation.
  package var calls: [String] { shared.state.withLock { $0.calls } }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    let number = shared.state.withLock { state in
      state.connections += 1
      return state.connections - 1
    }
    if let strike = shared.strike("connect", number, access) { throw strike.error }
    let connection = try await base.connect(access)
    return WatchedConnection(connection, Watch(shared: shared, connection: number, access: access))
  }

  /// An error of the kind, with a number by which tests recognise it.
  package static func error(
    _ errorClass: ErrorClass, code: String = "T1", outcome: Outcome = .didNotHappen,
    retryAfter: Duration? = nil
  ) -> DatabaseError {
    var error = DatabaseError(
      engine: Engine(rawValue: "test"), code: code, errorClass: errorClass, message: "struck by a test",
      place: ErrorPlace(endpoint: "test", operation: "be tested"), outcome: outcome)
    error.retryAfter = retryAfter
    return error
  }

  fileprivate final class Shared: Sendable {
    struct State {
      var connections = 0
      var counts: [String: Int] = [:]
      var lost: Set<Int> = []
      var calls: [String] = []
    }

    let state = Guarded(State())
    private let decide: @Sendable (Call) -> Strike?

    init(_ decide: @escaping @Sendable (Call) -> Strike?) { self.decide = decide }

    func strike(_ operation: String, _ connection: Int, _ access: Access) -> Strike? {
      let (number, isLost) = state.withLock { state in
        state.counts[operation, default: 0] += 1
        state.calls.append("\(connection) \(operation)")
        return (state.counts[operation] ?? 0, state.lost.contains(connection))
      }
      if isLost { return Strike(StruckEndpoint.error(.connectionLost, code: "LOST")) }
      let call = Call(operation: operation, connection: connection, number: number, access: access)
      let strike = decide(call)
      if strike?.error.errorClass == .connectionLost {
        _ = state.withLock { $0.lost.insert(connection) }
      }
      return strike
    }
  }

  private struct Watch: CallWatch {
    let shared: Shared
    let connection: Int
    let access: Access

    func strike(_ operation: String) -> Strike? { shared.strike(operation, connection, access) }
  }
}
