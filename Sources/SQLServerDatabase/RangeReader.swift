import CFreeTDS
import Databases
import Rows
import TDS

/// A SELECT under way: rows from db-lib's memory straight into a batch, and counted.
struct RangeReader: ~Copyable {
  /// Rows behind one fingerprint, in bytes: a call is long enough not to matter, and short enough to cancel.
  private static let fingerprintBytes = 8 << 20

  private let session: ServerSession
  private let place: ErrorPlace
  private let read: RangeRead
  private let values: [ValueReader]
  /// As what values are encoded first.
  private let encoded: [ColumnType]
  private let transcoder: RowTranscoder
  private var builder: RowBatchBuilder
  /// Where values have to be encoded twice, the second encoding.
  private var transcoded: RowBatchBuilder
  private var scratch = TDSWriter(capacity: 1 << 16)
  private var rows = 0
  private(set) var isFinished = false

  private init(
    _ read: RangeRead, _ session: ServerSession, _ place: ErrorPlace, _ values: [ValueReader],
    _ encoded: [ColumnType], _ transcoder: RowTranscoder
  ) {
    self.session = session
    self.place = place
    self.read = read
    self.values = values
    self.encoded = encoded
    self.transcoder = transcoder
    builder = RowBatchBuilder(columnCount: values.count, budget: read.batchBytes)
    transcoded = RowBatchBuilder(
      columnCount: values.count, budget: transcoder.isIdentity ? 0 : read.batchBytes)
  }

  static func open(
    _ read: RangeRead, _ session: ServerSession, _ options: SQLServerOptions
  ) throws(DatabaseError) -> RangeReader {
    let table = read.rows.table
    let place = session.place("read", table)
    let shape = try TableShape(table, session, operation: place.operation)
    var values: [ValueReader] = []
    var encoded: [ColumnType] = []
    var expressions: [String] = []
    let dialect = SQLServerDialect()
    for wanted in read.columns {
      let column = try shape.column(wanted.schema.name, at: place)
      encoded.append(try TableShape.columnType(column, options, at: place))
      do throws(BadValue) {
        values.append(try ValueReader(column.type, asText: options.asText.contains(column.type.declared)))
      } catch {
        throw refusal("column \(column.name) \(error.rule)", at: place)
      }
      expressions.append(column.type.expression(dialect.quoted(column.name), options))
    }
    let transcoder: RowTranscoder
    do throws(Unpairable) {
      transcoder = try RowTranscoder(from: encoded, to: read.columns.map(\.type))
    } catch {
      throw refusal(error.reason, at: place)
    }
    let hint = options.readsUncommitted ? " WITH (NOLOCK)" : ""
    let condition = dialect.literalCondition(read.rows).map { " WHERE \($0)" } ?? ""
    // A table without columns to read still has rows to count.
    let list = expressions.isEmpty ? "CAST(0x AS varbinary(1))" : expressions.joined(separator: ", ")
    try session.send("SELECT \(list) FROM \(dialect.quoted(table))\(hint)\(condition)", at: place)
    guard try session.nextResult(at: place) else { throw session.failure(at: place) }
    try checkColumns(read.columns, values, session, at: place)
    return RangeReader(read, session, place, values, encoded, transcoder)
  }

  private static func checkColumns(
    _ columns: [TransferColumn], _ values: [ValueReader], _ session: ServerSession, at place: ErrorPlace
  ) throws(DatabaseError) {
    let count = Int(dbnumcols(session.process))
    for index in values.indices
    where count < values.count || !values[index].accepts(session.process, Int32(index + 1)) {
      session.abandon()
      throw refusal(
        "the server sends column \(columns[index].schema.name) as another type than its catalog has it",
        at: place)
    }
  }

  private static func refusal(_ message: String, at place: ErrorPlace) -> DatabaseError {
    DatabaseError(
      engine: SQLServerDialect.engine, errorClass: .configuration, message: message,
      remedy: "Change the column's type on one side, or leave the column out.", place: place)
  }

  // MARK: Reading

