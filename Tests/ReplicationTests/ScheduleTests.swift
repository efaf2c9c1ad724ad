import Databases
import Rows
import Runtime
import TestSupport
import Testing

@testable import Replication

/// The state machine, driven by hand.
@Suite struct ScheduleTests {
  private static func units(_ tables: [(String, Int)]) throws -> [PlannedUnit] {
    try tables.flatMap { name, count in
      let schema = TableSchema(
        name: TableName(name: name), engine: Engine(rawValue: "test"),
        columns: [ColumnSchema(name: "id", type: .int64)])
      let units = (0..<count).map { WorkUnit(key: UnitKey(table: name, index: $0), range: .all) }
      let table = TablePlan(
        pair: try TablePair(source: schema, target: schema), level: 0, rangeColumn: nil, estimatedRows: 0,
        estimatedBytes: 0, units: units)
      return units.map { unit in
        PlannedUnit(
          table: table, unit: unit,
          entry: LedgerEntry(unit: unit.key, range: .all, signature: "", updated: ""))
      }
    }
  }

  private static func schedule(
    _ tables: [(String, Int)], workers: Int = 4, policy: RetryPolicy = policy(time: .seconds(60))
  ) throws -> Schedule {
    Schedule(try units(tables), workers: workers, policy: policy, seed: Seed(1), paced: true)
  }

  private let conflict = UnitFailure(.target, StruckEndpoint.error(.conflict))
  private let lost = UnitFailure(.target, StruckEndpoint.error(.connectionLost))

  private func take(_ schedule: inout Schedule, at now: Duration = .zero) throws -> Schedule.Ticket {
    let step = schedule.next(at: now)
    guard case .run(let ticket) = step else { throw Unexpected(step: "\(step)") }
    return ticket
  }

  private struct Unexpected: Error { var step: String }

  private func key(_ ticket: Schedule.Ticket) -> String { ticket.planned.unit.key.description }

  private func isFinished(_ step: Schedule.Step) -> Bool { if case .finished = step { true } else { false } }
  private func wait(_ step: Schedule.Step) -> Duration?? {
    if case .wait(let until) = step { .some(until) } else { nil }
  }

  @Test func `units are taken in their order, and the end is when all are back`() throws {
    var schedule = try Self.schedule([("a", 2), ("b", 1)])
    let tickets = try (1...3).map { _ in try take(&schedule) }
    #expect(tickets.map(key) == ["a#0", "a#1", "b#0"])
    expectEqual(wait(schedule.next(at: .zero)), .some(nil), "one may come back")
    for ticket in tickets { schedule.done(ticket, at: .zero) }
    let end = schedule.next(at: .zero)
    #expect(isFinished(end))
  }

  @Test func `a unit that failed waits, and others go on`() throws {
    var schedule = try Self.schedule([("a", 2)])
    let first = try take(&schedule)
    expectEqual(schedule.failed(first, conflict, at: .zero), .retry(after: .seconds(1)))
    let second = try take(&schedule)
    #expect(key(second) == "a#1")
    schedule.done(second, at: .zero)
    expectEqual(wait(schedule.next(at: .zero)), .some(.seconds(1)))
    let again = try take(&schedule, at: .seconds(1))
    #expect(key(again) == "a#0" && again.isRetry)
  }

  @Test func `a worker that may not write to a table takes a unit of another, else waits`() throws {
    var schedule = try Self.schedule([("a", 9), ("b", 1)], workers: 2)
    let first = try take(&schedule)
    _ = schedule.failed(first, conflict, at: .seconds(1))
    expectEqual(schedule.takeNews(), [.writers(table: "a", number: 1)])
    expectEqual(key(try take(&schedule, at: .seconds(1))), "a#1")
    expectEqual(key(try take(&schedule, at: .seconds(1))), "b#0")
    expectEqual(wait(schedule.next(at: .seconds(1))), .some(.seconds(1) + Pacing.quietTime))
    expectEqual(key(try take(&schedule, at: .seconds(31))), "a#0", "quiet allows another, and it has waited")
    expectEqual(schedule.takeNews(), [.writers(table: "a", number: 2)])
  }

  @Test func `while an endpoint is away nobody goes but the one that probes`() throws {
    var schedule = try Self.schedule([("a", 9)])
    let lucky = try take(&schedule)
    let unlucky = try take(&schedule)
    _ = schedule.failed(unlucky, lost, at: .zero)
    expectEqual(schedule.takeNews(), [.away(.target, wait: .seconds(1), lost.error)])
    expectEqual(wait(schedule.next(at: .zero)), .some(.seconds(1)))
    // Another that was at work tells nothing new.
    _ = schedule.failed(lucky, lost, at: .milliseconds(500))
    expectEqual(schedule.takeNews(), [])

    let probe = try take(&schedule, at: .seconds(1))
    #expect(probe.probes == [.target])
    expectEqual(wait(schedule.next(at: .seconds(1))), .some(nil))
    _ = schedule.failed(probe, lost, at: .seconds(1))
    expectEqual(wait(schedule.next(at: .seconds(2))), .some(.seconds(3)))

    var second = try take(&schedule, at: .seconds(3))
    schedule.reached(.target, &second, at: .seconds(3))
    expectEqual(
      schedule.takeNews(),
      [
        .away(.target, wait: .seconds(2), lost.error), .back(.target, after: .seconds(3)),
      ])
    expectEqual(try take(&schedule, at: .seconds(3)).probes, [])
  }

  @Test func `a probe that meets another error has had its answer`() throws {
    var schedule = try Self.schedule([("a", 9)])
    _ = schedule.failed(try take(&schedule), lost, at: .zero)
    let probe = try take(&schedule, at: .seconds(1))
    _ = schedule.failed(probe, conflict, at: .seconds(1))
    expectEqual(try take(&schedule, at: .seconds(1)).probes, [])
  }

  @Test func `failures while an endpoint is away cost no attempts, and end when the time is up`() throws {
    var schedule = try Self.schedule(
      [("a", 3)], policy: policy([.seconds(1)], attempts: 2, time: .seconds(30)))
    var now = Duration.zero
    var failures = 0
    var reaction = Schedule.Reaction.retry(after: .zero)
    while reaction != .giveUp, failures < 100 {
      switch schedule.next(at: now) {
      case .run(let ticket):
        reaction = schedule.failed(ticket, lost, at: now)
        failures += 1
      case .wait(let until): now = until ?? now
      case .finished: failures = 1_000
      }
    }
    #expect(reaction == .giveUp)
    #expect(now == .seconds(30) && failures == 31)
  }

  @Test func `a unit that loses its connection at work each time is given up by its attempts`() throws {
    var schedule = try Self.schedule(
      [("a", 1)], policy: policy([.seconds(1)], attempts: 3, time: .seconds(600)))
    var now = Duration.zero
    var reactions: [Schedule.Reaction] = []
    for _ in 1...3 {
      var ticket = try take(&schedule, at: now)
      schedule.reached(.target, &ticket, at: now)
      reactions.append(schedule.failed(ticket, lost, at: now))
      now += .seconds(1)
    }
    #expect(reactions.last == .giveUp && reactions.count { $0 == .giveUp } == 1)
  }
}
