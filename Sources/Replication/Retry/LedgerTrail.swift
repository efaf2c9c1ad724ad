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
    /// Somebody else has written: the unit is theirs.
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

  private func isSame(_ left: LedgerEntry, _ right: LedgerEntry) -> Bool {
    left.attempt == right.attempt && left.state == right.state && left.updated == right.updated
      && left.fingerprint == right.fingerprint
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

  /// The first unit whose entry this run cannot have written.
  func foreign(in ledger: [LedgerEntry]) -> UnitKey? {
    let entries = Dictionary(ledger.map { ($0.unit, $0) }, uniquingKeysWith: { first, _ in first })
    return state.withLock { state in
      state.order.first { state.trails[$0]?.judge(entries[$0]) == .taken }
    }
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
