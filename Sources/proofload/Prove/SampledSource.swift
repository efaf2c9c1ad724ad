import Databases
import Rows

/// A source that shows a sample of its tables as if there were nothing else. It is read by its own driver.
struct SampledSource: Endpoint {
  let base: any Endpoint
  let sample: SourceSample

  var engine: Engine { base.engine }
  var name: String { base.name }
  var identity: String { base.identity }
  var capabilities: Capabilities { base.capabilities }
  var schema: String? { base.schema }

  func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    SampledConnection(try await base.connect(access), sample)
  }
}

/// Limits what is listed, cut and read; whatever would write is not for a source.
private final class SampledConnection: Connection {
  private let base: any Connection
  private let sample: SourceSample

  /// Small enough that wide rows come in several batches.
  private static let batchBytes = 4 << 10

  init(_ base: any Connection, _ sample: SourceSample) {
    self.base = base
    self.sample = sample
  }

  func tables() async throws(DatabaseError) -> [TableSchema] {
    try await base.tables().filter { sample[$0.name] != nil }.map { table in
      var table = table
      // A table of which some rows are missing cannot be referenced.
      table.foreignKeys.removeAll { sample[$0.referencedTable]?.limit != nil }
      return table
    }
  }

  func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    guard let table = sample[request.table] else { return try await base.split(request) }
    let cuts = request.column?.name == table.column?.name ? table.cuts : []
    return Split(estimatedRows: table.rows, estimatedBytes: table.rows, cuts: cuts)
  }

  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    var read = read
    read.batchBytes = SampledConnection.batchBytes
    if let table = sample[read.rows.table], let limit = table.limit, let column = table.column {
      read.rows = TableRange(
        table: read.rows.table, column: column, range: read.rows.range.limited(to: limit))
    }
    try await base.openRead(read)
  }

  func beginSnapshot() async throws(DatabaseError) -> String? { try await base.beginSnapshot() }
  func joinSnapshot(_ name: String) async throws(DatabaseError) { try await base.joinSnapshot(name) }
  func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict { try await base.endSnapshot() }
  func nextBatch() async throws(DatabaseError) -> RowBatch? { try await base.nextBatch() }
  func nextFingerprint() async throws(DatabaseError) -> Fingerprint? { try await base.nextFingerprint() }
  func closeRead() async throws(DatabaseError) { try await base.closeRead() }
  func rollback() async throws(DatabaseError) { try await base.rollback() }
  func close() async { await base.close() }

  // MARK: Only for targets

  func begin() async throws(DatabaseError) { try await base.begin() }
  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int { try await base.delete(rows) }
  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    try await base.openWrite(table, columns: columns)
  }
  func write(_ batch: RowBatch) async throws(DatabaseError) { try await base.write(batch) }
  func finishWrite() async throws(DatabaseError) -> Int { try await base.finishWrite() }
  func commit() async throws(DatabaseError) { try await base.commit() }
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
}

extension KeyRange {
  /// The part of it that lies below a key.
  fileprivate func limited(to limit: KeyValue) -> KeyRange {
    switch self {
    case .all, .span(_, nil): .span(from: from, to: limit)
    // The sample's cuts are below its limit.
    case .span: self
    case .null: .null
    }
  }

  private var from: KeyValue? { if case .span(let from, _) = self { from } else { nil } }
}
