import Databases
import Rows

/// What becomes of a call that does not succeed.
package struct Strike: Sendable {
  var error: DatabaseError
  var afterEffect: Bool

  package init(_ error: DatabaseError, afterEffect: Bool = false) {
    self.error = error
    self.afterEffect = afterEffect
  }
}

/// Says what becomes of a call, by the name of the `Connection`'s function.
protocol CallWatch: Sendable {
  func strike(_ operation: String) -> Strike?
}

extension CallWatch {
  func pass<Value>(
    _ operation: String, _ body: () async throws(DatabaseError) -> Value
  ) async throws(DatabaseError) -> Value {
    let strike = strike(operation)
    if let strike, !strike.afterEffect { throw strike.error }
    let value = try await body()
    if let strike { throw strike.error }
    return value
  }
}

/// Any connection, with somebody who sees each call before it is made.
final class WatchedConnection: Connection {
  private let base: any Connection
  private let fuse: any CallWatch

  init(_ base: any Connection, _ watch: any CallWatch) {
    self.base = base
    fuse = watch
  }

  func tables() async throws(DatabaseError) -> [TableSchema] {
    try await fuse.pass("tables") { () async throws(DatabaseError) in try await base.tables() }
  }
  func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    try await fuse.pass("split") { () async throws(DatabaseError) in try await base.split(request) }
  }
  func beginSnapshot() async throws(DatabaseError) -> String? {
    try await fuse.pass("beginSnapshot") { () async throws(DatabaseError) in try await base.beginSnapshot() }
  }
  func joinSnapshot(_ name: String) async throws(DatabaseError) {
    try await fuse.pass("joinSnapshot") { () async throws(DatabaseError) in try await base.joinSnapshot(name)
    }
  }
  func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict {
    try await fuse.pass("endSnapshot") { () async throws(DatabaseError) in try await base.endSnapshot() }
  }
  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    try await fuse.pass("openRead") { () async throws(DatabaseError) in try await base.openRead(read) }
  }
  func nextBatch() async throws(DatabaseError) -> RowBatch? {
    try await fuse.pass("nextBatch") { () async throws(DatabaseError) in try await base.nextBatch() }
  }
  func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    try await fuse.pass("nextFingerprint") { () async throws(DatabaseError) in
      try await base.nextFingerprint()
    }
  }
  func closeRead() async throws(DatabaseError) {
    try await fuse.pass("closeRead") { () async throws(DatabaseError) in try await base.closeRead() }
  }
  func begin() async throws(DatabaseError) {
    try await fuse.pass("begin") { () async throws(DatabaseError) in try await base.begin() }
  }
  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int {
    try await fuse.pass("delete") { () async throws(DatabaseError) in try await base.delete(rows) }
  }
  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    try await fuse.pass("openWrite") { () async throws(DatabaseError) in
      try await base.openWrite(table, columns: columns)
    }
  }
  func write(_ batch: RowBatch) async throws(DatabaseError) {
    try await fuse.pass("write") { () async throws(DatabaseError) in try await base.write(batch) }
  }
  func finishWrite() async throws(DatabaseError) -> Int {
    try await fuse.pass("finishWrite") { () async throws(DatabaseError) in try await base.finishWrite() }
  }
  func commit() async throws(DatabaseError) {
    try await fuse.pass("commit") { () async throws(DatabaseError) in try await base.commit() }
  }
  func rollback() async throws(DatabaseError) {
    try await fuse.pass("rollback") { () async throws(DatabaseError) in try await base.rollback() }
  }
  func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String] {
    try await fuse.pass("create") { () async throws(DatabaseError) in try await base.create(table, job: job) }
  }
  func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle] {
    try await fuse.pass("obstacles") { () async throws(DatabaseError) in try await base.obstacles(table) }
  }
  func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {
    try await fuse.pass("putAside") { () async throws(DatabaseError) in
      try await base.putAside(obstacles, job: job)
    }
  }
  func restore(job: String) async throws(DatabaseError) -> [Obstacle] {
    try await fuse.pass("restore") { () async throws(DatabaseError) in try await base.restore(job: job) }
  }
  func alignIdentity(_ table: TableName) async throws(DatabaseError) {
    try await fuse.pass("alignIdentity") { () async throws(DatabaseError) in
      try await base.alignIdentity(table)
    }
  }
  func prepareLedger() async throws(DatabaseError) {
    try await fuse.pass("prepareLedger") { () async throws(DatabaseError) in try await base.prepareLedger() }
  }
  func takeFence(job: String) async throws(DatabaseError) {
    try await fuse.pass("takeFence") { () async throws(DatabaseError) in try await base.takeFence(job: job) }
  }
  func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    try await fuse.pass("ledger") { () async throws(DatabaseError) in try await base.ledger(job: job) }
  }
  func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError) {
    try await fuse.pass("plan") { () async throws(DatabaseError) in
      try await base.plan(entries, table: table, job: job)
    }
  }
  func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await fuse.pass("claim") { () async throws(DatabaseError) in try await base.claim(entry, job: job) }
  }
  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await fuse.pass("record") { () async throws(DatabaseError) in try await base.record(entry, job: job) }
  }
  func close() async { await base.close() }
}
