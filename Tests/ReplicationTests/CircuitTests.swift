import Databases
import Runtime
import TestSupport
import Testing

@testable import Replication

@Suite struct CircuitTests {
  private var random = Seed(1)
  private var circuit = Circuit(policy([.seconds(1), .seconds(5)], time: .seconds(60)))
  private let lost = StruckEndpoint.error(.connectionLost)

  @Test mutating func `after a lost connection all wait, and one probes`() {
    #expect(circuit.admission(at: .zero) == .pass)
    expectEqual(circuit.failed(lost, isProbe: false, at: .zero, random: &random), .opened(wait: .seconds(1)))
    #expect(circuit.admission(at: .milliseconds(999)) == .wait(until: .seconds(1)))
    #expect(circuit.admission(at: .seconds(1)) == .probe)
    circuit.probe()
    #expect(circuit.admission(at: .seconds(1)) == .wait(until: nil))
    expectEqual(circuit.reached(at: .seconds(2)), .seconds(2))
    #expect(circuit.admission(at: .seconds(2)) == .pass)
    expectEqual(circuit.reached(at: .seconds(3)), nil)
  }

  @Test mutating func `those who were at work when it opened tell nothing new`() {
    _ = circuit.failed(lost, isProbe: false, at: .zero, random: &random)
    expectEqual(circuit.failed(lost, isProbe: false, at: .milliseconds(5), random: &random), .stays)
    #expect(circuit.admission(at: .seconds(1)) == .probe)
  }

  @Test
  mutating func `a probe that fails opens it for longer, and one without an answer leaves it to the next`() {
    _ = circuit.failed(lost, isProbe: false, at: .zero, random: &random)
    circuit.probe()
    expectEqual(
      circuit.failed(lost, isProbe: true, at: .seconds(1), random: &random), .opened(wait: .seconds(5)))
    #expect(circuit.admission(at: .seconds(6)) == .probe)
    circuit.probe()
    circuit.probeWasIdle(at: .seconds(7))
    #expect(circuit.admission(at: .seconds(7)) == .probe)
  }

  @Test mutating func `an endpoint that stays away is given up when the time is up`() {
    var now = Duration.zero
    var effect = circuit.failed(lost, isProbe: false, at: now, random: &random)
    while case .opened(let wait) = effect, now < .seconds(600) {
      now += wait
      circuit.probe()
      effect = circuit.failed(lost, isProbe: true, at: now, random: &random)
    }
    #expect(effect == .giveUp)
    #expect(now == .seconds(60))
  }
}

@Suite struct PacingTests {
  @Test func `conflicts halve the writers of a table, down to one`() {
    var pacing = Pacing(most: 7)
    var now = Duration.zero
    var seen: [Int] = []
    for _ in 1...4 {
      now += .seconds(1)
      _ = pacing.conflict(begun: now, at: now)
      seen.append(pacing.writers)
    }
    #expect(seen == [3, 1, 1, 1])
  }

  @Test func `units that began before the last lowering say nothing about it`() {
    var pacing = Pacing(most: 8)
    let lowered = (1...4).map { pacing.conflict(begun: .seconds(1), at: .seconds(10 + $0)) }
    #expect(lowered == [true, false, false, false])
    #expect(pacing.writers == 4)
  }

  @Test func `quiet units or quiet time raise them, one at a time`() {
    var pacing = Pacing(most: 4)
    _ = pacing.conflict(begun: .zero, at: .seconds(1))
    #expect(pacing.writers == 2)
    for unit in 1...Pacing.quietUnits {
      expectEqual(pacing.unitDone(at: .seconds(2)), (unit == Pacing.quietUnits))
    }
    #expect(pacing.writers == 3)
    #expect(pacing.raisesAt == .seconds(2) + Pacing.quietTime)
    expectEqual(pacing.look(at: .seconds(31)), false)
    let raised = pacing.look(at: .seconds(32))
    #expect(raised && pacing.writers == 4 && pacing.raisesAt == nil)
    expectEqual(pacing.look(at: .seconds(600)), false)
    expectEqual(pacing.unitDone(at: .seconds(600)), false)
  }
}

@Suite struct LedgerTrailTests {
  private func entry(_ attempt: Int, _ state: UnitState = .begun, at updated: String = "now") -> LedgerEntry {
    LedgerEntry(
      unit: UnitKey(table: "t", index: 0), range: .all, state: state, attempt: attempt, signature: "s",
      updated: updated)
  }

  @Test func `what was found, or may have been written, is ours; everything else is another run's`() {
    var trail = LedgerTrail(found: entry(3, .done))
    #expect(trail.judge(entry(3, .done)) == .open(entry(3, .done)))
    #expect(trail.judge(entry(4)) == .taken)
    trail.mayHaveWritten(entry(4))
    #expect(trail.judge(entry(4)) == .open(entry(4)))
    #expect(trail.judge(entry(4, at: "a moment later")) == .taken, "another run's claim of the same number")
    #expect(trail.judge(entry(4, .done)) == .taken)
    trail.mayHaveWritten(entry(4, .done))
    #expect(trail.judge(entry(4, .done)) == .done(entry(4, .done)))
    #expect(trail.judge(entry(3, .done)) == .open(entry(3, .done)), "a failover may take the ledger back")
    #expect(trail.judge(entry(5)) == .taken)
    #expect(trail.judge(nil) == .taken)
  }

  @Test func `a unit that was acknowledged and is no longer done is undone`() {
    let trails = LedgerTrails()
    trails.follow(entry(0, .planned))
    trails.mayHaveWritten(entry(1))
    trails.mayHaveWritten(entry(1, .done))
    #expect(trails.undone(in: [entry(1)]) == [], "not yet")
    trails.done(entry(1).unit)
    #expect(trails.undone(in: [entry(1, .done)]) == [])
    #expect(trails.undone(in: [entry(1)]) == [entry(1)])
    #expect(trails.undone(in: [entry(0, .planned)]) == [entry(0, .planned)])
    #expect(trails.foreign(in: [entry(1)]) == nil)
    #expect(
      trails.foreign(in: [entry(2)])
        == StrangeEntry(unit: entry(2).unit, found: entry(2), knownAttempt: 1))
    #expect(trails.foreign(in: []) == StrangeEntry(unit: entry(2).unit, found: nil, knownAttempt: 1))
  }

  @Test func `an entry that is not ours is explained by what it is`() {
    func strange(_ found: LedgerEntry?, known: Int) -> StrangeEntry {
      StrangeEntry(unit: entry(0).unit, found: found, knownAttempt: known)
    }
    let newer = strange(entry(5), known: 3)
    #expect(newer.message.contains("attempt 5 of unit t#0, begun at now"))
    #expect(newer.message.contains("another run") && newer.remedy.contains("no other run"))
    let rival = strange(entry(3, at: "a moment later"), known: 3)
    #expect(rival.message.contains("another run"))
    let older = strange(entry(2), known: 3)
    #expect(older.message.contains("lost commits") && !older.message.contains("another run"))
    #expect(older.message.contains("attempt 3") && older.remedy.contains("the same command again"))
    let gone = strange(nil, known: 3)
    #expect(gone.message.contains("no entry") && !gone.message.contains("another run"))
  }
}
