import Runtime

extension Backoff {
  /// The wait after the n-th failure, from 1, when the wait before it was `last`.
  package func next(failure: Int, last: Duration, random: inout Seed) -> Duration {
    switch self {
    case .decorrelatedJitter(let base, let cap):
      let most = min(max(base, last) * 3, cap)
      guard most > base else { return most }
      return .seconds(Double.random(in: base.seconds...most.seconds, using: &random))
    case .exponential(let base, let factor, let cap, let jitter):
      var wait = base.seconds
      // Not by a power, which overflows long before anybody has lost patience.
      for _ in 1..<max(failure, 1) where wait < cap.seconds { wait *= factor }
      wait = min(wait, cap.seconds)
      guard jitter > 0 else { return .seconds(wait) }
      return .seconds(wait * Double.random(in: 1...(1 + jitter), using: &random))
    case .fixed(let waits):
      return waits.isEmpty ? .zero : waits[min(max(failure, 1), waits.count) - 1]
    }
  }
}
