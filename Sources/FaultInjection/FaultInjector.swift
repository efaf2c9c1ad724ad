import Runtime

/// A fault that struck, as event logs and receipts tell it.
package struct FaultEvent: Sendable, Hashable, Codable {
  /// From 1, in the order in which faults struck.
  package var number: Int
  /// Time since the injector was made, in seconds.
  package var at: Double
  /// The rule's name.
  package var rule: String
  package var moment: Moment
  package var verdict: Verdict

  package init(number: Int, at: Double, rule: String, moment: Moment, verdict: Verdict) {
    self.number = number
    self.at = at
    self.rule = rule
    self.moment = moment
    self.verdict = verdict
  }
}

/// Decides, for all connections of one job or proxy, what becomes of each moment.
package protocol FaultInjector: Sendable {
  func verdict(at moment: Moment) -> Verdict
  /// What struck so far.
  var events: [FaultEvent] { get }
}
