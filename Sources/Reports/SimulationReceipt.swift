/// What `simulate` did: its figures, and the first seed that failed.
package struct SimulationReceipt: Encodable, Sendable, Equatable {
  package struct Failure: Encodable, Sendable, Equatable {
    package var seed: UInt64
    package var options: String
    /// What should never have been.
    package var violations: [String]
    /// Smaller options with which the same seed fails in the same way, and the command that shows it.
    package var shrunk: String?
    package var replay: String
    /// The events, one a line.
    package var trace: [String]

    package init(
      seed: UInt64, options: String, violations: [String], shrunk: String?, replay: String, trace: [String]
    ) {
      self.seed = seed
      self.options = options
      self.violations = violations
      self.shrunk = shrunk
      self.replay = replay
      self.trace = trace
    }
  }

  package var firstSeed: UInt64
  package var lastSeed: UInt64
  package var canary: String?
  /// Simulated jobs, and how many of them were run a second time and compared.
  package var jobs = 0
  package var repeated = 0
  /// Calls to databases, faults that struck, and virtual seconds, in all jobs together.
  package var calls = 0
  package var faults = 0
  package var virtualSeconds = 0.0
  package var seconds = 0.0
  package var failure: Failure?

  package init(firstSeed: UInt64, lastSeed: UInt64, canary: String?) {
    self.firstSeed = firstSeed
    self.lastSeed = lastSeed
    self.canary = canary
  }

  package var jobsPerSecond: Double { seconds > 0 ? Double(jobs) / seconds : 0 }
}
