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
    case .table(let table, let hints):
      guard var scan = try scan(of: table, source.seeks, available: available) else { return Run() }
      scan.hints = hints
      scan.limit = limit
      scan.isForUpdate = select.updated == number
      return try storage.scan(session.number, scan).value().rows
    case .virtual(let virtual):
      var collector = RowCollector()
      let types = virtual.columns.map(\.type)
      for row in try virtual.rows(&self) { collector.append(row, types) }
      return Run(collector.finish())
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

  /// How to read what the conditions leave of a table: nil if they leave nothing.
  private mutating func scan(
    of number: Int, _ seeks: [SeekCondition], available: UInt64
  ) throws(SQLError) -> Scan? {
    var scan = Scan(number)
    let usable = seeks.filter { $0.needs & ~available == 0 }
    guard !usable.isEmpty else { return scan }
    let table = storage.table(number)
    var best = KeyNarrowing()
    if let clustered = table.clustered {
      guard let found = try narrow(clustered, usable) else { return nil }
      if found.score > best.score { best = found }
    }
    for index in table.indexes where !index.isDisabled && index.about.filter == nil {
      guard let found = try narrow(index.about, usable) else { return nil }
      if found.score > best.score {
        best = found
        scan.index = index.id
      }
    }
    scan.interval = best.interval
    scan.isPoint = best.isPoint
    return scan
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
      guard let key = try key(of: seek, part) else { return equal == 0 ? KeyNarrowing() : nil }
      if key.isEmpty { return nil }
      prefix += key
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

/// What conditions leave of a key's rows.
private struct KeyNarrowing {
  var interval = KeyInterval.all
  var isPoint = false
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
