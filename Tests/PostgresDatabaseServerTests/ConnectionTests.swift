import Databases
import Rows
import Runtime
import TestSupport
import Testing

@testable import PostgresDatabase

@Suite(PostgresServer.isNeeded, .blocks) struct ConnectionTests {
  private static func endpoint(_ url: String, password: String? = nil) throws -> PostgresEndpoint {
    try PostgresEndpoint(url: url, password: password) { ConnectionThread(name: "test") }
  }

  private func connectError(_ url: String, password: String? = nil) throws -> DatabaseError {
    try databaseError { _ = try PostgresDriver(try PostgresURL(url, password: password), .read) }
  }

  @Test func `a server that dies while it is read is an error and never a short result`() async throws {
    let fixture = try await Fixture(
      "CREATE TABLE t AS SELECT i AS id, repeat('x', 1000) AS x FROM generate_series(1, 100000) i")
    for isFingerprint in [false, true] {
      var driver = try fixture.driver(.read)
      let read = try driver.read("t")
      try driver.openRead(read)
      _ = try driver.nextBatch()
      try fixture.psql(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'proofload' AND datname = current_database()"
      )
      let error = try databaseError {
        if isFingerprint {
          while try driver.nextFingerprint() != nil {}
        } else {
          while try driver.nextBatch() != nil {}
        }
      }
      #expect(error.errorClass == .connectionLost)
      #expect(try databaseError { _ = try driver.nextBatch() }.errorClass == .connectionLost)
      try driver.rollback()
      #expect(try databaseError { try driver.begin() }.errorClass == .connectionLost)
      driver.close()
    }
  }

  @Test func `the answer of a commit that is lost leaves its outcome unknown`() async throws {
    let fixture = try await Fixture("CREATE TABLE t (id int)")
    var driver = try fixture.driver()
    try driver.begin()
    try fixture.psql(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'proofload' AND datname = current_database()"
    )
    let error = try databaseError { try driver.commit() }
    #expect(error.errorClass == .connectionLost)
    #expect(error.outcome == .unknown)
  }

  @Test(.timeLimit(.minutes(1)))
  func `an interrupt ends a statement, and the connection goes on`() async throws {
    let fixture = try await Fixture()
    var driver = try fixture.driver()
    let interrupter = driver.interrupter
    let interrupting = ConnectionThread(name: "interrupt")
    // The statement has to be running before it is interrupted: the other thread waits until the server says so.
    async let interrupted: Void = Interruption(interrupting).strike(interrupter, fixture)
    let error = try databaseError { try driver.execute("SELECT pg_sleep(600)") }
    try await interrupted
    #expect(error.errorClass == .cancelled)
    try driver.rollback()
    #expect(try driver.execute("SELECT 1").rows == [[.integer(1)]])
    driver.close()
    interrupter.interrupt()
  }

  @Test func `a connection reads and writes behind the seam`() async throws {
    let fixture = try await Fixture("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)")
    let endpoint = try ConnectionTests.endpoint(fixture.url)
    #expect(endpoint.name == fixture.url)
    let connection = try await endpoint.connect(.read)
    let table = try #require(try await connection.tables().first)
    let columns = try transfer(table)
    let sum = try await connection.fingerprint(
      of: RangeRead(rows: TableRange(table: table.name), columns: columns))
    #expect(sum.rows == 2)
    await connection.close()
    await connection.close()
  }

  @Test func `the Unix socket serves as well`() async throws {
    let server = try PostgresServer.shared.server
    var driver = try PostgresDriver(
      try PostgresURL(server.socketURL(database: "postgres"), password: nil), .read)
    #expect(try driver.tables().isEmpty)
  }

  @Test func `a refused connection is lost, and a wrong database or password is configuration`() async throws
  {
    let server = try PostgresServer.shared
    let refused = try connectError("postgres://u@127.0.0.1:1/d")
    #expect(refused.errorClass == .connectionLost)
    #expect(refused.remedy != nil)
    #expect(try connectError("postgres://u@no-such-host.invalid/d").errorClass == .connectionLost)
    let missing = try connectError(server.server.url(database: "missing"))
    #expect(missing.code == "3D000")
    #expect(missing.errorClass == .configuration)

    try server.psql(
      "SET password_encryption = 'scram-sha-256'; CREATE ROLE guarded LOGIN PASSWORD 'right'",
      server.server.url)
    try server.requirePassword(of: "guarded")
    let url = server.server.url(database: "postgres", user: "guarded")
    let wrong = try connectError(url, password: "hunter2")
    #expect(wrong.code == "28P01")
    #expect(wrong.errorClass == .configuration)
    #expect(!wrong.description.contains("hunter2"))
    #expect(try connectError(url).errorClass == .configuration)
    var driver = try PostgresDriver(try PostgresURL(url, password: "right"), .read)
    #expect(!driver.endpointName.contains("right"))
    #expect(try driver.tables().isEmpty)
    #expect(!(try connectError(url + "?password=hunter2")).description.contains("hunter2"))
  }

  @Test func `a policy that hides rows is an error and not a smaller table`() async throws {
    let fixture = try await Fixture(
      """
      CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
      CREATE ROLE restricted LOGIN; GRANT SELECT ON t TO restricted; CREATE POLICY p ON t USING (id = 1);
      """)
    let url = fixture.url.replacing("postgres@", with: "restricted@")
    var driver = try PostgresDriver(try PostgresURL(url, password: nil), .read)
    let error = try databaseError { _ = try driver.rows("t") }
    #expect(error.code == "42501")
    #expect(error.errorClass == .configuration)
  }

  @Test func `a lock that stays busy is a conflict`() async throws {
    let fixture = try await Fixture("CREATE TABLE t (id int)")
    var holder = try fixture.driver()
    try holder.begin()
    try holder.execute("LOCK TABLE public.t")
    var driver = try fixture.driver()
    try driver.execute("SET lock_timeout = '50ms'")
    let error = try databaseError { _ = try driver.delete(TableRange(table: TableName(name: "t"))) }
    #expect(error.code == "55P03")
    #expect(error.errorClass == .conflict)
  }
}

/// Strikes from a thread of its own, once the server sleeps.
private actor Interruption {
  private let executor: ConnectionThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ executor: ConnectionThread) { self.executor = executor }

  func strike(_ interrupter: any Interrupter, _ fixture: Fixture) throws {
    let sleeping =
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    while try fixture.psql(sleeping) != "1" {}
    interrupter.interrupt()
  }
}
