/// What a lock is on, within one table or index.
package enum LockExtent: Hashable, Sendable {
  /// All of it. Locks on rows and ranges are told from those on tables by the intents that go with them.
  case table
  case range(KeyInterval)
  case row(RowKey)

  func overlaps(_ other: LockExtent) -> Bool {
    switch (self, other) {
    case (.table, .table): true
    case (.table, _), (_, .table): false
    case (.row(let left), .row(let right)): left == right
    case (.row(let key), .range(let range)), (.range(let range), .row(let key)): range.contains(key)
    case (.range(let left), .range(let right)): left.overlaps(right)
    }
  }
}

/// The locks of one owner in one table.
struct HeldLocks: Sendable {
  struct Row: Sendable {
    let key: RowKey
    var mode: LockMode
  }
  struct Range: Sendable {
    let interval: KeyInterval
    var mode: LockMode
    /// Given back at the end of the statement.
    let isShort: Bool
  }

  let owner: Int
  var table: LockMode?
  /// What is left of it at the end of the statement.
  private var lastingTable: LockMode?
  /// Whether some of it is given back at the end of the statement.
  private(set) var hasShort = false
  /// Sorted by key.
  var rows: [Row] = []
  var ranges: [Range] = []

  init(owner: Int) { self.owner = owner }

  var count: Int { (table == nil ? 0 : 1) + rows.count + ranges.count }

