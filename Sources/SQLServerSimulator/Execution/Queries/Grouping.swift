/// GROUP BY and aggregates.
extension StatementContext {
  mutating func runGroups(
    _ select: BoundSelect, _ limits: RowLimits
  ) throws(SQLError) -> (rows: Run<ServerRow>, count: Int) {
    var groups = Groups(select)
    // Aggregates without GROUP BY are of one group, even of no rows.
    if select.keys.isEmpty { _ = try groups.place(of: [], values: []) }
    try forEachRow(select) { context throws(SQLError) in
      var values: [SQLValue] = []
      var key: [UInt8] = []
      for part in select.keys {
        let value = try context.evaluate(part.expression)
        part.expression.knownType.appendSortKey(of: value, to: &key)
        values.append(value)
      }
      let place = try groups.place(of: key, values: values)
      for (index, aggregate) in select.aggregates.enumerated() {
        if let argument = aggregate.argument {
          try groups.all[place].accumulators[index].add(context.evaluate(argument))
        } else {
          groups.all[place].accumulators[index].addRow()
        }
      }
      return true
    }
    var found: [RowFrame] = []
    for group in groups.all {
      let frame = try frame(of: group, select)
      frames[frames.count - 1] = frame
      if let having = select.having, try !holds(having) { continue }
      found.append(frame)
    }
    return try answer(select, limits, found)
  }

  private mutating func frame(of group: Groups.Group, _ select: BoundSelect) throws(SQLError) -> RowFrame {
    var frame = RowFrame(sources: select.sources.count)
    frame.slots = [SQLValue](repeating: .null, count: select.slotCount)
    for (key, value) in zip(select.keys, group.values) { frame.slots[key.slot] = value }
    for (aggregate, accumulator) in zip(select.aggregates, group.accumulators) {
      frame.slots[aggregate.slot] = try accumulator.value()
      if accumulator.eliminatedNull { warnOfNull() }
    }
    return frame
  }

  /// 8153, once a statement.
  mutating func warnOfNull() {
    let warning = SQLError.nullEliminated
    guard evaluation.options.ansiWarnings, !evaluation.warnings.contains(warning) else { return }
    evaluation.warnings.append(warning)
  }
}

private struct Groups {
  struct Group {
    var values: [SQLValue]
    var accumulators: [AggregateAccumulator]
  }

  var all: [Group] = []
  private var places: [[UInt8]: Int] = [:]
  private let aggregates: [BoundAggregate]

  init(_ select: BoundSelect) { aggregates = select.aggregates }

  /// The group of a key, which may be new.
  mutating func place(of key: [UInt8], values: [SQLValue]) throws(SQLError) -> Int {
    if let known = places[key] { return known }
    var accumulators: [AggregateAccumulator] = []
    for aggregate in aggregates {
      accumulators.append(
        try AggregateAccumulator(
          aggregate.function, of: aggregate.argument?.knownType ?? .int, isDistinct: aggregate.isDistinct))
    }
    all.append(Group(values: values, accumulators: accumulators))
    places[key] = all.count - 1
    return all.count - 1
  }
}
