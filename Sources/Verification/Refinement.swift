import Databases
import Replication
import Rows
import Runtime

/// Cuts differing tables into smaller units before their rows are compared.
///
/// A scan is fastest in few large units, because a range costs the server more than a whole table. Finding rows is
/// the other way round: all of a unit is read again for every part of it that fits into memory.
struct Refinement: Sendable {
  let source: HeldEndpoint
  let target: HeldEndpoint
  let verification: Verification

  /// The plans and scans by which to find rows: those given, but for differing tables that could be cut finer.
  func refine(
    _ plans: [TablePlan], _ scans: [TableScan]
  ) async -> (plans: [TablePlan], scans: [TableScan]) {
    let planning = TablePlanning(
      source: verification.source, unitBytes: verification.options.rowUnitBytes)
    var finer: [(index: Int, plan: TablePlan)] = []
    for index in plans.indices where scans[index].isEqual == false {
      guard let planned = await planning.plan([plans[index].pair]).first, planned.reason == nil,
        planned.plan.units.count > plans[index].units.count
      else { continue }
      finer.append((index, planned.plan))
    }
    var result = (plans: plans, scans: scans)
    guard !finer.isEmpty else { return result }
    let scan = FingerprintScan(
      source: source, target: target, tables: finer.map(\.plan), verification: verification)
    let seen = await scan.run().tables
    for (position, table) in finer.enumerated() {
      // Otherwise the data has changed, or the finer units cannot be read: the coarser ones will tell.
      guard let total = seen[position].total, total == scans[table.index].total else { continue }
      result.plans[table.index] = table.plan
      result.scans[table.index] = seen[position]
    }
    return result
  }
}
