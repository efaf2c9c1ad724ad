import CPostgres
import Databases
import Rows

/// A COPY to the server. Batches go out as they are where the table's types are the batch's, and are
/// re-encoded, checked and never rounded where they are not.
struct CopyWriter: ~Copyable {
  private let session: ServerSession
  private let place: ErrorPlace
  private let columns: [TransferColumn]
  private let transcoder: RowTranscoder
  /// Columns of type jsonb, whose binary form has a version byte in front.
  private let jsonb: [Bool]
  private var builder: RowBatchBuilder
  private var scratch: [UInt8] = []
  private var rows = 0

  private init(
    _ columns: [TransferColumn], _ transcoder: RowTranscoder, jsonb: [Bool], _ session: ServerSession,
    _ place: ErrorPlace
  ) {
    self.session = session
    self.place = place
    self.columns = columns
    self.transcoder = transcoder
    self.jsonb = jsonb
    builder = RowBatchBuilder(
      columnCount: columns.count, budget: transcoder.isIdentity ? 0 : RowBatch.defaultBudget)
  }

  static func open(
    _ table: TableName, _ columns: [TransferColumn], _ session: ServerSession
  ) throws(DatabaseError) -> CopyWriter {
    let place = session.place("write", table)
    let shape = try TableShape.of(table, session, operation: place.operation)
    var jsonb: [Bool] = []
    var types: [ColumnType] = []
    for column in columns {
      let (server, type) = try shape.column(column.schema.name, at: place)
      jsonb.append(server.oid == ServerType.jsonb)
      types.append(type)
    }
    let transcoder: RowTranscoder
    do throws(Unpairable) {
      transcoder = try RowTranscoder(from: columns.map(\.type), to: types)
    } catch {
      throw unpairable(error, at: place)
    }
    let dialect = PostgresDialect()
    let names = columns.map { dialect.quoted($0.schema.name) }.joined(separator: ", ")
    try session.startCopy(
      "COPY \(dialect.quoted(table)) (\(names)) FROM STDIN (FORMAT BINARY)", expecting: PGRES_COPY_IN,
      at: place)
    let writer = CopyWriter(columns, transcoder, jsonb: jsonb, session, place)
    try writer.put(header)
    return writer
  }

  /// Signature, flags, and the length of an extension that nobody has.
  private static let header: [UInt8] =
    Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
  private static let trailer: [UInt8] = [0xFF, 0xFF]

  mutating func write(_ batch: RowBatch) throws(DatabaseError) {
    if transcoder.isIdentity {
      try send(batch)
    } else {
      for index in 0..<batch.rowCount {
        try append(batch.row(index), number: rows + index + 1)
        if builder.isFull, let filled = builder.take() { try send(filled) }
      }
      if let filled = builder.take() { try send(filled) }
    }
    rows += batch.rowCount
  }

  /// Returns the number of rows that the server says it took.
  consuming func finish() throws(DatabaseError) -> Int {
    try put(CopyWriter.trailer)
    return try session.finishPut(at: place)
  }

  private mutating func append(_ row: UnsafeRawBufferPointer, number: Int) throws(DatabaseError) {
    do throws(BadField) {
      try transcoder.transcode(row, into: &builder)
    } catch {
      builder.discardRow()
      throw DatabaseError(
        engine: PostgresDialect.engine, errorClass: .badRow,
        message:
          "row \(number) of this write, column \(columns[error.column].schema.name), \(error.value.rule)",
        place: place)
    }
  }

  private mutating func send(_ batch: RowBatch) throws(DatabaseError) {
    guard jsonb.contains(true) else { return try session.put(batch.bytes, at: place) }
    scratch.removeAll(keepingCapacity: true)
    for index in 0..<batch.rowCount { addVersions(batch.row(index)) }
    try put(scratch)
  }

  private mutating func addVersions(_ row: UnsafeRawBufferPointer) {
    var cursor = FieldCursor(row)
    scratch.append(contentsOf: row.prefix(2))
    for isJSONB in jsonb {
      guard let field = cursor.nextField() else {
        scratch.append(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF])
        continue
      }
      let length = UInt32(field.count + (isJSONB ? 1 : 0))
      for shift in [24, 16, 8, 0] as [UInt32] { scratch.append(UInt8(truncatingIfNeeded: length >> shift)) }
      if isJSONB { scratch.append(1) }
      scratch.append(contentsOf: field)
    }
  }

  private func put(_ bytes: [UInt8]) throws(DatabaseError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(DatabaseError) in try session.put(buffer, at: place) }
    }
    try result.get()
  }
}
