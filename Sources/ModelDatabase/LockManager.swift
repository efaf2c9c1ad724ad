/// Who has which locks, and who waits for whom: a value without time or threads.
///
/// An owner waits for one lock at a time. Locks on rows presuppose the intent on their table, which the
/// caller asks for first. Escalation is asking for the table and giving back its rows.
package struct LockManager: Sendable {
  package enum Answer: Sendable, Equatable {
    case granted, waits
  }

  private(set) var spaces: [LockSpace] = []
  /// Who waits, and in which space, in the order in which they began.
  private(set) var waits: [(owner: Int, space: Int)] = []

  /// Whether who has a range converts it by asking for a row in it, and so goes before those who wait for
  /// the range, as with SQL Server's key-range locks.
  private let convertsRanges: Bool

  package init(convertsRanges: Bool = false) { self.convertsRanges = convertsRanges }

  package var waiting: [Int] { waits.map(\.owner) }
  package var count: Int { spaces.reduce(0) { $0 + $1.holders.reduce(0) { $0 + $1.count } } }
  package func isWaiting(_ owner: Int) -> Bool { waits.contains { $0.owner == owner } }

  /// What the owner has of exactly this extent.
  package func mode(of extent: LockExtent, in space: Int, by owner: Int) -> LockMode? {
    guard space < spaces.count, let position = spaces[space].holder(owner) else { return nil }
    return spaces[space].holders[position].mode(of: extent)
  }

  /// Asks for a lock in addition to what the owner has. `isShort` is for tables and ranges that
  /// `releaseShort` gives back.
  package mutating func request(
    _ mode: LockMode, on extent: LockExtent, in space: Int, by owner: Int, isShort: Bool = false
  ) -> Answer {
    while spaces.count <= space { spaces.append(LockSpace()) }
    var held: LockMode?
    var isConversion = false
    if let position = spaces[space].holder(owner) {
      if spaces[space].holders[position].covers(extent, mode) {
        if !isShort, !spaces[space].holders[position].keeps(extent, mode) {
          let both = spaces[space].holders[position].mode(of: extent)?.combined(with: mode) ?? mode
          spaces[space].holders[position].add(extent, both, asked: mode, isShort: false)
        }
        return .granted
      }
      held = spaces[space].holders[position].mode(of: extent)
      isConversion = held != nil || convertsRanges && spaces[space].holders[position].hasRange(around: extent)
      precondition(
        extent == .table || spaces[space].holders[position].table?.includes(mode.intent) == true,
        "a lock on rows presupposes the intent on their table")
    } else {
      precondition(extent == .table, "a lock on rows presupposes the intent on their table")
    }
    let request = LockSpace.Request(
      owner: owner, extent: extent, mode: held?.combined(with: mode) ?? mode, asked: mode, isShort: isShort,
      isConversion: isConversion)
    if !spaces[space].isBlocked(request, behind: spaces[space].queue) {
      spaces[space].grant(request)
      return .granted
    }
    precondition(!isWaiting(owner), "an owner waits for one lock at a time")
    spaces[space].enqueue(request)
    waits.append((owner, space))
    return .waits
  }

  /// Whether the lock would have to be waited for, or given up at once.
  package func wouldBlock(_ mode: LockMode, on extent: LockExtent, in space: Int, by owner: Int) -> Bool {
    guard space < spaces.count, !spaces[space].holders.isEmpty else { return false }
    if let position = spaces[space].holder(owner), spaces[space].holders[position].covers(extent, mode) {
      return false
    }
    let request = LockSpace.Request(
      owner: owner, extent: extent, mode: mode, asked: mode, isShort: true, isConversion: false)
    return spaces[space].isBlocked(request, behind: spaces[space].queue)
  }

  /// Gives back everything, and no longer waits. Returns who was granted what they waited for.
  package mutating func release(_ owner: Int) -> [Int] {
    var granted = cancelWait(of: owner)
    for space in spaces.indices {
      guard let position = spaces[space].holder(owner) else { continue }
      spaces[space].holders.remove(at: position)
      granted += grantWaiting(in: space)
    }
    return granted
  }

  /// Gives back the locks of a statement.
  package mutating func releaseShort(_ owner: Int) -> [Int] {
    var granted: [Int] = []
    for space in spaces.indices {
      guard let position = spaces[space].holder(owner), spaces[space].holders[position].hasShort
      else { continue }
      spaces[space].holders[position].removeShort()
      removeHolder(position, in: space)
      granted += grantWaiting(in: space)
    }
    return granted
  }

  /// Keeps no more than this mode of a table, and nothing of its rows; nil keeps nothing.
  package mutating func lower(_ space: Int, by owner: Int, to mode: LockMode?) -> [Int] {
    guard space < spaces.count, let position = spaces[space].holder(owner) else { return [] }
    spaces[space].holders[position].lower(to: mode)
    removeHolder(position, in: space)
    return grantWaiting(in: space)
  }

  /// Gives back what the owner has of a table's rows, because its lock on the table says as much.
  package mutating func releaseRows(in space: Int, by owner: Int) {
    guard space < spaces.count, let position = spaces[space].holder(owner) else { return }
    spaces[space].holders[position].removeRows()
  }

  private mutating func removeHolder(_ position: Int, in space: Int) {
    if spaces[space].holders[position].count == 0 { spaces[space].holders.remove(at: position) }
  }

  /// Takes back the request that waits.
  package mutating func cancelWait(of owner: Int) -> [Int] {
    guard let position = waits.firstIndex(where: { $0.owner == owner }) else { return [] }
    let space = waits.remove(at: position).space
    spaces[space].queue.removeAll { $0.owner == owner }
    return grantWaiting(in: space)
  }

  private mutating func grantWaiting(in space: Int) -> [Int] {
    let granted = spaces[space].grantWaiting()
    if !granted.isEmpty { waits.removeAll { granted.contains($0.owner) } }
    return granted
  }

  /// Whom an owner waits for: those who have what it wants, and those who asked before.
  package func blockers(of owner: Int) -> [Int] {
    waits.first { $0.owner == owner }.map { spaces[$0.space].blockers(of: owner) } ?? []
  }

  /// Owners each of whom waits for the next, and the last for the first; nil if everybody will get
  /// their turn.
  package func deadlock() -> [Int]? {
    var finished: [Int] = []
    for (owner, _) in waits {
      var path: [Int] = []
      if let cycle = cycle(from: owner, &path, &finished) { return cycle }
    }
    return nil
  }

  private func cycle(from owner: Int, _ path: inout [Int], _ finished: inout [Int]) -> [Int]? {
    if let start = path.firstIndex(of: owner) { return Array(path[start...]) }
    if finished.contains(owner) { return nil }
    path.append(owner)
    for blocker in blockers(of: owner) {
      if let cycle = cycle(from: blocker, &path, &finished) { return cycle }
    }
    path.removeLast()
    finished.append(owner)
    return nil
  }
}

