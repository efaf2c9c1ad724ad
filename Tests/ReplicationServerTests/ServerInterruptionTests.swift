import Databases
import FaultInjection
import Foundation
import Replication
import ReplicationClaims
import Runtime
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct ServerInterruptionTests {
  @Test(arguments: Direction.allCases, Effect.allCases)
  func `a rerun after a death at any call of a job leaves exactly the source's rows`(
    direction: Direction, effect: Effect
  ) async throws {
    let pair = try await DatabasePair(direction)
    let reference = try await pair.emptyTarget("reference")
    let census = StrikeAt(nil, side: .target, time: SystemTime())
    let report = try await IdempotenceClaims.run(
      pair.source, FaultyEndpoint(reference, side: .target, injector: census, time: SystemTime()))
    #expect(report.failure?.message == nil)
    let witness = CopyWitness(source: pair.source, target: reference)
    #expect(try await witness.differences() == [])
    let structure = try await witness.structure()

    // Every call is tried when sweeping; otherwise some of every kind.
    let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil
    let samples = Self.samples(of: census.moments, step: isThorough ? 1 : direction.isWithSQLServer ? 23 : 17)
    var struck: [FaultInjection.Operation] = []
    for (operation, ordinal) in samples {
      let target = try await pair.emptyTarget("target-\(operation)-\(ordinal)")
      let interrupted = try await IdempotenceClaims.interruptThenRerun(
        source: pair.source, target: target, atMoment: ordinal, of: operation, effect, structure: structure)
      if let interrupted { struck.append(interrupted) }
    }
    let swept: Set<FaultInjection.Operation> = [
      .connect, .catalog, .fence, .ledger, .begin, .prepare, .delete, .write, .acknowledge, .commit,
    ]
    #expect(swept.isSubset(of: struck), "\(struck)")
    // Two workers do not always need the same number of calls.
    #expect(struck.count >= max(10, samples.count * 9 / 10), "\(samples.count)")
  }

  /// Every so many moments of each kind, and of each at least one.
  private static func samples(
    of moments: [Moment], step: Int
  ) -> [(operation: FaultInjection.Operation, ordinal: Int)] {
    FaultInjection.Operation.allCases.flatMap { operation in
      let count = moments.count { $0.operation == operation }
      let chosen = min(count, max(1, (count + step / 2) / step))
      return (0..<chosen).map { (operation, 1 + (2 * $0 + 1) * count / (2 * chosen)) }
    }
  }

  @Test(arguments: Direction.allCases)
  func `a second run finds every unit unchanged`(direction: Direction) async throws {
    let pair = try await DatabasePair(direction)
    let target = try await pair.emptyTarget("target")
    #expect(try await IdempotenceClaims.run(pair.source, target).failure?.message == nil)
    let second = try await IdempotenceClaims.run(pair.source, target)
    #expect(second.failure?.message == nil)
    // SQL Server has the least to say of a table's size, and is cut into the fewest.
    #expect(second.units.count >= (direction.from == .sqlServer ? 20 : 21))
    #expect(second.units.allSatisfy { $0.action == .unchanged })
  }
}
