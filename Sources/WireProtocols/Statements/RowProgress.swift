/// How far the rows of a read or write have come: each mebibyte of them is a batch.
struct RowProgress {
  /// Bytes of rows that count as one batch.
  static let batchBytes = 1 << 20

  /// Row bytes so far.
  private(set) var bytes = 0
  /// Batches begun.
  private(set) var batches = 0
  /// Row bytes that may still pass; nil for all.
  var limit: Int?

  mutating func beginBatch() { batches += 1 }

  /// Row bytes that may pass before something has to be decided.
  var room: Int { min(batches * RowProgress.batchBytes - bytes, limit ?? .max) }

  mutating func take(_ count: Int) {
    bytes += count
    if let limit { self.limit = limit - count }
  }
}
