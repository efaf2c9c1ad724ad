import Databases
import Rows

extension SQLServerDriver {
  /// As `SQLLedger`'s, in T-SQL. Names are compared by their characters: a job's table `a` is not its table `A`.
  package mutating func prepareLedger() throws(DatabaseError) {
    try closeRead()
    try requireSchema(operation: "create the ledger")
    let key = "nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL"
    try createIfMissing(
      LedgerTables.units,
      """
      job \(key), table_name \(key), unit bigint NOT NULL, key_range nvarchar(max) NOT NULL, state \(key), \
      attempt bigint NOT NULL, fingerprint \(key), signature nvarchar(max) NOT NULL, updated \(key), \
      PRIMARY KEY (job, table_name, unit)
      """)
    try createIfMissing(
      LedgerTables.putAside,
      """
      job \(key), position bigint NOT NULL, obstacle nvarchar(max) NOT NULL, PRIMARY KEY (job, position)
      """)
  }

  private func createIfMissing(_ name: String, _ columns: String) throws(DatabaseError) {
    let table = dialect.quoted(TableName(schema: schema, name: name))
    try session.run(
      "IF OBJECT_ID(\(SQLText.literal(table)), N'U') IS NULL CREATE TABLE \(table) (\(columns))",
      operation: "create the ledger")
  }

  /// A lock of the session: the server lets go of it when the connection ends, however it ends.
  package mutating func takeFence(job: String) throws(DatabaseError) {
    try closeRead()
    let operation = "take the fence"
    // A run that has just ended may hold the lock until the server notices: a wait of some seconds tells the two apart.
    let answer = try session.run(
      """
      DECLARE @fence int; EXEC @fence = sp_getapplock @Resource = \(SQLText.literal(fence(job))), \
      @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 10000; SELECT @fence
      """, operation: operation
    ).rows.last?.first?.integer
    switch answer {
    case 0, 1: heldFence = fence(job)
    case -1:
      throw failure(
        .fenced, "another run holds this job",
        remedy:
          "Let it finish, or end it; if it is gone, end its session: KILL, with the number that sys.dm_tran_locks has for an APPLICATION lock.",
        operation: operation)
    case -3:
      throw failure(.conflict, "the server chose the fence as a deadlock's victim", operation: operation)
    default:
      throw failure(.permanent, "the server did not lock the job", operation: operation)
    }
  }

  /// The server would let go of it with the session, but only once it notices the session's end: whoever closes the
  /// connection and begins anew would find the job taken.
  mutating func releaseFence() {
    guard let resource = heldFence, !session.isLost else { return }
    heldFence = nil
    _ = try? session.run(
      "EXEC sp_releaseapplock @Resource = \(SQLText.literal(resource)), @LockOwner = N'Session'",
      operation: "release the fence")
  }

  /// A resource's name has 255 characters at most.
  private func fence(_ job: String) -> String {
    var text = "proofload fence \(schema) \(job)"
    let hash = text.withUTF8 { Fingerprint.hash(UnsafeRawBufferPointer($0)) }
    return "proofload fence \(String(hash, radix: 16))"
  }

  package mutating func alignIdentity(_ table: TableName) throws(DatabaseError) {
    try closeRead()
    let table = qualified(table)
    let operation = "align identities"
    guard let object = try objectID(table),
      try !session.run(CatalogQueries.identityColumn(object), operation: operation, table: table).rows.isEmpty
    else { return }
    // Without a new value it only ever raises the next one.
    try session.run(
      "DBCC CHECKIDENT (\(SQLText.literal(dialect.quoted(table))), RESEED) WITH NO_INFOMSGS",
      operation: operation, table: table)
  }
}
