import ModelDatabase

/// UNION, EXCEPT and INTERSECT.
extension StatementContext {
  mutating func run(
    _ combination: BoundCombination, _ columns: [OutputColumn], limit: Int
  ) throws(SQLError) -> Run<ServerRow> {
    var limits = RowLimits()
    try setOffset(combination.offset, combination.fetch, &limits)
    limits.narrow(to: limit)
    var rows = try converted(combination.first, to: columns)
    for part in combination.rest {
      let other = try converted(part.query, to: columns)
      rows = combine(rows, other, part.operation, columns)
    }
    var keys: [RowKey] = []
    if !combination.order.isEmpty {
      for row in rows { keys.append(row.key(combination.order, columns)) }
      rows = ContiguousArray(Ordering.sorted(keys).map { rows[$0] })
    }
    let range = limits.range(of: rows.count) { _ in nil }
    return Run(ContiguousArray(rows[range]))
  }

  /// A query's rows with the types of the whole.
  private mutating func converted(
    _ query: BoundQuery, to columns: [OutputColumn]
  ) throws(SQLError) -> ContiguousArray<ServerRow> {
    let sources = query.columns.map(\.declared)
    let targets = columns.map(\.declared)
    let fields = query.fields
    let rows = try run(query)
    if sources == targets, fields == Array(columns.indices) { return ContiguousArray(rows) }
    var collector = RowCollector()
    let options = evaluation.options
    for row in rows {
      try collector.withBytes { bytes throws(SQLError) in
        try row.withBytes { stored throws(SQLError) in
          for (index, field) in fields.enumerated() {
            try targets[index].appendStored(
              converting: StoredFields.field(field, of: stored), from: sources[index], options: options,
              to: &bytes)
          }
        }
      }
    }
    return collector.finish()
  }

  private func combine(
    _ left: ContiguousArray<ServerRow>, _ right: ContiguousArray<ServerRow>, _ operation: SetOperator,
    _ columns: [OutputColumn]
  ) -> ContiguousArray<ServerRow> {
    if operation == .unionAll { return left + right }
    let all = columns.indices.map { (column: $0, isDescending: false) }
    var seen: Set<RowKey> = []
    if operation == .union {
      return (left + right).filter { seen.insert($0.key(all, columns)).inserted }
    }
    let others = Set(right.map { $0.key(all, columns) })
    return left.filter { row in
      let key = row.key(all, columns)
      return others.contains(key) == (operation == .intersect) && seen.insert(key).inserted
    }
  }
}

extension ServerRow {
  fileprivate func key(
    _ order: [(column: Int, isDescending: Bool)], _ columns: [OutputColumn]
  ) -> RowKey {
    withBytes { bytes in
      var key: [UInt8] = []
      for (column, isDescending) in order {
        columns[column].declared.appendSortKey(
          of: StoredFields.field(column, of: bytes), isDescending: isDescending, to: &key)
      }
      return RowKey(bytes: key)
    }
  }
}
