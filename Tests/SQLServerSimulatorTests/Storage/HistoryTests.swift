import ModelDatabase
import Runtime
import Testing

@testable import SQLServerSimulator

/// A row of the histories: key, value, and a number that is unique in the table.
private typealias State = [Int: [Int]]

private enum Operation {
  case read(ClosedRange<Int>, LockHints)
  /// By the index on the values.
  case readValues(ClosedRange<Int>)
  case insert([[Int]])
  /// Adds to the values of a range of keys.
  case add(ClosedRange<Int>, Int)
  /// Gives a row another key.
  case move(Int, Int)
  case delete(ClosedRange<Int>)

  /// Keys that it may change.
  var changed: [Int] {
    switch self {
    case .read, .readValues: []
    case .insert(let rows): rows.map { $0[0] }
    case .add(let keys, _), .delete(let keys): Array(keys)
    case .move(let from, let to): [from, to]
    }
  }

  /// What it answers, and does, if nobody else is there.
  func apply(to state: inout State) -> Outcome {
    switch self {
    case .read(let keys, _):
      return .rows(state.filter { keys.contains($0.key) }.sorted { $0.key < $1.key }.map(\.value))
    case .readValues(let values):
      return .rows(state.values.filter { values.contains($0[1]) }.sorted { ($0[1], $0[0]) < ($1[1], $1[0]) })
    case .insert(let rows):
      if Set(rows.map { $0[0] }).count < rows.count { return .error(2627) }
      var next = state
      for row in rows.sorted(by: { $0[0] < $1[0] }) {
        if next[row[0]] != nil { return .error(2627) }
        if next.values.contains(where: { $0[2] == row[2] }) { return .error(2601) }
        next[row[0]] = row
      }
      state = next
      return .count(rows.count)
    case .add(let keys, let value):
      let found = state.keys.filter(keys.contains)
      for key in found { state[key]?[1] += value }
      return .count(found.count)
    case .move(let from, let to):
      guard var row = state[from] else { return .count(0) }
      if from != to, state[to] != nil { return .error(2627) }
      state[from] = nil
      row[0] = to
      state[to] = row
      return .count(1)
    case .delete(let keys):
      let found = state.keys.filter(keys.contains)
      for key in found { state[key] = nil }
      return .count(found.count)
    }
  }
}

private enum Outcome: Equatable {
  case rows([[Int]])
  case count(Int)
  case error(Int32)

  var isRows: Bool {
    if case .rows = self { return true }
    return false
  }
}

/// What a transaction has done, as its session knows it.
private struct Work {
  var isolation: IsolationLevel
  var isExplicit: Bool
  /// What it changed; nil for rows that it removed.
  var own: [Int: [Int]?] = [:]
  var done: [(Operation, Outcome)] = []
  /// How often the rows that REPEATABLE READ has read had changed by then.
  var seen: [Int: Int] = [:]
  var savepoint: (own: [Int: [Int]?], done: Int)?
  /// What was committed when a snapshot began, and how often each key had changed by then.
  var snapshot: (state: State, versions: [Int: Int])?

  func over(_ state: State) -> State {
    var state = state
    for (key, row) in own { state[key] = row }
    return state
  }
}

/// Sessions that run random transactions, and what has to be true of them.
private struct History {
  var scene: Scene
  var seed: Seed
  var committed: State = [:]
  var versions: [Int: Int] = [:]
  var work: [Work?]
  var pending: [Operation?]
  var woken: Set<Int> = []
  var broken: [String] = []
  let isVersioned: Bool
  var counts: [Int32: Int] = [:]
  var commits = 0
  var waits = 0

