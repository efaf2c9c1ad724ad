import ModelDatabase
import Testing

@testable import SQLServerSimulator

@Suite struct StorageLockingTests {
  private func waits(_ rows: [[Int?]]?) -> Bool { rows == nil }

  @Test func `a read waits for rows that are changed, removed or new, and then sees what was committed`()
    throws
  {
    for change in 0..<3 {
      var scene = try Scene([[1, 1], [2, 2], [3, 3]])
      scene.begin(0)
      switch change {
      case 0: #expect(try scene.update(0, 2, [2, 20]))
      case 1: #expect(try scene.delete(0, 2))
      default: #expect(try scene.insert(0, [[4, 4]]))
      }
      #expect(waits(try scene.read(1)))
      #expect(scene.storage.blockers(of: scene.sessions[1]) == [scene.sessions[0]])
      #expect(scene.woken == [])
      try scene.commit(0)
      #expect(scene.woken == [1])
      #expect(try scene.read(1) == scene.contents)
      #expect(scene.leftovers == [])
    }
  }

  @Test func `rows apart from those that are changed can be read and written`() throws {
    var scene = try Scene([[1, 1], [2, 2], [3, 3]])
    scene.begin(0)
    #expect(try scene.update(0, 2, [2, 20]))
    #expect(try scene.read(1, 3...9) == [[3, 3]])
    #expect(try scene.update(1, 3, [3, 30]))
    #expect(try scene.insert(1, [[4, 4]]))
    #expect(try scene.read(1, hints: .readPast) == [[1, 1], [3, 30], [4, 4]])
    try scene.rollback(0)
    #expect(scene.leftovers == [])
  }

  @Test func `NOLOCK really sees what was never committed`() throws {
    var scene = try Scene([[1, 1], [2, 2]])
    scene.begin(0)
    #expect(try scene.update(0, 1, [1, 99]))
    #expect(try scene.delete(0, 2))
    #expect(try scene.read(1, hints: .noLock) == [[1, 99]])
    scene.storage.set(scene.sessions[1], isolation: .readUncommitted)
    #expect(try scene.read(1) == [[1, 99]])
    try scene.rollback(0)
    #expect(try scene.read(1) == [[1, 1], [2, 2]])
  }

