import ModelDatabase

/// A schema and a name in it, as they were spelled. They compare without regard to case.
package struct QualifiedName: Sendable, Hashable, CustomStringConvertible {
  package var schema: String
  package var name: String

  package init(_ schema: String, _ name: String) {
    self.schema = schema
    self.name = name
  }

  package static func == (left: QualifiedName, right: QualifiedName) -> Bool {
    left.name.lowercased() == right.name.lowercased() && left.schema.lowercased() == right.schema.lowercased()
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(name.lowercased()) }

  package var description: String { "\(schema).\(name)" }
}

/// What a clustered key and a nonclustered index have in common.
package struct IndexDescription: Sendable {
  package enum Constraint: Sendable { case primaryKey, unique }

  package var name: String
  package var keys: KeyMaker
  package var isUnique: Bool
  /// The constraint that it enforces, if it is not just an index.
  package var constraint: Constraint?
  /// Columns that it covers besides, by position. They cost nothing and gain nothing here.
  package var included: [Int] = []
  /// Rows that a filtered index holds; nil for all.
  package var filter: (@Sendable (UnsafeRawBufferPointer) -> Bool)?
  package var filterText: String?

  package init(_ name: String, _ keys: KeyMaker, isUnique: Bool, constraint: Constraint? = nil) {
    self.name = name
    self.keys = keys
    self.isUnique = isUnique
    self.constraint = constraint
  }
}

/// A nonclustered index.
package struct ServerIndex: Sendable {
  /// From 2; 1 is the clustered key.
  package let id: Int32
  package var about: IndexDescription
  /// Its structure is gone, and nothing maintains it until it is rebuilt.
  package internal(set) var isDisabled = false
  /// Where its entries are locked.
  let space: Int
  package internal(set) var entries = Pages<IndexEntry>()

  init(id: Int32, _ about: IndexDescription, space: Int) {
    self.id = id
    self.about = about
    self.space = space
  }

  /// Nil for a row that the filter keeps out.
  func entry(for row: ServerRow, _ scratch: inout [UInt8]) -> IndexEntry? {
    row.withBytes { bytes -> IndexEntry? in
      if let filter = about.filter, !filter(bytes) { return nil }
      scratch.removeAll(keepingCapacity: true)
      about.keys.append(bytes, to: &scratch)
      if !about.isUnique {
        scratch.append(number: row.key.prefix)
        scratch.append(contentsOf: row.key.rest)
      }
      return IndexEntry(key: RowKey(bytes: scratch), row: row.key)
    }
  }
}

/// What IDENTITY has given out.
package struct IdentityCounter: Sendable, Equatable {
  package var seed: Int64
  package var increment: Int64
  /// The last value that was given out or seen; nil before the first, which is the seed.
  package var last: Int64?
  /// What DBCC CHECKIDENT has said that the first value is to be instead of the seed.
  package var first: Int64?

  package init(seed: Int64, increment: Int64) {
    self.seed = seed
    self.increment = increment
  }

  /// Nil if it is larger than a bigint.
  package var next: Int64? {
    guard let last else { return first ?? seed }
    let (next, overflow) = last.addingReportingOverflow(increment)
    return overflow ? nil : next
  }
}

/// A table with its rows and indexes. Copying it is cheap: that is what a snapshot is.
package struct ServerTable: Sendable {
  /// Its number in the storage.
  package let number: Int
  package let database: Int
  package let objectID: Int32
  package internal(set) var name: QualifiedName
  package var about: TableDescription
  /// Nil for a heap, whose rows are numbered.
  package internal(set) var clustered: IndexDescription?
  package internal(set) var indexes: [ServerIndex] = []
  package internal(set) var rows = Pages<ServerRow>()
  package var identity: IdentityCounter?
  /// LOCK_ESCALATION is not DISABLE.
  package var escalatesLocks = true
  /// sp_tableoption 'table lock on bulk load': every bulk load is one with TABLOCK.
  package var locksOnBulkLoad = false
  /// The session of a temporary table.
  package let owner: Int?
  /// A table variable's: a rollback leaves it as it is.
  package internal(set) var isVariable = false

  /// Where its rows are locked.
  let space: Int
  /// The next number of a heap's row, or of one whose key is not unique.
  var nextNumber: UInt64 = 1
  var lastIndexID: Int32 = 1
  /// Changes whenever the definition does.
  package internal(set) var version = 0
  /// Whose open transaction has dropped it.
  var droppedBy: Int?

  init(_ name: QualifiedName, number: Int, database: Int, objectID: Int32, space: Int, owner: Int?) {
    self.name = name
    self.number = number
    self.database = database
    self.objectID = objectID
    self.space = space
    self.owner = owner
    about = TableDescription()
  }

  /// Nonclustered; nil if there is none of this name.
  package func index(_ name: String) -> Int? {
    let key = name.lowercased()
    return indexes.firstIndex { $0.about.name.lowercased() == key }
  }

  /// Whether nothing but its rows has to be written.
  var isBareHeap: Bool { clustered == nil && indexes.allSatisfy(\.isDisabled) }

  var spaces: [Int] { [space] + indexes.map(\.space) }
}

