import Rows

/// What readers of one job can rely on, in the receipt's words.
package enum SnapshotVerdict: String, Sendable, Codable {
  /// All readers saw one state of the source.
  case consistent
  /// The source was written to while it was read.
  case changed
  /// The engine cannot tell.
  case unknown
  /// Rows were read that may never have been committed, because the user asked for it.
  case dirty
}

/// A connection to one database, in operations and not in SQL.
///
/// Calls are made one at a time. Every call that fails throws a `DatabaseError` that says whether it had its
/// effect; after an error inside a transaction only `rollback` and `close` are useful.
package protocol Connection: AnyObject, Sendable {
  // MARK: Looking
  /// All tables of the endpoint but Proofload's own, sorted by name.
  func tables() async throws(DatabaseError) -> [TableSchema]
  func split(_ request: SplitRequest) async throws(DatabaseError) -> Split

  // MARK: Reading
  /// Holds one state of the database for this connection until it is closed. Returns a name by which other connections join it,
  /// nil if they cannot.
  func beginSnapshot() async throws(DatabaseError) -> String?
  func joinSnapshot(_ name: String) async throws(DatabaseError)
  /// Ends what `beginSnapshot` or `joinSnapshot` began.
  func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict
  /// Begins to read; ends a read that was open.
  func openRead(_ read: RangeRead) async throws(DatabaseError)
  /// The next rows; nil at the end, which is told apart from an error with certainty. Then the read is over, and outside a
  /// transaction nothing of it is left locked.
  func nextBatch() async throws(DatabaseError) -> RowBatch?
  /// As `nextBatch`, for a scan that wants no rows.
  func nextFingerprint() async throws(DatabaseError) -> Fingerprint?
  /// Ends a read early.
  func closeRead() async throws(DatabaseError)

  // MARK: Writing
  func begin() async throws(DatabaseError)
  /// Returns the number of rows deleted.
  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int
  /// Begins to write; inside a transaction.
  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError)
  func write(_ batch: RowBatch) async throws(DatabaseError)
  /// Returns the number of rows that the server says it took since `openWrite`.
  func finishWrite() async throws(DatabaseError) -> Int
  func commit() async throws(DatabaseError)
  /// Leaves no transaction open. Does nothing if there is none.
  func rollback() async throws(DatabaseError)

  // MARK: Preparing a target
  /// Creates the table with its primary key, in a transaction of its own. Returns what it cannot be given, as
  /// sentences. `later` are the indexes and foreign keys it is to get once loaded: recorded for `restore`.
  func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String]
  /// What is in the way of loading the table.
  func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle]
  /// Records the obstacles in the ledger and removes them, both or neither.
  func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError)
  /// Brings back what the job has put aside, whichever run did it, each in a transaction with its record.
  /// Returns what was restored.
  func restore(job: String) async throws(DatabaseError) -> [Obstacle]
  /// Makes the next generated identity larger than every value in the table.
  func alignIdentity(_ table: TableName) async throws(DatabaseError)

  // MARK: The ledger
  /// Creates the ledger if it is missing.
  func prepareLedger() async throws(DatabaseError)
  /// Takes the job's lock in the target until the connection closes; `.fenced` if another run has it. Taking it
  /// again on the same connection does nothing but show that the connection lives.
  func takeFence(job: String) async throws(DatabaseError)
  /// The job's entries, by table and index; none if there is no ledger.
  func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry]
  /// Replaces a table's entries, in a transaction of its own.
  func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError)
  /// Takes a unit for the attempt that `entry` names, which is one more than the ledger's, in a transaction of
  /// its own. Throws `.fenced` if the ledger's is not one less.
  func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError)
  /// Writes state and fingerprint, in the open transaction. Throws `.fenced` if the ledger's attempt
  /// is not the entry's.
  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError)

  /// Rolls back and lets go. Never fails; may be called twice.
  func close() async
}

extension Connection {
  /// Scans a range for its fingerprint. `progress` hears of each part as it is read.
  package func fingerprint(
    of read: RangeRead, progress: (Fingerprint) -> Void = { _ in }
  ) async throws(DatabaseError) -> Fingerprint {
    try await openRead(read)
    var sum = Fingerprint()
    while let part = try await nextFingerprint() {
      sum += part
      progress(part)
    }
    return sum
  }
}
