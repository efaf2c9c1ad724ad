import Databases
import Replication
import Rows

/// Puts together what was seen of a table, and decides.
struct TableAssembly {
  let planned: PlannedTable
  let scan: TableScan
  let differences: TableDifferences
  let witness: WitnessSummary?
  /// What ended the whole verification early.
  let failure: String?
  let options: VerificationOptions

  func report() -> TableVerification {
    let plan = planned.plan
    let counts = differences.counts
    let total = planned.reason == nil ? scan.total : nil
    let schema = SchemaComparison.findings(plan.pair)
    let reason = self.reason(schema)
    let rows = counts.shown.compactMap { DifferingRow($0, rows: differences.rows) }
    return TableVerification(
      sourceName: plan.pair.source.name, targetName: plan.pair.target.name, verdict: verdict(schema, reason),
      reason: reason, key: plan.pair.key.map { plan.pair.columns[$0].source.name }, schema: schema,
      units: plan.units.count, source: side(total?.source), target: side(total?.target), witness: witness,
      missingRows: counts.missing, extraRows: counts.extra, changedRows: counts.changed,
      rows: RowRendering(pair: plan.pair).render(rows))
  }

  private func side(_ fingerprint: Fingerprint?) -> SideSummary {
    SideSummary(rows: fingerprint?.rows, fingerprint: options.countsOnly ? nil : fingerprint)
  }

  private func verdict(_ schema: [SchemaFinding], _ reason: String?) -> Verdict {
    // Fingerprints that differ are proof enough, unless the data was changing.
    let rowsDiffer = scan.units.indices.contains { unit in
      scan.units[unit].map { !$0.areEqual } ?? false && !differences.unstable.contains(unit)
    }
    if rowsDiffer || schema.contains(where: { $0.severity == .difference }) { return .different }
    switch witness?.testimony {
    case .targetDiffers, .sourceDiffers, .witnessDiffers, .allDiffer: return .different
    case .allAgree, .unverified, nil: return reason == nil ? .equal : .unverified
    }
  }

  /// Why something could not be checked: the first reason, of those that make the others moot.
  private func reason(_ schema: [SchemaFinding]) -> String? {
    if let reason = planned.reason ?? scan.reason { return reason }
    if scan.total == nil { return failure ?? "not all of it was read" }
    if let reason = differences.reason { return reason }
    let found = differences.counts.missing + differences.counts.extra + differences.counts.changed
    if !options.countsOnly, scan.isEqual == false, found == 0 {
      return failure ?? "its rows differ and were not compared one by one"
    }
    if let finding = schema.first(where: { $0.severity == .unverified }) { return finding.message }
    if let witness, witness.testimony == .unverified { return witness.reason ?? witness.testimony.sentence }
    return nil
  }
}
