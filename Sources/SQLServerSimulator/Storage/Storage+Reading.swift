import ModelDatabase

/// What to read of a table, and how.
package struct Scan: Sendable {
  package var table: Int
  /// 1 is the clustered key, or the heap.
  package var index: Int32 = 1
  package var interval = KeyInterval.all
  /// The interval holds one row at most: it names all columns of a unique key. Then no gap need be locked.
  package var isPoint = false
  /// Rows to read; locks reach as far as they do.
  package var limit = Int.max
  /// The last rows of the interval instead of the first.
  package var isFromEnd = false
  package var hints: LockHints = []
  /// It looks for rows to update or delete.
  package var isForUpdate = false

  package init(_ table: Int) { self.table = table }
}

/// Rows in the order of the key or the index that was scanned.
package struct ScanResult: Sendable {
  package var rows: Run<ServerRow>
  /// The interval that is left, if the limit was reached.
  package var rest: KeyInterval?
}

extension Storage {
  private enum Versions: Sendable {
    /// Whatever is there.
    case live
    case committed, snapshot
  }

  private struct ReadPlan: Sendable {
    var versions = Versions.live
    var table: LockMode
    var keepsTable = false
    /// Nil for reads without locks.
    var rows: LockMode?
    var keepsRows = false
    var locksRange = false
    var skipsLocked = false
  }

  /// Reads rows after taking the locks that isolation and hints want, or seeing that nobody else has
  /// them.
  package mutating func scan(_ session: Int, _ scan: Scan) throws(SQLError) -> Attempt<ScanResult> {
    let plan = readPlan(session, scan)
    if scan.hints.contains(.noWait) { sessions[session]?.statement?.noWait = true }
    let space = table(scan.table).space
    guard lock(session, plan.table, in: space, isShort: !plan.keepsTable) else { return .blocked }
    // Somebody may have dropped it while the session waited.
    guard tables[scan.table]?.droppedBy == nil else {
      throw .invalidObjectName(table(scan.table).name.description)
    }
    switch plan.versions {
    case .committed: return .done(committedTable(session, scan.table).read(scan))
    case .snapshot:
      let read = try snapshotTable(session, scan.table).read(scan)
      guard let mode = plan.rows else { return .done(read) }
      return try lockVersions(session, read, mode, of: scan.table)
    case .live: break
    }
    guard let mode = plan.rows, !coversRows(session, mode, of: scan.table) else {
      return .done(table(scan.table).read(scan))
    }
    if plan.skipsLocked { return readPast(session, scan, mode, keeps: plan.keepsRows) }
    return readLocked(session, scan, plan, mode)
  }

  private func readPlan(_ session: Int, _ scan: Scan) -> ReadPlan {
    let (hints, own) = (scan.hints, self.session(session).isolation)
    let isolation: IsolationLevel =
      if hints.contains(.noLock) { .readUncommitted } else if hints.contains(.holdLock) {
        .serializable
      } else if hints.contains(.repeatableRead) {
        .repeatableRead
      } else if !hints.isDisjoint(with: [
        .readCommitted, .readCommittedLock,
      ]) { .readCommitted } else { own }
    let isLocking = !hints.isDisjoint(with: [.updateLock, .exclusiveLock, .exclusiveTableLock])
    let mode: LockMode =
      hints.contains(.exclusiveLock)
      ? .exclusive : hints.contains(.updateLock) || scan.isForUpdate ? .update : .shared
    if isolation == .readUncommitted, mode == .shared, !isLocking {
      return ReadPlan(table: .schemaStability)
    }
    if isolation == .snapshot, !hints.contains(.exclusiveTableLock) {
      let rows: LockMode? = isLocking ? mode : nil
      return ReadPlan(
        versions: .snapshot, table: rows == nil ? .schemaStability : .intentExclusive,
        keepsTable: rows != nil,
        rows: rows)
    }
    let table = tables[scan.table]
    if isolation == .readCommitted, mode == .shared, table?.owner == nil,
      hints.isDisjoint(with: [.readCommittedLock, .tableLock, .exclusiveTableLock]),
      databases[table?.database ?? 0]?.readsCommittedSnapshot == true
    {
      return ReadPlan(versions: .committed, table: .schemaStability)
    }
    let isLasting = isolation == .repeatableRead || isolation == .serializable
    var plan = ReadPlan(table: mode.intent, rows: mode)
    if hints.contains(.exclusiveTableLock) || hints.contains(.tableLock) && mode != .shared {
      plan.table = .exclusive
    } else if hints.contains(.tableLock) {
      plan.table = .shared
    }
    plan.keepsTable = isLasting || plan.table == .exclusive || mode != .shared
    plan.keepsRows = isLasting || isLocking
    plan.locksRange = isolation == .serializable
    plan.skipsLocked = hints.contains(.readPast) && !plan.locksRange
    return plan
  }

