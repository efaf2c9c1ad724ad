import Databases
import Rows
import Runtime

/// A connection to a model database: a session's number, and how to wait.
package final class ModelConnection: Connection {
  private let database: ModelDatabase
  /// As the commits' records name it.
  package let session: Int
  private let endpoint: String

  init(_ database: ModelDatabase, session: Int, endpoint: String) {
    self.database = database
    self.session = session
    self.endpoint = endpoint
  }

  private func site(_ operation: StaticString, commits: Bool = false) -> CallSite {
    CallSite(engine: database.options.engine, endpoint: endpoint, operation: operation, commits: commits)
  }

  /// A call: on its way for as long as the latency is, there or back, and waiting for locks in between.
  @inline(__always) private func call<Value: Sendable>(
    _ site: CallSite,
    _ statement: (inout ModelServer, Int) throws(DatabaseError) -> Attempt<Value>
  ) async throws(DatabaseError) -> Value {
    let session = session
    let (latency, isBefore) = drawLatency()
    if latency > .zero, isBefore { await database.time.delay(for: latency) }
    while true {
      if Task.isCancelled, !isVanished {
        database.withServer { $0.cancelWait(session) }
        throw site.error(.canceled, "cancelled")
      }
      let attempt = try database.withServer { server throws(DatabaseError) in
        try server.attempt(session, site, statement)
      }
      switch attempt {
      case .blocked: await database.wait(session)
      case .done(let value):
        if latency > .zero, !isBefore {
          await database.time.delay(for: latency)
          // It has happened, and the answer may be lost.
          guard isAlive else { throw site.lost }
        }
        return value
      }
    }
  }

  private func drawLatency() -> (Duration, isBefore: Bool) {
    let range = database.options.latency
    guard range.upperBound > .zero else { return (.zero, true) }
    let session = session
    return database.withServer { server in
      guard let index = server.index(of: session) else { return (.zero, true) }
      let draw = server.sessions[index].latency.next()
      server.sessions[index].isCalling = draw & 1 == 0
      let span = (range.upperBound - range.lowerBound).nanoseconds
      return (range.lowerBound + .nanoseconds((span * Int64(draw >> 44)) >> 20), draw & 1 == 0)
    }
  }

  private var isAlive: Bool {
    let session = session
    return database.withServer { server in
      server.index(of: session).map { server.sessions[$0].expires == nil } ?? false
    }
  }

  /// The client is gone, so that cancelling its tasks means nothing to the server.
  private var isVanished: Bool {
    let session = session
    return database.withServer { server in
      server.index(of: session).map { server.sessions[$0].expires != nil } ?? true
    }
  }

  /// The connection breaks without the server knowing: its session lives on as a zombie.
  package func vanish() { database.vanish(session: session) }

  /// For deadlocks: of those who wait for each other, the one with the lowest is the victim. 0 unless
  /// set.
  package func setDeadlockPriority(_ priority: Int) {
    let session = session
    database.withServer { server in
      if let index = server.index(of: session) { server.sessions[index].priority = priority }
    }
  }

  // MARK: Looking and reading

  package func tables() async throws(DatabaseError) -> [TableSchema] {
    try await call(site("read the catalog")) { server, _ throws(DatabaseError) in
      .done(server.store.catalog)
    }
  }
  package func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    let site = site("split")
    return try await call(site) { server, index throws(DatabaseError) in
      try server.split(request, index, site)
    }
  }
  package func beginSnapshot() async throws(DatabaseError) -> String? {
    let site = site("begin a snapshot")
    return try await call(site) { server, index throws(DatabaseError) in
      try server.beginSnapshot(index, site)
    }
  }
  package func joinSnapshot(_ name: String) async throws(DatabaseError) {
    let site = site("join a snapshot")
    try await call(site) { server, index throws(DatabaseError) in
      try server.joinSnapshot(index, name, site)
    }
  }
  package func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict {
    let site = site("end a snapshot")
    return try await call(site) { server, index throws(DatabaseError) in try server.endSnapshot(index, site) }
  }
  package func openRead(_ read: RangeRead) async throws(DatabaseError) {
    let site = site("read")
    try await call(site) { server, index throws(DatabaseError) in try server.openRead(index, read, site) }
  }
  package func nextBatch() async throws(DatabaseError) -> RowBatch? {
    let site = site("read")
    return try await call(site) { server, index throws(DatabaseError) in try server.nextBatch(index, site) }
  }
  package func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    let site = site("read")
    return try await call(site) { server, index throws(DatabaseError) in
      try server.nextFingerprint(index, site)
    }
  }
  package func closeRead() async throws(DatabaseError) {
    try await call(site("end a read")) { server, index throws(DatabaseError) in
      server.endRead(index)
      return .done(())
    }
  }

  // MARK: Writing

  package func begin() async throws(DatabaseError) {
    let site = site("begin")
    try await call(site) { server, index throws(DatabaseError) in try server.begin(index, site) }
  }
  package func delete(_ rows: TableRange) async throws(DatabaseError) -> Int {
    let site = site("delete")
    return try await call(site) { server, index throws(DatabaseError) in
      try server.delete(index, rows, site)
    }
  }
  package func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    let site = site("write")
    try await call(site) { server, index throws(DatabaseError) in
      try server.openWrite(index, table, columns, site)
    }
  }
  package func write(_ batch: RowBatch) async throws(DatabaseError) {
    let site = site("write")
    try await call(site) { server, index throws(DatabaseError) in try server.write(index, batch, site) }
  }
  package func finishWrite() async throws(DatabaseError) -> Int {
    let site = site("write")
    return try await call(site) { server, index throws(DatabaseError) in try server.finishWrite(index, site) }
  }
  package func commit() async throws(DatabaseError) {
    let site = site("commit", commits: true)
    try await call(site) { server, index throws(DatabaseError) in
      try server.commit(index, site)
      return .done(())
    }
  }
  package func rollback() async throws(DatabaseError) {
    let (site, session) = (site("roll back"), session)
    // At once and also in a cancelled task.
    try database.withServer { server throws(DatabaseError) in
      guard let index = server.index(of: session), server.sessions[index].expires == nil else {
        throw site.lost
      }
      server.rollback(index)
    }
  }

  package func close() async {
    let session = session
    database.withServer { $0.close(session) }
  }
}

