import Databases
import Runtime

/// A worker's two connections: it reads on one and writes on the other, each on a thread of its own.
package struct WorkerConnections: Sendable {
  package let source: any Connection
  package let target: any Connection

  package init(source: any Connection, target: any Connection) {
    self.source = source
    self.target = target
  }

  package func close() async {
    await source.close()
    await target.close()
  }
}

/// Runs work items on a number of workers, each with its own connections.
package struct WorkerPool: Sendable {
  let workers: Int
  let stop: StopSignal
  let connect: @Sendable () async throws -> WorkerConnections

  package init(
    workers: Int, stop: StopSignal, connect: @escaping @Sendable () async throws -> WorkerConnections
  ) {
    self.workers = workers
    self.stop = stop
    self.connect = connect
  }

  /// Returns when all items are done. The first error cancels the other workers and is thrown; a requested stop
  /// lets no further item begin, and throws `JobError` `.stopped`.
  ///
  /// An error for which `outlives` says true costs its item only: the worker goes on with new connections,
  /// since nobody knows what the error left of the old ones.
  package func run<Item: Sendable>(
    _ items: [Item], outlives: @escaping @Sendable (any Error, Item) -> Bool = { _, _ in false },
    _ body: @escaping @Sendable (Item, WorkerConnections) async throws -> Void
  ) async throws {
    guard !items.isEmpty else { return }
    let queue = Guarded(items[...])
    let isStopped = Guarded(false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<min(workers, items.count) {
        group.addTask {
          var connections: WorkerConnections?
          while let item = queue.withLock({ $0.popFirst() }) {
            // Not by an error, which would cancel those that finish what they began.
            if stop.isRequested {
              isStopped.withLock { $0 = true }
              break
            }
            do {
              let open = if let connections { connections } else { try await connect() }
              connections = open
              try await body(item, open)
            } catch {
              await connections?.close()
              guard connections != nil, outlives(error, item) else { throw error }
              connections = nil
            }
          }
          await connections?.close()
        }
      }
      // Not `waitForAll`, which throws the first error only when everybody is done.
      for try await _ in group {}
    }
    if isStopped.withLock({ $0 }) { throw JobError.stoppedOnRequest }
  }
}

extension JobError {
  package static let stoppedOnRequest = JobError(
    .stopped, "stopped on request; the ledger knows which units are whole",
    remedy: "Run the same command again to go on.")
}
