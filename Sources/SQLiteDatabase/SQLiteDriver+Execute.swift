import CSQLite
import Databases
import Rows

/// Small statements, and transactions.
extension SQLiteDriver {
  package mutating func execute(_ statement: SQLStatement) throws(DatabaseError) -> SQLResult {
    try run(statement, operation: "execute a statement")
  }

  package func tableExists(_ table: TableName) throws(DatabaseError) -> Bool {
    let query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE"
    return try !run(SQLStatement(query, [.text(table.name)]), operation: "read the catalog").rows.isEmpty
  }

  func prepare(
    _ sql: String, operation: String, table: TableName? = nil
  ) throws(DatabaseError) -> SQLiteStatement {
    var pointer: OpaquePointer?
    let status = sqlite3_prepare_v2(handle.database, sql, Int32(sql.utf8.count), &pointer, nil)
    guard status == SQLITE_OK, let pointer else {
      throw error(status, operation: operation, table: table)
    }
    return SQLiteStatement(adopting: pointer)
  }

  /// Runs a statement to its end, or several if there are no parameters.
  @discardableResult
  func run(
    _ statement: SQLStatement, operation: String, table: TableName? = nil
  ) throws(DatabaseError) -> SQLResult {
    var result = SQLResult()
    var rest = statement.sql
    while true {
      var pointer: OpaquePointer?
      var consumed = 0
      let status = rest.withCString { start in
        var tail: UnsafePointer<CChar>?
        let status = sqlite3_prepare_v2(handle.database, start, -1, &pointer, &tail)
        consumed = tail.map { $0 - start } ?? 0
        return status
      }
      guard status == SQLITE_OK else { throw error(status, operation: operation, table: table) }
      // Nothing but blanks and comments was left.
      guard let pointer else { return result }
      let prepared = SQLiteStatement(adopting: pointer)
      let bound = prepared.bind(statement.parameters)
      guard bound == SQLITE_OK else { throw error(bound, operation: operation, table: table) }
      try step(prepared, into: &result, operation: operation, table: table)
      rest = String(decoding: rest.utf8.dropFirst(consumed), as: UTF8.self)
      if rest.isEmpty { return result }
    }
  }

  private func step(
    _ statement: borrowing SQLiteStatement, into result: inout SQLResult, operation: String, table: TableName?
  ) throws(DatabaseError) {
    let columns = sqlite3_column_count(statement.pointer)
    while true {
      switch sqlite3_step(statement.pointer) {
      case SQLITE_ROW:
        var row: [SQLValue] = []
        for column in 0..<columns { row.append(statement.value(column)) }
        result.rows.append(row)
      case SQLITE_DONE:
        if sqlite3_stmt_readonly(statement.pointer) == 0 {
          result.changes = Int(sqlite3_changes64(handle.database))
        }
        return
      case let status:
        throw error(status, operation: operation, table: table)
      }
    }
  }

  package mutating func begin() throws(DatabaseError) {
    // Takes the write lock now: a transaction that reads first and writes later can fail half-way.
    try run(SQLStatement("BEGIN IMMEDIATE"), operation: "begin a transaction")
  }

  package mutating func commit() throws(DatabaseError) {
    writer = nil
    do throws(DatabaseError) {
      try run(SQLStatement("COMMIT"), operation: "commit")
    } catch {
      var error = error
      // Of an I/O error nobody can say how far the journal came before it. After all others the
      // transaction is either still open or rolled back.
      if error.isIOError { error.outcome = .unknown }
      throw error
    }
  }

  package mutating func rollback() throws(DatabaseError) {
    // Statements that are under way would keep the transaction, and an interrupt, alive.
    reader = nil
    writer = nil
    snapshot = nil
    // SQLite rolls back by itself after some errors.
    guard handle.isInTransaction else { return }
    try run(SQLStatement("ROLLBACK"), operation: "roll back")
  }
}
