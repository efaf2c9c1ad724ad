import Databases
import Rows
import Runtime

// Bugs in how rows and the ledger are read, and in what becomes of errors. As in WriteCanaries.swift, whoever
// remembers something guards it.

/// What a bug remembers from one process to the next.
final class CanaryMemory: Sendable {
  let ledger = Guarded<[LedgerEntry]?>(nil)
}

final class RangeOpenBelow: ForwardingConnection, @unchecked Sendable {
  override func openRead(_ read: RangeRead) async throws(DatabaseError) {
    var read = read
    if case .span(.integer(let from)?, let to) = read.rows.range {
      read.rows.range = .span(from: .integer(from + 1), to: to)
    }
    try await base.openRead(read)
  }
}

final class NullForgotten: ForwardingConnection, @unchecked Sendable {
  private let isForgotten = Guarded(false)

  override func openRead(_ read: RangeRead) async throws(DatabaseError) {
    isForgotten.withLock { $0 = read.rows.range == .null }
    try await base.openRead(read)
  }

  override func nextBatch() async throws(DatabaseError) -> RowBatch? {
    isForgotten.withLock { $0 } ? nil : try await base.nextBatch()
  }
}

final class SnapshotNotJoined: ForwardingConnection, @unchecked Sendable {
  override func joinSnapshot(_ name: String) async throws(DatabaseError) {}
}

final class LedgerStale: ForwardingConnection, @unchecked Sendable {
  private let memory: CanaryMemory

  init(_ base: any Connection, _ memory: CanaryMemory) {
    self.memory = memory
    super.init(base)
  }

  override func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    if let stale = memory.ledger.withLock({ $0 }) { return stale }
    let ledger = try await base.ledger(job: job)
    memory.ledger.withLock { $0 = ledger }
    return ledger
  }
}

final class ErrorTakenForEnd: ForwardingConnection, @unchecked Sendable {
  override func nextBatch() async throws(DatabaseError) -> RowBatch? {
    do throws(DatabaseError) { return try await base.nextBatch() } catch {
      guard error.errorClass != .cancelled else { throw error }
      return nil
    }
  }
}

final class ReadAhead: ForwardingConnection, @unchecked Sendable {
  private let batches = Guarded<ArraySlice<RowBatch>>([])

  override func openRead(_ read: RangeRead) async throws(DatabaseError) {
    try await base.openRead(read)
    var all: [RowBatch] = []
    while let batch = try await base.nextBatch() { all.append(batch) }
    let found = all
    batches.withLock { $0 = found[...] }
  }

  override func nextBatch() async throws(DatabaseError) -> RowBatch? { batches.withLock { $0.popFirst() } }

  override func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    batches.withLock { $0.popFirst()?.fingerprint }
  }
}

final class PermanentRetried: ForwardingConnection, @unchecked Sendable {
  override func write(_ batch: RowBatch) async throws(DatabaseError) {
    do throws(DatabaseError) { try await base.write(batch) } catch {
      var error = error
      if error.errorClass == .permanent { error.errorClass = .conflict }
      throw error
    }
  }

  override func delete(_ rows: TableRange) async throws(DatabaseError) -> Int {
    do throws(DatabaseError) { return try await base.delete(rows) } catch {
      var error = error
      if error.errorClass == .permanent { error.errorClass = .conflict }
      throw error
    }
  }
}

final class CheckBelievesLedger: ForwardingConnection, @unchecked Sendable {
  private let memory: CanaryMemory
  private let read = Guarded<(range: TableRange, isRead: Bool)?>(nil)

  init(_ base: any Connection, _ memory: CanaryMemory) {
    self.memory = memory
    super.init(base)
  }

  override func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    let ledger = try await base.ledger(job: job)
    memory.ledger.withLock { $0 = ledger }
    return ledger
  }

  override func openRead(_ read: RangeRead) async throws(DatabaseError) {
    self.read.withLock { $0 = (read.rows, false) }
    try await base.openRead(read)
  }

  override func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    guard let (rows, isRead) = read.withLock({ $0 }),
      let entry = memory.ledger.withLock({ ledger in
        ledger?.first { $0.unit.table == rows.table.name && $0.range == rows.range && $0.state == .done }
      })
    else { return try await base.nextFingerprint() }
    read.withLock { $0?.isRead = true }
    return isRead ? nil : entry.fingerprint
  }
}
