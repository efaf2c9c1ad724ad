import Replication

package struct VerificationOptions: Sendable {
  /// Source tables to compare; all of them, and then also the target's, when none is named.
  package var tables = TableSelection()
  /// Compare the numbers of rows and nothing else.
  package var countsOnly = false
  /// Differing rows that the report shows for a table at most; all are counted.
  package var limit = 20
  /// Units in flight at most; each has a connection to either side.
  package var workers = 2
  /// Bytes that a unit aims at, in the row format. Large: a range costs a server more than a whole table.
  package var unitBytes = 1 << 30
  /// Bytes that a unit aims at where rows are looked for, in tables that differ.
  package var rowUnitBytes = 64 << 20
  /// Bytes that a worker may use to find the rows in which a unit differs.
  package var memoryBytes = 32 << 20

  package init() {}
}
