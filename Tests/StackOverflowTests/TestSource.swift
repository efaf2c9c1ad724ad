import Databases
import Rows

@testable import StackOverflow

/// Rows of a generated population, read through its driver.
struct TestSource: ~Copyable {
  var driver: StackOverflowDriver

  init(seed: UInt64 = 2010, scale: String = "0.001", hostile: Bool = false) throws {
    driver = StackOverflowDriver(StackOverflowOptions(seed: seed, scale: try Scale(scale), hostile: hostile))
  }

  static func read(_ table: StackOverflowTable, _ range: KeyRange = .all, batchBytes: Int = 1 << 16)
    -> RangeRead
  {
    let columns = table.columns.map { TransferColumn(schema: $0, type: $0.type!) }
    let rows = TableRange(table: TableName(name: table.name), column: table.columns[0], range: range)
    return RangeRead(rows: rows, columns: columns, key: [0], batchBytes: batchBytes)
  }

  mutating func fingerprint(_ table: StackOverflowTable, _ range: KeyRange = .all) throws -> Fingerprint {
    try driver.openRead(TestSource.read(table, range))
    var sum = Fingerprint()
    while let part = try driver.nextFingerprint() { sum += part }
    return sum
  }

  /// Calls the body with every row's fields.
  mutating func forEachRow(
    _ table: StackOverflowTable, _ range: KeyRange = .all, _ body: (TestRow) throws -> Void
  ) throws {
    let columns = table.columns
    try driver.openRead(TestSource.read(table, range))
    while let batch = try driver.nextBatch() {
      for row in 0..<batch.rowCount {
        var cursor = FieldCursor(batch.row(row))
        let fields = columns.map { _ in cursor.nextField().map { Array($0) } }
        try body(TestRow(columns: columns, fields: fields))
      }
    }
  }
}

/// A decoded row: slow, and only for tests.
struct TestRow {
  let columns: [ColumnSchema]
  let fields: [[UInt8]?]

  func field(_ name: String) -> [UInt8]? { fields[columns.firstIndex { $0.name == name }!] }

  func int(_ name: String) -> Int? {
    field(name).map { Int(Int32(bitPattern: $0.reduce(0) { $0 << 8 | UInt32($1) })) }
  }

  /// Microseconds since 2000-01-01.
  func time(_ name: String) -> Int? {
    field(name).map { Int(Int64(bitPattern: $0.reduce(0) { $0 << 8 | UInt64($1) })) }
  }

  func text(_ name: String) -> String? { field(name).map { String(decoding: $0, as: UTF8.self) } }
}
