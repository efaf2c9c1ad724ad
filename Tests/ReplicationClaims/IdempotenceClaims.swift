import Databases
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

  /// Interrupts a job at its n-th call, then runs it again undisturbed. Returns the operation that was
  /// interrupted, nil if the job has fewer calls.
  package static func interruptThenRerun(
    source: any Endpoint, target: any Endpoint, atCall call: Int, _ moment: InterruptedEndpoint.Moment,
    structure: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String? {
    let witness = CopyWitness(source: source, target: target)
    let faulty = InterruptedEndpoint(target, atCall: call, moment)
    // A dead process tries nothing again: what counts is the rerun.
    var options = options
    options.retry = .none
    let first = try? await run(source, faulty, options: options)
    guard let operation = faulty.struckAt else {
      #expect(first?.outcome == .done, sourceLocation: sourceLocation)
      return nil
    }
    let place: Comment = "call \(call), \(moment): \(operation)"
    if !target.isMissing {
      #expect(try await witness.lies() == [], place, sourceLocation: sourceLocation)
    }
    let second = try await run(source, target)
    #expect(second.outcome == .done, place, sourceLocation: sourceLocation)
    #expect(second.failure?.message == nil, place, sourceLocation: sourceLocation)
    #expect(try await witness.differences() == [], place, sourceLocation: sourceLocation)
    #expect(try await witness.lies() == [], place, sourceLocation: sourceLocation)
    #expect(try await witness.structure() == structure, place, sourceLocation: sourceLocation)
    return operation
  }
}
