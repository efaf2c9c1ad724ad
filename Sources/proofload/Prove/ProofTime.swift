import Runtime

/// The machine's time, in which waits before another attempt are over at once: a proof tries a thousand times.
struct ProofTime: TimeSource {
  private let base = SystemTime()

  var now: Duration { base.now }
  var wallClock: WallTime { base.wallClock }
  func sleep(for duration: Duration) async throws {
    try await base.sleep(for: min(duration, .milliseconds(1)))
  }
}
