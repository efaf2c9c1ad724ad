import Databases
import Replication
import Rows
import Runtime

/// Sees every row of a scan, on one side.
protocol RowVisitor: Sendable {
  /// The row lives until the call returns.
  mutating func visit(_ row: UnsafeRawBufferPointer, hash: UInt128) throws
}

/// Scans a unit on both sides at the same time.
struct SideBySide: Sendable {
  let rows: PairRange
  let connections: WorkerConnections
  let stop: StopSignal

  /// Shows each side's rows to a visitor of its own, and returns the visitors.
  func visit<Visitor: RowVisitor>(
    source: Visitor, target: Visitor
  ) async throws -> (source: Visitor, target: Visitor) {
    async let left = SideBySide.scan(rows.sourceRead, connections.source, stop, source)
    let right = try await SideBySide.scan(rows.targetRead, connections.target, stop, target)
    return (try await left, right)
  }

  /// `progress` hears of the source's parts.
  func fingerprints(
    _ source: RangeRead, _ target: RangeRead, progress: @escaping @Sendable (Fingerprint) -> Void
  ) async throws -> UnitFingerprints {
    async let left = SideBySide.fingerprint(source, connections.source, stop, progress)
    let right = try await SideBySide.fingerprint(target, connections.target, stop) { _ in }
    return UnitFingerprints(source: try await left, target: right)
  }

  private static func scan<Visitor: RowVisitor>(
    _ read: RangeRead, _ connection: any Connection, _ stop: StopSignal, _ visitor: Visitor
  ) async throws -> Visitor {
    var visitor = visitor
    try await connection.openRead(read)
    while let batch = try await connection.nextBatch() {
      if stop.isRequested { throw JobError.verificationStopped }
      for index in 0..<batch.rowCount {
        let row = batch.row(index)
        try visitor.visit(row, hash: Fingerprint.hash(row))
      }
    }
    return visitor
  }

  private static func fingerprint(
    _ read: RangeRead, _ connection: any Connection, _ stop: StopSignal, _ progress: (Fingerprint) -> Void
  ) async throws -> Fingerprint {
    var sum = Fingerprint()
    try await connection.openRead(read)
    while let part = try await connection.nextFingerprint() {
      if stop.isRequested { throw JobError.verificationStopped }
      sum += part
      progress(part)
    }
    return sum
  }
}

/// What a unit's rows add up to on either side.
struct UnitFingerprints: Sendable, Equatable {
  var source: Fingerprint
  var target: Fingerprint

  var areEqual: Bool { source == target }
}

extension JobError {
  static let verificationStopped = JobError(
    .stopped, "stopped on request", remedy: "Run the same command again; a verification changes nothing.")
}
