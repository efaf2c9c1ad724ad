import Databases
import Rows

extension SQLServerDriver {
  package mutating func openRead(_ read: RangeRead) throws(DatabaseError) {
    try closeRead()
    var read = read
    read.rows.table = qualified(read.rows.table)
    reader = try RangeReader.open(read, session, options)
  }

  package mutating func nextBatch() throws(DatabaseError) -> RowBatch? {
    try reading { reader throws(DatabaseError) in try reader.nextBatch() }
  }

  package mutating func nextFingerprint() throws(DatabaseError) -> Fingerprint? {
    try reading { reader throws(DatabaseError) in try reader.nextFingerprint() }
  }

  /// An error ends the read: what follows it is not the end of the rows.
  private mutating func reading<Value>(
    _ body: (inout RangeReader) throws(DatabaseError) -> Value?
  ) throws(DatabaseError) -> Value? {
    guard var current = reader.take() else {
      throw failure(.permanent, "no read is open, or an error has ended it", operation: "read")
    }
    let value = try body(&current)
    reader = consume current
    return value
  }

  package mutating func closeRead() throws(DatabaseError) {
    guard let current = reader.take(), !current.isFinished else { return }
    session.abandon()
  }

  package mutating func openWrite(_ table: TableName, columns: [TransferColumn]) throws(DatabaseError) {
    try closeRead()
    writer = nil
    let table = qualified(table)
    guard !columns.isEmpty else {
      throw failure(.configuration, "no columns were named", operation: "write", table: table)
    }
    writer = try TableWriter.open(
      table, columns, session, options, isAlone: emptied == table)
  }

  package mutating func write(_ batch: RowBatch) throws(DatabaseError) {
    guard var current = writer.take() else {
      throw failure(.permanent, "no write is open, or an error has ended it", operation: "write")
    }
    try current.write(batch)
    writer = consume current
  }

  package mutating func finishWrite() throws(DatabaseError) -> Int {
    guard let current = writer.take() else {
      throw failure(.permanent, "no write is open, or an error has ended it", operation: "write")
    }
    return try current.finish()
  }
}
