import ModelDatabase

/// What a query answers: its columns, and rows as stored bytes.
package struct ResultSet: Sendable {
  package var columns: [OutputColumn]
  /// In their order. They share their bytes with the table where nothing was calculated.
  package var rows: Run<ServerRow>
  /// Which fields of a row are the columns, in their order; nil if it has just them.
  package var fields: [Int]?

  package init(columns: [OutputColumn], rows: Run<ServerRow>, fields: [Int]? = nil) {
    self.columns = columns
    self.rows = rows
    self.fields = fields
  }

  package var count: Int { rows.count }

  /// Calls a body with each row's values in the order of the columns: nil is NULL. The bytes are valid during
  /// the call only.
  package func forEach<Failure: Error>(
    _ body: ([UnsafeRawBufferPointer?]) throws(Failure) -> Void
  ) throws(Failure) {
    let width = (fields?.max() ?? columns.count - 1) + 1
    let isStraight = fields == nil || fields == Array(0..<columns.count)
    var found = [UnsafeRawBufferPointer?](repeating: nil, count: max(width, columns.count))
    var values = [UnsafeRawBufferPointer?](repeating: nil, count: columns.count)
    for slice in rows.slices {
      for row in slice {
        try row.withBytes { (bytes: UnsafeRawBufferPointer) throws(Failure) -> Void in
          var walk = StoredFields(bytes)
          for index in 0..<width { found[index] = walk.nextField() }
          if isStraight {
            for index in 0..<columns.count { values[index] = found[index] }
          } else if let fields {
            for (index, field) in fields.enumerated() { values[index] = found[field] }
          }
          try body(values)
        }
      }
    }
  }
}

/// What a SELECT statement did.
package enum SelectOutcome: Sendable {
  case rows(ResultSet)
  /// SELECT @v = x, and SELECT INTO: how many rows there were.
  case count(Int)
}

/// Rows in the making.
package struct RowCollector {
  private var builder = RowChunkBuilder()
  private var rows = ContiguousArray<ServerRow>()
  package private(set) var count = 0

  package init() {}

  /// Bytes of a chunk.
  private static let limit = 1 << 20

  package mutating func append(_ row: ServerRow) {
    rows.append(row)
    count += 1
  }

  /// A row of values of their types.
  package mutating func append(_ values: [SQLValue], _ types: [SQLType]) {
    for (value, type) in zip(values, types) { type.appendStored(value, to: &builder.bytes) }
    endRow()
  }

  mutating func withBytes(_ body: (inout [UInt8]) throws(SQLError) -> Void) throws(SQLError) {
    try body(&builder.bytes)
    endRow()
  }

  private mutating func endRow() {
    builder.endRow()
    count += 1
    if builder.bytes.count > RowCollector.limit { flush() }
  }

  private mutating func flush() {
    guard builder.rowCount > 0 else { return }
    let chunk = builder.finish()
    for row in 0..<chunk.count {
      rows.append(ServerRow(key: RowKey(prefix: UInt64(rows.count)), chunk: chunk, row: row))
    }
  }

  package mutating func finish() -> ContiguousArray<ServerRow> {
    flush()
    return rows
  }
}
