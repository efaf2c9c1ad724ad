import Databases
import FaultInjection
import Replication
import Runtime
import TestSupport
import Testing
import Verification

/// What must hold of a job under faults, for every pair of databases.
package enum FaultClaims {
  /// Runs a job under a preset, in virtual time. What it claims in the end has to be true, and a run without faults has
  /// to make the copy whole.
  ///
  /// With the default retry policy it heals itself of everything but a full disk, and an SQLite file that cannot be written.
  package static func endHonestly(
    _ preset: Preset, from source: any Endpoint, to target: any Endpoint,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let report = try await endHonestly(
      preset.plan, from: source, to: target, sourceLocation: sourceLocation)
    let isReadOnly = [.failover, .readOnlyStandby, .everything].contains(preset)
    // Chance may let it strike one unit as often as the policy tries it.
    let attempts = IdempotenceClaims.options.retry.limits.attempts ?? .max
    let isWornOut =
      report?.retry.retried.contains { $0.outcome == .gaveUp && $0.failures.count >= attempts } ?? false
    if preset != .diskFull, !isReadOnly || target.engine.rawValue != "sqlite",
      preset != .everything || !isWornOut
    {
      let failure = report?.failure?.message ?? "no report"
      #expect(
        report?.outcome == .done, Comment(rawValue: "\(preset.rawValue): \(failure)"),
        sourceLocation: sourceLocation)
    }
  }

  /// Every third call of a kind happens twice, and the second answer arrives. Rows that are there twice, or a claim that a
  /// run takes for another's, must not go unnoticed.
  package static func surviveDuplicates(
    of operation: FaultInjection.Operation, from source: any Endpoint, to target: any Endpoint,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var rule = FaultRule(
      name: "\(operation) twice", at: [operation], .duplicate, cure: FaultRule.Cure(times: 1_000))
    rule.occurrence = .every(3)
    if operation == .fence { rule.occurrence = .every(1) }
    // There is one rollback only where something else fails.
    var plan = FaultPlan(name: "duplicates", rules: [rule])
    if operation == .rollback {
      plan.rules[0].occurrence = .every(1)
      var deadlock = FaultRule(
        name: "deadlock", at: [.delete], .fail(.kind(.deadlock), .before), cure: FaultRule.Cure(times: 3))
      deadlock.occurrence = .every(2)
      plan.rules.append(deadlock)
    }
    try await endHonestly(plan, from: source, to: target, sourceLocation: sourceLocation)
  }

  @discardableResult
  private static func endHonestly(
    _ plan: FaultPlan, from source: any Endpoint, to target: any Endpoint, sourceLocation: SourceLocation
  ) async throws -> RunReport? {
    let witness = CopyWitness(source: source, target: target)
    let time = VirtualTime()
    let faults = PlannedFaults(plan, time: time)
    let report = try? await Replication(
      source: FaultyEndpoint(source, side: .source, injector: faults, time: time),
      target: FaultyEndpoint(target, side: .target, injector: faults, time: time),
      options: IdempotenceClaims.options, time: time
    ).run()
    let place = Comment(
      rawValue: "\(plan.name), \(faults.events.count) faults, ended: \(report?.failure?.message ?? "")")
    #expect(!faults.events.isEmpty, place, sourceLocation: sourceLocation)
    if !target.isMissing { #expect(try await witness.lies() == [], place, sourceLocation: sourceLocation) }
    if report?.outcome == .done {
      #expect(try await witness.differences() == [], place, sourceLocation: sourceLocation)
      let second = try await Verification(source: source, target: target, time: time).run()
      #expect(second.verdict == .equal, place, sourceLocation: sourceLocation)
    } else if let report {
      #expect(report.outcome == .failed && report.failure != nil, place, sourceLocation: sourceLocation)
    }

    let rerun = try await IdempotenceClaims.run(source, target)
    #expect(rerun.outcome == .done, place, sourceLocation: sourceLocation)
    let sight = try await witness.look()
    #expect(sight.differences == [], place, sourceLocation: sourceLocation)
    #expect(sight.lies == [], place, sourceLocation: sourceLocation)
    return report
  }
}
