import Databases
import FaultInjection
import Foundation
import PostgresDatabase
import Rows
import Runtime
import TestSupport
import Testing
import WireProtocols

/// What our driver sees of each verdict, and what the server's table holds afterwards.
@Suite(PostgresServer.isNeeded, .blocks) struct VerdictTests {
  struct Case: Sendable, CustomStringConvertible {
    var at: FaultInjection.Operation
    var batch: Int?
    var verdict: Verdict
    var errorClass: ErrorClass
    var code: String
    /// Who is sending rows may meet the end of the connection before the server's last words.
    var mayMissCode = false
    var outcome = Outcome.didNotHappen
    /// Rows of the table when all is over: 3 were there, 250,000 are written in their place.
    var rows = 3

    var description: String { "\(at) \(batch ?? 0) \(verdict)" }
  }

  private static func fail(_ kind: ErrorKind, _ effect: Effect = .before) -> Verdict {
    .fail(.kind(kind), effect)
  }

  static let cases: [Case] = [
    Case(at: .connect, verdict: .cut(.before), errorClass: .connectionLost, code: ""),
    Case(at: .connect, verdict: .cut(.after), errorClass: .connectionLost, code: ""),
    Case(at: .connect, verdict: fail(.tooManyConnections), errorClass: .throttled, code: "53300"),
    Case(at: .connect, verdict: fail(.shutdown), errorClass: .connectionLost, code: "57P03"),
    Case(at: .begin, verdict: fail(.shutdown), errorClass: .connectionLost, code: "57P01"),
    Case(at: .delete, verdict: fail(.deadlock), errorClass: .conflict, code: "40P01"),
    Case(at: .delete, verdict: fail(.readOnly), errorClass: .readOnly, code: "25006"),
    Case(at: .delete, verdict: .cut(.before), errorClass: .connectionLost, code: ""),
    Case(at: .delete, verdict: .cut(.after), errorClass: .connectionLost, code: ""),
    Case(at: .delete, verdict: .cutWithin(bytes: 9), errorClass: .connectionLost, code: ""),
    Case(at: .delete, verdict: .stall(.milliseconds(60)), errorClass: .connectionLost, code: ""),
    Case(at: .write, verdict: fail(.lockTimeout), errorClass: .conflict, code: "55P03"),
    Case(at: .write, batch: 1, verdict: fail(.diskFull), errorClass: .permanent, code: "53100"),
    Case(at: .write, batch: 2, verdict: fail(.deadlock), errorClass: .conflict, code: "40P01"),
    Case(
      at: .write, batch: 2, verdict: fail(.shutdown), errorClass: .connectionLost, code: "57P01",
      mayMissCode: true),
    Case(at: .write, batch: 2, verdict: .cut(.before), errorClass: .connectionLost, code: ""),
    Case(at: .write, batch: 1, verdict: .cut(.after), errorClass: .connectionLost, code: ""),
    Case(at: .write, batch: 1, verdict: .cutWithin(bytes: 1001), errorClass: .connectionLost, code: ""),
    Case(at: .acknowledge, verdict: fail(.diskFull), errorClass: .permanent, code: "53100"),
    Case(at: .acknowledge, verdict: .cut(.after), errorClass: .connectionLost, code: ""),
    Case(at: .commit, verdict: fail(.serialization), errorClass: .conflict, code: "40001"),
    Case(at: .commit, verdict: .cut(.before), errorClass: .connectionLost, code: "", outcome: .unknown),
    Case(
      at: .commit, verdict: .cut(.after), errorClass: .connectionLost, code: "", outcome: .unknown,
      rows: 250_000),
    Case(
      at: .commit, verdict: fail(.shutdown, .after), errorClass: .connectionLost, code: "57P01",
      outcome: .unknown, rows: 250_000),
    Case(
      at: .commit, verdict: .cutWithin(bytes: 11), errorClass: .connectionLost, code: "", outcome: .unknown),
  ]

