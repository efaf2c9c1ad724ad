import Glibc
import Runtime

/// One thread and one seed: every job of the tasks that start in `run` runs on the thread that called it, in an
/// order that the seed picks.
///
/// Time is virtual: when nothing is left to run, it jumps to the next timer. Whatever does not inherit the executor
/// (`Task.sleep`, an unstructured task, a connection with a thread of its own) comes back from another thread; that
/// is an escape, and ends the simulation, because nobody could repeat it.
package final class SimulationExecutor: TaskExecutor {
  /// How a simulation ended.
  package enum End: Sendable, Equatable {
    case finished
    /// Nothing can run, nobody sleeps, and the work is not done: something waits for ever.
    case hung
    case tooManySteps
    case tooLong
    /// A job was enqueued from another thread.
    case escaped
  }

  package struct Limits: Sendable {
    package var steps: Int
    /// Virtual time, from the executor's beginning.
    package var time: Duration

    package init(steps: Int, time: Duration) {
      self.steps = steps
      self.time = time
    }
  }

  fileprivate struct ReadyJob: Sendable {
    var job: UnownedJob
    var lane: SimulationLane?
  }

  private struct State: Sendable {
    var ready: [ReadyJob] = []
    var timers = TimerHeap()
    var picks: Seed
    /// Nanoseconds.
    var now: Int64 = 0
    var steps = 0
    var owner: pthread_t?
    var hasEscaped = false
    var isFinished = false
  }

  private enum Next: Sendable {
    case run(ReadyJob)
    case wake([TimerHeap.Waiter])
    case end(End)
  }

  private let state: Guarded<State>

  package init(seed: Seed) { state = Guarded(State(picks: seed)) }

  package func enqueue(_ job: consuming ExecutorJob) { append(UnownedJob(job), lane: nil) }

  fileprivate func append(_ job: UnownedJob, lane: SimulationLane?) {
    let thread = pthread_self()
    state.withLock { state in
      if state.owner.map({ pthread_equal($0, thread) == 0 }) ?? true { state.hasEscaped = true }
      state.ready.append(ReadyJob(job: job, lane: lane))
    }
  }

  /// Runs `body`, and returns when it has returned, or when it never will. An executor runs once.
  package func run(within limits: Limits, _ body: @escaping @Sendable () async -> Void) -> End {
    state.withLock {
      precondition($0.owner == nil, "an executor runs once: its time does not go back")
      $0.owner = pthread_self()
    }
    // The root of all tasks of a simulation; each of them inherits this executor.
    Task(executorPreference: self) { [state] in
      await body()
      state.withLock { $0.isFinished = true }
    }
    while true {
      switch next(limits) {
      case .run(let ready): perform(ready)
      case .wake(let waiters): for waiter in waiters { waiter.resume() }
      case .end(let end): return end
      }
    }
  }

  private func next(_ limits: Limits) -> Next {
    state.withLock { state in
      if state.hasEscaped { return .end(.escaped) }
      if state.isFinished { return .end(.finished) }
      if state.steps >= limits.steps { return .end(.tooManySteps) }
      guard state.ready.isEmpty else {
        state.steps += 1
        let pick = Int(truncatingIfNeeded: state.picks.next() >> 33) % state.ready.count
        state.ready.swapAt(pick, state.ready.count - 1)
        return .run(state.ready.removeLast())
      }
      guard let deadline = state.timers.earliest else { return .end(.hung) }
      if deadline > limits.time.nanoseconds { return .end(.tooLong) }
      state.now = max(state.now, deadline)
      return .wake(state.timers.popAll(at: deadline))
    }
  }

  private func perform(_ ready: ReadyJob) {
    guard let lane = ready.lane else {
      ready.job.runSynchronously(on: asUnownedTaskExecutor())
      return
    }
    lane.isRunning.withLock { $0 = true }
    ready.job.runSynchronously(
      isolatedTo: lane.asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    lane.isRunning.withLock { $0 = false }
  }

  /// Jobs run so far: two runs of one seed have the same number.
  package var steps: Int { state.withLock { $0.steps } }

  // MARK: Time

  package var nanoseconds: Int64 { state.withLock { $0.now } }

  @inline(__always) func delay(nanoseconds: Int64) async {
    _ = try? await withUnsafeThrowingContinuation { (waiter: TimerHeap.Waiter) in
      state.withLock { state in
        let ticket = state.timers.takeTicket()
        state.timers.insert(at: state.now + nanoseconds, ticket: ticket, waiter)
      }
    }
  }

  func sleep(nanoseconds: Int64) async throws {
    let ticket = state.withLock { $0.timers.takeTicket() }
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { (waiter: TimerHeap.Waiter) in
        let isCancelled = Task.isCancelled
        state.withLock {
          if !isCancelled { $0.timers.insert(at: $0.now + nanoseconds, ticket: ticket, waiter) }
        }
        if isCancelled { waiter.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      state.withLock { $0.timers.remove(ticket: ticket) }?.resume(throwing: CancellationError())
    }
  }
}

/// The stand-in for a connection's thread: a serial executor whose jobs the simulation runs.
package final class SimulationLane: SerialExecutor {
  private let simulation: SimulationExecutor
  fileprivate let isRunning = Guarded(false)

  package init(_ simulation: SimulationExecutor) { self.simulation = simulation }

  package func enqueue(_ job: consuming ExecutorJob) { simulation.append(UnownedJob(job), lane: self) }

  package func isIsolatingCurrentContext() -> Bool? { isRunning.withLock { $0 } }

  package func checkIsolated() {
    precondition(isRunning.withLock { $0 }, "this must run on its connection's lane")
  }
}
