import Synchronization

/// The wish to stop gracefully: finish the batch, leave the ledger true, then return.
///
/// Distinct from cancelling a task, which gives up at once. Whoever works in steps looks at `isRequested`
/// between two of them.
package final class StopSignal: Sendable {
  private let requested = Atomic(false)

  package init() {}

  /// Asks for the stop. There is no way back, and asking twice is asking once.
  package func request() { requested.store(true, ordering: .releasing) }

  package var isRequested: Bool { requested.load(ordering: .acquiring) }
}
