import Databases
import Rows

/// Passes every call on: what plants a bug has its own version of the calls in which it is.
protocol ForwardingConnection: Connection {
  var base: any Connection { get }
}

extension ForwardingConnection {
  func tables() async throws(DatabaseError) -> [TableSchema] { try await base.tables() }
  func split(_ request: SplitRequest) async throws(DatabaseError) -> Split { try await base.split(request) }
  func beginSnapshot() async throws(DatabaseError) -> String? { try await base.beginSnapshot() }
  func joinSnapshot(_ name: String) async throws(DatabaseError) { try await base.joinSnapshot(name) }
  func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict { try await base.endSnapshot() }
  func openRead(_ read: RangeRead) async throws(DatabaseError) { try await base.openRead(read) }
  func nextBatch() async throws(DatabaseError) -> RowBatch? { try await base.nextBatch() }
  func nextFingerprint() async throws(DatabaseError) -> Fingerprint? { try await base.nextFingerprint() }
  func closeRead() async throws(DatabaseError) { try await base.closeRead() }
  func begin() async throws(DatabaseError) { try await base.begin() }
  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int { try await base.delete(rows) }
  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    try await base.openWrite(table, columns: columns)
  }
  func write(_ batch: RowBatch) async throws(DatabaseError) { try await base.write(batch) }
  func finishWrite() async throws(DatabaseError) -> Int { try await base.finishWrite() }
  func commit() async throws(DatabaseError) { try await base.commit() }
  func rollback() async throws(DatabaseError) { try await base.rollback() }
  func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String] {
    try await base.create(table, job: job)
  }
  func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle] {
    try await base.obstacles(table)
  }
  func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {
    try await base.putAside(obstacles, job: job)
  }
  func restore(job: String) async throws(DatabaseError) -> [Obstacle] { try await base.restore(job: job) }
  func alignIdentity(_ table: TableName) async throws(DatabaseError) { try await base.alignIdentity(table) }
  func prepareLedger() async throws(DatabaseError) { try await base.prepareLedger() }
  func takeFence(job: String) async throws(DatabaseError) { try await base.takeFence(job: job) }
  func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] { try await base.ledger(job: job) }
  func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError) {
    try await base.plan(entries, table: table, job: job)
  }
  func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await base.claim(entry, job: job)
  }
  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await base.record(entry, job: job)
  }
  func close() async { await base.close() }
}
