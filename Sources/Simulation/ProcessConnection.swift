import Databases
import FaultInjection
import ModelDatabase
import Rows
import Runtime

/// What a process may ask of a connection, as traces name it.
enum Call: Int, Sendable {
  case connect, close
  case tables, split, beginSnapshot, joinSnapshot, endSnapshot
  case openRead, nextBatch, nextFingerprint, closeRead
  case begin, delete, openWrite, write, finishWrite, commit, rollback
  case create, obstacles, putAside, restore, alignIdentity
  case prepareLedger, takeFence, ledger, plan, claim, record
}

/// A database as one process sees it.
struct ProcessEndpoint: ForwardingEndpoint {
  let base: any Endpoint
  let side: Side
  let process: SimulatedProcess

  func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    let number = process.world.nextConnection()
    let opened = try await process.pass(.connect, number, side) {
      () async throws(DatabaseError) -> any Connection in
      try await base.connect(access)
    }
    return ProcessConnection(opened, number: number, side: side, process: process)
  }
}

/// The innermost endpoint: it tells the process of the sessions that it opens.
struct ServedEndpoint: Endpoint {
  let base: ModelEndpoint
  let process: SimulatedProcess

  var engine: Engine { base.engine }
  var name: String { base.name }
  var identity: String { base.identity }
  var capabilities: Capabilities { base.capabilities }

  func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    let connection = try await base.connection(access)
    process.opened(connection)
    return connection
  }
}

/// A connection as its process has it: counted, traced, and dead when the process is.
final class ProcessConnection: Connection {
  private let base: any Connection
  private let number: Int
  private let side: Side
  private let process: SimulatedProcess
  /// The unit that was claimed last.
  private let unit = Guarded<UnitKey?>(nil)
  /// It has the job's fence.
  private let isHolder = Guarded(false)

  init(_ base: any Connection, number: Int, side: Side, process: SimulatedProcess) {
    self.base = base
    self.number = number
    self.side = side
    self.process = process
  }

  @inline(__always) private func perform<Value: Sendable>(
    _ call: Call, _ detail: @autoclosure () -> String = "",
    _ body: () async throws(DatabaseError) -> Value
  ) async throws(DatabaseError) -> Value {
    do throws(DatabaseError) {
      return try await process.pass(call, number, side, detail(), body)
    } catch {
      // Whoever cleans up does not care whether he can.
      if call != .rollback { process.conduct.failed(error, unit: unit.withLock { $0 }) }
      throw error
    }
  }

  func close() async {
    process.conduct.readBegins(on: number)
    process.world.trace.note(Call.close.rawValue, number) { "p\(process.number) \(side)#\(number) close" }
    if process.isAlive, isHolder.withLock({ $0 }), process.ending == nil { process.endsNow() }
    await base.close()
  }

