import Rows

/// A database as somebody changes it who stands between it and its users. Everything is passed on but for the
/// calls of which the type has a version of its own.
package protocol ForwardingEndpoint: Endpoint {
  var base: any Endpoint { get }
}

extension ForwardingEndpoint {
  package var engine: Engine { base.engine }
  package var name: String { base.name }
  package var identity: String { base.identity }
  package var capabilities: Capabilities { base.capabilities }
  package var schema: String? { base.schema }
  package var isMissing: Bool { base.isMissing }
}

/// The same for a connection.
package protocol ForwardingConnection: Connection {
  var base: any Connection { get }
}

extension ForwardingConnection {
  package func tables() async throws(DatabaseError) -> [TableSchema] { try await base.tables() }
  package func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    try await base.split(request)
  }
  package func beginSnapshot() async throws(DatabaseError) -> String? { try await base.beginSnapshot() }
  package func joinSnapshot(_ name: String) async throws(DatabaseError) { try await base.joinSnapshot(name) }
  package func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict { try await base.endSnapshot() }
  package func openRead(_ read: RangeRead) async throws(DatabaseError) { try await base.openRead(read) }
  package func nextBatch() async throws(DatabaseError) -> RowBatch? { try await base.nextBatch() }
  package func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    try await base.nextFingerprint()
  }
  package func closeRead() async throws(DatabaseError) { try await base.closeRead() }
  package func begin() async throws(DatabaseError) { try await base.begin() }
  package func delete(_ rows: TableRange) async throws(DatabaseError) -> Int { try await base.delete(rows) }
  package func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    try await base.openWrite(table, columns: columns)
  }
  package func write(_ batch: RowBatch) async throws(DatabaseError) { try await base.write(batch) }
  package func finishWrite() async throws(DatabaseError) -> Int { try await base.finishWrite() }
  package func commit() async throws(DatabaseError) { try await base.commit() }
  package func rollback() async throws(DatabaseError) { try await base.rollback() }
  package func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String] {
    try await base.create(table, job: job)
  }
  package func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle] {
    try await base.obstacles(table)
  }
  package func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {
    try await base.putAside(obstacles, job: job)
  }
  package func restore(job: String) async throws(DatabaseError) -> [Obstacle] {
    try await base.restore(job: job)
  }
  package func alignIdentity(_ table: TableName) async throws(DatabaseError) {
    try await base.alignIdentity(table)
  }
  package func prepareLedger() async throws(DatabaseError) { try await base.prepareLedger() }
  package func takeFence(job: String) async throws(DatabaseError) { try await base.takeFence(job: job) }
  package func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    try await base.ledger(job: job)
  }
  package func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError) {
    try await base.plan(entries, table: table, job: job)
  }
  package func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await base.claim(entry, job: job)
  }
  package func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await base.record(entry, job: job)
  }
  package func close() async { await base.close() }
}
