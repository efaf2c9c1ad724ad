import Databases
import Glibc
import Replication
import ReplicationClaims
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

/// Targets that somebody else made, broke or mended.
@Suite struct HardTargetTests {
  private func copy(
    _ source: String, into target: String, _ change: (inout ReplicationOptions) -> Void = { _ in }
  )
    async throws -> (report: RunReport, rows: [[String?]], differences: [String], again: RunReport)
  {
    let directory = try TemporaryDirectory()
    try sqlite(source, at: directory.file("source.db"))
    try sqlite(target, at: directory.file("target.db"))
    let (from, to) = (
      SQLiteEndpoint(path: directory.file("source.db")), SQLiteEndpoint(path: directory.file("target.db"))
    )
    var options = IdempotenceClaims.options
    change(&options)
    let report = try await IdempotenceClaims.run(from, to, options: options)
    let rows = try sqlite("SELECT * FROM t ORDER BY 1", at: directory.file("target.db"))
    let differences = try await CopyWitness(source: from, target: to).differences()
    return (report, rows, differences, try await IdempotenceClaims.run(from, to, options: options))
  }

  @Test func `a generated column of the target is computed and not written, and still compared`() async throws
  {
    let copy = try await copy(
      "CREATE TABLE t (a INT, b INT, c INT); INSERT INTO t VALUES (1, 2, 3), (2, 2, 4)",
      into: "CREATE TABLE t (a INT, b INT, c INT GENERATED ALWAYS AS (a + b) STORED)")
    #expect(copy.report.failure?.message == nil)
    #expect(copy.rows == [["1", "2", "3"], ["2", "2", "4"]])
    #expect(copy.differences == [])
    #expect(copy.again.units.map(\.action) == [.unchanged])
    let wrong = try await self.copy(
      "CREATE TABLE t (a INT, b INT, c INT); INSERT INTO t VALUES (1, 2, 4)",
      into: "CREATE TABLE t (a INT, b INT, c INT GENERATED ALWAYS AS (a + b) VIRTUAL)")
    #expect(wrong.differences.count == 1, "the source says 4, the target computes 3")
  }

  @Test func `a generated column of the source is an ordinary one of the target`() async throws {
    let copy = try await copy(
      "CREATE TABLE t (a INT, b INT AS (a + 1) STORED, c INT AS (a + 2)); INSERT INTO t (a) VALUES (1), (2)",
      into: "CREATE TABLE other (x INT)")
    #expect(copy.report.failure?.message == nil)
    #expect(copy.rows == [["1", "2", "3"], ["2", "3", "4"]])
    #expect(copy.differences == [])
  }

  @Test func `a NULL is refused by a target that would make a number of it`() async throws {
    let copy = try await copy(
      "CREATE TABLE t (id INT, x TEXT); INSERT INTO t VALUES (NULL, 'a'), (7, 'b')",
      into: "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)")
    #expect(copy.report.outcome == .failed)
    #expect(copy.report.failure?.database?.errorClass == .badRow)
    #expect(copy.rows == [])
  }

  @Test func `an index that somebody has recreated does not stop the restoring of the others`() async throws {
    let pair = try await CopiedPair()
    let structure = try await pair.witness.structure()
    let connection = try await pair.target.connect(.write)
    let job = Replication.job(pair.source, pair.target)
    let table = try #require(try await connection.tables().first { $0.name.name == "Threads" })
    try await connection.putAside(try await connection.obstacles(table.name), job: job)
    await connection.close()
    try pair.changeTarget("CREATE INDEX IX_Threads_Score ON Threads (Score)")
    for mode in [RerunMode.verify, .fresh] {
      let report = try await pair.rerun { $0.mode = mode }
      #expect(report.failure?.message == nil)
    }
    #expect(try await pair.witness.structure() == structure)
  }

  @Test func `indexes of a table that somebody has dropped are no longer owed`() async throws {
    let pair = try await CopiedPair()
    let structure = try await pair.witness.structure()
    let connection = try await pair.target.connect(.write)
    let job = Replication.job(pair.source, pair.target)
    let table = try #require(try await connection.tables().first { $0.name.name == "Threads" })
    try await connection.putAside(try await connection.obstacles(table.name), job: job)
    await connection.close()
    try pair.changeTarget("DROP TABLE Threads")
    let other = try await pair.rerun { $0.tables = TableSelection(["Words"]) }
    #expect(other.failure?.message == nil)
    let report = try await pair.rerun()
    #expect(report.failure?.message == nil)
    #expect(try await pair.witness.structure() == structure)
    #expect(try await pair.witness.differences() == [])
  }