  func tables() async throws(DatabaseError) -> [TableSchema] {
    try await perform(.tables) { () async throws(DatabaseError) in try await base.tables() }
  }
  func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    try await perform(.split, "\(request.table)") { () async throws(DatabaseError) in
      try await base.split(request)
    }
  }
  func beginSnapshot() async throws(DatabaseError) -> String? {
    try await perform(.beginSnapshot) { () async throws(DatabaseError) in try await base.beginSnapshot() }
  }
  func joinSnapshot(_ name: String) async throws(DatabaseError) {
    try await perform(.joinSnapshot) { () async throws(DatabaseError) in try await base.joinSnapshot(name) }
  }
  func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict {
    try await perform(.endSnapshot) { () async throws(DatabaseError) in try await base.endSnapshot() }
  }
  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    // The engine asks for mebibytes; small batches of small tables cross each other just as well.
    var read = read
    read.batchBytes = process.world.options.batchBytes
    let small = read
    process.conduct.readBegins(on: number)
    try await perform(.openRead, "\(small.rows.table) \(small.rows.range)") {
      () async throws(DatabaseError) in
      try await base.openRead(small)
    }
  }
  func nextBatch() async throws(DatabaseError) -> RowBatch? {
    let batch = try await perform(.nextBatch) { () async throws(DatabaseError) in try await base.nextBatch() }
    if let batch { process.conduct.batchArrived(batch, on: number) }
    return batch
  }
  func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    try await perform(.nextFingerprint) { () async throws(DatabaseError) in try await base.nextFingerprint() }
  }
  func closeRead() async throws(DatabaseError) {
    try await perform(.closeRead) { () async throws(DatabaseError) in try await base.closeRead() }
  }
  func begin() async throws(DatabaseError) {
    try await perform(.begin) { () async throws(DatabaseError) in try await base.begin() }
  }
  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int {
    try await perform(.delete, "\(rows.table) \(rows.range)") { () async throws(DatabaseError) in
      try await base.delete(rows)
    }
  }
  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    try await perform(.openWrite, "\(table)") { () async throws(DatabaseError) in
      try await base.openWrite(table, columns: columns)
    }
  }
  func write(_ batch: RowBatch) async throws(DatabaseError) {
    defer { process.conduct.batchLeft(batch) }
    try await perform(.write, "\(batch.rowCount) rows") { () async throws(DatabaseError) in
      try await base.write(batch)
    }
  }
  func finishWrite() async throws(DatabaseError) -> Int {
    try await perform(.finishWrite) { () async throws(DatabaseError) in try await base.finishWrite() }
  }
  func commit() async throws(DatabaseError) {
    try await perform(.commit) { () async throws(DatabaseError) in try await base.commit() }
  }
  func rollback() async throws(DatabaseError) {
    try await perform(.rollback) { () async throws(DatabaseError) in try await base.rollback() }
  }
  func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String] {
    try await perform(.create, "\(table.name)") { () async throws(DatabaseError) in
      try await base.create(table, job: job)
    }
  }
  func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle] {
    try await perform(.obstacles, "\(table)") { () async throws(DatabaseError) in
      try await base.obstacles(table)
    }
  }
  func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {
    try await perform(.putAside, obstacles.map(\.name).joined(separator: " ")) {
      () async throws(DatabaseError) in try await base.putAside(obstacles, job: job)
    }
  }
  func restore(job: String) async throws(DatabaseError) -> [Obstacle] {
    try await perform(.restore) { () async throws(DatabaseError) in
      let restored = try await base.restore(job: job)
      // The truth that a report tells is that of the run's last word to its target. Later the server may take
      // its fence for a dead one's, and another run may go on from there.
      if isHolder.withLock({ $0 }) { process.endsNow() }
      return restored
    }
  }
  func alignIdentity(_ table: TableName) async throws(DatabaseError) {
    try await perform(.alignIdentity, "\(table)") { () async throws(DatabaseError) in
      try await base.alignIdentity(table)
    }
  }
  func prepareLedger() async throws(DatabaseError) {
    try await perform(.prepareLedger) { () async throws(DatabaseError) in try await base.prepareLedger() }
  }
  func takeFence(job: String) async throws(DatabaseError) {
    try await perform(.takeFence) { () async throws(DatabaseError) in try await base.takeFence(job: job) }
    isHolder.withLock { $0 = true }
  }
  func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    try await perform(.ledger) { () async throws(DatabaseError) in try await base.ledger(job: job) }
  }
  func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError) {
    try await perform(.plan, "\(table) \(entries.count) units") { () async throws(DatabaseError) in
      try await base.plan(entries, table: table, job: job)
    }
  }
  func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    unit.withLock { $0 = entry.unit }
    process.conduct.unitClaimed(entry.unit)
    try await perform(.claim, entry.brief) {
      () async throws(DatabaseError) in
      try await base.claim(entry, job: job)
    }
  }
  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await perform(.record, entry.brief) { () async throws(DatabaseError) in
      try await base.record(entry, job: job)
    }
  }
}

extension LedgerEntry {
  /// As traces and violations tell it.
  var brief: String { "\(unit) \(range) \(state) attempt \(attempt), \(fingerprint.rows) rows" }
}
