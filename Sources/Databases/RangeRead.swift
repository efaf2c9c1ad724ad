import Rows

/// A value of a range column at which a table is split.
package enum KeyValue: Hashable, Sendable, Codable {
  case integer(Int64)
  /// Compared by its UTF-8 bytes, whatever collation the column has: two engines' collations differ, and a
  /// range must hold the same rows on both sides.
  case text(String)
}

extension KeyValue: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integer(let value): String(value)
    case .text(let value): "'\(value)'"
    }
  }
}

/// Some rows of a table. The ranges of a table's units cover it: open below, open above, and one for NULL.
package enum KeyRange: Hashable, Sendable, Codable {
  case all
  /// From (inclusive) to (exclusive); nil is open. Never matches NULL; what an engine sorts above every
  /// integer (SQLite's text and blobs) is in the range that is open above.
  case span(from: KeyValue?, to: KeyValue?)
  case null
}

extension KeyRange: CustomStringConvertible {
  package var description: String {
    switch self {
    case .all: "all"
    case .null: "null"
    case .span(let from, let to): "[\(from?.description ?? ""), \(to?.description ?? ""))"
    }
  }
}

/// A column of one endpoint, and the type its values travel in.
package struct TransferColumn: Hashable, Sendable, Codable {
  package var schema: ColumnSchema
  /// What the values are encoded as, on both sides alike; it holds every value of `schema.type`.
  package var type: ColumnType

  package init(schema: ColumnSchema, type: ColumnType) {
    self.schema = schema
    self.type = type
  }
}

/// A range of a table, named for one endpoint.
package struct TableRange: Hashable, Sendable, Codable {
  package var table: TableName
  /// The range column as this endpoint calls it; nil when the range is `.all`.
  package var column: ColumnSchema?
  package var range: KeyRange

  package init(table: TableName, column: ColumnSchema? = nil, range: KeyRange = .all) {
    precondition(column != nil || range == .all, "a key range needs its column")
    self.table = table
    self.column = column
    self.range = range
  }
}

/// Which rows and columns to read, and as what. The order of rows is the engine's choice.
package struct RangeRead: Hashable, Sendable {
  package var rows: TableRange
  package var columns: [TransferColumn]
  /// The columns of the table's key, by position in `columns`: they name a bad row in its error.
  package var key: [Int]
  /// Bytes that a batch aims at.
  package var batchBytes: Int

  package init(
    rows: TableRange, columns: [TransferColumn], key: [Int] = [], batchBytes: Int = RowBatch.defaultBudget
  ) {
    self.rows = rows
    self.columns = columns
    self.key = key
    self.batchBytes = batchBytes
  }
}

/// A question to the engine: where to cut a table so that the parts are about this large.
package struct SplitRequest: Hashable, Sendable {
  package var table: TableName
  /// Nil when the table has no column to split by: then only its size is asked for.
  package var column: ColumnSchema?
  package var partBytes: Int
  package var maximumParts: Int

  package init(table: TableName, column: ColumnSchema?, partBytes: Int, maximumParts: Int) {
    self.table = table
    self.column = column
    self.partBytes = partBytes
    self.maximumParts = maximumParts
  }
}

/// An engine's answer to a `SplitRequest`: estimates, and ascending, distinct cuts.
package struct Split: Hashable, Sendable {
  package var estimatedRows: Int
  package var estimatedBytes: Int
  package var cuts: [KeyValue]

  package init(estimatedRows: Int, estimatedBytes: Int, cuts: [KeyValue]) {
    self.estimatedRows = estimatedRows
    self.estimatedBytes = estimatedBytes
    self.cuts = cuts
  }
}