  @Test func `each isolation level lets happen what it is known for`() throws {
    let keeps: [(IsolationLevel, update: Bool, insert: Bool)] = [
      (.readCommitted, true, true), (.repeatableRead, false, true), (.serializable, false, false),
    ]
    for (isolation, update, insert) in keeps {
      var scene = try Scene([[1, 1], [2, 2], [9, 9]], sessions: 3)
      scene.storage.set(scene.sessions[0], isolation: isolation)
      scene.begin(0)
      #expect(try scene.read(0, 1...5) == [[1, 1], [2, 2]])
      #expect(try scene.update(1, 2, [2, 20]) == update, "\(isolation)")
      #expect(try scene.insert(2, [[3, 3]]) == insert, "\(isolation)")
      try scene.commit(0)
      #expect(try scene.update(1, 2, [2, 20]))
      if !insert { #expect(try scene.insert(2, [[3, 3]])) }
      #expect(scene.contents == [[1, 1], [2, 20], [3, 3], [9, 9]])
      #expect(scene.leftovers == [])
    }
  }

  @Test func `hints lock as their isolation would, and update locks let one reader through to write`() throws
  {
    var scene = try Scene([[1, 1], [2, 2]], sessions: 3)
    scene.begin(0)
    #expect(try scene.read(0, 1...1, hints: .updateLock) == [[1, 1]])
    #expect(try scene.read(1, 1...1) == [[1, 1]])
    #expect(waits(try scene.read(1, 1...1, hints: .updateLock)))
    #expect(try scene.update(0, 1, [1, 10]))
    try scene.commit(0)
    #expect(try scene.read(1, 1...1, hints: .updateLock) == [[1, 10]])

    scene.begin(0)
    #expect(try scene.read(0, hints: .tableLock)?.count == 2)
    #expect(try scene.insert(1, [[3, 3]]), "TABLOCK is for the statement")
    #expect(try scene.read(0, hints: [.tableLock, .holdLock])?.count == 3)
    #expect(try scene.read(1)?.count == 3)
    #expect(try !scene.insert(1, [[4, 4]]))
    try scene.commit(0)
    #expect(try scene.insert(1, [[4, 4]]))

    scene.begin(0)
    #expect(try scene.read(0, hints: .exclusiveTableLock)?.count == 4)
    #expect(waits(try scene.read(1)))
    #expect(try scene.read(2, hints: .noLock)?.count == 4)
    try scene.commit(0)
    #expect(try scene.read(1)?.count == 4)
    #expect(scene.leftovers == [])
  }

  @Test func `the upsert with UPDLOCK and HOLDLOCK lets one through at a time, where no row is`() throws {
    var scene = try Scene([[1, 1], [9, 9]])
    scene.begin(0)
    scene.begin(1)
    #expect(try scene.read(0, 5...5, hints: [.updateLock, .holdLock]) == [])
    #expect(waits(try scene.read(1, 5...5, hints: [.updateLock, .holdLock])))
    #expect(try scene.insert(0, [[5, 50]]))
    try scene.commit(0)
    #expect(try scene.read(1, 5...5, hints: [.updateLock, .holdLock]) == [[5, 50]])
    #expect(try scene.update(1, 5, [5, 51]))
    try scene.commit(1)
    #expect(scene.leftovers == [])
  }

  @Test func `two inserts of one key wait for each other, and the second fails only if the first stays`()
    throws
  {
    for commits in [true, false] {
      var scene = try Scene()
      scene.begin(0)
      #expect(try scene.insert(0, [[1, 1]]))
      #expect(try !scene.insert(1, [[1, 2]]))
      if commits { try scene.commit(0) } else { try scene.rollback(0) }
      if commits {
        #expect(errorNumber { try scene.insert(1, [[1, 2]]) } == 2627)
      } else {
        #expect(try scene.insert(1, [[1, 2]]))
      }
      #expect(scene.leftovers == [])
    }
  }

  @Test func `five thousand row locks of a statement become one, unless somebody is in the table`() throws {
    let rows = (1...6000).map { [$0, $0] as [Int?] }
    var scene = try Scene(sessions: 3)
    scene.begin(0)
    #expect(try scene.insert(0, rows))
    #expect(scene.storage.lockViews.map(\.mode) == [.exclusive])
    try scene.rollback(0)

    scene.begin(1)
    #expect(try scene.insert(1, [[9999, 1]]))
    scene.begin(0)
    #expect(try scene.insert(0, rows))
    #expect(scene.storage.lockViews.count == 6003)
    try scene.rollback(0)
    try scene.commit(1)

    let table = scene.table
    _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
      try storage.alterTable(session, table) { (table: inout ServerTable) throws(SQLError) in
        table.escalatesLocks = false
      }
    }
    scene.begin(0)
    #expect(try scene.insert(0, rows))
    #expect(scene.storage.lockViews.count == 6001)
    #expect(try scene.insert(1, [[9998, 1]]))
    try scene.commit(0)
    #expect(scene.leftovers == [])
  }

