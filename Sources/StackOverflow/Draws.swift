/// Pseudo-random numbers that are a pure function of a key and a row, so that any row can be made alone.
///
/// SplitMix64 (Steele, Lea and Flood, 2014), started at a mix of key and row.
struct Draws {
  private var state: UInt64
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  init(key: UInt64, row: Int) {
    state = Draws.mix(key &+ UInt64(truncatingIfNeeded: row) &* Draws.step)
  }

  /// A key of its own for each use of a seed.
  static func key(seed: UInt64, use: Int) -> UInt64 {
    mix(mix(seed) &+ UInt64(truncatingIfNeeded: use) &* step)
  }

  mutating func next() -> UInt64 {
    state &+= Draws.step
    return Draws.mix(state)
  }

  /// From 0 to below the bound.
  mutating func below(_ bound: Int) -> Int { Draws.scale(next(), to: bound) }

  /// True so many times in ten thousand.
  mutating func chance(_ tenThousandths: Int) -> Bool { below(10_000) < tenThousandths }

  /// Maps a draw to 0..<bound.
  static func scale(_ draw: UInt64, to bound: Int) -> Int {
    Int(truncatingIfNeeded: draw.multipliedFullWidth(by: UInt64(truncatingIfNeeded: bound)).high)
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
