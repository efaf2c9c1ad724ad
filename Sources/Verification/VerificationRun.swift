import Databases
import Replication
import Rows
import Runtime

/// One run of a verification, from the catalogs to the report.
struct VerificationRun: Sendable {
  let verification: Verification
  private let started: Duration
  private let startedAt: WallTime

  init(_ verification: Verification) {
    self.verification = verification
    started = verification.time.now
    startedAt = verification.time.wallClock
  }

  /// What there is to compare.
  private struct Scope {
    var pairs: [TablePair] = []
    var missing: [TableName] = []
    var extra: [TableName] = []
    /// The chosen tables of the source, and what the witness has.
    var sources: [TableSchema] = []
    var witnesses: [TableSchema] = []
  }

  func report() async throws -> VerificationReport {
    verification.progress(.phase("plan"))
    let scope = try await scope()
    let source = try await HeldEndpoint.hold(verification.source)
    let target: HeldEndpoint
    do { target = try await HeldEndpoint.hold(verification.target) } catch {
      _ = await source.release()
      throw error
    }
    return await report(scope, source, target)
  }

  private func scope() async throws -> Scope {
    let sources = try await catalog(of: verification.source)
    let targets = try await catalog(of: verification.target)
    var scope = Scope()
    if let witness = verification.witness { scope.witnesses = try await catalog(of: witness) }
    scope.sources = try verification.options.tables.choose(from: sources, endpoint: verification.source.name)
    let (pairs, missing) = try Planner.match(scope.sources, among: sources, targets)
    scope.pairs = scope.sources.compactMap { table in pairs.first { $0.source.name == table.name } }
    scope.missing = missing.map(\.name)
    if verification.options.tables.names.isEmpty {
      scope.extra = targets.map(\.name).filter { name in !pairs.contains { $0.target.name == name } }
    }
    return scope
  }

  private func catalog(of endpoint: any Endpoint) async throws -> [TableSchema] {
    let connection = try await endpoint.connect(.read)
    do {
      let tables = try await connection.tables()
      await connection.close()
      return tables
    } catch {
      await connection.close()
      throw error
    }
  }

  private func report(
    _ scope: Scope, _ source: HeldEndpoint, _ target: HeldEndpoint
  ) async -> VerificationReport {
    let planning = TablePlanning(
      source: verification.source, unitBytes: verification.options.unitBytes)
    let planned = await planning.plan(scope.pairs)
    let plans = planned.map(\.plan)
    verification.progress(
      .planned(
        units: plans.reduce(0) { $0 + $1.units.count },
        estimatedRows: plans.reduce(0) { $0 + $1.estimatedRows },
        estimatedBytes: plans.reduce(0) { $0 + $1.estimatedBytes }))

    verification.progress(.phase("compare"))
    var (scans, failure) = await FingerprintScan(
      source: source, target: target, tables: plans, verification: verification
    ).run()
    var differences = plans.map { _ in TableDifferences(limit: verification.options.limit) }
    if failure == nil, !verification.options.countsOnly {
      verification.progress(.phase("find rows"))
      let refinement = Refinement(source: source, target: target, verification: verification)
      let finer = await refinement.refine(plans, scans)
      scans = finer.scans
      (differences, failure) = await RowComparison(
        source: source, target: target, tables: finer.plans, scans: scans, verification: verification
      ).run()
    }
    var witness: WitnessOutcome?
    if let endpoint = verification.witness {
      verification.progress(.phase("witness"))
      witness = await WitnessComparison(
        source: source, target: target, tables: plans, scans: scans, witnesses: scope.witnesses,
        verification: verification
      ).run(endpoint)
    }

    let tables = planned.indices.map { index in
      TableAssembly(
        planned: planned[index], scan: scans[index], differences: differences[index],
        witness: witness?.tables[index], failure: failure.map { ScanFailure.oneLine("\($0)") },
        options: verification.options
      ).report()
    }
    return summary(
      scope, tables, source: await source.release(), target: await target.release(), witness: witness,
      stopped: verification.stop.isRequested && failure != nil || witness?.stopped ?? false)
  }

  private func summary(
    _ scope: Scope, _ tables: [TableVerification], source: VerifiedEndpoint, target: VerifiedEndpoint,
    witness: WitnessOutcome?, stopped: Bool
  ) -> VerificationReport {
    var reasons: [String] = []
    if tables.isEmpty, scope.missing.isEmpty, scope.extra.isEmpty {
      reasons.append("nothing was compared: neither side has a table")
    }
    for side in [source, target, witness?.endpoint].compactMap({ $0 }) where side.snapshot == .changed {
      reasons.append("\(side.name) was written to while it was read; verify again when nobody writes")
    }
    var verdicts = tables.map(\.verdict)
    verdicts += (scope.missing + scope.extra).map { _ in .different }
    verdicts += reasons.map { _ in .unverified }
    return VerificationReport(
      verdict: .combined(verdicts), countsOnly: verification.options.countsOnly, stopped: stopped,
      source: source, target: target, witness: witness?.endpoint, startedAt: startedAt,
      finishedAt: verification.time.wallClock, seconds: (verification.time.now - started).seconds,
      tables: tables, missingTables: scope.missing, extraTables: scope.extra, reasons: reasons)
  }
}
