import Databases

/// What a connection is about to do: where a fault can strike.
///
/// The wrapper round a connection makes moments of calls, the proxy makes them of messages, and a plan cannot tell
/// which: that is why the same plan does the same in both.
package enum Operation: String, Sendable, Hashable, CaseIterable, Codable {
  case connect
  /// Reading catalogs: tables, obstacles, cuts.
  case catalog
  case snapshot
  /// Taking the job's lock.
  case fence
  /// Beginning a read, and each of its batches.
  case read
  case begin
  case delete
  /// Beginning a write, each of its batches, and the server's acknowledgement at its end.
  case write, acknowledge
  /// Reading or writing the ledger.
  case ledger
  /// Creating tables, putting aside and restoring, aligning identities.
  case prepare
  case commit, rollback
  /// Any other statement; only the wire has some.
  case statement

  /// What a `duplicate` can strike.
  package static let repeatable: Set<Operation> = [
    .fence, .delete, .write, .ledger, .prepare, .commit, .rollback,
  ]
}

/// A place where a fault can strike.
package struct Moment: Sendable, Hashable, Codable {
  package var side: Side
  package var operation: Operation
  /// The table's name without its schema, as its database spells it. Reads and deletes, writes and their
  /// acknowledgement have one; a commit or rollback has the table whose rows its transaction touched last, if any.
  /// A wrapper knows it in some catalog and prepare calls too. The ledger has none: its moments have units.
  package var table: String?
  /// `Votes#3`: the unit that the connection claimed last. Only connections to the target know it.
  package var unit: String?
  /// In a read or write: which batch, from 1; nil for beginning it. On the wire a batch is a mebibyte of the stream.
  package var batch: Int?
  /// In a read or write: bytes of rows that went before this moment, since the read or write began.
  package var offset: Int?
  /// Bytes of rows that this moment moves.
  package var bytes: Int?
  /// The SQL, on the wire.
  package var statement: String?

  package init(
    side: Side, operation: Operation, table: String? = nil, unit: String? = nil, batch: Int? = nil,
    offset: Int? = nil, bytes: Int? = nil, statement: String? = nil
  ) {
    self.side = side
    self.operation = operation
    self.table = table
    self.unit = unit
    self.batch = batch
    self.offset = offset
    self.bytes = bytes
    self.statement = statement
  }
}
