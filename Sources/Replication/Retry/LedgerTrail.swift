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

  /// `found` is the entry before this run's first attempt.
  package init(found: LedgerEntry) { self.found = found }

  /// To be told before a write whose outcome may become unknown.
  package mutating func mayHaveWritten(_ entry: LedgerEntry) { written.append(entry) }

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
  private let trails = Guarded<[UnitKey: LedgerTrail]>([:])

  func follow(_ entry: LedgerEntry) {
    trails.withLock { $0[entry.unit] = LedgerTrail(found: entry) }
  }

  func mayHaveWritten(_ entry: LedgerEntry) {
    trails.withLock { $0[entry.unit]?.mayHaveWritten(entry) }
  }

  func judge(_ unit: UnitKey, in ledger: [LedgerEntry]) -> LedgerTrail.Finding {
    let entry = ledger.first { $0.unit == unit }
    return trails.withLock { $0[unit]?.judge(entry) ?? .taken }
  }

  /// The first entry that this run cannot have written.
  func foreign(in ledger: [LedgerEntry]) -> UnitKey? {
    trails.withLock { trails in
      ledger.first { entry in trails[entry.unit].map { $0.judge(entry) == .taken } ?? false }?.unit
    }
  }
}
