import Simulation
import Testing

@Suite struct CanaryTests {
  @Test(arguments: Canary.allCases)
  func `a planted bug is found within a thousand seeds`(canary: Canary) {
    let seeds = UInt64(1)...1_000
    let caught = seeds.first { seed in
      let simulation = Simulation(seed: seed, canary: canary)
      // Without the bug nothing is wrong: it is the bug that was found.
      return !simulation.run().violations.isEmpty && Simulation(seed: seed).run().violations.isEmpty
    }
    #expect(caught != nil, "\(canary.rawValue) survived a thousand jobs")
  }

  @Test func `a simulation that fails is made smaller, and still fails alike`() throws {
    let seed = try #require(
      (UInt64(1)...1_000).first {
        !Simulation(seed: $0, canary: .receivedNotCompared).run().violations.isEmpty
      })
    let failing = Simulation(seed: seed, canary: .receivedNotCompared)
    let violations = failing.run().violations
    let shrinking = Shrinking(failing, violations: violations)
    let small = shrinking.simulation
    #expect(shrinking.runs <= 500)
    #expect(small.options.tables.count == 1)
    #expect(small.options.events.isEmpty && small.options.troubles.isEmpty)
    #expect(small.run().violations.first?.prefix { $0 != ":" } == violations.first?.prefix { $0 != ":" })
  }
}
