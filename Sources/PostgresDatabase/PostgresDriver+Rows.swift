import Databases
import Rows

extension PostgresDriver {
  package mutating func openRead(_ read: RangeRead) throws(DatabaseError) {
    try closeRead()
    reader = try CopyReader.open(read, qualified(read.rows.table), session)
  }

  package mutating func nextBatch() throws(DatabaseError) -> RowBatch? { try reader?.nextBatch() }

  package mutating func nextFingerprint() throws(DatabaseError) -> Fingerprint? {
    try reader?.nextFingerprint()
  }

  package mutating func closeRead() throws(DatabaseError) {
    try reader.take()?.close()
  }

  package mutating func openWrite(_ table: TableName, columns: [TransferColumn]) throws(DatabaseError) {
    try closeRead()
    precondition(writer == nil, "one write at a time")
    writer = try CopyWriter.open(qualified(table), columns, session)
  }

  package mutating func write(_ batch: RowBatch) throws(DatabaseError) {
    precondition(writer != nil, "openWrite comes before write")
    try writer?.write(batch)
  }

  package mutating func finishWrite() throws(DatabaseError) -> Int {
    guard let writer = writer.take() else { preconditionFailure("openWrite comes before finishWrite") }
    return try writer.finish()
  }
}
