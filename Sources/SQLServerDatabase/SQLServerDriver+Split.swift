import Databases
import Rows

extension SQLServerDriver {
  package mutating func split(_ request: SplitRequest) throws(DatabaseError) -> Split {
    try closeRead()
    let table = qualified(request.table)
    guard let object = try objectID(table) else {
      throw failure(.configuration, "there is no such table", operation: "split", table: table)
    }
    let rows =
      try session.run(CatalogQueries.rowCount(object), operation: "split", table: table)
      .rows.first?.first?.integer ?? 0
    let width = try rowWidth(table)
    var split = Split(estimatedRows: Int(rows), estimatedBytes: Int(rows) * width, cuts: [])
    let wanted = (split.estimatedBytes + request.partBytes - 1) / max(request.partBytes, 1)
    let parts = min(request.maximumParts, wanted)
    guard let column = request.column, parts > 1, rows > 1 else { return split }
    switch column.type {
    case .int16, .int32, .int64:
      split.cuts = try integerCuts(column.name, table, parts, rows: Int(rows)).map(KeyValue.integer)
    case .text: split.cuts = try textCuts(column.name, table, parts, rows: Int(rows)).map(KeyValue.text)
    default: break
    }
    return split
  }

  /// Bytes of a row, from the first thousand.
  private func rowWidth(_ table: TableName) throws(DatabaseError) -> Int {
    let shape = try TableShape(table, session, operation: "split")
    let lengths = shape.columns.map { "DATALENGTH(\(dialect.quoted($0.name)))" }
    let sample = try session.run(
      "SELECT TOP (1000) \(lengths.joined(separator: ", ")) FROM \(dialect.quoted(table))",
      operation: "split",
      table: table)
    guard !sample.rows.isEmpty else { return 1 }
    let bytes = sample.rows.reduce(0) { $0 + $1.reduce(0) { $0 + Int($1.integer ?? 0) } }
    return max(1, bytes / sample.rows.count)
  }

  /// Keys that are looked at, enough that parts are about equal.
  private static func sampleSize(_ parts: Int) -> Int { max(20_000, parts * 200) }

  /// By the keys that a prime divides: numbers that somebody counted are spread evenly over them. Where that finds too
  /// few, all keys are looked at.
  private func integerCuts(
    _ column: String, _ table: TableName, _ parts: Int, rows: Int
  ) throws(DatabaseError) -> [Int64] {
    let key = dialect.quoted(column)
    let stride = SQLServerDriver.prime(rows / SQLServerDriver.sampleSize(parts))
    if stride > 1 {
      let sample = try integers(
        "SELECT CAST(\(key) AS bigint) FROM \(dialect.quoted(table)) WHERE \(key) % \(stride) = 0", table)
      if sample.count >= parts * 20 { return SQLServerDriver.cuts(sample.sorted(), parts) }
    }
    let all = try integers(
      "SELECT CAST(\(key) AS bigint) FROM \(dialect.quoted(table)) WHERE \(key) IS NOT NULL", table)
    return SQLServerDriver.cuts(all.sorted(), parts)
  }

  private func integers(_ sql: String, _ table: TableName) throws(DatabaseError) -> [Int64] {
    try session.run(sql, operation: "split", table: table).rows.compactMap { $0.first?.integer }
  }

  /// The largest of a few primes that is no larger; 1 if there is none.
  static func prime(_ limit: Int) -> Int {
    [2, 3, 5, 7, 11, 17, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131_071]
      .last { $0 <= limit } ?? 1
  }

  private func textCuts(
    _ column: String, _ table: TableName, _ parts: Int, rows: Int
  ) throws(DatabaseError) -> [String] {
    let key = dialect.quoted(column)
    let place = session.place("split", table)
    let bytewise = dialect.bytewise(key)
    try session.send(
      "SELECT \(bytewise) FROM \(dialect.quoted(table)) WHERE \(key) IS NOT NULL", at: place)
    guard try session.nextResult(at: place) else { return [] }
    let stride = max(1, rows / SQLServerDriver.sampleSize(parts))
    var sample: [String] = []
    var number = 0
    while try session.nextRow(at: place) {
      if number % stride == 0 { sample.append(String(decoding: session.bytes(1), as: UTF8.self)) }
      number += 1
    }
    while try session.nextResult(at: place) {}
    sample.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return SQLServerDriver.cuts(sample, parts)
  }

  /// Where sorted values are cut into parts of about the same number; ascending, and none below which there is nothing.
  static func cuts<Value: Equatable>(_ sorted: [Value], _ parts: Int) -> [Value] {
    var cuts: [Value] = []
    for part in 1..<max(parts, 1) {
      let index = sorted.count * part / parts
      guard index > 0, index < sorted.count else { continue }
      let value = sorted[index]
      if value != sorted[0], cuts.last != value { cuts.append(value) }
    }
    return cuts
  }
}
