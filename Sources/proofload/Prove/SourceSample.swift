import Databases
import Replication
import Rows

/// Which part of the source makes a job small enough to be interrupted a thousand times.
///
/// A table is taken whole, or up to a key, or left out. Made once and then fixed, so that every run of a proof
/// has the same units.
struct SourceSample: Codable, Sendable {
  struct Table: Codable, Sendable {
    var name: TableName
    /// What it is limited and cut by; nil for a table that is one unit.
    var column: ColumnSchema?
    /// Exclusive; nil for the whole table.
    var limit: KeyValue?
    var cuts: [KeyValue] = []
    var rows: Int
  }

  var tables: [Table] = []
  /// Sentences on what had to be left out.
  var notes: [String] = []

  subscript(name: TableName) -> Table? { tables.first { $0.name == name } }

  /// Units into which a table is cut that has enough rows.
  static let unitsPerTable = 3
  /// Rows that are read to find the first few in the order of a key.
  static let scanLimit = 200_000

  /// Looks for the first `rows` rows of each table, about.
  init(of tables: [TableSchema], rows: Int, from connection: any Connection) async throws {
    for table in tables {
      switch try await SampleSearch(table: table, rows: rows, connection: connection).find() {
      case .success(let found): self.tables.append(found)
      case .failure(let reason): notes.append("table \(table.name) is left out: \(reason.text)")
      }
    }
    let parts = self.tables.filter { $0.limit != nil }.map(\.name)
    let broken = tables.flatMap(\.foreignKeys).count { parts.contains($0.referencedTable) }
    if broken > 0 {
      notes.append("foreign keys to tables of which only a part is taken are left out (\(broken) of them)")
    }
  }
}

/// Why a table cannot be made small.
struct Unsampled: Error {
  let text: String
}

/// Finds the small part of one table.
private struct SampleSearch {
  let table: TableSchema
  let rows: Int
  let connection: any Connection

  func find() async throws -> Result<SourceSample.Table, Unsampled> {
    let pair = try TablePair(source: table, target: table).writable
    // A range column that may be NULL has a unit that no key limits.
    guard let index = Partition.column(of: pair), !pair.columns[index].source.isNullable else {
      return try await whole(pair)
    }
    return try await limited(pair.columns[index])
  }

  private func whole(_ pair: TablePair) async throws -> Result<SourceSample.Table, Unsampled> {
    try await connection.openRead(RangeRead(rows: TableRange(table: table.name), columns: pair.sourceColumns))
    var count = 0
    while count <= rows * 4, let part = try await connection.nextFingerprint() { count += part.rows }
    try await connection.closeRead()
    guard count <= rows * 4 else {
      return .failure(
        Unsampled(text: "it has more than \(rows * 4) rows and no key to take the first of them by"))
    }
    return .success(SourceSample.Table(name: table.name, rows: count))
  }

  private func limited(_ column: ColumnPair) async throws -> Result<SourceSample.Table, Unsampled> {
    let keys = try await smallestKeys(column)
    guard keys.count <= SourceSample.scanLimit else {
      return .failure(
        Unsampled(text: "its first rows by \(column.source.name) are not found in a short time"))
    }
    let sorted = keys.sorted(by: SampleSearch.precedes)
    // The rest of the rows that share the last key are taken with it.
    let limit = sorted.dropFirst(rows).first { $0 != sorted[rows - 1] }
    let taken = limit.map { limit in sorted.prefix { $0 != limit } } ?? sorted[...]
    var cuts: [KeyValue] = []
    for part in 1..<SourceSample.unitsPerTable where taken.count >= SourceSample.unitsPerTable {
      let cut = taken[taken.count * part / SourceSample.unitsPerTable]
      if cut != taken.first, cut != cuts.last { cuts.append(cut) }
    }
    return .success(
      SourceSample.Table(
        name: table.name, column: column.source, limit: limit, cuts: cuts, rows: taken.count))
  }

  /// All keys of the table, or of a range at its beginning that has more of them than are wanted.
  private func smallestKeys(_ column: ColumnPair) async throws -> [KeyValue] {
    func split(_ partBytes: Int) async throws -> Split {
      try await connection.split(
        SplitRequest(table: table.name, column: column.source, partBytes: partBytes, maximumParts: 10_000))
    }
    let size = try await split(1 << 60)
    var bound: KeyValue?
    if size.estimatedRows > rows * 16 {
      bound = try await split(max(1, size.estimatedBytes / (size.estimatedRows / (rows * 8)))).cuts.first
    }
    let keys = try await self.keys(column, below: bound)
    // The estimate was wrong, or the first keys are rare ones.
    return keys.count <= rows && bound != nil ? try await self.keys(column, below: nil) : keys
  }

  private func keys(_ column: ColumnPair, below bound: KeyValue?) async throws -> [KeyValue] {
    let range = KeyRange.span(from: nil, to: bound)
    try await connection.openRead(
      RangeRead(
        rows: TableRange(table: table.name, column: column.source, range: range),
        columns: [TransferColumn(schema: column.source, type: column.type)]))
    var keys: [KeyValue] = []
    while keys.count <= SourceSample.scanLimit, let batch = try await connection.nextBatch() {
      for row in 0..<batch.rowCount {
        var cursor = FieldCursor(batch.row(row))
        guard let field = cursor.nextField() else { continue }
        let text = try FieldText.render(field, as: column.type)
        keys.append(Int64(text).flatMap { isText(column) ? nil : .integer($0) } ?? .text(text))
      }
    }
    try await connection.closeRead()
    return keys
  }

  private func isText(_ column: ColumnPair) -> Bool { if case .text = column.type { true } else { false } }

  private static func precedes(_ left: KeyValue, _ right: KeyValue) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left < right
    case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.integer, .text): true
    case (.text, .integer): false
    }
  }
}
