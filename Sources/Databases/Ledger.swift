import Rows

/// What the ledger knows of a unit.
package enum UnitState: String, Sendable, Codable {
  /// Part of the plan; nothing was done.
  case planned
  /// An attempt has begun; rows of the range may be there, partly.
  case begun
  /// Rows and fingerprint were committed together.
  case done
}

/// Names a unit within a job.
package struct UnitKey: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The source table's name: it stays the same however the target is named.
  package var table: String
  /// Position in the table's plan, from 0.
  package var index: Int

  package init(table: String, index: Int) {
    self.table = table
    self.index = index
  }

  package var description: String { "\(table)#\(index)" }
}

/// One row of the ledger, the table in the target that commits with the rows it speaks of.
package struct LedgerEntry: Hashable, Sendable {
  package var unit: UnitKey
  package var range: KeyRange
  package var state: UnitState
  /// Grows by one with each attempt at the unit. Only the attempt that holds this number may commit rows.
  package var attempt: Int
  package var fingerprint: Fingerprint
  /// Names the columns and types that the fingerprint is of; another signature makes it worthless.
  package var signature: String
  /// When the entry was written, ISO 8601 UTC, by the job's clock.
  package var updated: String

  package init(
    unit: UnitKey, range: KeyRange, state: UnitState = .planned, attempt: Int = 0,
    fingerprint: Fingerprint = Fingerprint(), signature: String, updated: String
  ) {
    self.unit = unit
    self.range = range
    self.state = state
    self.attempt = attempt
    self.fingerprint = fingerprint
    self.signature = signature
    self.updated = updated
  }
}

extension LedgerEntry {
  /// What a driver says to an attempt that is not the ledger's: more it cannot know.
  package static func replaced(_ unit: UnitKey, attempt: Int) -> String {
    "the ledger does not have attempt \(attempt) of unit \(unit) any more"
  }
  package static let replacedRemedy =
    "See that no other run of this job is active, then run it again: what is done and still there is not copied twice."
}

/// An index, constraint or trigger that slows a load or forbids it, and how to bring it back.
package struct Obstacle: Hashable, Sendable, Codable {
  /// In the order in which they are restored.
  package enum Kind: Int, Sendable, Codable {
    case uniqueKey, index, foreignKey, trigger, check
  }

  package var table: TableName
  package var kind: Kind
  package var name: String
  /// The engine's statements. `removal` is empty for what a new table is to have after its load.
  package var removal: String
  package var restoration: String

  package init(table: TableName, kind: Kind, name: String, removal: String, restoration: String) {
    self.table = table
    self.kind = kind
    self.name = name
    self.removal = removal
    self.restoration = restoration
  }
}

/// The names of Proofload's own tables in a target. No catalog lists them.
package enum LedgerTables {
  package static let units = "proofload_ledger"
  package static let putAside = "proofload_put_aside"
  package static let all = [units, putAside]
}
