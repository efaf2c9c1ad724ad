import Databases
import Rows

/// Foreign keys, checked at the end of each statement, or of the transaction if they are deferred.
extension ModelServer {
  /// Checks what a transaction changed in one table, in both directions.
  func checkReferences(
    _ index: Int, _ position: Int, _ changes: [RowChange], deferred: Bool, _ site: CallSite
  ) throws(DatabaseError) {
    for reference in store.tables[position].references where reference.isDeferred == deferred {
      let rows = changes.compactMap(\.row)
      try checkParents(index, position, rows, reference, site)
    }
    guard deferred else { return }
    let gone = changes.compactMap { $0.row == nil ? store.tables[position].rows.row($0.key) : nil }
    try checkChildren(index, position, gone, deferred: true, site)
  }

  /// Every row has its parent.
  private func checkParents(
    _ index: Int, _ position: Int, _ rows: [StoredRow], _ reference: ModelTable.Reference, _ site: CallSite
  ) throws(DatabaseError) {
    var parents: [RowKey]?
    for row in rows {
      guard let key = row.withBytes(reference.encoder.key) else { continue }
      let exists: Bool
      if reference.isPrimary {
        exists = self.row(key, of: reference.parent, index) != nil
      } else {
        let known = parents ?? keys(reference.parentEncoder, of: reference.parent, index)
        parents = known
        exists = known.has(key)
      }
      if !exists { throw violation(reference, of: position, site) }
    }
  }

  /// Nobody references the rows that are gone.
  func checkChildren(
    _ index: Int, _ position: Int, _ gone: [StoredRow], deferred: Bool, _ site: CallSite
  ) throws(DatabaseError) {
    guard !gone.isEmpty else { return }
    for child in store.tables.indices {
      for reference in store.tables[child].references
      where reference.parent == position && reference.isDeferred == deferred {
        // A key that is gone here may be back by now.
        let left = keys(reference.parentEncoder, of: position, index)
        let missing = gone.compactMap { $0.withBytes(reference.parentEncoder.key) }.filter { !left.has($0) }
          .sorted()
        let isReferenced = rows(of: child, index).contains { row in
          row.withBytes(reference.encoder.key).map { missing.has($0) } ?? false
        }
        if isReferenced { throw violation(reference, of: child, site) }
      }
    }
  }

  /// Whether all rows of a table that gets a foreign key have their parents.
  func check(_ reference: ModelTable.Reference, of position: Int, _ index: Int, _ site: CallSite)
    throws(DatabaseError)
  {
    try checkParents(index, position, rows(of: position, index), reference, site)
  }

  private func keys(_ encoder: KeyEncoder, of table: Int, _ index: Int) -> [RowKey] {
    rows(of: table, index).compactMap { $0.withBytes(encoder.key) }.sorted()
  }

  private func violation(_ reference: ModelTable.Reference, of table: Int, _ site: CallSite) -> DatabaseError
  {
    site.error(
      .foreignKeyViolation, "a row violates the foreign key \(reference.name)",
      table: store.tables[table].schema.name)
  }
}

extension [RowKey] {
  /// Sorted.
  fileprivate func has(_ key: RowKey) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == key
  }
}
