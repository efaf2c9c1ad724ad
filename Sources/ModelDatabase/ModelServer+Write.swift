import Databases
import Rows

extension ModelServer {
  mutating func openWrite(
    _ index: Int, _ name: TableName, _ columns: [TransferColumn], _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    sessions[index].writer = nil
    try requireWritable(index, site, table: name)
    try requireNotAborted(sessions[index].transaction, site)
    let position = try table(name, site)
    let plan = try WritePlan(columns, of: store.tables[position], site)
    sessions[index].writer = ModelWriter(table: position, plan: plan)
    return .done(())
  }

  mutating func finishWrite(_ index: Int, _ site: CallSite) throws(DatabaseError) -> Attempt<Int> {
    guard let writer = sessions[index].writer else {
      throw site.error(.wrongState, "no write is open, or an error has ended it")
    }
    sessions[index].writer = nil
    return .done(writer.count)
  }

  // MARK: Inserting

  /// All of the batch's rows, or none.
  mutating func write(_ index: Int, _ batch: RowBatch, _ site: CallSite) throws(DatabaseError) -> Attempt<
    Void
  > {
    guard let writer = sessions[index].writer else {
      throw site.error(.wrongState, "no write is open, or an error has ended it")
    }
    let table = store.tables[writer.table]
    let name = table.schema.name
    try requireTransaction(index, site, table: name)
    let stored = try writer.plan.stored(batch, name, site)
    let rows = try keyed(stored, writer.table, site)
    guard lock(index, .intentExclusive, .table, in: table.space) else { return .blocked }
    for row in rows {
      guard lock(index, .exclusive, .row(row.key), in: table.space) else { return .blocked }
    }
    guard lockUniques(index, rows, table), lockParents(index, rows, table) else { return .blocked }
    try insert(index, rows, writer.table, site)
    sessions[index].writer?.count += rows.count
    return .done(())
  }

  /// The batch's rows with their keys; throws for NULL where there must be none.
  private mutating func keyed(
    _ batch: RowBatch, _ position: Int, _ site: CallSite
  ) throws(DatabaseError) -> [StoredRow] {
    let table = store.tables[position]
    var rows: [StoredRow] = []
    rows.reserveCapacity(batch.rowCount)
    var number = table.nextRowNumber
    for index in 0..<batch.rowCount {
      if let column = table.missingValue(batch.row(index)) {
        throw site.error(
          .notNullViolation, "column \(table.schema.columns[column].name) must not be NULL",
          table: table.schema.name)
      }
      let key: RowKey
      if let encoder = table.key {
        guard let made = encoder.key(of: batch.row(index)) else {
          preconditionFailure("key columns were checked for NULL")
        }
        key = made
      } else {
        key = RowKey(prefix: number)
        number += 1
      }
      rows.append(StoredRow(key: key, batch: batch, index: index))
    }
    // Numbers are given out once, whatever becomes of the transaction.
    store.tables[position].nextRowNumber = number
    return rows
  }

  private mutating func lockUniques(_ index: Int, _ rows: [StoredRow], _ table: ModelTable) -> Bool {
    for unique in table.uniques {
      guard lock(index, .intentExclusive, .table, in: unique.space) else { return false }
      for row in rows {
        guard let key = row.withBytes(unique.encoder.key) else { continue }
        guard lock(index, .exclusive, .row(key), in: unique.space) else { return false }
      }
    }
    return true
  }

  /// The rows that are referenced must stay until the transaction ends.
  private mutating func lockParents(_ index: Int, _ rows: [StoredRow], _ table: ModelTable) -> Bool {
    for reference in table.references where reference.isPrimary {
      let space = store.tables[reference.parent].space
      guard lock(index, .intentShared, .table, in: space) else { return false }
      for row in rows {
        guard let key = row.withBytes(reference.encoder.key) else { continue }
        guard lock(index, .shared, .row(key), in: space) else { return false }
      }
    }
    return true
  }

  private mutating func insert(
    _ index: Int, _ rows: [StoredRow], _ position: Int, _ site: CallSite
  ) throws(DatabaseError) {
    guard var transaction = sessions[index].transaction else { return }
    // What the statement does is undone as a whole, where the transaction outlives it.
    let before = options.errorEffect == .undoesStatement ? transaction : nil
    sessions[index].transaction = nil
    let slot = transaction.position(of: position)
    var duplicate = false
    for row in rows {
      let change = transaction.changes[slot].rows.change(row.key)
      let exists = change.map { $0.row != nil } ?? (store.tables[position].rows.row(row.key) != nil)
      if exists {
        duplicate = true
        break
      }
      transaction.changes[slot].rows.set(row.key, row)
    }
    transaction.work += rows.count
    sessions[index].transaction = transaction
    let inserted = rows.map { RowChange(key: $0.key, row: $0) }
    do throws(DatabaseError) {
      if duplicate {
        throw duplicateKey(store.tables[position].schema.primaryKey?.name ?? "", position, site)
      }
      try checkUniques(index, position, site)
      try checkReferences(index, position, inserted, deferred: false, site)
    } catch {
      if let before { sessions[index].transaction = before }
      throw error
    }
  }

