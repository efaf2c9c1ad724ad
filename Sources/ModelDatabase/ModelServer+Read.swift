import Databases
import Rows

extension ModelServer {
  func table(_ name: TableName, _ site: CallSite) throws(DatabaseError) -> Int {
    guard let table = store.table(name) else {
      throw site.error(.undefinedTable, "there is no such table", table: name)
    }
    return table
  }

  // MARK: Snapshots

  mutating func beginSnapshot(_ index: Int, _ site: CallSite) throws(DatabaseError) -> Attempt<String?> {
    guard sessions[index].snapshot == nil else {
      throw site.error(.wrongState, "a snapshot is held already")
    }
    let name = "\(sessions[index].number)-\(store.commits)"
    sessions[index].snapshot = ModelSnapshot(
      name: name, store: options.sharesSnapshots ? store : nil, commits: lastChange)
    return .done(options.sharesSnapshots ? name : nil)
  }

  mutating func joinSnapshot(
    _ index: Int, _ name: String, _ site: CallSite
  ) throws(DatabaseError) -> Attempt<Void> {
    guard let held = sessions.lazy.compactMap(\.snapshot).first(where: { $0.name == name }) else {
      throw site.error(.noSnapshot, "the snapshot is gone: nobody holds it any more")
    }
    sessions[index].snapshot = held
    return .done(())
  }

  mutating func endSnapshot(_ index: Int, _ site: CallSite) throws(DatabaseError) -> Attempt<SnapshotVerdict>
  {
    guard let held = sessions[index].snapshot else {
      throw site.error(.wrongState, "no snapshot is held")
    }
    endRead(index)
    sessions[index].snapshot = nil
    return .done(held.store != nil || held.commits == lastChange ? .consistent : .changed)
  }

  /// The commit that last changed rows.
  private var lastChange: Int { store.tables.reduce(0) { max($0, $1.version) } }

  // MARK: Ranges

  mutating func openRead(_ index: Int, _ read: RangeRead, _ site: CallSite) throws(DatabaseError) -> Attempt<
    Void
  > {
    endRead(index)
    try requireNotAborted(sessions[index].transaction, site)
    let snapshot = sessions[index].snapshot?.store
    guard let position = (snapshot ?? store).table(read.rows.table) else {
      throw site.error(.undefinedTable, "there is no such table", table: read.rows.table)
    }
    let table = snapshot?.tables[position] ?? store.tables[position]
    try requireColumn(of: read.rows, table, site)
    let isLive = snapshot == nil && options.isolation == .locking
    if isLive, !lock(index, .intentShared, .table, in: table.space) { return .blocked }
    let condition = table.interval(read.rows) == nil ? table.condition(read.rows) : nil
    sessions[index].cursor = ModelCursor(
      table: position, plan: try ReadPlan(read.columns, of: table, site),
      interval: table.interval(read.rows) ?? .all, condition: condition, batchBytes: read.batchBytes,
      rows: isLive ? nil : snapshot?.tables[position].rows ?? rows(of: position, index))
    return .done(())
  }

  func requireColumn(of range: TableRange, _ table: ModelTable, _ site: CallSite) throws(DatabaseError) {
    guard let column = range.column, table.schema.column(column.name) == nil else { return }
    throw site.error(.undefinedColumn, "there is no column \(column.name)", table: range.table)
  }

  mutating func nextBatch(_ index: Int, _ site: CallSite) throws(DatabaseError) -> Attempt<RowBatch?> {
    guard let cursor = sessions[index].cursor else {
      throw site.error(.wrongState, "no read is open, or an error has ended it")
    }
    let rows = cursor.rows ?? self.rows(of: cursor.table, index)
    let part = cursor.part(of: rows)
    guard cursor.rows != nil || pass(index, .shared, part.interval, in: store.tables[cursor.table].space)
    else { return .blocked }
    guard part.count > 0 else {
      endRead(index)
      return .done(nil)
    }
    sessions[index].cursor?.next = part.interval.to
    let batch = try cursor.batch(rows[part.positions], bytes: part.bytes, name(of: cursor), site)
    return .done(batch)
  }

  mutating func nextFingerprint(_ index: Int, _ site: CallSite) throws(DatabaseError) -> Attempt<Fingerprint?>
  {
    guard let cursor = sessions[index].cursor, cursor.plan.isIdentity else {
      switch try nextBatch(index, site) {
      case .blocked: return .blocked
      case .done(let batch): return .done(batch?.fingerprint)
      }
    }
    let rows = cursor.rows ?? self.rows(of: cursor.table, index)
    let part = cursor.part(of: rows)
    guard cursor.rows != nil || pass(index, .shared, part.interval, in: store.tables[cursor.table].space)
    else { return .blocked }
    guard part.count > 0 else {
      endRead(index)
      return .done(nil)
    }
    sessions[index].cursor?.next = part.interval.to
    return .done(cursor.fingerprint(rows[part.positions]))
  }

  private func name(of cursor: ModelCursor) -> TableName { store.tables[cursor.table].schema.name }
}

extension ModelCursor {
  /// What the next call reads.
  struct Part {
    var positions: Range<Int>
    /// Of rows that the condition picks.
    var count = 0
    var bytes = 0
    var interval: KeyInterval
  }

  func part(of rows: [StoredRow]) -> Part {
    let start = next.map { rows.position($0) } ?? rows.positions(interval).lowerBound
    let end = max(start, rows.positions(interval).upperBound)
    var part = Part(
      positions: start..<start, interval: KeyInterval(from: next ?? interval.from, to: interval.to))
    var position = start
    while position < end, part.bytes < batchBytes || part.count == 0 {
      rows[position].withBytes { row in
        guard condition?.holds(row) ?? true else { return }
        part.count += 1
        part.bytes += row.count
      }
      position += 1
    }
    part.positions = start..<position
    if position < end { part.interval.to = .after(rows[position - 1].key) }
    // At the end nothing is left to read, and nothing that comes later will be: the next call finds
    // nothing.
    if position == end, position > start { part.interval.to = interval.to ?? .after(rows[position - 1].key) }
    return part
  }

  func batch(
    _ rows: ArraySlice<StoredRow>, bytes: Int, _ table: TableName, _ site: CallSite
  ) throws(DatabaseError) -> RowBatch? {
    var builder = RowBatchBuilder(columnCount: plan.columnCount, budget: bytes)
    for row in rows {
      do throws(BadField) {
        try row.withBytes { bytes throws(BadField) in
          guard condition?.holds(bytes) ?? true else { return }
          try plan.append(bytes, to: &builder)
        }
      } catch {
        throw site.error(.badValue, "column \(plan.name(of: error)) \(error.value.rule)", table: table)
      }
    }
    return builder.take()
  }

  func fingerprint(_ rows: ArraySlice<StoredRow>) -> Fingerprint {
    var sum = Fingerprint()
    for row in rows {
      row.withBytes { bytes in
        if condition?.holds(bytes) ?? true { sum.add(bytes) }
      }
    }
    return sum
  }
}
