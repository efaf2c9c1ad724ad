import Databases
import FaultInjection
import Foundation
import Replication
import ReplicationClaims
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct ServerInterruptionTests {
  @Test(arguments: Direction.allCases, Effect.allCases)
  func `a rerun after a death at any call of a job leaves exactly the source's rows`(
    direction: Direction, effect: Effect
  ) async throws {
    let pair = try await DatabasePair(direction)
    let reference = try await pair.emptyTarget("reference")
    let report = try await IdempotenceClaims.run(pair.source, reference)
    #expect(report.failure?.message == nil)
    let witness = CopyWitness(source: pair.source, target: reference)
    #expect(try await witness.differences() == [])
    let structure = try await witness.structure()

    // Every call is tried when sweeping; otherwise a prime step that visits every kind of call.
    let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil
    let step = isThorough ? 1 : direction.isWithSQLServer ? 23 : 17
    var struck: Set<FaultInjection.Operation> = []
    var ordinal = 1
    while let operation = try await IdempotenceClaims.interruptThenRerun(
      source: pair.source, target: try await pair.emptyTarget("target-\(ordinal)"), atMoment: ordinal, effect,
      structure: structure)
    {
      struck.insert(operation)
      ordinal += step
    }
    let swept: Set<FaultInjection.Operation> = [.ledger, .delete, .write, .acknowledge, .commit]
    if step == 1 { #expect(struck.isSuperset(of: swept), "\(struck)") }
    #expect(struck.count > 5)
  }

  @Test(arguments: Direction.allCases)
  func `a second run finds every unit unchanged`(direction: Direction) async throws {
    let pair = try await DatabasePair(direction)
    let target = try await pair.emptyTarget("target")
    #expect(try await IdempotenceClaims.run(pair.source, target).failure?.message == nil)
    let second = try await IdempotenceClaims.run(pair.source, target)
    #expect(second.failure?.message == nil)
    #expect(second.units.count > 15)
    #expect(second.units.allSatisfy { $0.action == .unchanged })
  }
}
