import Databases
import Runtime

/// A worker's two connections: it reads on one and writes on the other, each on a thread of its own.
struct WorkerConnections: Sendable {
  let source: any Connection
  let target: any Connection

  func close() async {
    await source.close()
    await target.close()
  }
}

/// Runs work items on a number of workers, each with its own connections.
struct WorkerPool: Sendable {
  let workers: Int
  let stop: StopSignal
  let connect: @Sendable () async throws -> WorkerConnections

  /// Returns when all items are done. The first error cancels the other workers and is thrown; a requested stop
  /// lets no further item begin, and throws `JobError` `.stopped`.
  func run<Item: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item, WorkerConnections) async throws -> Void
  ) async throws {
    guard !items.isEmpty else { return }
    let queue = Guarded(items[...])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<min(workers, items.count) {
        group.addTask {
          let connections = try await connect()
          do {
            while let item = queue.withLock({ $0.popFirst() }) {
              if stop.isRequested { throw JobError.stoppedOnRequest }
              try await body(item, connections)
            }
          } catch {
            await connections.close()
            throw error
          }
          await connections.close()
        }
      }
      try await group.waitForAll()
    }
  }
}

extension JobError {
  static let stoppedOnRequest = JobError(
    .stopped, "stopped on request; no half-copied unit is left in the target",
    remedy: "Run the same command again to go on.")
}
