import CSQLite
import Databases
import Glibc
import Rows

/// One connection to a SQLite file, synchronous.
///
/// SQLite has dynamic types: a column holds what somebody put there. The catalog turns declared types into
/// column types, and the reader finds the values that are not what their column declares.
package struct SQLiteDriver: ~Copyable, SQLDriver {
  package let endpointName: String
  package let dialect: SQLiteDialect
  /// The file's absolute path.
  let path: String
  let handle: SQLiteHandle
  var reader: RangeReader?
  var writer: BatchWriter?
  var snapshot: HeldSnapshot?
  var fence: FileFence?

  package var ledgerSchema: String? { nil }
  package var interrupter: any Interrupter { handle }

  /// How long a lock of another connection is waited for, in milliseconds.
  package static let busyTimeout: Int32 = 5000

  package init(
    path: String, name: String, access: Access, busyTimeout: Int32 = SQLiteDriver.busyTimeout
  ) throws(DatabaseError) {
    let opened = try SQLiteDriver.open(path: path, name: name, access: access)
    let isUTF8 = try SQLiteDriver.prepare(opened, name: name, access: access, busyTimeout: busyTimeout)
    // Nothing may throw once a property is set: the compiler cannot take half a noncopyable value apart.
    handle = opened
    endpointName = name
    self.path = DatabaseFile.realPath(path) ?? path
    dialect = SQLiteDialect(isUTF8: isUTF8)
  }

  /// Returns whether the file's text is UTF-8.
  private static func prepare(
    _ handle: SQLiteHandle, name: String, access: Access, busyTimeout: Int32
  ) throws(DatabaseError) -> Bool {
    let database = handle.database
    sqlite3_busy_timeout(database, busyTimeout)
    for pragma in settings {
      guard sqlite3_exec(database, pragma, nil, nil, nil) == SQLITE_OK else {
        throw openError(sqlite3_extended_errcode(database), handle.message, name)
      }
    }
    // The first look into the file: what is no database shows here.
    let isUTF8 = try look(handle, name) == "UTF-8"
    if !isUTF8 { try addBytewiseCollation(handle, name) }
    if access == .write, sqlite3_db_readonly(database, "main") == 1 {
      throw DatabaseError(
        engine: .sqlite, errorClass: .configuration, message: "the file cannot be written",
        remedy: "Give this user write permission for the file and its directory.",
        place: ErrorPlace(endpoint: name, operation: "open the database"))
    }
    return isUTF8
  }

  /// A page cache of 8 MiB and no memory map: what a whole run may use is counted. Foreign keys are not
  /// enforced, because tables are loaded in parallel and verified as a whole.
  private static let settings = [
    "PRAGMA cache_size = -8192", "PRAGMA mmap_size = 0", "PRAGMA foreign_keys = OFF",
  ]

  /// Calls of a connection come from one thread, so the library's mutex is off. An absolute path cannot
  /// be taken for a URI or for SQLite's names of databases in memory.
  private static func open(
    path: String, name: String, access: Access
  ) throws(DatabaseError) -> SQLiteHandle {
    if let obstruction = DatabaseFile(path).obstruction(creating: access == .write) {
      throw openError(obstruction, name)
    }
    let mode = access == .write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
    var database: OpaquePointer?
    let status = sqlite3_open_v2(
      DatabaseFile.realPath(path) ?? path, &database, mode | SQLITE_OPEN_NOMUTEX, nil)
    guard let database else {
      throw openError(SQLITE_NOMEM, "out of memory", name)
    }
    let handle = SQLiteHandle(adopting: database)
    sqlite3_extended_result_codes(database, 1)
    guard status == SQLITE_OK else {
      throw openError(sqlite3_extended_errcode(database), handle.message, name)
    }
    return handle
  }

  /// Reads the schema, and returns the encoding of the file's text.
  private static func look(_ handle: SQLiteHandle, _ name: String) throws(DatabaseError) -> String {
    var encoding = ""
    for query in ["SELECT count(*) FROM sqlite_schema", "PRAGMA encoding"] {
      var pointer: OpaquePointer?
      guard sqlite3_prepare_v2(handle.database, query, -1, &pointer, nil) == SQLITE_OK, let pointer else {
        throw openError(sqlite3_extended_errcode(handle.database), handle.message, name)
      }
      let statement = SQLiteStatement(adopting: pointer)
      guard sqlite3_step(statement.pointer) == SQLITE_ROW else {
        throw openError(sqlite3_extended_errcode(handle.database), handle.message, name)
      }
      encoding = statement.text(0) ?? ""
    }
    return encoding
  }

  /// SQLite's BINARY compares the bytes of the file's own encoding; ranges compare UTF-8.
  private static func addBytewiseCollation(_ handle: SQLiteHandle, _ name: String) throws(DatabaseError) {
    let status = sqlite3_create_collation_v2(
      handle.database, SQLiteDialect.bytewiseCollation, SQLITE_UTF8, nil, compareBytes, nil)
    guard status == SQLITE_OK else { throw openError(status, handle.message, name) }
  }

  package mutating func close() {
    reader = nil
    writer = nil
    if handle.isInTransaction { sqlite3_exec(handle.database, "ROLLBACK", nil, nil, nil) }
    snapshot = nil
    handle.close()
    // Last: whoever takes the fence next finds no transaction of ours.
    fence = nil
  }
}

// A file-scope function: a closure would inherit the isolation of whoever makes it.
private func compareBytes(
  _ context: UnsafeMutableRawPointer?, _ leftCount: Int32, _ left: UnsafeRawPointer?, _ rightCount: Int32,
  _ right: UnsafeRawPointer?
) -> Int32 {
  let shared = Int(min(leftCount, rightCount))
  if shared > 0, let left, let right {
    let order = memcmp(left, right, shared)
    if order != 0 { return order }
  }
  return leftCount - rightCount
}
