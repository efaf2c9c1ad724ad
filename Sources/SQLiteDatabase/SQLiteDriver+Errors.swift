import CSQLite
import Databases
import Rows

/// SQLite's result codes, classified: https://sqlite.org/rescode.html.
extension SQLiteDriver {
  /// The error of the call that has just failed.
  func error(_ status: Int32, operation: String, table: TableName? = nil) -> DatabaseError {
    // The connection's code is the extended one; some calls fail without touching it.
    let extended = sqlite3_extended_errcode(handle.database)
    let code = extended & 0xFF == status & 0xFF ? extended : status
    return SQLiteDriver.classified(
      code, handle.message,
      place: ErrorPlace(endpoint: endpointName, operation: operation, table: table?.description))
  }

  static func openError(_ code: Int32, _ message: String, _ name: String) -> DatabaseError {
    classified(code, message, place: ErrorPlace(endpoint: name, operation: "open the database"))
  }

  static func openError(_ obstruction: DatabaseFile.Obstruction, _ name: String) -> DatabaseError {
    let (message, remedy) =
      switch obstruction {
      case .missing: ("there is no such file", "Check the path; a source is never created.")
      case .missingDirectory: ("its directory does not exist", "Create the directory first.")
      case .isDirectory: ("it is a directory", "Name the database file in it.")
      case .notAFile: ("it is no regular file", "Name a database file.")
      case .notReadable:
        ("permission denied", "Give this user read permission for the file and its directory.")
      }
    return DatabaseError(
      engine: .sqlite, errorClass: .configuration, message: message, remedy: remedy,
      place: ErrorPlace(endpoint: name, operation: "open the database"))
  }

  static func classified(_ code: Int32, _ message: String, place: ErrorPlace) -> DatabaseError {
    let (errorClass, remedy) = reaction(to: code)
    return DatabaseError(
      engine: .sqlite, code: "\(code)", errorClass: errorClass, message: message, remedy: remedy, place: place
    )
  }

  private static func reaction(to code: Int32) -> (ErrorClass, remedy: String?) {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_SCHEMA: (.conflict, nil)
    case SQLITE_INTERRUPT: (.cancelled, nil)
    case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG: (.badRow, nil)
    case SQLITE_READONLY:
      (.readOnly, "Give this user write permission for the file and its directory, or use another target.")
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
      (
        .configuration,
        """
        The directory must be writable too: SQLite keeps a journal beside the database, and needs -wal and -shm \
        files even to read a database with a write-ahead log. Copy such a database to a writable directory first.
        """
      )
    case SQLITE_NOTADB:
      (.configuration, "The file is not a SQLite database, or it is encrypted. Check the path.")
    case SQLITE_FULL: (.permanent, "Free space on the file system of the database, then run again.")
    case SQLITE_CORRUPT:
      (.permanent, "The file is damaged. See what `PRAGMA integrity_check` says, and restore a backup.")
    case SQLITE_IOERR: (.permanent, "Check the disk and the system's log, then run again.")
    case SQLITE_NOMEM: (.permanent, "Give the process more memory, or run fewer workers.")
    default: (.permanent, nil)
    }
  }
}

extension DatabaseError {
  var isIOError: Bool { Int32(code).map { $0 & 0xFF == SQLITE_IOERR } ?? false }
}
