import CPostgres
import Databases
import Rows

/// One connection to a PostgreSQL server, through libpq.
package struct PostgresDriver: SQLDriver, ~Copyable {
  let session: ServerSession
  /// The one schema that the endpoint stands for.
  let schema: String
  var reader: CopyReader?
  var writer: CopyWriter?

  package var dialect: PostgresDialect { session.dialect }
  package var interrupter: any Interrupter { session.interrupter }
  package var endpointName: String { session.endpointName }
  package var ledgerSchema: String? { schema }

  init(_ url: PostgresURL, _ access: Access) throws(DatabaseError) {
    session = try SessionOpener(url: url, access: access).open()
    schema = url.schema
  }

  /// The table's name with its schema.
  func qualified(_ table: TableName) -> TableName {
    TableName(schema: table.schema ?? schema, name: table.name)
  }
  func quoted(_ table: TableName) -> String { dialect.quoted(qualified(table)) }

  // MARK: Statements

  package mutating func execute(_ statement: SQLStatement) throws(DatabaseError) -> SQLResult {
    try closeRead()
    let result = try session.run(statement.sql, statement.parameters, operation: "run a statement")
    return SQLResult(rows: result.values(), changes: result.changes)
  }

  package func tableExists(_ table: TableName) throws(DatabaseError) -> Bool {
    try session.run(
      """
      SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')
      """, [.text(table.schema ?? schema), .text(table.name)], operation: "read the catalog", table: table
    ).rowCount > 0
  }

  // MARK: Transactions

  package mutating func begin() throws(DatabaseError) {
    try closeRead()
    session.shapesOfSnapshot = nil
    try session.run("BEGIN ISOLATION LEVEL READ COMMITTED", operation: "begin")
  }

  package mutating func commit() throws(DatabaseError) {
    let tag: String
    do throws(DatabaseError) {
      tag = try session.run("COMMIT", operation: "commit").tag
    } catch {
      var error = error
      // The server may have committed before it could say so, also when it is shutting down.
      if error.errorClass == .connectionLost || error.code == "08007" { error.outcome = .unknown }
      throw error
    }
    guard tag == "COMMIT" else {
      throw failure(
        .permanent, "a statement of the transaction had failed, and the server rolled back",
        operation: "commit")
    }
  }

  package mutating func rollback() throws(DatabaseError) {
    reader = nil
    writer = nil
    session.shapesOfSnapshot = nil
    session.abandonCommand()
    // A lost connection took its transaction with it.
    guard session.isInTransaction, !session.isLost else { return }
    do throws(DatabaseError) {
      try session.run("ROLLBACK", operation: "roll back")
    } catch {
      // An interrupt that was meant for the statement before may strike this one.
      guard error.code == "57014" else { throw error }
      try session.run("ROLLBACK", operation: "roll back")
    }
    session.interrupter.forget()
  }

  package mutating func delete(_ rows: TableRange) throws(DatabaseError) -> Int {
    try closeRead()
    let shape = try TableShape.of(qualified(rows.table), session, operation: "delete")
    let condition = dialect.literalCondition(rows).map { " WHERE \($0)" } ?? ""
    return try session.run(
      "DELETE FROM \(shape.only)\(quoted(rows.table))\(condition)", operation: "delete", table: rows.table
    ).changes
  }

  // MARK: Snapshots

  package mutating func beginSnapshot() throws(DatabaseError) -> String? {
    try closeRead()
    let operation = "begin a snapshot"
    try session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", operation: operation)
    let name = try session.run("SELECT pg_export_snapshot()", operation: operation).text(0, 0)
    session.shapesOfSnapshot = [:]
    return name
  }

  package mutating func joinSnapshot(_ name: String) throws(DatabaseError) {
    try closeRead()
    let operation = "join a snapshot"
    try session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", operation: operation)
    do throws(DatabaseError) {
      try session.run("SET TRANSACTION SNAPSHOT \(SQLText.literal(name))", operation: operation)
    } catch {
      guard PostgresDriver.snapshotIsGone.contains(error.code) else { throw error }
      var error = error
      error.errorClass = .conflict
      error.message = "the snapshot is gone: the session that held it has ended, or is another server's"
      error.remedy = nil
      throw error
    }
    session.shapesOfSnapshot = [:]
  }

  /// What joining a snapshot is answered with when nobody holds it: there is no such name (22023, since version 17
  /// 42704), or its transaction has just ended (55000).
  private static let snapshotIsGone = ["22023", "42704", "55000"]

  package mutating func endSnapshot() throws(DatabaseError) -> SnapshotVerdict {
    try closeRead()
    session.shapesOfSnapshot = nil
    let tag = try session.run("COMMIT", operation: "end a snapshot").tag
    // Nothing was written: only a failed read makes the server roll back, and then the snapshot ended early.
    return tag == "COMMIT" ? .consistent : .unknown
  }

  package mutating func close() {
    reader = nil
    writer = nil
    session.close()
  }
}

extension PostgresDialect {
  /// The condition for a range's rows with its bounds as literals, since COPY takes no parameters, and since a
  /// literal may be larger than the column's type.
  func literalCondition(_ rows: TableRange) -> String? {
    guard let column = rows.column else { return nil }
    let name = quoted(column.name)
    func comparison(_ sign: String, _ value: KeyValue) -> String {
      switch value {
      case .integer(.min): "\(name) \(sign) (-9223372036854775808)::int8"
      case .integer(let value): "\(name) \(sign) (\(value))"
      case .text(let value): "\(bytewise(name)) \(sign) \(bytewiseLiteral(value))"
      }
    }
    switch rows.range {
    case .all: return nil
    case .null: return "\(name) IS NULL"
    case .span(nil, nil): return "\(name) IS NOT NULL"
    case .span(let from, let to):
      return [from.map { comparison(">=", $0) }, to.map { comparison("<", $0) }]
        .compactMap { $0 }.joined(separator: " AND ")
    }
  }
}
