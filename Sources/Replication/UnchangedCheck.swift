import Databases
import Rows
import Runtime

/// Decides whether a unit that the ledger calls done still is: both sides are read anew and must agree with it.
struct UnchangedCheck: Sendable {
  let table: TablePlan
  let unit: WorkUnit
  let entry: LedgerEntry
  let run: RunContext

  /// The report of an unchanged unit; nil if it has to be copied again.
  func run(on connections: WorkerConnections) async throws -> UnitReport? {
    let started = run.time.now
    let rows = table.rows(of: unit)
    let bytesPerRow = table.estimatedBytes / max(table.estimatedRows, 1)
    async let source = scan(rows.sourceRead, on: connections.source, .source) { part in
      run.progress(.moved(rows: part.rows, bytes: part.rows * bytesPerRow))
    }
    let target = try await scan(rows.targetRead, on: connections.target, .target) { _ in }
    guard try await source == entry.fingerprint, target == entry.fingerprint else { return nil }
    run.progress(.unitFinished(unit.key))
    return UnitReport(
      unit: unit.key, range: unit.range, action: .unchanged, attempt: entry.attempt, rowsDeleted: 0,
      rowsRead: 0,
      rowsSent: 0, rowsAcknowledged: 0, bytes: 0, fingerprint: entry.fingerprint,
      seconds: (run.time.now - started).seconds)
  }

  /// Nil when a value cannot be read as the plan's type: such a unit is not unchanged, and the copy will say why.
  private func scan(
    _ read: RangeRead, on connection: any Connection, _ side: Side, progress: (Fingerprint) -> Void
  ) async throws -> Fingerprint? {
    do {
      return try await connection.fingerprint(of: read, progress: progress)
    } catch {
      guard error.errorClass == .badRow else { throw UnitFailure(side, error) }
      do { try await connection.closeRead() } catch { throw UnitFailure(side, error) }
      return nil
    }
  }
}
