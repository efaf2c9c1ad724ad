import Databases
import Rows
import Runtime

/// What happened to one unit.
package struct UnitReport: Sendable, Codable, Equatable {
  package enum Action: String, Sendable, Codable {
    /// Deleted and inserted.
    case copied
    /// Source, target and ledger agreed: nothing was written.
    case unchanged
    /// The ledger said done, and `--resume` believed it.
    case trusted
  }

  package var unit: UnitKey
  package var range: KeyRange
  package var action: Action
  package var attempt: Int
  /// Rows that the delete removed before the insert.
  package var rowsDeleted: Int
  /// Rows read from the source, handed to the target's client library, and acknowledged by its server.
  package var rowsRead: Int
  package var rowsSent: Int
  package var rowsAcknowledged: Int
  package var bytes: Int
  package var fingerprint: Fingerprint
  package var seconds: Double
}

/// How a run ended.
package enum RunOutcome: String, Sendable, Codable {
  case done
  /// Stopped on request; the ledger is true and a rerun goes on.
  case stopped
  case failed
}

/// Everything that a run did: the content of its receipt.
package struct RunReport: Sendable, Codable {
  package var job: String
  package var source: String
  package var target: String
  package var mode: RerunMode
  package var startedAt: WallTime
  package var finishedAt: WallTime
  package var seconds: Double
  package var outcome: RunOutcome
  package var failure: RunFailure?
  package var snapshot: SnapshotVerdict
  package var tables: [TableReport]
  package var units: [UnitReport]
  /// Indexes, constraints and triggers brought back at the end, also those that an earlier run had put aside.
  package var restored: [String]
  package var notes: [String]
  /// What did not go smoothly, and was tried again.
  package var retry: RetryReport
}

package struct TableReport: Sendable, Codable {
  package var source: TableName
  package var target: TableName
  package var level: Int
  package var created: Bool
  /// Units and rows of the whole table, whatever was done to them; rows only when all units are done.
  package var units: Int
  package var unitsDone: Int
  package var fingerprint: Fingerprint
}

package struct RunFailure: Sendable, Codable {
  package var message: String
  package var remedy: String?
  package var database: DatabaseError?
  package var kind: JobError.Kind?

  package init(_ error: any Error) {
    switch error {
    case let error as DatabaseError:
      database = error
      message = error.description
    case let error as JobError:
      kind = error.kind
      message = error.message
      remedy = error.remedy
    default: message = "\(error)"
    }
  }
}
