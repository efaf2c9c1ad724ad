import Databases
import Rows

/// One key range of one table: deleted before it is inserted, retried, recorded and verified as one.
package struct WorkUnit: Hashable, Sendable, Codable {
  package var key: UnitKey
  package var range: KeyRange

  package init(key: UnitKey, range: KeyRange) {
    self.key = key
    self.range = range
  }
}

/// A table's part of the plan.
package struct TablePlan: Hashable, Sendable, Codable {
  package var pair: TablePair
  /// Distance from the tables that reference nothing.
  package var level: Int
  /// The range column by position in `pair.columns`; nil when the table is one unit.
  package var rangeColumn: Int?
  package var estimatedRows: Int
  package var estimatedBytes: Int
  package var units: [WorkUnit]

  package init(
    pair: TablePair, level: Int, rangeColumn: Int?, estimatedRows: Int, estimatedBytes: Int, units: [WorkUnit]
  ) {
    self.pair = pair
    self.level = level
    self.rangeColumn = rangeColumn
    self.estimatedRows = estimatedRows
    self.estimatedBytes = estimatedBytes
    self.units = units
  }

  package func rows(of unit: WorkUnit) -> PairRange {
    PairRange(pair: pair, column: unit.range == .all ? nil : rangeColumn, range: unit.range)
  }
}

/// What a job will do, made before the first row moves.
package struct Plan: Sendable {
  package var source: String
  package var target: String
  /// Names the job in the ledger: the same source and target are the same job.
  package var job: String
  package var tables: [TablePlan]
  /// What the target cannot be given, and what the user should know, as sentences.
  package var notes: [String] = []

  package init(source: String, target: String, job: String, tables: [TablePlan]) {
    self.source = source
    self.target = target
    self.job = job
    self.tables = tables
  }

  package var units: Int { tables.reduce(0) { $0 + $1.units.count } }
  package var estimatedRows: Int { tables.reduce(0) { $0 + $1.estimatedRows } }
  package var estimatedBytes: Int { tables.reduce(0) { $0 + $1.estimatedBytes } }
  package var levels: Int { (tables.map(\.level).max() ?? -1) + 1 }
}
