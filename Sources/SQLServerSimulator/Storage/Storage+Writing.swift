import ModelDatabase

/// A row of a chunk that takes the place of the one that has this key.
package struct RowUpdate: Sendable {
  package var key: RowKey
  package var row: Int

  package init(_ key: RowKey, row: Int) {
    self.key = key
    self.row = row
  }
}

extension Storage {
  /// The locks on a table that go before those on its rows.
  private mutating func enterForWriting(_ session: Int, _ table: Int, _ hints: LockHints) throws(SQLError)
    -> Bool
  {
    try requireWritable(session, self.table(table).database)
    if hints.contains(.noWait) { sessions[session]?.statement?.noWait = true }
    let isWhole = !hints.isDisjoint(with: [.tableLock, .exclusiveTableLock])
    let number = self.table(table).space
    guard lock(session, isWhole ? .exclusive : .intentExclusive, in: number) else { return false }
    if self.table(table).droppedBy != nil { throw .invalidObjectName(self.table(table).name.description) }
    if writesSnapshot(session, table) { _ = try snapshotTable(session, table) }
    if coversRows(session, .exclusive, of: table) { return true }
    for index in self.table(table).indexes where !index.isDisabled {
      guard lock(session, .intentExclusive, in: index.space) else { return false }
    }
    return true
  }

  /// Locks a row and its entries against everybody.
  private mutating func lockForWriting(_ session: Int, _ row: ServerRow, _ table: Int) -> Bool {
    if coversRows(session, .exclusive, of: table) { return true }
    guard lockRow(session, .exclusive, row.key, in: space(of: table), of: table) else { return false }
    if tables[table]?.indexes.isEmpty == true { return true }
    for (index, key) in self.table(table).entries(of: row) {
      // The row's lock may have become one on the table.
      if coversRows(session, .exclusive, of: table) { return true }
      let space = self.table(table).indexes[index].space
      guard lockRow(session, .exclusive, key, in: space, of: table) else { return false }
    }
    return true
  }

  private mutating func remember(_ session: Int, countersOf table: Int) {
    guard sessions[session]?.statement?.counters.contains(where: { $0.table == table }) == false else {
      return
    }
    let now = self.table(table)
    sessions[session]?.statement?.counters.append((table, now.identity, now.nextNumber))
  }

  // MARK: Inserting

  /// Inserts rows of a chunk: all of them, or none.
  ///
  /// Throws 2627 or 2601 for a key that is there already, 3906 for a database that is read-only, 3930 for a
  /// transaction that is doomed.
  package mutating func insert(
    _ session: Int, into table: Int, _ chunk: RowChunk, rows: Range<Int>? = nil, hints: LockHints = []
  ) throws(SQLError) -> Attempt<Void> {
    guard try enterForWriting(session, table, hints) else { return .blocked }
    return try add(session, table, chunk, rows ?? 0..<chunk.count)
  }

  /// A piece of a bulk load. With TABLOCK it takes the bulk-update lock on a heap without indexes, where
  /// several loads go on side by side, and locks any other table against everybody.
  package mutating func bulkInsert(
    _ session: Int, into table: Int, _ chunk: RowChunk, hints: LockHints = []
  ) throws(SQLError) -> Attempt<Void> {
    if hints.contains(.tableLock), self.table(table).isBareHeap, !writesSnapshot(session, table) {
      try requireWritable(session, self.table(table).database)
      guard lock(session, .bulkUpdate, in: self.table(table).space) else { return .blocked }
      return try add(session, table, chunk, 0..<chunk.count)
    }
    return try insert(session, into: table, chunk, hints: hints)
  }

  private mutating func add(
    _ session: Int, _ number: Int, _ chunk: RowChunk, _ range: Range<Int>
  ) throws(SQLError) -> Attempt<Void> {
    remember(session, countersOf: number)
    guard var rows = tables[number]?.keyed(chunk, range), !rows.isEmpty else { return .done(()) }
    var isSorted = true
    for index in 1..<max(rows.count, 1) where !(rows[index - 1].key < rows[index].key) {
      isSorted = false
      break
    }
    if !isSorted { rows.sort { $0.key < $1.key } }
    if !coversRows(session, .exclusive, of: number) {
      for row in rows {
        guard lockForWriting(session, row, number) else { return .blocked }
      }
    }
    if let (row, index) = tables[number]?.add(rows) { throw duplicateKey(of: row, in: number, index) }
    if writesSnapshot(session, number) { try addToSnapshot(session, number, rows) }
    let bytes = rows.reduce(0) { $0 + $1.byteCount }
    log(session, .insertedMany(number, rows.map(\.key)), work: bytes + rows.count)
    return .done(())
  }

