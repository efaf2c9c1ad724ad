import Databases
import Replication

/// A bug planted between the engine and its databases, which the simulation has to find: what shows that it can.
package enum Canary: String, Sendable, CaseIterable {
  /// The ledger is written after the rows were committed, in a transaction of its own.
  case ledgerOutsideTransaction = "ledger-outside-transaction"
  /// After a failure the transaction stays open, and what it did is committed with the next unit.
  case retryWithoutRollback = "retry-without-rollback"
  /// A range is read without the row at its beginning.
  case rangeOpenBelow = "range-open-below"
  /// A delete takes the first row of the next range with it.
  case deleteTooFar = "delete-too-far"
  /// Rows whose range column is NULL belong to nobody.
  case nullForgotten = "null-forgotten"
  /// A unit is claimed and recorded whoever has it now.
  case fenceNotChecked = "fence-not-checked"
  /// A commit without an answer is taken for a failure, and its rows are sent once more.
  case lostCommitRepeated = "lost-commit-repeated"
  /// A batch gets lost, and the count of the server is not the one that is compared.
  case receivedNotCompared = "received-not-compared"
  /// Indexes are reported as restored, and are not.
  case notRestored = "not-restored"
  /// What the job puts aside stays where it is.
  case notPutAside = "not-put-aside"
  /// Workers read whatever the source holds by then.
  case snapshotNotJoined = "snapshot-not-joined"
  /// Old rows are not deleted.
  case deleteForgotten = "delete-forgotten"
  /// A batch is sent twice, and counted once.
  case batchSentTwice = "batch-sent-twice"
  /// A later run does not see what the ledger says by now.
  case ledgerStale = "ledger-stale"
  /// An error in the middle of a read is taken for its end.
  case errorTakenForEnd = "error-taken-for-end"
  /// A unit that is committed in steps is called done after the first.
  case doneTooEarly = "done-too-early"
  /// Long transactions are committed in between, without the ledger.
  case splitTransaction = "split-transaction"
  /// A reader fetches all of its range before the writer takes the first batch.
  case readAhead = "read-ahead"
  /// Every error is retried.
  case permanentRetried = "permanent-retried"
  /// A finished unit is not read again, but taken for what the ledger says.
  case checkBelievesLedger = "check-believes-ledger"
  /// The second opinion reads the source twice.
  case verifiesSourceTwice = "verifies-source-twice"

  /// The endpoint with the bug in it. `memory` outlives processes.
  func planted(in endpoint: any Endpoint, memory: CanaryMemory) -> any Endpoint {
    SabotagedEndpoint(base: endpoint, canary: self, memory: memory)
  }
}

/// A database behind a bug.
struct SabotagedEndpoint: ForwardingEndpoint {
  let base: any Endpoint
  let canary: Canary
  let memory: CanaryMemory

  func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    let connection = try await base.connect(access)
    switch canary {
    case .ledgerOutsideTransaction: return LedgerOutsideTransaction(connection)
    case .retryWithoutRollback: return RetryWithoutRollback(connection)
    case .rangeOpenBelow: return RangeOpenBelow(connection)
    case .deleteTooFar: return DeleteTooFar(connection)
    case .nullForgotten: return NullForgotten(connection)
    case .fenceNotChecked: return FenceNotChecked(connection)
    case .lostCommitRepeated: return LostCommitRepeated(connection, base)
    case .receivedNotCompared: return ReceivedNotCompared(connection)
    case .notRestored: return NotRestored(connection)
    case .notPutAside: return NotPutAside(connection)
    case .snapshotNotJoined: return SnapshotNotJoined(connection)
    case .deleteForgotten: return DeleteForgotten(connection)
    case .batchSentTwice: return BatchSentTwice(connection)
    case .ledgerStale: return LedgerStale(connection, memory)
    case .errorTakenForEnd: return ErrorTakenForEnd(connection)
    case .doneTooEarly: return DoneTooEarly(connection)
    case .splitTransaction: return SplitTransaction(connection)
    case .readAhead: return ReadAhead(connection)
    case .permanentRetried: return PermanentRetried(connection)
    case .checkBelievesLedger: return CheckBelievesLedger(connection, memory)
    case .verifiesSourceTwice: return connection
    }
  }
}
