import Databases
import Rows
import Runtime

/// Copies one unit: claim, begin, delete, insert, record, commit.
///
/// Whatever happens on the way, running the unit again is right: it deletes what the last attempt left.
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

  func run(on connections: WorkerConnections) async throws -> UnitReport {
    let started = run.time.now
    run.progress(.unitStarted(unit.key))
    var entry = previous
    entry.attempt += 1
    entry.state = .begun
    entry.updated = run.time.wallClock.description
    entry.fingerprint = Fingerprint()
    try await connections.target.claim(entry, job: run.job)

    do {
      let (read, counts) = try await copy(entry, connections)
      try reconcile(read: read, counts)
      entry.state = .done
      entry.fingerprint = read
      entry.updated = run.time.wallClock.description
      try await connections.target.record(entry, job: run.job)
      try await commit(entry, on: connections.target)
      run.progress(.unitFinished(unit.key))
      return UnitReport(
        unit: unit.key, range: unit.range, action: .copied, attempt: entry.attempt,
        rowsDeleted: counts.deleted,
        rowsRead: read.rows, rowsSent: counts.sent.rows, rowsAcknowledged: counts.acknowledged,
        bytes: counts.bytes, fingerprint: read, seconds: (run.time.now - started).seconds)
    } catch {
      // The first error is the one to report. If the connection is gone, so is its transaction.
      try? await connections.target.rollback()
      throw error.placed(table: table.pair.target.name, unit: unit)
    }
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
      channel.finish(throwing: error)
      throw error
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

  /// The answer to a COMMIT can be lost. Then the ledger is asked: the entry is there, or it is not.
  private func commit(_ entry: LedgerEntry, on target: any Connection) async throws {
    do {
      try await target.commit()
    } catch {
      guard error.outcome == .unknown else { throw error }
      let witness = try await run.target.connect(.write)
      let entries = try await witness.ledger(job: run.job)
      await witness.close()
      guard
        entries.contains(where: { $0.unit == entry.unit && $0.state == .done && $0.attempt == entry.attempt })
      else { throw error }
      run.progress(
        .note("unit \(unit.key): the answer to its commit was lost; the ledger says that it happened"))
    }
  }
}

extension Error {
  /// The error with the table and unit in which it happened, where it does not name them yet.
  func placed(table: TableName, unit: WorkUnit) -> any Error {
    guard var error = self as? DatabaseError else { return self }
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
