import CSQLite
import Databases
import Glibc

/// A SQLite database file.
package struct SQLiteEndpoint: Endpoint {
  package let path: String
  private let executor: @Sendable () -> any SerialExecutor

  /// `executor` makes what one connection runs on, as a rule a thread of its own.
  package init(path: String, executor: @escaping @Sendable () -> any SerialExecutor) {
    self.path = path
    self.executor = executor
  }

  package var engine: Engine { .sqlite }
  package var name: String { "sqlite:\(path)" }
  /// The file's absolute path, with symbolic links resolved: two names of one file are one database.
  package var identity: String { DatabaseFile.realPath(path) ?? path }

  /// One writer at a time. Readers share a snapshot as long as the file has a rollback journal, where a
  /// reader keeps writers from committing; with a write-ahead log each reader has a snapshot of its own.
  package var capabilities: Capabilities {
    Capabilities(parallelWriters: 1, sharesSnapshots: !DatabaseFile(path).hasWriteAheadLog)
  }

  package var isMissing: Bool {
    let file = DatabaseFile(path)
    return file.obstruction(creating: false) == .missing && file.obstruction(creating: true) == nil
  }

  /// The version of the library that reads and writes it, as `3.40.1`.
  package static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    let (path, name) = (path, name)
    return try await DriverConnection<SQLiteDriver>.open(on: executor()) { () throws(DatabaseError) in
      try SQLiteDriver(path: path, name: name, access: access)
    }
  }
}

extension Engine {
  package static let sqlite = Engine(rawValue: "sqlite")
}
