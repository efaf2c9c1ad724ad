import Databases

/// Which errors are worth another attempt, how long to wait for it, and when to give up.
package struct RetryPolicy: Sendable, Hashable {
  package var name: String
  /// Whose behaviour this is, and where it is written down.
  package var provenance: String
  /// Errors of these classes are retried.
  package var classes: Set<ErrorClass>
  package var backoff: Backoff
  package var limits: RetryLimits

  package init(
    name: String, provenance: String, classes: Set<ErrorClass>, backoff: Backoff, limits: RetryLimits
  ) {
    self.name = name
    self.provenance = provenance
    self.classes = classes
    self.backoff = backoff
    self.limits = limits
  }

  package func retries(_ error: DatabaseError) -> Bool { classes.contains(error.errorClass) }

  package static let standard = RetryPolicy(
    name: "default", provenance: "Proofload's own",
    classes: [.conflict, .connectionLost, .throttled, .readOnly],
    backoff: .decorrelatedJitter(base: .milliseconds(100), cap: .seconds(30)),
    limits: RetryLimits(attempts: 10, time: .seconds(600)))

  package static let none = RetryPolicy(
    name: "none", provenance: "Proofload's own", classes: [], backoff: .fixed([]),
    limits: RetryLimits(attempts: 1, time: nil))
}

/// How long to wait before the next attempt.
package enum Backoff: Sendable, Hashable {
  /// At random between `base` and three times the last wait, at most `cap`.
  case decorrelatedJitter(base: Duration, cap: Duration)
  /// base · factor^n, at most `cap`, times a random number from 1 to 1 + `jitter`.
  case exponential(base: Duration, factor: Double, cap: Duration, jitter: Double)
  /// These waits, and the last of them again and again.
  case fixed([Duration])
}

/// When to give up; what comes first counts.
package struct RetryLimits: Sendable, Hashable {
  /// Attempts at one unit in one run, the first included; nil is no limit.
  package var attempts: Int?
  /// Time since the first attempt at the unit.
  package var time: Duration?

  package init(attempts: Int?, time: Duration?) {
    self.attempts = attempts
    self.time = time
  }
}
