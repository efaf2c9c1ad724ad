import ModelDatabase
import Runtime
import Testing

@Suite struct LockManagerTests {
  private static func range(_ from: Int, _ to: Int) -> LockExtent {
    .range(KeyInterval(from: .before(RowKey(Int64(from))), to: .before(RowKey(Int64(to)))))
  }
  private static func row(_ key: Int) -> LockExtent { .row(RowKey(Int64(key))) }

  private static func manager(_ intents: [(Int, LockMode)]) -> LockManager {
    var locks = LockManager()
    for (owner, mode) in intents { _ = locks.request(mode, on: .table, in: 0, by: owner) }
    return locks
  }

  @Test(arguments: LockMode.allCases, LockMode.allCases)
  func `two owners have a table, a row or a range together just as their modes allow`(
    _ first: LockMode, _ second: LockMode
  ) {
    var tables = LockManager()
    #expect(tables.request(first, on: .table, in: 0, by: 1) == .granted)
    let answer: LockManager.Answer = first.isCompatible(with: second) ? .granted : .waits
    #expect(tables.request(second, on: .table, in: 0, by: 2) == answer)
    #expect(tables.request(second, on: .table, in: 1, by: 3) == .granted, "another table")

    let pairs = [
      (LockManagerTests.row(3), LockManagerTests.row(3)),
      (LockManagerTests.range(1, 5), LockManagerTests.row(3)),
      (LockManagerTests.row(3), LockManagerTests.range(3, 4)),
      (LockManagerTests.range(0, 3), LockManagerTests.range(2, 9)),
    ]
    for (one, other) in pairs {
      var locks = LockManagerTests.manager([(1, .intentExclusive), (2, .intentExclusive)])
      #expect(locks.request(first, on: one, in: 0, by: 1) == .granted)
      #expect(locks.request(second, on: other, in: 0, by: 2) == answer)
    }
    var apart = LockManagerTests.manager([(1, .intentExclusive), (2, .intentExclusive)])
    #expect(apart.request(first, on: LockManagerTests.range(0, 3), in: 0, by: 1) == .granted)
    #expect(apart.request(second, on: LockManagerTests.row(3), in: 0, by: 2) == .granted)
    #expect(apart.request(second, on: LockManagerTests.range(3, 9), in: 0, by: 2) == .granted)
  }