  @Test func `what can be restored is restored, although something else cannot`() async throws {
    let pair = try await CopiedPair()
    try pair.changeTarget(
      """
      DELETE FROM Log; CREATE UNIQUE INDEX broken ON Log (Level); CREATE INDEX whole ON Log (Line);
      CREATE TRIGGER awake AFTER UPDATE ON Log BEGIN SELECT 1; END;
      """)
    let report = try await pair.rerun()
    #expect(report.outcome == .failed)
    #expect(report.failure?.message.contains("UNIQUE") == true)
    #expect(
      try pair.changeTarget(
        "SELECT name FROM sqlite_master WHERE tbl_name = 'Log' AND name <> 'Log' ORDER BY 1")
        == [["awake"], ["whole"]])
  }

  @Test func `the first error ends the other workers`() async throws {
    struct Broken: Error {}
    let pair = try await CopiedPair()
    let begun = Guarded(0)
    let pool = WorkerPool(workers: 2, stop: StopSignal()) {
      WorkerConnections(
        source: try await pair.source.connect(.read), target: try await pair.target.connect(.write))
    }
    await #expect(throws: Broken.self) {
      try await pool.run(Array(0..<500)) { item, connections in
        begun.withLock { $0 += 1 }
        if item == 0 { throw Broken() }
        _ = try await connections.source.tables()
      }
    }
    #expect(begun.withLock { $0 } < 250)
  }

  @Test func `a full disk leaves the target as it was and says so`() async throws {
    let directory = try TemporaryDirectory()
    let disk = directory.file("disk")
    mkdir(disk, 0o755)
    try #require(mount("tmpfs", disk, "tmpfs", 0, "size=1500k") == 0)
    defer { umount2(disk, 2) }
    try sqlite(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); CREATE INDEX i ON t (x);
      INSERT INTO t VALUES (1, 'old'), (2, 'older')
      """, at: disk + "/target.db")
    try sqlite(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
      INSERT INTO t SELECT i, hex(randomblob(500)) FROM n
      """, at: directory.file("source.db"))
    let source = SQLiteEndpoint(path: directory.file("source.db"))
    var options = ReplicationOptions()
    options.unitBytes = 64 << 20
    let report = try await IdempotenceClaims.run(
      source, SQLiteEndpoint(path: disk + "/target.db"), options: options)
    #expect(report.outcome == .failed)
    #expect(
      report.failure?.database?.remedy?.contains("Free space") == true, "\(report.failure?.message ?? "")")
    #expect(try sqlite("SELECT * FROM t", at: disk + "/target.db") == [["1", "old"], ["2", "older"]])
    #expect(
      try sqlite("SELECT name FROM sqlite_master WHERE name IN ('i')", at: disk + "/target.db") == [["i"]])
  }

  @Test func `a source with a write-ahead log that is written to meanwhile is said to have changed`()
    async throws
  {
    let directory = try TemporaryDirectory()
    let path = directory.file("source.db")
    try sqlite("PRAGMA journal_mode = WAL; \(Fixture.script())", at: path)
    let options = IdempotenceClaims.options
    let target = SQLiteEndpoint(path: directory.file("target.db"))
    let isWritten = Guarded(false)
    let report = try await Replication(
      source: SQLiteEndpoint(path: path), target: target, options: options, time: SystemTime(),
      progress: { event in
        guard case .unitFinished = event else { return }
        let wasWritten = isWritten.withLock { wasWritten in
          defer { wasWritten = true }
          return wasWritten
        }
        if !wasWritten { _ = try? sqlite("UPDATE Words SET Count = Count + 1", at: path) }
      }
    ).run()
    #expect(report.failure?.message == nil)
    #expect(report.snapshot == .changed)
    let second = try await IdempotenceClaims.run(SQLiteEndpoint(path: path), target)
    #expect(second.snapshot == .consistent)
    #expect(try await CopyWitness(source: SQLiteEndpoint(path: path), target: target).differences() == [])
  }
}
