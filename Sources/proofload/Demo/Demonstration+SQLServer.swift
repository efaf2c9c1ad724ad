import Databases
import Replication
import Reports
import Runtime
import SQLServerSimulator

/// One table copied anew: as a command, and as what the command does.
struct TableCopy {
  let table: String
  let workers: Int
  private let kilobytes: Int

  /// `bytes` is the size of the table, which is cut into about so many units.
  init(of table: String, bytes: Int, units: Int, workers: Int) {
    self.table = table
    self.workers = workers
    kilobytes = max(1, bytes / (units << 10))
  }

  func words(on stage: DemoStage) -> [String] {
    [
      "replicate", "--from", stage.sourceURL, "--to", stage.targetURL, "--tables", table, "--fresh",
      "--workers", "\(workers)", "--unit-size", "\(kilobytes)KB",
    ]
  }

  var options: ReplicationOptions {
    var options = ReplicationOptions()
    options.tables = TableSelection([table])
    options.mode = .fresh
    options.workers = workers
    options.unitBytes = kilobytes << 10
    return options
  }
}

/// What only a SQL Server is put through: a deadlock of our own writers, and a failover.
extension Demonstration {
  private func copy(of table: String, units: Int, workers: Int) throws -> TableCopy {
    guard let bytes = generated[table]?.bytes else { throw Surprise(description: "there are no \(table)") }
    return TableCopy(of: table, bytes: bytes, units: units, workers: workers)
  }

  // MARK: The deadlock

  /// What the server's owner may have set, and it is all that is done: each unit's delete then locks the table in a way
  /// that all can share, and each unit's load wants the table for itself.
  mutating func deadlock(in server: SimulatedServer) async throws {
    begin("Four writers of one table, in each other's way")
    // Enough units to be quiet for a while when there is one writer left.
    let copy = try copy(of: "Votes", units: 40, workers: 4)
    let option = SQLStatement("EXEC sp_tableoption '\(copy.table)', 'table lock on bulk load', 'ON'")
    show(option)
    _ = try stage.runInTarget(option)
    show(copy.words(on: stage))
    let planned = try await stage.ledger(.read).filter { $0.unit.table == copy.table }.map(\.attempt).max()
    let earlier = server.core.deadlocks
    let report = try await replicate(copy)
    let deadlocks = server.core.deadlocks - earlier

    let victims = report.retry.retried
    let failures = victims.flatMap(\.failures)
    try expect(deadlocks > 0, "no two writers waited for each other")
    try expect(failures.allSatisfy { $0.code == "sqlserver 1205" }, "there was another error than a deadlock")
    try expect(
      failures.count == deadlocks, "the server counts \(deadlocks) deadlocks, the run \(failures.count)")
    see(
      "\(Figures.count(deadlocks, "time")) writers waited for each other: they had deleted their units' rows, and each "
        + "wanted the table for itself, to load it. Each time the server ended one with error 1205. Nothing was injected."
    )
    try expectVictimsOnly(report, planned: planned ?? 0)
    let names = victims.compactMap { work in
      work.unit.map { work.failures.count == 1 ? "\($0)" : "\($0) \(work.failures.count) times" }
    }
    see(
      "Tried again: \(names.joined(separator: ", ")). The other "
        + "\(Figures.count(report.units.count - victims.count, "unit")) went through the first time.")
    for line in RetrySummary(report.retry).lines { see(line) }
    let writers = [copy.workers] + report.retry.writers.map(\.writers)
    let changes = zip(writers, writers.dropFirst())
    try expect(changes.contains { $0 > $1 }, "the deadlocks did not lower the number of writers")
    try expect(changes.contains { $0 < $1 }, "quiet did not raise the number of writers")
    try expectWhole(report, copy.table)
  }

