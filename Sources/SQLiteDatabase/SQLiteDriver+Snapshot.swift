import Databases
import Rows

/// A read transaction that is held open, and what tells whether the file changed meanwhile.
struct HeldSnapshot {
  /// Readers exclude writers, so all readers see this state.
  let excludesWriters: Bool
  /// SQLite's `data_version` as of the snapshot: it changes when another connection commits.
  let version: Int64
}

/// Snapshots.
///
/// A file with a rollback journal cannot change while one connection reads it, so a reader that holds on
/// holds the state for all of them. With a write-ahead log each reader sees the last commit before it
/// began; whether there was a commit between the first and the last shows at the end. The verdict that
/// speaks for all readers is that of the connection that began the snapshot and ends it last.
extension SQLiteDriver {
  package mutating func beginSnapshot() throws(DatabaseError) -> String? {
    try hold(operation: "begin a snapshot")
    return snapshot?.excludesWriters == true ? "shared" : "own"
  }

  package mutating func joinSnapshot(_ name: String) throws(DatabaseError) {
    try hold(operation: "join a snapshot")
    guard (snapshot?.excludesWriters == true) == (name == "shared") else {
      try rollback()
      throw failure(
        .conflict, "its journal mode has changed since the snapshot began", operation: "join a snapshot")
    }
  }

  private mutating func hold(operation: String) throws(DatabaseError) {
    try run(SQLStatement("BEGIN"), operation: operation)
    do throws(DatabaseError) {
      // The transaction begins with its first read.
      try run(SQLStatement("SELECT count(*) FROM sqlite_schema"), operation: operation)
      let mode = try run(SQLStatement("PRAGMA journal_mode"), operation: operation).rows.first?.first?.text
      let version = try dataVersion(operation: operation)
      snapshot = HeldSnapshot(excludesWriters: mode != "wal", version: version)
    } catch {
      // The first error is the one to report.
      try? rollback()
      throw error
    }
  }

  package mutating func endSnapshot() throws(DatabaseError) -> SnapshotVerdict {
    guard let held = snapshot else {
      throw failure(.permanent, "no snapshot is held", operation: "end a snapshot")
    }
    reader = nil
    try run(SQLStatement("COMMIT"), operation: "end a snapshot")
    snapshot = nil
    if held.excludesWriters { return .consistent }
    return try dataVersion(operation: "end a snapshot") == held.version ? .consistent : .changed
  }

  private func dataVersion(operation: String) throws(DatabaseError) -> Int64 {
    try run(SQLStatement("PRAGMA data_version"), operation: operation).rows.first?.first?.integer ?? 0
  }
}
