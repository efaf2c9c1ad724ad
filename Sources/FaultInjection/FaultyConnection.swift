import Databases
import Rows
import Runtime

/// A real connection to which verdicts happen.
final class FaultyConnection: Connection {
  private let base: any Connection
  private let endpoint: FaultyEndpoint
  private let session = Guarded(FaultySession())

  init(_ base: any Connection, of endpoint: FaultyEndpoint) {
    self.base = base
    self.endpoint = endpoint
  }

  // MARK: Executing verdicts

  private func verdict(_ moment: Moment) -> Verdict { endpoint.injector.verdict(at: moment) }

  private func requireAdmission(_ call: FaultyCall) throws(DatabaseError) {
    switch session.withLock({ $0.admit(call.operation) }) {
    case .admitted, .void: return
    case .dead: throw endpoint.lost(call)
    case .refused: throw endpoint.refusal(call)
    }
  }

  @inline(__always) private func call<Value: Sendable>(
    _ call: FaultyCall, _ body: () async throws(DatabaseError) -> Value
  ) async throws(DatabaseError) -> Value {
    try requireAdmission(call)
    let verdict = verdict(session.withLock { $0.moment(endpoint.side, call) })
    if case .pass = verdict { return try await body() }
    return try await execute(verdict, call, bytes: nil, body)
  }

  private func execute<Value: Sendable>(
    _ verdict: Verdict, _ call: FaultyCall, bytes: Int?,
    _ body: () async throws(DatabaseError) -> Value
  ) async throws(DatabaseError) -> Value {
    switch verdict {
    case .pass: break
    case .delay, .throttle, .stall: try await slow(verdict, call, bytes: bytes)
    case .duplicate: _ = try await body()
    case .cut(.before), .cutWithin: throw await strike(.cut, call)
    case .fail(let error, .before): throw await strike(.fail(error), call)
    case .cut(.after):
      _ = try await body()
      await die()
      throw endpoint.lost(call, after: true)
    case .fail(let error, .after):
      _ = try await body()
      await die()
      throw endpoint.answer(error, call, after: true).error
    }
    return try await body()
  }

  /// Waits; throws for a stall, whose connection breaks in the end.
  private func slow(_ verdict: Verdict, _ call: FaultyCall, bytes: Int?)
    async throws(DatabaseError)
  {
    switch verdict {
    case .delay(let duration): try await endpoint.wait(duration, call)
    case .throttle(let rate):
      // Nanoseconds: of any batch and any rate, far from 2^63.
      try await endpoint.wait(.nanoseconds((bytes ?? 0) * 1_000_000_000 / rate), call)
    case .stall(let duration):
      try await endpoint.wait(duration, call)
      throw await strike(.cut, call)
    default: break
    }
  }

  /// Does to the real connection what the fault does, and returns the error.
  private func strike(_ blow: FaultySession.Blow, _ call: FaultyCall) async
    -> DatabaseError
  {
    guard case .fail(let injected) = blow else {
      await die()
      return endpoint.lost(call)
    }
    let (error, rollback) = endpoint.answer(injected, call)
    switch rollback {
    case .connection: await die()
    case .statement: if call.operation == .read { try? await base.closeRead() }
    case .transaction, .maybe: await abort(call)
    }
    return error
  }

  /// The server rolls back, and will hear of nothing else before the client does, too. A commit that fails ends the
  /// transaction for both.
  private func abort(_ call: FaultyCall) async {
    let isInTransaction = session.withLock { $0.isInTransaction }
    do {
      if isInTransaction { try await base.rollback() } else { try await base.closeRead() }
    } catch {
      return await die()
    }
    session.withLock { session in
      if call.operation == .commit { session.ended() } else if isInTransaction { session.aborts() }
    }
  }

  private func die() async {
    session.withLock { $0.dies() }
    await base.close()
  }

  func close() async { await die() }

  // MARK: Looking

