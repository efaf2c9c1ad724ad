import CSQLite
import Databases
import Rows

/// One read under way: a statement, and the builder that its rows go into.
struct RangeReader: ~Copyable {
  let table: TableName
  private let statement: SQLiteStatement
  private let columns: [TransferColumn]
  private let key: [Int]
  private let values: [ValueReader]
  private let encoded: [ColumnType]
  private let transcoder: RowTranscoder
  private var builder: RowBatchBuilder
  /// Where a column's values have to be encoded twice, the second encoding.
  private var transcoded: RowBatchBuilder
  private let batchBytes: Int
  private var isAtEnd = false

  /// What ended a call early; the driver knows the place.
  enum Failure: Error {
    case engine(Int32)
    case badRow(message: String)
  }

  /// `encoded` are the types as which the statement's values are encoded first.
  init(
    _ statement: consuming SQLiteStatement, _ read: RangeRead, encoded: [ColumnType], _ values: [ValueReader],
    _ transcoder: RowTranscoder
  ) {
    self.statement = statement
    table = read.rows.table
    columns = read.columns
    key = read.key
    self.values = values
    self.encoded = encoded
    self.transcoder = transcoder
    batchBytes = read.batchBytes
    builder = RowBatchBuilder(columnCount: read.columns.count, budget: read.batchBytes)
    transcoded = RowBatchBuilder(
      columnCount: read.columns.count, budget: transcoder.isIdentity ? 0 : read.batchBytes)
  }

  mutating func nextBatch() throws(Failure) -> RowBatch? {
    try fill(to: batchBytes)
    guard let batch = builder.take() else { return nil }
    return transcoder.isIdentity ? batch : try transcode(batch)
  }

  /// The fingerprint of about this many bytes of rows; nil at the end.
  mutating func nextFingerprint(bytes: Int) throws(Failure) -> Fingerprint? {
    var total = Fingerprint()
    var read = 0
    while read < bytes, !isAtEnd {
      if transcoder.isIdentity {
        // In portions that stay in the processor's cache.
        try fill(to: 1 << 16)
        read += builder.byteCount
        total += builder.takeFingerprint()
      } else if let batch = try nextBatch() {
        read += batch.bytes.count
        total += batch.fingerprint
      }
    }
    return total.rows == 0 ? nil : total
  }

  /// Encodes rows until there are this many bytes of them, or no more rows.
  private mutating func fill(to bytes: Int) throws(Failure) {
    let statement = statement.pointer
    while builder.byteCount < bytes, !isAtEnd {
      let status = sqlite3_step(statement)
      guard status == SQLITE_ROW else {
        guard status == SQLITE_DONE else { throw .engine(status) }
        isAtEnd = true
        return
      }
      builder.beginRow()
      for column in values.indices {
        let value: OpaquePointer = sqlite3_column_value(statement, Int32(truncatingIfNeeded: column))
        do {
          try values[column].read(value, into: &builder)
        } catch {
          throw badRow(column, error)
        }
      }
      builder.endRow()
    }
  }

  private mutating func transcode(_ batch: RowBatch) throws(Failure) -> RowBatch? {
    defer { withExtendedLifetime(batch) {} }
    for index in 0..<batch.rowCount {
      do {
        try transcoder.transcode(batch.row(index), into: &transcoded)
      } catch {
        let row = RowName(columns.map(\.schema), key: key, types: encoded, row: batch.row(index))
        throw .badRow(message: row.message(columns[error.column].schema.name, error.value))
      }
    }
    return transcoded.take()
  }

  /// Names the statement's current row.
  private func badRow(_ column: Int, _ value: BadValue) -> Failure {
    let row = RowName(
      key.map { (columns[$0].schema.name, RowName.stored(statement.pointer, Int32($0))) })
    return .badRow(message: row.message(columns[column].schema.name, value))
  }
}
