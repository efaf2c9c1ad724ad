extension Scale {
  /// The scale at which all tables together have about this many rows.
  package init(aboutRows rows: Int) throws(InvalidScale) {
    let full = StackOverflowTable.allCases.filter { !$0.isLookup }.reduce(0) { $0 + $1.fullCount }
    guard (1...full * Scale.maximum).contains(rows) else {
      throw InvalidScale(reason: "is not from 1 to \(full * Scale.maximum)")
    }
    let billionths = max(1, UInt64(UInt128(rows) * 1_000_000_000 / UInt128(full)))
    let fraction = String(billionths % 1_000_000_000)
    let zeros = String(repeating: "0", count: Scale.maximumDecimals - fraction.utf8.count)
    try self.init("\(billionths / 1_000_000_000).\(zeros)\(fraction)")
  }
}
