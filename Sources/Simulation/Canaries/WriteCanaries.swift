import Databases
import Rows
import Runtime

// Bugs in how rows are written.

final class LedgerOutsideTransaction: ForwardingConnection {
  let base: any Connection
  private let pending = Guarded<(entry: LedgerEntry, job: String)?>(nil)

  init(_ base: any Connection) { self.base = base }

  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    pending.withLock { $0 = (entry, job) }
  }

  func commit() async throws(DatabaseError) {
    try await base.commit()
    guard let (entry, job) = pending.withLock({ $0.take() }) else { return }
    try await base.begin()
    try await base.record(entry, job: job)
    try await base.commit()
  }
}

final class RetryWithoutRollback: ForwardingConnection {
  let base: any Connection
  private let isOpen = Guarded(false)

  init(_ base: any Connection) { self.base = base }

  func begin() async throws(DatabaseError) {
    if !isOpen.withLock({ $0 }) { try await base.begin() }
    isOpen.withLock { $0 = true }
  }

  func commit() async throws(DatabaseError) {
    isOpen.withLock { $0 = false }
    try await base.commit()
  }

  func rollback() async throws(DatabaseError) {}
}

final class DeleteTooFar: ForwardingConnection {
  let base: any Connection

  init(_ base: any Connection) { self.base = base }

  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int {
    var rows = rows
    if case .span(let from, .integer(let to)?) = rows.range {
      rows.range = .span(from: from, to: .integer(to + 3))
    }
    return try await base.delete(rows)
  }
}

final class DeleteForgotten: ForwardingConnection {
  let base: any Connection

  init(_ base: any Connection) { self.base = base }

  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int { 0 }
}

final class FenceNotChecked: ForwardingConnection {
  let base: any Connection
  private func current(_ entry: LedgerEntry, _ job: String) async throws(DatabaseError) -> Int {
    let ledger = try await base.ledger(job: job)
    return ledger.first { $0.unit == entry.unit }?.attempt ?? entry.attempt
  }

  init(_ base: any Connection) { self.base = base }

  func claim(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    var entry = entry
    entry.attempt = try await current(entry, job) + 1
    try await base.claim(entry, job: job)
  }

  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    var entry = entry
    entry.attempt = try await current(entry, job)
    try await base.record(entry, job: job)
  }
}

final class LostCommitRepeated: ForwardingConnection {
  let base: any Connection
  private let endpoint: any Endpoint
  private let sent = Guarded<(table: TableName, columns: [TransferColumn], batches: [RowBatch])?>(nil)

  init(_ base: any Connection, _ endpoint: any Endpoint) {
    self.endpoint = endpoint
    self.base = base
  }

  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    sent.withLock { $0 = (table, columns, []) }
    try await base.openWrite(table, columns: columns)
  }

  func write(_ batch: RowBatch) async throws(DatabaseError) {
    sent.withLock { $0?.batches.append(batch) }
    try await base.write(batch)
  }

  func commit() async throws(DatabaseError) {
    do throws(DatabaseError) { try await base.commit() } catch {
      guard error.outcome == .unknown, let sent = sent.withLock({ $0 }) else { throw error }
      let again = try await endpoint.connect(.write)
      try await again.begin()
      try await again.openWrite(sent.table, columns: sent.columns)
      for batch in sent.batches { try await again.write(batch) }
      _ = try await again.finishWrite()
      try await again.commit()
      await again.close()
    }
  }
}

final class ReceivedNotCompared: ForwardingConnection {
  let base: any Connection
  private let state = Guarded((batches: 0, rows: 0))

  init(_ base: any Connection) { self.base = base }

  func write(_ batch: RowBatch) async throws(DatabaseError) {
    let number = state.withLock { state in
      state.batches += 1
      state.rows += batch.rowCount
      return state.batches
    }
    if number % 10 != 0 { try await base.write(batch) }
  }

  func finishWrite() async throws(DatabaseError) -> Int {
    _ = try await base.finishWrite()
    return state.withLock { state in
      defer { state.rows = 0 }
      return state.rows
    }
  }
}

final class BatchSentTwice: ForwardingConnection {
  let base: any Connection
  private let state = Guarded((batches: 0, twice: 0))

  init(_ base: any Connection) { self.base = base }

  func write(_ batch: RowBatch) async throws(DatabaseError) {
    try await base.write(batch)
    let isTwice = state.withLock { state in
      state.batches += 1
      if state.batches % 10 == 0 { state.twice += batch.rowCount }
      return state.batches % 10 == 0
    }
    if isTwice { try await base.write(batch) }
  }

  func finishWrite() async throws(DatabaseError) -> Int {
    let twice = state.withLock { state in
      defer { state.twice = 0 }
      return state.twice
    }
    return try await base.finishWrite() - twice
  }
}

final class DoneTooEarly: ForwardingConnection {
  let base: any Connection

  init(_ base: any Connection) { self.base = base }

  func record(_ entry: LedgerEntry, job: String) async throws(DatabaseError) {
    var entry = entry
    entry.state = .done
    try await base.record(entry, job: job)
  }
}

final class SplitTransaction: ForwardingConnection {
  let base: any Connection
  private let target = Guarded<(table: TableName, columns: [TransferColumn], rows: Int)?>(nil)

  init(_ base: any Connection) { self.base = base }

  func openWrite(_ table: TableName, columns: [TransferColumn]) async throws(DatabaseError) {
    target.withLock { $0 = (table, columns, 0) }
    try await base.openWrite(table, columns: columns)
  }

  func write(_ batch: RowBatch) async throws(DatabaseError) {
    try await base.write(batch)
    guard let (table, columns, _) = target.withLock({ $0 }) else { return }
    let rows = try await base.finishWrite()
    target.withLock { $0?.rows += rows }
    try await base.commit()
    try await base.begin()
    try await base.openWrite(table, columns: columns)
  }

  func finishWrite() async throws(DatabaseError) -> Int {
    try await base.finishWrite() + (target.withLock { $0?.rows } ?? 0)
  }
}

final class NotRestored: ForwardingConnection {
  let base: any Connection
  private let aside = Guarded<[Obstacle]>([])

  init(_ base: any Connection) { self.base = base }

  func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {
    aside.withLock { $0 += obstacles }
    try await base.putAside(obstacles, job: job)
  }

  func restore(job: String) async throws(DatabaseError) -> [Obstacle] { aside.withLock { $0 } }
}

final class NotPutAside: ForwardingConnection {
  let base: any Connection

  init(_ base: any Connection) { self.base = base }

  func putAside(_ obstacles: [Obstacle], job: String) async throws(DatabaseError) {}
}
