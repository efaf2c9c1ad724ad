import Runtime

/// One simulated job with everything that happens to it: a pure function of its seed and options.
package struct Simulation: Sendable {
  package var seed: UInt64
  package var options: SimulationOptions
  package var canary: Canary?

  package init(seed: UInt64, options: SimulationOptions? = nil, canary: Canary? = nil) {
    self.seed = seed
    self.options = options ?? .drawn(from: seed)
    self.canary = canary
  }

  /// What was seen of one simulation.
  package struct Result: Sendable {
    /// What should never have been; empty is what one wants.
    package var violations: [String]
    /// Of all events in their order: two runs of one simulation have the same.
    package var hash: UInt64
    package var calls: Int
    package var steps: Int
    /// The troubles and events that struck, each time that they did.
    package var strikes: [String]
    package var virtualTime: Duration
    /// The events as lines, if they were recorded.
    package var trace: [String]
  }

  /// Of a job with some thousand calls.
  private static let limits = SimulationExecutor.Limits(steps: 300_000, time: .seconds(100_000))

  /// Runs it on this thread. `recorded` makes the trace, which takes time.
  package func run(recorded: Bool = false) -> Result {
    let seeds = Seed(seed)
    let executor = SimulationExecutor(seed: seeds.derived(2))
    let time = VirtualTime(executor)
    let trace = Trace(recorded: recorded, time: time)
    let world = World(options: options, time: time, trace: trace, draws: seeds.derived(3))
    let stage = Stage(options, seed: seeds, canary: canary, world: world)
    let end = executor.run(within: Simulation.limits) { await stage.play() }
    var violations = stage.judge.violations
    switch end {
    case .finished: break
    case .hung:
      let waits = stage.waits.map { "; \($0)" }.joined()
      violations.append("hang: nothing can go on, and the work is not done\(waits)")
    case .tooManySteps, .tooLong: violations.append("hang: the work does not end (\(end))")
    case .escaped: violations.append("escape: something ran on another thread, and could not be repeated")
    }
    stage.judge.lookAway()
    return Result(
      violations: violations, hash: trace.hash ^ UInt64(executor.steps), calls: world.calls,
      steps: executor.steps, strikes: stage.strikes, virtualTime: time.now, trace: trace.lines)
  }
}
