import Databases
import Runtime

extension RunContext {
  /// Waits for the time, or, with a bell, until it rings.
  ///
  /// - Throws: `JobError` `.stopped` at once when the stop is requested; `CancellationError`.
  func pause(for duration: Duration?, or bell: (Bell, after: Int)? = nil) async throws {
    guard !stop.isRequested else { throw JobError.stoppedOnRequest }
    let (time, stop) = (time, stop)
    try await withThrowingTaskGroup(of: Void.self) { group in
      if let duration { group.addTask { try await time.sleep(for: duration) } }
      if let (bell, rings) = bell { group.addTask { try await bell.wait(after: rings) } }
      group.addTask { try await stop.wait() }
      try await group.next()
      group.cancelAll()
    }
    guard !stop.isRequested else { throw JobError.stoppedOnRequest }
  }

  /// Tries a step that is no unit until it succeeds or the policy gives up. `body` must be right to run again
  /// whatever became of the attempt before it.
  func retried<Value: Sendable>(
    _ step: String, on side: Side, seed: Seed, unless isFinal: (DatabaseError) -> Bool,
    countsAsAttempt: (DatabaseError) -> Bool, _ body: () async throws -> Value
  ) async throws -> Value {
    var state = RetryState(options.retry)
    var random = seed
    while true {
      do {
        let value = try await body()
        if state.failures > 0 {
          journal.done(step: step)
          progress(.reached(name(of: side)))
        }
        return value
      } catch let thrown {
        guard let error = thrown as? DatabaseError, !Task.isCancelled, !isFinal(error) else { throw thrown }
        let counts = countsAsAttempt(error)
        let action = state.failed(
          error, countsAsAttempt: counts, isOutage: Circuit.concerns(error) && !counts, at: time.now,
          random: &random)
        guard case .retry(let wait) = action else {
          if state.failures > 1 { journal.failed(step: step, error, wait: nil) }
          throw error
        }
        journal.failed(step: step, error, wait: wait)
        progress(.waiting(endpoint: name(of: side), reason: error.reason, wait: wait))
        try await pause(for: wait)
      }
    }
  }

  func name(of side: Side) -> String { side == .source ? source.name : target.name }
}

extension DatabaseError {
  /// Short enough for a line of progress.
  var reason: String { numbered.map { "\(message) [\($0)]" } ?? message }
}
