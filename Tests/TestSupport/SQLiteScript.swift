import CSQLite

/// A statement that SQLite refused, in its words.
package struct SQLiteScriptError: Error, CustomStringConvertible {
  package let description: String
}

/// Runs SQL on a database file behind every driver's back, as a user with a shell would, creating the file if need be.
///
/// Returns the rows of all statements, with NULL as nil.
@discardableResult
package func sqlite(_ sql: String, at path: String) throws -> [[String?]] {
  var handle: OpaquePointer?
  defer { sqlite3_close_v2(handle) }
  guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil) == SQLITE_OK else {
    throw SQLiteScriptError(description: String(cString: sqlite3_errmsg(handle)))
  }
  sqlite3_busy_timeout(handle, 10_000)
  var rows: [[String?]] = []
  var rest = Array(sql.utf8CString)[...]
  while rest.count > 1 {
    var statement: OpaquePointer?
    let consumed = try rest.withUnsafeBufferPointer { text -> Int in
      var tail: UnsafePointer<CChar>?
      guard sqlite3_prepare_v2(handle, text.baseAddress, Int32(text.count), &statement, &tail) == SQLITE_OK
      else {
        throw SQLiteScriptError(description: String(cString: sqlite3_errmsg(handle)))
      }
      return tail.map { $0 - text.baseAddress! } ?? text.count
    }
    defer { sqlite3_finalize(statement) }
    rest = rest.dropFirst(max(consumed, 1))
    guard statement != nil else { continue }
    var code = sqlite3_step(statement)
    while code == SQLITE_ROW {
      rows.append(
        (0..<sqlite3_column_count(statement)).map {
          sqlite3_column_text(statement, $0).map(String.init(cString:))
        })
      code = sqlite3_step(statement)
    }
    guard code == SQLITE_DONE else {
      throw SQLiteScriptError(description: String(cString: sqlite3_errmsg(handle)))
    }
  }
  return rows
}
