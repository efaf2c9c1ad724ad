import Databases
import Rows
import Runtime

/// One run of a replication, from the catalog to the last restored index.
actor Run {
  private let context: RunContext
  private let session: JobSession
  private let started: Duration
  private let startedAt: WallTime
  private var notes: [String] = []
  private let reports = Guarded<[UnitReport]>([])
  /// Tables that this run made, and those of which it cannot tell, since the answer was lost.
  private var creations: [TableSchema] = []

  init(context: RunContext, session: JobSession) {
    self.context = context
    self.session = session
    started = context.time.now
    startedAt = context.time.wallClock
  }

  func run() async throws -> RunReport {
    let context = context
    try await session.open()
    context.progress(.phase("plan"))
    let (sources, all) = try await session.onSource("read the source's catalog") { source in
      try await Planner(source: source, sourceName: context.source.name, options: context.options)
        .selectTables()
    }
    let pairs = try await session.onTarget("prepare the target") { target in
      try await self.prepare(target, sources, among: all)
    }
    try await session.beginSnapshot()
    let ledger = try await session.onTarget("read the ledger") { try await $0.ledger(job: context.job) }
    let tables = try await session.onSource("plan") { source in
      try await Planner(source: source, sourceName: context.source.name, options: context.options)
        .plan(pairs, ledger: ledger)
    }
    let units = try await session.onTarget("record the plan") { target in
      try await self.recordPlan(tables, on: target)
    }
    for planned in units { context.trails.follow(planned.entry) }
    context.progress(
      .planned(
        units: units.count, estimatedRows: tables.reduce(0) { $0 + $1.estimatedRows },
        estimatedBytes: tables.reduce(0) { $0 + $1.estimatedBytes }))

    var failure: (any Error)?
    do { try await move(tables, units) } catch { failure = error }
    if failure != nil { await session.beginEnding() }
    let restored = await restore(&failure)
    let (verdict, note) = await session.endSnapshot()
    if let note { tell(note) }
    return await report(tables, failure: failure, restored: restored, snapshot: verdict)
  }

  // MARK: Before the first row moves

  /// Checks what is there, takes the fence, and creates what is missing. Right to run again whatever became of
  /// an attempt: it begins with what is there.
  private func prepare(
    _ target: any Connection, _ sources: [TableSchema], among sourceTables: [TableSchema]
  ) async throws -> [TablePair] {
    let job = Replication(context: context)
    let targets = try await target.tables()
    let (pairs, missing) = try Planner.match(sources, among: sourceTables, targets)
    try job.check(pairs, missing)
    try job.checkFound(missing, sources, among: sourceTables, targets)
    try await session.takeFence(on: target)
    try await target.prepareLedger()
    await session.noteWrite()
    try await forget(missing, on: target)
    for table in missing {
      let wanted = job.created(table, among: sources)
      if !creations.contains(where: { $0.name == wanted.name }) { creations.append(wanted) }
      for sentence in try await target.create(wanted, job: context.job) { tell(sentence) }
    }
    guard !creations.isEmpty else { return pairs.map(\.writable) }
    for table in creations
    where !missing.contains(where: { job.created($0, among: sources).name == table.name }) {
      // Its sentences were lost with the answer.
      for sentence in table.omissions(in: context.target.engine) { tell(sentence) }
    }
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
  private func forget(_ missing: [TableSchema], on target: any Connection) async throws {
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
  private func recordPlan(_ tables: [TablePlan], on target: any Connection) async throws -> [PlannedUnit] {
    // Not the ledger that the plan was made with: what an attempt before this one wrote is in it.
    let ledger = try await target.ledger(job: context.job)
    let now = context.time.wallClock.description
    var units: [PlannedUnit] = []
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
            unit: unit.key, range: unit.range, attempt: attempt, signature: signature, updated: now)
        }
      if !isKept { try await target.plan(wanted, table: name, job: context.job) }
      units += zip(table.units, wanted).map { PlannedUnit(table: table, unit: $0, entry: $1) }
    }
    return units
  }

  // MARK: Moving rows

  private func move(_ tables: [TablePlan], _ units: [PlannedUnit]) async throws {
    let todo = try await notYetDone(units)
    for table in tables {
      let pending = todo.count { $0.unit.key.table == table.pair.source.name.description }
      try await clearTheWay(table, units: pending)
    }

    context.progress(.phase("copy"))
    try await copy(todo)
    var lost = try await undone(todo)
    for _ in 1...Run.patience where !lost.isEmpty {
      for table in tables { try await clearTheWay(table, units: lost.count { $0.table.pair == table.pair }) }
      try await copy(lost)
      lost = try await undone(todo)
    }
    guard lost.isEmpty else {
      throw JobError(
        .reconciliation,
        "the target keeps losing commits that it has acknowledged: unit \(lost[0].unit.key) is not done again",
        remedy: "See whether it fails over to a server that lags behind, then run again.")
    }
    // Of all tables: the run that copied one may have died before this.
    for table in tables {
      let name = table.pair.target.name
      try await session.onTarget("align the identity of \(name)") { try await $0.alignIdentity(name) }
    }
  }

  /// How often units that a target has lost again are copied again.
  private static let patience = 3

  private func copy(_ units: [PlannedUnit]) async throws {
    for level in Set(units.map(\.table.level)).sorted() {
      let own = units.filter { $0.table.level == level }
      let pool = UnitPool(own, .copy, context: context, session: session, seed: UInt64(level) + 2) {
        [reports] _, report in
        if let report { reports.withLock { $0.append(report) } }
      }
      try await pool.run()
    }
  }

  /// The units that were acknowledged as done and are not: a failover to a server that lagged behind loses
  /// commits. The ledger loses its entries with them, and so it knows.
  private func undone(_ units: [PlannedUnit]) async throws -> [PlannedUnit] {
    let context = context
    let ledger = try await session.onTarget("read the ledger") { try await $0.ledger(job: context.job) }
    if let entry = context.trails.foreign(in: ledger) { throw context.fenced(entry) }
    let entries = context.trails.undone(in: ledger)
    guard !entries.isEmpty else { return [] }
    tell(
      "the target has lost \(entries.count) units after it had acknowledged them, as a failover can; they are copied again"
    )
    return entries.compactMap { entry in
      reports.withLock { $0.removeAll { $0.unit == entry.unit } }
      context.trails.follow(entry)
      guard let planned = units.first(where: { $0.unit.key == entry.unit }) else { return nil }
      return PlannedUnit(table: planned.table, unit: planned.unit, entry: entry)
    }
  }

  /// The units that have to be copied: all but those that are done and still are.
  private func notYetDone(_ units: [PlannedUnit]) async throws -> [PlannedUnit] {
    let done = units.filter { $0.entry.state == .done }
    guard context.options.mode != .resume else {
      for planned in done {
        reports.withLock { $0.append(trusted(planned)) }
        context.progress(.unitFinished(planned.unit.key))
      }
      return units.filter { $0.entry.state != .done }
    }
    guard !done.isEmpty else { return units }
    context.progress(.phase("check"))
    let unchanged = Guarded<Set<UnitKey>>([])
    let pool = UnitPool(done, .check, context: context, session: session, seed: 1) {
      [reports] planned, report in
      guard let report else { return }
      reports.withLock { $0.append(report) }
      _ = unchanged.withLock { $0.insert(planned.unit.key) }
    }
    try await pool.run()
    let kept = unchanged.withLock { $0 }
    return units.filter { !kept.contains($0.unit.key) }
  }

  private func trusted(_ planned: PlannedUnit) -> UnitReport {
    UnitReport(
      unit: planned.unit.key, range: planned.unit.range, action: .trusted, attempt: planned.entry.attempt,
      rowsDeleted: 0,
      rowsRead: 0, rowsSent: 0, rowsAcknowledged: 0, bytes: 0, fingerprint: planned.entry.fingerprint,
      seconds: 0
    )
  }

  /// Puts aside what forbids the load; what only slows it, too, if most of the table is copied.
  private func clearTheWay(_ table: TablePlan, units: Int) async throws {
    guard units > 0 else { return }
    let isMostOfIt = units * 2 >= table.units.count
    let (name, job) = (table.pair.target.name, context.job)
    try await session.onTarget("put aside what is in the way of loading \(name)") { target in
      let obstacles = try await target.obstacles(name).filter { $0.kind != .index || isMostOfIt }
      try await target.putAside(obstacles, job: job)
    }
  }

  // MARK: After the last row

  /// Runs whatever happened before. What cannot be restored now stays recorded for the next run.
  private func restore(_ failure: inout (any Error)?) async -> [String] {
    context.progress(.phase("restore"))
    let job = context.job
    let attempts = Guarded(0)
    do {
      let restored = try await session.onTarget("restore indexes and constraints") { target in
        attempts.withLock { $0 += 1 }
        return try await target.restore(job: job)
      }
      if attempts.withLock({ $0 > 1 }) {
        tell("restoring was interrupted and repeated; what the first attempt restored may not be listed")
      }
      return restored.map { "\($0.kind) \($0.name) of \($0.table)" }
    } catch {
      tell("indexes and constraints are still put aside; the next run of this job restores them")
      if failure == nil { failure = error } else { tell("restoring failed: \(error)") }
      return []
    }
  }

  private func report(
    _ tables: [TablePlan], failure: (any Error)?, restored: [String], snapshot: SnapshotVerdict
  ) async -> RunReport {
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
          created: creations.contains { $0.name == table.pair.target.name }, units: table.units.count,
          unitsDone: own.count,
          fingerprint: own.reduce(Fingerprint()) { $0 + $1.fingerprint })
      }, units: units, restored: restored, notes: notes,
      retry: context.journal.report(
        policy: context.options.retry.name, snapshots: await session.snapshot.number))
  }
}
