import Databases
import Foundation
import Glibc
import PostgresDatabase
import Replication
import ReplicationClaims
import SQLiteDatabase
import TestSupport
import Testing

/// One server for all that does not need its own: they take it in turns.
private let mortal = Result {
  try PrivateServer(forTest: "mortal")
}

@Suite(PostgresServer.isNeeded, .blocks, .serialized) struct GenuineFaultTests {
  private let server: PrivateServer

  init() throws {
    server = try mortal.get()
    // What a server acknowledged and lost in a crash would be another story.
    try server.execute("ALTER SYSTEM SET synchronous_commit = on")
    try server.execute("SELECT pg_reload_conf()")
  }

  private func target(_ name: String) throws -> MortalTarget {
    try server.execute("CREATE DATABASE \(name)")
    return try MortalTarget(server: server, database: name)
  }

  @Test(arguments: ServerDeath.allCases)
  func `a server that goes down in the middle of a load leaves whole units and a true ledger`(
    death: ServerDeath
  ) async throws {
    let target = try target("death_\(death)")
    try await target.expectHonesty(["57P01", "57P02", "57P03", ""]) { [server] in
      try server.restart(after: death)
    }
  }

  @Test(arguments: ServerDeath.allCases)
  func `a run that retries outlives a server that goes down in the middle of its load`(
    death: ServerDeath
  ) async throws {
    let target = try target("outlived_\(death)")
    try await target.expectHealing { [server] in try server.restart(after: death) }
  }

  @Test func `a run that retries outlives the end of its sessions, and connections that are refused`()
    async throws
  {
    let target = try target("refilled")
    try await target.expectHealing { [target] in
      let faults = SessionFaults(target.target)
      try faults.terminate()
      var hoard = try faults.exhaustConnections()
      // Long enough to be refused once.
      usleep(300_000)
      hoard.close()
    }
  }

  @Test func `sessions that an administrator ends leave whole units and a true ledger`() async throws {
    let target = try target("terminated")
    // The server closes with rows of ours unread: its reset may overtake its message.
    try await target.expectHonesty(["57P01", ""]) { [target] in
      try SessionFaults(target.target).terminate()
    }
  }

  @Test func `a writer that a real deadlock chooses as its victim rolls back`() async throws {
    let target = try target("deadlocked")
    #expect(try await target.run().failure?.message == nil)
    try server.execute("DELETE FROM public.items WHERE id = 700", database: "deadlocked")
    let partner = try DeadlockPartner(
      target.target, holds: "SELECT FROM public.items WHERE id = 699 FOR UPDATE",
      wants: "SELECT FROM public.items WHERE id = 698 FOR UPDATE")
    let report = try await target.run()
    try partner.finish()
    #expect(report.failure?.database?.code == "40P01", "\(report.failure?.message ?? "no failure")")
    #expect(report.failure?.database?.errorClass == .conflict)
    #expect(try await CopyWitness(source: target.source, target: target.target).lies() == [])
    try await target.expectWhole()
  }

  @Test func `a run that retries outlives a real deadlock`() async throws {
    let target = try target("disentangled")
    #expect(try await target.run().failure?.message == nil)
    try server.execute("DELETE FROM public.items WHERE id = 700", database: "disentangled")
    let partner = try DeadlockPartner(
      target.target, holds: "SELECT FROM public.items WHERE id = 699 FOR UPDATE",
      wants: "SELECT FROM public.items WHERE id = 698 FOR UPDATE")
    try await target.expectHealing {}
    try partner.finish()
  }

  @Test func `when all connections are taken, the error says so before anything is written`() async throws {
    let target = try target("exhausted")
    var hoard = try SessionFaults(target.target).exhaustConnections()
    #expect(hoard.count > 50)
    let error = await #expect(throws: DatabaseError.self) { try await target.run() }
    hoard.close()
    #expect(error?.code == "53300")
    #expect(error?.errorClass == .throttled)
    try await target.expectWhole()
  }

  @Test func `a server that is not there refuses connections`() async throws {
    let target = try target("refused")
    try server.end(.fast)
    let error = await #expect(throws: DatabaseError.self) { try await target.run() }
    #expect(error?.errorClass == .connectionLost)
    try server.start()
    try await target.expectWhole()
  }

  @Test func `a full disk is the server's own error, and the same command goes on when there is room`()
    async throws
  {
    let disk = try SmallDisk(
      at: "\(server.directory)/small", megabytes: 9, owner: getuid() == 0 ? "postgres" : nil)
    try server.execute("CREATE TABLESPACE small LOCATION '\(disk.path)'")
    try server.execute("CREATE DATABASE full_disk")
    try server.execute("ALTER DATABASE full_disk SET default_tablespace = small")
    let target = try MortalTarget(server: server, database: "full_disk")
    // What is left of the disk is less than the table.
    try server.execute(
      "CREATE TABLE public.ballast AS SELECT repeat(md5(i::text), 60) AS x FROM generate_series(1, 4450) AS i",
      database: "full_disk")
    let report = try await target.run()
    #expect(report.failure?.database?.code == "53100", "\(report.failure?.message ?? "no failure")")
    #expect(report.failure?.database?.remedy?.contains("Free disk space") == true)
    let witness = CopyWitness(source: target.source, target: target.target)
    #expect(try await witness.lies() == [])
    try disk.grow(to: 64)
    try await target.expectWhole()
    try server.execute("DROP DATABASE full_disk")
    try server.execute("DROP TABLESPACE small")
  }
}

