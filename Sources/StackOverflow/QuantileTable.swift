/// A distribution of integers, given by a few of its quantiles and linear between them.
///
/// Integer arithmetic only: a mathematical library's last bit would differ between machines.
struct QuantileTable: @unchecked Sendable {
  // Immortal and never changed, as every table is a global constant.
  private let values: UnsafePointer<Int32>
  private static let bins = 1024

  /// Knots are (cumulative frequency in 1/1024, value); the last value is never reached.
  init(_ knots: (Int, Int)...) {
    precondition(knots.first?.0 == 0 && knots.last?.0 == QuantileTable.bins, "the knots cover 0...1024")
    let table = UnsafeMutablePointer<Int32>.allocate(capacity: QuantileTable.bins + 1)
    for (from, to) in zip(knots, knots.dropFirst()) {
      for bin in from.0...to.0 {
        table[bin] = Int32(from.1 + (to.1 - from.1) * (bin - from.0) / (to.0 - from.0))
      }
    }
    values = UnsafePointer(table)
  }

  func value(_ draw: UInt64) -> Int32 {
    let bin = Int(truncatingIfNeeded: draw >> 54)
    let low = values[bin]
    return low &+ Int32(truncatingIfNeeded: Draws.scale(draw << 10, to: Int(values[bin + 1] &- low)))
  }
}
