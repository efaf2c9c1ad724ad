import FaultInjection
import Glibc
import Runtime

/// Stands in front of a server and lets a fault plan strike what passes through.
///
/// Each connection has a thread of its own, and so has the listener. `stop` breaks all connections and returns when
/// every thread is done with its sockets.
package final class FaultProxy: Sendable {
  /// Where clients connect.
  package let address: SocketAddress
  private let listener: Socket
  private let state: ProxyState
  private let isListening = Guarded(true)
  private let makeCodec: @Sendable () -> any WireCodec

  /// - Parameters:
  ///   - heard: Hears of each fault as it strikes, on the thread of its connection.
  package init(
    listen: SocketAddress, upstream: SocketAddress, injector: any FaultInjector,
    codec: @escaping @Sendable () -> any WireCodec, heard: @escaping @Sendable (WireFault) -> Void = { _ in }
  ) throws {
    listener = try Socket.listen(on: listen)
    makeCodec = codec
    state = ProxyState(upstream: upstream, injector: injector, heard: heard)
    if case .tcp(let host, _) = listen, let port = listener.port {
      address = .tcp(host: host, port: port)
    } else {
      address = listen
    }
    try SystemThread.start(name: "proxy") { [self] in acceptClients() }
  }

  package var status: ProxyStatus { state.status }
  package var faults: [WireFault] { state.faults }
  package func setFaults(on: Bool) { state.isOn = on }
  package func setPaused(_ isPaused: Bool) { state.isPaused = isPaused }
  package func follow(_ injector: any FaultInjector) { state.replaceInjector(injector) }

  package func stop() {
    listener.shutdown()
    while isListening.withLock({ $0 }) { usleep(1000) }
    while true {
      let sessions = state.sessions
      if sessions.isEmpty { return }
      for session in sessions { session.breakOff() }
      usleep(1000)
    }
  }

  private func acceptClients() {
    while true {
      do {
        guard let client = try listener.accept() else { break }
        try serve(client)
      } catch {
        // Descriptors or threads ran out: those that are there go on, and others may come to an end.
        usleep(50_000)
      }
    }
    listener.close()
    isListening.withLock { $0 = false }
  }

  private func serve(_ client: Socket) throws(SystemThread.StartError) {
    let session = state.begin(client)
    do throws(SystemThread.StartError) {
      try SystemThread.start(name: "proxy \(session.number)") { [state, makeCodec] in
        SessionLoop(session, state, makeCodec()).run()
        state.end(session)
      }
    } catch {
      client.reset()
      state.end(session)
      throw error
    }
  }
}
