import Runtime
import SQLiteDatabase

extension SQLiteEndpoint {
  /// A file, with a thread for each connection.
  package init(path: String) {
    self.init(path: path) { ConnectionThread(name: "sqlite") }
  }
}
