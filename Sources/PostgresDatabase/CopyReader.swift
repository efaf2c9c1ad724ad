import CPostgres
import Databases
import Rows

/// A COPY from the server: rows as they come, checked byte by byte to be whole, and counted.
struct CopyReader: ~Copyable {
  /// Row bytes that one call for a fingerprint reads.
  private static let fingerprintBytes = 8 << 20

  private let session: ServerSession
  private let place: ErrorPlace
  private let read: RangeRead
  private let wire: WireColumns
  private let transcoder: RowTranscoder
  private let usesSavepoint: Bool
  private var builder: RowBatchBuilder
  private var stream: CopyStream
  private var isFinished = false

  private init(
    _ read: RangeRead, _ wire: WireColumns, _ transcoder: RowTranscoder, _ session: ServerSession,
    _ place: ErrorPlace, usesSavepoint: Bool
  ) {
    self.session = session
    self.place = place
    self.read = read
    self.wire = wire
    self.transcoder = transcoder
    self.usesSavepoint = usesSavepoint
    builder = RowBatchBuilder(columnCount: read.columns.count, budget: read.batchBytes)
    stream = CopyStream(columnCount: read.columns.count)
  }

  static func open(
    _ read: RangeRead, _ table: TableName, _ session: ServerSession
  ) throws(DatabaseError) -> CopyReader {
    let place = session.place("read", table)
    let shape = try TableShape.of(table, session, operation: place.operation)
    let wire = try WireColumns(read.columns, shape, at: place)
    let transcoder = try wire.transcoder(at: place)
    // A read that ends early must not end the snapshot that it is part of.
    let usesSavepoint = session.isInTransaction
    if usesSavepoint { try session.run("SAVEPOINT proofload_read", operation: place.operation, table: table) }
    let dialect = session.dialect
    let condition = dialect.literalCondition(read.rows).map { " WHERE \($0)" } ?? ""
    let select =
      "SELECT \(wire.expressions.joined(separator: ", ")) FROM \(shape.only)\(dialect.quoted(table))\(condition)"
    do throws(DatabaseError) {
      try session.startCopy(
        "COPY (\(select)) TO STDOUT (FORMAT BINARY)", expecting: PGRES_COPY_OUT, at: place)
    } catch {
      // The first error is the one to report.
      try? restoreTransaction(session, usesSavepoint, table)
      throw error
    }
    return CopyReader(read, wire, transcoder, session, place, usesSavepoint: usesSavepoint)
  }

  mutating func nextBatch() throws(DatabaseError) -> RowBatch? {
    while !isFinished && !builder.isFull { try readMessage() }
    return builder.take()
  }

  mutating func nextFingerprint() throws(DatabaseError) -> Fingerprint? {
    guard !isFinished else { return nil }
    var fingerprint = Fingerprint()
    var bytes = 0
    while !isFinished && bytes < CopyReader.fingerprintBytes {
      bytes += try hashMessage(into: &fingerprint)
      if builder.isFull { fingerprint += builder.takeFingerprint() }
    }
    fingerprint += builder.takeFingerprint()
    return fingerprint.rows > 0 ? fingerprint : nil
  }

  /// Reads one message and appends its rows.
  private mutating func readMessage() throws(DatabaseError) {
    guard let data = try nextMessage() else { return }
    defer { PQfreemem(data.baseAddress) }
    var offset = 0
    while let row = try nextRow(data, &offset) { try append(row) }
  }

  /// As `readMessage`, without a copy where rows need no new encoding. Returns the message's size.
  private mutating func hashMessage(into fingerprint: inout Fingerprint) throws(DatabaseError) -> Int {
    guard let data = try nextMessage() else { return 0 }
    defer { PQfreemem(data.baseAddress) }
    var offset = 0
    while let row = try nextRow(data, &offset) {
      if transcoder.isIdentity { fingerprint.add(row) } else { try append(row) }
    }
    return data.count
  }

  /// Nil at the end, which is certain: the trailer came, the server says that the command succeeded,
  /// and its count of rows is ours.
  private mutating func nextMessage() throws(DatabaseError) -> UnsafeMutableRawBufferPointer? {
    switch try session.nextCopyData(at: place) {
    case .data(let data): return data
    case .end(let rows):
      guard stream.isComplete, rows == stream.rows else {
        throw permanent("the server says it sent \(rows) rows, but \(stream.rows) arrived")
      }
      isFinished = true
      if usesSavepoint {
        try session.run(
          "RELEASE SAVEPOINT proofload_read", operation: place.operation, table: read.rows.table)
      }
      return nil
    }
  }