  mutating func nextBatch() throws(DatabaseError) -> RowBatch? {
    try fill(to: read.batchBytes)
    guard let batch = builder.take() else { return nil }
    return transcoder.isIdentity ? batch : try transcode(batch)
  }

  mutating func nextFingerprint() throws(DatabaseError) -> Fingerprint? {
    var total = Fingerprint()
    var bytes = 0
    while bytes < RangeReader.fingerprintBytes, !isFinished || !builder.isEmpty {
      if transcoder.isIdentity {
        // In portions that stay in the processor's cache.
        try fill(to: 1 << 16)
        bytes += builder.byteCount
        total += builder.takeFingerprint()
      } else if let batch = try nextBatch() {
        bytes += batch.bytes.count
        total += batch.fingerprint
      }
    }
    return total.rows == 0 ? nil : total
  }

  /// Encodes rows until there are this many bytes of them, or no more rows.
  private mutating func fill(to bytes: Int) throws(DatabaseError) {
    guard !isFinished else { return }
    if session.events.interrupter.wasAsked { throw session.failure(at: place) }
    let process = session.process
    while builder.byteCount < bytes {
      guard try session.nextRow(at: place) else { return try finish() }
      builder.beginRow()
      for index in values.indices {
        let column = Int32(truncatingIfNeeded: index &+ 1)
        guard let data = dbdata(process, column) else {
          builder.appendNull()
          continue
        }
        do throws(BadValue) {
          try values[index].append(data, Int(dbdatlen(process, column)), to: &builder, &scratch)
        } catch {
          builder.discardRow()
          throw badRow(index, error)
        }
      }
      builder.endRow()
      rows &+= 1
    }
  }

  /// The end is certain: the server says how many rows it sent, no error came behind them, and nothing is left of
  /// the batch.
  private mutating func finish() throws(DatabaseError) {
    let isCounted = dbiscount(session.process) != 0
    let count = dbcount(session.process)
    while try session.nextResult(at: place) {}
    // db-lib's count has 32 bits.
    guard isCounted, count == Int32(truncatingIfNeeded: rows) else {
      throw DatabaseError(
        engine: SQLServerDialect.engine, errorClass: .permanent,
        message: isCounted
          ? "the server says it sent \(count) rows, but \(rows) arrived"
          : "the server did not say how many rows it sent",
        place: place)
    }
    isFinished = true
  }

  private mutating func transcode(_ batch: RowBatch) throws(DatabaseError) -> RowBatch? {
    defer { withExtendedLifetime(batch) {} }
    for index in 0..<batch.rowCount {
      do throws(BadField) {
        try transcoder.transcode(batch.row(index), into: &transcoded)
      } catch {
        transcoded.discardRow()
        let row = RowName(batch.row(index), read.columns, key: read.key, types: encoded)
        throw badRow(row, error.column, error.value)
      }
    }
    return transcoded.take()
  }

  /// Names the row that db-lib holds.
  private mutating func badRow(_ column: Int, _ value: BadValue) -> DatabaseError {
    var single = RowBatchBuilder(columnCount: 1, budget: 64)
    let parts = read.key.map { position -> String in
      let name = read.columns[position].schema.name
      let number = Int32(position + 1)
      guard let data = dbdata(session.process, number) else { return "\(name) = NULL" }
      single.beginRow()
      do throws(BadValue) {
        try values[position].append(data, Int(dbdatlen(session.process, number)), to: &single, &scratch)
      } catch {
        single.discardRow()
        return "\(name) = ?"
      }
      single.endRow()
      guard let batch = single.take() else { return "\(name) = ?" }
      return withExtendedLifetime(batch) {
        var cursor = FieldCursor(batch.row(0))
        let text = cursor.nextField().flatMap { try? FieldText.render($0, as: encoded[position]) } ?? "?"
        return RowName.part(name, text, encoded[position])
      }
    }
    return badRow(RowName(parts: parts), column, value)
  }

  private func badRow(_ row: RowName, _ column: Int, _ value: BadValue) -> DatabaseError {
    DatabaseError(
      engine: SQLServerDialect.engine, errorClass: .badRow,
      message: "\(row), column \(read.columns[column].schema.name) \(value.rule)", place: place)
  }
}
