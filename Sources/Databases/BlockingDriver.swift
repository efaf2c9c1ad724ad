import Rows

/// Interrupts a blocked call from any thread.
package protocol Interrupter: Sendable {
  func interrupt()
}

/// A C library's connection: synchronous, with one owner and no idea of concurrency.
///
/// It may block and is never called from two places at once, because a `DriverConnection` owns it. The
/// operations mean what they mean in `Connection`.
package protocol BlockingDriver: ~Copyable {
  var interrupter: any Interrupter { get }
  /// Prefilled for errors that the actor itself throws.
  var engine: Engine { get }
  var endpointName: String { get }

  mutating func tables() throws(DatabaseError) -> [TableSchema]
  mutating func split(_ request: SplitRequest) throws(DatabaseError) -> Split

  mutating func beginSnapshot() throws(DatabaseError) -> String?
  mutating func joinSnapshot(_ name: String) throws(DatabaseError)
  mutating func endSnapshot() throws(DatabaseError) -> SnapshotVerdict
  mutating func openRead(_ read: RangeRead) throws(DatabaseError)
  mutating func nextBatch() throws(DatabaseError) -> RowBatch?
  mutating func nextFingerprint() throws(DatabaseError) -> Fingerprint?
  mutating func closeRead() throws(DatabaseError)

  mutating func begin() throws(DatabaseError)
  mutating func delete(_ rows: TableRange) throws(DatabaseError) -> Int
  mutating func openWrite(_ table: TableName, columns: [TransferColumn]) throws(DatabaseError)
  mutating func write(_ batch: RowBatch) throws(DatabaseError)
  mutating func finishWrite() throws(DatabaseError) -> Int
  mutating func commit() throws(DatabaseError)
  mutating func rollback() throws(DatabaseError)

  mutating func create(_ table: TableSchema, job: String) throws(DatabaseError) -> [String]
  mutating func obstacles(_ table: TableName) throws(DatabaseError) -> [Obstacle]
  mutating func putAside(_ obstacles: [Obstacle], job: String) throws(DatabaseError)
  mutating func restore(job: String) throws(DatabaseError) -> [Obstacle]
  mutating func alignIdentity(_ table: TableName) throws(DatabaseError)

  mutating func prepareLedger() throws(DatabaseError)
  mutating func takeFence(job: String) throws(DatabaseError)
  mutating func ledger(job: String) throws(DatabaseError) -> [LedgerEntry]
  mutating func plan(_ entries: [LedgerEntry], table: String, job: String) throws(DatabaseError)
  mutating func claim(_ entry: LedgerEntry, job: String) throws(DatabaseError)
  mutating func record(_ entry: LedgerEntry, job: String) throws(DatabaseError)

  /// Lets go of the library's handle.
  mutating func close()
}