@Suite(PostgresServer.isNeeded, .blocks, .serialized) struct FailoverTests {
  private let primary: PrivateServer
  private let standby: PrivateServer
  private let target: MortalTarget

  init() throws {
    let name = PrivateServer.directory(forTest: "failover")
    primary = try PrivateServer(in: "\(name)-a", removingDirectory: true)
    try primary.execute("CREATE DATABASE shop")
    standby = try PrivateServer(standbyOf: primary, in: "\(name)-b", removingDirectory: true)
    target = try MortalTarget(
      server: primary, url: primary.failoverURL(to: standby, database: "shop"), database: "shop")
  }

  private func stop() {
    primary.stop()
    standby.stop()
  }

  @Test func `a primary that dies for its standby leaves whole units and a true ledger on the new one`()
    async throws
  {
    defer { stop() }
    try primary.waitForStandby(true)
    try await target.expectHonesty(["57P01", "57P02", "57P03", ""]) { [primary, standby] in
      try primary.end(.killed)
      try standby.promote()
    }
  }

  @Test(arguments: [true, false])
  func `a run that retries goes on at the new primary, also if it lost commits`(isLossy: Bool) async throws {
    defer { stop() }
    try primary.waitForStandby(true)
    try await target.expectHealing { [primary, standby] in
      guard isLossy else { return }
      try primary.waitForStandby(false)
      try standby.stopFollowing()
    } strike: { [primary, standby] in
      try primary.end(.killed)
      try standby.promote()
    }
  }

  @Test func `a run that retries waits until the standby is promoted, and goes on there`() async throws {
    defer { stop() }
    try primary.waitForStandby(true)
    var options = MortalTarget.options
    options.retry = .standard
    let report = try await replicate(
      target.source, target.target, options: options,
      waiting: { [standby] in try standby.promote() }, strike: { [primary] in try primary.end(.killed) })
    #expect(report.failure?.message == nil)
    #expect(report.retry.outages.count == 1 && (report.retry.outages.first?.duration ?? 0) > 1)
    let witness = CopyWitness(source: target.source, target: target.target)
    #expect(try await witness.differences() == [])
    #expect(try await witness.lies() == [])
  }

  @Test func `a run that retries outlives a standby that takes its primary's place read-only for a while`()
    async throws
  {
    defer { stop() }
    try primary.waitForStandby(true)
    // As behind one address for both: whoever is there answers, and takes no writes until it is promoted.
    let any = try MortalTarget(
      server: primary, url: "\(primary.failoverURL(to: standby, database: "shop").split(separator: "?")[0])",
      database: "shop")
    var options = MortalTarget.options
    options.retry = .standard
    let report = try await replicate(
      any.source, any.target, options: options,
      waiting: { [standby] in try standby.promote() }, strike: { [primary] in try primary.end(.killed) })
    #expect(report.failure?.message == nil)
    #expect(
      report.retry.retried.flatMap(\.failures).contains { $0.errorClass == .readOnly }
        || report.retry.outages.contains { $0.errorClass == .readOnly },
      "\(report.retry)")
    let witness = CopyWitness(source: any.source, target: any.target)
    #expect(try await witness.differences() == [])
    #expect(try await witness.lies() == [])
  }

  @Test func `commits that a failover loses are lost with their ledger entries, and copied again`()
    async throws
  {
    defer { stop() }
    let report = try await target.run(atWrite: 3) { [standby] in try standby.stopFollowing() }
    #expect(report.failure?.message == nil)
    try primary.end(.killed)
    try standby.promote()
    let witness = CopyWitness(source: target.source, target: target.target)
    #expect(try await witness.differences() != [])
    #expect(try await witness.lies() == [])
    try await target.expectWhole()
  }

  @Test func `a standby that is a source is read to the end while it is promoted`() async throws {
    defer { stop() }
    #expect(try await target.run().failure?.message == nil)
    try primary.waitForStandby(true)
    try primary.execute("CREATE TABLE public.last (id int PRIMARY KEY)", database: "shop")
    let directory = try TemporaryDirectory()
    let source = try PostgresEndpoint(url: standby.url(database: "shop"))
    let copy = SQLiteEndpoint(path: directory.file("copy.db"))
    let report = try await replicate(source, copy) { [standby] in try standby.promote() }
    #expect(report.failure?.message == nil)
    #expect(report.snapshot == .consistent)
    #expect(try await CopyWitness(source: source, target: copy).differences() == [])
  }

  @Test func `a standby as a target is refused as read-only until it is promoted`() async throws {
    defer { stop() }
    let own = try MortalTarget(server: standby, database: "shop")
    let error = await #expect(throws: DatabaseError.self) { try await own.run() }
    #expect(error?.code == "25006")
    #expect(error?.errorClass == .readOnly)
    try standby.promote()
    try await own.expectWhole()
  }
}
