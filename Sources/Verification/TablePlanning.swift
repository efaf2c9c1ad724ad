import Databases
import Replication

/// A table and its units; none, with the reason, if it cannot be compared at all.
struct PlannedTable: Sendable {
  var plan: TablePlan
  var reason: String?
}

/// Cuts each table into units. A table for which the source will not say where to cut is unverified, and
/// the others go on.
struct TablePlanning: Sendable {
  let source: any Endpoint
  let unitBytes: Int

  func plan(_ pairs: [TablePair]) async -> [PlannedTable] {
    // Not the connection that holds the snapshot: an error would end that.
    var connection: (any Connection)?
    var planned: [PlannedTable] = []
    for pair in pairs {
      guard !pair.columns.isEmpty else {
        planned.append(empty(pair, "no column of it can be compared"))
        continue
      }
      do {
        let open = if let connection { connection } else { try await source.connect(.read) }
        connection = open
        planned.append(PlannedTable(plan: try await plan(pair, on: open)))
      } catch {
        await connection?.close()
        connection = nil
        planned.append(empty(pair, ScanFailure.oneLine("\(error)")))
      }
    }
    await connection?.close()
    return planned
  }

  private func plan(_ pair: TablePair, on connection: any Connection) async throws -> TablePlan {
    var pair = pair
    // Cut by the key or not at all: by another unique column, a row whose value there has changed would be
    // missing from one unit and extra in the next.
    if !pair.key.isEmpty { pair.source.indexes = [] }
    var planning = ReplicationOptions()
    planning.unitBytes = unitBytes
    let planner = Planner(source: connection, sourceName: source.name, options: planning)
    guard let plan = try await planner.plan([pair], ledger: []).first else {
      preconditionFailure("a pair of tables has a plan")
    }
    return plan
  }

  private func empty(_ pair: TablePair, _ reason: String) -> PlannedTable {
    PlannedTable(
      plan: TablePlan(
        pair: pair, level: 0, rangeColumn: nil, estimatedRows: 0, estimatedBytes: 0, units: []),
      reason: reason)
  }
}
