import FaultInjection
import Runtime

/// A client's connection and the server's behind it, from any thread: all that can be done is to break it.
final class ProxySession: Sendable {
  let number: Int
  let client: Socket
  private let server = Guarded<Socket?>(nil)
  private let stop = StopSignal()

  init(number: Int, client: Socket) {
    self.number = number
    self.client = client
  }

  var isStopped: Bool { stop.isRequested }

  func attach(_ server: Socket) { self.server.withLock { $0 = server } }

  func breakOff() {
    stop.request()
    client.shutdown()
    server.withLock { $0 }?.shutdown()
  }
}
