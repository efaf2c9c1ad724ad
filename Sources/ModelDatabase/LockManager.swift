/// Who has which locks, and who waits for whom: a value without time or threads.
///
/// An owner waits for one lock at a time. Locks on rows presuppose the intent on their table, which the
/// caller asks for first. Ways to add later what SQL Server has besides: bulk update, escalation, a
/// time limit.
package struct LockManager: Sendable {
  package enum Answer: Sendable, Equatable {
    case granted, waits
  }

  private var spaces: [LockSpace] = []
  /// Who waits, and in which space, in the order in which they began.
  private var waits: [(owner: Int, space: Int)] = []

  package init() {}

  package var waiting: [Int] { waits.map(\.owner) }
  package var count: Int { spaces.reduce(0) { $0 + $1.holders.reduce(0) { $0 + $1.count } } }
  package func isWaiting(_ owner: Int) -> Bool { waits.contains { $0.owner == owner } }

  /// What the owner has of exactly this extent.
  package func mode(of extent: LockExtent, in space: Int, by owner: Int) -> LockMode? {
    guard space < spaces.count, let position = spaces[space].holder(owner) else { return nil }
    return spaces[space].holders[position].mode(of: extent)
  }

  /// Asks for a lock in addition to what the owner has. `isShort` is for ranges that `releaseShort`
  /// gives back.
  package mutating func request(
    _ mode: LockMode, on extent: LockExtent, in space: Int, by owner: Int, isShort: Bool = false
  ) -> Answer {
    while spaces.count <= space { spaces.append(LockSpace()) }
    var held: LockMode?
    if let position = spaces[space].holder(owner) {
      if spaces[space].holders[position].covers(extent, mode) { return .granted }
      held = spaces[space].holders[position].mode(of: extent)
      precondition(
        extent == .table || spaces[space].holders[position].table?.includes(mode.intent) == true,
        "a lock on rows presupposes the intent on their table")
    } else {
      precondition(extent == .table, "a lock on rows presupposes the intent on their table")
    }
    let request = LockSpace.Request(
      owner: owner, extent: extent, mode: held?.combined(with: mode) ?? mode, isShort: isShort,
      isConversion: held != nil)
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
      owner: owner, extent: extent, mode: mode, isShort: true, isConversion: false)
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
      guard let position = spaces[space].holder(owner),
        spaces[space].holders[position].ranges.contains(where: \.isShort)
      else { continue }
      spaces[space].holders[position].ranges.removeAll(where: \.isShort)
      granted += grantWaiting(in: space)
    }
    return granted
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
