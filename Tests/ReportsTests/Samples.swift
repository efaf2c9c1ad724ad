import Databases
import Rows
import Runtime

@testable import Replication

/// Reports with made-up figures.
enum Samples {
  static func unit(
    _ table: String, _ index: Int, _ action: UnitReport.Action, rows: Int, range: KeyRange = .all
  ) -> UnitReport {
    let moved = action == .copied ? rows : 0
    return UnitReport(
      unit: UnitKey(table: table, index: index), range: range, action: action, attempt: 1, rowsDeleted: 0,
      rowsRead: moved, rowsSent: moved, rowsAcknowledged: moved, bytes: moved * 100,
      fingerprint: Fingerprint(rows: rows, sum: UInt128(rows)), seconds: 0.25)
  }

  static func run(
    _ units: [UnitReport], planned: [(table: String, units: Int)], mode: RerunMode = .verify,
    outcome: RunOutcome = .done, failure: RunFailure? = nil,
    retry: RetryReport = RetryReport(policy: "default")
  ) -> RunReport {
    RunReport(
      job: "00ff", source: "sqlite:a.db", target: "sqlite:b.db", mode: mode,
      startedAt: WallTime(seconds: 0), finishedAt: WallTime(seconds: 2), seconds: 2.00049, outcome: outcome,
      failure: failure, snapshot: .consistent,
      tables: planned.map { table in
        let own = units.filter { $0.unit.table == table.table }
        return TableReport(
          source: TableName(name: table.table), target: TableName(name: table.table), level: 0, created: true,
          units: table.units, unitsDone: own.count,
          fingerprint: own.reduce(Fingerprint()) { $0 + $1.fingerprint })
      }, units: units, restored: [], notes: [], retry: retry)
  }
}
