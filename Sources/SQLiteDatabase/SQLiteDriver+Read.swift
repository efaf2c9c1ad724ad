import CSQLite
import Databases
import Rows

/// Reading a range.
extension SQLiteDriver {
  /// Rows behind one fingerprint, in bytes: a call is long enough not to matter, and short enough to cancel.
  private static let fingerprintBytes = 8 << 20

  package mutating func openRead(_ read: RangeRead) throws(DatabaseError) {
    reader = nil
    let table = read.rows.table
    var values: [ValueReader] = []
    var encoded: [ColumnType] = []
    for column in read.columns {
      guard let schema = column.schema.type else { throw unreadable(column.schema, table) }
      let type = ValueReader.encoding(of: schema, as: column.type)
      guard let value = ValueReader(type) else { throw unreadable(column.schema, table) }
      values.append(value)
      encoded.append(type)
    }
    let transcoder: RowTranscoder
    do {
      transcoder = try RowTranscoder(from: encoded, to: read.columns.map(\.type))
    } catch {
      throw failure(.configuration, error.reason, operation: "read", table: table)
    }
    let names = read.columns.map { dialect.quoted($0.schema.name) }.joined(separator: ", ")
    let condition = dialect.condition(read.rows)
    // A table without columns to read still has rows to count.
    var sql = "SELECT \(names.isEmpty ? "NULL" : names) FROM \(dialect.quoted(table))"
    if let condition { sql += " WHERE \(condition.sql)" }
    let statement = try prepare(sql, operation: "read", table: table)
    let status = statement.bind(condition?.parameters ?? [])
    guard status == SQLITE_OK else { throw error(status, operation: "read", table: table) }
    reader = RangeReader(statement, read, encoded: encoded, values, transcoder)
  }

  private func unreadable(_ column: ColumnSchema, _ table: TableName) -> DatabaseError {
    failure(
      .configuration, "column \(column.name) (\(column.declared)) holds values of several kinds",
      remedy: "Leave the column or the table out, or convert its values to one type.", operation: "read",
      table: table)
  }

  package mutating func nextBatch() throws(DatabaseError) -> RowBatch? {
    try reading { reader throws(RangeReader.Failure) in try reader.nextBatch() }
  }

  package mutating func nextFingerprint() throws(DatabaseError) -> Fingerprint? {
    try reading { reader throws(RangeReader.Failure) in
      try reader.nextFingerprint(bytes: SQLiteDriver.fingerprintBytes)
    }
  }

  package mutating func closeRead() throws(DatabaseError) { reader = nil }

  /// An error ends the read: what follows it is not the end of the rows.
  private mutating func reading<Value>(
    _ body: (inout RangeReader) throws(RangeReader.Failure) -> Value?
  ) throws(DatabaseError) -> Value? {
    guard var current = reader.take() else {
      throw failure(.permanent, "no read is open, or an error has ended it", operation: "read")
    }
    let table = current.table
    do throws(RangeReader.Failure) {
      let value = try body(&current)
      reader = consume current
      return value
    } catch {
      switch error {
      case .engine(let status): throw self.error(status, operation: "read", table: table)
      case .badRow(let message): throw failure(.badRow, message, operation: "read", table: table)
      }
    }
  }
}
