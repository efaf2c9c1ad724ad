import CPostgres
import Databases
import Runtime

/// Cancels what the connection's server process is doing, over a connection of its own.
///
/// libpq's cancel object is a copy of what it needs and outlives the connection, so that nothing can be
/// freed under a thread that interrupts. Unchecked because libpq declares `PQcancel` thread-safe:
/// https://www.postgresql.org/docs/current/libpq-cancel.html
final class PostgresInterrupter: Interrupter, @unchecked Sendable {
  private struct State {
    var isClosed = false
    var wasAsked = false
  }
  private let cancel: OpaquePointer?
  private let state = Guarded(State())

  init(connection: OpaquePointer) { cancel = PQgetCancel(connection) }
  deinit { PQfreeCancel(cancel) }

  func interrupt() {
    let isOpen = state.withLock { state in
      state.wasAsked = true
      return !state.isClosed
    }
    if isOpen { cancelStatement() }
  }

  /// Cancels the statement without the user having asked for it.
  func cancelStatement() {
    var complaint = [CChar](repeating: 0, count: 256)
    // A cancel that does not arrive leaves the call running, as one that comes too late does.
    _ = PQcancel(cancel, &complaint, Int32(complaint.count))
  }

  /// Whether a cancelled statement is our doing.
  var wasAsked: Bool { state.withLock { $0.wasAsked } }
  func forget() { state.withLock { $0.wasAsked = false } }
  func close() { state.withLock { $0.isClosed = true } }
}
