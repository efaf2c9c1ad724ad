import Databases
import Rows
import Runtime

/// Copies one unit: claim, begin, delete, insert, record, commit.
///
/// Whatever happens on the way, running the unit again is right: it deletes what the last attempt left. Whoever
/// runs it rolls back after an error.
struct UnitCopy: Sendable {
  let table: TablePlan
  let unit: WorkUnit
  /// The ledger's entry before this attempt.
  let previous: LedgerEntry
  let run: RunContext

  /// What reader and writer counted, each for itself.
  private struct Counts {
    var sent = Fingerprint()
    var acknowledged = 0
    var deleted = 0
    var bytes = 0
  }

  /// `claimed` is called when the unit is ours.
  ///
  /// - Throws: `UnitFailure` for what a database says; `JobError`.
  func run(on connections: WorkerConnections, claimed: @Sendable () -> Void) async throws -> UnitReport {
    let started = run.time.now
    run.progress(.unitStarted(unit.key))
    var entry = previous
    entry.attempt += 1
    entry.state = .begun
    entry.updated = run.time.wallClock.description
    entry.fingerprint = Fingerprint()
    try await claim(entry, on: connections.target)
    claimed()

    let (read, counts) = try await copy(entry, connections)
    try reconcile(read: read, counts)
    entry.state = .done
    entry.fingerprint = read
    entry.updated = run.time.wallClock.description
    let report = UnitReport(
      unit: unit.key, range: unit.range, action: .copied, attempt: entry.attempt,
      rowsDeleted: counts.deleted,
      rowsRead: read.rows, rowsSent: counts.sent.rows, rowsAcknowledged: counts.acknowledged,
      bytes: counts.bytes, fingerprint: read, seconds: (run.time.now - started).seconds)
    run.trails.mayHaveWritten(entry)
    do { try await connections.target.record(entry, job: run.job) } catch {
      throw UnitFailure(.target, error)
    }
    do { try await connections.target.commit() } catch {
      throw UnitFailure(.target, error, uncertain: report)
    }
    return report
  }

  private func claim(_ entry: LedgerEntry, on target: any Connection) async throws {
    do { try await target.claim(entry, job: run.job) } catch {
      // Whoever is fenced off has certainly written nothing; of every other error nobody knows.
      if error.errorClass != .fenced { run.trails.mayHaveWritten(entry) }
      throw UnitFailure(.target, error)
    }
    run.trails.mayHaveWritten(entry)
  }

  /// Reader and writer run side by side, with a channel between them that bounds memory.
  private func copy(
    _ entry: LedgerEntry, _ connections: WorkerConnections
  ) async throws -> (read: Fingerprint, counts: Counts) {
    let channel = BoundedChannel<RowBatch>(limitBytes: run.options.channelBytes) { $0.bytes.count }
    async let reading = read(into: channel, from: connections.source)
    do {
      let counts = try await write(from: channel, entry, to: connections.target)
      return (try await reading, counts)
    } catch {
      channel.close()
      if let error = error as? DatabaseError { throw UnitFailure(.target, error) }
      throw error
    }
  }

  private func read(
    into channel: BoundedChannel<RowBatch>, from source: any Connection
  ) async throws -> Fingerprint {
    do {
      var sum = Fingerprint()
      try await source.openRead(table.rows(of: unit).sourceRead)
      while let batch = try await source.nextBatch() {
        sum += batch.fingerprint
        try await channel.send(batch)
      }
      channel.finish()
      return sum
    } catch {
      let failure = (error as? DatabaseError).map { UnitFailure(.source, $0) } ?? error
      channel.finish(throwing: failure)
      throw failure
    }
  }

  private func write(
    from channel: BoundedChannel<RowBatch>, _ entry: LedgerEntry, to target: any Connection
  ) async throws -> Counts {
    let rows = table.rows(of: unit).targetRows
    let columns = table.pair.targetColumns
    var counts = Counts()
    try await target.begin()
    counts.deleted = try await target.delete(rows)
    try await target.openWrite(rows.table, columns: columns)
    var transactionBytes = 0
    while let batch = try await channel.next() {
      if run.stop.isRequested { throw JobError.stoppedOnRequest }
      if transactionBytes >= run.options.transactionBytes {
        counts.acknowledged += try await target.finishWrite()
        try await target.record(entry, job: run.job)
        try await target.commit()
        try await target.begin()
        try await target.openWrite(rows.table, columns: columns)
        transactionBytes = 0
      }
      try await target.write(batch)
      counts.sent += batch.fingerprint
      counts.bytes += batch.bytes.count
      transactionBytes += batch.bytes.count
      run.progress(.moved(rows: batch.rowCount, bytes: batch.bytes.count))
    }
    counts.acknowledged += try await target.finishWrite()
    return counts
  }

  /// Rows read = rows sent = rows acknowledged, and what was sent is what was read.
  private func reconcile(read: Fingerprint, _ counts: Counts) throws(JobError) {
    guard read == counts.sent, read.rows == counts.acknowledged else {
      throw JobError(
        .reconciliation,
        "unit \(unit.key): \(read.rows) rows were read, \(counts.sent.rows) sent, \(counts.acknowledged) acknowledged by the target",
        remedy:
          "The unit was rolled back. Look for a trigger or rule in the target that drops or adds rows, then run again."
      )
    }
  }
}

extension DatabaseError {
  /// The error with the table and unit in which it happened, where it does not name them yet.
  func placed(table: TableName, unit: WorkUnit) -> DatabaseError {
    var error = self
    error.place.table = error.place.table ?? table.description
    error.place.unit = error.place.unit ?? "\(unit.key) \(unit.range)"
    return error
  }
}

extension Duration {
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
