/// What conditions say about single sources and pairs of them.
extension Binder {
  /// Finds the pairs of equal values of a join's two sides.
  func addKeys(to join: inout BoundJoin, left: Range<Int>, right: Range<Int>) {
    let (leftMask, rightMask) = (left.mask, right.mask)
    for part in join.condition?.conjuncts ?? [] {
      guard case .comparison(.equal, let first, let second, let type) = part else { continue }
      let (one, other) = (first.dependence(sources: 0), second.dependence(sources: 0))
      if one.isOther || other.isOther || one.isOuter || other.isOuter { continue }
      guard one.sources != 0, other.sources != 0 else { continue }
      if one.sources & ~leftMask == 0, other.sources & ~rightMask == 0 {
        join.keys.append((left: first, right: second, type: type))
      } else if one.sources & ~rightMask == 0, other.sources & ~leftMask == 0 {
        join.keys.append((left: second, right: first, type: type))
      }
    }
  }

  /// Finds comparisons of columns with what is known before the column's table is read.
  func addSeeks(_ condition: BoundCondition, to select: inout BoundSelect, of sources: Range<Int>) {
    for part in condition.conjuncts {
      guard case .comparison(let operation, let left, let right, let type) = part, operation != .notEqual
      else { continue }
      add(left, operation, right, type, to: &select, of: sources)
      add(right, operation.mirrored, left, type, to: &select, of: sources)
    }
  }

  private func add(
    _ column: BoundExpression, _ operation: ComparisonOperator, _ value: BoundExpression, _ type: SQLType,
    to select: inout BoundSelect, of sources: Range<Int>
  ) {
    guard let place = column.column, place.depth == 0, sources.contains(place.source),
      select.sources[place.source].kind.isSearched
    else { return }
    let dependence = value.dependence(sources: 0)
    guard !dependence.isOther, dependence.sources & (1 << UInt64(place.source)) == 0 else { return }
    // Text that the column's key orders in another way, and numbers that its type cannot hold, do not narrow.
    guard column.knownType.keysAlike(type, of: value.knownType) else { return }
    select.sources[place.source].seeks.append(
      SeekCondition(
        field: place.field, operation: operation, value: value, type: column.knownType,
        needs: dependence.sources))
  }
}

extension SQLType {
  /// Whether values of a comparison's other side have keys among those of this type's column.
  fileprivate func keysAlike(_ comparison: SQLType, of other: SQLType) -> Bool {
    if isInteger { return kind != .bit && other.isInteger && other.kind != .bit || self == comparison }
    if isText {
      return comparison.isText && comparison.isNational == isNational && comparison.collation == collation
        && !isLargeObject
    }
    return self == comparison
  }
}

extension BoundSource.Kind {
  /// Whether rows can be looked up.
  fileprivate var isSearched: Bool {
    switch self {
    case .table, .virtual: true
    case .derived, .values: false
    }
  }
}

extension Range<Int> {
  fileprivate var mask: UInt64 { reduce(0) { $0 | 1 << UInt64($1) } }
}
