/// Rows by their hashes: what a pass remembers of them.
struct HashedRow: Sendable, Equatable, Comparable {
  var key: UInt128
  var row: UInt128
  /// How many rows are alike in both.
  var copies = 1

  static func < (left: HashedRow, right: HashedRow) -> Bool {
    left.key == right.key ? left.row < right.row : left.key < right.key
  }
}

/// A bag of hashed rows that holds equal rows once, and a limited number of different ones.
struct HashedRows: Sendable {
  /// More different rows came than there can be.
  struct Overflow: Error {}

  private var rows: [HashedRow] = []
  private let capacity: Int

  /// The rows are divided by their hashes, evenly but not exactly: twice the capacity is not exceeded by chance.
  init(capacity: Int) { self.capacity = max(2 * capacity, 1024) }

  mutating func add(key: UInt128, row: UInt128) throws(Overflow) {
    if rows.count == capacity {
      compact()
      if rows.count > capacity / 4 * 3 { throw Overflow() }
    }
    rows.append(HashedRow(key: key, row: row))
  }

  /// The rows in order, each different one once.
  mutating func sorted() -> [HashedRow] {
    compact()
    return rows
  }

  private mutating func compact() {
    rows.sort()
    var last = -1
    for index in rows.indices {
      if last >= 0, rows[last].key == rows[index].key, rows[last].row == rows[index].row {
        rows[last].copies += rows[index].copies
      } else {
        last += 1
        rows[last] = rows[index]
      }
    }
    rows.removeSubrange((last + 1)...)
  }
}
