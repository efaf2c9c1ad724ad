import ModelDatabase

/// The rows of one source.
extension StatementContext {
  /// - Parameters:
  ///   - available: the sources of the query whose rows are in the frame.
  ///   - limit: how many rows are enough.
  mutating func rows(
    of number: Int, _ select: BoundSelect, available: UInt64, limit: Int = .max
  ) throws(SQLError) -> Run<ServerRow> {
    let source = select.sources[number]
    switch source.kind {
    case .table:
      guard var scan = try plan(number, select, available: available)?.scan else { return Run() }
      scan.limit = limit
      return try storage.scan(session.number, scan).value().rows
    case .virtual(let virtual):
      return try rows(of: virtual, source.seeks, available: available)
    case .derived(let query): return try run(query, limit: limit)
    case .values(let rows):
      var collector = RowCollector()
      let types = source.columns.map(\.type)
      for row in rows {
        var values: [SQLValue] = []
        for value in row { values.append(try evaluate(value)) }
        collector.append(values, types)
      }
      return Run(collector.finish())
    }
  }

  /// How to read what the conditions leave of a table: nil if they leave nothing. An order that a key has
  /// makes the choice where the conditions do not.
  mutating func plan(
    _ number: Int, _ select: BoundSelect, available: UInt64, order: [BoundOrder] = []
  ) throws(SQLError) -> PlannedScan? {
    let source = select.sources[number]
    guard case .table(let tableNumber, let hints) = source.kind else { return nil }
    var planned = PlannedScan(scan: Scan(tableNumber))
    planned.scan.hints = hints
    planned.scan.isForUpdate = select.updated == number
    let usable = source.seeks.filter { $0.needs & ~available == 0 }
    if usable.isEmpty, order.isEmpty { return planned }
    let table = storage.table(tableNumber)
    var best = KeyNarrowing()
    var keys: [(id: Int32, about: IndexDescription)] = table.clustered.map { [(Int32(1), $0)] } ?? []
    for index in table.indexes where !index.isDisabled && index.about.filter == nil {
      keys.append((index.id, index.about))
    }
    for (id, about) in keys {
      guard let found = try narrow(about, usable) else { return nil }
      let direction = about.follows(order, fixed: found.fixed)
      let isBetter =
        found.score > best.score
        || found.score == best.score && id > 1 && best.score == 0
          && planned.isBackward == nil && direction != nil
      guard id == 1 || isBetter else { continue }
      best = found
      planned.isBackward = direction
      planned.scan.index = id
    }
    planned.scan.interval = best.interval
    planned.scan.isPoint = best.isPoint
    return planned
  }

  /// Nil if no row can be there.
  private mutating func narrow(
    _ about: IndexDescription, _ seeks: [SeekCondition]
  ) throws(SQLError) -> KeyNarrowing? {
    var narrowing = KeyNarrowing()
    var prefix: [UInt8] = []
    var equal = 0
    for part in about.keys.columns {
      let own = seeks.filter { $0.field == part.column }
      guard let seek = own.first(where: { $0.operation == .equal }) else {
        narrowing.interval = KeyInterval(prefix: prefix)
        for seek in own {
          guard let key = try key(of: seek, part) else { continue }
          if key.isEmpty { return nil }
          narrowing.cut(prefix + key, seek.operation, isDescending: part.isDescending)
        }
        narrowing.score += 2 * equal
        return narrowing
      }
      // No integer key is like one that the column cannot hold.
      guard let key = try key(of: seek, part), !key.isEmpty else { return nil }
      prefix += key
      narrowing.fixed.append(part.column)
      equal += 1
    }
    narrowing.interval = KeyInterval(prefix: prefix)
    narrowing.isPoint = about.isUnique
    narrowing.score = 2 * equal + (about.isUnique ? 2 : 0)
    return narrowing
  }

  /// The bytes of a value in a key: none for NULL, with which nothing compares; nil for a number that the
  /// column cannot hold.
  private mutating func key(of seek: SeekCondition, _ part: KeyColumn) throws(SQLError) -> [UInt8]? {
    var value = try evaluate(seek.value)
    if value.isNull { return [] }
    if case .integer(let number) = value, !part.type.holds(number) { return nil }
    if !part.type.isText {
      value = try value.converted(
        from: seek.value.knownType, to: part.type, options: evaluation.options)
    }
    var key: [UInt8] = []
    part.type.appendSortKey(
      of: value, isNullable: part.isNullable, isDescending: part.isDescending, to: &key)
    return key
  }
}

/// A scan, and whether its rows come in the order that was asked for.
struct PlannedScan {
  var scan: Scan
  /// True if they come in the opposite order; nil if in another.
  var isBackward: Bool?
}

extension IndexDescription {
  /// Whether rows in the order of the key are in the given order: false if they are, true if in the opposite.
  fileprivate func follows(_ order: [BoundOrder], fixed: [Int]) -> Bool? {
    guard !order.isEmpty else { return nil }
    var rest = keys.columns.filter { !fixed.contains($0.column) }[...]
    var direction: Bool?
    for item in order {
      guard let place = item.expression.column, place.depth == 0 else { return nil }
      if fixed.contains(place.field) { continue }
      guard let part = rest.popFirst() else { return isUnique ? direction ?? false : nil }
      let isBackward = part.isDescending != item.isDescending
      guard part.column == place.field, direction == nil || direction == isBackward else { return nil }
      direction = isBackward
    }
    return direction ?? false
  }
}

/// What conditions leave of a key's rows.
private struct KeyNarrowing {
  var interval = KeyInterval.all
  var isPoint = false
  /// Columns of which one value is left.
  var fixed: [Int] = []
  /// Two for each column that is known, one for each end of a range.
  var score = 0

  mutating func cut(_ key: [UInt8], _ operation: ComparisonOperator, isDescending: Bool) {
    switch isDescending ? operation.mirrored : operation {
    case .greater: interval.from = .behind(key)
    case .greaterOrEqual: interval.from = .from(key)
    case .less: interval.to = .from(key)
    case .lessOrEqual: interval.to = .behind(key)
    default: return
    }
    score += 1
  }
}
