import Databases
import Runtime

/// An endpoint whose process "dies" at its n-th call: before the call has its effect, or after.
///
/// From then on every call of every connection fails as if the connection were gone; only `close` works, which
/// is what the operating system does for a killed process.
package struct InterruptedEndpoint: Endpoint {
  package enum Moment: String, Sendable, CaseIterable {
    case beforeEffect, afterEffect
  }

  let base: any Endpoint
  let fuse: Fuse

  package init(_ base: any Endpoint, atCall call: Int, _ moment: Moment) {
    self.base = base
    fuse = Fuse(call: call, moment: moment)
  }

  package var engine: Engine { base.engine }
  package var name: String { base.name }
  package var identity: String { base.identity }
  package var capabilities: Capabilities { base.capabilities }
  package var schema: String? { base.schema }
  package var isMissing: Bool { base.isMissing }

  /// The operation that was interrupted; nil if the job ended before.
  package var struckAt: String? { fuse.struckAt }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    WatchedConnection(try await base.connect(access), fuse)
  }
}

/// Counts calls, and says what becomes of each.
final class Fuse: CallWatch {
  private let call: Int
  private let moment: InterruptedEndpoint.Moment
  private let state = Guarded<(calls: Int, struckAt: String?)>((0, nil))

  init(call: Int, moment: InterruptedEndpoint.Moment) {
    self.call = call
    self.moment = moment
  }

  var struckAt: String? { state.withLock { $0.struckAt } }

  func strike(_ operation: String) -> Strike? {
    let (isDead, strikes) = state.withLock { state in
      state.calls += 1
      let isDead = state.struckAt != nil
      if !isDead, state.calls == call { state.struckAt = operation }
      return (isDead, !isDead && state.calls == call)
    }
    let dead = DatabaseError(
      engine: Engine(rawValue: "test"), errorClass: .connectionLost, message: "the process is dead",
      place: ErrorPlace(endpoint: "test", operation: operation))
    if isDead || (strikes && moment == .beforeEffect) { return Strike(dead) }
    return strikes ? Strike(dead, afterEffect: true) : nil
  }
}
