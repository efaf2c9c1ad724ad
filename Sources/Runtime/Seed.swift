/// Where every random choice of a run comes from: SplitMix64, so that a seed in a receipt replays the run.
///
/// It is fast and well distributed, and no secret may depend on it.
package struct Seed: RandomNumberGenerator, Hashable, Sendable {
  /// What to write down to get the same numbers again.
  package let value: UInt64
  private var state: UInt64

  package init(_ value: UInt64) {
    self.value = value
    state = value
  }

  package mutating func next() -> UInt64 {
    state &+= Seed.step
    return Seed.mix(state)
  }

  /// A seed of its own for one part of a run: a table, a worker, a fault rule.
  ///
  /// It depends on this seed's value and the label only, not on how many numbers were drawn before, so
  /// that parts may be visited in any order. Different labels give different seeds.
  package func derived(_ label: UInt64) -> Seed {
    // Both steps are bijections of the label, which is why no two labels can meet. Mixing the value
    // first keeps `derived(a)` of one seed from being `derived(b)` of its neighbour.
    Seed(Seed.mix(Seed.mix(~value) &+ Seed.step &* label))
  }

  /// 2^64 divided by the golden ratio, as SplitMix64 has it.
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mix(_ input: UInt64) -> UInt64 {
    var mixed = input
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Seed: CustomStringConvertible {
  package var description: String { String(value) }
}
