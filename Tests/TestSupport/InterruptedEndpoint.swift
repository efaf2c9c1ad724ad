import Databases
import Rows
import Runtime

/// An endpoint whose process "dies" at its n-th call: before the call has its effect, or after.
///
/// From then on every call of every connection fails as if the connection were gone; only `close` works, which
/// is what the operating system does for a killed process.
package struct InterruptedEndpoint: Endpoint {
  package enum Moment: String, Sendable, CaseIterable {
    case beforeEffect, afterEffect
  }

  let base: any Endpoint
  let fuse: Fuse

  package init(_ base: any Endpoint, atCall call: Int, _ moment: Moment) {
    self.base = base
    fuse = Fuse(call: call, moment: moment)
  }

  package var engine: Engine { base.engine }
  package var name: String { base.name }
  package var identity: String { base.identity }
  package var capabilities: Capabilities { base.capabilities }
  package var schema: String? { base.schema }
  package var isMissing: Bool { base.isMissing }

  /// The operation that was interrupted; nil if the job ended before.
  package var struckAt: String? { fuse.struckAt }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    InterruptedConnection(try await base.connect(access), fuse: fuse)
  }
}

/// Counts calls, and says what becomes of each.
final class Fuse: Sendable {
  private let call: Int
  private let moment: InterruptedEndpoint.Moment
  private let state = Guarded<(calls: Int, struckAt: String?)>((0, nil))

  init(call: Int, moment: InterruptedEndpoint.Moment) {
    self.call = call
    self.moment = moment
  }

  var struckAt: String? { state.withLock { $0.struckAt } }

  func pass<Value>(
    _ operation: String, _ body: () async throws(DatabaseError) -> Value
  ) async throws(DatabaseError) -> Value {
    let (isDead, strikes) = state.withLock { state in
      state.calls += 1
      let isDead = state.struckAt != nil
      if !isDead, state.calls == call { state.struckAt = operation }
      return (isDead, !isDead && state.calls == call)
    }
    let dead = DatabaseError(
      engine: Engine(rawValue: "test"), errorClass: .connectionLost, message: "the process is dead",
      place: ErrorPlace(endpoint: "test", operation: operation))
    if isDead || (strikes && moment == .beforeEffect) { throw dead }
    let value = try await body()
    if strikes { throw dead }
    return value
  }
}

private final class InterruptedConnection: Connection {
  private let base: any Connection
  private let fuse: Fuse

  init(_ base: any Connection, fuse: Fuse) {
    self.base = base
    self.fuse = fuse
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
