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
      return grown(base, by: Backoff.power(factor, failure - 1), cap, jitter, &random)
    case .exponentialFromZero(let base, let factor, let cap, let jitter):
      return grown(base, by: Backoff.power(factor, failure - 1) - 1, cap, jitter, &random)
    case .fixed(let waits):
      return waits.isEmpty ? .zero : waits[min(max(failure, 1), waits.count) - 1]
    }
  }

  private func grown(
    _ base: Duration, by growth: Double, _ cap: Duration, _ jitter: Double, _ random: inout Seed
  ) -> Duration {
    let wait = base.seconds * growth
    let longer = jitter > 0 ? wait * Double.random(in: 1...(1 + jitter), using: &random) : wait
    return .seconds(min(longer, cap.seconds))
  }

  /// Large, but never infinite: no wait is as long.
  private static func power(_ factor: Double, _ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<max(exponent, 0) where power < 1e12 { power *= factor }
    return power
  }
}
