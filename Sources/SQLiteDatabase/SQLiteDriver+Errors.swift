import CSQLite
import Databases
import Rows

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
    DatabaseError(engine: .sqlite, code: "\(code)", message: message, place: place)
  }
}

extension DatabaseError {
  var isIOError: Bool { Int32(code).map { $0 & 0xFF == SQLITE_IOERR } ?? false }
}
