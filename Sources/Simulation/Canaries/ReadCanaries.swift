import Databases
import Rows
import Runtime

// Bugs in how rows and the ledger are read, and in what becomes of errors.

/// What a bug remembers from one process to the next.
final class CanaryMemory: Sendable {
  let ledger = Guarded<[LedgerEntry]?>(nil)
}

final class RangeOpenBelow: ForwardingConnection {
  let base: any Connection

  init(_ base: any Connection) { self.base = base }

  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    var read = read
    if case .span(.integer(let from)?, let to) = read.rows.range {
      read.rows.range = .span(from: .integer(from + 1), to: to)
    }
    try await base.openRead(read)
  }
}

final class NullForgotten: ForwardingConnection {
  let base: any Connection
  private let isForgotten = Guarded(false)

  init(_ base: any Connection) { self.base = base }

  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    isForgotten.withLock { $0 = read.rows.range == .null }
    try await base.openRead(read)
  }

  func nextBatch() async throws(DatabaseError) -> RowBatch? {
    isForgotten.withLock { $0 } ? nil : try await base.nextBatch()
  }
}

final class SnapshotNotJoined: ForwardingConnection {
  let base: any Connection

  init(_ base: any Connection) { self.base = base }

  func joinSnapshot(_ name: String) async throws(DatabaseError) {}
}

final class LedgerStale: ForwardingConnection {
  let base: any Connection
  private let memory: CanaryMemory

  init(_ base: any Connection, _ memory: CanaryMemory) {
    self.memory = memory
    self.base = base
  }

  func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    if let stale = memory.ledger.withLock({ $0 }) { return stale }
    let ledger = try await base.ledger(job: job)
    memory.ledger.withLock { $0 = ledger }
    return ledger
  }
}

final class ErrorTakenForEnd: ForwardingConnection {
  let base: any Connection

  init(_ base: any Connection) { self.base = base }

  func nextBatch() async throws(DatabaseError) -> RowBatch? {
    do throws(DatabaseError) { return try await base.nextBatch() } catch {
      guard error.errorClass != .cancelled else { throw error }
      return nil
    }
  }
}

final class ReadAhead: ForwardingConnection {
  let base: any Connection
  private let batches = Guarded<ArraySlice<RowBatch>>([])

  init(_ base: any Connection) { self.base = base }

  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    try await base.openRead(read)
    var all: [RowBatch] = []
    while let batch = try await base.nextBatch() { all.append(batch) }
    let found = all
    batches.withLock { $0 = found[...] }
  }

  func nextBatch() async throws(DatabaseError) -> RowBatch? { batches.withLock { $0.popFirst() } }

  func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    batches.withLock { $0.popFirst()?.fingerprint }
  }
}

final class PermanentRetried: ForwardingConnection {
  let base: any Connection

  init(_ base: any Connection) { self.base = base }

  func write(_ batch: RowBatch) async throws(DatabaseError) {
    do throws(DatabaseError) { try await base.write(batch) } catch {
      var error = error
      if error.errorClass == .permanent { error.errorClass = .conflict }
      throw error
    }
  }

  func delete(_ rows: TableRange) async throws(DatabaseError) -> Int {
    do throws(DatabaseError) { return try await base.delete(rows) } catch {
      var error = error
      if error.errorClass == .permanent { error.errorClass = .conflict }
      throw error
    }
  }
}

final class CheckBelievesLedger: ForwardingConnection {
  let base: any Connection
  private let memory: CanaryMemory
  private let read = Guarded<(range: TableRange, isRead: Bool)?>(nil)

  init(_ base: any Connection, _ memory: CanaryMemory) {
    self.memory = memory
    self.base = base
  }

  func ledger(job: String) async throws(DatabaseError) -> [LedgerEntry] {
    let ledger = try await base.ledger(job: job)
    memory.ledger.withLock { $0 = ledger }
    return ledger
  }

  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    self.read.withLock { $0 = (read.rows, false) }
    try await base.openRead(read)
  }

  func nextFingerprint() async throws(DatabaseError) -> Fingerprint? {
    guard let (rows, isRead) = read.withLock({ $0 }),
      let entry = memory.ledger.withLock({ ledger in
        ledger?.first { $0.unit.table == rows.table.name && $0.range == rows.range && $0.state == .done }
      })
    else { return try await base.nextFingerprint() }
    read.withLock { $0?.isRead = true }
    return isRead ? nil : entry.fingerprint
  }
}
