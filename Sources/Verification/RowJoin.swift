/// A difference between two bags of rows, by hashes.
struct HashedDifference: Sendable, Equatable {
  var kind: RowDifference.Kind
  var key: UInt128
  var sourceRow: UInt128?
  var targetRow: UInt128?
  /// How many rows with this key each side has.
  var sourceCopies: Int
  var targetCopies: Int
}

/// Counts all differences, and keeps the few that are shown: those with the smallest hashes, which are the same
/// whatever order rows and units come in.
struct DifferenceCounts: Sendable, Equatable {
  var missing = 0
  var extra = 0
  var changed = 0
  private(set) var shown: [HashedDifference] = []
  let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func show(_ difference: HashedDifference) {
    guard limit > 0 else { return }
    if shown.count == limit {
      guard let last = shown.last, DifferenceCounts.precedes(difference, last) else { return }
      shown.removeLast()
    }
    let position = shown.firstIndex { DifferenceCounts.precedes(difference, $0) } ?? shown.count
    shown.insert(difference, at: position)
  }

  private static func precedes(_ left: HashedDifference, _ right: HashedDifference) -> Bool {
    if left.key != right.key { return left.key < right.key }
    return (left.sourceRow ?? 0, left.targetRow ?? 0) < (right.sourceRow ?? 0, right.targetRow ?? 0)
  }
}

/// Joins two sorted bags of rows by key.
///
/// Rows that are alike cancel out, copy by copy. Of what is left of a key, a source row and a target row are one
/// changed row; the rest is missing or extra.
enum RowJoin {
  static func join(_ source: [HashedRow], _ target: [HashedRow], into counts: inout DifferenceCounts) {
    var (left, right) = (source[...], target[...])
    while let key = [left.first?.key, right.first?.key].compactMap({ $0 }).min() {
      let sourceGroup = left.prefix { $0.key == key }
      let targetGroup = right.prefix { $0.key == key }
      left = left.dropFirst(sourceGroup.count)
      right = right.dropFirst(targetGroup.count)
      if sourceGroup != targetGroup { compare(key, sourceGroup, targetGroup, &counts) }
    }
  }

  private static func compare(
    _ key: UInt128, _ source: ArraySlice<HashedRow>, _ target: ArraySlice<HashedRow>,
    _ counts: inout DifferenceCounts
  ) {
    let sourceCopies = source.reduce(0) { $0 + $1.copies }
    let targetCopies = target.reduce(0) { $0 + $1.copies }
    var (left, right) = unlike(source, target)
    func show(_ kind: RowDifference.Kind, _ sourceRow: UInt128?, _ targetRow: UInt128?) {
      counts.show(
        HashedDifference(
          kind: kind, key: key, sourceRow: sourceRow, targetRow: targetRow, sourceCopies: sourceCopies,
          targetCopies: targetCopies))
    }
    while let sourceRow = left.last, let targetRow = right.last {
      let pairs = min(sourceRow.copies, targetRow.copies)
      counts.changed += pairs
      show(.changed, sourceRow.row, targetRow.row)
      take(pairs, from: &left)
      take(pairs, from: &right)
    }
    for row in left {
      counts.missing += row.copies
      show(.missing, row.row, nil)
    }
    for row in right {
      counts.extra += row.copies
      show(.extra, nil, row.row)
    }
  }

  private static func take(_ copies: Int, from rows: inout [HashedRow]) {
    rows[rows.count - 1].copies -= copies
    if rows[rows.count - 1].copies == 0 { rows.removeLast() }
  }

  /// What is left on either side when rows that are alike have cancelled out.
  private static func unlike(
    _ source: ArraySlice<HashedRow>, _ target: ArraySlice<HashedRow>
  ) -> (source: [HashedRow], target: [HashedRow]) {
    var (left, right): ([HashedRow], [HashedRow]) = ([], [])
    var (i, j) = (source.startIndex, target.startIndex)
    while i < source.endIndex || j < target.endIndex {
      if j == target.endIndex || i < source.endIndex && source[i].row < target[j].row {
        left.append(source[i])
        i += 1
      } else if i == source.endIndex || target[j].row < source[i].row {
        right.append(target[j])
        j += 1
      } else {
        var row = source[i]
        row.copies = abs(source[i].copies - target[j].copies)
        if source[i].copies > target[j].copies { left.append(row) }
        if source[i].copies < target[j].copies { right.append(row) }
        i += 1
        j += 1
      }
    }
    return (left, right)
  }
}
