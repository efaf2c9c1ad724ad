/// FROM: the rows of all sources, one combination after the other, in the innermost frame.
extension StatementContext {
  /// Calls a body for each combination until it says false. False if it did.
  ///
  /// - Parameter filter: what the rows have to pass if there is one source.
  mutating func produce(
    _ node: FromNode, _ select: BoundSelect, _ filter: StoredFilter = StoredFilter(),
    available: UInt64 = 0, limit: Int = .max,
    _ body: (inout StatementContext) throws(SQLError) -> Bool
  ) throws(SQLError) -> Bool {
    switch node {
    case .source(let number):
      let level = frames.count - 1
      defer { frames[level].rows[number] = nil }
      for slice in try rows(of: number, select, available: available, limit: limit).slices {
        for row in slice where filter.passes(row) {
          frames[level].rows[number] = row
          guard try body(&self) else { return false }
        }
      }
      return true
    case .join(let join):
      switch join.kind {
      case .inner, .cross, .left:
        return try loop(
          join, join.left, join.right, join.keys, keepsOuter: join.kind == .left, keepsInner: false, select,
          available, body)
      case .right:
        let keys = join.keys.map { (left: $0.right, right: $0.left, type: $0.type) }
        return try loop(
          join, join.right, join.left, keys, keepsOuter: true, keepsInner: false, select, available, body)
      case .full:
        return try loop(
          join, join.left, join.right, join.keys, keepsOuter: true, keepsInner: true, select, available, body)
      case .crossApply, .outerApply: return try apply(join, select, available, body)
      }
    }
  }

  /// The rows of the only source, a table, in the order of a key: piece by piece, so that what is behind the
  /// last row that is needed is neither read nor locked.
  ///
  /// - Parameter expected: how many rows will probably do.
  mutating func produce(
    _ planned: PlannedScan, _ filter: StoredFilter, expected: Int,
    _ body: (inout StatementContext) throws(SQLError) -> Bool
  ) throws(SQLError) {
    let level = frames.count - 1
    defer { frames[level].rows[0] = nil }
    let isBackward = planned.isBackward == true
    var scan = planned.scan
    scan.isFromEnd = isBackward
    scan.limit = expected
    while true {
      let read = try storage.scan(session.number, scan).value()
      for slice in isBackward ? [read.rows.reversed()[...]] : read.rows.slices {
        for row in slice where filter.passes(row) {
          frames[level].rows[0] = row
          guard try body(&self) else { return }
        }
      }
      guard let rest = read.rest else { return }
      scan.interval = rest
      scan.limit = scan.limit > Int.max / 4 ? .max : 4 * scan.limit
    }
  }

  private mutating func apply(
    _ join: BoundJoin, _ select: BoundSelect, _ available: UInt64,
    _ body: (inout StatementContext) throws(SQLError) -> Bool
  ) throws(SQLError) -> Bool {
    let below = available | join.left.mask
    return try produce(join.left, select, available: available) { context throws(SQLError) in
      var isMatched = false
      let goesOn = try context.produce(join.right, select, available: below) { context throws(SQLError) in
        isMatched = true
        return try body(&context)
      }
      guard goesOn, !isMatched, join.kind == .outerApply else { return goesOn }
      return try body(&context)
    }
  }

  /// For each row of the outer side, those of the inner side that belong to it: looked up in the table while
  /// the outer rows are few, and otherwise among all of them, by the keys.
  private mutating func loop(
    _ join: BoundJoin, _ outer: FromNode, _ inner: FromNode,
    _ keys: [(left: BoundExpression, right: BoundExpression, type: SQLType)], keepsOuter: Bool,
    keepsInner: Bool, _ select: BoundSelect, _ available: UInt64,
    _ body: (inout StatementContext) throws(SQLError) -> Bool
  ) throws(SQLError) -> Bool {
    let level = frames.count - 1
    let below = available | outer.mask
    let numbers = inner.sources
    var seeksLeft = keepsInner ? 0 : seekBudget(inner, select, outer: outer.mask, available: below)
    var side: JoinSide?
    let goesOn = try produce(outer, select, available: available) { context throws(SQLError) in
      var isMatched = false
      var goesOn = true
      func meet(_ context: inout StatementContext) throws(SQLError) -> Bool {
        if let condition = join.condition, try !context.holds(condition) { return false }
        isMatched = true
        goesOn = try body(&context)
        return true
      }
      if seeksLeft > 0 {
        seeksLeft -= 1
        _ = try context.produce(inner, select, available: below) { context throws(SQLError) in
          _ = try meet(&context)
          return goesOn
        }
      } else {
        if side == nil {
          side = try context.collect(inner, keys, select, available)
        }
        for index in try context.candidates(side, keys) {
          context.place(side, index, numbers, level)
          if try meet(&context) { side?.isMatched[index] = true }
          if !goesOn { break }
        }
        context.clear(numbers, level)
      }
      guard goesOn, keepsOuter, !isMatched else { return goesOn }
      return try body(&context)
    }
    guard goesOn, keepsInner else { return goesOn }
    if side == nil { side = try collect(inner, keys, select, available) }
    defer { clear(numbers, level) }
    for index in 0..<(side?.rows.count ?? 0) where side?.isMatched[index] == false {
      place(side, index, numbers, level)
      guard try body(&self) else { return false }
    }
    return true
  }

