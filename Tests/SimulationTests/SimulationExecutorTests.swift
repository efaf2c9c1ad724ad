import Runtime
import Simulation
import Testing

@Suite struct SimulationExecutorTests {
  private static let limits = SimulationExecutor.Limits(steps: 10_000, time: .seconds(3_600))

  /// Six tasks that sleep, talk to an actor on a lane and pass a channel, as the engine does.
  private func trace(seed: UInt64) -> (lines: [String], steps: Int, end: SimulationExecutor.End) {
    let executor = SimulationExecutor(seed: Seed(seed))
    let time = VirtualTime(executor)
    let lane = SimulationLane(executor)
    let lines = Guarded<[String]>([])
    let end = executor.run(within: Self.limits) {
      let account = Account(on: lane)
      let channel = BoundedChannel<Int>(limitBytes: 3) { _ in 1 }
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<6 {
          group.addTask {
            for round in 0..<3 {
              let total = await account.add(round)
              lines.withLock { $0.append("\(worker).\(round) \(total) \(time.now)") }
              try? await time.sleep(for: .milliseconds(10 * (worker % 3 + 1)))
              try? await channel.send(worker)
            }
          }
        }
        group.addTask {
          for _ in 0..<18 {
            guard let value = try? await channel.next() else { return }
            lines.withLock { $0.append("took \(value)") }
          }
        }
      }
    }
    return (lines.withLock { $0 }, executor.steps, end)
  }

  private actor Account {
    private let lane: SimulationLane
    private var total = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(on lane: SimulationLane) { self.lane = lane }

    func add(_ amount: Int) -> Int {
      preconditionIsolated()
      total += amount
      return total
    }
  }

  @Test func `one seed is one sequence of events, and seeds differ`() {
    var distinct: Set<[String]> = []
    for seed in UInt64(1)...20 {
      let first = trace(seed: seed)
      #expect(first.end == .finished)
      for _ in 0..<5 {
        let again = trace(seed: seed)
        #expect(again.lines == first.lines)
        #expect(again.steps == first.steps)
      }
      distinct.insert(first.lines)
    }
    #expect(distinct.count > 10)
  }

  @Test func `virtual time passes without waiting, in order`() {
    let executor = SimulationExecutor(seed: Seed(1))
    let time = VirtualTime(executor)
    let order = Guarded<[Int]>([])
    let end = executor.run(within: Self.limits) {
      await withTaskGroup(of: Void.self) { group in
        for hours in [5, 1, 4, 2, 3, 0] {
          group.addTask {
            try? await time.sleep(for: .seconds(hours * 600))
            order.withLock { $0.append(hours) }
          }
        }
      }
    }
    #expect(end == .finished)
    #expect(order.withLock { $0 } == [0, 1, 2, 3, 4, 5])
    #expect(time.now == .seconds(3_000))
    #expect(time.wallClock.description == "2030-01-01T00:50:00.000Z")
  }

  @Test func `cancelling wakes a sleeper at once`() {
    let executor = SimulationExecutor(seed: Seed(1))
    let time = VirtualTime(executor)
    let wasCancelled = Guarded(false)
    let end = executor.run(within: Self.limits) {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          do { try await time.sleep(for: .seconds(100)) } catch { wasCancelled.withLock { $0 = true } }
          try? await time.sleep(for: .seconds(100))
        }
        group.addTask { try? await time.sleep(for: .seconds(1)) }
        await group.next()
        group.cancelAll()
      }
    }
    #expect(end == .finished)
    #expect(wasCancelled.withLock { $0 })
    #expect(time.now == .seconds(1))
  }

  @Test func `what waits for ever is found`() {
    let channel = BoundedChannel<Int>(limitBytes: 1) { _ in 1 }
    let end = SimulationExecutor(seed: Seed(1)).run(within: Self.limits) { _ = try? await channel.next() }
    #expect(end == .hung)
    channel.finish()
  }

  @Test func `what never ends is found`() {
    let few = SimulationExecutor.Limits(steps: 100, time: .seconds(10))
    let busy = SimulationExecutor(seed: Seed(1))
    #expect(
      busy.run(within: few) {
        var isTurning = true
        for _ in 0..<1_000 where isTurning {
          await Task.yield()
          isTurning = !Task.isCancelled
        }
      } == .tooManySteps)
    let executor = SimulationExecutor(seed: Seed(1))
    #expect(
      executor.run(within: few) { try? await VirtualTime(executor).sleep(for: .seconds(11)) } == .tooLong)
  }

  @Test func `a job that comes back from another thread is an escape`() {
    let executor = SimulationExecutor(seed: Seed(1))
    let patient = SimulationExecutor.Limits(steps: .max, time: .seconds(3_600))
    let end = executor.run(within: patient) {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await SystemTime().sleep(for: .milliseconds(1)) }
        // Somebody who keeps the simulation busy until the stray comes back.
        group.addTask { while !Task.isCancelled { await Task.yield() } }
        await group.next()
        group.cancelAll()
      }
    }
    #expect(end == .escaped)
  }
}
