import ModelDatabase

/// Queries.
extension StatementContext {
  /// The rows of a query in their order.
  ///
  /// - Parameter limit: how many rows are enough.
  package mutating func run(_ query: BoundQuery, limit: Int = .max) throws(SQLError) -> Run<ServerRow> {
    switch query.plan {
    case .select(let select): return try run(select, limit: limit).rows
    case .combination(let combination): return try run(combination, query.columns, limit: limit)
    }
  }

  mutating func run(
    _ select: BoundSelect, limit: Int = .max
  ) throws(SQLError) -> (rows: Run<ServerRow>, count: Int) {
    frames.append(RowFrame(sources: select.sources.count))
    defer { frames.removeLast() }
    frames[frames.count - 1].slots = [SQLValue](repeating: .null, count: select.slotCount)
    var limits = try limits(of: select)
    if select.isPlainScan {
      let rows = try rows(of: 0, select, available: 0, limit: limit)
      return (rows, rows.count)
    }
    if limits.count == 0 { return (Run(), 0) }
    limits.narrow(to: limit)
    if select.isGrouped { return try runGroups(select, limits) }
    if !select.windows.isEmpty || select.assignsInOrder { return try runFrames(select, limits) }
    var output = SelectOutput(select, limits)
    if case .source(0) = select.from, case .table = select.sources[0].kind {
      guard let planned = try plan(0, select, available: 0, order: select.order) else { return (Run(), 0) }
      output.isOrdered = select.order.isEmpty || planned.isBackward != nil && !limits.withTies
      let filter = StoredFilter(select.filter)
      try produce(planned, filter, expected: output.stopsEarly ? limits.end : .max) {
        context throws(SQLError) in
        if let rest = filter.rest, try !context.holds(rest) { return true }
        return try output.add(&context)
      }
      return try output.finish(&self)
    }
    let scanned = select.filter == nil && output.stopsEarly ? limits.end : .max
    try forEachRow(select, limit: scanned) { context throws(SQLError) in
      try output.add(&context)
    }
    return try output.finish(&self)
  }

  /// The combinations of rows that WHERE leaves, in the frame on top.
  mutating func forEachRow(
    _ select: BoundSelect, limit: Int = .max,
    _ body: (inout StatementContext) throws(SQLError) -> Bool
  ) throws(SQLError) {
    guard let from = select.from else {
      if let filter = select.filter, try !holds(filter) { return }
      _ = try body(&self)
      return
    }
    let filter = from.isSource ? StoredFilter(select.filter) : StoredFilter(rest: select.filter)
    _ = try produce(from, select, filter, limit: limit) { context throws(SQLError) in
      if let rest = filter.rest, try !context.holds(rest) { return true }
      return try body(&context)
    }
  }

  // MARK: Limits

  private mutating func limits(of select: BoundSelect) throws(SQLError) -> RowLimits {
    var limits = RowLimits()
    if let top = select.top {
      if top.isPercent {
        guard case .float(let percent) = try evaluate(top.count), percent >= 0, percent <= 100 else {
          throw .percentOutOfRange
        }
        limits.percent = percent
      } else {
        guard case .integer(let count) = try evaluate(top.count) else { throw .topIsNoInteger }
        guard count >= 0 else { throw .topIsNegative }
        limits.count = Int(count)
      }
      limits.withTies = top.withTies
    }
    try setOffset(select.offset, select.fetch, &limits)
    return limits
  }

  mutating func setOffset(
    _ offset: BoundExpression?, _ fetch: BoundExpression?, _ limits: inout RowLimits
  ) throws(SQLError) {
    if let offset {
      guard case .integer(let count) = try evaluate(offset) else { throw .topIsNoInteger }
      guard count >= 0 else { throw .offsetIsNegative }
      limits.skip = Int(count)
    }
    if let fetch {
      guard case .integer(let count) = try evaluate(fetch) else { throw .topIsNoInteger }
      guard count > 0 else { throw .fetchIsNotPositive }
      limits.count = Int(count)
    }
  }

  // MARK: Rows that are looked at more than once

  /// Window functions, and assignments in an order: all rows are there before the first is answered.
  private mutating func runFrames(
    _ select: BoundSelect, _ limits: RowLimits
  ) throws(SQLError) -> (rows: Run<ServerRow>, count: Int) {
    var all: [RowFrame] = []
    try forEachRow(select) { context throws(SQLError) in
      all.append(context.frames[context.frames.count - 1])
      return true
    }
    return try answer(select, limits, all)
  }

  /// Calculates the windows over rows or groups, and the result of them.
  mutating func answer(
    _ select: BoundSelect, _ limits: RowLimits, _ all: [RowFrame]
  ) throws(SQLError) -> (rows: Run<ServerRow>, count: Int) {
    var all = all
    let level = frames.count - 1
    for window in select.windows { try fill(window, &all) }
    if select.assignsInOrder {
      var keys: [RowKey] = []
      for frame in all {
        frames[level] = frame
        keys.append(try orderKey(select.order))
      }
      let sorted = Ordering.sorted(keys)
      all = sorted.map { all[$0] }
    }
    var output = SelectOutput(select, limits)
    for frame in all {
      frames[level] = frame
      guard try output.add(&self) else { break }
    }
    return try output.finish(&self)
  }

  /// Bytes that compare as ORDER BY does.
  mutating func orderKey(_ order: [BoundOrder]) throws(SQLError) -> RowKey {
    var key: [UInt8] = []
    for item in order {
      let value = try evaluate(item.expression)
      item.expression.knownType.appendSortKey(of: value, isDescending: item.isDescending, to: &key)
    }
    return RowKey(bytes: key)
  }
}

extension BoundSelect {
  /// Assignments follow the order in which rows come.
  fileprivate var assignsInOrder: Bool { !order.isEmpty && items.first?.variable != nil }
}

/// TOP, OFFSET and FETCH.
struct RowLimits {
  var skip = 0
  var count = Int.max
  var percent: Double?
  var withTies = false

  /// Rows that are needed in all.
  var end: Int {
    guard percent == nil, !withTies, count < Int.max - skip else { return .max }
    return skip + count
  }

  mutating func narrow(to limit: Int) {
    if percent == nil, !withTies { count = min(count, limit) }
  }

  /// The rows of a sorted result; `keys` tell the ties.
  func range(of total: Int, keys: (Int) -> RowKey?) -> Range<Int> {
    let start = min(skip, total)
    var wanted = count
    if let percent { wanted = Int((Double(total) * percent / 100).rounded(.up)) }
    var end = wanted < total - start ? start + wanted : total
    if withTies, end > start {
      while end < total, let last = keys(end - 1), keys(end) == last { end += 1 }
    }
    return start..<end
  }
}

enum Ordering {
  /// Positions in the order of the keys; equal ones stay as they are.
  static func sorted(_ keys: [RowKey]) -> [Int] {
    let places = Array(keys.indices)
    let isSorted = zip(keys, keys.dropFirst()).allSatisfy { !($1 < $0) }
    if isSorted { return places }
    return places.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
  }
}
