/// What the engine knows about time. Nothing else in it reads a clock or sleeps, so that a simulation can
/// put virtual time in its place.
package protocol TimeSource: Sendable {
  /// Time since an arbitrary origin; never goes back. Only differences mean anything.
  var now: Duration { get }

  /// The time of day, for people to read. It may jump, so it is no measure of anything.
  var wallClock: WallTime { get }

  /// Returns once the duration has passed; at once for zero and less.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  func sleep(for duration: Duration) async throws

  /// Returns once the duration has passed, and no sooner in a cancelled task: what is on its way stays on its way.
  func delay(for duration: Duration) async
}

extension TimeSource {
  package func delay(for duration: Duration) async {
    // A task of its own, which nobody cancels.
    await Task { try? await sleep(for: duration) }.value
  }
}

extension Duration {
  /// Whole nanoseconds, of less than 292 years. A duration divided or multiplied costs more than a call.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