  /// Rows that the table has taken. One that the snapshot has and that is in the way was removed by somebody
  /// else since: 3960, and the table does not have them.
  private mutating func addToSnapshot(
    _ session: Int, _ number: Int, _ rows: ContiguousArray<ServerRow>
  ) throws(SQLError) {
    var hasConflict = false
    sessions[session]?.transaction?.snapshot?.change(number) { hasConflict = $0.add(rows) != nil }
    guard hasConflict else { return }
    for row in rows { tables[number]?.take(row.key) }
    throw .snapshotConflict(table: table(number).name.description, database: databaseName(of: number))
  }

  /// 2627 for constraints, 2601 for indexes.
  private func duplicateKey(of row: ServerRow, in number: Int, _ index: Int32) -> SQLError {
    let table = table(number)
    guard let about = index == 1 ? table.clustered : table.indexes.first(where: { $0.id == index })?.about
    else { preconditionFailure("index \(index) is not there") }
    let key = row.withBytes { about.keys.text(of: $0) }
    guard let constraint = about.constraint else {
      return .duplicateIndexKey(object: table.name.description, index: about.name, key: key)
    }
    return .duplicateKey(
      kind: constraint == .primaryKey ? "PRIMARY KEY" : "UNIQUE KEY", constraint: about.name,
      object: table.name.description, key: key)
  }

  // MARK: Updating and deleting

  /// Puts rows of a chunk into the places of others: all of them, or none. Keys may change; duplicates count
  /// only when all is done. Keys that are not there are left out. Returns how many were.
  package mutating func update(
    _ session: Int, _ table: Int, _ updates: [RowUpdate], _ chunk: RowChunk, hints: LockHints = []
  ) throws(SQLError) -> Attempt<Int> {
    guard try enterForWriting(session, table, hints) else { return .blocked }
    remember(session, countersOf: table)
    var changes: [(old: ServerRow, new: ServerRow)] = []
    changes.reserveCapacity(updates.count)
    for update in updates {
      guard let old = try lockedRow(session, update.key, table) else { return .blocked }
      guard let old else { continue }
      guard lockForWriting(session, old, table) else { return .blocked }
      let new = renewed(old, chunk, update.row, table)
      guard lockForWriting(session, new, table) else { return .blocked }
      changes.append((old, new))
    }
    var added: [ServerRow] = []
    for (old, new) in changes {
      if self.table(table).isInPlace(old, new) {
        change(session, table, .replaced(table, old)) { _ = $0.rows.replace(new) }
        sessions[session]?.transaction?.work += new.byteCount
      } else {
        change(session, table, .deleted(table, old)) { $0.take(old.key) }
        added.append(new)
      }
    }
    for row in added {
      if let index = tables[table]?.put(row) { throw duplicateKey(of: row, in: table, index) }
      if writesSnapshot(session, table) { try addToSnapshot(session, table, [row]) }
      log(session, .inserted(table, row.key), work: row.byteCount)
    }
    return .done(changes.count)
  }

  /// The new version of a row, with its key. A row whose key is not unique keeps its number.
  private mutating func renewed(
    _ old: ServerRow, _ chunk: RowChunk, _ row: Int, _ number: Int
  ) -> ServerRow {
    let new = ServerRow(key: old.key, chunk: chunk, row: row)
    guard let clustered = tables[number]?.clustered else { return new }
    func key(_ row: ServerRow) -> [UInt8] {
      var key: [UInt8] = []
      row.withBytes { clustered.keys.append($0, to: &key) }
      return key
    }
    var bytes = key(new)
    if bytes == key(old) { return new }
    if !clustered.isUnique {
      bytes.append(number: self.table(number).nextNumber)
      tables[number]?.nextNumber += 1
    }
    return new.with(key: RowKey(bytes: bytes))
  }

