import Databases
import Dispatch
import PostgresDatabase
import Replication
import ReplicationClaims
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

/// A replication into a server that may die, and what strikes it in the middle of its load.
struct MortalTarget {
  private let directory: TemporaryDirectory
  let source: any Endpoint
  let server: PrivateServer
  let target: PostgresEndpoint

  static let rows = 3_000

  init(server: PrivateServer, url: String? = nil, database: String) throws {
    directory = try TemporaryDirectory()
    try sqlite(
      """
      CREATE TABLE items (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(MortalTarget.rows))
      INSERT INTO items SELECT i, 'body of item ' || i FROM n;
      """, at: directory.file("source.db"))
    source = SQLiteEndpoint(path: directory.file("source.db"))
    self.server = server
    target = try PostgresEndpoint(url: url ?? server.url(database: database))
  }

  /// About thirty units, and no retry.
  static var options: ReplicationOptions {
    var options = ReplicationOptions()
    options.unitBytes = 4_000
    // What is looked at is what an error leaves.
    options.retry = .none
    return options
  }

  /// Runs the job; `strike` is called once, while the given write has rows in an open
  /// transaction, and `earlier` at half that number.
  func run(
    options: ReplicationOptions = options, atWrite number: Int = 10,
    earlier: @escaping @Sendable () throws -> Void = {}, strike: @escaping @Sendable () throws -> Void = {}
  ) async throws -> RunReport {
    try await replicate(source, target, options: options, atWrite: number, earlier: earlier, strike: strike)
  }

  /// Strikes a run that does not retry. It has to fail with one of the codes, leave a true ledger and no half
  /// unit, and be made whole by the same command.
  func expectHonesty(
    _ codes: [String], options: ReplicationOptions = options, strike: @escaping @Sendable () throws -> Void,
    cure: () throws -> Void = {}, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let report = try await run(options: options, strike: strike)
    #expect(report.outcome == .failed, sourceLocation: sourceLocation)
    let error = report.failure?.database
    #expect(
      codes.contains(error?.code ?? "none"), "\(report.failure?.message ?? "no failure")",
      sourceLocation: sourceLocation)
    try cure()
    let witness = CopyWitness(source: source, target: target)
    #expect(try await witness.lies() == [], sourceLocation: sourceLocation)
    #expect(try await halfUnits() == [], sourceLocation: sourceLocation)
    #expect(try await witness.differences() != [], "it struck too late", sourceLocation: sourceLocation)
    try await expectWhole(sourceLocation)
  }

  /// Strikes a run that retries. It has to end by itself with an equal copy, and to say what it retried.
  func expectHealing(
    earlier: @escaping @Sendable () throws -> Void = {}, strike: @escaping @Sendable () throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var options = MortalTarget.options
    options.retry = .standard
    let report = try await run(options: options, earlier: earlier, strike: strike)
    #expect(report.failure?.message == nil, sourceLocation: sourceLocation)
    #expect(!report.retry.retried.isEmpty, "it struck nobody", sourceLocation: sourceLocation)
    let witness = CopyWitness(source: source, target: target)
    #expect(try await witness.differences() == [], sourceLocation: sourceLocation)
    #expect(try await witness.lies() == [], sourceLocation: sourceLocation)
  }

  func expectWhole(_ sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let again = try await run()
    #expect(again.failure?.message == nil, sourceLocation: sourceLocation)
    let witness = CopyWitness(source: source, target: target)
    #expect(try await witness.differences() == [], sourceLocation: sourceLocation)
    #expect(try await witness.lies() == [], sourceLocation: sourceLocation)
  }

  /// Units that are not done and hold rows, in a target that was empty.
  func halfUnits() async throws -> [UnitKey] {
    let connection = try await target.connect(.read)
    let tables = try await connection.tables()
    let table = try #require(tables.first { $0.name.name == "items" })
    var found: [UnitKey] = []
    for entry in try await connection.ledger(job: Replication.job(source, target)) where entry.state != .done
    {
      let rows = TableRange(table: table.name, column: table.columns[0], range: entry.range)
      let columns = table.columns.compactMap { column in
        column.type.map { TransferColumn(schema: column, type: $0) }
      }
      let held = try await connection.fingerprint(of: RangeRead(rows: rows, columns: columns))
      if held.rows > 0 { found.append(entry.unit) }
    }
    await connection.close()
    return found
  }
}

/// Runs a job as `MortalTarget.run` does. `waiting` is called when the run has told for the third time that it waits.
func replicate(
  _ source: any Endpoint, _ target: any Endpoint, options: ReplicationOptions = MortalTarget.options,
  atWrite number: Int = 10, earlier: @escaping @Sendable () throws -> Void = {},
  waiting: @escaping @Sendable () throws -> Void = {}, strike: @escaping @Sendable () throws -> Void
) async throws -> RunReport {
  let counts = Guarded((writes: 0, waits: 0))
  let failure = Guarded<(any Error)?>(nil)
  // Two writers tell of their writes at once: the strike waits until what precedes it is over.
  let isPrepared = DispatchSemaphore(value: 0)
  let report = try await Replication(
    source: source, target: target, options: options, time: SystemTime(),
    progress: { event in
      do {
        switch event {
        case .moved:
          let write = counts.withLock { counts in
            counts.writes += 1
            return counts.writes
          }
          if write == max(1, number / 2) {
            defer { isPrepared.signal() }
            try earlier()
          }
          if write == number {
            isPrepared.wait()
            try strike()
          }
        case .waiting:
          let wait = counts.withLock { counts in
            counts.waits += 1
            return counts.waits
          }
          if wait == 3 { try waiting() }
        default: break
        }
      } catch { failure.withLock { $0 = error } }
    }
  ).run()
  if let error = failure.withLock({ $0 }) { throw error }
  return report
}
