/// Ranks 1...count, each drawn in inverse proportion to itself, and spread over the rows of a table.
///
/// Frequencies by rank that fall with exponent 1 are activities whose own distribution has exponent 2: as
/// many users with k posts as k^-2. Within an octave of ranks all are alike, which needs no logarithm.
struct Zipf: Sendable {
  let count: Int
  /// Octaves in 1/2^32: whole ones, and the part of the last one that `count` reaches.
  private let octaves: Int
  private let stride: UInt64
  private let inverse: UInt64
  private let offset: UInt64

  init(count: Int) {
    precondition(count > 0 && count <= Int(Int32.max), "ranks are counted in 31 bits")
    self.count = count
    let whole = Int.bitWidth - 1 - count.leadingZeroBitCount
    octaves = whole << 32 + ((count + 1 - 1 << whole) << 32) >> whole
    // A prime above every count, so that multiplying by it visits each row once.
    stride = 2_147_483_647 % UInt64(count)
    inverse = Zipf.inverse(of: stride, modulo: UInt64(count))
    offset = UInt64(count) / 3
  }

  /// A row, the same one for the same rank.
  func row(_ draw: UInt64) -> Int { row(rank: rank(draw)) }

  func rank(_ draw: UInt64) -> Int {
    let place = Draws.scale(draw, to: octaves)
    let octave = place >> 32
    return min(count, 1 << octave + ((place & 0xFFFF_FFFF) << octave) >> 32)
  }

  func row(rank: Int) -> Int {
    Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: rank - 1) &* stride &+ offset) % UInt64(count))
  }

  func rank(row: Int) -> Int {
    let size = UInt64(count)
    let shifted = (UInt64(truncatingIfNeeded: row) &+ size &- offset) % size
    return Int(truncatingIfNeeded: shifted &* inverse % size) + 1
  }

  /// Euclid's extended algorithm; 0 modulo 1.
  private static func inverse(of value: UInt64, modulo modulus: UInt64) -> UInt64 {
    guard modulus > 1 else { return 0 }
    var (remainder, next) = (Int64(modulus), Int64(value))
    var (factor, nextFactor): (Int64, Int64) = (0, 1)
    while next != 0 {
      let quotient = remainder / next
      (remainder, next) = (next, remainder - quotient * next)
      (factor, nextFactor) = (nextFactor, factor - quotient * nextFactor)
    }
    precondition(remainder == 1, "stride and count have no common divisor")
    return UInt64(factor < 0 ? factor + Int64(modulus) : factor)
  }
}
