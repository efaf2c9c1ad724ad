import Databases
import Replication
import ReplicationClaims
import Runtime
import TestSupport
import Testing

/// A failover as the target's client sees it.
enum Failover: CaseIterable {
  /// Nobody is let in, and all connections are lost.
  case away
  /// The standby lets everybody in, and takes no writes.
  case readOnly
  /// The standby lets everybody in and claims succeed, as where the ledger can be written before the rows can.
  case rowsReadOnly
  /// What begins goes well, and breaks in the middle of its rows: a server that crashes as soon as it has work.
  case crashesAtWork
  /// As above, and whoever asks for the fence loses the connection, too.
  case losesFence

  private static let writes = [
    "begin", "delete", "openWrite", "write", "finishWrite", "record", "commit", "claim", "plan", "putAside",
    "create", "restore", "alignIdentity",
  ]

  func strike(_ call: StruckEndpoint.Call) -> Strike? {
    let lost = Strike(StruckEndpoint.error(.connectionLost))
    let readOnly = Strike(StruckEndpoint.error(.readOnly))
    switch self {
    case .away: return lost
    case .readOnly: return Failover.writes.contains(call.operation) ? readOnly : nil
    case .rowsReadOnly: return ["delete", "write"].contains(call.operation) ? readOnly : nil
    case .crashesAtWork: return call.operation == "write" ? lost : nil
    case .losesFence: return ["write", "takeFence"].contains(call.operation) ? lost : nil
    }
  }
}

@Suite struct OutageTests {
  /// Runs a job whose target is away for so long, from its third unit on; in seconds, how long the run waited.
  private func run(_ failover: Failover, lasting: Duration, seed: UInt64) async throws -> Double {
    let trial = try Trial()
    let began = Guarded<Duration?>(nil)
    let time = trial.time
    let target = StruckEndpoint(trial.target) { call in
      if call.operation == "write", call.number >= 3 { began.withLock { $0 = $0 ?? time.now } }
      guard let began = began.withLock({ $0 }), time.now < began + lasting else { return nil }
      return failover.strike(call)
    }
    var options = IdempotenceClaims.options
    options.seed = seed
    let report = try await Replication(source: trial.source, target: target, options: options, time: time)
      .run()
    try await trial.expectWhole(report)
    return time.now / .seconds(1)
  }

  @Test(arguments: Failover.allCases)
  func `the default policy waits out a failover of sixty seconds`(failover: Failover) async throws {
    for seed in 1...10 as ClosedRange<UInt64> {
      let waited = try await run(failover, lasting: .seconds(60), seed: seed)
      #expect(waited >= 60 && waited <= 75, "\(failover), seed \(seed)")
    }
  }

  @Test(arguments: Failover.allCases)
  func `a short outage costs a short wait`(failover: Failover) async throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      #expect(try await run(failover, lasting: .seconds(3), seed: seed) <= 6, "\(failover), seed \(seed)")
    }
  }
}
