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

  @Test func `a run that is over is judged by what was true while it had its fence`() throws {
    // It stands still between its last write and its end, and another run copies a newer source meanwhile.
    let options = try SimulationOptions(
      "tables=integers:2 stale=0 workers=1 unit=100000 transaction=100000 batch=100000 channel=100000 "
        + "attempts=1 latency=0 zombie=0 unshared write@27 freeze@32")
    #expect(Simulation(seed: 14497, options: options).run().violations == [])
  }

  @Test(arguments: ["from-sqlserver", "to-sqlserver", "from-sqlserver to-sqlserver"])
  func `jobs from and to SQL Server meet its errors, and end well`(sides: String) throws {
    var said: Set<String> = []
    for seed in UInt64(1)...150 {
      let drawn = SimulationOptions.drawn(from: seed)
      let plain = "\(drawn)".replacing(" from-sqlserver", with: "").replacing(" to-sqlserver", with: "")
      let options = try SimulationOptions("\(plain) \(sides)")
      let result = Simulation(seed: seed, options: options).run(recorded: true)
      #expect(result.violations == [], "seed \(seed): \(options)")
      for line in result.trace where line.contains("FAILED") {
        for number in ["1205", "40613", "3906"] where line.contains(" \(number) ") { said.insert(number) }
      }
    }
    #expect(said == ["1205", "40613", "3906"])
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