  /// Takes locks on rows that were read in a snapshot; they must not have changed since.
  private mutating func lockVersions(
    _ session: Int, _ read: ScanResult, _ mode: LockMode, of table: Int
  ) throws(SQLError) -> Attempt<ScanResult> {
    for slice in read.rows.slices {
      for row in slice {
        if !coversRows(session, mode, of: table) {
          guard lockRow(session, mode, row.key, in: self.table(table).space, of: table) else {
            return .blocked
          }
        }
        try requireSameVersion(row, in: table)
      }
    }
    return .done(read)
  }

  func requireSameVersion(_ row: ServerRow, in table: Int) throws(SQLError) {
    guard self.table(table).rows.find(row.key)?.isSameVersion(as: row) == true else {
      throw .snapshotConflict(table: self.table(table).name.description, database: databaseName(of: table))
    }
  }

  // MARK: Locking reads

  private mutating func readLocked(
    _ session: Int, _ scan: Scan, _ plan: ReadPlan, _ mode: LockMode
  ) -> Attempt<ScanResult> {
    let space = scan.space(in: table(scan.table))
    if scan.index > 1, !lock(session, mode.intent, in: space, isShort: !plan.keepsTable) { return .blocked }
    let read = table(scan.table).read(scan)
    let part = read.part(of: scan)
    let locksRange = plan.locksRange && !(scan.isPoint && !read.rows.isEmpty)
    if locksRange {
      // As with SQL Server's key-range locks, the gaps as far as the next keys are locked as well.
      let gap = table(scan.table).gap(part, scan)
      guard lock(session, mode, .range(gap), in: space) else { return .blocked }
    } else {
      // Rows that others have deleted and not committed are met here.
      guard pass(session, mode, part, in: space) else { return .blocked }
    }
    guard scan.index > 1 || plan.keepsRows && !locksRange else { return .done(read) }
    return lockRead(session, read, mode, keeps: plan.keepsRows, of: scan.table)
  }

  /// Locks rows that were read, or sees that nobody else has.
  private mutating func lockRead(
    _ session: Int, _ read: ScanResult, _ mode: LockMode, keeps: Bool, of number: Int
  ) -> Attempt<ScanResult> {
    let space = table(number).space
    if !keeps, !locks.wouldBlock(mode, on: .range(.all), in: space, by: session) { return .done(read) }
    for slice in read.rows.slices {
      for row in slice {
        if keeps {
          if coversRows(session, mode, of: number) { return .done(read) }
          guard lockRow(session, mode, row.key, in: space, of: number) else { return .blocked }
        } else {
          guard pass(session, mode, KeyInterval(row.key), in: space) else { return .blocked }
        }
      }
    }
    return .done(read)
  }