// MARK: Rows with their entries

extension ServerTable {
  func key(of row: UnsafeRawBufferPointer, number: UInt64, _ scratch: inout [UInt8]) -> RowKey {
    guard let clustered else { return RowKey(prefix: number) }
    scratch.removeAll(keepingCapacity: true)
    clustered.keys.append(row, to: &scratch)
    if !clustered.isUnique { scratch.append(number: number) }
    return RowKey(bytes: scratch)
  }

  /// The chunk's rows with their keys, which take numbers if they need them.
  mutating func keyed(_ chunk: RowChunk, _ rows: Range<Int>) -> ContiguousArray<ServerRow> {
    var keyed = ContiguousArray<ServerRow>()
    keyed.reserveCapacity(rows.count)
    var scratch: [UInt8] = []
    let takesNumbers = clustered?.isUnique != true
    for index in rows {
      let number = nextNumber
      let key = chunk.withRow(index) { bytes -> RowKey in self.key(of: bytes, number: number, &scratch) }
      if takesNumbers { nextNumber += 1 }
      keyed.append(ServerRow(key: key, chunk: chunk, row: index))
    }
    return keyed
  }

  /// The row with its entries, or nothing of it and the number of the index that already has its key: 1 for
  /// the clustered one.
  mutating func put(_ row: ServerRow) -> Int32? {
    guard rows.insert(row) else { return 1 }
    var scratch: [UInt8] = []
    for index in indexes.indices where !indexes[index].isDisabled {
      guard let entry = indexes[index].entry(for: row, &scratch) else { continue }
      if indexes[index].entries.insert(entry) { continue }
      for done in indexes[..<index].indices where !indexes[done].isDisabled {
        if let entry = indexes[done].entry(for: row, &scratch) { indexes[done].entries.remove(entry.key) }
      }
      rows.remove(row.key)
      return indexes[index].id
    }
    return nil
  }

  @discardableResult
  mutating func take(_ key: RowKey) -> ServerRow? {
    guard let row = rows.remove(key) else { return nil }
    var scratch: [UInt8] = []
    for index in indexes.indices where !indexes[index].isDisabled {
      if let entry = indexes[index].entry(for: row, &scratch) { indexes[index].entries.remove(entry.key) }
    }
    return row
  }

  /// Entries that a row has in the indexes that are not disabled, with the indexes' positions.
  func entries(of row: ServerRow) -> [(index: Int, key: RowKey)] {
    var scratch: [UInt8] = []
    return indexes.indices.compactMap { index in
      guard !indexes[index].isDisabled, let entry = indexes[index].entry(for: row, &scratch) else {
        return nil
      }
      return (index, entry.key)
    }
  }

  /// Builds an index anew; returns two rows that have the same key where there must not be.
  mutating func rebuild(_ position: Int) -> (ServerRow, ServerRow)? {
    var entries = ContiguousArray<IndexEntry>()
    entries.reserveCapacity(rows.count)
    var scratch: [UInt8] = []
    for slice in rows.run(.all).slices {
      for row in slice {
        if let entry = indexes[position].entry(for: row, &scratch) { entries.append(entry) }
      }
    }
    entries.sort { $0.key < $1.key }
    var built = Pages<IndexEntry>()
    for entry in entries {
      if let last = built.last, last.key == entry.key, let first = rows.find(last.row),
        let second = rows.find(entry.row)
      {
        return (first, second)
      }
      built.append(entry)
    }
    indexes[position].entries = built
    indexes[position].isDisabled = false
    return nil
  }

  /// Puts all rows into the order of another key; returns two rows that have the same key where there must
  /// not be.
  mutating func recluster(_ key: IndexDescription?) -> (ServerRow, ServerRow)? {
    clustered = key
    return rekey(rows.run(.all).map { $0 })
  }

  /// Takes these rows instead of those that it has.
  mutating func rekey(_ source: [ServerRow]) -> (ServerRow, ServerRow)? {
    var keyed = ContiguousArray<ServerRow>()
    keyed.reserveCapacity(source.count)
    var scratch: [UInt8] = []
    for row in source {
      let number = nextNumber
      let key = row.withBytes { bytes -> RowKey in self.key(of: bytes, number: number, &scratch) }
      nextNumber += 1
      keyed.append(row.with(key: key))
    }
    if clustered != nil { keyed.sort { $0.key < $1.key } }
    var built = Pages<ServerRow>()
    for row in keyed {
      if let last = built.last, last.key == row.key { return (last, row) }
      built.append(row)
    }
    rows = built
    for index in indexes.indices where !indexes[index].isDisabled {
      if let duplicates = rebuild(index) { return duplicates }
    }
    return nil
  }
}