  init(_ number: UInt64, sessions: Int) throws {
    seed = Seed(number)
    scene = try Scene(sessions: sessions)
    work = Array(repeating: nil, count: sessions)
    pending = Array(repeating: nil, count: sessions)
    let table = scene.table
    _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
      _ = try storage.createIndex(session, table, .index("value", 1))
      return try storage.createIndex(session, table, .index("number", 2, isUnique: true))
    }
    let isVersioned = seed.next() % 3 == 0
    self.isVersioned = isVersioned
    scene.storage.alterDatabase(scene.database) {
      $0.allowsSnapshot = true
      $0.readsCommittedSnapshot = isVersioned
    }
  }

  mutating func draw(_ count: Int) -> Int { Int(seed.next() % UInt64(count)) }

  mutating func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { broken.append(what()) }
  }

  mutating func keys() -> ClosedRange<Int> {
    let first = draw(12)
    return first...min(11, first + [0, 0, 2, 11][draw(4)])
  }

  mutating func operation() -> Operation {
    switch draw(9) {
    case 0, 1: return .read(keys(), [[], [], .noLock, .updateLock, .repeatableRead, .holdLock][draw(6)])
    case 2:
      let first = draw(8)
      return .readValues(first...first + 2)
    case 3, 4, 5: return .insert((0...draw(3)).map { _ in [draw(12), draw(10), draw(40)] })
    case 6: return .add(keys(), 1 + draw(3))
    case 7:
      let from = draw(12)
      return .move(from, (from + 1 + draw(11)) % 12)
    default: return .delete(keys())
    }
  }

  // MARK: Running

  mutating func begin(_ session: Int, isExplicit: Bool) {
    let levels: [IsolationLevel] = [
      .serializable, .serializable, .readCommitted, .repeatableRead, .snapshot, .readUncommitted,
    ]
    let isolation = levels[draw(levels.count)]
    scene.storage.set(
      scene.sessions[session], isolation: isolation,
      lockTimeout: .some([nil, .seconds(30), .zero][draw(8) == 0 ? 2 : draw(2)]),
      deadlockPriority: draw(3) - 1)
    work[session] = Work(isolation: isolation, isExplicit: isExplicit)
    if isExplicit { scene.begin(session) }
  }

  mutating func attempt(_ session: Int, _ operation: Operation) {
    if work[session] == nil { begin(session, isExplicit: false) }
    let needsSnapshot = work[session]?.isolation == .snapshot && work[session]?.snapshot == nil
    if needsSnapshot, operation.usesVersions { work[session]?.snapshot = (committed, versions) }
    do throws(SQLError) {
      guard let outcome = try run(session, operation) else {
        if pending[session] == nil { waits += 1 }
        pending[session] = operation
        return
      }
      pending[session] = nil
      finish(session, operation, outcome)
    } catch {
      pending[session] = nil
      counts[error.number, default: 0] += 1
      fail(session, operation, error.number)
    }
  }

  /// Nil if it waits.
  private mutating func run(_ session: Int, _ operation: Operation) throws(SQLError) -> Outcome? {
    let table = scene.table
    let attempt = try scene.run(session) { [scene] (storage: inout Storage, number) throws(SQLError) in
      try operation.run(&storage, number, table, scene)
    }
    guard case .done(let outcome) = attempt else { return nil }
    return outcome
  }

  private mutating func finish(_ session: Int, _ operation: Operation, _ outcome: Outcome) {
    guard let work = work[session] else { return }
    var view = work.over(committed)
    if work.isolation == .snapshot, let snapshot = work.snapshot, operation.usesVersions {
      view = work.over(snapshot.state)
    } else if operation.isNoLock || work.isolation == .readUncommitted && outcome.isRows && !operation.locks {
      view = dirty
    }
    let before = view
    let expected = operation.apply(to: &view)
    require(outcome == expected, "\(work.isolation) \(operation): \(outcome), not \(expected)")
    for key in Set(before.keys).union(view.keys) where before[key] != view[key] {
      self.work[session]?.own.updateValue(view[key], forKey: key)
    }
    self.work[session]?.done.append((operation, outcome))
    if work.isolation == .repeatableRead, !operation.isNoLock, case .rows(let rows) = outcome {
      for row in rows where self.work[session]?.seen[row[0]] == nil {
        self.work[session]?.seen.updateValue(versions[row[0], default: 0], forKey: row[0])
      }
    }
    if !work.isExplicit { end(session) }
  }

  private mutating func fail(_ session: Int, _ operation: Operation, _ number: Int32) {
    guard let work = work[session] else { return }
    switch number {
    case 1205:
      // Who has lost everything may begin again.
      self.work[session] = nil
      return
    case 3960:
      let snapshot = work.snapshot?.versions ?? [:]
      // Which row was in the way of a unique number is not known here.
      let hasChanged = versions.contains { snapshot[$0.key] != $0.value }
      require(work.isolation == .snapshot && hasChanged, "3960 for nothing: \(operation)")
      self.work[session] = nil
      return
    case 1222: break
    case 2627, 2601:
      var view = work.over(committed)
      var own = work.over(work.snapshot?.state ?? committed)
      let expected = [operation.apply(to: &view), operation.apply(to: &own)]
      let isOther = [.error(2627), .error(2601)].contains(expected[0])
      require(isOther || expected[1] == .error(number), "\(number) for \(operation), not \(expected)")
      self.work[session]?.done.append((operation, .error(number)))
    default: require(false, "\(number)")
    }
    if !work.isExplicit { self.work[session] = nil }
  }

  private var dirty: State {
    // A victim's work is gone before it knows.
    work.indices.reduce(committed) { state, session in
      scene.storage.session(scene.sessions[session]).isVictim ? state : work[session]?.over(state) ?? state
    }
  }

  // MARK: Ending

  /// The transaction is committed: now it has to fit behind all that were before.
  mutating func end(_ session: Int) {
    guard let work = work[session] else { return }
    self.work[session] = nil
    commits += 1
    if work.isolation == .serializable { replay(work) }
    for (key, version) in work.seen {
      require(version == versions[key, default: 0], "\(key) was changed under a repeatable read")
    }
    if let snapshot = work.snapshot {
      for key in work.own.keys {
        require(snapshot.state[key] == committed[key], "\(key) was changed under a snapshot")
      }
    }
    committed = work.over(committed)
    for key in work.own.keys { versions[key, default: 0] += 1 }
  }

  private mutating func replay(_ work: Work) {
    var state = committed
    for (operation, was) in work.done {
      let now = operation.apply(to: &state)
      // A hint may ask for less than the isolation.
      if operation.isNoLock || operation.isRepeatable { continue }
      require(was == now, "\(work.isolation) \(operation): it was \(was), and is \(now)")
    }
  }

  mutating func step() throws {
    let session = draw(work.count)
    woken.formUnion(scene.woken)
    if let operation = pending[session] {
      let deadline = scene.storage.deadline(of: scene.sessions[session])
      let isDue = deadline.map { $0 <= scene.now } ?? false
      if woken.remove(session) != nil || isDue { attempt(session, operation) }
    } else if work[session] == nil {
      draw(5) == 0 ? attempt(session, operation()) : begin(session, isExplicit: true)
    } else {
      try next(session)
    }
    scene.now += .seconds(1)
    check()
  }

  private mutating func next(_ session: Int) throws {
    switch draw(12) {
    case 0, 1:
      try scene.commit(session)
      end(session)
    case 2:
      try scene.rollback(session)
      work[session] = nil
    case 3:
      try scene.storage.save(scene.sessions[session], "s")
      let savepoint = work[session].map { ($0.own, $0.done.count) }
      work[session]?.savepoint = savepoint
    case 4:
      guard let savepoint = work[session]?.savepoint else { return }
      try scene.rollback(session, to: "s")
      work[session]?.own = savepoint.own
      work[session]?.done.removeSubrange(savepoint.done...)
    default: attempt(session, operation())
    }
  }

  private mutating func check() {
    let dirty = dirty
    let there = scene.contents.map { $0.compactMap(\.self) }
    require(there == dirty.sorted { $0.key < $1.key }.map(\.value), "\(there), not \(dirty)")
    let table = scene.storage.table(scene.table)
    require(table.disagreements.isEmpty, "\(table.disagreements)")
    for session in work.indices where work[session] == nil {
      let owner = scene.sessions[session]
      let has = scene.storage.lockViews.filter { $0.session == owner }
      require(has.isEmpty, "\(owner) has locks and no transaction")
    }
  }

  /// Everybody comes to an end: those who can go on do, and those who wait are woken by them.
  mutating func drain() throws {
    for _ in 0..<200 where work.contains(where: { $0 != nil }) {
      woken.formUnion(scene.woken)
      for session in work.indices where work[session] != nil {
        if let operation = pending[session] {
          if woken.remove(session) != nil { attempt(session, operation) }
        } else {
          try scene.commit(session)
          end(session)
        }
        check()
      }
    }
    require(!work.contains { $0 != nil }, "somebody waits for ever")
    broken += scene.leftovers
  }
}