  /// Reads rows that nobody else has locked.
  private mutating func readPast(
    _ session: Int, _ scan: Scan, _ mode: LockMode, keeps: Bool
  ) -> Attempt<ScanResult> {
    var whole = scan
    whole.limit = .max
    let all = table(scan.table).read(whole)
    let space = table(scan.table).space
    var found = ContiguousArray<ServerRow>()
    for row in scan.isFromEnd ? Array(all.rows.reversed()) : Array(all.rows) {
      if found.count == scan.limit { break }
      if !coversRows(session, mode, of: scan.table) {
        if locks.wouldBlock(mode, on: .row(row.key), in: space, by: session) { continue }
        if keeps, !lockRow(session, mode, row.key, in: space, of: scan.table) { return .blocked }
      }
      found.append(row)
    }
    if scan.isFromEnd { found.reverse() }
    return .done(ScanResult(rows: Run(found), rest: nil))
  }

  // MARK: Single questions

  /// Whether the interval of a key or an index has a row: what a foreign key asks of its parents and
  /// children. Versions do not count, only what is committed or the session's own.
  package mutating func exists(
    _ session: Int, in table: Int, index: Int32 = 1, _ interval: KeyInterval
  ) throws(SQLError) -> Attempt<Bool> {
    var scan = Scan(table)
    scan.index = index
    scan.interval = interval
    scan.limit = 1
    scan.hints = .readCommittedLock
    switch try self.scan(session, scan) {
    case .blocked: return .blocked
    case .done(let read): return .done(!read.rows.isEmpty)
    }
  }
}

extension Scan {
  fileprivate func space(in table: ServerTable) -> Int {
    index == 1 ? table.space : table.indexes.first { $0.id == index }?.space ?? table.space
  }
}

extension ScanResult {
  /// What was looked at.
  fileprivate func part(of scan: Scan) -> KeyInterval {
    guard let rest else { return scan.interval }
    return scan.isFromEnd
      ? KeyInterval(from: rest.to, to: scan.interval.to)
      : KeyInterval(from: scan.interval.from, to: rest.from)
  }
}

extension ServerTable {
  fileprivate func read(_ scan: Scan) -> ScanResult {
    guard scan.index > 1 else {
      let run = rows.run(scan.interval, limit: scan.limit, fromEnd: scan.isFromEnd)
      return ScanResult(rows: run, rest: scan.rest(run))
    }
    guard let index = indexes.first(where: { $0.id == scan.index && !$0.isDisabled }) else {
      preconditionFailure("index \(scan.index) is not there, or disabled")
    }
    let entries = index.entries.run(scan.interval, limit: scan.limit, fromEnd: scan.isFromEnd)
    var found = ContiguousArray<ServerRow>()
    found.reserveCapacity(entries.count)
    entries.forEach { entry in
      guard let row = rows.find(entry.row) else {
        preconditionFailure("an index has a row that is not there")
      }
      found.append(row)
    }
    return ScanResult(rows: Run(found), rest: scan.rest(entries))
  }

  /// The interval with the gaps around it, as far as the next keys; the key behind it is part of it.
  fileprivate func gap(_ interval: KeyInterval, _ scan: Scan) -> KeyInterval {
    if scan.index > 1, let index = indexes.first(where: { $0.id == scan.index }) {
      return index.entries.gap(interval)
    }
    return clustered == nil ? .all : rows.gap(interval)
  }
}

extension Pages {
  fileprivate func gap(_ interval: KeyInterval) -> KeyInterval {
    KeyInterval(
      from: interval.from.flatMap { last(before: $0) }.map { .after($0.key) },
      to: interval.to.flatMap { first(after: $0) }.map { .after($0.key) })
  }
}

extension Scan {
  fileprivate func rest<Element>(_ run: Run<Element>) -> KeyInterval? {
    guard run.count == limit, let first = run.first, let last = run.last else { return nil }
    return isFromEnd
      ? KeyInterval(from: interval.from, to: .before(first.key))
      : KeyInterval(from: .after(last.key), to: interval.to)
  }
}