  /// The ledger's numbers say who was tried how often: units of a new plan begin behind the old one's.
  private func expectVictimsOnly(_ report: RunReport, planned: Int) throws {
    var failures: [UnitKey: Int] = [:]
    for work in report.retry.retried {
      guard let unit = work.unit else { throw Surprise(description: "a step failed: \(work.step ?? "")") }
      try expect(work.outcome == .done, "unit \(unit) was given up")
      failures[unit] = work.failures.count
    }
    let wrong = report.units.filter { $0.attempt != planned + 2 + failures[$0.unit, default: 0] }
    try expect(wrong.isEmpty, "\(wrong.map { "\($0.unit)" }) were tried more often than they failed")
    try expect(failures.count < report.units.count, "every unit was a victim")
  }

  private func expectWhole(_ report: RunReport, _ table: String) throws {
    let figures = RunFigures(report)
    try expect(figures.unitsCopied == figures.unitsPlanned, "not every unit of \(table) was copied")
    try expect(figures.rowsAcknowledged == generated[table]?.rows, "not every row of \(table) is there")
  }

  // MARK: The failover

  /// What is committed survives it, and nothing else.
  mutating func failOver() async throws {
    begin("Fail the server over in the middle of a copy")
    let copy = try copy(of: "Comments", units: 20, workers: 2)
    let statement = SQLStatement("EXEC sp_proofload_failover @refuse_ms = 400, @read_only_ms = 400")
    show(copy.words(on: stage))
    show(statement)
    let blow = Blow(afterRows: (generated[copy.table]?.rows ?? 0) / 2)
    let stage = stage
    let report = try await replicate(copy) { event in
      guard case .moved(let rows, _) = event else { return }
      blow.moved(rows) { try stage.runInTarget(statement) }
    }
    let struck = try blow.outcome

    let target = try stage.target.name
    try expect(struck > 0, "the server did not fail over")
    see(
      "It struck after \(Figures.count(struck, "row")), within a transaction, and ended the connection that asked for "
        + "it, too.")
    let codes = report.retry.retried.flatMap(\.failures).map { $0.code ?? "a connection that ended" }
    see("What the run met: \(Set(codes).sorted().joined(separator: ", ")).")
    for line in RetrySummary(report.retry).lines { see(line) }
    let outages = report.retry.outages
    try expect(outages.contains { $0.endpoint == target }, "the run did not notice the failover")
    try expect(outages.allSatisfy { $0.duration != nil }, "the run never found the server back")
    try expect(report.retry.retried.contains { $0.unit != nil }, "no unit was lost")
    try expect(report.retry.retried.allSatisfy { $0.outcome == .done }, "something was given up")
    try expectWhole(report, copy.table)
    see(
      "\(Figures.count(RunFigures(report).rowsDone, "row")) are there, in \(Figures.duration(report.seconds))."
    )
  }
}

/// Something that strikes once, in the middle of a copy.
private final class Blow: Sendable {
  private struct State {
    var rows = 0
    var struck: Int?
    var failure: (any Error)?
  }

  private let threshold: Int
  private let state = Guarded(State())

  init(afterRows threshold: Int) { self.threshold = threshold }

  /// The worker that moved these rows has not committed them, and waits until it is over.
  func moved(_ rows: Int, strike: () throws -> SQLResult) {
    let isNow = state.withLock { state in
      state.rows += rows
      guard state.struck == nil, state.rows >= threshold else { return false }
      state.struck = state.rows
      return true
    }
    guard isNow else { return }
    do {
      _ = try strike()
      throw Demonstration.Surprise(description: "a connection outlived the failover")
    } catch let error as DatabaseError where error.errorClass == .connectionLost {
      // Its own connection ends with the others.
    } catch {
      state.withLock { $0.failure = error }
    }
  }

  /// How many rows had been moved; 0 if it did not strike.
  var outcome: Int {
    get throws {
      let state = state.withLock { $0 }
      if let failure = state.failure { throw failure }
      return state.struck ?? 0
    }
  }
}