  @Test func `loads of a heap with TABLOCK go on side by side, and of a table with a key one by one`() throws
  {
    for isHeap in [true, false] {
      var scene = try Scene(sessions: 3, isHeap: isHeap)
      let table = scene.table
      func load(_ session: Int, _ first: Int, _ scene: inout Scene) throws -> Bool {
        try scene.run(session) { (storage: inout Storage, number) throws(SQLError) in
          try storage.bulkInsert(
            number, into: table, .of((first..<first + 100).map { [$0, $0] }), hints: .tableLock)
        }.isDone
      }
      scene.begin(0)
      scene.begin(1)
      #expect(try load(0, 0, &scene))
      #expect(try load(1, 1000, &scene) == isHeap)
      #expect(waits(try scene.read(2)))
      try scene.rollback(0)
      if !isHeap { #expect(try load(1, 1000, &scene)) }
      try scene.commit(1)
      #expect(try scene.read(2)?.compactMap { $0[0] }.sorted() == Array(1000..<1100))
      #expect(scene.leftovers == [])
    }
  }

  @Test func `a change of a table's definition waits for those in it, and keeps all others out`() throws {
    var scene = try Scene([[1, 1]], sessions: 3)
    let table = scene.table
    func truncate(_ session: Int, _ scene: inout Scene) throws -> Bool {
      try scene.run(session) { (storage: inout Storage, number) throws(SQLError) in
        try storage.truncateTable(number, table)
      }.isDone
    }
    scene.begin(0)
    #expect(try scene.update(0, 1, [1, 2]))
    scene.begin(1)
    #expect(try !truncate(1, &scene))
    #expect(waits(try scene.read(2, hints: .noLock)), "who comes later waits behind it")
    try scene.commit(0)
    #expect(try truncate(1, &scene))
    #expect(waits(try scene.read(2, hints: .noLock)))
    try scene.rollback(1)
    #expect(try scene.read(2, hints: .noLock) == [[1, 2]])
    #expect(scene.leftovers == [])
  }

  @Test func `a lock is waited for as long as the time-out says`() throws {
    var scene = try Scene([[1, 1]])
    scene.begin(0)
    #expect(try scene.update(0, 1, [1, 2]))
    scene.begin(1)
    #expect(try scene.insert(1, [[7, 7]]))
    scene.storage.set(scene.sessions[1], lockTimeout: .some(.seconds(5)))
    scene.now = .seconds(100)
    #expect(waits(try scene.read(1)))
    #expect(scene.storage.deadline(of: scene.sessions[1]) == .seconds(105))
    scene.now = .seconds(104)
    #expect(waits(try scene.read(1)))
    scene.now = .seconds(105)
    #expect(errorNumber { try scene.read(1) } == 1222)
    #expect(scene.storage.transactionCount(scene.sessions[1]) == 1)
    scene.storage.set(scene.sessions[1], lockTimeout: .some(.zero))
    #expect(errorNumber { try scene.delete(1, 1) } == 1222)
    scene.storage.set(scene.sessions[1], lockTimeout: .some(nil))
    #expect(errorNumber { try scene.read(1, hints: .noWait) } == 1222)
    try scene.commit(1)
    try scene.rollback(0)
    #expect(scene.contents == [[1, 1], [7, 7]])
    #expect(scene.leftovers == [])
  }

  @Test func `parent rows stay until the statement that references them is done, and references are seen`()
    throws
  {
    var scene = try Scene([[1, 1]])
    let (parent, child) = (scene.table, try scene.make("child"))
    func check(_ session: Int, _ table: Int, _ key: Int, _ scene: inout Scene) throws -> Bool? {
      let interval = KeyInterval(scene.storage.table(table).key(key))
      let attempt = try scene.run(session) { (storage: inout Storage, number) throws(SQLError) in
        try storage.exists(number, in: table, interval)
      }
      guard case .done(let exists) = attempt else { return nil }
      return exists
    }
    scene.begin(0)
    #expect(try scene.insert(0, [[1, 5]], into: child))
    #expect(try check(0, parent, 1, &scene) == true)
    #expect(try check(0, parent, 2, &scene) == false)
    // Whoever wants to remove the parent meets the child that is not committed.
    #expect(try check(1, child, 1, &scene) == nil)
    try scene.commit(0)
    #expect(try check(1, child, 1, &scene) == true)
    scene.begin(1)
    #expect(try scene.delete(1, 1))
    #expect(try check(0, parent, 1, &scene) == nil)
    try scene.commit(1)
    #expect(try check(0, parent, 1, &scene) == false)
    #expect(scene.leftovers == [])
  }
}
