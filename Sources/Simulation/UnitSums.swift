import Databases
import Rows

/// What the rows of a table come to, range by range: counted from the rows alone, with nothing of the engine's.
enum UnitSums {
  /// In the order of the ranges. Every table of a simulation is cut by its first column.
  static func of(_ rows: RowBatch?, _ ranges: [KeyRange]) -> [Fingerprint] {
    var sums = ranges.map { _ in Fingerprint() }
    guard let rows else { return sums }
    for index in 0..<rows.rowCount {
      let row = rows.row(index)
      for (position, range) in ranges.enumerated() where contains(range, row) { sums[position].add(row) }
    }
    return withExtendedLifetime(rows) { sums }
  }

  /// Each different row of a range, by its own sum.
  static func rows(of rows: RowBatch?, in range: KeyRange) -> Set<Fingerprint> {
    var sums: Set<Fingerprint> = []
    guard let rows else { return sums }
    for index in 0..<rows.rowCount where contains(range, rows.row(index)) {
      var sum = Fingerprint()
      sum.add(rows.row(index))
      sums.insert(sum)
    }
    return withExtendedLifetime(rows) { sums }
  }

  private static func contains(_ range: KeyRange, _ row: UnsafeRawBufferPointer) -> Bool {
    var fields = FieldCursor(row)
    let key = fields.nextField()
    switch range {
    case .all: return true
    case .null: return key == nil
    case .span(let from, let to):
      guard let key else { return false }
      return from.map { !isBelow(key, $0) } ?? true && to.map { isBelow(key, $0) } ?? true
    }
  }

  private static func isBelow(_ key: UnsafeRawBufferPointer, _ bound: KeyValue) -> Bool {
    switch bound {
    case .integer(let number): key.bigEndian(as: Int64.self) < number
    case .text(let text): key.lexicographicallyPrecedes(text.utf8)
    }
  }
}
