import ModelDatabase

/// Tables and indexes: made, changed and dropped with the transaction, under a lock that keeps everybody
/// else out.
extension Storage {
  // MARK: Names

  /// The table of this name that the session sees; names that begin with # are its own. One that another
  /// session has made or dropped and not committed is there: its lock says so.
  package func findTable(_ session: Int, _ database: Int, _ name: QualifiedName) -> Int? {
    if name.name.hasPrefix("#") {
      let key = name.name.lowercased()
      return sessions[session]?.temporary.last { number in
        tables[number]?.droppedBy == nil && tables[number]?.name.name.lowercased() == key
      }
    }
    let numbers = databases[database]?.names[name] ?? []
    return numbers.last { tables[$0]?.droppedBy == nil }
      ?? numbers.last { tables[$0]?.droppedBy != session }
  }

  /// The tables of a database, in the order of their names, without those that the session has dropped.
  package func tableNumbers(_ session: Int, in database: Int) -> [Int] {
    let found = tables.compactMap { table -> (String, Int)? in
      guard let table, table.database == database, table.droppedBy != session else { return nil }
      return ("\(table.name.schema.lowercased()).\(table.name.name.lowercased())", table.number)
    }
    return found.sorted { $0 < $1 }.map(\.1)
  }

  /// Sees that nobody changes the table's definition now: what looking it up in the catalog waits for.
  package mutating func passDefinition(_ session: Int, _ table: Int) -> Attempt<Void> {
    let space = self.table(table).space
    return lock(session, .schemaStability, in: space, isShort: true) ? .done(()) : .blocked
  }

  /// The same for a look at all tables there are: nothing stays locked, so that who looks on is in nobody's way.
  package mutating func seeDefinition(_ session: Int, _ table: Int) -> Attempt<Void> {
    let space = self.table(table).space
    let isBlocked = locks.wouldBlock(.schemaStability, on: .table, in: space, by: session)
    if let waited = self.session(session).statement?.catalogWait, isBlocked || waited == space {
      // What the last wait was for has been granted. A lock that says more is not the look's own.
      sessions[session]?.statement?.catalogWait = nil
      if locks.mode(of: .table, in: waited, by: session) == .schemaStability {
        wake(locks.lower(waited, by: session, to: nil))
      }
    }
    guard isBlocked else { return .done(()) }
    sessions[session]?.statement?.catalogWait = space
    return passDefinition(session, table)
  }

  mutating func rename(_ number: Int, from table: ServerTable, to name: QualifiedName) {
    databases[table.database]?.names[table.name]?.removeAll { $0 == number }
    if databases[table.database]?.names[table.name]?.isEmpty == true {
      databases[table.database]?.names[table.name] = nil
    }
    databases[table.database]?.names[name, default: []].append(number)
  }

  /// Nothing is left of it.
  mutating func forget(_ table: ServerTable) {
    databases[table.database]?.names[table.name]?.removeAll { $0 == table.number }
    if databases[table.database]?.names[table.name]?.isEmpty == true {
      databases[table.database]?.names[table.name] = nil
    }
    if let owner = table.owner { sessions[owner]?.temporary.removeAll { $0 == table.number } }
    tables[table.number] = nil
    retired += table.spaces
  }

  /// A lock space that nobody uses.
  mutating func newSpace() -> Int {
    if let free = retired.firstIndex(where: { locks.records(in: $0).isEmpty }) {
      return retired.remove(at: free)
    }
    spaceCount += 1
    return spaceCount - 1
  }

  // MARK: Tables

  /// Makes a table without columns, to be changed by `alterTable`. A name that begins with # makes one of
  /// the session's own, in tempdb. That no other has the name is the caller's to see.
  package mutating func createTable(
    _ session: Int, _ database: Int, _ name: QualifiedName, isVariable: Bool = false
  ) throws(SQLError) -> Int {
    let isTemporary = isVariable || name.name.hasPrefix("#")
    let database = isTemporary ? Storage.tempdb : database
    try requireWritable(session, database)
    let free = tables.firstIndex { $0 == nil }
    if free == nil { tables.append(nil) }
    let number = free ?? tables.count - 1
    let space = newSpace()
    let isLocked = lock(session, .schemaModification, in: space)
    precondition(isLocked, "nobody knows a new table")
    tables[number] = ServerTable(
      name, number: number, database: database, objectID: newObjectID(database), space: space,
      owner: isTemporary ? session : nil)
    tables[number]?.isVariable = isVariable
    if isTemporary {
      sessions[session]?.temporary.append(number)
    } else {
      databases[database]?.names[name, default: []].append(number)
    }
    log(session, .table(number, nil), work: 100)
    sessions[session]?.transaction?.snapshot?.set(number, tables[number])
    return number
  }

  /// Changes a table's definition, and its rows with it; an error leaves it as it was.
  package mutating func alterTable<Value: Sendable>(
    _ session: Int, _ number: Int, _ change: (inout ServerTable) throws(SQLError) -> Value
  ) throws(SQLError) -> Attempt<Value> {
    try requireWritable(session, table(number).database)
    guard lock(session, .schemaModification, in: table(number).space) else { return .blocked }
    let before = table(number)
    if before.droppedBy != nil { throw .invalidObjectName(before.name.description) }
    var copy = before
    let value = try change(&copy)
    copy.version += 1
    tables[number] = copy
    if copy.name != before.name { rename(number, from: before, to: copy.name) }
    log(session, .table(number, before), work: 100)
    sessions[session]?.transaction?.snapshot?.set(number, copy)
    return .done(value)
  }

