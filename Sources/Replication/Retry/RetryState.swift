import Databases
import Runtime

/// What one piece of work has been through in this run; it decides after each failure whether there is another
/// attempt, and when.
package struct RetryState: Sendable {
  package enum Action: Sendable, Equatable {
    case retry(after: Duration)
    case giveUp(Reason)
  }

  package enum Reason: Sendable, Equatable {
    /// The policy does not retry such an error.
    case notRetried
    case attempts(Int)
    case time(Duration)
  }

  private let policy: RetryPolicy
  package private(set) var failures = 0
  /// Failures that count against the limit of attempts.
  private var attempts = 0
  private var waits = Waits()
  private var outageWaits = Waits()
  /// Time lost so far: since the first failure, less the work of attempts that began.
  private var lost = Duration.zero
  private var losingSince: Duration?

  /// The least wait for an endpoint that is away: only time limits how often it is asked.
  private static let courtesy = Duration.milliseconds(100)

  /// How far a backoff has grown.
  private struct Waits {
    private var count = 0
    private var last = Duration.zero

    mutating func next(_ backoff: Backoff, random: inout Seed) -> Duration {
      count += 1
      last = backoff.next(failure: count, last: last, random: &random)
      return last
    }
  }

  package init(_ policy: RetryPolicy) { self.policy = policy }

  /// The endpoints answer, and an attempt is at work: its time is not lost.
  package mutating func began(at now: Duration) {
    if let since = losingSince { lost += now - since }
    losingSince = nil
  }

  /// `countsAsAttempt` is false when the work could not even begin. Only time limits that, if the policy has a
  /// limit of time. `isOutage` is true when the endpoint, which was there before, is not: that takes longer than
  /// a conflict.
  package mutating func failed(
    _ error: DatabaseError, countsAsAttempt: Bool = true, isOutage: Bool = false, at now: Duration,
    random: inout Seed
  ) -> Action {
    failures += 1
    if countsAsAttempt { attempts += 1 }
    let since = losingSince ?? now
    losingSince = since
    // A value that does not fit will not fit the next time, whatever a client's list says.
    guard policy.retries(error), error.errorClass != .badRow else { return .giveUp(.notRetried) }
    let counted = policy.limits.time == nil ? failures : attempts
    if let most = policy.limits.attempts, counted >= most { return .giveUp(.attempts(counted)) }

    let backoff: Duration
    if isOutage, let outage = policy.outage {
      backoff = outageWaits.next(outage, random: &random)
    } else {
      backoff = waits.next(policy.backoff, random: &random)
    }
    let hint = error.retryAfter ?? .zero
    var wait = max(backoff + policy.extraWait(after: error), hint)
    if !countsAsAttempt { wait = max(wait, RetryState.courtesy) }
    if let limit = policy.limits.time {
      let elapsed = lost + (now - since)
      let left = limit - elapsed
      // To knock before the server's own time is to break the agreement.
      guard left > .zero, hint <= left else { return .giveUp(.time(elapsed)) }
      wait = min(wait, left)
    }
    return .retry(after: wait)
  }
}