/// A lock as those see it who look for what stands still: one that somebody has or waits for.
package struct LockRecord: Sendable, Equatable {
  package let owner: Int
  package let space: Int
  package let extent: LockExtent
  package let mode: LockMode
  package let isGranted: Bool
}

extension LockManager {
  /// Every lock that somebody has, and every one that is waited for.
  package var records: [LockRecord] { spaces.indices.flatMap(records) }

  /// Those in one table.
  package func records(in space: Int) -> [LockRecord] {
    guard space < spaces.count else { return [] }
    var records: [LockRecord] = []
    func add(_ owner: Int, _ extent: LockExtent, _ mode: LockMode, isGranted: Bool = true) {
      records.append(
        LockRecord(owner: owner, space: space, extent: extent, mode: mode, isGranted: isGranted))
    }
    for holder in spaces[space].holders {
      if let mode = holder.table { add(holder.owner, .table, mode) }
      for range in holder.ranges { add(holder.owner, .range(range.interval), range.mode) }
      for row in holder.rows { add(holder.owner, .row(row.key), row.mode) }
    }
    for request in spaces[space].queue {
      add(request.owner, request.extent, request.mode, isGranted: false)
    }
    return records
  }

  /// What an owner waits for.
  package func wait(of owner: Int) -> LockRecord? {
    guard let space = waits.first(where: { $0.owner == owner })?.space else { return nil }
    return records(in: space).first { $0.owner == owner && !$0.isGranted }
  }
}
