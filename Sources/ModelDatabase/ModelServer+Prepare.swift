import Databases
import Rows

/// Creating tables, putting aside and restoring. Each locks its table as a whole.
extension ModelServer {
  mutating func create(
    _ index: Int, _ table: TableSchema, job: String, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<[String]> {
    try requireOwnTransaction(index, site, table: table.name)
    guard store.table(table.name) == nil else {
      throw site.error(.duplicateTable, "it exists already", table: table.name)
    }
    let types = try columnTypes(of: table, site)
    if store.ledger == nil { store.ledger = [] }
    var bare = table
    bare.engine = options.engine
    bare.name.schema = nil
    bare.indexes = []
    bare.foreignKeys = []
    bare.checks = []
    bare.triggers = []
    bare.unportable = []
    for column in bare.columns.indices {
      bare.columns[column].declared = types[column].description
      bare.columns[column].isGenerated = false
      bare.columns[column].generation = nil
      bare.columns[column].defaultExpression = nil
      bare.columns[column].collation = nil
    }
    for name in table.primaryKey?.columns ?? [] {
      for column in bare.columns.indices where bare.columns[column].name == name {
        bare.columns[column].isNullable = false
      }
    }
    store.add(bare, types: types)
    for key in table.indexes { recordAside(.index(key), of: table.name, job: job, removal: "") }
    for key in table.foreignKeys { recordAside(.foreignKey(key), of: table.name, job: job, removal: "") }
    sessions[index].transaction?.restructured = [table.name]
    return .done(omissions(of: table))
  }

  private func columnTypes(of table: TableSchema, _ site: CallSite) throws(DatabaseError) -> [ColumnType] {
    var types: [ColumnType] = []
    for column in table.columns {
      var type = column.type
      if case .opaque = type { type = nil }
      guard let type else {
        throw site.error(
          .unsupportedType, "column \(column.name) has the type \(column.declared), which the model has not",
          remedy: "Leave the column out.", table: table.name)
      }
      types.append(type)
    }
    return types
  }

  private func omissions(of table: TableSchema) -> [String] {
    var sentences = table.omissions(in: options.engine)
    guard table.engine == options.engine else { return sentences }
    // Of its own words the model understands none.
    sentences += table.columns.filter(\.isGenerated).map {
      table.omission("column \($0.name) is computed in the source, and an ordinary column here")
    }
    sentences += table.checks.map { table.notCarried("CHECK constraint \($0.name)") }
    return sentences
  }

  // MARK: Putting aside

  func obstacles(_ name: TableName, _ site: CallSite) throws(DatabaseError) -> Attempt<[Obstacle]> {
    let table = store.tables[try table(name, site)].schema
    var found: [Obstacle] = []
    for other in store.tables where !other.isDropped {
      let isOwn = other.schema.name.name == table.name.name
      for key in other.schema.foreignKeys where isOwn || key.referencedTable.name == table.name.name {
        found.append(AsideRecord.Definition.foreignKey(key).obstacle(of: other.schema.name))
      }
    }
    found += table.triggers.map { AsideRecord.Definition.trigger($0).obstacle(of: table.name) }
    found += table.indexes.map { AsideRecord.Definition.index($0).obstacle(of: table.name) }
    return .done(found)
  }

  mutating func putAside(
    _ index: Int, _ obstacles: [Obstacle], job: String, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    guard !obstacles.isEmpty else { return .done(()) }
    try requireLedger(site)
    try requireOwnTransaction(index, site)
    var found: [(table: Int, definition: AsideRecord.Definition)] = []
    for obstacle in obstacles {
      let position = try table(obstacle.table, site)
      guard let definition = store.tables[position].schema.definition(of: obstacle) else {
        throw site.error(
          .undefinedObject, "there is no \(obstacle.kind) \(obstacle.name)", table: obstacle.table)
      }
      found.append((position, definition))
    }
    for (position, _) in found {
      guard lock(index, .exclusive, .table, in: store.tables[position].space) else { return .blocked }
    }
    for ((position, definition), obstacle) in zip(found, obstacles) {
      recordAside(definition, of: obstacle.table, job: job, removal: obstacle.removal)
      guard !obstacle.removal.isEmpty else { continue }
      store.tables[position].schema.remove(obstacle)
      store.resolve(position)
    }
    sessions[index].transaction?.restructured = obstacles.map(\.table)
    return .done(())
  }

  private mutating func recordAside(
    _ definition: AsideRecord.Definition, of table: TableName, job: String, removal: String
  ) {
    let last = store.aside.filter { $0.job == job }.map(\.position).max() ?? 0
    var obstacle = definition.obstacle(of: table)
    obstacle.removal = removal
    store.aside.append(AsideRecord(job: job, position: last + 1, obstacle: obstacle, definition: definition))
  }

  // MARK: Restoring

  /// What a job has put aside, in the order in which it is restored.
  func aside(job: String) -> Attempt<[AsideRecord]> {
    .done(
      store.aside.filter { $0.job == job }.sorted {
        ($0.obstacle.kind.rawValue, $0.position) < ($1.obstacle.kind.rawValue, $1.position)
      })
  }

  mutating func restore(
    _ index: Int, _ record: AsideRecord, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    try requireOwnTransaction(index, site)
    let obstacle = record.obstacle
    // Its table may have been dropped, and somebody may have brought it back.
    if let position = store.table(obstacle.table),
      store.tables[position].schema.definition(of: obstacle) == nil
    {
      guard lock(index, .exclusive, .table, in: store.tables[position].space) else { return .blocked }
      let before = store.tables[position]
      store.tables[position].schema.add(record.definition)
      store.resolve(position)
      do throws(DatabaseError) {
        try checkRestored(record, position, index, site)
      } catch {
        store.tables[position] = before
        var error = error
        error.remedy =
          "Mend what is in its way and run again; or, if it is no longer wanted, delete its record."
        throw error
      }
    }
    store.aside.removeAll { $0.job == record.job && $0.position == record.position }
    sessions[index].transaction?.restructured = [obstacle.table]
    return .done(())
  }

  private func checkRestored(
    _ record: AsideRecord, _ position: Int, _ index: Int, _ site: CallSite
  ) throws(DatabaseError) {
    let table = store.tables[position]
    switch record.definition {
    case .index(let key):
      guard let unique = table.uniques.first(where: { $0.name == key.name }) else { return }
      guard !unique.hasDuplicates(in: table.rows) else {
        throw site.error(
          .uniqueViolation, "rows violate the unique key \(key.name)", table: table.schema.name)
      }
    case .foreignKey(let key):
      guard let reference = table.references.first(where: { $0.name == key.name }) else {
        throw site.error(
          .undefinedTable, "there is no table \(key.referencedTable)", table: table.schema.name)
      }
      try check(reference, of: position, index, site)
    case .trigger: return
    }
  }

  // MARK: Identities

  mutating func alignIdentity(
    _ index: Int, _ name: TableName, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    let position = try table(name, site)
    try requireWritable(index, site, table: name)
    let table = store.tables[position]
    guard let column = table.schema.columns.firstIndex(where: { $0.identity != nil }) else {
      return .done(())
    }
    let encoder = KeyEncoder(columns: [column], of: table.types)
    let largest = rows(of: position, index).compactMap { $0.withBytes(encoder.key) }.max()
    guard let largest else { return .done(()) }
    let value = Int64(bitPattern: largest.prefix ^ 1 << 63)
    store.tables[position].nextIdentity = max(table.nextIdentity, value == .max ? value : value + 1)
    return .done(())
  }
}

extension AsideRecord.Definition {
  /// The texts are for people: the model keeps what it put aside as it is.
  func obstacle(of table: TableName) -> Obstacle {
    switch self {
    case .index(let key):
      Obstacle(
        table: table, kind: key.isUnique ? .uniqueKey : .index, name: key.name, removal: "drop index",
        restoration: "create index")
    case .foreignKey(let key):
      Obstacle(
        table: table, kind: .foreignKey, name: key.name, removal: "drop constraint",
        restoration: "add constraint")
    case .trigger(let name):
      Obstacle(
        table: table, kind: .trigger, name: name, removal: "disable trigger", restoration: "enable trigger")
    }
  }
}

extension TableSchema {
  func definition(of obstacle: Obstacle) -> AsideRecord.Definition? {
    switch obstacle.kind {
    case .uniqueKey, .index:
      indexes.first { $0.name == obstacle.name && $0.isUnique == (obstacle.kind == .uniqueKey) }.map {
        .index($0)
      }
    case .foreignKey: foreignKeys.first { $0.name == obstacle.name }.map { .foreignKey($0) }
    case .trigger: triggers.contains(obstacle.name) ? .trigger(obstacle.name) : nil
    // Its tables' checks are in nobody's way.
    case .check: nil
    }
  }

  fileprivate mutating func remove(_ obstacle: Obstacle) {
    switch obstacle.kind {
    case .uniqueKey, .index: indexes.removeAll { $0.name == obstacle.name }
    case .foreignKey: foreignKeys.removeAll { $0.name == obstacle.name }
    case .trigger: triggers.removeAll { $0 == obstacle.name }
    case .check: break
    }
  }

  /// In the order of names, so that putting aside and restoring leaves no trace.
  fileprivate mutating func add(_ definition: AsideRecord.Definition) {
    switch definition {
    case .index(let key):
      indexes.append(key)
      indexes.sort { $0.name < $1.name }
    case .foreignKey(let key):
      foreignKeys.append(key)
      foreignKeys.sort { $0.name < $1.name }
    case .trigger(let name):
      triggers.append(name)
      triggers.sort()
    }
  }
}
