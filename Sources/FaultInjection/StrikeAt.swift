import Databases
import Runtime

/// Counts moments, and strikes one of them: how each moment of a job is tried out.
package final class StrikeAt: FaultInjector {
  private struct State {
    var moments: [Moment] = []
    var events: [FaultEvent] = []
  }

  private let ordinal: Int?
  private let blow: Verdict
  private let side: Side?
  private let operation: Operation?
  private let isFatal: Bool
  private let time: any TimeSource
  private let started: Duration
  private let state = Guarded(State())

  /// - Parameters:
  ///   - ordinal: Which moment, counted from 1; nil for a census that strikes none.
  ///   - side: Only moments of this side are counted, whose order does not depend on what the other side does
  ///     meanwhile; nil for all.
  ///   - operation: Only moments of this kind are counted; nil for all.
  ///   - isFatal: The process dies with it: every later moment, on either side, is cut.
  package init(
    _ ordinal: Int?, _ verdict: Verdict = .pass, side: Side? = nil, of operation: Operation? = nil,
    isFatal: Bool = false, time: any TimeSource
  ) {
    self.ordinal = ordinal
    blow = verdict
    self.side = side
    self.operation = operation
    self.isFatal = isFatal
    self.time = time
    started = time.now
  }

  package func verdict(at moment: Moment) -> Verdict {
    let elapsed = time.now - started
    return state.withLock { state in
      if isFatal, !state.events.isEmpty { return .cut(.before) }
      guard side == nil || side == moment.side, operation == nil || operation == moment.operation else {
        return .pass
      }
      state.moments.append(moment)
      guard state.moments.count == ordinal else { return .pass }
      state.events.append(
        FaultEvent(
          number: 1, at: elapsed.inSeconds, rule: "moment \(state.moments.count)", moment: moment,
          verdict: blow))
      return blow
    }
  }

  package var events: [FaultEvent] { state.withLock { $0.events } }
  /// The moments that were counted, in their order; the census.
  package var moments: [Moment] { state.withLock { $0.moments } }
}
