import ModelDatabase

/// Window functions: a value for each row from the rows of its partition.
extension StatementContext {
  /// Sets the window's slot in every frame.
  mutating func fill(_ window: BoundWindow, _ all: inout [RowFrame]) throws(SQLError) {
    let level = frames.count - 1
    let own = frames[level]
    defer { frames[level] = own }
    var partitions: [[UInt8]: [Int]] = [:]
    var keys: [RowKey] = []
    var names: [[UInt8]] = []
    for (index, frame) in all.enumerated() {
      frames[level] = frame
      var key: [UInt8] = []
      for part in window.partition {
        part.knownType.appendSortKey(of: try evaluate(part), to: &key)
      }
      if partitions[key] == nil { names.append(key) }
      partitions[key, default: []].append(index)
      keys.append(try orderKey(window.order))
    }
    for name in names {
      let members = partitions[name] ?? []
      let order = Ordering.sorted(members.map { keys[$0] }).map { members[$0] }
      if case .aggregate(let function) = window.function {
        try aggregate(function, window, order, keys, &all)
      } else {
        try rank(window, order, keys, &all)
      }
    }
  }

  private mutating func rank(
    _ window: BoundWindow, _ order: [Int], _ keys: [RowKey], _ all: inout [RowFrame]
  ) throws(SQLError) {
    var (rank, dense) = (0, 0)
    for (position, index) in order.enumerated() {
      if position == 0 || keys[order[position - 1]] != keys[index] {
        rank = position + 1
        dense += 1
      }
      let value: Int
      switch window.function {
      case .rowNumber, .aggregate: value = position + 1
      case .rank: value = rank
      case .denseRank: value = dense
      case .tiles:
        frames[frames.count - 1] = all[index]
        guard let argument = window.argument, case .integer(let count) = try evaluate(argument), count > 0
        else { throw .tilesNotPositive }
        value = tile(position, of: order.count, tiles: Int(count))
      }
      all[index].slots[window.slot] = .integer(Int64(value))
    }
  }

  /// The first groups have one more row than the last if they do not come out even.
  private func tile(_ position: Int, of count: Int, tiles: Int) -> Int {
    let (size, larger) = (count / tiles, count % tiles)
    let boundary = larger * (size + 1)
    return position < boundary ? position / (size + 1) + 1 : larger + (position - boundary) / max(size, 1) + 1
  }

  private mutating func aggregate(
    _ function: AggregateFunction, _ window: BoundWindow, _ order: [Int], _ keys: [RowKey],
    _ all: inout [RowFrame]
  ) throws(SQLError) {
    var accumulator = try AggregateAccumulator(function, of: window.argument?.knownType ?? .int)
    var start = 0
    while start < order.count {
      var end = start + 1
      if window.isWhole {
        end = order.count
      } else if !window.isRows {
        while end < order.count, keys[order[end]] == keys[order[start]] { end += 1 }
      }
      for index in order[start..<end] {
        frames[frames.count - 1] = all[index]
        if let argument = window.argument {
          try accumulator.add(evaluate(argument))
        } else {
          accumulator.addRow()
        }
      }
      let value = try accumulator.value()
      for index in order[start..<end] { all[index].slots[window.slot] = value }
      start = end
    }
    if accumulator.eliminatedNull { warnOfNull() }
  }
}
