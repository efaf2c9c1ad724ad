import Runtime

/// The time of a simulation: it stands still while anybody runs, and jumps to the next sleeper when nobody does.
package struct VirtualTime: TimeSource {
  private let executor: SimulationExecutor

  /// The wall clock's zero: 2030-01-01T00:00:00Z.
  private static let epoch: Int64 = 1_893_456_000

  package init(_ executor: SimulationExecutor) { self.executor = executor }

  package var now: Duration { .nanoseconds(nanoseconds) }

  /// From the simulation's beginning.
  var nanoseconds: Int64 { executor.nanoseconds }

  package var wallClock: WallTime {
    let (seconds, rest) = executor.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return WallTime(seconds: VirtualTime.epoch + seconds, nanoseconds: Int32(rest))
  }

  package func sleep(for duration: Duration) async throws {
    guard duration > .zero else { return }
    try await executor.sleep(nanoseconds: max(duration.nanoseconds, 1))
  }

  package func delay(for duration: Duration) async {
    guard duration > .zero else { return }
    await executor.delay(nanoseconds: max(duration.nanoseconds, 1))
  }
}

/// Who sleeps until when, the earliest on top.
struct TimerHeap: Sendable {
  typealias Waiter = UnsafeContinuation<Void, any Error>

  private struct Timer: Sendable {
    var deadline: Int64
    var ticket: UInt64
    var waiter: Waiter

    func precedes(_ other: Timer) -> Bool { (deadline, ticket) < (other.deadline, other.ticket) }
  }

  private var timers: [Timer] = []
  private var tickets: UInt64 = 0

  var earliest: Int64? { timers.first?.deadline }

  mutating func takeTicket() -> UInt64 {
    tickets += 1
    return tickets
  }

  mutating func insert(at deadline: Int64, ticket: UInt64, _ waiter: Waiter) {
    timers.append(Timer(deadline: deadline, ticket: ticket, waiter: waiter))
    siftUp(from: timers.count - 1)
  }

  /// Everybody who sleeps until then: all wake, and the seed picks who runs first.
  mutating func popAll(at deadline: Int64) -> [Waiter] {
    var waiters: [Waiter] = []
    while let first = timers.first, first.deadline == deadline {
      waiters.append(first.waiter)
      remove(at: 0)
    }
    return waiters
  }

  /// Nil if the timer is not there: it went off, or was never set.
  mutating func remove(ticket: UInt64) -> Waiter? {
    guard let index = timers.firstIndex(where: { $0.ticket == ticket }) else { return nil }
    let waiter = timers[index].waiter
    remove(at: index)
    return waiter
  }

  private mutating func remove(at index: Int) {
    timers.swapAt(index, timers.count - 1)
    timers.removeLast()
    guard index < timers.count else { return }
    siftDown(from: index)
    siftUp(from: index)
  }

  private mutating func siftUp(from start: Int) {
    var child = start
    while child > 0, timers[child].precedes(timers[(child - 1) / 2]) {
      timers.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func siftDown(from start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < timers.count {
        if timers[child].precedes(timers[least]) { least = child }
      }
      guard least != parent else { return }
      timers.swapAt(parent, least)
      parent = least
    }
  }
}
