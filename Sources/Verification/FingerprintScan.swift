import Databases
import Replication
import Rows
import Runtime

/// What was read of one table.
struct TableScan: Sendable {
  /// By the unit's index; nil where the unit could not be read.
  var units: [UnitFingerprints?]
  /// Why not, by the unit's index.
  var failures: [Int: String] = [:]
  /// Nothing more is to be read of it.
  var isGivenUp = false

  init(units: Int) { self.units = Array(repeating: nil, count: units) }

  /// The sums of both sides; nil unless every unit was read.
  var total: UnitFingerprints? {
    var sum = UnitFingerprints(source: Fingerprint(), target: Fingerprint())
    for unit in units {
      guard let unit else { return nil }
      sum.source += unit.source
      sum.target += unit.target
    }
    return sum
  }

  /// The first unit's, so that the same failures always read the same.
  var reason: String? { failures.min { $0.key < $1.key }?.value }

  /// Whether the two sides of the table hold the same rows; nil if that is not known.
  var isEqual: Bool? {
    if units.contains(where: { $0.map { !$0.areEqual } ?? false }) { return false }
    return units.isEmpty || total == nil ? nil : true
  }
}

/// Scans tables on two sides for the fingerprints of their units.
struct FingerprintScan: Sendable {
  let source: HeldEndpoint
  let target: HeldEndpoint
  let tables: [TablePlan]
  let verification: Verification

  private struct Item: Sendable {
    var table: Int
    var unit: WorkUnit
  }

  /// What was seen of each table, and the error that ended the scan early.
  func run() async -> (tables: [TableScan], failure: (any Error)?) {
    let items = tables.enumerated().flatMap { index, table in
      table.units.map { Item(table: index, unit: $0) }
    }
    let results = Guarded(tables.map { TableScan(units: $0.units.count) })
    let pool = WorkerPool(workers: verification.options.workers, stop: verification.stop) {
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
          $0[item.table].isGivenUp = (error as? DatabaseError)?.errorClass != .badRow
        }
        return true
      } _: { item, connections in
        guard !results.withLock({ $0[item.table].isGivenUp }) else { return }
        let seen = try await scan(tables[item.table], item.unit, connections)
        results.withLock { $0[item.table].units[item.unit.key.index] = seen }
      }
    } catch {
      failure = error
    }
    return (results.withLock { $0 }, failure)
  }

  private func scan(
    _ table: TablePlan, _ unit: WorkUnit, _ connections: WorkerConnections
  ) async throws -> UnitFingerprints {
    verification.progress(.unitStarted(unit.key))
    let rows = table.rows(of: unit)
    var (source, target) = (rows.sourceRead, rows.targetRead)
    if verification.options.countsOnly {
      source.keepOne(table.pair.key.first ?? 0)
      target.keepOne(table.pair.key.first ?? 0)
    }
    let bytesPerRow = table.estimatedBytes / max(table.estimatedRows, 1)
    let scan = SideBySide(rows: rows, connections: connections, stop: verification.stop)
    let seen = try await scan.fingerprints(source, target) { [progress = verification.progress] part in
      progress(.moved(rows: part.rows, bytes: part.rows * bytesPerRow))
    }
    verification.progress(.unitFinished(unit.key))
    guard verification.options.countsOnly else { return seen }
    return UnitFingerprints(
      source: Fingerprint(rows: seen.source.rows), target: Fingerprint(rows: seen.target.rows))
  }
}

extension RangeRead {
  /// Reads one column, to count rows.
  fileprivate mutating func keepOne(_ column: Int) {
    columns = [columns[column]]
    key = key.contains(column) ? [0] : []
  }
}

/// What becomes of an error in the middle of a scan.
enum ScanFailure {
  /// Why a table could not be read, as one line; nil for an error that ends the whole verification.
  static func reason(_ error: any Error, table: TablePlan, unit: WorkUnit) -> String? {
    switch error {
    case let error as DatabaseError where error.errorClass != .cancelled:
      var placed = error
      placed.place.table = error.place.table ?? table.pair.source.name.description
      if unit.range != .all { placed.place.unit = error.place.unit ?? "\(unit.key) \(unit.range)" }
      return oneLine(placed.description)
    case is DataChanged: return "the data changed while it was compared"
    default: return nil
    }
  }

  static func oneLine(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: ". ")
  }
}