  @Test func `who converts goes before those who wait, and all others in their turn`() {
    var locks = LockManager()
    for owner in 1...2 { #expect(locks.request(.shared, on: .table, in: 0, by: owner) == .granted) }
    #expect(locks.request(.exclusive, on: .table, in: 0, by: 3) == .waits)
    // Compatible with those who have it, and yet behind who asked before.
    #expect(locks.request(.shared, on: .table, in: 0, by: 4) == .waits)
    #expect(locks.request(.exclusive, on: .table, in: 0, by: 1) == .waits)
    #expect(locks.release(2) == [1])
    #expect(locks.mode(of: .table, in: 0, by: 1) == .exclusive)
    #expect(locks.release(1) == [3])
    #expect(locks.release(3) == [4])
    #expect(locks.waiting == [])
  }

  @Test func `two who read and then want to write wait for each other`() {
    var locks = LockManager()
    for owner in 1...2 { _ = locks.request(.shared, on: .table, in: 0, by: owner) }
    #expect(locks.request(.exclusive, on: .table, in: 0, by: 1) == .waits)
    #expect(locks.deadlock() == nil)
    #expect(locks.request(.exclusive, on: .table, in: 0, by: 2) == .waits)
    #expect(locks.deadlock().map(Set.init) == [1, 2])
    #expect(locks.release(2) == [1])
    #expect(locks.deadlock() == nil)
  }

  @Test func `update locks let one reader become a writer without a deadlock`() {
    var locks = LockManagerTests.manager([(1, .intentExclusive), (2, .intentExclusive), (3, .intentShared)])
    #expect(locks.request(.update, on: LockManagerTests.row(1), in: 0, by: 1) == .granted)
    #expect(locks.request(.shared, on: LockManagerTests.row(1), in: 0, by: 3) == .granted)
    #expect(locks.request(.update, on: LockManagerTests.row(1), in: 0, by: 2) == .waits)
    #expect(locks.request(.exclusive, on: LockManagerTests.row(1), in: 0, by: 1) == .waits)
    #expect(locks.deadlock() == nil)
    #expect(locks.release(3) == [1])
    #expect(locks.release(1) == [2])
  }

  @Test func `short locks go with their statement, others stay`() {
    var locks = LockManagerTests.manager([(1, .intentExclusive), (2, .intentExclusive)])
    _ = locks.request(.exclusive, on: LockManagerTests.row(7), in: 0, by: 1)
    _ = locks.request(.shared, on: LockManagerTests.range(0, 5), in: 0, by: 1, isShort: true)
    #expect(locks.wouldBlock(.exclusive, on: LockManagerTests.row(4), in: 0, by: 2))
    #expect(locks.request(.exclusive, on: LockManagerTests.row(4), in: 0, by: 2) == .waits)
    #expect(locks.releaseShort(1) == [2])
    #expect(locks.wouldBlock(.exclusive, on: LockManagerTests.row(7), in: 0, by: 2))
    #expect(locks.count == 4)
    _ = locks.release(1)
    _ = locks.release(2)
    #expect(locks.count == 0)
  }

  @Test func `what a statement has of a table goes with it, and what its transaction has stays`() {
    var locks = LockManager()
    _ = locks.request(.intentShared, on: .table, in: 0, by: 1, isShort: true)
    _ = locks.request(.shared, on: .table, in: 1, by: 1, isShort: true)
    _ = locks.request(.intentExclusive, on: .table, in: 1, by: 1)
    #expect(locks.mode(of: .table, in: 1, by: 1) == .sharedIntentExclusive)
    #expect(locks.request(.schemaModification, on: .table, in: 0, by: 2) == .waits)
    #expect(locks.releaseShort(1) == [2])
    #expect(locks.mode(of: .table, in: 1, by: 1) == .intentExclusive)
    #expect(locks.count == 2)
  }

  @Test func `what a statement had to wait for is kept, if it asks to keep it`() {
    var locks = LockManagerTests.manager([(1, .intentExclusive), (2, .intentShared), (3, .intentExclusive)])
    _ = locks.request(.exclusive, on: LockManagerTests.row(3), in: 0, by: 1)
    #expect(locks.request(.shared, on: LockManagerTests.range(0, 9), in: 0, by: 2, isShort: true) == .waits)
    #expect(locks.request(.exclusive, on: LockManagerTests.row(4), in: 0, by: 3) == .waits)
    #expect(locks.release(1) == [2])
    // Row 4 is waited for, and yet nobody has to wait who has it.
    #expect(locks.request(.shared, on: LockManagerTests.row(4), in: 0, by: 2) == .granted)
    #expect(locks.releaseShort(2) == [])
    #expect(locks.blockers(of: 3) == [2])
    #expect(locks.release(2) == [3])
  }

  @Test func `a row in one's own range is a conversion only where ranges convert`() {
    for converts in [true, false] {
      var locks = LockManager(convertsRanges: converts)
      for owner in 1...2 { _ = locks.request(.intentExclusive, on: .table, in: 0, by: owner) }
      _ = locks.request(.update, on: LockManagerTests.range(0, 9), in: 0, by: 1)
      #expect(locks.request(.update, on: LockManagerTests.range(0, 9), in: 0, by: 2) == .waits)
      let answer = locks.request(.exclusive, on: LockManagerTests.row(5), in: 0, by: 1)
      #expect(answer == (converts ? .granted : .waits))
      #expect((locks.deadlock() == nil) == converts)
    }
  }

  @Test func `who has the table can give back its rows, and who has less of it wakes others`() {
    var locks = LockManagerTests.manager([(1, .intentExclusive)])
    _ = locks.request(.exclusive, on: LockManagerTests.row(3), in: 0, by: 1)
    #expect(locks.request(.exclusive, on: .table, in: 0, by: 1) == .granted)
    locks.releaseRows(in: 0, by: 1)
    #expect(locks.records.map(\.mode) == [.exclusive])
    #expect(locks.request(.intentShared, on: .table, in: 0, by: 2) == .waits)
    #expect(locks.wait(of: 2)?.mode == .intentShared)
    #expect(locks.lower(0, by: 1, to: .shared) == [2])
    #expect(locks.lower(0, by: 1, to: nil) == [])
    #expect(locks.count == 1)
  }

  // MARK: Against the definition

  /// What did not hold. An expectation each would take longer than all the rest.
  private final class Findings {
    var broken: [String] = []

    func require(_ condition: Bool, _ what: @autoclosure () -> String) {
      if !condition { broken.append(what()) }
    }
  }

  private struct History {
    var locks = LockManager()
    var naive = NaiveLocks()
    var seed: Seed
    var waited = 0
    var deadlocks = 0
    let findings = Findings()

    mutating func draw(_ count: Int) -> Int { Int(seed.next() % UInt64(count)) }

    mutating func extent() -> LockExtent {
      let first = draw(10)
      return draw(2) == 0
        ? LockManagerTests.row(first) : LockManagerTests.range(first, min(10, first + 1 + draw(5)))
    }

    /// One request of an owner who does not wait, with the intent that it presupposes.
    mutating func request(_ owner: Int) {
      let space = draw(2)
      if draw(5) == 0 {
        ask(LockMode.allCases[draw(6)], .table, space, owner)
      } else {
        let mode = [LockMode.shared, .update, .exclusive][draw(3)]
        guard ask(mode.intent, .table, space, owner) else { return }
        ask(mode, extent(), space, owner)
      }
    }

    @discardableResult mutating func ask(_ mode: LockMode, _ extent: LockExtent, _ space: Int, _ owner: Int)
      -> Bool
    {
      let expected = naive.request(mode, extent, space, owner)
      let isGranted = locks.request(mode, on: extent, in: space, by: owner) == .granted
      findings.require(isGranted == expected, "\(mode) on \(extent) by \(owner)")
      if !isGranted { waited += 1 }
      return isGranted
    }

    mutating func release(_ owner: Int) {
      let woken = locks.release(owner)
      findings.require(Set(woken) == naive.release(owner), "\(woken) were woken by \(owner)")
      findings.require(Set(woken).count == woken.count, "\(woken) were woken twice")
    }

    mutating func check() {
      for (index, lock) in naive.granted.enumerated() {
        findings.require(!naive.granted[(index + 1)...].contains { NaiveLocks.conflict(lock, $0) }, "\(lock)")
        findings.require(locks.mode(of: lock.extent, in: lock.space, by: lock.owner) == lock.mode, "\(lock)")
      }
      findings.require(locks.count == naive.granted.count, "\(locks.count) locks")
      findings.require(Set(locks.waiting) == Set(naive.queue.map(\.owner)), "\(locks.waiting) wait")
      for owner in locks.waiting {
        findings.require(
          Set(locks.blockers(of: owner)) == naive.blockers(of: owner), "whom \(owner) waits for")
        // Nobody waits for nothing.
        findings.require(!naive.blockers(of: owner).isEmpty, "\(owner) waits for nothing")
      }
    }

    /// Finds every cycle there is and no other, and breaks it.
    mutating func breakDeadlocks() {
      while let cycle = locks.deadlock() {
        findings.require(Set(cycle).isSubset(of: naive.deadlocked), "\(cycle) is no deadlock")
        for (waiting, blocker) in zip(cycle, cycle.dropFirst() + cycle.prefix(1)) {
          findings.require(locks.blockers(of: waiting).contains(blocker), "\(cycle) is no cycle")
        }
        deadlocks += 1
        release(cycle[draw(cycle.count)])
        check()
      }
      findings.require(naive.deadlocked.isEmpty, "a deadlock was not found")
    }
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `any history is what the definition says, every deadlock is found, and nobody starves`(_ seed: UInt64)
  {
    var history = History(seed: Seed(seed))
    for _ in 0..<150 {
      let owner = history.draw(6)
      if history.locks.isWaiting(owner) {
        // Now and then somebody no longer wants to wait.
        if history.draw(8) == 0 {
          let woken = history.locks.cancelWait(of: owner)
          history.findings.require(Set(woken) == history.naive.cancel(owner), "\(woken) were woken")
        }
      } else if history.draw(6) == 0 {
        history.release(owner)
      } else {
        history.request(owner)
      }
      history.check()
      history.breakDeadlocks()
    }
    // Once those who can go on do, everybody gets what they waited for.
    for _ in 0..<6 {
      for owner in 0..<6 where !history.locks.isWaiting(owner) { history.release(owner) }
    }
    #expect(history.findings.broken == [])
    #expect(history.locks.waiting == [])
    #expect(history.waited > 5)
  }

  @Test func `the histories have deadlocks`() {
    var deadlocks = 0
    for seed in 1...20 as ClosedRange<UInt64> {
      var history = History(seed: Seed(seed))
      for _ in 0..<150 {
        let owner = history.draw(6)
        if history.locks.isWaiting(owner) { continue }
        history.draw(6) == 0 ? history.release(owner) : history.request(owner)
        history.breakDeadlocks()
      }
      deadlocks += history.deadlocks
    }
    #expect(deadlocks > 50)
  }
}
