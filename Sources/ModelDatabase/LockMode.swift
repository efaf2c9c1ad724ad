/// Modes of locks, from weak to strong, as Gray's granular locking and SQL Server name them; then those
/// that SQL Server takes on whole tables only.
package enum LockMode: Int, Sendable, CaseIterable {
  case intentShared, shared, update, intentExclusive, sharedIntentExclusive, exclusive
  /// Loads into a table without indexes, which go well together and with nothing else.
  case bulkUpdate
  /// The table stays as it is defined; who reads without locks has this one.
  case schemaStability
  case schemaModification

  // Rows and columns in the order of the cases: IS, S, U, IX, SIX, X, BU, Sch-S, Sch-M. As SQL Server
  // publishes them in its "Transaction locking and row versioning guide".
  private static let compatible: [[Bool]] = [
    [true, true, true, true, true, false, false, true, false],
    [true, true, true, false, false, false, false, true, false],
    [true, true, false, false, false, false, false, true, false],
    [true, false, false, true, false, false, false, true, false],
    [true, false, false, false, false, false, false, true, false],
    [false, false, false, false, false, false, false, true, false],
    [false, false, false, false, false, false, true, true, false],
    [true, true, true, true, true, true, true, true, false],
    [false, false, false, false, false, false, false, false, false],
  ]

  // U with IX would be SQL Server's UIX; SIX forbids the same.
  private static let conversions: [[LockMode]] = [
    [.intentShared, .shared, .update, .intentExclusive, .sharedIntentExclusive, .exclusive],
    [.shared, .shared, .update, .sharedIntentExclusive, .sharedIntentExclusive, .exclusive],
    [.update, .update, .update, .sharedIntentExclusive, .sharedIntentExclusive, .exclusive],
    [
      .intentExclusive, .sharedIntentExclusive, .sharedIntentExclusive, .intentExclusive,
      .sharedIntentExclusive, .exclusive,
    ],
    [
      .sharedIntentExclusive, .sharedIntentExclusive, .sharedIntentExclusive, .sharedIntentExclusive,
      .sharedIntentExclusive, .exclusive,
    ],
    [.exclusive, .exclusive, .exclusive, .exclusive, .exclusive, .exclusive],
  ]

  /// Whether two owners can have these at the same time.
  package func isCompatible(with other: LockMode) -> Bool { LockMode.compatible[rawValue][other.rawValue] }

  /// The weakest mode that forbids what either does: what an owner has who has both.
  package func combined(with other: LockMode) -> LockMode {
    if max(rawValue, other.rawValue) <= LockMode.exclusive.rawValue {
      return LockMode.conversions[rawValue][other.rawValue]
    }
    if self == other || other == .schemaStability { return self }
    if self == .schemaStability { return other }
    return self == .schemaModification || other == .schemaModification ? .schemaModification : .exclusive
  }

  /// Who has this mode needs no other lock to have that one.
  package func includes(_ other: LockMode) -> Bool { combined(with: other) == self }

  /// What a lock on rows presupposes on their table.
  package var intent: LockMode {
    switch self {
    case .intentShared, .shared: .intentShared
    case .update, .intentExclusive, .sharedIntentExclusive, .exclusive, .bulkUpdate, .schemaModification:
      .intentExclusive
    case .schemaStability: .schemaStability
    }
  }
}