  /// How many times it pays to look rows up in the inner table instead of reading all of it.
  private func seekBudget(
    _ inner: FromNode, _ select: BoundSelect, outer: UInt64, available: UInt64
  ) -> Int {
    guard case .source(let number) = inner, case .table(let table, _) = select.sources[number].kind else {
      return 0
    }
    let about = storage.table(table)
    let fields = select.sources[number].seeks
      .filter { $0.operation == .equal && $0.needs & outer != 0 && $0.needs & ~available == 0 }.map(\.field)
    let heads =
      [about.clustered] + about.indexes.map { $0.isDisabled || $0.about.filter != nil ? nil : $0.about }
    let isIndexed = heads.contains { head in
      head.flatMap(\.keys.columns.first).map { fields.contains($0.column) } ?? false
    }
    return isIndexed ? max(64, about.rows.count / 20) : 0
  }

  // MARK: The inner side

  private mutating func collect(
    _ node: FromNode, _ keys: [(left: BoundExpression, right: BoundExpression, type: SQLType)],
    _ select: BoundSelect, _ available: UInt64
  ) throws(SQLError) -> JoinSide {
    var side = JoinSide(isKeyed: !keys.isEmpty)
    let level = frames.count - 1
    let numbers = node.sources
    let expressions = keys.map { (expression: $0.right, type: $0.type) }
    _ = try produce(node, select, available: available) { context throws(SQLError) in
      if !keys.isEmpty, let key = try context.joinKey(expressions) {
        side.places[key, default: []].append(side.rows.count)
      }
      var rows = ContiguousArray<ServerRow?>()
      rows.reserveCapacity(numbers.count)
      for number in numbers { rows.append(context.frames[level].rows[number]) }
      side.rows.append(rows)
      return true
    }
    side.isMatched = [Bool](repeating: false, count: side.rows.count)
    return side
  }

  private mutating func candidates(
    _ side: JoinSide?, _ keys: [(left: BoundExpression, right: BoundExpression, type: SQLType)]
  ) throws(SQLError) -> [Int] {
    guard let side else { return [] }
    guard side.isKeyed else { return Array(side.rows.indices) }
    guard let key = try joinKey(keys.map { (expression: $0.left, type: $0.type) }) else { return [] }
    return side.places[key] ?? []
  }

  /// Nil if one of the values is NULL, which equals nothing.
  private mutating func joinKey(
    _ parts: [(expression: BoundExpression, type: SQLType)]
  ) throws(SQLError) -> [UInt8]? {
    var key: [UInt8] = []
    for part in parts {
      var value = try evaluate(part.expression)
      if value.isNull { return nil }
      if part.type.isDecimal {
        value = try value.converted(from: part.expression.knownType, to: part.type)
      }
      part.type.appendSortKey(of: value, isNullable: false, to: &key)
    }
    return key
  }

  private mutating func place(_ side: JoinSide?, _ index: Int, _ numbers: [Int], _ level: Int) {
    guard let rows = side?.rows[index] else { return }
    for (number, row) in zip(numbers, rows) { frames[level].rows[number] = row }
  }

  private mutating func clear(_ numbers: [Int], _ level: Int) {
    for number in numbers { frames[level].rows[number] = nil }
  }
}

/// The rows of a join's inner side.
private struct JoinSide {
  /// One for each of the side's sources.
  var rows: [ContiguousArray<ServerRow?>] = []
  var places: [[UInt8]: [Int]] = [:]
  var isMatched: [Bool] = []
  let isKeyed: Bool

  init(isKeyed: Bool) { self.isKeyed = isKeyed }
}

extension FromNode {
  fileprivate var mask: UInt64 { sources.reduce(0) { $0 | 1 << UInt64($1) } }
}
