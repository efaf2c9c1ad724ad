import Databases
import ModelDatabase
import Rows

/// What the rows of a table come to, range by range: counted from the rows alone, with nothing of the engine's.
struct UnitSums {
  private let ranges: [KeyRange]
  private var sums: [Fingerprint]

  private init(_ ranges: [KeyRange]) {
    self.ranges = ranges
    sums = ranges.map { _ in Fingerprint() }
  }

  /// In the order of the ranges. Every table of a simulation is cut by its first column.
  static func of(_ rows: RowBatch?, _ ranges: [KeyRange]) -> [Fingerprint] {
    var sums = UnitSums(ranges)
    guard let rows else { return sums.sums }
    for index in 0..<rows.rowCount { sums.add(rows.row(index)) }
    return withExtendedLifetime(rows) { sums.sums }
  }

  /// Of what the database has committed.
  static func of(_ table: TableName, in database: ModelDatabase, _ ranges: [KeyRange]) -> [Fingerprint] {
    var sums = UnitSums(ranges)
    database.forEachRow(of: table) { sums.add($0) }
    return sums.sums
  }

  /// Each different row of a range, by its own sum.
  static func rows(of rows: RowBatch?, in range: KeyRange) -> Set<Fingerprint> {
    var sums: Set<Fingerprint> = []
    guard let rows else { return sums }
    for index in 0..<rows.rowCount where contains(range, key(of: rows.row(index))) {
      var sum = Fingerprint()
      sum.add(rows.row(index))
      sums.insert(sum)
    }
    return withExtendedLifetime(rows) { sums }
  }

  private mutating func add(_ row: UnsafeRawBufferPointer) {
    let key = UnitSums.key(of: row)
    for position in ranges.indices where UnitSums.contains(ranges[position], key) { sums[position].add(row) }
  }

  private static func key(of row: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var fields = FieldCursor(row)
    return fields.nextField()
  }

  private static func contains(_ range: KeyRange, _ key: UnsafeRawBufferPointer?) -> Bool {
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
