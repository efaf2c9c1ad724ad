/// Makes a simulation that fails smaller, for as long as it still fails in the same way.
package struct Shrinking: Sendable {
  /// The smallest that was found.
  package private(set) var simulation: Simulation
  /// Simulations that it took.
  package private(set) var runs = 0
  private let kind: Substring
  private let limit: Int

  /// `limit` is the number of simulations that it may take; each lasts a few milliseconds.
  package init(_ failing: Simulation, violations: [String], limit: Int = 500) {
    simulation = failing
    kind = Shrinking.kind(violations.first ?? "")
    self.limit = limit
    while runs < limit, let smaller = step() { simulation = smaller }
  }

  /// Violations of one kind begin with the same word.
  private static func kind(_ violation: String) -> Substring { violation.prefix { $0 != ":" } }

  private mutating func step() -> Simulation? {
    for options in Shrinking.smaller(simulation.options) where runs < limit {
      var candidate = simulation
      candidate.options = options
      runs += 1
      if candidate.run().violations.contains(where: { Shrinking.kind($0) == kind }) { return candidate }
    }
    return nil
  }

  /// Everything that is one step smaller, the largest steps first.
  static func smaller(_ options: SimulationOptions) -> [SimulationOptions] {
    var all: [SimulationOptions] = []
    func add(_ change: (inout SimulationOptions) -> Void) {
      var changed = options
      change(&changed)
      if changed != options { all.append(changed) }
    }
    for index in options.tables.indices where options.tables.count > 1 { add { $0.tables.remove(at: index) } }
    for index in options.events.indices { add { $0.events.remove(at: index) } }
    for trouble in SimulationOptions.Trouble.allCases { add { $0.troubles[trouble] = nil } }
    for flag in SimulationOptions.Flag.allCases { add { $0.flags.remove(flag) } }
    for index in options.tables.indices {
      add { $0.tables[index].rows /= 2 }
      add { $0.tables[index].rows = max($0.tables[index].rows - 1, 0) }
    }
    add { $0.stale = 0 }
    add { $0.workers = 1 }
    add { $0.workers = max($0.workers - 1, 1) }
    add { $0.latency = 0 }
    // Large: fewer units, transactions and batches.
    for path in [\SimulationOptions.unitBytes, \.transactionBytes, \.batchBytes, \.channelBytes] {
      add { $0[keyPath: path] = max($0[keyPath: path], 100_000) }
    }
    return all
  }
}
