import Databases
import Glibc
import PostgresDatabase
import Replication
import ReplicationClaims
import TestSupport
import Testing

private let mortal = Result {
  try PrivateServer(forTest: "retried")
}

/// Genuine faults, and a run that goes on after them by itself.
@Suite(PostgresServer.isNeeded, .blocks, .serialized) struct RetriedServerTests {
  private let server: PrivateServer

  init() throws { server = try mortal.get() }

  private func target(_ name: String) throws -> MortalTarget {
    try server.execute("CREATE DATABASE \(name)")
    return try MortalTarget(server: server, database: name)
  }

  private static var options: ReplicationOptions {
    var options = MortalTarget.options
    options.retry = .standard
    return options
  }

  private func expectWhole(_ target: MortalTarget, _ report: RunReport) async throws {
    #expect(report.failure?.message == nil)
    #expect(report.units.reduce(0) { $0 + $1.rowsAcknowledged } == MortalTarget.rows)
    let witness = CopyWitness(source: target.source, target: target.target)
    #expect(try await witness.differences() == [])
    #expect(try await witness.lies() == [])
  }

  @Test(arguments: ServerDeath.allCases)
  func `a server that is restarted in the middle of a load costs waiting, and no second command`(
    death: ServerDeath
  ) async throws {
    let target = try target("retried_\(death)")
    let report = try await target.run(options: Self.options) { [server] in try server.restart(after: death) }
    try await expectWhole(target, report)
    #expect(report.retry.outages.count >= 1)
  }

  @Test func `sessions that an administrator ends are opened again`() async throws {
    let target = try target("retried_terminated")
    let report = try await target.run(options: Self.options) { [target] in
      try SessionFaults(target.target).terminate()
    }
    try await expectWhole(target, report)
    #expect(report.retry.retried.contains { $0.unit != nil })
  }

  @Test func `a writer that a real deadlock chooses as its victim writes its unit again`() async throws {
    let target = try target("retried_deadlocked")
    #expect(try await target.run().failure?.message == nil)
    try server.execute("DELETE FROM public.items WHERE id = 700", database: "retried_deadlocked")
    let partner = try DeadlockPartner(
      target.target, holds: "SELECT FROM public.items WHERE id = 699 FOR UPDATE",
      wants: "SELECT FROM public.items WHERE id = 698 FOR UPDATE")
    let report = try await target.run(options: Self.options)
    try partner.finish()
    #expect(report.failure?.message == nil)
    #expect(report.retry.retried.flatMap(\.failures).contains { $0.code == "postgres 40P01" })
    let witness = CopyWitness(source: target.source, target: target.target)
    #expect(try await witness.differences() == [])
  }
}
