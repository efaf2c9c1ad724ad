import Glibc

/// The time of the machine.
package struct SystemTime: TimeSource {
  package init() {}

  package var now: Duration {
    let time = read(CLOCK_MONOTONIC)
    return Duration(
      secondsComponent: Int64(time.tv_sec), attosecondsComponent: Int64(time.tv_nsec) * 1_000_000_000)
  }

  package var wallClock: WallTime {
    let time = read(CLOCK_REALTIME)
    return WallTime(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }

  package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }

  private func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    // It fails only for a clock that does not exist, and Linux has both.
    precondition(clock_gettime(clock, &time) == 0, "clock_gettime knows every clock that is asked for")
    return time
  }
}