  private func duplicateKey(_ key: String, _ table: Int, _ site: CallSite) -> DatabaseError {
    site.error(
      .uniqueViolation, "a row violates the unique key \(key)", table: store.tables[table].schema.name)
  }

  private func checkUniques(_ index: Int, _ position: Int, _ site: CallSite) throws(DatabaseError) {
    let table = store.tables[position]
    guard !table.uniques.isEmpty else { return }
    let rows = rows(of: position, index)
    for unique in table.uniques where unique.hasDuplicates(in: rows) {
      throw duplicateKey(unique.name, position, site)
    }
  }

  // MARK: Deleting

  mutating func delete(_ index: Int, _ range: TableRange, _ site: CallSite) throws(DatabaseError) -> Attempt<
    Int
  > {
    let position = try table(range.table, site)
    let table = store.tables[position]
    try requireTransaction(index, site, table: range.table)
    try requireColumn(of: range, table, site)
    let interval = table.interval(range)
    let condition = interval == nil ? table.condition(range) : nil
    guard lock(index, .intentExclusive, .table, in: table.space) else { return .blocked }
    let visible = rows(of: position, index)
    let found = visible.positions(interval ?? .all)
    if options.locksGaps {
      let gap = KeyInterval(
        from: found.lowerBound > 0 ? .after(visible[found.lowerBound - 1].key) : nil,
        to: found.upperBound < visible.count ? .before(visible[found.upperBound].key) : nil)
      guard lock(index, .shared, .range(gap), in: table.space) else { return .blocked }
    }
    // Rows that others have inserted and not committed are met as well.
    guard pass(index, .update, interval ?? .all, in: table.space) else { return .blocked }
    let rows = visible[found].filter { row in condition.map { row.withBytes($0.holds) } ?? true }
    for row in rows {
      guard lock(index, .exclusive, .row(row.key), in: table.space) else { return .blocked }
    }
    guard lockUniques(index, rows, table), passChildren(index, rows, position) else { return .blocked }
    guard !rows.isEmpty else { return .done(0) }
    try remove(index, rows, position, site)
    return .done(rows.count)
  }

  private mutating func passChildren(_ index: Int, _ rows: [StoredRow], _ parent: Int) -> Bool {
    guard !rows.isEmpty else { return true }
    for child in store.tables.indices
    where store.tables[child].references.contains(where: { $0.parent == parent }) {
      let space = store.tables[child].space
      guard lock(index, .intentShared, .table, in: space), pass(index, .shared, .all, in: space)
      else { return false }
    }
    return true
  }

  private mutating func remove(
    _ index: Int, _ rows: [StoredRow], _ position: Int, _ site: CallSite
  ) throws(DatabaseError) {
    guard var transaction = sessions[index].transaction else { return }
    let before = options.errorEffect == .undoesStatement ? transaction : nil
    sessions[index].transaction = nil
    let slot = transaction.position(of: position)
    for row in rows { transaction.changes[slot].rows.set(row.key, nil) }
    transaction.work += rows.count
    sessions[index].transaction = transaction
    do throws(DatabaseError) {
      try checkChildren(index, position, rows, deferred: false, site)
    } catch {
      if let before { sessions[index].transaction = before }
      throw error
    }
  }
}

extension ModelTable {
  /// The first column that is NULL and must not be.
  fileprivate func missingValue(_ row: UnsafeRawBufferPointer) -> Int? {
    guard var next = required.first else { return nil }
    var fields = FieldCursor(row)
    var checked = 0
    for column in 0..<fields.fieldCount {
      let isNull = fields.nextField() == nil
      guard column == next else { continue }
      if isNull { return column }
      checked += 1
      guard checked < required.count else { return nil }
      next = required[checked]
    }
    return nil
  }
}

extension ModelTable.Unique {
  /// NULL equals nothing.
  func hasDuplicates(in rows: [StoredRow]) -> Bool {
    let keys = rows.compactMap { $0.withBytes(encoder.key) }.sorted()
    return zip(keys, keys.dropFirst()).contains { $0 == $1 }
  }
}
