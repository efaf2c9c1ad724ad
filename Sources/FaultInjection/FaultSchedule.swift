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

  private let plan: FaultPlan
  private let seeds: [Seed]
  private var progress: [Progress]

  package init(_ plan: FaultPlan) {
    self.plan = plan
    seeds = plan.rules.indices.map { Seed(plan.seed).derived(UInt64($0)) }
    progress = plan.rules.map { _ in Progress() }
  }

  /// The rule that strikes, and what it does; nil if the moment passes. `now` counts from anywhere.
  ///
  /// Every rule counts the moment if it matches, also if an earlier one strikes: what one rule does to the nth moment does not depend
  /// on what others do.
  package mutating func strike(_ moment: Moment, now: Duration) -> (rule: String, verdict: Verdict)? {
    var winner: Int?
    for index in plan.rules.indices where isArmed(index, now) && plan.rules[index].matches(moment) {
      progress[index].matches += 1
      guard winner == nil, !progress[index].isCured(by: plan.rules[index].cure, at: now),
        plan.rules[index].strikes(progress[index].matches, seed: seeds[index])
      else { continue }
      winner = index
    }
    guard let winner else { return nil }
    progress[winner].strikes += 1
    progress[winner].firstStrike = progress[winner].firstStrike ?? now
    return (plan.rules[winner].name, plan.rules[winner].verdict(at: moment))
  }

  private func isArmed(_ rule: Int, _ now: Duration) -> Bool {
    guard let name = plan.rules[rule].follows,
      let index = plan.rules.firstIndex(where: { $0.name == name })
    else { return true }
    return progress[index].isCured(by: plan.rules[index].cure, at: now)
  }
}
