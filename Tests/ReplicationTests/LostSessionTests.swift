import Databases
import Replication
import ReplicationClaims
import Rows
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

/// What becomes of a run that loses the connection with its fence, or the one with its snapshot.
@Suite struct LostSessionTests {
  private let lost = StruckEndpoint.error(.connectionLost)
  /// Calls that change the target.
  private static let writes = [
    "begin", "delete", "openWrite", "write", "finishWrite", "record", "commit", "claim", "plan", "putAside",
    "create", "restore", "alignIdentity",
  ]

  @Test(arguments: [3, 7, 20])
  func `a lost fence is taken again before anything is written`(number: Int) async throws {
    let trial = try Trial()
    let target = StruckEndpoint(trial.target, strike("takeFence", at: [number], lost))
    try await trial.expectWhole(try await trial.run(to: target))
    let calls = target.calls.map { $0.split(separator: " ").map(String.init) }
    let fences = calls.indices.filter { calls[$0][1] == "takeFence" }
    let (lostAt, takenAt) = (fences[number - 1], fences[number])
    #expect(calls[lostAt][0] == "0" && calls[takenAt][0] != "0")
    #expect(calls[lostAt..<takenAt].allSatisfy { !Self.writes.contains($0[1]) }, "\(calls[lostAt..<takenAt])")
  }

  @Test func `a dead session's lock is waited for until the server notices`() async throws {
    let trial = try Trial()
    let fenced = StruckEndpoint.error(.fenced, code: "HELD")
    let target = StruckEndpoint(trial.target) { call in
      guard call.operation == "takeFence", (6...9).contains(call.number) else { return nil }
      return Strike(call.number == 6 ? lost : fenced)
    }
    let report = try await trial.run(to: target)
    try await trial.expectWhole(report)
    #expect(report.retry.outages.count == 1)
  }

  @Test func `a lock that never goes ends the run with another run's name for it`() async throws {
    let trial = try Trial()
    let fenced = StruckEndpoint.error(.fenced, code: "HELD")
    let target = StruckEndpoint(trial.target) { call in
      guard call.operation == "takeFence", call.number >= 6 else { return nil }
      return Strike(call.number == 6 ? lost : fenced)
    }
    let report = try await trial.run(to: target)
    #expect(report.outcome == .failed && report.failure?.database?.code == "HELD")
    #expect(trial.time.now >= .seconds(600))
    #expect(try await trial.witness.lies() == [])
    try await CopyWitness.expectFinished(trial)
  }

  @Test func `of two runs, one that lost its fence to the other stops and touches nothing`() async throws {
    let trial = try Trial()
    let path = trial.target.path
    let entry = "SELECT * FROM proofload_ledger WHERE updated = 'theirs'"
    let target = StruckEndpoint(trial.target) { call in
      guard call.operation == "takeFence", call.number == 6 else { return nil }
      // The other run claims a unit meanwhile.
      do {
        try sqlite(
          """
          UPDATE proofload_ledger SET state = 'begun', attempt = attempt + 1, updated = 'theirs'
          WHERE table_name = 'Readings' AND unit = 1
          """, at: path)
      } catch { Issue.record(error) }
      return Strike(lost)
    }
    let report = try await trial.run(to: target)
    #expect(report.outcome == .failed && report.failure?.database?.errorClass == .fenced)
    #expect(report.failure?.message.contains("another run") == true)
    #expect(report.failure?.database?.remedy?.contains("no other run") == true)
    #expect(try sqlite(entry, at: path).count == 1)
    #expect(!report.units.contains { $0.unit.table == "Readings" && $0.unit.index == 1 })
    #expect(try await trial.witness.lies() == [])
  }

  @Test func `of a target that lost what was there before the run, it is said so, and the next run mends it`()
    async throws
  {
    let trial = try Trial()
    #expect(try await trial.run().failure?.message == nil)
    try sqlite("UPDATE Threads SET Body = Body || '!'", at: trial.source.path)
    let path = trial.target.path
    let target = StruckEndpoint(trial.target) { call in
      guard call.operation == "takeFence", call.number == 2 else { return nil }
      // As after a failover to a standby that had not heard of the run before this one.
      do {
        try sqlite(
          "UPDATE proofload_ledger SET attempt = 0, state = 'planned' WHERE table_name = 'Kinds'", at: path)
      } catch { Issue.record(error) }
      return Strike(lost)
    }
    let report = try await trial.run(to: target)
    #expect(report.outcome == .failed && report.failure?.database?.errorClass == .fenced)
    let message = report.failure?.message ?? ""
    #expect(message.contains("lost commits") && !message.contains("another run"), "\(message)")
    try await CopyWitness.expectFinished(trial)
  }

