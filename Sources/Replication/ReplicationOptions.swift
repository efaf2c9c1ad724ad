/// What a run does with units that the ledger calls done.
package enum RerunMode: String, Sendable, Codable {
  /// Reads both sides again, and copies a unit anew unless source, target and ledger agree.
  case verify
  /// Believes the ledger: goes on where an interrupted run ended, without reading what is done.
  case resume
  /// Forgets the ledger: plans anew and copies everything.
  case fresh
}

package struct ReplicationOptions: Sendable {
  /// Tables to copy; all of them when none is named.
  package var tables = TableSelection()
  /// Units in flight at most; an engine that has one writer gets one.
  package var workers = 2
  package var names = NameStyle.keep
  package var mode = RerunMode.verify
  /// Bytes that a unit aims at, in the row format: seldom more than a second's work, so that writers end together
  /// and an attempt that fails costs little.
  package var unitBytes = 8 << 20
  /// A transaction is committed when it holds this many bytes; the unit stays 'begun' until its last.
  package var transactionBytes = 512 << 20
  /// Bytes that wait between a unit's reader and its writer.
  package var channelBytes = 4 << 20
  /// Copy into columns that are narrower than the source's; every value is checked as it is written.
  package var allowNarrower = false

  /// What happens after an error that may pass.
  package var retry = RetryPolicy.standard
  /// Where the jitter of its waits comes from.
  package var seed: UInt64 = 2010

  package init() {}

  /// More units than this help nobody, and the plan is kept in the ledger.
  package static let maximumUnitsPerTable = 10_000
}
