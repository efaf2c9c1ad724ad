import Runtime

/// Follows a plan, for all connections of one job or proxy.
package final class PlannedFaults: FaultInjector {
  package let plan: FaultPlan
  private let time: any TimeSource
  private let started: Duration
  private let log: @Sendable (FaultEvent) -> Void
  private let state: Guarded<(schedule: FaultSchedule, events: [FaultEvent])>

  /// `log` hears of each fault as it strikes. From several connections at once it may hear out of order:
  /// the events' numbers tell it.
  package init(
    _ plan: FaultPlan, time: any TimeSource, log: @escaping @Sendable (FaultEvent) -> Void = { _ in }
  ) {
    self.plan = plan
    self.time = time
    self.log = log
    started = time.now
    state = Guarded((FaultSchedule(plan), []))
  }

  package func verdict(at moment: Moment) -> Verdict {
    let elapsed = time.now - started
    let event: FaultEvent? = state.withLock { state in
      guard let (rule, verdict) = state.schedule.strike(moment, now: elapsed) else { return nil }
      let event = FaultEvent(
        number: state.events.count + 1, at: elapsed.inSeconds, rule: rule, moment: moment, verdict: verdict)
      state.events.append(event)
      return event
    }
    guard let event else { return .pass }
    log(event)
    return event.verdict
  }

  package var events: [FaultEvent] { state.withLock { $0.events } }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