  package mutating func dropTable(_ session: Int, _ number: Int) throws(SQLError) -> Attempt<Void> {
    try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in
      table.droppedBy = session
      table.truncate()
    }
  }

  /// sp_rename of a table.
  package mutating func renameTable(_ session: Int, _ number: Int, to name: String) throws(SQLError)
    -> Attempt<Void>
  {
    try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in table.name.name = name }
  }

  /// TRUNCATE TABLE. That no foreign key references it is the caller's to see.
  package mutating func truncateTable(_ session: Int, _ number: Int) throws(SQLError) -> Attempt<Void> {
    let version = table(number).version
    let attempt = try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in
      table.truncate()
      table.identity?.last = nil
      table.identity?.first = nil
    }
    // The definition is the same as before.
    if case .done = attempt { tables[number]?.version = version }
    return attempt
  }

  mutating func dropTemporaryTables(_ session: Int) {
    for number in self.session(session).temporary {
      if let table = tables[number] { forget(table) }
    }
  }

  // MARK: Indexes

  /// CREATE INDEX, nonclustered: the new index's id. Throws 1505 for duplicates.
  package mutating func createIndex(
    _ session: Int, _ number: Int, _ about: IndexDescription
  ) throws(SQLError) -> Attempt<Int32> {
    let space = newSpace()
    // Free again, unless the index gets it.
    retired.append(space)
    let attempt = try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in
      table.lastIndexID += 1
      table.indexes.append(ServerIndex(id: table.lastIndexID, about, space: space))
      if let duplicates = table.rebuild(table.indexes.count - 1) {
        throw table.duplicates(about, duplicates.0)
      }
      return table.lastIndexID
    }
    if case .done = attempt { retired.removeAll { $0 == space } }
    return attempt
  }

  package mutating func dropIndex(_ session: Int, _ number: Int, _ index: Int32) throws(SQLError)
    -> Attempt<Void>
  {
    let space = table(number).indexes.first { $0.id == index }?.space
    let attempt = try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in
      table.indexes.removeAll { $0.id == index }
    }
    // Until the transaction ends it may come back.
    if case .done = attempt, let space { sessions[session]?.transaction?.retired.append(space) }
    return attempt
  }

  /// ALTER INDEX DISABLE: its structure goes, its definition stays.
  package mutating func disableIndex(_ session: Int, _ number: Int, _ index: Int32) throws(SQLError)
    -> Attempt<Void>
  {
    try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in
      guard let position = table.indexes.firstIndex(where: { $0.id == index }) else { return }
      table.indexes[position].isDisabled = true
      table.indexes[position].entries = Pages()
    }
  }

  /// ALTER INDEX REBUILD. Throws 1505 for duplicates.
  package mutating func rebuildIndex(_ session: Int, _ number: Int, _ index: Int32) throws(SQLError)
    -> Attempt<Void>
  {
    try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in
      guard let position = table.indexes.firstIndex(where: { $0.id == index }) else { return }
      if let duplicates = table.rebuild(position) {
        throw table.duplicates(table.indexes[position].about, duplicates.0)
      }
    }
  }

  /// Puts the rows into the order of a clustered key, or of none. Throws 1505 for duplicates.
  package mutating func setClustered(
    _ session: Int, _ number: Int, _ about: IndexDescription?
  ) throws(SQLError) -> Attempt<Void> {
    try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in
      if let duplicates = table.recluster(about), let about { throw table.duplicates(about, duplicates.0) }
    }
  }

  /// Writes every row anew, as after ALTER TABLE ADD, DROP COLUMN or ALTER COLUMN. `prepare` changes the
  /// definition first; `write` appends a row's new fields.
  package mutating func rewriteTable(
    _ session: Int, _ number: Int, _ prepare: (inout ServerTable) throws(SQLError) -> Void,
    _ write: (UnsafeRawBufferPointer, inout RowChunkBuilder) throws(SQLError) -> Void
  ) throws(SQLError) -> Attempt<Void> {
    try alterTable(session, number) { (table: inout ServerTable) throws(SQLError) in
      var (rows, builder) = ([ServerRow](), RowChunkBuilder())
      var keys: [RowKey] = []
      func flush() {
        let chunk = builder.finish()
        for row in 0..<chunk.count { rows.append(ServerRow(key: keys[row], chunk: chunk, row: row)) }
        keys = []
      }
      for slice in table.rows.run(.all).slices {
        for row in slice {
          try row.withBytes { bytes throws(SQLError) in try write(bytes, &builder) }
          builder.endRow()
          keys.append(row.key)
          if builder.bytes.count > 1 << 20 { flush() }
        }
      }
      flush()
      try prepare(&table)
      if let duplicates = table.rekey(rows) {
        throw table.duplicates(table.clustered ?? table.indexes[0].about, duplicates.0)
      }
    }
  }
}

extension ServerTable {
  package mutating func truncate() {
    rows = Pages()
    for index in indexes.indices { indexes[index].entries = Pages() }
  }

  /// 1505.
  fileprivate func duplicates(_ about: IndexDescription, _ row: ServerRow) -> SQLError {
    .duplicateKeyInNewIndex(
      about.name, object: name.description, key: row.withBytes { about.keys.text(of: $0) })
  }
}
