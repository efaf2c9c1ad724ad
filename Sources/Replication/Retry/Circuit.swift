import Databases
import Runtime

/// Keeps workers from knocking all at once at an endpoint that is away: they wait together, and one probes.
package struct Circuit: Sendable {
  package enum Admission: Sendable, Equatable {
    case pass
    /// The endpoint was away; the next one to go finds out whether it is back.
    case probe
    /// Nil: until the one that probes has an answer.
    case wait(until: Duration?)
  }

  package enum Effect: Sendable, Equatable {
    /// It has just opened, or the probe failed: everybody waits this long.
    case opened(wait: Duration)
    /// It was open already.
    case stays
    case giveUp
  }

  private enum State: Equatable {
    case closed
    case open(until: Duration)
    case probing
  }

  private let policy: RetryPolicy
  private var state = State.closed
  private var retry: RetryState
  private var openedAt = Duration.zero

  package init(_ policy: RetryPolicy) {
    self.policy = policy
    retry = RetryState(policy)
  }

  /// Whether an error says that the endpoint as a whole is away, not that one statement failed.
  package static func concerns(_ error: DatabaseError) -> Bool {
    error.errorClass == .connectionLost || error.errorClass == .readOnly
  }

  package func admission(at now: Duration) -> Admission {
    switch state {
    case .closed: .pass
    case .open(let until): until <= now ? .probe : .wait(until: until)
    case .probing: .wait(until: nil)
    }
  }

  /// Whoever was told to probe goes.
  package mutating func probe() { state = .probing }

  /// The probe ended without an answer from this endpoint: the next one may probe at once.
  package mutating func probeWasIdle(at now: Duration) {
    if state == .probing { state = .open(until: now) }
  }

  /// Somebody lost the endpoint. Those who were at work when it opened tell nothing new.
  package mutating func failed(
    _ error: DatabaseError, isProbe: Bool, at now: Duration, random: inout Seed
  ) -> Effect {
    guard state == .closed || isProbe else { return .stays }
    if state == .closed { openedAt = now }
    switch retry.failed(error, countsAsAttempt: false, isOutage: true, at: now, random: &random) {
    case .giveUp: return .giveUp
    case .retry(let wait):
      state = .open(until: now + wait)
      return .opened(wait: wait)
    }
  }

  /// The endpoint answered. Returns how long it was away, nil if it was not. If it fails again before anything is
  /// done, the waits go on growing.
  package mutating func reached(at now: Duration) -> Duration? {
    guard state != .closed else { return nil }
    state = .closed
    retry.began(at: now)
    return now - openedAt
  }

  /// A unit was done: the endpoint is as good as new.
  package mutating func worked() {
    if state == .closed, retry.failures > 0 { retry = RetryState(policy) }
  }
}
