import Databases
import Replication
import Rows
import Runtime

/// The rows in which a table differs, of all its units.
struct TableDifferences: Sendable {
  var counts: DifferenceCounts
  var rows: [UInt128: [UInt8]] = [:]
  /// Why a unit's rows could not be compared, by its index.
  var failures: [Int: String] = [:]
  /// Units that were not the same when they were read again: nothing is proven of them.
  var unstable: Set<Int> = []

  init(limit: Int) { counts = DifferenceCounts(limit: limit) }

  var reason: String? { failures.min { $0.key < $1.key }?.value }

  mutating func merge(_ unit: UnitDifferences) {
    counts.missing += unit.counts.missing
    counts.extra += unit.counts.extra
    counts.changed += unit.counts.changed
    for difference in unit.counts.shown { counts.show(difference) }
    rows.merge(unit.rows) { row, _ in row }
    let shown = Set(counts.shown.flatMap { [$0.sourceRow, $0.targetRow].compactMap { $0 } })
    rows = rows.filter { shown.contains($0.key) }
  }
}

/// Finds the differing rows of all units whose fingerprints differ.
struct RowComparison: Sendable {
  let source: HeldEndpoint
  let target: HeldEndpoint
  let tables: [TablePlan]
  let scans: [TableScan]
  let verification: Verification

  private struct Item: Sendable {
    var table: Int
    var unit: WorkUnit
    var seen: UnitFingerprints
  }

  /// What differs in each table, and the error that ended the comparison early.
  func run() async -> (tables: [TableDifferences], failure: (any Error)?) {
    let options = verification.options
    let results = Guarded(tables.map { _ in TableDifferences(limit: options.limit) })
    let items = differingUnits
    let pool = WorkerPool(workers: options.workers, stop: verification.stop) {
      try await HeldEndpoint.connect(source, target)
    }
    var failure: (any Error)?
    do {
      try await pool.run(items) { error, item in
        guard let reason = ScanFailure.reason(error, table: tables[item.table], unit: item.unit) else {
          return false
        }
        results.withLock {
          $0[item.table].failures[item.unit.key.index] = reason
          if error is DataChanged { $0[item.table].unstable.insert(item.unit.key.index) }
        }
        return true
      } _: { item, connections in
        let scan = SideBySide(
          rows: tables[item.table].rows(of: item.unit), connections: connections, stop: verification.stop)
        let diff = UnitDiff(
          scan: scan, expected: item.seen, limit: options.limit, memoryBytes: options.memoryBytes)
        let found = try await diff.run()
        results.withLock { $0[item.table].merge(found) }
      }
    } catch {
      failure = error
    }
    return (results.withLock { $0 }, failure)
  }

  private var differingUnits: [Item] {
    tables.enumerated().flatMap { index, table in
      table.units.compactMap { unit in
        guard let seen = scans[index].units[unit.key.index], !seen.areEqual else { return nil }
        return Item(table: index, unit: unit, seen: seen)
      }
    }
  }
}
