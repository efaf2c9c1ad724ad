import Databases
import Rows
import Runtime
import TestSupport

/// A database in memory that can only be read, and that goes wrong on request.
final class MemoryEndpoint: Endpoint {
  struct State: Sendable {
    var tables: [SampleTable]
    /// What happens when a read is opened, by its number from 1; the state is the caller's to change.
    var onRead: (@Sendable (Int, inout State) -> Void)?
    var reads = 0
    /// Errors by table name, and how many reads of it get through before.
    var failures: [String: (error: ErrorClass, after: Int)] = [:]
    var snapshot = SnapshotVerdict.consistent
    var openConnections = 0
  }

  let engine = Engine(rawValue: "memory")
  let name: String
  var identity: String { name }
  let capabilities = Capabilities(parallelWriters: 1, sharesSnapshots: false)
  let state: Guarded<State>

  init(_ name: String, _ tables: [SampleTable]) {
    self.name = name
    state = Guarded(State(tables: tables))
  }

  func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    state.withLock { $0.openConnections += 1 }
    return MemoryConnection(self)
  }

  var openConnections: Int { state.withLock { $0.openConnections } }
}

/// Used by one worker at a time, as the seam demands.
final class MemoryConnection: Connection, @unchecked Sendable {
  private let endpoint: MemoryEndpoint
  private var read: RangeRead?
  private var rows: ArraySlice<[String?]> = []
  private var positions: [Int] = []
  private var isClosed = false

  /// Few rows a batch, so that a unit has several.
  private static let batchRows = 7
  /// What `split` takes a row for.
  static let rowBytes = 100

  init(_ endpoint: MemoryEndpoint) { self.endpoint = endpoint }

  private func failure(_ errorClass: ErrorClass, _ message: String, table: TableName?) -> DatabaseError {
    DatabaseError(
      engine: endpoint.engine, errorClass: errorClass, message: message,
      place: ErrorPlace(endpoint: endpoint.name, operation: "read", table: table?.description))
  }

  private func table(_ name: TableName) throws(DatabaseError) -> SampleTable {
    guard let table = endpoint.state.withLock({ $0.tables.first { $0.schema.name == name } }) else {
      throw failure(.configuration, "there is no such table", table: name)
    }
    return table
  }

  func tables() async throws(DatabaseError) -> [TableSchema] {
    endpoint.state.withLock { $0.tables.map(\.schema) }
  }

  func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    let table = try table(request.table)
    try fail(request.table, reading: false)
    let rows = table.rows.count
    var cuts: [KeyValue] = []
    if let column = request.column {
      let position = table.position(column.name)
      let values = table.rows.compactMap { $0[position] }
      let step = max(1, request.partBytes / MemoryConnection.rowBytes)
      let isNumber = if case .text = column.type { false } else { true }
      let numbers = Set(values.compactMap { isNumber ? Int64($0) : nil }).sorted()
      let texts = Set(isNumber ? [] : values).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      cuts = isNumber ? numbers.map(KeyValue.integer) : texts.map(KeyValue.text)
      cuts = cuts.enumerated().filter { $0.offset > 0 && $0.offset % step == 0 }.map(\.element)
    }
    return Split(estimatedRows: rows, estimatedBytes: rows * MemoryConnection.rowBytes, cuts: cuts)
  }

  private func fail(_ table: TableName, reading: Bool) throws(DatabaseError) {
    let error = endpoint.state.withLock { state -> ErrorClass? in
      guard let failure = state.failures[table.name] else { return nil }
      if failure.after > 0 {
        if reading { state.failures[table.name]?.after -= 1 }
        return nil
      }
      return failure.error
    }
    if let error { throw failure(error, "permission denied", table: table) }
  }

  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    endpoint.state.withLock { state in
      state.reads += 1
      let (number, change) = (state.reads, state.onRead)
      change?(number, &state)
    }
    try fail(read.rows.table, reading: true)
    let table = try table(read.rows.table)
    self.read = read
    positions = read.columns.map { table.position($0.schema.name) }
    rows = table.rows.filter { MemoryConnection.contains(read.rows, table, $0) }[...]
  }

  private static func contains(_ range: TableRange, _ table: SampleTable, _ row: [String?]) -> Bool {
    guard let column = range.column else { return true }
    let value = row[table.position(column.name)]
    switch range.range {
    case .all: return true
    case .null: return value == nil
    case .span(let from, let to):
      guard let value else { return false }
      func isBelow(_ bound: KeyValue) -> Bool {
        switch bound {
        case .integer(let number): Int64(value).map { $0 < number } ?? false
        case .text(let text): value.utf8.lexicographicallyPrecedes(text.utf8)
        }
      }
      return from.map { !isBelow($0) } ?? true && to.map(isBelow) ?? true
    }
  }

  func nextBatch() async throws(DatabaseError) -> RowBatch? {
    guard let read else { throw failure(.permanent, "no read is open", table: nil) }
    var builder = RowBatchBuilder(columnCount: read.columns.count)
    for row in rows.prefix(MemoryConnection.batchRows) {
      builder.beginRow()
      for (position, column) in zip(positions, read.columns) {
        do throws(BadValue) {
          try builder.append(sample: row[position], type: column.type)
        } catch {
          throw failure(.badRow, "column \(column.schema.name) \(error.rule)", table: read.rows.table)
        }
      }
      builder.endRow()
    }
    rows = rows.dropFirst(MemoryConnection.batchRows)
    return builder.take()
  }

  func nextFingerprint() async throws(DatabaseError) -> Fingerprint? { try await nextBatch()?.fingerprint }
  func closeRead() async throws(DatabaseError) { read = nil }
  func beginSnapshot() async throws(DatabaseError) -> String? { nil }
  func joinSnapshot(_ name: String) async throws(DatabaseError) {}
  func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict {
    endpoint.state.withLock { $0.snapshot }
  }
  func rollback() async throws(DatabaseError) {}
  func close() async {
    guard !isClosed else { return }
    isClosed = true
    endpoint.state.withLock { $0.openConnections -= 1 }
  }
}

/// It cannot be written.
extension MemoryConnection {
  private var readOnly: DatabaseError {
    DatabaseError(
      engine: Engine(rawValue: "memory"), errorClass: .readOnly, message: "it can only be read",
      place: ErrorPlace(endpoint: "memory", operation: "write"))
  }

  func begin() async throws(DatabaseError) { throw readOnly }
  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int { throw readOnly }
  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) { throw readOnly }
  func write(_ batch: RowBatch) async throws(DatabaseError) { throw readOnly }
  func finishWrite() async throws(DatabaseError) -> Int { throw readOnly }
  func commit() async throws(DatabaseError) { throw readOnly }
  func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String] { throw readOnly }
  func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle] { throw readOnly }
  func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) { throw readOnly }
  func restore(job: String) async throws(DatabaseError) -> [Obstacle] { throw readOnly }
  func alignIdentity(_ table: TableName) async throws(DatabaseError) { throw readOnly }
  func prepareLedger() async throws(DatabaseError) { throw readOnly }
  func takeFence(job: String) async throws(DatabaseError) { throw readOnly }
  func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] { throw readOnly }
  func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError) {
    throw readOnly
  }
  func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) { throw readOnly }
  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) { throw readOnly }
}