  private func position(_ cut: KeyCut) -> Int {
    if let last = rows.last, KeyCut.before(last.key) < cut { return rows.count }
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if KeyCut.before(rows[middle].key) < cut { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func positions(_ interval: KeyInterval) -> Swift.Range<Int> {
    let start = interval.from.map(position) ?? 0
    return start..<max(start, interval.to.map(position) ?? rows.count)
  }

  func mode(of extent: LockExtent) -> LockMode? {
    switch extent {
    case .table: return table
    case .range(let interval): return ranges.first { $0.interval == interval }?.mode
    case .row(let key):
      let position = position(.before(key))
      return position < rows.count && rows[position].key == key ? rows[position].mode : nil
    }
  }

  /// Whether what the owner has makes this lock unnecessary.
  func covers(_ extent: LockExtent, _ mode: LockMode) -> Bool {
    if self.mode(of: extent)?.includes(mode) == true { return true }
    if extent == .table { return false }
    switch table {
    case .exclusive, .schemaModification: return true
    case .update where mode != .exclusive: return true
    case .shared where mode == .shared, .sharedIntentExclusive where mode == .shared: return true
    default: break
    }
    if case .row(let key) = extent {
      return ranges.contains { $0.interval.contains(key) && $0.mode.includes(mode) }
    }
    return false
  }

  func hasRange(around extent: LockExtent) -> Bool {
    guard case .row(let key) = extent else { return false }
    return ranges.contains { $0.interval.contains(key) }
  }

  /// Whether that is still so at the end of the statement.
  func keeps(_ extent: LockExtent, _ mode: LockMode) -> Bool {
    guard hasShort else { return true }
    var lasting = self
    lasting.removeShort()
    return lasting.covers(extent, mode)
  }

  func conflicts(_ extent: LockExtent, _ mode: LockMode) -> Bool {
    switch extent {
    case .table:
      return table.map { !$0.isCompatible(with: mode) } ?? false
    case .row(let key):
      if let held = self.mode(of: extent), !held.isCompatible(with: mode) { return true }
      return ranges.contains { $0.interval.contains(key) && !$0.mode.isCompatible(with: mode) }
    case .range(let interval):
      return rows[positions(interval)].contains { !$0.mode.isCompatible(with: mode) }
        || ranges.contains { $0.interval.overlaps(interval) && !$0.mode.isCompatible(with: mode) }
    }
  }

  /// Gives back the locks of a statement.
  mutating func removeShort() {
    guard hasShort else { return }
    ranges.removeAll(where: \.isShort)
    table = lastingTable
    hasShort = false
  }

  /// Has no more than this mode of the table, and nothing of its rows.
  mutating func lower(to mode: LockMode?) {
    (table, lastingTable) = (mode, mode)
    removeRows()
  }

  mutating func removeRows() {
    rows = []
    ranges = []
  }

  /// `asked` is what the owner wants in addition to what it has, `mode` is both together.
  mutating func add(_ extent: LockExtent, _ mode: LockMode, asked: LockMode, isShort: Bool) {
    if isShort { hasShort = true }
    switch extent {
    case .table:
      table = mode
      if !isShort { lastingTable = lastingTable?.combined(with: asked) ?? asked }
    case .row(let key):
      let position = position(.before(key))
      if position < rows.count, rows[position].key == key {
        rows[position].mode = mode
      } else {
        rows.insert(Row(key: key, mode: mode), at: position)
      }
    case .range(let interval):
      if let position = ranges.firstIndex(where: { $0.interval == interval && $0.isShort == isShort }) {
        ranges[position].mode = mode
      } else {
        ranges.append(Range(interval: interval, mode: mode, isShort: isShort))
      }
    }
  }
}

/// The locks in one table, and who waits for one.
struct LockSpace: Sendable {
  struct Request: Sendable {
    let owner: Int
    let extent: LockExtent
    /// What the owner has of this extent is part of it.
    let mode: LockMode
    /// What it wants in addition.
    let asked: LockMode
    let isShort: Bool
    let isConversion: Bool
  }

  var holders: [HeldLocks] = []
  /// Conversions first, then in order of arrival.
  var queue: [Request] = []

  func holder(_ owner: Int) -> Int? { holders.firstIndex { $0.owner == owner } }

  /// Whether a request that has these in front of it has to wait. Nobody overtakes who waits for the
  /// same, or the strong modes would wait for ever; conversions do, since whom they overtake waits for
  /// their owner anyway.
  func isBlocked(_ request: Request, behind waiting: some Sequence<Request>) -> Bool {
    for held in holders where held.owner != request.owner {
      if held.conflicts(request.extent, request.mode) { return true }
    }
    return waiting.contains { LockSpace.blocks($0, request) && !isStopped($0, by: request.owner) }
  }

  /// Whether it is a scan that waits for what the owner has. A scan takes its rows one after the other: the owner does not
  /// wait behind it for others of them, or the two would never end.
  private func isStopped(_ scan: Request, by owner: Int) -> Bool {
    guard scan.isShort, case .range = scan.extent, let position = holder(owner) else { return false }
    return holders[position].conflicts(scan.extent, scan.mode)
  }

  static func blocks(_ first: Request, _ second: Request) -> Bool {
    first.owner != second.owner && (!second.isConversion || first.isConversion)
      && !first.mode.isCompatible(with: second.mode) && first.extent.overlaps(second.extent)
  }

  mutating func grant(_ request: Request) {
    let position: Int
    if let known = holder(request.owner) {
      position = known
    } else {
      position = holders.count
      holders.append(HeldLocks(owner: request.owner))
    }
    holders[position].add(request.extent, request.mode, asked: request.asked, isShort: request.isShort)
  }

  mutating func enqueue(_ request: Request) {
    let position = request.isConversion ? queue.firstIndex { !$0.isConversion } : nil
    queue.insert(request, at: position ?? queue.count)
  }

  /// Grants what can be granted now; returns its owners in order.
  mutating func grantWaiting() -> [Int] {
    guard !queue.isEmpty else { return [] }
    var granted: [Int] = []
    var waiting: [Request] = []
    for request in queue {
      if isBlocked(request, behind: waiting) {
        waiting.append(request)
      } else {
        grant(request)
        granted.append(request.owner)
      }
    }
    queue = waiting
    return granted
  }

  /// Whom the owner's request waits for.
  func blockers(of owner: Int) -> [Int] {
    guard let position = queue.firstIndex(where: { $0.owner == owner }) else { return [] }
    let request = queue[position]
    var owners: [Int] = []
    for held in holders where held.owner != owner && held.conflicts(request.extent, request.mode) {
      owners.append(held.owner)
    }
    for other in queue[..<position]
    where LockSpace.blocks(other, request) && !isStopped(other, by: owner) && !owners.contains(other.owner) {
      owners.append(other.owner)
    }
    return owners
  }
}