extension Operation {
  fileprivate var isNoLock: Bool {
    if case .read(_, .noLock) = self { return true }
    return false
  }

  fileprivate var isRepeatable: Bool {
    if case .read(_, .repeatableRead) = self { return true }
    return false
  }

  /// Whether isolation SNAPSHOT reads a snapshot for it.
  fileprivate var usesVersions: Bool {
    if case .read(_, let hints) = self { return hints.isEmpty || hints == .updateLock }
    return true
  }

  /// Hints that lock, whatever the isolation.
  fileprivate var locks: Bool {
    if case .read(_, let hints) = self { return !hints.isEmpty && hints != .noLock }
    return false
  }

  fileprivate func run(
    _ storage: inout Storage, _ session: Int, _ table: Int, _ scene: Scene
  ) throws(SQLError) -> Attempt<Outcome> {
    var scan = Scan(table)
    switch self {
    case .read(let keys, let hints):
      scan.interval = scene.interval(keys)
      scan.hints = hints
      scan.isPoint = keys.count == 1
      return try storage.scan(session, scan).map { .rows($0.rows.map { $0.values.compactMap(\.self) }) }
    case .readValues(let values):
      guard let index = storage.table(table).indexes.first else { preconditionFailure("there is an index") }
      scan.index = index.id
      scan.interval = scene.interval(values)
      return try storage.scan(session, scan).map { .rows($0.rows.map { $0.values.compactMap(\.self) }) }
    case .insert(let rows):
      return try storage.insert(session, into: table, .of(rows)).map { .count(rows.count) }
    case .add(let keys, let value):
      scan.interval = scene.interval(keys)
      return try change(&storage, session, scan) { [$0[0], $0[1] + value, $0[2]] }
    case .move(let from, let to):
      scan.interval = scene.interval(from...from)
      return try change(&storage, session, scan) { [to, $0[1], $0[2]] }
    case .delete(let keys):
      scan.interval = scene.interval(keys)
      scan.isForUpdate = true
      guard case .done(let found) = try storage.scan(session, scan) else { return .blocked }
      return try storage.delete(session, from: table, found.rows.map(\.key)).map { .count($0) }
    }
  }

