import Databases
import Foundation
import Replication
import ReplicationClaims
import Rows
import SQLiteDatabase
import TestSupport

/// Sweeps that take minutes run only on demand.
let prove = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil

/// The fixture and a finished copy of it.
struct CopiedPair {
  let directory: TemporaryDirectory
  let source: SQLiteEndpoint
  let target: SQLiteEndpoint

  init(script: String = Fixture.script(), options: ReplicationOptions = IdempotenceClaims.options)
    async throws
  {
    directory = try TemporaryDirectory()
    try sqlite(script, at: directory.file("source.db"))
    source = SQLiteEndpoint(path: directory.file("source.db"))
    target = SQLiteEndpoint(path: directory.file("target.db"))
    let report = try await IdempotenceClaims.run(source, target, options: options)
    guard report.outcome == .done else {
      throw report.failure.map { JobError(.configuration, $0.message) } ?? JobError(.stopped, "")
    }
  }

  var witness: CopyWitness { CopyWitness(source: source, target: target) }

  func changeSource(_ sql: String) throws { try sqlite(sql, at: directory.file("source.db")) }
  @discardableResult
  func changeTarget(_ sql: String) throws -> [[String?]] { try sqlite(sql, at: directory.file("target.db")) }

  func rerun(_ change: (inout ReplicationOptions) -> Void = { _ in }) async throws -> RunReport {
    var options = IdempotenceClaims.options
    change(&options)
    return try await IdempotenceClaims.run(source, target, options: options)
  }
}
