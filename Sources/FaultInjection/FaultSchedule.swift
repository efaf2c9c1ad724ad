import Databases
import Runtime

/// How far a plan has come: which rules matched, struck and are cured. A value that knows no clock.
package struct FaultSchedule: Sendable {
  private struct Progress {
    var matches = 0
    var strikes = 0
    var firstStrike: Duration?

    func isCured(by cure: FaultRule.Cure, at now: Duration) -> Bool {
      if let times = cure.times, strikes >= times { return true }
      guard let limit = cure.after, let firstStrike else { return false }
      return now - firstStrike >= limit
    }
  }

  /// A rule as it is asked at every moment: without copying it, and without hashing where it may strike.
  private final class Asked: Sendable {
    let rule: FaultRule
    let seed: Seed
    private let operations: [Operation]
    private let sides: [Side]

    init(_ rule: FaultRule, seed: Seed) {
      self.rule = rule
      self.seed = seed
      operations = Array(rule.operations)
      sides = Array(rule.sides)
    }

    func matches(_ moment: Moment) -> Bool {
      operations.contains(moment.operation) && sides.contains(moment.side) && rule.matches(moment)
    }
  }

  private let rules: [Asked]
  private var progress: [Progress]

  package init(_ plan: FaultPlan) {
    rules = plan.rules.indices.map { index in
      Asked(plan.rules[index], seed: Seed(plan.seed).derived(UInt64(index)))
    }
    progress = plan.rules.map { _ in Progress() }
  }

  /// The rule that strikes, and what it does; nil if the moment passes. `now` counts from anywhere.
  ///
  /// Every rule counts the moment if it matches, also if an earlier one strikes: what one rule does to the nth moment does not depend
  /// on what others do.
  package mutating func strike(_ moment: Moment, now: Duration) -> (rule: String, verdict: Verdict)? {
    var winner: Int?
    for (index, asked) in rules.enumerated() where asked.matches(moment) && isArmed(asked.rule, now) {
      progress[index].matches += 1
      guard winner == nil, !progress[index].isCured(by: asked.rule.cure, at: now),
        asked.rule.strikes(progress[index].matches, seed: asked.seed)
      else { continue }
      winner = index
    }
    guard let winner else { return nil }
    progress[winner].strikes += 1
    progress[winner].firstStrike = progress[winner].firstStrike ?? now
    return (rules[winner].rule.name, rules[winner].rule.verdict(at: moment))
  }

  private func isArmed(_ rule: FaultRule, _ now: Duration) -> Bool {
    guard let name = rule.follows, let index = rules.firstIndex(where: { $0.rule.name == name })
    else { return true }
    return progress[index].isCured(by: rules[index].rule.cure, at: now)
  }
}
