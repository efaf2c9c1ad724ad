import Databases
import Runtime
import TestSupport
import Testing

@testable import Replication

/// For calls that change what they are called on, which `#expect` cannot take apart.
func expectEqual<Value: Equatable>(
  _ left: Value, _ right: Value, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(left == right, comment, sourceLocation: sourceLocation)
}

/// A policy of the default's classes with waits that are easy to foretell.
func policy(
  _ waits: [Duration] = [.seconds(1), .seconds(2)], attempts: Int? = 5, time: Duration? = nil
) -> RetryPolicy {
  RetryPolicy(
    name: "test", provenance: "a test", classes: RetryPolicy.standard.classes, backoff: .fixed(waits),
    limits: RetryLimits(attempts: attempts, time: time))
}

@Suite struct RetryStateTests {
  private let conflict = StruckEndpoint.error(.conflict)
  private var random = Seed(1)

  @Test(arguments: [ErrorClass.permanent, .badRow, .configuration, .cancelled, .fenced])
  mutating func `what a retry does not mend is given up at once`(errorClass: ErrorClass) {
    for policy in [RetryPolicy.standard, policy()] {
      var state = RetryState(policy)
      let action = state.failed(StruckEndpoint.error(errorClass), at: .zero, random: &random)
      #expect(action == .giveUp(.notRetried))
    }
  }

  @Test mutating func `attempts are counted with the first, and the waits are the policy's`() {
    var state = RetryState(policy(attempts: 4))
    var waits: [RetryState.Action] = []
    for second in 0..<4 {
      waits.append(state.failed(conflict, at: .seconds(second * 10), random: &random))
    }
    #expect(
      waits == [
        .retry(after: .seconds(1)), .retry(after: .seconds(2)), .retry(after: .seconds(2)),
        .giveUp(.attempts(4)),
      ])
  }

  @Test mutating func `time is limited to the last moment, and not beyond`() {
    var state = RetryState(policy([.seconds(40)], attempts: nil, time: .seconds(60)))
    expectEqual(state.failed(conflict, at: .seconds(5), random: &random), .retry(after: .seconds(40)))
    expectEqual(state.failed(conflict, at: .seconds(45), random: &random), .retry(after: .seconds(20)))
    expectEqual(state.failed(conflict, at: .seconds(65), random: &random), .giveUp(.time(.seconds(60))))
  }

  @Test mutating func `the work of an attempt is no lost time`() {
    var state = RetryState(policy([.seconds(40)], attempts: nil, time: .seconds(60)))
    expectEqual(state.failed(conflict, at: .seconds(0), random: &random), .retry(after: .seconds(40)))
    state.began(at: .seconds(40))
    // An hour of work, and then another deadlock.
    expectEqual(state.failed(conflict, at: .seconds(3640), random: &random), .retry(after: .seconds(20)))
  }

  @Test mutating func `an attempt that could not begin counts against the time only`() {
    var state = RetryState(policy([.seconds(1)], attempts: 2, time: .seconds(60)))
    for second in 0..<30 {
      let action = state.failed(conflict, countsAsAttempt: false, at: .seconds(second), random: &random)
      #expect(action == .retry(after: .seconds(1)))
    }
    var unlimited = RetryState(policy([.seconds(1)], attempts: 2, time: nil))
    _ = unlimited.failed(conflict, countsAsAttempt: false, at: .zero, random: &random)
    let action = unlimited.failed(conflict, countsAsAttempt: false, at: .zero, random: &random)
    #expect(action == .giveUp(.attempts(2)), "where time is not limited, nothing goes on for ever")
  }

  @Test mutating func `an endpoint that is away is not asked without a pause, whatever the policy says`() {
    var state = RetryState(policy([], attempts: 2, time: .seconds(1)))
    var now = Duration.zero
    var asked = 0
    while case .retry(let wait) = state.failed(conflict, countsAsAttempt: false, at: now, random: &random) {
      now += wait
      asked += 1
    }
    #expect(now == .seconds(1) && asked == 10)
  }

  @Test mutating func `a server's hint is the least wait, and the end if it is beyond the limit`() {
    let hinted = StruckEndpoint.error(.throttled, retryAfter: .seconds(30))
    var state = RetryState(policy(time: .seconds(60)))
    expectEqual(state.failed(hinted, at: .zero, random: &random), .retry(after: .seconds(30)))
    expectEqual(state.failed(hinted, at: .seconds(31), random: &random), .giveUp(.time(.seconds(31))))
  }

  @Test mutating func `a server that asks for less is left alone for longer`() {
    var state = RetryState(.standard)
    guard
      case .retry(let wait) = state.failed(StruckEndpoint.error(.throttled), at: .zero, random: &random)
    else { return #expect(Bool(false), "it is retried") }
    #expect(wait >= .seconds(5))
  }
}

@Suite struct BackoffTests {
  private func waits(_ backoff: Backoff, _ count: Int = 12, seed: UInt64 = 1) -> [Duration] {
    var random = Seed(seed)
    var last = Duration.zero
    return (1...count).map { failure in
      last = backoff.next(failure: failure, last: last, random: &random)
      return last
    }
  }

  @Test(arguments: 0..<50) func `decorrelated jitter stays between its base and three times the last wait`(
    seed: UInt64
  ) {
    let waits = waits(.decorrelatedJitter(base: .milliseconds(100), cap: .seconds(30)), 40, seed: seed)
    for (last, wait) in zip([.milliseconds(100)] + waits, waits) {
      #expect(wait >= .milliseconds(100) && wait <= min(last * 3, .seconds(30)))
    }
    #expect(Set(waits).count > 20)
  }

  @Test func `the same seed waits the same`() {
    let backoff = Backoff.decorrelatedJitter(base: .milliseconds(100), cap: .seconds(30))
    #expect(waits(backoff, seed: 7) == waits(backoff, seed: 7))
    #expect(waits(backoff, seed: 7) != waits(backoff, seed: 8))
  }

  @Test func `exponential waits grow to the cap, from the base or from nothing`() {
    let seconds = [1, 2, 4, 8, 10, 10].map { Duration.seconds($0) }
    #expect(
      waits(.exponential(base: .seconds(1), factor: 2, cap: .seconds(10), jitter: 0), 6) == seconds)
    let fromZero = [0, 1, 3, 7, 10, 10].map { Duration.seconds($0) }
    #expect(
      waits(.exponentialFromZero(base: .seconds(1), factor: 2, cap: .seconds(10), jitter: 0), 6) == fromZero)
    let jittered = waits(.exponential(base: .seconds(1), factor: 2, cap: .seconds(10), jitter: 0.5), 5_000)
    #expect(jittered.allSatisfy { $0 >= .seconds(1) && $0 <= .seconds(10) })
  }

  @Test func `the scripts' waits are 30, 60, 120 and 240 seconds`() throws {
    let scripts = try #require(RetryPolicy.named("scripts"))
    #expect(waits(scripts.backoff, 6) == [30, 60, 120, 240, 240, 240].map { Duration.seconds($0) })
  }
}
