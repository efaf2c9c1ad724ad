import Databases
import Runtime

/// Runs units on a number of workers, each with connections of its own, and again when they fail.
struct UnitPool: Sendable {
  enum Work: Sendable {
    /// Reads both sides of what the ledger calls done.
    case check
    case copy
  }

  let work: Work
  let context: RunContext
  let session: JobSession
  private let schedule: Guarded<Schedule>
  private let workers: Int
  private let bell = Bell()
  private let done: @Sendable (PlannedUnit, UnitReport?) -> Void

  /// `done` gets each unit once, with nil if it was checked and has changed. It is called by the workers.
  init(
    _ units: [PlannedUnit], _ work: Work, context: RunContext, session: JobSession, seed: UInt64,
    done: @escaping @Sendable (PlannedUnit, UnitReport?) -> Void
  ) {
    self.work = work
    self.context = context
    self.session = session
    self.done = done
    workers = min(work == .copy ? context.writers : context.options.workers, units.count)
    schedule = Guarded(
      Schedule(
        units, workers: workers, policy: context.options.retry, seed: context.seed.derived(seed),
        paced: work == .copy))
  }

  /// Returns when all units are done. The first error that no retry cures cancels the other workers and is
  /// thrown; a requested stop lets no further unit begin, and throws `JobError` `.stopped`.
  func run() async throws {
    let isStopped = Guarded(false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<workers {
        group.addTask {
          var worker = UnitWorker(pool: self)
          do {
            try await worker.run()
          } catch let error as JobError where error.kind == .stopped && worker.isIdle {
            // Not by an error, which would cancel those that finish what they began.
            isStopped.withLock { $0 = true }
          } catch {
            await worker.close()
            throw error
          }
          await worker.close()
        }
      }
      // Not `waitForAll`, which throws the first error only when everybody is done.
      for try await _ in group {}
    }
    if isStopped.withLock({ $0 }) { throw JobError.stoppedOnRequest }
  }

  // MARK: Events

  /// The next unit, once there is one to take; nil when all are done.
  func take() async throws -> Schedule.Ticket? {
    while true {
      guard !context.stop.isRequested else { throw JobError.stoppedOnRequest }
      let rings = bell.rings
      let now = context.time.now
      switch tell(schedule.withLock { ($0.next(at: now), $0.takeNews()) }) {
      case .finished: return nil
      case .run(let ticket): return ticket
      case .wait(let until): try await context.pause(for: until.map { $0 - now }, or: (bell, rings))
      }
    }
  }

  func reached(_ side: Side, _ ticket: Guarded<Schedule.Ticket>) {
    let now = context.time.now
    let before = ticket.withLock { $0 }
    let (after, news) = schedule.withLock { schedule in
      var changed = before
      schedule.reached(side, &changed, at: now)
      return (changed, schedule.takeNews())
    }
    ticket.withLock { $0 = after }
    tell(((), news))
  }

  func finish(_ ticket: Schedule.Ticket, _ report: UnitReport?) {
    let now = context.time.now
    tell(schedule.withLock { ($0.done(ticket, at: now), $0.takeNews()) })
    finishLate(ticket, report)
    bell.ring()
  }

  /// As above, for a unit that had been given up.
  func finishLate(_ ticket: Schedule.Ticket, _ report: UnitReport?) {
    context.journal.done(ticket.planned.unit.key)
    if work == .copy { context.trails.done(ticket.planned.unit.key) }
    done(ticket.planned, report)
  }

  func fail(_ ticket: Schedule.Ticket, _ failure: UnitFailure) -> Schedule.Reaction {
    let now = context.time.now
    let (reaction, news) = schedule.withLock { ($0.failed(ticket, failure, at: now), $0.takeNews()) }
    let unit = ticket.planned.unit.key
    switch reaction {
    case .retry(let wait):
      context.journal.failed(unit, failure.error, wait: wait)
      context.progress(.retrying(unit, reason: failure.error.reason, wait: wait))
    case .giveUp where ticket.isRetry: context.journal.failed(unit, failure.error, wait: nil)
    case .giveUp: break
    }
    tell(((), news))
    bell.ring()
    return reaction
  }

  /// Passes the news on, and what they came with.
  private func tell<Value>(_ told: (value: Value, news: [Schedule.News])) -> Value {
    for item in told.news {
      switch item {
      case .writers(let table, let number):
        context.journal.changed(table, writers: number)
        context.progress(.writers(table: table, number: number))
      case .away(let side, let wait, let error):
        context.journal.away(context.name(of: side), error)
        context.progress(
          .waiting(endpoint: context.name(of: side), reason: error.reason, wait: wait))
      case .back(let side, let time):
        context.journal.back(context.name(of: side), after: time)
        context.progress(.reached(context.name(of: side)))
      }
    }
    if !told.news.isEmpty { bell.ring() }
    return told.value
  }
}