  private func change(
    _ storage: inout Storage, _ session: Int, _ scan: Scan, _ change: ([Int]) -> [Int]
  ) throws(SQLError) -> Attempt<Outcome> {
    var scan = scan
    scan.isForUpdate = true
    guard case .done(let found) = try storage.scan(session, scan) else { return .blocked }
    let rows = found.rows.map { change($0.values.compactMap(\.self)) }
    let updates = found.rows.enumerated().map { RowUpdate($1.key, row: $0) }
    return try storage.update(session, scan.table, updates, .of(rows)).map { .count($0) }
  }
}

extension Attempt {
  fileprivate func map<Other: Sendable>(_ change: (Value) -> Other) -> Attempt<Other> {
    switch self {
    case .done(let value): .done(change(value))
    case .blocked: .blocked
    }
  }
}

@Suite struct StorageHistoryTests {
  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `what commits is what its isolation promises, nothing else stays, and every wait ends`(_ seed: UInt64)
    throws
  {
    var history = try History(seed, sessions: 4)
    for _ in 0..<200 where history.broken.isEmpty { try history.step() }
    if history.broken.isEmpty { try history.drain() }
    #expect(history.broken == [])
  }

  @Test func `the histories have commits, waits, deadlocks, conflicts and time-outs`() throws {
    var (commits, waits, counts) = (0, 0, [Int32: Int]())
    for seed in 1...30 as ClosedRange<UInt64> {
      var history = try History(seed, sessions: 4)
      for _ in 0..<150 { try history.step() }
      commits += history.commits
      waits += history.waits
      counts.merge(history.counts) { $0 + $1 }
    }
    #expect(commits > 100)
    #expect(waits > 100)
    for number in [1205, 3960, 1222, 2627, 2601] as [Int32] {
      #expect(counts[number, default: 0] > 1, "\(number): \(counts)")
    }
  }
}
