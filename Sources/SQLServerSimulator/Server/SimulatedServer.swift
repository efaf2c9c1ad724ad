import Glibc
import Runtime

/// How a simulated server is set up.
package struct ServerSettings: Sendable {
  /// Nil lets everybody in, with any password.
  package var password: String?
  package var user = "sa"
  /// What a login gets that names no database.
  package var database = "master"
  /// Made at the start.
  package var databases: [String] = []
  package var seed: UInt64 = 1

  package init() {}

  func accepts(_ user: String, _ password: String) -> Bool {
    guard let wanted = self.password else { return true }
    return user.lowercased() == self.user.lowercased() && password == wanted
  }
}

/// A SQL Server for tests and laptops: it speaks TDS, runs a subset of T-SQL, locks and deadlocks for real, and keeps
/// everything in memory.
///
/// Each connection has a thread of its own, and so has the listener.
package final class SimulatedServer: Sendable {
  package let address: SocketAddress
  package let core: ServerCore
  private let settings: ServerSettings
  private let listener: Socket
  private let connections = Guarded<[ObjectIdentifier: Socket]>([:])
  private let isListening = Guarded(true)
  private let served = Guarded(0)

  /// Listens at once. Throws `SocketError`, for a port that is taken.
  package init(
    on wanted: SocketAddress = .tcp(host: "127.0.0.1", port: 0),
    _ settings: ServerSettings = ServerSettings(),
    time: any TimeSource = SystemTime()
  ) throws {
    self.settings = settings
    core = ServerCore(time: time, seed: settings.seed)
    listener = try Socket.listen(on: wanted)
    if case .tcp(let host, _) = wanted, let port = listener.port {
      address = .tcp(host: host, port: port)
    } else {
      address = wanted
    }
    core.withStorage { storage in
      for name in settings.databases { _ = storage.createDatabase(name) }
    }
    try SystemThread.start(name: "sqlserver") { [self] in acceptClients() }
  }

  /// Connections that are open.
  package var connectionCount: Int { connections.withLock { $0.count } }
  /// Connections since the start.
  package var accepted: Int { served.withLock { $0 } }

  /// ALLOW_SNAPSHOT_ISOLATION.
  package func allowSnapshot(in database: String) {
    core.withStorage { storage in
      guard let id = storage.database(database)?.id else { return }
      storage.alterDatabase(id) { $0.allowsSnapshot = true }
    }
  }

  /// Breaks all connections, and returns when every thread is done with its socket.
  package func stop() {
    listener.shutdown()
    while isListening.withLock({ $0 }) { usleep(1000) }
    while true {
      let sockets = connections.withLock { Array($0.values) }
      if sockets.isEmpty { return }
      for socket in sockets { socket.shutdown() }
      usleep(1000)
    }
  }

  private func acceptClients() {
    while true {
      do {
        guard let socket = try listener.accept() else { break }
        try serve(socket)
      } catch {
        // Descriptors or threads ran out: those that are there go on, and others may come to an end.
        usleep(50_000)
      }
    }
    listener.close()
    isListening.withLock { $0 = false }
  }

  private func serve(_ socket: Socket) throws {
    guard let alarm = Alarm() else { return socket.reset() }
    let key = ObjectIdentifier(socket)
    connections.withLock { $0[key] = socket }
    served.withLock { $0 += 1 }
    do {
      try SystemThread.start(name: "sqlserver") { [self] in
        Connection(socket, settings, core, alarm).run()
        connections.withLock { $0[key] = nil }
      }
    } catch {
      connections.withLock { $0[key] = nil }
      socket.reset()
      throw error
    }
  }
}