// MARK: - Preparing a target, and the ledger

extension ModelConnection {
  package func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String] {
    let site = site("create", commits: true)
    return try await call(site) { server, index throws(DatabaseError) in
      try server.create(index, table, job: job, site)
    }
  }
  package func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle] {
    let site = site("read the catalog")
    return try await call(site) { server, _ throws(DatabaseError) in try server.obstacles(table, site) }
  }
  package func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {
    let site = site("put aside", commits: true)
    try await call(site) { server, index throws(DatabaseError) in
      try server.putAside(index, obstacles, job: job, site)
    }
  }
  package func restore(job: String) async throws(DatabaseError) -> [Obstacle] {
    let site = site("restore", commits: true)
    let records = try await call(site) { server, _ throws(DatabaseError) in server.aside(job: job) }
    var firstError: DatabaseError?
    for record in records {
      do throws(DatabaseError) {
        try await call(site) { server, index throws(DatabaseError) in
          try server.restore(index, record, site)
        }
      } catch {
        // The others do not wait for the one that cannot be restored.
        guard error.errorClass != .cancelled, error.errorClass != .connectionLost else { throw error }
        firstError = firstError ?? error
      }
    }
    if let firstError { throw firstError }
    return records.map(\.obstacle)
  }
  package func alignIdentity(_ table: TableName) async throws(DatabaseError) {
    let site = site("align identities", commits: true)
    try await call(site) { server, index throws(DatabaseError) in
      try server.alignIdentity(index, table, site)
    }
  }
  package func prepareLedger() async throws(DatabaseError) {
    let site = site("create the ledger", commits: true)
    try await call(site) { server, index throws(DatabaseError) in try server.prepareLedger(index, site) }
  }
  package func takeFence(job: String) async throws(DatabaseError) {
    let site = site("take the fence")
    try await call(site) { server, index throws(DatabaseError) in try server.takeFence(index, job, site) }
  }
  package func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    let site = site("read the ledger")
    return try await call(site) { server, index throws(DatabaseError) in try server.ledger(index, job, site) }
  }
  package func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError) {
    let site = site("write the ledger", commits: true)
    try await call(site) { server, index throws(DatabaseError) in
      try server.plan(index, entries, table: table, job: job, site)
    }
  }
  package func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    let site = site("claim a unit", commits: true)
    try await call(site) { server, index throws(DatabaseError) in
      try server.claim(index, entry, job: job, site)
    }
  }
  package func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    let site = site("commit a unit")
    try await call(site) { server, index throws(DatabaseError) in
      try server.record(index, entry, job: job, site)
    }
  }
}
