import Databases
import Replication
import Rows
import Runtime

/// A run, as receipts tell it.
package struct RunReceipt: Encodable, Sendable {
  package struct Table: Encodable, Sendable {
    var source: String
    var target: String
    var level: Int
    var created: Bool
    var unitsPlanned: Int
    var unitsDone: Int
    /// Count and checksum of the units that are done.
    var fingerprint: Fingerprint
    var units: [Unit]
  }

  package struct Unit: Encodable, Sendable {
    var index: Int
    var range: String
    var action: UnitReport.Action
    var attempt: Int
    var rowsDeleted: Int
    var rowsRead: Int
    var rowsSent: Int
    var rowsAcknowledged: Int
    var bytes: Int
    var fingerprint: Fingerprint
    var seconds: Double
  }

  var job: String
  var source: String
  var target: String
  var mode: RerunMode
  var startedAt: WallTime
  var finishedAt: WallTime
  var seconds: Double
  var outcome: RunOutcome
  var snapshot: SnapshotVerdict
  var unitsPlanned: Int
  var unitsCopied: Int
  var unitsUnchanged: Int
  var unitsTrusted: Int
  var rowsRead: Int
  var rowsSent: Int
  var rowsAcknowledged: Int
  var rowsDeleted: Int
  var bytes: Int
  var tables: [Table]
  var restored: [String]
  var notes: [String]
  /// What did not go smoothly, and was tried again.
  var retry: RetryReport

  package init(_ report: RunReport) {
    let figures = RunFigures(report)
    job = report.job
    source = report.source
    target = report.target
    mode = report.mode
    startedAt = report.startedAt
    finishedAt = report.finishedAt
    seconds = rounded(report.seconds)
    outcome = report.outcome
    snapshot = report.snapshot
    unitsPlanned = figures.unitsPlanned
    unitsCopied = figures.unitsCopied
    unitsUnchanged = figures.unitsUnchanged
    unitsTrusted = figures.unitsTrusted
    rowsRead = figures.rowsRead
    rowsSent = report.units.reduce(0) { $0 + $1.rowsSent }
    rowsAcknowledged = figures.rowsAcknowledged
    rowsDeleted = figures.rowsDeleted
    bytes = figures.bytes
    tables = report.tables.map { table in
      Table(
        source: table.source.description, target: table.target.description, level: table.level,
        created: table.created, unitsPlanned: table.units, unitsDone: table.unitsDone,
        fingerprint: table.fingerprint,
        units: report.units.filter { $0.unit.table == table.source.description }.map(Unit.init))
    }
    restored = report.restored
    notes = report.notes
    retry = report.retry.tidied
  }
}

extension RunReceipt.Unit {
  init(_ unit: UnitReport) {
    index = unit.unit.index
    range = unit.range.description
    action = unit.action
    attempt = unit.attempt
    rowsDeleted = unit.rowsDeleted
    rowsRead = unit.rowsRead
    rowsSent = unit.rowsSent
    rowsAcknowledged = unit.rowsAcknowledged
    bytes = unit.bytes
    fingerprint = unit.fingerprint
    seconds = rounded(unit.seconds)
  }
}

/// A run's sums.
package struct RunFigures: Sendable, Equatable {
  package var unitsPlanned: Int
  package var unitsCopied: Int
  package var unitsUnchanged: Int
  package var unitsTrusted: Int
  package var rowsRead: Int
  package var rowsAcknowledged: Int
  package var rowsDeleted: Int
  /// Rows of all units that are done, whatever was done to them.
  package var rowsDone: Int
  package var bytes: Int

  package init(_ report: RunReport) {
    func units(_ action: UnitReport.Action) -> Int { report.units.count { $0.action == action } }
    unitsPlanned = report.tables.reduce(0) { $0 + $1.units }
    unitsCopied = units(.copied)
    unitsUnchanged = units(.unchanged)
    unitsTrusted = units(.trusted)
    rowsRead = report.units.reduce(0) { $0 + $1.rowsRead }
    rowsAcknowledged = report.units.reduce(0) { $0 + $1.rowsAcknowledged }
    rowsDeleted = report.units.reduce(0) { $0 + $1.rowsDeleted }
    rowsDone = report.units.reduce(0) { $0 + $1.fingerprint.rows }
    bytes = report.units.reduce(0) { $0 + $1.bytes }
  }

  package var unitsDone: Int { unitsCopied + unitsUnchanged + unitsTrusted }
}
