import ModelDatabase

/// What was committed at one time, with what its owner has done itself.
///
/// Rows that others had changed and not committed are in the tables; they are taken back when a table is
/// looked at for the first time.
struct Snapshot: Sendable {
  private var tables: [ServerTable?]
  private let uncommitted: [(touched: [Int], undo: [UndoRecord])]
  private var cleaned: Set<Int> = []

  init(_ storage: Storage, for session: Int) {
    tables = storage.tables
    uncommitted = storage.sessions.compactMap { other in
      guard let other, other.number != session, let transaction = other.transaction else { return nil }
      return transaction.undo.isEmpty ? nil : (transaction.touched, transaction.undo)
    }
  }

  /// Takes back what others have not committed. Nil for a table that was not there.
  mutating func table(_ number: Int) -> ServerTable? {
    guard number < tables.count else { return nil }
    if cleaned.insert(number).inserted {
      for other in uncommitted where other.touched.contains(number) {
        for record in other.undo.reversed() where record.table == number {
          if case .table(_, let before) = record {
            tables[number] = before
          } else {
            tables[number]?.undo(record)
          }
        }
      }
    }
    return tables[number]
  }

  /// What its owner does to a table, it does here as well; the table was looked at before.
  mutating func change(_ number: Int, _ change: (inout ServerTable) -> Void) {
    guard number < tables.count, tables[number] != nil else { return }
    change(&tables[number]!)
  }

  /// Has the table as it is now: its owner has changed its definition.
  mutating func set(_ number: Int, _ table: ServerTable?) {
    while tables.count <= number { tables.append(nil) }
    tables[number] = table
    cleaned.insert(number)
  }

  mutating func undo(_ record: UndoRecord) {
    let number = record.table
    guard cleaned.contains(number) else { return }
    if case .table(_, let before) = record {
      tables[number] = before
    } else {
      tables[number]?.undo(record)
    }
  }
}

extension Storage {
  /// A table as it was when the session's snapshot transaction first read.
  mutating func snapshotTable(_ session: Int, _ number: Int) throws(SQLError) -> ServerTable {
    let live = table(number)
    guard let database = databases[live.database] else { return live }
    // Nobody else sees a temporary table.
    if live.owner != nil { return live }
    guard database.allowsSnapshot else { throw .snapshotNotAllowed(database: database.name) }
    guard self.session(session).transaction?.isSnapshot == true else {
      throw .snapshotStartedLate(database: database.name)
    }
    if self.session(session).transaction?.snapshot == nil {
      let snapshot = Snapshot(self, for: session)
      sessions[session]?.transaction?.snapshot = snapshot
    }
    guard let table = sessions[session]?.transaction?.snapshot?.table(number),
      table.objectID == live.objectID, table.version == live.version
    else { throw .snapshotOverDefinition(database: database.name) }
    return table
  }

  /// A table as it is committed now, with what the session has done itself.
  func committedTable(_ session: Int, _ number: Int) -> ServerTable {
    let isDirty = sessions.contains { other in
      guard let other, other.number != session else { return false }
      return other.transaction?.touched.contains(number) ?? false
    }
    guard isDirty else { return table(number) }
    var snapshot = Snapshot(self, for: session)
    return snapshot.table(number) ?? table(number)
  }

  /// Whether the session's writes are checked against, and done in, a snapshot.
  func writesSnapshot(_ session: Int, _ table: Int) -> Bool {
    guard tables[table]?.owner == nil else { return false }
    return sessions[session]?.isolation == .snapshot || sessions[session]?.transaction?.snapshot != nil
  }
}
