import Rows

/// What a small statement answered.
package struct SQLResult: Sendable {
  package var rows: [[SQLValue]]
  /// Rows that an INSERT, UPDATE or DELETE changed.
  package var changes: Int

  package init(rows: [[SQLValue]] = [], changes: Int = 0) {
    self.rows = rows
    self.changes = changes
  }
}

/// A driver of an engine that speaks SQL. The ledger, deletes, and what is put aside come with it.
package protocol SQLDriver: BlockingDriver, ~Copyable {
  associatedtype Dialect: SQLDialect
  var dialect: Dialect { get }
  /// Where Proofload's own tables live.
  var ledgerSchema: String? { get }
  /// Runs one small statement to its end.
  mutating func execute(_ statement: SQLStatement) throws(DatabaseError) -> SQLResult
  func tableExists(_ table: TableName) throws(DatabaseError) -> Bool
}

extension SQLDriver where Self: ~Copyable {
  package var engine: Engine { dialect.engine }

  @discardableResult
  package mutating func execute(_ sql: String, _ parameters: SQLValue...) throws(DatabaseError) -> SQLResult {
    try execute(SQLStatement(sql, parameters))
  }

  package mutating func delete(_ rows: TableRange) throws(DatabaseError) -> Int {
    try execute(dialect.delete(rows)).changes
  }

  /// Commits what the body did, or rolls it back and throws its error.
  package mutating func transaction<Value>(
    _ body: (inout Self) throws(DatabaseError) -> Value
  ) throws(DatabaseError) -> Value {
    try begin()
    do throws(DatabaseError) {
      let value = try body(&self)
      try commit()
      return value
    } catch {
      // The first error is the one to report; a connection that cannot roll back is closed by its owner.
      try? rollback()
      throw error
    }
  }

  package func failure(
    _ errorClass: ErrorClass, _ message: String, remedy: String? = nil, operation: String,
    table: TableName? = nil
  ) -> DatabaseError {
    DatabaseError(
      engine: engine, errorClass: errorClass, message: message, remedy: remedy,
      place: ErrorPlace(endpoint: endpointName, operation: operation, table: table?.description))
  }
}
