import Databases
import Rows

/// A table with its committed rows. Copying it is cheap: that is what a snapshot is.
struct ModelTable: Sendable {
  struct Unique: Sendable {
    let name: String
    let encoder: KeyEncoder
    /// Where its values are locked.
    let space: Int
  }

  /// A foreign key in force.
  struct Reference: Sendable {
    let name: String
    /// The parent's position in the store.
    let parent: Int
    let encoder: KeyEncoder
    /// Makes the same keys of the parent's rows.
    let parentEncoder: KeyEncoder
    /// The parent's rows are in the order of these keys.
    let isPrimary: Bool
    let isDeferred: Bool
  }

  /// What is in force: what was put aside is not in it.
  var schema: TableSchema
  let types: [ColumnType]
  /// Where its rows are locked.
  let space: Int
  /// Nil for a table without a key, whose rows are numbered.
  let key: KeyEncoder?
  /// Columns without NULL, by position.
  let required: [Int]
  var uniques: [Unique] = []
  var references: [Reference] = []

  /// Sorted by key.
  var rows: [StoredRow] = []
  var nextRowNumber: UInt64 = 0
  /// The next generated identity.
  var nextIdentity: Int64 = 1
  /// The commit that changed it last.
  var version = 0
  var isDropped = false

  init(_ schema: TableSchema, types: [ColumnType], space: Int) {
    self.schema = schema
    self.types = types
    self.space = space
    let keyColumns = schema.primaryKey?.columns ?? []
    key = schema.primaryKey.map { KeyEncoder(columns: schema.positions($0.columns), of: types) }
    required = schema.columns.indices.filter {
      !schema.columns[$0].isNullable || keyColumns.contains(schema.columns[$0].name)
    }
  }

  /// The keys that a range's rows are between, if the table is in its order; nil if its rows must be
  /// looked at.
  func interval(_ range: TableRange) -> KeyInterval? {
    guard let column = range.column else { return .all }
    if range.range == .all { return .all }
    guard let first = schema.primaryKey?.columns.first, first == column.name else { return nil }
    switch range.range {
    case .span(let from, let to):
      return KeyInterval(from: from.map { .before(RowKey($0)) }, to: to.map { .before(RowKey($0)) })
    case .null, .all: return nil
    }
  }

  /// The condition for rows of a range that is not by key.
  func condition(_ range: TableRange) -> RangeCondition? {
    guard let column = range.column, range.range != .all,
      let position = schema.columns.firstIndex(where: { $0.name == column.name })
    else { return nil }
    return RangeCondition(
      column: position, encoder: KeyEncoder(columns: [position], of: types), range: range.range)
  }

  var byteCount: Int { rows.reduce(0) { $0 + $1.withBytes(\.count) } }
}

/// Picks the rows of a range by looking at each.
struct RangeCondition: Sendable {
  let column: Int
  let encoder: KeyEncoder
  let interval: KeyInterval?

  init(column: Int, encoder: KeyEncoder, range: KeyRange) {
    self.column = column
    self.encoder = encoder
    interval =
      if case .span(let from, let to) = range {
        KeyInterval(from: from.map { .before(RowKey($0)) }, to: to.map { .before(RowKey($0)) })
      } else {
        nil
      }
  }

  func holds(_ row: UnsafeRawBufferPointer) -> Bool {
    guard let key = encoder.key(of: row) else { return interval == nil }
    return interval?.contains(key) ?? false
  }
}

extension TableSchema {
  /// Where these columns are; names that are not there are left out.
  func positions(_ names: [String]) -> [Int] {
    names.compactMap { name in columns.firstIndex { $0.name == name } }
  }
}
