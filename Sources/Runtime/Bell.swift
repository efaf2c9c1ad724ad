/// What tasks wait for when only another task can tell them to look again.
///
/// Whoever waits reads `rings`, looks at what it waits for, and then waits for a ring after those: a ring in
/// between is not missed.
package final class Bell: Sendable {
  private struct State {
    var rings = 0
    var tickets = 0
    var waiting: [(ticket: Int, task: CheckedContinuation<Void, any Error>)] = []
  }

  private let state = Guarded(State())

  package init() {}

  /// How often it has rung.
  package var rings: Int { state.withLock { $0.rings } }

  /// Wakes everybody who waits, in the order in which they came.
  package func ring() {
    let woken = state.withLock { state in
      state.rings += 1
      let woken = state.waiting.map(\.task)
      state.waiting = []
      return woken
    }
    for task in woken { task.resume() }
  }

  /// Returns once it has rung more than `rings` times.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  package func wait(after rings: Int) async throws {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { task in
        let refusal: Result<Void, any Error>? = state.withLock { state in
          // The handler has run already, and found nobody.
          if Task.isCancelled { return .failure(CancellationError()) }
          if state.rings > rings { return .success(()) }
          state.waiting.append((ticket, task))
          return nil
        }
        if let refusal { task.resume(with: refusal) }
      }
    } onCancel: {
      let task = state.withLock { state in
        let position = state.waiting.firstIndex { $0.ticket == ticket }
        return position.map { state.waiting.remove(at: $0).task }
      }
      task?.resume(throwing: CancellationError())
    }
  }
}