  func tables() async throws(DatabaseError) -> [TableSchema] {
    try await call(FaultyCall(.catalog, "read the catalog")) { () async throws(DatabaseError) in
      try await base.tables()
    }
  }
  func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    try await call(FaultyCall(.catalog, "split", table: request.table)) { () async throws(DatabaseError) in
      try await base.split(request)
    }
  }
  func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle] {
    try await call(FaultyCall(.catalog, "read the catalog", table: table)) {
      () async throws(DatabaseError) in try await base.obstacles(table)
    }
  }

  // MARK: Snapshots

  func beginSnapshot() async throws(DatabaseError) -> String? {
    let name = try await call(FaultyCall(.snapshot, "begin a snapshot")) {
      () async throws(DatabaseError) in try await base.beginSnapshot()
    }
    session.withLock { $0.began() }
    return name
  }
  func joinSnapshot(_ name: String) async throws(DatabaseError) {
    try await call(FaultyCall(.snapshot, "join a snapshot")) { () async throws(DatabaseError) in
      try await base.joinSnapshot(name)
    }
    session.withLock { $0.began() }
  }
  func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict {
    // The server rolled the snapshot back long ago, and says so.
    let isGone = session.withLock { session in
      defer { if session.condition == .aborted { session.ended() } }
      return session.condition == .aborted
    }
    if isGone { return .unknown }
    let verdict = try await call(FaultyCall(.snapshot, "end a snapshot")) {
      () async throws(DatabaseError) in try await base.endSnapshot()
    }
    session.withLock { $0.ended() }
    return verdict
  }

  // MARK: Reading

  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    let call = FaultyCall(.read, "read", table: read.rows.table)
    try requireAdmission(call)
    let verdict = verdict(session.withLock { $0.moment(endpoint.side, call) })
    try await execute(verdict.beforeRows, call, bytes: nil) { () async throws(DatabaseError) in
      try await base.openRead(read)
    }
    session.withLock { session in
      session.opensRead(read.rows.table)
      if let blow = verdict.afterRows { session.owes(blow) }
    }
  }

  /// Rows are fetched before anybody asks what becomes of them: only then is it known how many bytes they are.
  func nextBatch() async throws(DatabaseError) -> RowBatch? {
    var call = FaultyCall(.read, "read")
    call.table = session.withLock { $0.readTable }
    try requireAdmission(call)
    if let blow = session.withLock({ $0.takeOwed() }) { throw await strike(blow, call) }
    guard let batch = try await base.nextBatch() else { return nil }
    let verdict = verdict(
      session.withLock { $0.batch(endpoint.side, call, bytes: batch.bytes.count) })
    if let blow = verdict.afterRows { session.withLock { $0.owes(blow) } }
    if case .cutWithin(let bytes) = verdict {
      guard let part = batch.prefix(bytes: bytes) else { throw await strike(.cut, call) }
      session.withLock { $0.owes(.cut) }
      return part
    }
    if case .pass = verdict { return batch }
    return try await execute(verdict.beforeRows, call, bytes: batch.bytes.count) {
      () async throws(DatabaseError) in batch
    }
  }
  /// By rows, so that a scan has the same moments as a copy.
  func nextFingerprint() async throws(DatabaseError) -> Fingerprint? { try await nextBatch()?.fingerprint }

  func closeRead() async throws(DatabaseError) {
    session.withLock { $0.closesRead() }
    // It asks the server for nothing.
    guard session.withLock({ $0.condition }) == .open else { return }
    try await base.closeRead()
  }

  // MARK: Writing

  func begin() async throws(DatabaseError) {
    try await call(FaultyCall(.begin, "begin")) { () async throws(DatabaseError) in try await base.begin() }
    session.withLock { $0.began() }
  }
  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int {
    session.withLock { $0.touches(rows.table) }
    return try await call(FaultyCall(.delete, "delete", table: rows.table)) {
      () async throws(DatabaseError) in try await base.delete(rows)
    }
  }
  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    session.withLock { $0.touches(table) }
    try await call(FaultyCall(.write, "write", table: table)) { () async throws(DatabaseError) in
      try await base.openWrite(table, columns: columns)
    }
    session.withLock { $0.opensWrite(table) }
  }
  func write(_ batch: RowBatch) async throws(DatabaseError) {
    var call = FaultyCall(.write, "write")
    call.table = session.withLock { $0.writtenTable }
    try requireAdmission(call)
    let bytes = batch.bytes.count
    let verdict = verdict(session.withLock { $0.batch(endpoint.side, call, bytes: bytes) })
    // What the cut leaves of the batch is really written before the connection breaks.
    if case .cutWithin(let limit) = verdict, let part = batch.prefix(bytes: limit) {
      try await base.write(part)
    }
    try await execute(verdict, call, bytes: bytes) { () async throws(DatabaseError) in
      try await base.write(batch)
    }
  }
  func finishWrite() async throws(DatabaseError) -> Int {
    var finish = FaultyCall(.acknowledge, "write")
    finish.table = session.withLock { $0.writtenTable }
    return try await call(finish) { () async throws(DatabaseError) in try await base.finishWrite() }
  }
  func commit() async throws(DatabaseError) {
    try await call(FaultyCall(.commit, "commit", commits: true)) { () async throws(DatabaseError) in
      try await base.commit()
    }
    session.withLock { $0.ended() }
  }
  func rollback() async throws(DatabaseError) {
    let rollback = FaultyCall(.rollback, "roll back")
    if session.withLock({ $0.admit(.rollback) }) == .void {
      try await base.rollback()
    } else {
      try await call(rollback) { () async throws(DatabaseError) in try await base.rollback() }
    }
    session.withLock { $0.ended() }
  }

  // MARK: Preparing a target

  func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String] {
    try await call(FaultyCall(.prepare, "create", table: table.name, commits: true)) {
      () async throws(DatabaseError) in try await base.create(table, job: job)
    }
  }
  func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {
    try await call(FaultyCall(.prepare, "put aside", commits: true)) { () async throws(DatabaseError) in
      try await base.putAside(obstacles, job: job)
    }
  }
  func restore(job: String) async throws(DatabaseError) -> [Obstacle] {
    try await call(FaultyCall(.prepare, "restore", commits: true)) { () async throws(DatabaseError) in
      try await base.restore(job: job)
    }
  }
  func alignIdentity(_ table: TableName) async throws(DatabaseError) {
    try await call(FaultyCall(.prepare, "align identities", table: table, commits: true)) {
      () async throws(DatabaseError) in try await base.alignIdentity(table)
    }
  }

  // MARK: The ledger

  func takeFence(job: String) async throws(DatabaseError) {
    try await call(FaultyCall(.fence, "take the fence")) { () async throws(DatabaseError) in
      try await base.takeFence(job: job)
    }
  }
  func prepareLedger() async throws(DatabaseError) {
    try await call(FaultyCall(.ledger, "create the ledger", commits: true)) {
      () async throws(DatabaseError) in try await base.prepareLedger()
    }
  }
  func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    try await call(FaultyCall(.ledger, "read the ledger")) { () async throws(DatabaseError) in
      try await base.ledger(job: job)
    }
  }
  func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError) {
    try await call(FaultyCall(.ledger, "write the ledger", commits: true)) {
      () async throws(DatabaseError) in try await base.plan(entries, table: table, job: job)
    }
  }
  func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    session.withLock { $0.claims(entry.unit) }
    try await call(FaultyCall(.ledger, "claim a unit", commits: true)) {
      () async throws(DatabaseError) in try await base.claim(entry, job: job)
    }
  }
  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await call(FaultyCall(.ledger, "write the ledger")) { () async throws(DatabaseError) in
      try await base.record(entry, job: job)
    }
  }
}

extension FaultyEndpoint {
  /// What a server answers whose transaction failed, and which was asked for something else than to roll back.
  func refusal(_ call: FaultyCall) -> DatabaseError {
    switch engine.rawValue {
    case "postgres" where call.operation != .commit: answer(.code("25P02"), call).error
    case "sqlserver": answer(.code("3930"), call).error
    default:
      failure(
        call, .permanent, "a statement of the transaction had failed, and the server rolled back (injected)")
    }
  }
}

extension Verdict {
  /// What of it happens before the rows come.
  fileprivate var beforeRows: Verdict { afterRows == nil ? self : .pass }

  /// What of it comes in place of what would follow the rows.
  fileprivate var afterRows: FaultySession.Blow? {
    switch self {
    case .fail(let error, .after): .fail(error)
    case .cut(.after): .cut
    default: nil
    }
  }
}
