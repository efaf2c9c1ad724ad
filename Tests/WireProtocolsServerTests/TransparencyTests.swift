import Databases
import FaultInjection
import Foundation
import PostgresDatabase
import Runtime
import TestSupport
import Testing
import WireProtocols

/// Passes everything on, and remembers it.
private struct RecordingCodec: WireCodec {
  let record: @Sendable (Direction, [UInt8]) -> Void
  private var isConnected = false

  init(record: @escaping @Sendable (Direction, [UInt8]) -> Void) { self.record = record }

  mutating func step(_ direction: Direction, _ bytes: UnsafeRawBufferPointer) -> WireStep {
    if !isConnected {
      isConnected = true
      return .connect
    }
    if bytes.isEmpty { return .wait }
    record(direction, Array(bytes))
    return .pass(bytes.count)
  }
  mutating func resolve(_ direction: Direction, _ verdict: Verdict) {}
  mutating func refuse(_ reason: String) {}
}

/// All bytes of one connection.
private final class Recording: Sendable {
  private let bytes = Guarded<[Direction: [UInt8]]>([:])

  func add(_ direction: Direction, _ new: [UInt8]) { bytes.withLock { $0[direction, default: []] += new } }
  subscript(direction: Direction) -> [UInt8] { bytes.withLock { $0[direction] ?? [] } }
}

@Suite(PostgresServer.isNeeded, .blocks) struct TransparencyTests {
  /// Client, recorder, proxy, recorder, server.
  private struct Line {
    let database: ProxiedDatabase
    let front: FaultProxy
    let back: FaultProxy
    let before = Recording()
    let after = Recording()
    let url: String

    init() async throws {
      let direct = try await PostgresServer.shared.database()
      let server = SocketAddress.tcp(host: "127.0.0.1", port: try PostgresServer.shared.server.port)
      let any = SocketAddress.tcp(host: "127.0.0.1", port: 0)
      let (before, after) = (before, after)
      back = try FaultProxy(
        listen: any, upstream: server, injector: ScriptedFaults(),
        codec: { RecordingCodec { after.add($0, $1) } })
      let middle = try FaultProxy(
        listen: any, upstream: back.address, injector: ScriptedFaults(),
        codec: { PostgresCodec(side: .target) })
      front = try FaultProxy(
        listen: any, upstream: middle.address, injector: ScriptedFaults(),
        codec: { RecordingCodec { before.add($0, $1) } })
      database = ProxiedDatabase(direct: direct, url: "", proxy: middle)
      let name = direct.split(separator: "/").last ?? ""
      url = "postgres://postgres@\(front.address)/\(name)?sslmode=disable&gssencmode=disable"
    }

    func stop() {
      for proxy in [front, database.proxy, back] { proxy.stop() }
    }
  }

  @Test func `not a byte is changed on its way`() async throws {
    let line = try await Line()
    defer { line.stop() }
    let directory = try TemporaryDirectory()
    try """
    CREATE TABLE t (id int PRIMARY KEY, body text);
    INSERT INTO t SELECT i, repeat(md5(i::text), i % 500) FROM generate_series(1, 3000) AS i;
    BEGIN; SELECT nonsense; SELECT 1; ROLLBACK;
    DO $$ BEGIN RAISE NOTICE 'hello'; END $$;
    PREPARE p (int) AS SELECT * FROM t WHERE id = $1; EXECUTE p(7); DEALLOCATE p;
    LISTEN news; NOTIFY news, 'payload'; SELECT 1;
    BEGIN; DECLARE c CURSOR FOR SELECT * FROM t; FETCH 100 FROM c; COMMIT;
    \\copy t to '\(directory.file("t.bin"))' (format binary)
    \\copy t to '\(directory.file("t.txt"))'
    TRUNCATE t;
    \\copy t from '\(directory.file("t.bin"))' (format binary)
    DELETE FROM t;
    \\copy t from '\(directory.file("t.txt"))'
    \\copy t from '\(directory.file("t.txt"))'
    SELECT count(*), sum(length(body)) FROM t;
    """.write(toFile: directory.file("script.sql"), atomically: true, encoding: .utf8)
    let output = try run("psql", ["-Xq", "-f", directory.file("script.sql"), line.url], in: directory)
    #expect(output.contains("3000"))
    #expect(output.contains("duplicate key"))
    try await eventually { line.front.status.open == 0 }
    for direction in Direction.allCases {
      #expect(line.before[direction].count > 2_000_000)
      #expect(line.before[direction] == line.after[direction], "\(direction)")
    }
  }

  @Test func `a dump through the proxy is the dump`() async throws {
    let database = try await ProxiedDatabase()
    defer { database.proxy.stop() }
    _ = try database.psql(
      """
      CREATE TABLE a (id int PRIMARY KEY, b bytea, c numeric, d timestamptz);
      INSERT INTO a SELECT i, decode(repeat(md5(i::text), i % 90), 'hex'), i / 7.0, now() FROM generate_series(1, 5000) i;
      CREATE INDEX ON a (c); CREATE VIEW v AS SELECT * FROM a;
      """)
    let directory = try TemporaryDirectory()
    let (direct, through) = (directory.file("direct.sql"), directory.file("through.sql"))
    _ = try run("pg_dump", ["-f", direct, database.direct], in: directory)
    _ = try run("pg_dump", ["-f", through, database.url], in: directory)
    // Newer dumps begin and end with a random key.
    func lines(_ file: String) throws -> [Substring] {
      try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").filter {
        !$0.contains("restrict")
      }
    }
    #expect(try lines(direct).count > 5_000)
    #expect(try lines(direct) == lines(through))
  }

  @Test func `random data of every size arrives as it was sent`() async throws {
    let database = try await ProxiedDatabase()
    defer { database.proxy.stop() }
    _ = try database.psql("CREATE TABLE t (id int)")
    var seed = Seed(3)
    for count in [0, 1, 2, 104_857, 104_858] + (0..<4).map({ _ in Int.random(in: 0...300_000, using: &seed) })
    {
      var driver = try database.driver()
      defer { driver.close() }
      try driver.begin()
      _ = try driver.execute("TRUNCATE public.t")
      #expect(try driver.load([count / 3, count - count / 3].filter { $0 > 0 }) == count)
      try driver.commit()
      let sums = try driver.execute("SELECT count(*)::int8, coalesce(sum(id)::text, '-') FROM public.t").rows[
        0]
      #expect(sums.first?.text == "\(count)" || sums.first?.integer == Int64(count))
    }
  }

  @Test func `an interrupt reaches the statement that it is meant for`() async throws {
    let database = try await ProxiedDatabase()
    defer { database.proxy.stop() }
    var driver = try database.driver()
    defer { driver.close() }
    let interrupter = driver.interrupter
    try SystemThread.start(name: "interrupter") {
      for _ in 0..<100 {
        usleep(20_000)
        interrupter.interrupt()
        if database.proxy.status.accepted > 2 { return }
      }
    }
    #expect(throws: DatabaseError.self) { try driver.execute("SELECT pg_sleep(20)") }
    #expect(try driver.execute("SELECT 1").rows.count == 1)
  }
}