  @Test(arguments: cases)
  func `a verdict is what the driver sees, and the server is where it should be`(expected: Case) async throws
  {
    let injector = ScriptedFaults(first: expected.at, batch: expected.batch, expected.verdict)
    let database = try await ProxiedDatabase(injector)
    defer { database.proxy.stop() }
    _ = try database.psql("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2), (3)")
    let error = try #require(replaceRows(database), "nothing went wrong")
    #expect(error.errorClass == expected.errorClass, "\(error)")
    #expect(error.code == expected.code || expected.mayMissCode && error.code.isEmpty, "\(error)")
    #expect(error.outcome == expected.outcome, "\(error)")
    #expect(injector.events.count == 1)
    // A cut connection is noticed by the server in its own time.
    try await eventually { try database.psql("SELECT count(*) FROM t") == "\(expected.rows)" }
    try await eventually {
      try database.psql(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
      )
        == "0"
    }
    #expect(try database.psql("SELECT count(*) FROM t") == "\(expected.rows)")
    // The next connection is a good one.
    #expect(replaceRows(database) == nil)
    #expect(try database.psql("SELECT count(*) FROM t") == "250000")
  }

  /// What ends it; nil if it is done.
  private func replaceRows(_ database: ProxiedDatabase) -> DatabaseError? {
    do throws(DatabaseError) {
      var driver = try PostgresEndpoint(url: database.url).driver(.write)
      defer { driver.close() }
      do throws(DatabaseError) {
        try driver.begin()
        _ = try driver.delete(TableRange(table: TableName(name: "t")))
        _ = try driver.load([150_000, 100_000])
        try driver.commit()
      } catch {
        // An error inside a transaction leaves a session that can be rolled back and used.
        try driver.rollback()
        if error.errorClass != .connectionLost {
          guard try driver.execute("SELECT 1").rows.count == 1 else { return nil }
        }
        throw error
      }
      return nil
    } catch {
      return error
    }
  }

  @Test func `a read fails with its rows, before them, and between them`() async throws {
    let cases: [(Int?, Verdict, Bool)] = [
      (nil, Self.fail(.deadlock), false), (nil, Self.fail(.deadlock, .after), false),
      (1, Self.fail(.deadlock), false), (1, Self.fail(.deadlock, .after), true),
      (3, Self.fail(.deadlock), true), (3, .cut(.before), true), (1, .cutWithin(bytes: 5_000), false),
      (nil, .cut(.after), false), (2, .cut(.after), true),
    ]
    for (batch, verdict, deliversRows) in cases {
      let database = try await ProxiedDatabase(
        ScriptedFaults(first: .read, batch: batch, verdict), side: .source)
      defer { database.proxy.stop() }
      _ = try database.psql("CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 250000)")
      var driver = try database.driver(.read)
      _ = try driver.beginSnapshot()
      let table = try #require(try driver.tables().first)
      let read = RangeRead(
        rows: TableRange(table: table.name),
        columns: [TransferColumn(schema: table.columns[0], type: .int32)])
      var rows = 0
      var failure: DatabaseError?
      do throws(DatabaseError) {
        try driver.openRead(read)
        while let batch = try driver.nextBatch() { rows += batch.rowCount }
      } catch {
        failure = error
      }
      let isCut: Bool
      switch verdict {
      case .cut, .cutWithin: isCut = true
      default: isCut = false
      }
      #expect(failure?.errorClass == (isCut ? .connectionLost : .conflict), "\(verdict) \(failure as Any)")
      #expect((rows > 0) == deliversRows, "\(verdict) \(batch as Any): \(rows)")
      if !isCut {
        // The driver went back to the savepoint before the read, and the snapshot is there still.
        #expect(try driver.endSnapshot() == .consistent)
        #expect(try driver.execute("SELECT 1").rows.count == 1)
      }
      driver.close()
    }
  }

