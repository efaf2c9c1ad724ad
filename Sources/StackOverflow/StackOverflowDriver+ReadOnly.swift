import Databases
import Rows

/// What only a target can do.
extension StackOverflowDriver {
  static func readOnly(endpoint: String, operation: String, table: TableName?) -> DatabaseError {
    DatabaseError(
      engine: .stackOverflow, errorClass: .readOnly,
      message: "generated rows are a source and never a target",
      remedy: "Give a database or files as the target.",
      place: ErrorPlace(endpoint: endpoint, operation: operation, table: table?.description))
  }

  private func readOnly(_ operation: String, _ table: TableName? = nil) -> DatabaseError {
    StackOverflowDriver.readOnly(endpoint: endpointName, operation: operation, table: table)
  }

  package mutating func begin() throws(DatabaseError) { throw readOnly("begin") }
  package mutating func delete(_ rows: TableRange) throws(DatabaseError) -> Int {
    throw readOnly("delete rows", rows.table)
  }
  package mutating func openWrite(_ table: TableName, columns: [TransferColumn]) throws(DatabaseError) {
    throw readOnly("write rows", table)
  }
  package mutating func write(_ batch: RowBatch) throws(DatabaseError) { throw readOnly("write rows") }
  package mutating func finishWrite() throws(DatabaseError) -> Int { throw readOnly("write rows") }
  package mutating func commit() throws(DatabaseError) { throw readOnly("commit") }
  /// There is never a transaction.
  package mutating func rollback() throws(DatabaseError) {}

  package mutating func create(_ table: TableSchema, job: String) throws(DatabaseError) -> [String] {
    throw readOnly("create a table", table.name)
  }
  package mutating func obstacles(_ table: TableName) throws(DatabaseError) -> [Obstacle] {
    throw readOnly("prepare a load", table)
  }
  package mutating func putAside(_ obstacles: [Obstacle], job: String) throws(DatabaseError) {
    throw readOnly("put aside", obstacles.first?.table)
  }
  package mutating func restore(job: String) throws(DatabaseError) -> [Obstacle] { throw readOnly("restore") }
  package mutating func alignIdentity(_ table: TableName) throws(DatabaseError) {
    throw readOnly("align identities", table)
  }

  package mutating func prepareLedger() throws(DatabaseError) { throw readOnly("create the ledger") }
  package mutating func takeFence(job: String) throws(DatabaseError) { throw readOnly("take the fence") }
  /// There is no ledger.
  package mutating func ledger(job: String) throws(DatabaseError) -> [LedgerEntry] { [] }
  package mutating func plan(
    _ entries: [LedgerEntry], table: String, job: String
  ) throws(DatabaseError) { throw readOnly("write the ledger") }
  package mutating func claim(_ entry: LedgerEntry, job: String) throws(DatabaseError) {
    throw readOnly("claim a unit")
  }
  package mutating func record(_ entry: LedgerEntry, job: String) throws(DatabaseError) {
    throw readOnly("write the ledger")
  }
}
