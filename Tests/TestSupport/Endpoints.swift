import Databases
import PostgresDatabase
import Runtime
import SQLiteDatabase

extension SQLiteEndpoint {
  /// A file, with a thread for each connection.
  package init(path: String) {
    self.init(path: path) { ConnectionThread(name: "sqlite") }
  }
}

extension PostgresEndpoint {
  /// A database of the test process's own server, with a thread for each connection.
  package init(url: String) throws(DatabaseError) {
    try self.init(url: url, password: nil) { ConnectionThread(name: "postgres") }
  }
}