  /// Removes rows: all of them, or none. Keys that are not there are left out. Returns how many were.
  package mutating func delete(
    _ session: Int, from table: Int, _ keys: [RowKey], hints: LockHints = []
  ) throws(SQLError) -> Attempt<Int> {
    guard try enterForWriting(session, table, hints) else { return .blocked }
    var rows: [ServerRow] = []
    rows.reserveCapacity(keys.count)
    for key in keys {
      guard let row = try lockedRow(session, key, table) else { return .blocked }
      guard let row else { continue }
      guard lockForWriting(session, row, table) else { return .blocked }
      rows.append(row)
    }
    for row in rows { change(session, table, .deleted(table, row)) { $0.take(row.key) } }
    return .done(rows.count)
  }

  /// The row, locked: nil if the lock must be waited for, `.some(nil)` if there is no such row. Throws 3960
  /// for one that has changed since the session's snapshot.
  private mutating func lockedRow(_ session: Int, _ key: RowKey, _ number: Int) throws(SQLError)
    -> ServerRow??
  {
    if !coversRows(session, .exclusive, of: number) {
      guard lockRow(session, .exclusive, key, in: space(of: number), of: number) else { return nil }
    }
    let row = tables[number]?.rows.find(key)
    if writesSnapshot(session, number), let known = try snapshotTable(session, number).rows.find(key) {
      try requireSameVersion(known, in: number)
    }
    return .some(row)
  }

  private mutating func change(
    _ session: Int, _ table: Int, _ record: UndoRecord, _ change: (inout ServerTable) -> Void
  ) {
    guard tables[table] != nil else { return }
    change(&tables[table]!)
    var work = 1
    if case .deleted(_, let row) = record { work = row.byteCount }
    log(session, record, work: work)
    if writesSnapshot(session, table) {
      sessions[session]?.transaction?.snapshot?.change(table, change)
    }
  }

  // MARK: Numbers

  /// The next value of IDENTITY: nil if there is none left. It is not given back, whatever happens to the
  /// transaction.
  package mutating func nextIdentity(_ session: Int, _ table: Int) -> Int64? {
    remember(session, countersOf: table)
    guard let next = self.table(table).identity?.next else { return nil }
    tables[table]?.identity?.last = next
    return next
  }

  /// A value that was given explicitly: the next one comes behind it.
  package mutating func noteIdentity(_ session: Int, _ table: Int, _ value: Int64) {
    guard let identity = self.table(table).identity else { return }
    remember(session, countersOf: table)
    let last = identity.last ?? identity.seed - identity.increment
    if identity.increment > 0 ? value > last : value < last { tables[table]?.identity?.last = value }
  }

  /// DBCC CHECKIDENT RESEED. A table that never had rows takes the value itself next.
  package mutating func reseed(_ table: Int, _ value: Int64) {
    guard let identity = self.table(table).identity else { return }
    if identity.last == nil {
      tables[table]?.identity?.first = value
    } else {
      tables[table]?.identity?.last = value
    }
  }
}

extension ServerTable {
  /// Whether a change leaves key and entries as they are.
  fileprivate func isInPlace(_ old: ServerRow, _ new: ServerRow) -> Bool {
    guard old.key == new.key else { return false }
    if indexes.isEmpty { return true }
    let (before, after) = (entries(of: old), entries(of: new))
    return before.elementsEqual(after) { $0.index == $1.index && $0.key == $1.key }
  }

  /// Adds sorted rows with their entries: all, or none and the first that cannot be, with the index that has
  /// its key already.
  mutating func add(_ added: ContiguousArray<ServerRow>) -> (ServerRow, Int32)? {
    for index in added.indices.dropFirst() where added[index - 1].key == added[index].key {
      return (added[index], 1)
    }
    if indexes.allSatisfy(\.isDisabled), let first = added.first,
      rows.last.map({ $0.key < first.key }) ?? true
    {
      for row in added { rows.append(row) }
      return nil
    }
    for index in added.indices {
      guard let conflict = put(added[index]) else { continue }
      for done in added[..<index] { take(done.key) }
      return (added[index], conflict)
    }
    return nil
  }
}
