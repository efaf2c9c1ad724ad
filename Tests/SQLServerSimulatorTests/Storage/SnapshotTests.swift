import Testing

@testable import SQLServerSimulator

@Suite struct StorageSnapshotTests {
  private func scene(_ rows: [[Int?]], sessions: Int = 2) throws -> Scene {
    var scene = try Scene(rows, sessions: sessions)
    scene.storage.alterDatabase(scene.database) { $0.allowsSnapshot = true }
    scene.storage.set(scene.sessions[1], isolation: .snapshot)
    return scene
  }

  @Test func `a snapshot is what was committed at its first read, with what its owner does`() throws {
    var scene = try scene([[1, 1], [2, 2]])
    let other = try scene.make("u")
    scene.begin(0)
    #expect(try scene.update(0, 1, [1, 10]))
    #expect(try scene.insert(0, [[3, 3]]))
    #expect(try scene.insert(0, [[1, 1]], into: other))
    scene.begin(1)
    #expect(try scene.read(1) == [[1, 1], [2, 2]])
    try scene.commit(0)
    #expect(try scene.delete(0, 2))
    #expect(try scene.read(1) == [[1, 1], [2, 2]])
    #expect(try scene.read(1, Scan(other)) == [], "every table is as it was then")
    #expect(try scene.insert(1, [[4, 4]]))
    #expect(try scene.read(1) == [[1, 1], [2, 2], [4, 4]])
    try scene.commit(1)
    #expect(try scene.read(1) == [[1, 10], [3, 3], [4, 4]])
    #expect(scene.leftovers == [])
  }

  @Test func `a row that has changed since is not written: 3960, and all is rolled back`() throws {
    for change in 0..<4 {
      var scene = try scene([[1, 1], [2, 2]])
      scene.begin(1)
      #expect(try scene.insert(1, [[8, 8]]))
      #expect(try scene.read(1)?.count == 3)
      switch change {
      case 0: #expect(try scene.update(0, 1, [1, 5]))
      default: #expect(try scene.delete(0, 1))
      }
      let number = errorNumber {
        switch change {
        case 0, 1: try scene.update(1, 1, [1, 6])
        case 2: try scene.delete(1, 1)
        default: try scene.insert(1, [[1, 7]])
        }
      }
      #expect(number == 3960)
      #expect(scene.storage.transactionCount(scene.sessions[1]) == 0)
      #expect(scene.contents.count == (change == 0 ? 2 : 1))
      #expect(scene.leftovers == [])
    }
  }

  @Test func `a writer that is not done is waited for, and conflicts only if it commits`() throws {
    for commits in [true, false] {
      var scene = try scene([[1, 1]])
      scene.begin(1)
      #expect(try scene.read(1) == [[1, 1]])
      scene.begin(0)
      #expect(try scene.update(0, 1, [1, 2]))
      #expect(try !scene.update(1, 1, [1, 3]))
      if commits { try scene.commit(0) } else { try scene.rollback(0) }
      if commits {
        #expect(errorNumber { try scene.update(1, 1, [1, 3]) } == 3960)
      } else {
        #expect(try scene.update(1, 1, [1, 3]))
        #expect(try scene.read(1) == [[1, 3]])
        try scene.commit(1)
      }
      #expect(scene.leftovers == [])
    }
  }

  @Test func `a database says whether it allows snapshots, and a transaction must begin in one`() throws {
    var scene = try Scene([[1, 1]])
    scene.storage.set(scene.sessions[0], isolation: .snapshot)
    #expect(errorNumber { try scene.read(0) } == 3952)
    scene.storage.alterDatabase(scene.database) { $0.allowsSnapshot = true }
    scene.storage.set(scene.sessions[0], isolation: .readCommitted)
    scene.begin(0)
    scene.storage.set(scene.sessions[0], isolation: .snapshot)
    #expect(errorNumber { try scene.read(0) } == 3951)
    scene.begin(0)
    #expect(try scene.read(0) == [[1, 1]])
    let table = scene.table
    _ = try scene.run(1) { (storage: inout Storage, session) throws(SQLError) in
      try storage.createIndex(session, table, .index("ix", 1))
    }
    #expect(errorNumber { try scene.read(0) } == 3961)
    #expect(scene.leftovers == [])
  }

  @Test func `a savepoint and a failed statement are undone in the snapshot as well`() throws {
    var scene = try scene([[1, 1], [2, 2]])
    scene.begin(1)
    #expect(try scene.update(1, 1, [1, 5]))
    try scene.storage.save(scene.sessions[1], "a")
    #expect(try scene.delete(1, 2))
    #expect(try scene.insert(1, [[3, 3]]))
    #expect(errorNumber { try scene.insert(1, [[4, 4], [3, 0]]) } == 2627)
    #expect(try scene.read(1) == [[1, 5], [3, 3]])
    try scene.rollback(1, to: "a")
    #expect(try scene.read(1) == [[1, 5], [2, 2]])
    try scene.commit(1)
    #expect(scene.contents == [[1, 5], [2, 2]])
  }

  @Test
  func `READ_COMMITTED_SNAPSHOT reads what is committed when the statement begins, and waits for nobody`()
    throws
  {
    var scene = try Scene([[1, 1], [2, 2]])
    scene.storage.alterDatabase(scene.database) { $0.readsCommittedSnapshot = true }
    scene.begin(0)
    #expect(try scene.update(0, 1, [1, 10]))
    #expect(try scene.delete(0, 2))
    #expect(try scene.insert(0, [[3, 3]]))
    scene.begin(1)
    #expect(try scene.insert(1, [[7, 7]]))
    #expect(try scene.read(1) == [[1, 1], [2, 2], [7, 7]])
    #expect(try scene.read(0) == [[1, 10], [2, 2], [3, 3]].filter { $0[0] != 2 })
    #expect(try scene.read(1, hints: .readCommittedLock) == nil)
    try scene.commit(0)
    #expect(try scene.read(1, hints: .readCommittedLock) == [[1, 10], [3, 3], [7, 7]])
    #expect(try scene.read(1) == [[1, 10], [3, 3], [7, 7]])
    try scene.rollback(1)
    #expect(scene.leftovers == [])
  }
}
