import Synchronization

/// The wish to stop gracefully: finish the batch, leave the ledger true, then return.
///
/// Distinct from cancelling a task, which gives up at once. Whoever works in steps looks at `isRequested`
/// between two of them; whoever waits, waits for `wait` as well.
package final class StopSignal: Sendable {
  private let requested = Atomic(false)
  private let bell = Bell()

  package init() {}

  /// Asks for the stop. There is no way back, and asking twice is asking once.
  package func request() {
    requested.store(true, ordering: .releasing)
    bell.ring()
  }

  package var isRequested: Bool { requested.load(ordering: .acquiring) }

  /// Returns once the stop is requested.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  package func wait() async throws { try await bell.wait(after: 0) }
}
