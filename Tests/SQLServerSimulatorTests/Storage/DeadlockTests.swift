import Testing

@testable import SQLServerSimulator

@Suite struct StorageDeadlockTests {
  /// Two transactions that have changed a row each, the first waiting for the second's.
  private func crossed(_ prepare: (inout Scene) throws -> Void = { _ in }) throws -> Scene {
    var scene = try Scene([[1, 1], [2, 2]])
    scene.begin(0)
    scene.begin(1)
    try prepare(&scene)
    #expect(try scene.update(0, 1, [1, 10]))
    #expect(try scene.update(1, 2, [2, 20]))
    #expect(try !scene.update(0, 2, [2, 11]))
    return scene
  }

  @Test func `of two who wait for each other, the one who did less is rolled back, and the other goes on`()
    throws
  {
    var scene = try crossed { scene in _ = try scene.insert(0, [[7, 7]]) }
    #expect(errorNumber { try scene.update(1, 1, [1, 12]) } == 1205)
    #expect(scene.storage.deadlocks == 1)
    #expect(scene.storage.transactionCount(scene.sessions[1]) == 0)
    #expect(scene.woken == [0, 1])
    #expect(try scene.update(0, 2, [2, 11]))
    try scene.commit(0)
    #expect(scene.contents == [[1, 10], [2, 11], [7, 7]])
    #expect(scene.leftovers == [])
  }

  @Test func `the victim may be the one who waits already, and learns it when it is woken`() throws {
    var scene = try crossed { scene in scene.storage.set(scene.sessions[0], deadlockPriority: -5) }
    #expect(try scene.update(1, 1, [1, 12]))
    #expect(scene.woken == [1, 0] || scene.woken == [])
    do {
      _ = try scene.update(0, 2, [2, 11])
      Issue.record("it was the victim")
    } catch {
      #expect(error.number == 1205)
      #expect(error.message.contains("(Process ID \(scene.sessions[0]))"))
    }
    try scene.commit(1)
    #expect(scene.contents == [[1, 12], [2, 20]])
    #expect(scene.leftovers == [])
  }

  @Test func `who inserts where somebody's scan waits for one of its rows does not wait for the scan`() throws
  {
    var scene = try Scene([[5, 5]], sessions: 3)
    scene.begin(0)
    scene.begin(1)
    #expect(try scene.insert(0, [[1, 1]]))
    #expect(try scene.read(1, 0...9) == nil)
    #expect(try scene.insert(0, [[2, 2]]))
    // Somebody else does, or a scan would never have its turn.
    #expect(try !scene.insert(2, [[3, 3]]))
    try scene.commit(0)
    #expect(try scene.read(1, 0...9) != nil)
    #expect(try scene.insert(2, [[3, 3]]))
    try scene.commit(1)
    #expect(scene.contents == [[1, 1], [2, 2], [3, 3], [5, 5]])
    #expect(scene.leftovers == [])
  }

  @Test func `two who read with HOLDLOCK and then insert deadlock`() throws {
    var scene = try Scene([[1, 1], [9, 9]])
    for session in 0...1 {
      scene.begin(session)
      #expect(try scene.read(session, 5...5, hints: .holdLock) == [])
    }
    #expect(try !scene.insert(0, [[5, 0]]))
    #expect(errorNumber { try scene.insert(1, [[5, 1]]) } == 1205)
    #expect(try scene.insert(0, [[5, 0]]))
    try scene.commit(0)
    #expect(scene.leftovers == [])
  }

  @Test func `parallel loads of overlapping keys deadlock by rows, and not with TABLOCK`() throws {
    for hints in [[], .tableLock] as [LockHints] {
      var scene = try Scene()
      let table = scene.table
      func load(_ session: Int, _ keys: [Int], _ scene: inout Scene) throws -> Bool {
        try scene.run(session) { (storage: inout Storage, number) throws(SQLError) in
          try storage.bulkInsert(number, into: table, .of(keys.map { [$0, session] }), hints: hints)
        }.isDone
      }
      scene.begin(0)
      scene.begin(1)
      #expect(try load(0, [1, 2], &scene))
      #expect(try load(1, [4, 5], &scene) == hints.isEmpty)
      if hints.isEmpty {
        #expect(try !load(0, [3, 4], &scene))
        #expect(errorNumber { try load(1, [2, 3], &scene) } == 1205)
        #expect(try load(0, [3, 4], &scene))
      }
      try scene.commit(0)
      if !hints.isEmpty {
        #expect(try load(1, [4, 5], &scene))
        try scene.commit(1)
      }
      #expect(scene.leftovers == [])
    }
  }
}
