import Runtime

/// A time in which sleeping takes none: a sleep returns at once, and it is later.
package final class VirtualTime: TimeSource {
  private let elapsed = Guarded(Duration.zero)

  package init() {}

  package var now: Duration { elapsed.withLock { $0 } }

  package var wallClock: WallTime {
    let now = now.components
    return WallTime(seconds: 1_600_000_000 + now.seconds, nanoseconds: Int32(now.attoseconds / 1_000_000_000))
  }

  package func sleep(for duration: Duration) async throws {
    try Task.checkCancellation()
    elapsed.withLock { $0 += max(duration, .zero) }
  }
}
