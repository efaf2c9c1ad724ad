import Databases
import FaultInjection

/// The faults that were injected into a run, as receipts tell it.
package struct FaultReceipt: Encodable, Sendable {
  package struct Rule: Encodable, Sendable {
    var rule: String
    var struck: Int
  }

  package struct Event: Encodable, Sendable {
    var number: Int
    var at: Double
    var rule: String
    var side: Side
    var operation: Operation
    var table: String?
    var unit: String?
    var batch: Int?
    var verdict: String

    init(_ event: FaultEvent) {
      number = event.number
      at = rounded(event.at)
      rule = event.rule
      (side, operation) = (event.moment.side, event.moment.operation)
      (table, unit, batch) = (event.moment.table, event.moment.unit, event.moment.batch)
      verdict = event.verdict.description
    }
  }

  private static let shown = 20

  var plan: String
  /// Replays the same faults.
  var seed: UInt64
  var struck: Int
  /// In the plan's order, also those that never struck.
  var rules: [Rule]
  var firstEvents: [Event]

  package init(_ plan: FaultPlan, _ events: [FaultEvent]) {
    self.plan = plan.name
    seed = plan.seed
    struck = events.count
    rules = plan.rules.map { rule in
      Rule(rule: rule.name, struck: events.count { $0.rule == rule.name })
    }
    firstEvents = events.prefix(Self.shown).map(Event.init)
  }

  /// For people.
  package var sentence: String {
    let faults = Figures.count(struck, "fault")
    return "\(faults) \(struck == 1 ? "was" : "were") injected (\(plan), seed \(seed))."
  }
}

/// A plan, as `proofload faults --json` tells it.
package struct FaultPlanReceipt: Encodable, Sendable {
  var name: String
  var about: String?
  var seed: UInt64
  var rules: [String]

  package init(_ plan: FaultPlan) {
    name = plan.name
    about = plan.about
    seed = plan.seed
    rules = plan.rules.map(\.name)
  }
}