  /// A script in which every statement on the table `victim` fails: really, or because the proxy says so.
  @Test func `a transaction after an injected error is as after a real one`() async throws {
    let script = """
      INSERT INTO victim VALUES (1);
      SELECT 'outside', count(*) FROM t;
      BEGIN; INSERT INTO t VALUES (1); INSERT INTO victim VALUES (1); SELECT 'aborted'; COMMIT;
      SELECT 'rolled back', count(*) FROM t;
      BEGIN; INSERT INTO t VALUES (2); SAVEPOINT a; INSERT INTO victim VALUES (1); SELECT 'aborted';
      ROLLBACK TO a; SELECT 'saved', count(*) FROM t; COMMIT;
      SELECT 'committed', count(*) FROM t;
      BEGIN; SELECT pg_advisory_xact_lock(7); INSERT INTO victim VALUES (1);
      \\! true
      ROLLBACK;
      BEGIN; PREPARE p AS INSERT INTO t VALUES (3); EXECUTE p; INSERT INTO victim VALUES (1); END;
      SELECT 'end', count(*) FROM t;
      """
    func output(_ tables: String, through proxied: Bool) async throws -> [Substring] {
      let database = try await ProxiedDatabase(
        ScriptedFaults { moment, _ in
          moment.table == "victim" ? .fail(.kind(.deadlock), .before) : .pass
        })
      defer { database.proxy.stop() }
      _ = try database.psql(tables)
      let directory = try TemporaryDirectory()
      let file = directory.file("script.sql")
      try script.write(toFile: file, atomically: true, encoding: .utf8)
      let url = proxied ? database.url : database.direct
      let text = try run("psql", ["-XAt", "-v", "VERBOSITY=sqlstate", "-f", file, url], in: directory)
      return text.split(separator: "\n").map { $0.split(separator: " ERROR: ").last ?? "" }
    }
    let real = try await output("CREATE TABLE t (id int)", through: false)
    let injected = try await output(
      "CREATE TABLE t (id int); CREATE TABLE victim (id int)", through: true)
    #expect(injected.count { $0.hasSuffix("40P01") } == 5)
    #expect(
      real.map { $0.hasSuffix("42P01") ? "40P01" : $0 }
        == injected.map { $0.hasSuffix("40P01") ? "40P01" : $0 })
    #expect(real.contains("saved|1") && real.contains("end|1"))
  }

  @Test func `a read that fails early is not waited for`() async throws {
    let database = try await ProxiedDatabase(ScriptedFaults(first: .read, batch: 2, Self.fail(.deadlock)))
    defer { database.proxy.stop() }
    let directory = try TemporaryDirectory()
    let file = directory.file("script.sql")
    try """
    BEGIN;
    \\copy (SELECT generate_series(1, 200000000)) to '/dev/null'
    SELECT 1;
    ROLLBACK;
    SELECT 'alive';
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let time = SystemTime()
    let started = time.now
    let text = try run("psql", ["-XAt", "-v", "VERBOSITY=sqlstate", "-f", file, database.url], in: directory)
    #expect(text.contains("40P01") && text.contains("25P02") && text.contains("alive"), "\(text)")
    // The whole of it takes minutes.
    #expect(time.now - started < .seconds(20))
  }

  @Test func `delays and rates take their time, and nothing is lost`() async throws {
    let injector = ScriptedFaults { moment, earlier in
      if moment.operation == .delete { return .delay(.milliseconds(80)) }
      return moment.batch == 2 ? .throttle(bytesPerSecond: 4 << 20) : .pass
    }
    let database = try await ProxiedDatabase(injector)
    defer { database.proxy.stop() }
    _ = try database.psql("CREATE TABLE t (id int)")
    let time = SystemTime()
    let started = time.now
    #expect(replaceRows(database) == nil)
    // 0.08 s, and 1 MiB at 4 MiB/s.
    #expect(time.now - started > .milliseconds(300))
    #expect(try database.psql("SELECT count(*), sum(id) FROM t") == "250000|31249875000")
  }
}

/// Waits for what another process does, at most ten seconds.
func eventually(within patience: Duration = .seconds(10), _ condition: () throws -> Bool) async throws {
  let time = SystemTime()
  let deadline = time.now + patience
  while try !condition() {
    try #require(time.now < deadline, "it did not happen within \(patience)")
    try await time.sleep(for: .milliseconds(20))
  }
}
