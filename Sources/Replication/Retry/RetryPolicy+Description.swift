extension Backoff: CustomStringConvertible {
  /// `random, 100ms to 30s`, for tables and receipts.
  package var description: String {
    switch self {
    case .decorrelatedJitter(let base, let cap): return "random, \(base.shortText) to \(cap.shortText)"
    case .exponential(let base, let factor, let cap, _):
      return "\(base.shortText), \((base * factor).shortText) ... \(cap.shortText)"
    case .exponentialFromZero(let base, let factor, let cap, _):
      let second = base * (factor - 1)
      return "none, \(second.shortText), \((base * (factor * factor - 1)).shortText) ... \(cap.shortText)"
    case .fixed(let waits): return waits.isEmpty ? "none" : waits.map(\.shortText).joined(separator: ", ")
    }
  }
}

extension RetryLimits: CustomStringConvertible {
  /// `10 attempts, 10m`.
  package var description: String {
    [attempts.map { $0 == 1 ? "1 attempt" : "\($0) attempts" }, time?.shortText].compactMap(\.self)
      .joined(separator: ", ")
  }
}

extension Duration {
  /// As policy files write it: `250ms`, `1.5s`, `10m`.
  package var shortText: String {
    let seconds = self / .seconds(1)
    let (value, unit) =
      seconds < 1
      ? (seconds * 1000, "ms")
      : seconds.truncatingRemainder(dividingBy: 60) == 0
        ? (seconds / 60, "m") : (seconds, "s")
    let rounded = (value * 1000).rounded() / 1000
    return (rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)") + unit
  }
}