  private mutating func nextRow(
    _ data: UnsafeMutableRawBufferPointer, _ offset: inout Int
  ) throws(DatabaseError) -> UnsafeRawBufferPointer? {
    do throws(CopyStream.Malformed) {
      guard let row = try stream.nextRow(data, &offset) else { return nil }
      wire.unifyNaN(row)
      return UnsafeRawBufferPointer(row)
    } catch {
      throw permanent("the server's answer is not in COPY's binary format: \(error.reason)")
    }
  }

  private mutating func append(_ row: UnsafeRawBufferPointer) throws(DatabaseError) {
    do throws(BadField) {
      try transcoder.transcode(row, into: &builder)
    } catch {
      builder.discardRow()
      throw badRow(error, row)
    }
  }

  /// Ends the read, early or not.
  consuming func close() throws(DatabaseError) {
    if isFinished { return }
    session.abandonCommand()
    try CopyReader.restoreTransaction(session, usesSavepoint, read.rows.table)
  }

  private static func restoreTransaction(
    _ session: ServerSession, _ usesSavepoint: Bool, _ table: TableName
  ) throws(DatabaseError) {
    guard usesSavepoint, !session.isLost else { return }
    try session.run(
      "ROLLBACK TO SAVEPOINT proofload_read; RELEASE SAVEPOINT proofload_read", operation: "end a read",
      table: table)
  }

  private func permanent(_ message: String) -> DatabaseError {
    DatabaseError(engine: PostgresDialect.engine, errorClass: .permanent, message: message, place: place)
  }

  private func badRow(_ field: BadField, _ row: UnsafeRawBufferPointer) -> DatabaseError {
    let column = read.columns[field.column].schema.name
    let key = wire.key(read.key, read.columns, of: row)
    return DatabaseError(
      engine: PostgresDialect.engine, errorClass: .badRow,
      message: "the row\(key.isEmpty ? "" : " with \(key)"): column \(column) \(field.value.rule)",
      place: place)
  }
}

/// Walks the messages of a binary COPY: header, rows, trailer.
///
/// The server sends a row a message, but the protocol does not promise it: a message may hold several
/// rows, and every length in it is checked before it is believed.
struct CopyStream {
  struct Malformed: Error { let reason: String }

  private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]

  private let columnCount: Int
  private var isInside = false
  /// The trailer has come.
  private(set) var isComplete = false
  private(set) var rows = 0

  init(columnCount: Int) { self.columnCount = columnCount }

  /// The next row of the message, nil at the message's end.
  mutating func nextRow(
    _ data: UnsafeMutableRawBufferPointer, _ offset: inout Int
  ) throws(Malformed) -> UnsafeMutableRawBufferPointer? {
    if !isInside { try skipHeader(data, &offset) }
    if offset == data.count { return nil }
    guard !isComplete else { throw Malformed(reason: "something follows its end") }
    let start = offset
    let fields = try integer(Int16.self, data, &offset)
    if fields == -1 {
      isComplete = true
      guard offset == data.count else { throw Malformed(reason: "something follows its end") }
      return nil
    }
    guard fields == columnCount else {
      throw Malformed(reason: "a row has \(fields) values and not \(columnCount)")
    }
    for _ in 0..<columnCount {
      let length = Int(try integer(Int32.self, data, &offset))
      guard length >= -1, length <= data.count - offset else { throw Malformed(reason: "a row is cut off") }
      offset += max(length, 0)
    }
    rows += 1
    return UnsafeMutableRawBufferPointer(rebasing: data[start..<offset])
  }

  private mutating func skipHeader(
    _ data: UnsafeMutableRawBufferPointer, _ offset: inout Int
  ) throws(Malformed) {
    let signature = CopyStream.signature
    guard data.count >= 19, zip(data, signature).allSatisfy({ $0 == $1 }) else {
      throw Malformed(reason: "its signature is missing")
    }
    offset = signature.count
    // The lower half is for what readers may ignore.
    guard try integer(UInt32.self, data, &offset) >> 16 == 0 else {
      throw Malformed(reason: "its header has flags that nobody here knows")
    }
    let `extension` = Int(try integer(UInt32.self, data, &offset))
    guard `extension` <= data.count - offset else { throw Malformed(reason: "its header is cut off") }
    offset += `extension`
    isInside = true
  }

  private func integer<Value: FixedWidthInteger>(
    _ type: Value.Type, _ data: UnsafeMutableRawBufferPointer, _ offset: inout Int
  ) throws(Malformed) -> Value {
    let size = MemoryLayout<Value>.size
    guard data.count - offset >= size else { throw Malformed(reason: "a row is cut off") }
    defer { offset += size }
    return Value(bigEndian: data.loadUnaligned(fromByteOffset: offset, as: type))
  }
}
