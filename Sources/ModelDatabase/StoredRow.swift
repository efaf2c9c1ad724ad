import Databases
import Rows

/// A row of a table: its key, and where its bytes are in the batch that brought it.
struct StoredRow: Sendable {
  let key: RowKey
  private let batch: RowBatch
  private let index: Int

  init(key: RowKey, batch: RowBatch, index: Int) {
    self.key = key
    self.batch = batch
    self.index = index
  }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(batch) {} }
    return try body(batch.row(index))
  }
}

extension [StoredRow] {
  /// The position of the first row behind the cut.
  func position(_ cut: KeyCut) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if KeyCut.before(self[middle].key) < cut { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func positions(_ interval: KeyInterval) -> Range<Int> {
    let start = interval.from.map(position) ?? 0
    return start..<Swift.max(start, interval.to.map(position) ?? count)
  }

  func row(_ key: RowKey) -> StoredRow? {
    let position = position(.before(key))
    return position < count && self[position].key == key ? self[position] : nil
  }
}

/// What a transaction does to a row: puts this one there, or takes it away.
struct RowChange: Sendable {
  let key: RowKey
  var row: StoredRow?
}

extension [RowChange] {
  private func position(_ key: RowKey) -> Int {
    // Rows mostly come in the order of their keys.
    if let last, last.key < key { return count }
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The change of this key's row, if there is one.
  func change(_ key: RowKey) -> RowChange? {
    let position = position(key)
    return position < count && self[position].key == key ? self[position] : nil
  }

  mutating func set(_ key: RowKey, _ row: StoredRow?) {
    let position = position(key)
    if position < count, self[position].key == key {
      self[position].row = row
    } else {
      insert(RowChange(key: key, row: row), at: position)
    }
  }

  /// The rows with these changes.
  func applied(to rows: [StoredRow]) -> [StoredRow] {
    guard let first else { return rows }
    if rows.last.map({ $0.key < first.key }) ?? true { return rows + compactMap(\.row) }
    var merged: [StoredRow] = []
    merged.reserveCapacity(rows.count + count)
    var next = 0
    for row in rows {
      while next < count, self[next].key < row.key {
        if let added = self[next].row { merged.append(added) }
        next += 1
      }
      guard next < count, self[next].key == row.key else {
        merged.append(row)
        continue
      }
      if let replaced = self[next].row { merged.append(replaced) }
      next += 1
    }
    for change in self[next...] {
      if let added = change.row { merged.append(added) }
    }
    return merged
  }
}
