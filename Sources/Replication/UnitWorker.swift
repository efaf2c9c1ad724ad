import Databases
import Runtime

/// One worker of a pool, with the two connections that it reads and writes on.
struct UnitWorker {
  private struct Reader {
    var connection: any Connection
    /// The snapshot that it sees.
    var snapshot: Int
  }

  private let pool: UnitPool
  private var context: RunContext { pool.context }
  private var session: JobSession { pool.session }
  private var source: Reader?
  private var target: (any Connection)?
  /// It holds no unit.
  private(set) var isIdle = true

  init(pool: UnitPool) { self.pool = pool }

  mutating func run() async throws {
    while let ticket = try await pool.take() {
      isIdle = false
      try await run(ticket)
      isIdle = true
    }
  }

  mutating func close() async {
    await closeSource()
    await closeTarget()
  }

  /// One attempt. Throws only what ends the run.
  private mutating func run(_ ticket: Schedule.Ticket) async throws {
    let shared = Guarded(ticket)
    let planned = ticket.planned
    do {
      let report = try await attempt(shared)
      pool.finish(shared.withLock { $0 }, report)
    } catch {
      guard var failure = error as? UnitFailure else { throw error }
      failure.error = failure.error.placed(table: planned.table.pair.target.name, unit: planned.unit)
      if Task.isCancelled { throw failure.error }
      await recover(from: failure)
      if failure.error.errorClass == .fenced { try await explain(&failure, planned.unit.key) }
      var ticket = shared.withLock { $0 }
      ticket.uncertain = failure.uncertain ?? ticket.uncertain
      guard pool.fail(ticket, failure) == .giveUp else { return }
      guard let report = try await lastWord(ticket, failure.error) else { throw failure.error }
      // The schedule has let go of it as of one that failed.
      pool.finishLate(ticket, report)
    }
  }

  private mutating func attempt(_ ticket: Guarded<Schedule.Ticket>) async throws -> UnitReport? {
    let now = ticket.withLock { $0 }
    let planned = now.planned
    if pool.work == .copy { try await blame(.target) { try await session.holdFence() } }
    let connections = try await connect(ticket)
    switch pool.work {
    case .check:
      pool.reached(.target, ticket)
      let check = UnchangedCheck(
        table: planned.table, unit: planned.unit, entry: planned.entry, run: context)
      return try await check.run(on: connections)
    case .copy:
      var entry = planned.entry
      if now.isRetry {
        let ledger = try await ledger()
        switch context.trails.judge(planned.unit.key, in: ledger) {
        case .open(let found): entry = found
        case .done(let found):
          if let report = now.uncertain, report.attempt == found.attempt { return told(report) }
          entry = found
        case .taken:
          let entry = context.trails.strange(planned.unit.key, in: ledger)
          throw UnitFailure(.target, context.fenced(entry))
        }
      }
      let copy = UnitCopy(table: planned.table, unit: planned.unit, previous: entry, run: context)
      let report = try await copy.run(on: connections) { [pool] in pool.reached(.target, ticket) }
      context.progress(.unitFinished(planned.unit.key))
      return report
    }
  }

  private func ledger() async throws -> [LedgerEntry] {
    try await blame(.target) { try await session.ledger() }
  }

  private func told(_ report: UnitReport) -> UnitReport {
    context.progress(
      .note("unit \(report.unit): the answer to its commit was lost; the ledger says that it happened"))
    context.progress(.unitFinished(report.unit))
    return report
  }

  // MARK: Connections

  private mutating func connect(_ ticket: Guarded<Schedule.Ticket>) async throws -> WorkerConnections {
    let probes = ticket.withLock { $0.probes }
    // A connection from before the outage proves nothing.
    if probes.contains(.target) { await closeTarget() }
    let current = await session.snapshot.number
    if probes.contains(.source) || source?.snapshot != current { await closeSource() }
    let reader: any Connection
    if let source {
      reader = source.connection
    } else {
      let opened = try await blame(.source) { try await session.reader() }
      source = Reader(connection: opened.connection, snapshot: opened.snapshot)
      reader = opened.connection
      pool.reached(.source, ticket)
    }
    if let target { return WorkerConnections(source: reader, target: target) }
    let endpoint = context.target
    let writer = try await blame(.target) { try await endpoint.connect(.write) }
    target = writer
    return WorkerConnections(source: reader, target: writer)
  }

  private mutating func closeSource() async {
    await source?.connection.close()
    source = nil
  }

  private mutating func closeTarget() async {
    await target?.close()
    target = nil
  }

  /// Leaves no transaction open, and no connection that may be broken.
  private mutating func recover(from failure: UnitFailure) async {
    // Its reading was cut off, and the snapshot's transaction with it.
    await closeSource()
    if failure.side == .source || failure.error.leavesConnection,
      let target, (try? await target.rollback()) != nil
    {
      return
    }
    await closeTarget()
  }

  private func blame<Value: Sendable>(
    _ side: Side, _ body: () async throws -> Value
  ) async throws -> Value {
    do { return try await body() } catch {
      throw (error as? DatabaseError).map { UnitFailure(side, $0) } ?? error
    }
  }

  // MARK: Doubtful ends

  /// The ledger has another attempt number than ours: of another run or another time, and then this run is over, or
  /// of an earlier attempt of ours whose answer was lost.
  private func explain(_ failure: inout UnitFailure, _ unit: UnitKey) async throws {
    guard let ledger = try? await session.ledger() else { throw failure.error }
    guard context.trails.judge(unit, in: ledger) != .taken else {
      throw context.fenced(context.trails.strange(unit, in: ledger))
    }
    failure.error.errorClass = .conflict
    failure.error.message = "an earlier attempt of this run got in its way"
  }

  /// Nothing is left to try, but a commit may have happened: the ledger knows, and is asked as long as the
  /// policy allows.
  private func lastWord(_ ticket: Schedule.Ticket, _ error: DatabaseError) async throws -> UnitReport? {
    guard let report = ticket.uncertain else { return nil }
    let job = context.job
    do {
      let ledger = try await session.onTarget("ask the ledger about unit \(report.unit)") {
        try await $0.ledger(job: job)
      }
      guard case .done(let found) = context.trails.judge(report.unit, in: ledger),
        found.attempt == report.attempt
      else { return nil }
      return told(report)
    } catch is DatabaseError {
      var error = error
      error.outcome = .unknown
      error.message += "; whether its commit happened is unknown, since the ledger could not be asked"
      throw error
    }
  }
}
