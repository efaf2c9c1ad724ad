import Databases
import Foundation
import Glibc
import PostgresDatabase
import Replication
import ReplicationClaims
import SQLiteDatabase
import TestSupport
import Testing

/// One server that dies, and the tests that need it in turn.
private let mortal = Result {
  try PrivateServer(in: "/tmp/proofload-lost-source-\(getpid())", removingDirectory: true)
}

/// A source that is lost while it is read: genuinely, and with somebody else writing to it meanwhile.
@Suite(PostgresServer.isNeeded, .serialized) struct SourceLossTests {
  private let server: PrivateServer
  private let directory: TemporaryDirectory

  init() throws {
    server = try mortal.get()
    // What a source forgets in a crash would be another story.
    try server.execute("ALTER SYSTEM SET synchronous_commit = on")
    try server.execute("SELECT pg_reload_conf()")
    directory = try TemporaryDirectory()
  }

  private func source(_ name: String, repeating count: Int = 1) throws -> PostgresEndpoint {
    try server.execute("CREATE DATABASE \(name)")
    try server.execute(
      """
      CREATE TABLE public.items AS
        SELECT i AS id, repeat('body of item ' || i, \(count)) AS body FROM generate_series(1, 3000) i;
      ALTER TABLE public.items ADD PRIMARY KEY (id)
      """, database: name)
    return try PostgresEndpoint(url: server.url(database: name))
  }

  private var target: SQLiteEndpoint { SQLiteEndpoint(path: directory.file("copy.db")) }

  private static var options: ReplicationOptions {
    var options = MortalTarget.options
    options.retry = .standard
    return options
  }

  /// Somebody changes every row while the run is at its tenth write of thirty.
  private func change(_ name: String) throws {
    try server.execute("UPDATE public.items SET body = body || '!'", database: name)
  }

  /// What two snapshots hold is told apart by the end of each text.
  private func generations() throws -> Set<String> {
    let rows = try sqlite("SELECT DISTINCT substr(body, -1) = '!' FROM items", at: target.path)
    return Set(rows.compactMap { $0[0] })
  }

  /// The copy holds rows of before and after the change, and the receipt must not say that they belong together.
  private func expectTruth(_ report: RunReport, from source: PostgresEndpoint) async throws {
    #expect(report.failure?.message == nil)
    #expect(!report.retry.retried.isEmpty)
    #expect(report.retry.snapshots == 2)
    #expect(try generations() == ["0", "1"])
    #expect(report.snapshot == .unknown)
    #expect(report.notes.contains { $0.contains("snapshot was lost") }, "\(report.notes)")
    let witness = CopyWitness(source: source, target: target)
    #expect(try await witness.lies() == [])
    #expect(try await witness.differences() != [])
    let second = try await replicate(source, target, options: Self.options) {}
    #expect(second.failure?.message == nil && second.snapshot == .consistent)
    #expect(try await witness.differences() == [])
  }

  @Test func `sessions of the source that are ended cost a new snapshot, and the receipt says so`()
    async throws
  {
    let source = try source("ended")
    let report = try await replicate(source, target, options: Self.options) {
      try SessionFaults(source).terminate()
      try change("ended")
    }
    try await expectTruth(report, from: source)
    #expect(report.retry.retried.flatMap(\.failures).contains { $0.code == "postgres 57P01" })
  }

  @Test func `a session that is ended in the middle of a unit's rows costs that unit another attempt`()
    async throws
  {
    // One unit of 40 MB: what waits in channels and sockets is less, and the reader waits in its COPY.
    let source = try source("streaming", repeating: 800)
    var options = ReplicationOptions()
    options.workers = 1
    let report = try await replicate(source, target, options: options, atWrite: 3) {
      #expect(try SessionFaults(source).terminate() == 2)
      try change("streaming")
    }
    #expect(report.failure?.message == nil)
    // A server that is blocked in sending rows ends without last words.
    #expect(report.retry.retried.flatMap(\.failures).map(\.errorClass) == [.connectionLost])
    #expect(report.units.map(\.attempt) == [2])
    #expect(try generations() == ["1"])
    #expect(report.retry.snapshots == 2 && report.snapshot != .consistent)
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
  }

  @Test(arguments: ServerDeath.allCases)
  func `a source that goes down and comes back costs a new snapshot, and the receipt says so`(
    death: ServerDeath
  ) async throws {
    let name = "down_\(death)"
    let source = try source(name)
    let report = try await replicate(source, target, options: Self.options) { [server] in
      try server.restart(after: death)
      try change(name)
    }
    try await expectTruth(report, from: source)
    #expect(report.retry.outages.count >= 1)
  }

  @Test func `a reader that is ended joins the same snapshot again, and the rows belong together`()
    async throws
  {
    let source = try source("reader")
    let report = try await replicate(source, target, options: Self.options) { [server] in
      try change("reader")
      // It has just read a unit, or is just reading one.
      let ended = try server.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = 'reader' AND query ~ '^COPY|proofload_read'
        """)
      #expect(ended.count == 1)
    }
    #expect(report.failure?.message == nil)
    #expect(report.retry.snapshots == 1 && report.snapshot == .consistent)
    #expect(try generations() == ["0"])
  }

  @Test func `a source that goes down under a run that does not retry leaves whole units and a true ledger`()
    async throws
  {
    let source = try source("honest")
    let report = try await replicate(source, target) { [server] in try server.restart(after: .killed) }
    #expect(report.outcome == .failed)
    #expect(report.failure?.database?.errorClass == .connectionLost)
    #expect(try await CopyWitness(source: source, target: target).lies() == [])
    let second = try await replicate(source, target) {}
    #expect(second.failure?.message == nil)
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
  }
}
