import Databases
import FaultInjection
import Replication
import Runtime
import TestSupport
import Testing

/// What must hold for every pair of databases: a test target calls these with endpoints of its own.
package enum IdempotenceClaims {
  /// Options that cut the fixture into many small units.
  package static var options: ReplicationOptions {
    var options = ReplicationOptions()
    options.unitBytes = 1_000
    options.transactionBytes = 1_500
    options.workers = 2
    return options
  }

  package static func run(
    _ source: any Endpoint, _ target: any Endpoint, options: ReplicationOptions = options
  ) async throws -> RunReport {
    try await Replication(source: source, target: target, options: options, time: SystemTime()).run()
  }

  /// Lets the process "die" at its n-th moment in the target, or its n-th of one operation, then runs the job again
  /// undisturbed. Returns the operation that was interrupted, nil if the job has fewer moments.
  package static func interruptThenRerun(
    source: any Endpoint, target: any Endpoint, atMoment ordinal: Int,
    of wanted: FaultInjection.Operation? = nil, _ effect: Effect, structure: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> FaultInjection.Operation? {
    let witness = CopyWitness(source: source, target: target)
    let injector = StrikeAt(
      ordinal, .cut(effect), side: .target, of: wanted, isFatal: true, time: SystemTime()
    )
    let faulty = FaultyEndpoint(target, side: .target, injector: injector, time: SystemTime())
    // A dead process tries nothing again: what counts is the rerun.
    var options = options
    options.retry = .none
    let first = try? await run(source, faulty, options: options)
    guard let operation = injector.events.first?.moment.operation else {
      #expect(first?.outcome == .done, sourceLocation: sourceLocation)
      return nil
    }
    let place: Comment = "moment \(ordinal), \(effect): \(operation)"
    if !target.isMissing {
      #expect(try await witness.lies() == [], place, sourceLocation: sourceLocation)
    }
    let second = try await run(source, target)
    #expect(second.outcome == .done, place, sourceLocation: sourceLocation)
    #expect(second.failure?.message == nil, place, sourceLocation: sourceLocation)
    let sight = try await witness.look()
    #expect(sight.differences == [], place, sourceLocation: sourceLocation)
    #expect(sight.lies == [], place, sourceLocation: sourceLocation)
    #expect(sight.structure == structure, place, sourceLocation: sourceLocation)
    return operation
  }
}
