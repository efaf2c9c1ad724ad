import Databases
import Rows
import Runtime

/// One run of a replication, from the catalog to the last restored index.
actor Run {
  private let context: RunContext
  private let source: any Connection
  private let target: any Connection
  private let started: Duration
  private let startedAt: WallTime
  private var notes: [String] = []
  private let reports = Guarded<[UnitReport]>([])
  private var createdTables: Set<TableName> = []

  init(context: RunContext, source: any Connection, target: any Connection) {
    self.context = context
    self.source = source
    self.target = target
    started = context.time.now
    startedAt = context.time.wallClock
  }

  func run() async throws -> RunReport {
    let planner = Planner(source: source, sourceName: context.source.name, options: context.options)
    context.progress(.phase("plan"))
    let (sources, all) = try await planner.selectTables()
    let pairs = try await prepareTarget(sources, among: all)
    let snapshot = try await source.beginSnapshot()
    let ledger = try await target.ledger(job: context.job)
    let tables = try await planner.plan(pairs, ledger: ledger)
    let entries = try await recordPlan(tables, ledger)
    context.progress(
      .planned(
        units: tables.reduce(0) { $0 + $1.units.count },
        estimatedRows: tables.reduce(0) { $0 + $1.estimatedRows },
        estimatedBytes: tables.reduce(0) { $0 + $1.estimatedBytes }))

    var failure: (any Error)?
    do {
      try await move(tables, entries, snapshot)
    } catch {
      failure = error
    }
    let restored = await restore(&failure)
    let verdict = await endSnapshot(&failure)
    return report(tables, failure: failure, restored: restored, snapshot: verdict)
  }

  // MARK: Before the first row moves

  /// Checks what is there, takes the fence, and creates what is missing.
  private func prepareTarget(
    _ sources: [TableSchema], among sourceTables: [TableSchema]
  ) async throws -> [TablePair] {
    let job = Replication(context: context)
    let targets = try await target.tables()
    let (pairs, missing) = try Planner.match(sources, among: sourceTables, targets)
    try job.check(pairs, missing)
    try job.checkFound(missing, sources, among: sourceTables, targets)
    try await target.takeFence(job: context.job)
    try await target.prepareLedger()
    try await forget(missing)
    for table in missing {
      let wanted = job.created(table, among: sources)
      for sentence in try await target.create(wanted, job: context.job) { tell(sentence) }
      createdTables.insert(wanted.name)
    }
    guard !missing.isEmpty else { return pairs.map(\.writable) }
    // Read back: a new table's types are what the target made of them.
    let (all, lost) = try Planner.match(sources, among: sourceTables, try await target.tables())
    try job.check(all, [])
    guard lost.isEmpty else {
      throw JobError(
        .configuration, "the target does not show the table that was created for \(lost[0].name)",
        remedy: "See what else creates, renames or drops tables in the target, then run again.")
    }
    return all.map(\.writable)
  }

  /// What the ledger says of a table that is not there was said of another one. Before the table is created: a
  /// death in between must not leave an empty table that is called done.
  private func forget(_ missing: [TableSchema]) async throws {
    let ledger = try await target.ledger(job: context.job)
    for table in missing {
      let name = table.name.description
      let entries = ledger.filter { $0.unit.table == name }.map { entry in
        LedgerEntry(
          unit: entry.unit, range: entry.range, attempt: entry.attempt + 1, signature: entry.signature,
          updated: context.time.wallClock.description)
      }
      if !entries.isEmpty { try await target.plan(entries, table: name, job: context.job) }
    }
  }

  private func tell(_ text: String) {
    guard !notes.contains(text) else { return }
    notes.append(text)
    context.progress(.note(text))
  }

  /// Writes the plan into the ledger, keeping what it knows of units that are still in it.
  private func recordPlan(_ tables: [TablePlan], _ ledger: [LedgerEntry]) async throws -> [UnitKey:
    LedgerEntry]
  {
    var entries: [UnitKey: LedgerEntry] = [:]
    for table in tables {
      let name = table.pair.source.name.description
      let known = ledger.filter { $0.unit.table == name }
      let signature = table.pair.signature
      let isKept =
        context.options.mode != .fresh && known.count == table.units.count
        && zip(known, table.units).allSatisfy {
          $0.unit == $1.key && $0.range == $1.range && $0.signature == signature
        }
      // A worker of the old plan holds the old number, and may wake before anyone claims a unit of the new one.
      let attempt = known.map(\.attempt).max().map { $0 + 1 } ?? 0
      let wanted =
        isKept
        ? known
        : table.units.map { unit in
          LedgerEntry(
            unit: unit.key, range: unit.range, attempt: attempt, signature: signature,
            updated: context.time.wallClock.description)
        }
      if !isKept { try await target.plan(wanted, table: name, job: context.job) }
      for entry in wanted { entries[entry.unit] = entry }
    }
    return entries
  }

  // MARK: Moving rows

  private struct Item: Sendable {
    var table: TablePlan
    var unit: WorkUnit
    var entry: LedgerEntry
  }

  private func move(_ tables: [TablePlan], _ entries: [UnitKey: LedgerEntry], _ snapshot: String?)
    async throws
  {
    let items = tables.flatMap { table in
      table.units.compactMap { unit in entries[unit.key].map { Item(table: table, unit: unit, entry: $0) } }
    }
    let todo = try await notYetDone(items, snapshot)
    let byTable = Dictionary(grouping: todo, by: \.unit.key.table)
    func pending(_ table: TablePlan) -> Int { byTable[table.pair.source.name.description]?.count ?? 0 }
    for table in tables { try await clearTheWay(table, units: pending(table)) }

    context.progress(.phase("copy"))
    let pool = context.pool(workers: context.writers, snapshot: snapshot)
    let byLevel = Dictionary(grouping: todo, by: \.table.level)
    for level in byLevel.keys.sorted() {
      try await pool.run(byLevel[level] ?? []) { [context, reports] item, connections in
        let copy = UnitCopy(table: item.table, unit: item.unit, previous: item.entry, run: context)
        let report = try await copy.run(on: connections)
        reports.withLock { $0.append(report) }
      }
    }
    // Of all tables: the run that copied one may have died before this.
    for table in tables { try await target.alignIdentity(table.pair.target.name) }
  }

  /// The units that have to be copied: all but those that are done and still are.
  private func notYetDone(_ items: [Item], _ snapshot: String?) async throws -> [Item] {
    let done = items.filter { $0.entry.state == .done }
    guard context.options.mode != .resume else {
      for item in done {
        reports.withLock { $0.append(trusted(item)) }
        context.progress(.unitFinished(item.unit.key))
      }
      return items.filter { $0.entry.state != .done }
    }
    guard !done.isEmpty else { return items }
    context.progress(.phase("check"))
    let unchanged = Guarded<Set<UnitKey>>([])
    let pool = context.pool(workers: context.options.workers, snapshot: snapshot)
    try await pool.run(done) { [context, reports] item, connections in
      let check = UnchangedCheck(table: item.table, unit: item.unit, entry: item.entry, run: context)
      guard let report = try await check.run(on: connections) else { return }
      reports.withLock { $0.append(report) }
      _ = unchanged.withLock { $0.insert(item.unit.key) }
    }
    let kept = unchanged.withLock { $0 }
    return items.filter { !kept.contains($0.unit.key) }
  }

  private func trusted(_ item: Item) -> UnitReport {
    UnitReport(
      unit: item.unit.key, range: item.unit.range, action: .trusted, attempt: item.entry.attempt,
      rowsDeleted: 0,
      rowsRead: 0, rowsSent: 0, rowsAcknowledged: 0, bytes: 0, fingerprint: item.entry.fingerprint, seconds: 0
    )
  }

  /// Puts aside what forbids the load; what only slows it, too, if most of the table is copied.
  private func clearTheWay(_ table: TablePlan, units: Int) async throws {
    guard units > 0 else { return }
    let isMostOfIt = units * 2 >= table.units.count
    let obstacles = try await target.obstacles(table.pair.target.name).filter {
      $0.kind != .index || isMostOfIt
    }
    try await target.putAside(obstacles, job: context.job)
  }

  // MARK: After the last row

  /// Runs whatever happened before. What cannot be restored now stays recorded for the next run.
  private func restore(_ failure: inout (any Error)?) async -> [String] {
    context.progress(.phase("restore"))
    do {
      return try await target.restore(job: context.job).map { "\($0.kind) \($0.name) of \($0.table)" }
    } catch {
      tell("indexes and constraints are still put aside; the next run of this job restores them")
      if failure == nil { failure = error } else { tell("restoring failed: \(error)") }
      return []
    }
  }

  private func endSnapshot(_ failure: inout (any Error)?) async -> SnapshotVerdict {
    do { return try await source.endSnapshot() } catch {
      if failure == nil { failure = error }
      return .unknown
    }
  }

  private func report(
    _ tables: [TablePlan], failure: (any Error)?, restored: [String], snapshot: SnapshotVerdict
  ) -> RunReport {
    let units = reports.withLock { $0 }.sorted {
      ($0.unit.table, $0.unit.index) < ($1.unit.table, $1.unit.index)
    }
    let byTable = Dictionary(grouping: units, by: \.unit.table)
    let isStop = (failure as? JobError)?.kind == .stopped
    return RunReport(
      job: context.job, source: context.source.name, target: context.target.name, mode: context.options.mode,
      startedAt: startedAt, finishedAt: context.time.wallClock, seconds: (context.time.now - started).seconds,
      outcome: failure == nil ? .done : isStop ? .stopped : .failed, failure: failure.map(RunFailure.init),
      snapshot: snapshot,
      tables: tables.map { table in
        let own = byTable[table.pair.source.name.description] ?? []
        return TableReport(
          source: table.pair.source.name, target: table.pair.target.name, level: table.level,
          created: createdTables.contains(table.pair.target.name), units: table.units.count,
          unitsDone: own.count,
          fingerprint: own.reduce(Fingerprint()) { $0 + $1.fingerprint })
      }, units: units, restored: restored, notes: notes)
  }
}
