import ModelDatabase

/// The rows of a select list: chosen, ordered and cut.
struct SelectOutput {
  private let select: BoundSelect
  private let limits: RowLimits
  private let types: [SQLType]
  private var collector = RowCollector()
  private var keys: [RowKey] = []
  private var seen: Set<[UInt8]> = []
  private var count = 0
  private let assigns: Bool
  /// Rows come in the order of ORDER BY already.
  var isOrdered: Bool

  init(_ select: BoundSelect, _ limits: RowLimits) {
    self.select = select
    self.limits = limits
    types = select.items.map { $0.expression.knownType }
    assigns = select.items.first?.variable != nil
    isOrdered = select.order.isEmpty || select.items.first?.variable != nil
  }

  /// Whether what comes after enough rows does not matter.
  var stopsEarly: Bool {
    isOrdered && !select.isDistinct && limits.end < Int.max
  }

  /// Adds the row in the frame on top: false if no more are needed.
  mutating func add(_ context: inout StatementContext) throws(SQLError) -> Bool {
    if assigns { return try assign(&context) }
    if let fields = select.fields, !fields.isEmpty || select.items.isEmpty {
      guard let row = context.frames[context.frames.count - 1].rows[0] else { return true }
      collector.append(row)
    } else {
      var values: [SQLValue] = []
      values.reserveCapacity(types.count)
      for item in select.items { values.append(try context.evaluate(item.expression)) }
      if select.isDistinct, !isNew(values) { return true }
      collector.append(values, types)
    }
    count += 1
    if !isOrdered { keys.append(try context.orderKey(select.order)) }
    return !isEnough
  }

  private var isEnough: Bool {
    isOrdered && limits.end <= count
  }

  private mutating func isNew(_ values: [SQLValue]) -> Bool {
    var key: [UInt8] = []
    for (value, type) in zip(values, types) { type.appendSortKey(of: value, to: &key) }
    return seen.insert(key).inserted
  }

  private mutating func assign(_ context: inout StatementContext) throws(SQLError) -> Bool {
    count += 1
    guard count > limits.skip else { return true }
    for item in select.items {
      guard let place = item.variable else { continue }
      context.session.variables[place].value = try context.evaluate(item.expression)
    }
    // Subqueries may read the variables.
    context.answers = [:]
    return !isEnough
  }

  mutating func finish(
    _ context: inout StatementContext
  ) throws(SQLError) -> (rows: Run<ServerRow>, count: Int) {
    if assigns { return (Run(), max(0, count - limits.skip)) }
    let rows = collector.finish()
    guard !isOrdered else {
      let range = limits.range(of: rows.count) { _ in nil }
      let run = Run(range.count == rows.count ? rows : ContiguousArray(rows[range]))
      return (run, run.count)
    }
    let places = Ordering.sorted(keys)
    let range = limits.range(of: rows.count) { keys[places[$0]] }
    let run = Run(ContiguousArray(places[range].map { rows[$0] }))
    return (run, run.count)
  }
}
