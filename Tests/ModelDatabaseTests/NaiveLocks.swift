import ModelDatabase

/// The lock manager as its definition says it, without anything that makes it fast: locks and requests
/// in lists, and extents as sets of the few keys that there are.
struct NaiveLocks {
  struct Lock: Equatable {
    var owner: Int
    var space: Int
    var extent: LockExtent
    var mode: LockMode
    var isConversion = false
  }

  /// Keys are 0 to 9.
  static let keys = (0..<10).map { RowKey(Int64($0)) }

  var granted: [Lock] = []
  var queue: [Lock] = []

  static func contains(_ extent: LockExtent, _ key: RowKey) -> Bool {
    switch extent {
    case .table: false
    case .row(let own): own == key
    case .range(let interval): interval.contains(key)
    }
  }

  static func overlap(_ left: LockExtent, _ right: LockExtent) -> Bool {
    if left == .table || right == .table { return left == right }
    return keys.contains { contains(left, $0) && contains(right, $0) }
  }

  static func conflict(_ left: Lock, _ right: Lock) -> Bool {
    left.owner != right.owner && left.space == right.space && !left.mode.isCompatible(with: right.mode)
      && overlap(left.extent, right.extent)
  }

  func isCovered(_ request: Lock) -> Bool {
    granted.contains { lock in
      guard lock.owner == request.owner, lock.space == request.space else { return false }
      if lock.extent == request.extent { return lock.mode.includes(request.mode) }
      switch (lock.extent, request.extent) {
      case (_, .table): return false
      case (.table, _):
        let onRows: LockMode? = lock.mode == .sharedIntentExclusive ? .shared : lock.mode
        let intents: [LockMode] = [.intentShared, .intentExclusive]
        return !intents.contains(lock.mode) && onRows?.includes(request.mode) == true
      case (.range(let interval), .row(let key)):
        return interval.contains(key) && lock.mode.includes(request.mode)
      default: return false
      }
    }
  }

  /// Whoever arrived before and conflicts is in front; a conversion overtakes all but conversions.
  func isBlocked(_ request: Lock, ahead: [Lock]) -> Bool {
    granted.contains { NaiveLocks.conflict($0, request) }
      || ahead.contains { NaiveLocks.conflict($0, request) && (!request.isConversion || $0.isConversion) }
  }

  mutating func request(_ mode: LockMode, _ extent: LockExtent, _ space: Int, _ owner: Int) -> Bool {
    var request = Lock(owner: owner, space: space, extent: extent, mode: mode)
    if isCovered(request) { return true }
    if let held = granted.first(where: { $0.owner == owner && $0.space == space && $0.extent == extent }) {
      request.mode = held.mode.combined(with: mode)
      request.isConversion = true
    }
    guard isBlocked(request, ahead: queue) else {
      grant(request)
      return true
    }
    let place = request.isConversion ? queue.firstIndex { !$0.isConversion } : nil
    queue.insert(request, at: place ?? queue.count)
    return false
  }

  mutating func grant(_ lock: Lock) {
    granted.removeAll { $0.owner == lock.owner && $0.space == lock.space && $0.extent == lock.extent }
    granted.append(lock)
  }

  mutating func release(_ owner: Int) -> Set<Int> {
    granted.removeAll { $0.owner == owner }
    return cancel(owner)
  }

  mutating func cancel(_ owner: Int) -> Set<Int> {
    queue.removeAll { $0.owner == owner }
    var woken: Set<Int> = []
    var ahead: [Lock] = []
    for request in queue {
      if isBlocked(request, ahead: ahead) {
        ahead.append(request)
      } else {
        grant(request)
        woken.insert(request.owner)
      }
    }
    queue = ahead
    return woken
  }

  func blockers(of owner: Int) -> Set<Int> {
    guard let place = queue.firstIndex(where: { $0.owner == owner }) else { return [] }
    let request = queue[place]
    let holders = granted.filter { NaiveLocks.conflict($0, request) }.map(\.owner)
    let waiting = queue[..<place].filter {
      NaiveLocks.conflict($0, request) && (!request.isConversion || $0.isConversion)
    }.map(\.owner)
    return Set(holders + waiting)
  }

  /// Owners who wait for themselves, however many others are between.
  var deadlocked: Set<Int> {
    Set(
      queue.map(\.owner).filter { owner in
        var reached: Set<Int> = []
        var frontier = blockers(of: owner)
        while !frontier.isEmpty {
          reached.formUnion(frontier)
          frontier = Set(frontier.flatMap(blockers)).subtracting(reached)
        }
        return reached.contains(owner)
      })
  }
}
