/// Decides, for all connections of one job or proxy, what becomes of each moment.
package protocol FaultInjector: Sendable {
  func verdict(at moment: Moment) -> Verdict
  /// What struck so far.
  var events: [FaultEvent] { get }
}
