import Databases
import FaultInjection
import Glibc
import Replication
import Rows
import Runtime

/// Interrupts one job in one way, and judges what becomes of it.
struct Trial: Sendable {
  let setting: ProofSetting
  let interruption: Interruption
  /// What an undisturbed run leaves.
  let expected: CopyPortrait
  let target: any Endpoint
  /// Of the target, for a process of its own.
  let place: String

  enum Verdict: Sendable, Equatable {
    case right
    /// The run gave up honestly instead of healing itself; the next one made the copy whole.
    case rightByRerun(String)
    case wrong(String)
    /// The run never came to the moment.
    case unreached
  }

  func run() async throws -> Verdict {
    switch interruption.mode {
    case .rerun: try await interruptAndRerun()
    case .heal: try await heal()
    }
  }

  private func interruptAndRerun() async throws -> Verdict {
    let claim: RunOutcome?
    if let verdict = interruption.fault.verdict {
      let injector = StrikeAt(
        interruption.ordinal, verdict, side: interruption.side, time: ProofTime())
      claim = try await outcome(injector, retry: .none)?.outcome
      if injector.events.isEmpty { return .unreached }
    } else {
      let victim = ProofVictim(
        place: place, side: interruption.side, ordinal: interruption.ordinal, sample: setting.source.sample)
      guard try await victim.die(stop: setting.stop) else { return .unreached }
      claim = nil
    }
    if claim == .done, let difference = try await difference() {
      return .wrong("the interrupted run said that it was done, and \(difference)")
    }
    return try await rerun()
  }

  /// What is true of a ledger after anything, and of the run that follows.
  private func rerun() async throws -> Verdict {
    let before = try await setting.untruth(in: target)
    if let untruth = before.untruth { return .wrong("after the interruption \(untruth)") }
    let report = try await setting.replicate(from: setting.source, to: target, retry: .standard)
    try requireNoStop()
    guard report.outcome == .done else {
      return .wrong("the run after it failed: \(report.failure?.message ?? "for no reason")")
    }
    let unchanged = report.units.count { $0.action == .unchanged }
    guard unchanged == before.done else {
      return .wrong("\(before.done) units were done, and \(unchanged) of them found unchanged")
    }
    if let difference = try await difference() { return .wrong("after the run that followed \(difference)") }
    if let untruth = try await setting.untruth(in: target).untruth {
      return .wrong("after the run that followed \(untruth)")
    }
    return .right
  }

  private func heal() async throws -> Verdict {
    guard let verdict = interruption.fault.verdict else { return .unreached }
    let injector = StrikeAt(interruption.ordinal, verdict, side: interruption.side, time: ProofTime())
    let report = try await outcome(injector, retry: .standard)
    if injector.events.isEmpty { return .unreached }
    guard let report, report.outcome == .done else {
      let reason = report?.failure?.message ?? "it did not begin"
      let verdict = try await rerun()
      return verdict == .right ? .rightByRerun(reason) : verdict
    }
    if let difference = try await difference() {
      return .wrong("the run said that it was done, and \(difference)")
    }
    if let untruth = try await setting.untruth(in: target).untruth {
      return .wrong("the run said that it was done, and \(untruth)")
    }
    return .right
  }

  /// Nil for a run that did not get as far as a report.
  private func outcome(_ injector: StrikeAt, retry: RetryPolicy) async throws -> RunReport? {
    let report = try? await setting.replicate(to: target, struckBy: injector, retry: retry)
    try requireNoStop()
    return report
  }

  private func requireNoStop() throws {
    if setting.stop.isRequested { throw JobError.stoppedOnRequest }
  }

  private func difference() async throws -> String? {
    expected.difference(from: try await CopyPortrait.of(target, source: setting.source))
  }
}

extension ProofSetting {
  /// What the target's ledger says that is not so, in words, and how many units it calls done.
  ///
  /// A unit that is done holds its fingerprint, of which the source's rows have the same; one that no run has begun holds
  /// nothing.
  func untruth(in target: any Endpoint) async throws -> (untruth: String?, done: Int) {
    if target.isMissing { return (nil, 0) }
    return try await withConnections(source, target) { left, right in
      let entries = try await right.ledger(job: Replication.job(source, target))
      let pairs = try Planner.match(try await left.tables(), try await right.tables()).pairs.map(\.writable)
      let done = entries.count { $0.state == .done }
      for entry in entries {
        // Its table may not be there yet.
        guard let pair = pairs.first(where: { $0.source.name.description == entry.unit.table }) else {
          if entry.state == .planned { continue }
          return ("the ledger calls unit \(entry.unit) \(entry.state), and its table is not there", done)
        }
        let rows = PairRange(
          pair: pair, column: entry.range == .all ? nil : Partition.column(of: pair), range: entry.range)
        let held = try await right.fingerprint(of: rows.targetRead)
        switch entry.state {
        case .planned where held.rows > 0: return ("unit \(entry.unit) was not begun, and holds rows", done)
        case .planned, .begun: continue
        case .done: break
        }
        guard held == entry.fingerprint else {
          return ("the ledger calls unit \(entry.unit) done, and the target does not hold its rows", done)
        }
        guard try await left.fingerprint(of: rows.sourceRead) == held else {
          return ("the ledger calls unit \(entry.unit) done, and the source has other rows", done)
        }
      }
      return (nil, done)
    }
  }
}
