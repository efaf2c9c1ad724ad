import Databases

/// Which errors are worth another attempt, how long to wait for it, and when to give up.
package struct RetryPolicy: Sendable, Hashable {
  package var name: String
  /// Whose behaviour this is, and where it is written down.
  package var provenance: String
  /// When that was read, as year and month.
  package var read: String?
  /// Engines whose errors it names one by one.
  package var lists: [Engine: ErrorList]
  /// Errors of these classes are retried, where no list or no number decides.
  package var classes: Set<ErrorClass>
  package var backoff: Backoff
  /// Waits for an endpoint that was there before and is away, or cannot be written for now; nil if they are the
  /// same as `backoff`.
  package var outage: Backoff?
  package var throttling: Throttling
  package var limits: RetryLimits

  package init(
    name: String, provenance: String, read: String? = nil, lists: [Engine: ErrorList] = [:],
    classes: Set<ErrorClass>, backoff: Backoff, outage: Backoff? = nil,
    throttling: Throttling = Throttling(), limits: RetryLimits
  ) {
    self.name = name
    self.provenance = provenance
    self.read = read
    self.lists = lists
    self.classes = classes
    self.backoff = backoff
    self.outage = outage
    self.throttling = throttling
    self.limits = limits
  }

  /// An error is decided by its code where the policy has a list for its engine, else by its class: so are all
  /// errors without a code, such as a connection that just ended.
  package func retries(_ error: DatabaseError) -> Bool {
    // To go on would be against somebody's will.
    if error.errorClass == .cancelled || error.errorClass == .fenced { return false }
    return lists[error.engine]?.decision(error) ?? classes.contains(error.errorClass)
  }

  /// What is waited after an error in addition to the backoff. A hint of the server's (`retryAfter`) is no part of it.
  package func extraWait(after error: DatabaseError) -> Duration {
    let isThrottled = throttling.lists[error.engine]?.decision(error) ?? (error.errorClass == .throttled)
    return isThrottled ? throttling.extra : .zero
  }

  /// The waits after an error, if its endpoint had answered before.
  package func waits(after error: DatabaseError) -> Backoff {
    Circuit.concerns(error) ? outage ?? backoff : backoff
  }

  /// Whether the policy has something of its own to say about an engine's errors.
  package func knows(_ engine: Engine) -> Bool { lists.isEmpty || lists[engine] != nil }
}

/// Codes of one engine.
package struct ErrorList: Sendable, Hashable {
  package var codes: [CodePattern]
  /// Codes that are not meant although a pattern matches them.
  package var except: [CodePattern]

  package init(_ codes: [CodePattern], except: [CodePattern] = []) {
    self.codes = codes
    self.except = except
  }

  /// Nil if the error has no code to go by.
  func decision(_ error: DatabaseError) -> Bool? {
    error.code.isEmpty ? nil : contains(error.code, of: error.engine)
  }

  /// By the number, or the SQLSTATE that the engine gives along with it.
  package func contains(_ code: String, of engine: Engine) -> Bool {
    let names = [code, ErrorCatalog.of(engine)?[code]?.sqlState].compactMap(\.self)
    func isNamed(in patterns: [CodePattern]) -> Bool {
      patterns.contains { names.contains(where: $0.matches) }
    }
    return isNamed(in: codes) && !isNamed(in: except)
  }
}

/// How long to wait before the next attempt. `n` counts the waits from 0.
package enum Backoff: Sendable, Hashable {
  /// At random between `base` and three times the last wait, at most `cap`.
  case decorrelatedJitter(base: Duration, cap: Duration)
  /// base · factor^n, times a random number from 1 to 1 + `jitter`, at most `cap`.
  case exponential(base: Duration, factor: Double, cap: Duration, jitter: Double)
  /// base · (factor^n - 1), times a random number from 1 to 1 + `jitter`, at most `cap`: the first wait is none.
  case exponentialFromZero(base: Duration, factor: Double, cap: Duration, jitter: Double)
  /// These waits, and the last of them again and again; none if there are none.
  case fixed([Duration])
}

/// What a server gets that asks for less.
package struct Throttling: Sendable, Hashable {
  /// Added to every wait after such an error.
  package var extra: Duration
  /// Engines whose throttling errors are named one by one; others have the class `throttled`.
  package var lists: [Engine: ErrorList]

  package init(extra: Duration = .zero, lists: [Engine: ErrorList] = [:]) {
    self.extra = extra
    self.lists = lists
  }
}

/// When to give up; what comes first counts.
package struct RetryLimits: Sendable, Hashable {
  /// Attempts at one unit in one run, the first included; nil is no limit.
  package var attempts: Int?
  /// Time lost since the unit's first failure: waits, and attempts that could not begin.
  package var time: Duration?

  package init(attempts: Int?, time: Duration?) {
    self.attempts = attempts
    self.time = time
  }
}
