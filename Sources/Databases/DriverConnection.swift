import Rows

/// The one place where a blocking driver meets Swift concurrency: an actor on a thread of its own.
///
/// A cancelled task interrupts the call that it waits for; the call then throws `.cancelled`. `rollback` and
/// `close` run to their end also in a cancelled task.
package actor DriverConnection<Driver: BlockingDriver & ~Copyable>: Connection {
  private let executor: any SerialExecutor
  private var driver: Driver?
  private var interrupter: (any Interrupter)?
  private var engine = Engine(rawValue: "")
  private var endpointName = ""

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private init(executor: any SerialExecutor) { self.executor = executor }

  /// Opens the driver on the connection's own thread.
  package static func open(
    on executor: any SerialExecutor, _ make: @Sendable () throws(DatabaseError) -> Driver
  ) async throws(DatabaseError) -> DriverConnection {
    let connection = DriverConnection(executor: executor)
    try await connection.start(make)
    return connection
  }

  private func start(_ make: @Sendable () throws(DatabaseError) -> Driver) throws(DatabaseError) {
    let opened = try make()
    interrupter = opened.interrupter
    engine = opened.engine
    endpointName = opened.endpointName
    driver = consume opened
  }

  private func perform<Value: Sendable>(
    _ operation: StaticString, _ body: (inout Driver) throws(DatabaseError) -> Value
  ) async throws(DatabaseError) -> Value {
    let interrupter = interrupter
    let result = await withTaskCancellationHandler {
      attempt(operation, body)
    } onCancel: {
      interrupter?.interrupt()
    }
    return try result.get()
  }

  private func attempt<Value: Sendable>(
    _ operation: StaticString, _ body: (inout Driver) throws(DatabaseError) -> Value
  ) -> Result<Value, DatabaseError> {
    guard !Task.isCancelled else {
      let place = ErrorPlace(endpoint: endpointName, operation: "\(operation)")
      return .failure(
        DatabaseError(engine: engine, errorClass: .cancelled, message: "cancelled", place: place))
    }
    do throws(DatabaseError) {
      // Traps on a closed connection: whoever closed it has no more use for it.
      return .success(try body(&driver!))
    } catch {
      return .failure(error)
    }
  }

  package func tables() async throws(DatabaseError) -> [TableSchema] {
    try await perform("read the catalog") { driver throws(DatabaseError) in try driver.tables() }
  }
  package func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    try await perform("split") { driver throws(DatabaseError) in try driver.split(request) }
  }
  package func beginSnapshot() async throws(DatabaseError) -> String? {
    try await perform("begin a snapshot") { driver throws(DatabaseError) in try driver.beginSnapshot() }
  }
  package func joinSnapshot(_ name: String) async throws(DatabaseError) {
    try await perform("join a snapshot") { driver throws(DatabaseError) in try driver.joinSnapshot(name) }
  }
  package func endSnapshot() async throws(DatabaseError) -> SnapshotVerdict {
    try await perform("end a snapshot") { driver throws(DatabaseError) in try driver.endSnapshot() }
  }
  package func openRead(_ read: RangeRead) async throws(DatabaseError) {
    try await perform("read") { driver throws(DatabaseError) in try driver.openRead(read) }
  }
  package func nextBatch() async throws(DatabaseError) -> RowBatch? {
    try await perform("read") { driver throws(DatabaseError) in try driver.nextBatch() }
  }
  package func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    try await perform("read") { driver throws(DatabaseError) in try driver.nextFingerprint() }
  }
  package func closeRead() async throws(DatabaseError) {
    try await perform("end a read") { driver throws(DatabaseError) in try driver.closeRead() }
  }
  package func begin() async throws(DatabaseError) {
    try await perform("begin") { driver throws(DatabaseError) in try driver.begin() }
  }
  package func delete(_ rows: TableRange) async throws(DatabaseError) -> Int {
    try await perform("delete") { driver throws(DatabaseError) in try driver.delete(rows) }
  }
  package func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    try await perform("write") { driver throws(DatabaseError) in try driver.openWrite(table, columns: columns)
    }
  }
  package func write(_ batch: RowBatch) async throws(DatabaseError) {
    try await perform("write") { driver throws(DatabaseError) in try driver.write(batch) }
  }
  package func finishWrite() async throws(DatabaseError) -> Int {
    try await perform("write") { driver throws(DatabaseError) in try driver.finishWrite() }
  }
  package func commit() async throws(DatabaseError) {
    try await perform("commit") { driver throws(DatabaseError) in try driver.commit() }
  }
  package func rollback() async throws(DatabaseError) { try driver?.rollback() }

  package func create(_ table: TableSchema, job: String) async throws(DatabaseError) -> [String] {
    try await perform("create") { driver throws(DatabaseError) in try driver.create(table, job: job) }
  }
  package func obstacles(_ table: TableName) async throws(DatabaseError) -> [Obstacle] {
    try await perform("read the catalog") { driver throws(DatabaseError) in try driver.obstacles(table) }
  }
  package func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {
    try await perform("put aside") { driver throws(DatabaseError) in try driver.putAside(obstacles, job: job)
    }
  }
  package func restore(job: String) async throws(DatabaseError) -> [Obstacle] {
    try await perform("restore") { driver throws(DatabaseError) in try driver.restore(job: job) }
  }
  package func alignIdentity(_ table: TableName) async throws(DatabaseError) {
    try await perform("align identities") { driver throws(DatabaseError) in try driver.alignIdentity(table) }
  }
  package func prepareLedger() async throws(DatabaseError) {
    try await perform("create the ledger") { driver throws(DatabaseError) in try driver.prepareLedger() }
  }
  package func takeFence(job: String) async throws(DatabaseError) {
    try await perform("take the fence") { driver throws(DatabaseError) in try driver.takeFence(job: job) }
  }
  package func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    try await perform("read the ledger") { driver throws(DatabaseError) in try driver.ledger(job: job) }
  }
  package func plan(_ entries: [LedgerEntry], table: String, job: String) async throws(DatabaseError) {
    try await perform("write the ledger") { driver throws(DatabaseError) in
      try driver.plan(entries, table: table, job: job)
    }
  }
  package func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await perform("claim a unit") { driver throws(DatabaseError) in try driver.claim(entry, job: job) }
  }
  package func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    try await perform("write the ledger") { driver throws(DatabaseError) in try driver.record(entry, job: job)
    }
  }

  package func close() async {
    driver?.close()
    driver = nil
  }
}
