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

  func report() async throws -> VerificationReport {
    let sources = try await catalog(of: verification.source)
    let targets = try await catalog(of: verification.target)
    let chosen = try verification.options.tables.choose(from: sources, endpoint: verification.source.name)
    let (pairs, missing) = try Planner.match(chosen, targets)
    let tables = pairs.map { pair in
      TableVerification(
        sourceName: pair.source.name, targetName: pair.target.name, verdict: .unverified,
        reason: "its rows were not compared", key: pair.key.map { pair.columns[$0].source.name }, schema: [],
        units: 0, source: SideSummary(), target: SideSummary(), missingRows: 0, extraRows: 0, changedRows: 0,
        rows: [])
    }
    return VerificationReport(
      verdict: missing.isEmpty ? .unverified : .different, countsOnly: verification.options.countsOnly,
      stopped: false, source: side(verification.source), target: side(verification.target),
      startedAt: startedAt, finishedAt: verification.time.wallClock,
      seconds: (verification.time.now - started).seconds, tables: tables, missingTables: missing.map(\.name),
      extraTables: [], reasons: [])
  }

  private func side(_ endpoint: any Endpoint) -> VerifiedEndpoint {
    VerifiedEndpoint(name: endpoint.name, engine: endpoint.engine, snapshot: .unknown)
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
}
