import Databases
import Rows

/// A row of the ledger.
struct LedgerRow: Sendable {
  let job: String
  var entry: LedgerEntry
}

/// What a job has put aside, with what it takes to bring it back.
struct AsideRecord: Sendable {
  enum Definition: Sendable {
    case index(KeySchema)
    case foreignKey(ForeignKeySchema)
    case trigger(String)
  }

  let job: String
  let position: Int
  let obstacle: Obstacle
  let definition: Definition
}

/// What is committed: everything that outlives a crash.
struct ModelStore: Sendable {
  static let ledgerSpace = 0

  /// In order of creation; dropped ones stay, so that positions name tables.
  var tables: [ModelTable] = []
  /// By job, table and index; nil until somebody has made it.
  var ledger: [LedgerRow]?
  var aside: [AsideRecord] = []
  /// Commits so far.
  var commits = 0
  private var spaces = 1
  /// Tables of the ledger, which its rows' keys name by position.
  private var ledgerTables: [(job: String, table: String)] = []

  func table(_ name: TableName) -> Int? {
    tables.firstIndex { !$0.isDropped && $0.schema.name.name == name.name }
  }

  var catalog: [TableSchema] {
    tables.lazy.filter { !$0.isDropped }.map(\.schema).sorted { $0.name.name < $1.name.name }
  }

  mutating func newSpace() -> Int {
    spaces += 1
    return spaces - 1
  }

  mutating func add(_ schema: TableSchema, types: [ColumnType]) {
    tables.append(ModelTable(schema, types: types, space: newSpace()))
    for position in tables.indices { resolve(position) }
  }

  mutating func drop(_ table: Int) {
    tables[table].isDropped = true
    tables[table].rows = []
    for other in tables.indices { resolve(other) }
  }

  /// Works out anew what the table's schema has in force.
  mutating func resolve(_ position: Int) {
    let table = tables[position]
    let known = table.uniques
    tables[position].uniques = table.schema.indexes.filter(\.isUnique).map { index in
      ModelTable.Unique(
        name: index.name,
        encoder: KeyEncoder(columns: table.schema.positions(index.columns), of: table.types),
        space: known.first { $0.name == index.name }?.space ?? newSpace())
    }
    tables[position].references = table.schema.foreignKeys.compactMap { reference($0, of: table) }
  }

  private func reference(_ key: ForeignKeySchema, of child: ModelTable) -> ModelTable.Reference? {
    guard let position = table(key.referencedTable) else { return nil }
    let parent = tables[position]
    let primary = parent.schema.primaryKey?.columns ?? []
    // In the order of the parent's primary key, if it is that which is referenced.
    let pairs = Array(zip(key.columns, key.referencedColumns))
    let ordered = primary.compactMap { column in pairs.first { $0.1 == column } }
    let isPrimary = ordered.count == primary.count && ordered.count == pairs.count && !primary.isEmpty
    let chosen = isPrimary ? ordered : pairs
    return ModelTable.Reference(
      name: key.name, parent: position,
      encoder: KeyEncoder(columns: child.schema.positions(chosen.map(\.0)), of: child.types),
      parentEncoder: KeyEncoder(columns: parent.schema.positions(chosen.map(\.1)), of: parent.types),
      isPrimary: isPrimary, isDeferred: key.isDeferrable && key.isInitiallyDeferred)
  }

  // MARK: The ledger

  func ledgerPosition(job: String, _ unit: UnitKey) -> Int? {
    ledger?.firstIndex {
      $0.entry.unit.index == unit.index && $0.entry.unit.table == unit.table && $0.job == job
    }
  }

  func entries(job: String) -> [LedgerEntry] {
    ledger?.compactMap { $0.job == job ? $0.entry : nil } ?? []
  }

  mutating func replaceEntries(_ entries: [LedgerEntry], table: String, job: String) {
    var rows = (ledger ?? []).filter { $0.job != job || $0.entry.unit.table != table }
    rows += entries.map { LedgerRow(job: job, entry: $0) }
    rows.sort {
      ($0.job, $0.entry.unit.table, $0.entry.unit.index) < ($1.job, $1.entry.unit.table, $1.entry.unit.index)
    }
    ledger = rows
  }

  /// The keys of a table's entries: numbers that stand for job and table, then the unit's.
  mutating func ledgerKeys(job: String, table: String) -> KeyInterval {
    let known = ledgerTables.firstIndex { $0.table == table && $0.job == job }
    if known == nil { ledgerTables.append((job, table)) }
    let number = UInt64(known ?? ledgerTables.count - 1)
    return KeyInterval(
      from: .before(RowKey(prefix: number << 32)), to: .before(RowKey(prefix: (number + 1) << 32)))
  }

  mutating func ledgerKey(job: String, _ unit: UnitKey) -> RowKey {
    var key = ledgerKeys(job: job, table: unit.table).from?.key ?? RowKey(prefix: 0)
    key.prefix += UInt64(unit.index)
    return key
  }
}
