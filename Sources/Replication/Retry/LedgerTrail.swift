import Databases
import Runtime

/// What this run may have written into a unit's ledger entry: it tells our own writes, also those whose answer
/// was lost, from another run's.
package struct LedgerTrail: Sendable {
  package enum Finding: Sendable, Equatable {
    /// The next attempt goes on from this entry.
    case open(LedgerEntry)
    /// A commit of ours whose answer was lost has happened.
    case done(LedgerEntry)
    /// Neither found nor written by this run: the unit is not its own any more.
    case taken
  }

  private let found: LedgerEntry
  private var written: [LedgerEntry] = []
  private(set) var isDone = false

  /// `found` is the entry before this run's first attempt.
  package init(found: LedgerEntry) { self.found = found }

  /// To be told before a write whose outcome may become unknown.
  package mutating func mayHaveWritten(_ entry: LedgerEntry) { written.append(entry) }

  /// The last entry written has been acknowledged, or found in the ledger.
  package mutating func done() { isDone = true }

  package func judge(_ entry: LedgerEntry?) -> Finding {
    guard let entry else { return .taken }
    if isSame(entry, found) { return .open(entry) }
    guard written.contains(where: { isSame(entry, $0) }) else { return .taken }
    return entry.state == .done ? .done(entry) : .open(entry)
  }

  /// The number of the newest attempt that this run knows of.
  package var newestAttempt: Int {
    written.map(\.attempt).max().map { max($0, found.attempt) } ?? found.attempt
  }

  private func isSame(_ left: LedgerEntry, _ right: LedgerEntry) -> Bool {
    left.attempt == right.attempt && left.state == right.state && left.updated == right.updated
      && left.fingerprint == right.fingerprint
  }
}

/// An entry that a run finds in the ledger, and can neither have found nor written before.
package struct StrangeEntry: Sendable, Equatable {
  package var unit: UnitKey
  /// Nil if the unit has no entry any more.
  package var found: LedgerEntry?
  /// The newest attempt that the run knew of.
  package var knownAttempt: Int

  package init(unit: UnitKey, found: LedgerEntry?, knownAttempt: Int) {
    self.unit = unit
    self.found = found
    self.knownAttempt = knownAttempt
  }

  /// What was found, and what explains it.
  package var message: String {
    guard let found else {
      return
        "the ledger has no entry of unit \(unit) any more; the target has lost it, or was restored or emptied"
    }
    let entry = "the ledger has attempt \(found.attempt) of unit \(unit), \(found.state) at \(found.updated)"
    if found.attempt < knownAttempt {
      return
        "\(entry), and this run knew of attempt \(knownAttempt): the target has lost commits that it had "
        + "acknowledged, as after a crash without synchronous commit or a failover to a standby that lagged "
        + "behind, or it was restored from a backup"
    }
    return
      "\(entry), which this run did not write: another run of this job has taken the unit over, or the target "
      + "is another server by now than the one that this run began with"
  }

  package var remedy: String {
    guard let found, found.attempt >= knownAttempt else {
      return "Run the same command again: it looks at what is there, and copies what is missing."
    }
    return
      "See that no other run of this job is active, or let it finish; then run the same command again: it "
      + "looks at what is there, and copies what is missing."
  }
}

/// The trails of all units of a run.
final class LedgerTrails: Sendable {
  private struct State {
    var trails: [UnitKey: LedgerTrail] = [:]
    var order: [UnitKey] = []
  }

  private let state = Guarded(State())

  func follow(_ entry: LedgerEntry) {
    state.withLock {
      if $0.trails[entry.unit] == nil { $0.order.append(entry.unit) }
      $0.trails[entry.unit] = LedgerTrail(found: entry)
    }
  }

  func mayHaveWritten(_ entry: LedgerEntry) {
    state.withLock { $0.trails[entry.unit]?.mayHaveWritten(entry) }
  }

  func done(_ unit: UnitKey) { state.withLock { $0.trails[unit]?.done() } }

  func judge(_ unit: UnitKey, in ledger: [LedgerEntry]) -> LedgerTrail.Finding {
    let entry = ledger.first { $0.unit == unit }
    return state.withLock { $0.trails[unit]?.judge(entry) ?? .taken }
  }

  /// Of a unit whose entry was judged to be `taken`.
  func strange(_ unit: UnitKey, in ledger: [LedgerEntry]) -> StrangeEntry {
    StrangeEntry(
      unit: unit, found: ledger.first { $0.unit == unit },
      knownAttempt: state.withLock { $0.trails[unit]?.newestAttempt ?? 0 })
  }

  /// The first entry that this run cannot have written.
  func foreign(in ledger: [LedgerEntry]) -> StrangeEntry? {
    let entries = Dictionary(ledger.map { ($0.unit, $0) }, uniquingKeysWith: { first, _ in first })
    let unit = state.withLock { state in
      state.order.first { state.trails[$0]?.judge(entries[$0]) == .taken }
    }
    return unit.map { strange($0, in: ledger) }
  }

  /// Entries of units that this run was told are done, and that the target no longer calls so.
  func undone(in ledger: [LedgerEntry]) -> [LedgerEntry] {
    state.withLock { state in
      ledger.filter { entry in
        guard let trail = state.trails[entry.unit], trail.isDone, case .open = trail.judge(entry) else {
          return false
        }
        return true
      }
    }
  }
}
