import CSQLite
import Databases
import Runtime

/// SQLite's connection, and the switch that stops it from another thread.
///
/// Unchecked because only `interrupt` is for other threads; everything else belongs to the driver that
/// opened it. The connection is opened without SQLite's own mutex for that reason: `sqlite3_interrupt` is
/// the one call that may be made at any time until the connection is closed.
final class SQLiteHandle: Interrupter, @unchecked Sendable {
  let database: OpaquePointer
  private let isOpen = Guarded(true)

  init(adopting database: OpaquePointer) { self.database = database }
  deinit { close() }

  func interrupt() {
    isOpen.withLock { isOpen in
      if isOpen { sqlite3_interrupt(database) }
    }
  }

  /// Closes once; statements that are still there go with the last of them.
  func close() {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    if wasOpen { sqlite3_close_v2(database) }
  }

  /// The library's message for the last error. It names tables, columns and constraints, never values.
  var message: String { String(cString: sqlite3_errmsg(database)) }

  var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }
}

/// A prepared statement, finalised when it goes.
struct SQLiteStatement: ~Copyable {
  let pointer: OpaquePointer

  init(adopting pointer: OpaquePointer) { self.pointer = pointer }
  deinit { sqlite3_finalize(pointer) }

  /// A result column of the current row as text; nil for NULL. Malformed UTF-8 is repaired.
  func text(_ column: Int32) -> String? {
    guard let bytes = sqlite3_column_text(pointer, column) else { return nil }
    let count = Int(sqlite3_column_bytes(pointer, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

  func value(_ column: Int32) -> SQLValue {
    switch sqlite3_column_type(pointer, column) {
    case SQLITE_NULL: .null
    case SQLITE_INTEGER: .integer(integer(column))
    default: .text(text(column) ?? "")
    }
  }

  func bind(_ parameters: [SQLValue]) -> Int32 {
    for (index, parameter) in parameters.enumerated() {
      let position = Int32(index + 1)
      let status =
        switch parameter {
        case .null: sqlite3_bind_null(pointer, position)
        case .integer(let value): sqlite3_bind_int64(pointer, position, value)
        case .text(let value):
          proofload_sqlite_bind_text_copied(pointer, position, value, UInt64(value.utf8.count))
        }
      guard status == SQLITE_OK else { return status }
    }
    return SQLITE_OK
  }
}
