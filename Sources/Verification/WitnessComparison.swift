import Databases
import Replication
import Rows
import Runtime

/// What the witness said, for each table of the comparison.
struct WitnessOutcome: Sendable {
  var endpoint: VerifiedEndpoint
  var tables: [WitnessSummary]
  var stopped = false
}

/// Asks a third witness, who knows what the source was given.
struct WitnessComparison: Sendable {
  let source: HeldEndpoint
  let target: HeldEndpoint
  /// What was compared between source and target, and what was seen.
  let tables: [TablePlan]
  let scans: [TableScan]
  let witnesses: [TableSchema]
  let verification: Verification

  func run(_ endpoint: any Endpoint) async -> WitnessOutcome {
    do {
      let witness = try await HeldEndpoint.hold(endpoint)
      let (summaries, stopped) = await compare(with: witness)
      return WitnessOutcome(endpoint: await witness.release(), tables: summaries, stopped: stopped)
    } catch {
      let side = VerifiedEndpoint(name: endpoint.name, engine: endpoint.engine, snapshot: .unknown)
      let reason = ScanFailure.oneLine("\(error)")
      return WitnessOutcome(endpoint: side, tables: tables.map { _ in WitnessComparison.unverified(reason) })
    }
  }

  private static func unverified(_ reason: String) -> WitnessSummary {
    WitnessSummary(testimony: .unverified, summary: SideSummary(), reason: reason)
  }

  private func compare(with witness: HeldEndpoint) async -> (summaries: [WitnessSummary], stopped: Bool) {
    // Witness and source are compared in types of their own: what the pairing with the target makes of a
    // type need not hold the witness's.
    let withSource = pairs { ($0.source, $0.columns.map(\.source.name)) }
    let (seen, failure) = await scan(source, witness, withSource.map(\.plan))
    let isPuzzling = tables.indices.map { scans[$0].isEqual == false && seen[$0].isEqual == false }
    var withTarget = pairs { ($0.target, $0.columns.map(\.target.name)) }
    for index in tables.indices where !isPuzzling[index] { withTarget[index].plan.units = [] }
    let (second, secondFailure) =
      isPuzzling.contains(true) && failure == nil
      ? await scan(target, witness, withTarget.map(\.plan))
      : (tables.map { TableScan(units: $0.units.count) }, nil)
    let summaries = tables.indices.map { index in
      if let reason = withSource[index].reason ?? seen[index].reason {
        return WitnessComparison.unverified(reason)
      }
      guard let total = seen[index].total else {
        return WitnessComparison.unverified(
          failure.map { ScanFailure.oneLine("\($0)") } ?? "the witness was not read to its end")
      }
      let testimony = testimony(
        sourceTarget: scans[index].isEqual, sourceWitness: seen[index].isEqual,
        targetWitness: isPuzzling[index] ? second[index].isEqual : nil)
      let fingerprint = verification.options.countsOnly ? nil : total.target
      return WitnessSummary(
        testimony: testimony, summary: SideSummary(rows: total.target.rows, fingerprint: fingerprint),
        reason: testimony == .unverified ? "source and target could not be compared" : nil)
    }
    return (summaries, verification.stop.isRequested && (failure ?? secondFailure) != nil)
  }

  private func testimony(sourceTarget: Bool?, sourceWitness: Bool?, targetWitness: Bool?) -> Testimony {
    switch (sourceTarget, sourceWitness) {
    case (true, true): .allAgree
    case (true, false): .witnessDiffers
    case (false, true): .targetDiffers
    case (false, false):
      targetWitness == true ? .sourceDiffers : targetWitness == false ? .allDiffer : .unverified
    default: .unverified
    }
  }

  private func scan(
    _ left: HeldEndpoint, _ right: HeldEndpoint, _ plans: [TablePlan]
  ) async -> (tables: [TableScan], failure: (any Error)?) {
    await FingerprintScan(source: left, target: right, tables: plans, verification: verification).run()
  }

  /// Each table with the witness's, as one unit; without units and with a reason where there is no comparison.
  private func pairs(
    _ side: (TablePair) -> (table: TableSchema, columns: [String])
  ) -> [PlannedTable] {
    tables.map { plan in
      let (table, columns) = side(plan.pair)
      var planned = PlannedTable(
        plan: TablePlan(
          pair: plan.pair, level: 0, rangeColumn: nil, estimatedRows: plan.estimatedRows,
          estimatedBytes: plan.estimatedBytes, units: []))
      do {
        guard let pair = try Planner.match([table], witnesses).pairs.first else {
          planned.reason = "the witness has no table \(table.name)"
          return planned
        }
        planned.plan.pair = pair
        let known = Set(pair.columns.map(\.source.name))
        guard let unknown = columns.first(where: { !known.contains($0) }) else {
          planned.plan.units = [WorkUnit(key: UnitKey(table: table.name.description, index: 0), range: .all)]
          return planned
        }
        planned.reason = "the witness cannot be compared in column \(unknown)"
      } catch {
        planned.reason = ScanFailure.oneLine("\(error)")
      }
      return planned
    }
  }
}
