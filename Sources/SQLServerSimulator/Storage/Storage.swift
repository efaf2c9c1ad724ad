import ModelDatabase

/// A database of the simulated server.
package struct ServerDatabase: Sendable {
  package let id: Int
  package var name: String
  package var isReadOnly = false
  /// ALLOW_SNAPSHOT_ISOLATION.
  package var allowsSnapshot = false
  /// READ_COMMITTED_SNAPSHOT.
  package var readsCommittedSnapshot = false
  package var isCaseSensitive = false
  package var schemas: [String] = ["dbo", "guest", "INFORMATION_SCHEMA", "sys"]
  /// @@DBTS: the last rowversion that was given out, whatever became of its row.
  package internal(set) var rowVersion: UInt64 = 2000
  /// Where the next object_id is made from: the step and a prime modulus give each number once.
  var lastObject = 245_575_913
  /// Tables by name. Names of tables that are dropped and not yet committed are among them.
  var names: [QualifiedName: [Int]] = [:]
}

/// Tables, locks and transactions of the simulated server: a value without time or threads.
///
/// Every call is made for a session, between `beginStatement` and `endStatement` or `failStatement`. A call
/// that needs a lock which somebody else has answers `.blocked`; the caller then tells `blocked`, waits
/// outside until the session is in `takeWoken()` or its `deadline` has come, asks `resume`, and tries the
/// statement again.
package struct Storage: Sendable {
  /// By id; 0 and gaps are nil.
  package internal(set) var databases: [ServerDatabase?] = [nil]
  /// By number; gaps are nil.
  package internal(set) var tables: [ServerTable?] = []
  /// By the order in which they were made; those among them that open transactions have dropped.
  var moduleRecords: [ServerModule] = []
  /// By number; gaps are nil.
  package internal(set) var sessions: [StorageSession?] = []
  var locks = LockManager(convertsRanges: true)
  var applicationLocks = ApplicationLocks()
  /// Lock spaces of tables and indexes that are gone; somebody may still have locks there.
  var retired: [Int] = []
  var spaceCount = 0
  var transactionCount = 0
  var woken: [Int] = []
  /// Transactions committed that changed something.
  package internal(set) var commits = 0
  /// Circles of sessions that waited for each other, each of which had one victim.
  package internal(set) var deadlocks = 0

  /// Session numbers of users begin here, as in SQL Server.
  package static let firstSession = 51
  package static let master = 1
  package static let tempdb = 2
  /// Row locks of one statement on one table at which the table is locked instead, and the number after
  /// which it is tried again.
  package static let escalationThreshold = 5000
  static let escalationStep = 1250

  package init() {
    for name in ["master", "tempdb", "model", "msdb"] { _ = createDatabase(name) }
    databases[Storage.master]?.allowsSnapshot = true
  }

  /// Sessions that have something new to look at since the last call: their lock, or an error.
  package mutating func takeWoken() -> [Int] {
    defer { woken = [] }
    return woken
  }

  func table(_ number: Int) -> ServerTable {
    guard let table = tables[number] else { preconditionFailure("table \(number) is gone") }
    return table
  }

  /// Where a table's rows are locked.
  func space(of table: Int) -> Int {
    guard let space = tables[table]?.space else { preconditionFailure("table \(table) is gone") }
    return space
  }

  func session(_ number: Int) -> StorageSession {
    guard let session = sessions[number] else { preconditionFailure("session \(number) is gone") }
    return session
  }

  func databaseName(of table: Int) -> String { databases[self.table(table).database]?.name ?? "" }

  // MARK: Sessions

  package mutating func connect() -> Int {
    while sessions.count < Storage.firstSession { sessions.append(nil) }
    let free = sessions[Storage.firstSession...].firstIndex { $0 == nil }
    if free == nil { sessions.append(nil) }
    let number = free ?? sessions.count - 1
    sessions[number] = StorageSession(number: number)
    return number
  }

  /// Rolls back and gives back everything.
  package mutating func disconnect(_ session: Int) {
    guard sessions[session] != nil else { return }
    rollbackAll(session)
    releaseApplicationLocks(session) { _ in true }
    dropTemporaryTables(session)
    wake(locks.release(session))
    sessions[session] = nil
  }

  /// The server stops and starts: what is not committed is lost, with the sessions and tempdb.
  package mutating func crash() {
    for session in sessions.indices where sessions[session] != nil {
      // Who waits finds that the session is gone.
      wake([session])
      rollbackAll(session)
      dropTemporaryTables(session)
      sessions[session] = nil
    }
    locks = LockManager(convertsRanges: true)
    applicationLocks = ApplicationLocks()
  }

  package mutating func set(
    _ session: Int, isolation: IsolationLevel? = nil, lockTimeout: Duration?? = .none,
    deadlockPriority: Int? = nil
  ) {
    if let isolation { sessions[session]?.isolation = isolation }
    if let lockTimeout { sessions[session]?.lockTimeout = lockTimeout }
    if let deadlockPriority { sessions[session]?.deadlockPriority = deadlockPriority }
  }

  // MARK: Databases

  /// The new database's id; nil if there is one of this name.
  package mutating func createDatabase(_ name: String) -> Int? {
    guard database(name) == nil else { return nil }
    // An id that was once another's would lead whoever still has it into the wrong database.
    let id = databases.count
    databases.append(ServerDatabase(id: id, name: name))
    return id
  }

  package func database(_ name: String) -> ServerDatabase? {
    let key = name.lowercased()
    return databases.lazy.compactMap { $0 }.first { $0.name.lowercased() == key }
  }

  /// Changes the options of a database.
  package mutating func alterDatabase(_ id: Int, _ change: (inout ServerDatabase) -> Void) {
    guard var database = databases[id] else { return }
    change(&database)
    databases[id] = database
  }

  /// False if a session has chosen it, or has locks on its tables.
  package mutating func dropDatabase(_ id: Int) -> Bool {
    if sessions.contains(where: { $0?.databases.contains(id) == true }) { return false }
    let dropped = tables.compactMap { $0 }.filter { $0.database == id }
    let isUsed = dropped.contains { table in table.spaces.contains { !locks.records(in: $0).isEmpty } }
    if isUsed { return false }
    for table in dropped { forget(table) }
    retired += moduleRecords.filter { $0.database == id && $0.space >= 0 }.map(\.space)
    moduleRecords.removeAll { $0.database == id }
    databases[id] = nil
    return true
  }

  /// An object_id that the database has not given out.
  package mutating func newObjectID(_ database: Int) -> Int32 {
    let number = ((databases[database]?.lastObject ?? 0) + 16_000_057) % 1_999_999_973
    databases[database]?.lastObject = number
    return Int32(number) + 1000
  }

  package mutating func newRowVersion(_ database: Int) -> UInt64 {
    databases[database]?.rowVersion += 1
    return databases[database]?.rowVersion ?? 0
  }
}
