import Databases
import Rows

/// One connection to a SQL Server, through FreeTDS's db-lib.
package struct SQLServerDriver: SQLDriver, ~Copyable {
  let session: ServerSession
  let options: SQLServerOptions
  var reader: RangeReader?
  var writer: TableWriter?
  var isInSnapshot = false
  /// The resource of the fence that the session holds.
  var heldFence: String?
  /// The table whose rows the open transaction has deleted, all of them: nobody else is writing to it.
  var emptied: TableName?

  package let dialect = SQLServerDialect()
  package var interrupter: any Interrupter { session.events.interrupter }
  package var endpointName: String { session.endpointName }
  package var ledgerSchema: String? { options.schema }
  /// The one schema that the endpoint stands for.
  var schema: String { options.schema }

  init(_ url: SQLServerURL, _ access: Access) throws(DatabaseError) {
    session = try SessionOpener(url: url).open()
    options = url.options
  }

  /// The table's name with its schema.
  func qualified(_ table: TableName) -> TableName {
    TableName(schema: table.schema ?? schema, name: table.name)
  }
  func quoted(_ table: TableName) -> String { dialect.quoted(qualified(table)) }

  // MARK: Statements

  package mutating func execute(_ statement: SQLStatement) throws(DatabaseError) -> SQLResult {
    try closeRead()
    return try session.run(SQLServerDriver.batch(statement), operation: "run a statement")
  }

  /// The statement with its parameters as variables in front.
  static func batch(_ statement: SQLStatement) -> String {
    guard !statement.parameters.isEmpty else { return statement.sql }
    let variables = statement.parameters.enumerated().map { index, parameter in
      let name = SQLServerDialect().placeholder(index + 1)
      return switch parameter {
      case .null: "\(name) nvarchar(max) = NULL"
      case .integer(let value): "\(name) bigint = \(value)"
      case .text(let text): "\(name) nvarchar(max) = \(SQLText.literal(text))"
      }
    }
    return "DECLARE \(variables.joined(separator: ", ")); \(statement.sql)"
  }

  package func tableExists(_ table: TableName) throws(DatabaseError) -> Bool {
    try objectID(table) != nil
  }

  func objectID(_ table: TableName) throws(DatabaseError) -> Int64? {
    try session.run(
      CatalogQueries.objectID(quoted(table)), operation: "read the catalog", table: table
    ).rows.first?.first?.integer
  }

  // MARK: Transactions

  package mutating func begin() throws(DatabaseError) {
    try closeRead()
    emptied = nil
    try session.run("BEGIN TRANSACTION", operation: "begin")
  }

  package mutating func commit() throws(DatabaseError) {
    emptied = nil
    do throws(DatabaseError) {
      try session.run("COMMIT TRANSACTION", operation: "commit")
    } catch {
      var error = error
      // The server may have committed before it could say so. An attention, too, may have come too late.
      if error.errorClass == .connectionLost || error.errorClass == .cancelled || error.code == "-2" {
        error.outcome = .unknown
      }
      throw error
    }
  }

  package mutating func rollback() throws(DatabaseError) {
    reader = nil
    writer = nil
    emptied = nil
    isInSnapshot = false
    // What was asked to be interrupted ends here.
    session.events.interrupter.forget()
    session.abandon()
    // A lost connection took its transaction with it.
    guard !session.isLost else { return }
    try session.run(
      "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
      operation: "roll back")
    try session.endInsertingIdentities(at: session.place("roll back"))
  }

  package mutating func delete(_ rows: TableRange) throws(DatabaseError) -> Int {
    try closeRead()
    let condition = dialect.literalCondition(rows).map { " WHERE \($0)" } ?? ""
    let deleted = try session.run(
      "DELETE FROM \(quoted(rows.table))\(condition)", operation: "delete", table: rows.table
    ).changes
    if rows.range == .all { emptied = qualified(rows.table) }
    return deleted
  }

  // MARK: Snapshots

  /// Snapshots of SQL Server belong to one connection: each reader gets one of its own, which begins with its first
  /// read. Returns nil where the database has none.
  package mutating func beginSnapshot() throws(DatabaseError) -> String? {
    try closeRead()
    let operation = "begin a snapshot"
    let state = try session.run(CatalogQueries.allowsSnapshots(), operation: operation).rows.first?.first
    guard state?.integer == 1, !options.readsUncommitted else { return nil }
    try holdSnapshot(operation)
    return "own"
  }

  package mutating func joinSnapshot(_ name: String) throws(DatabaseError) {
    try closeRead()
    try holdSnapshot("join a snapshot")
  }

  private mutating func holdSnapshot(_ operation: String) throws(DatabaseError) {
    try session.run(
      "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION", operation: operation)
    isInSnapshot = true
  }

  /// Whether the source changed between the snapshots of two readers is not known.
  package mutating func endSnapshot() throws(DatabaseError) -> SnapshotVerdict {
    try closeRead()
    if isInSnapshot {
      isInSnapshot = false
      try session.run(
        "COMMIT TRANSACTION; SET TRANSACTION ISOLATION LEVEL READ COMMITTED", operation: "end a snapshot")
    }
    return options.readsUncommitted ? .dirty : .unknown
  }

  package mutating func close() {
    reader = nil
    writer = nil
    releaseFence()
    session.close()
  }
}
