import Databases
import Runtime

/// An attempt at a unit that failed, and on which side.
struct UnitFailure: Error {
  var side: Side
  var error: DatabaseError
  /// What was done, if its commit happened after all.
  var uncertain: UnitReport?

  init(_ side: Side, _ error: DatabaseError, uncertain: UnitReport? = nil) {
    self.side = side
    self.error = error
    self.uncertain = uncertain
  }
}

/// One unit of the plan, and what the ledger said of it when the run began: shared by all who have it in hand.
final class PlannedUnit: Sendable {
  let table: TablePlan
  let unit: WorkUnit
  let entry: LedgerEntry

  init(table: TablePlan, unit: WorkUnit, entry: LedgerEntry) {
    self.table = table
    self.unit = unit
    self.entry = entry
  }
}

/// Which unit a worker takes next: where the waits of failed units, the circuits of the endpoints and the pace
/// of the tables meet.
struct Schedule: Sendable {
  /// A unit on its way through a worker's hands.
  struct Ticket: Sendable {
    let planned: PlannedUnit
    fileprivate let queue: Int
    fileprivate var retry: RetryState
    fileprivate var random: Seed
    fileprivate var notBefore = Duration.zero
    fileprivate var begun = Duration.zero
    fileprivate var hasBegun = false
    /// The endpoints for which this attempt is the probe.
    fileprivate(set) var probes: [Side] = []
    /// The last attempt whose commit may have happened.
    var uncertain: UnitReport?

    var isRetry: Bool { retry.failures > 0 }
  }

  enum Step: Sendable {
    case run(Ticket)
    /// Nil: until another worker has news.
    case wait(until: Duration?)
    case finished
  }

  enum Reaction: Sendable, Equatable {
    case retry(after: Duration)
    case giveUp
  }

  /// What the user is to know.
  enum News: Sendable, Equatable {
    case writers(table: String, number: Int)
    case away(Side, wait: Duration, DatabaseError)
    case back(Side, after: Duration)
  }

  private struct Queue: Sendable {
    let table: String
    var units: ArraySlice<Ticket>
    var delayed: [Ticket] = []
    var running = 0
    var pacing: Pacing

    var isEmpty: Bool { units.isEmpty && delayed.isEmpty }

    mutating func next(at now: Duration) -> Ticket? {
      guard let position = delayed.firstIndex(where: { $0.notBefore <= now }) else { return units.popFirst() }
      return delayed.remove(at: position)
    }
  }

  private var queues: [Queue] = []
  private var circuits: [Circuit]
  private var news: [News] = []

  /// Tables in their order, and each table's units in theirs; `paced` when units write.
  init(_ units: [PlannedUnit], workers: Int, policy: RetryPolicy, seed: Seed, paced: Bool) {
    circuits = Side.allCases.map { _ in Circuit(policy) }
    for (number, planned) in units.enumerated() {
      let table = planned.unit.key.table
      let queue = queues.firstIndex { $0.table == table } ?? queues.count
      if queue == queues.count {
        queues.append(Queue(table: table, units: [], pacing: Pacing(most: workers)))
      }
      queues[queue].units.append(
        Ticket(
          planned: planned, queue: queue, retry: RetryState(policy), random: seed.derived(UInt64(number))))
    }
    isPaced = paced
  }

  private let isPaced: Bool

  mutating func takeNews() -> [News] {
    defer { news = [] }
    return news
  }

  // MARK: Events

  mutating func next(at now: Duration) -> Step {
    guard queues.contains(where: { !$0.isEmpty }) else {
      return queues.allSatisfy { $0.running == 0 } ? .finished : .wait(until: nil)
    }
    let admissions = circuits.map { $0.admission(at: now) }
    for case .wait(let until) in admissions { return .wait(until: until) }
    var wake: Duration?
    for index in queues.indices where !queues[index].isEmpty {
      if queues[index].pacing.look(at: now) { tellWriters(index) }
      guard queues[index].running < queues[index].pacing.writers else {
        wake = earlier(wake, queues[index].pacing.raisesAt)
        continue
      }
      guard var ticket = queues[index].next(at: now) else {
        wake = earlier(wake, queues[index].delayed.map(\.notBefore).min())
        continue
      }
      queues[index].running += 1
      ticket.begun = now
      ticket.hasBegun = false
      ticket.probes = Side.allCases.filter { admissions[$0.position] == .probe }
      for side in ticket.probes { circuits[side.position].probe() }
      return .run(ticket)
    }
    return .wait(until: wake)
  }

  /// An endpoint answered. The attempt has begun once the target did: it is the last to be asked.
  mutating func reached(_ side: Side, _ ticket: inout Ticket, at now: Duration) {
    answered(side, &ticket, at: now)
    guard side == .target else { return }
    ticket.hasBegun = true
    ticket.retry.began(at: now)
  }

  private mutating func answered(_ side: Side, _ ticket: inout Ticket, at now: Duration) {
    if let time = circuits[side.position].reached(at: now) { news.append(.back(side, after: time)) }
    ticket.probes.removeAll { $0 == side }
  }

  mutating func done(_ ticket: Ticket, at now: Duration) {
    leave(ticket, at: now)
    for index in circuits.indices { circuits[index].worked() }
    if isPaced, queues[ticket.queue].pacing.unitDone(at: now) { tellWriters(ticket.queue) }
  }

  mutating func failed(_ ticket: Ticket, _ failure: UnitFailure, at now: Duration) -> Reaction {
    var ticket = ticket
    let error = failure.error
    if isPaced, error.errorClass == .conflict, failure.side == .target,
      queues[ticket.queue].pacing.conflict(begun: ticket.begun, at: now)
    {
      tellWriters(ticket.queue)
    }
    let isAway = Circuit.concerns(error)
    // A unit may be what breaks its connection, but none makes a server read-only.
    let isToBlame = !isAway || (ticket.hasBegun && error.errorClass == .connectionLost)
    let action = ticket.retry.failed(
      error, countsAsAttempt: isToBlame, isOutage: isAway, at: now, random: &ticket.random)
    guard case .retry(var wait) = action else {
      leave(ticket, at: now)
      return .giveUp
    }
    if isAway {
      let isProbe = ticket.probes.contains(failure.side)
      ticket.probes.removeAll { $0 == failure.side }
      switch circuits[failure.side.position].failed(
        error, isProbe: isProbe, at: now, random: &ticket.random)
      {
      case .giveUp:
        leave(ticket, at: now)
        return .giveUp
      case .opened(let together):
        news.append(.away(failure.side, wait: together, error))
        wait = together
      // The circuit says when.
      case .stays: wait = .zero
      }
    } else if ticket.probes.contains(failure.side) {
      // An answer, if not the one that was hoped for.
      answered(failure.side, &ticket, at: now)
    }
    leave(ticket, at: now)
    ticket.notBefore = now + wait
    queues[ticket.queue].delayed.append(ticket)
    return .retry(after: wait)
  }

  /// A worker let go of the unit.
  private mutating func leave(_ ticket: Ticket, at now: Duration) {
    queues[ticket.queue].running -= 1
    for side in ticket.probes { circuits[side.position].probeWasIdle(at: now) }
  }

  private mutating func tellWriters(_ index: Int) {
    news.append(.writers(table: queues[index].table, number: queues[index].pacing.writers))
  }

  private func earlier(_ left: Duration?, _ right: Duration?) -> Duration? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
  }
}

extension Side {
  /// Its place in an array of one for each.
  var position: Int { self == .source ? 0 : 1 }
}
