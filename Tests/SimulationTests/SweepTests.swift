import Foundation
import Simulation
import Testing

@Suite struct SweepTests {
  /// What a debug build allows every day. `make simulate` runs 20,000 in a release build, `make prove` a million.
  private static let everyday: ClosedRange<UInt64> = 1...500

  @Test func `whatever goes wrong, nothing wrong is called done, and every job ends well`() {
    for seed in Self.everyday {
      let simulation = Simulation(seed: seed)
      let result = simulation.run()
      #expect(result.violations == [], "seed \(seed): \(simulation.options)")
    }
  }

  @Test func `the same seed does the same, event by event`() {
    for seed in stride(from: UInt64(20), through: 500, by: 20) {
      let simulation = Simulation(seed: seed)
      let (first, second) = (simulation.run(recorded: true), simulation.run(recorded: true))
      #expect(first.trace == second.trace, "seed \(seed)")
      #expect(first.hash == second.hash)
      #expect(simulation.run().hash == first.hash, "seed \(seed): watching changes it")
      #expect(!first.trace.isEmpty)
    }
  }

  @Test func `every trouble and every event strikes, and some jobs have none`() {
    var struck: Set<String> = []
    var untroubled = 0
    for seed in Self.everyday.prefix(300) {
      let result = Simulation(seed: seed).run()
      struck.formUnion(result.strikes)
      if result.strikes.isEmpty { untroubled += 1 }
    }
    #expect(struck.isSuperset(of: SimulationOptions.Trouble.allCases.map(\.rawValue)))
    #expect(struck.isSuperset(of: SimulationOptions.Event.allCases.map(\.rawValue)))
    #expect(untroubled > 20)
  }
}