  @Test func `a unit that another run has claimed is left to it`() async throws {
    let trial = try Trial()
    let path = trial.target.path
    let target = StruckEndpoint(trial.target) { call in
      guard call.operation == "claim", call.number == 4 else { return nil }
      // The fence is ours all the while: whoever does this does not keep to it.
      do {
        try sqlite("UPDATE proofload_ledger SET attempt = attempt + 1, updated = 'theirs'", at: path)
      } catch { Issue.record(error) }
      return nil
    }
    let report = try await trial.run(to: target)
    #expect(report.outcome == .failed && report.failure?.database?.errorClass == .fenced)
    #expect(
      try sqlite("SELECT count(*) FROM proofload_ledger WHERE updated <> 'theirs'", at: path) == [["0"]])
  }

  @Test func `commits that a failover loses are found and copied again`() async throws {
    let trial = try Trial()
    let path = trial.target.path
    let before = Guarded<[String?]>([])
    let isLost = Guarded(false)
    let target = StruckEndpoint(trial.target) { call in
      guard call.operation == "takeFence", !isLost.withLock({ $0 }) else { return nil }
      do {
        let columns = "state, attempt, fingerprint, updated"
        let row = try sqlite(
          "SELECT \(columns) FROM proofload_ledger WHERE table_name = 'Kinds'", at: path)
        if row.first?[0] == "planned" { before.withLock { $0 = row[0] } }
        guard row.first?[0] == "done" else { return nil }
        let old = before.withLock { $0 }.map { "'\($0 ?? "")'" }
        try sqlite(
          """
          UPDATE proofload_ledger SET (\(columns)) = (\(old.joined(separator: ", "))) WHERE table_name = 'Kinds';
          DELETE FROM Kinds
          """, at: path)
        isLost.withLock { $0 = true }
      } catch {
        // There is no ledger yet.
        return nil
      }
      return Strike(lost)
    }
    let report = try await trial.run(to: target)
    #expect(isLost.withLock { $0 })
    try await trial.expectWhole(report)
    #expect(report.notes.contains { $0.contains("lost 1 unit") })
  }

  @Test func `a snapshot that was lost is never called consistent`() async throws {
    let trial = try Trial()
    #expect(try await trial.run().snapshot == .consistent)
    try sqlite(
      "UPDATE Threads SET Body = Body || '!'; UPDATE Words SET Count = -Count", at: trial.source.path)
    // The reader has to come again, and finds that nobody holds the snapshot any more.
    let source = StruckEndpoint(trial.source) { call in
      switch (call.operation, call.number) {
      case ("openRead", 3): Strike(StruckEndpoint.error(.conflict))
      case ("joinSnapshot", 2...):
        call.number == 2 ? Strike(StruckEndpoint.error(.badRow, code: "22023")) : nil
      case ("tables", 2): Strike(lost)
      default: nil
      }
    }
    let report = try await trial.run(from: source)
    #expect(report.failure?.message == nil)
    #expect(try await trial.witness.differences() == [])
    #expect(report.snapshot == .unknown)
    #expect(report.retry.snapshots == 2)
    #expect(report.notes.contains { $0.contains("snapshot was lost") })
  }

  @Test func `a snapshot whose end nobody heard of is unknown, and the run is done`() async throws {
    let trial = try Trial()
    let source = StruckEndpoint(trial.source, strike("endSnapshot", at: [1], lost))
    let report = try await trial.run(from: source)
    #expect(report.outcome == .done && report.snapshot == .unknown)
    #expect(report.notes.contains { $0.contains("whether the source changed") })
  }

  @Test func `what is read again in the same snapshot stays consistent`() async throws {
    let trial = try Trial()
    let source = StruckEndpoint(trial.source, strike("nextBatch", at: [2, 9], lost))
    let report = try await trial.run(from: source)
    try await trial.expectWhole(report)
    #expect(report.snapshot == .consistent && report.retry.snapshots == 1)
  }
}

extension CopyWitness {
  /// An undisturbed run makes the copy whole.
  static func expectFinished(_ trial: Trial) async throws {
    #expect(try await trial.run().failure?.message == nil)
    #expect(try await trial.witness.differences() == [])
    #expect(try await trial.witness.lies() == [])
  }
}
