import Databases
import Replication
import Rows
import Runtime

/// Watches at the seam what one run may never do: hold more rows than its channels allow, and try again what a
/// retry does not mend.
final class Conduct: Sendable {
  private struct State: Sendable {
    /// Bytes of the batches that were read and not yet written, by the connection that read them.
    var held: [Int: [(batch: ObjectIdentifier, bytes: Int)]] = [:]
    var largest = 0
    var hopeless: [UnitKey: String] = [:]
    var conflicts: [UnitKey: Int] = [:]
  }

  private let state = Guarded(State())
  private let channelBytes: Int
  private let policy: RetryPolicy
  private let report: @Sendable (String) -> Void

  init(channelBytes: Int, policy: RetryPolicy, report: @escaping @Sendable (String) -> Void) {
    self.channelBytes = channelBytes
    self.policy = policy
    self.report = report
  }

  // MARK: Memory

  func readBegins(on connection: Int) { state.withLock { $0.held[connection] = nil } }

  func batchArrived(_ batch: RowBatch, on connection: Int) {
    let excess: Int? = state.withLock { state in
      state.held[connection, default: []].append((ObjectIdentifier(batch), batch.bytes.count))
      state.largest = max(state.largest, batch.bytes.count)
      let bytes = state.held[connection, default: []].reduce(0) { $0 + $1.bytes }
      // What waits in the channel, one batch in the reader's hand, and one in the writer's.
      let limit = max(channelBytes, state.largest) + 2 * state.largest
      return bytes > limit ? bytes : nil
    }
    if let excess {
      report("memory: \(excess) bytes were read and not written, with a channel of \(channelBytes)")
    }
  }

  func batchLeft(_ batch: RowBatch) {
    state.withLock { state in
      for connection in state.held.keys {
        state.held[connection]?.removeAll { $0.batch == ObjectIdentifier(batch) }
      }
    }
  }

  // MARK: Retries

  func failed(_ error: DatabaseError, unit: UnitKey?) {
    guard let unit else { return }
    state.withLock { state in
      switch error.errorClass {
      // Somebody was faster: an earlier attempt of the same run may try again.
      case .fenced: break
      case .conflict where policy.retries(error): state.conflicts[unit, default: 0] += 1
      case _ where !policy.retries(error): state.hopeless[unit] = "\(error.errorClass) \(error.code)"
      // Of a server that is away, time is the limit.
      default: break
      }
    }
  }

  /// Whether a conflict at a unit was one too many for the policy.
  func isExhausted(by error: DatabaseError) -> Bool {
    guard policy.retries(error), let limit = policy.limits.attempts else { return true }
    return state.withLock { $0.conflicts.values.contains { $0 >= limit } }
  }

  func unitClaimed(_ unit: UnitKey) {
    let (reason, conflicts) = state.withLock { ($0.hopeless[unit], $0.conflicts[unit] ?? 0) }
    if let reason { report("retry: unit \(unit) was tried again after \(reason)") }
    if let limit = policy.limits.attempts, conflicts >= limit {
      report("retry: unit \(unit) was tried again after \(conflicts) conflicts, of \(limit) attempts")
    }
  }
}
