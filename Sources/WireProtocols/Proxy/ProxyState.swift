import FaultInjection
import Runtime

/// A fault that struck on the wire.
package struct WireFault: Sendable, Hashable {
  /// The client's connection, counted from 1.
  package let connection: Int
  package let event: FaultEvent

  /// A line of the event log, without its newline.
  package var jsonLine: String { "{\"connection\":\(connection)," + event.jsonLine.dropFirst() }
}

/// What all sessions of a proxy share.
final class ProxyState: Sendable {
  private struct State {
    var injector: any FaultInjector
    var isOn = true
    var isPaused = false
    var faults: [WireFault] = []
    var bytes = (toServer: 0, toClient: 0)
    var sessions: [Int: ProxySession] = [:]
    var accepted = 0
  }

  let upstream: SocketAddress
  private let state: Guarded<State>
  // Held over the verdict and its event, so that each finds the other.
  private let deciding = Guarded(0)
  private let heard: @Sendable (WireFault) -> Void

  init(
    upstream: SocketAddress, injector: any FaultInjector, heard: @escaping @Sendable (WireFault) -> Void
  ) {
    self.upstream = upstream
    self.heard = heard
    state = Guarded(State(injector: injector))
  }

  // MARK: Verdicts

  func verdict(at moment: Moment, connection: Int) -> Verdict {
    let injector = state.withLock { $0.isOn ? $0.injector : nil }
    guard let injector else { return .pass }
    let (verdict, event) = deciding.withLock { _ -> (Verdict, FaultEvent?) in
      let verdict = injector.verdict(at: moment)
      return (verdict, verdict == .pass ? nil : injector.events.last)
    }
    if let event {
      let fault = WireFault(connection: connection, event: event)
      state.withLock { $0.faults.append(fault) }
      heard(fault)
    }
    return verdict
  }

  var faults: [WireFault] { state.withLock { $0.faults } }
  func replaceInjector(_ injector: any FaultInjector) { state.withLock { $0.injector = injector } }
  var isOn: Bool {
    get { state.withLock { $0.isOn } }
    set { state.withLock { $0.isOn = newValue } }
  }
  var isPaused: Bool {
    get { state.withLock { $0.isPaused } }
    set { state.withLock { $0.isPaused = newValue } }
  }

  // MARK: Traffic

  func count(_ bytes: Int, _ direction: Direction) {
    state.withLock { state in
      switch direction {
      case .toServer: state.bytes.toServer += bytes
      case .toClient: state.bytes.toClient += bytes
      }
    }
  }

  func begin(_ client: Socket) -> ProxySession {
    state.withLock { state in
      state.accepted += 1
      let session = ProxySession(number: state.accepted, client: client)
      state.sessions[session.number] = session
      return session
    }
  }

  func end(_ session: ProxySession) { state.withLock { $0.sessions[session.number] = nil } }
  var sessions: [ProxySession] { state.withLock { Array($0.sessions.values) } }

  var status: ProxyStatus {
    state.withLock { state in
      ProxyStatus(
        upstream: upstream.description, isPaused: state.isPaused, faultsAreOn: state.isOn,
        open: state.sessions.count, accepted: state.accepted, faults: state.faults.count,
        bytesToServer: state.bytes.toServer, bytesToClient: state.bytes.toClient)
    }
  }
}

/// What a proxy is doing.
package struct ProxyStatus: Sendable, Codable, Equatable {
  package var upstream: String
  package var isPaused: Bool
  package var faultsAreOn: Bool
  /// Connections that are open now, and all that ever were.
  package var open: Int
  package var accepted: Int
  package var faults: Int
  package var bytesToServer: Int
  package var bytesToClient: Int
}
