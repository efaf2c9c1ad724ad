import Testing

@testable import SQLServerSimulator

@Suite struct StorageTransactionTests {
  @Test func `a rollback takes everything back, rows, keys, indexes and tables`() throws {
    var scene = try Scene([[1, 10], [2, 20], [3, 30]])
    let table = scene.table
    _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
      try storage.createIndex(session, table, .index("ix", 1))
    }
    scene.begin(0)
    #expect(try scene.insert(0, [[4, 40], [5, nil]]))
    #expect(try scene.update(0, 1, [1, 11]))
    #expect(try scene.update(0, 2, [7, 21]))
    #expect(try scene.delete(0, 3))
    _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
      try storage.createIndex(session, table, .index("iy", 1, isUnique: true))
    }
    #expect(try scene.insert(0, [[9, 90]]))
    #expect(scene.contents == [[1, 11], [4, 40], [5, nil], [7, 21], [9, 90]])
    let other = try scene.make("u")
    #expect(try scene.insert(0, [[1]], into: other))
    _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
      try storage.truncateTable(session, table)
    }
    #expect(scene.contents.isEmpty)
    try scene.rollback(0)
    #expect(scene.contents == [[1, 10], [2, 20], [3, 30]])
    #expect(scene.storage.table(table).indexes.map(\.about.name) == ["ix"])
    #expect(scene.storage.findTable(scene.sessions[0], scene.database, QualifiedName("DBO", "U")) == nil)
    #expect(scene.leftovers == [])
  }

  @Test func `a savepoint keeps what was before it, and transactions nest in name only`() throws {
    var scene = try Scene()
    scene.begin(0)
    #expect(try scene.insert(0, [[1, 1]]))
    try scene.storage.save(scene.sessions[0], "a")
    #expect(try scene.insert(0, [[2, 2]]))
    scene.begin(0)
    #expect(scene.storage.transactionCount(scene.sessions[0]) == 2)
    try scene.commit(0)
    try scene.rollback(0, to: "a")
    #expect(scene.contents == [[1, 1]])
    #expect(errorNumber { try scene.rollback(0, to: "b") } == 6401)
    try scene.commit(0)
    #expect(errorNumber { try scene.commit(0) } == 3902)
    #expect(errorNumber { try scene.rollback(0) } == 3903)
    #expect(scene.contents == [[1, 1]])
    #expect(scene.leftovers == [])
  }

  @Test func `a statement that fails leaves nothing, and the transaction goes on`() throws {
    var scene = try Scene([[5, 5]])
    let table = scene.table
    _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
      try storage.createIndex(session, table, .index("u", 1, isUnique: true))
    }
    scene.begin(0)
    #expect(try scene.insert(0, [[1, 1]]))
    #expect(errorNumber { try scene.insert(0, [[2, 2], [5, 6], [3, 3]]) } == 2627)
    #expect(errorNumber { try scene.insert(0, [[2, 2], [6, 5], [3, 3]]) } == 2601)
    #expect(errorNumber { try scene.update(0, 1, [5, 9]) } == 2627)
    #expect(errorNumber { try scene.update(0, 1, [1, 5]) } == 2601)
    #expect(scene.contents == [[1, 1], [5, 5]])
    try scene.commit(0)
    #expect(scene.contents == [[1, 1], [5, 5]])
    #expect(scene.leftovers == [])
  }

  @Test func `keys may change places in one update`() throws {
    var scene = try Scene([[1, 1], [2, 2], [3, 3]])
    let table = scene.table
    let keys = (1...3).map { scene.storage.table(table).key($0) }
    _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
      try storage.update(
        session, table, keys.enumerated().map { RowUpdate($1, row: $0) }, .of([[2, 1], [3, 2], [1, 3]]))
    }
    #expect(scene.contents == [[1, 3], [2, 1], [3, 2]])
    #expect(scene.leftovers == [])
  }

  @Test func `a doomed transaction can only be rolled back`() throws {
    var scene = try Scene()
    let session = scene.sessions[0]
    scene.begin(0)
    #expect(scene.storage.transactionState(session) == 1)
    try scene.storage.save(session, "a")
    scene.storage.doom(session)
    #expect(scene.storage.transactionState(session) == -1)
    #expect(errorNumber { try scene.insert(0, [[1, 1]]) } == 3930)
    #expect(scene.storage.transactionState(session) == 0, "3930 itself ends the batch and the transaction")
    scene.begin(0)
    scene.storage.doom(session)
    #expect(errorNumber { try scene.commit(0) } == 3930)
    #expect(errorNumber { try scene.storage.save(session, "a") } == 3930)
    try scene.rollback(0)
    #expect(scene.leftovers == [])
  }

  @Test func `a crash and the end of a session lose what is not committed, and only that`() throws {
    var scene = try Scene([[1, 1]])
    scene.begin(0)
    #expect(try scene.insert(0, [[2, 2]]))
    scene.storage.disconnect(scene.sessions[0])
    #expect(scene.contents == [[1, 1]])
    scene.begin(1)
    #expect(try scene.delete(1, 1))
    scene.storage.crash()
    #expect(scene.contents == [[1, 1]])
    #expect(scene.storage.sessions.allSatisfy { $0 == nil })
    #expect(errorNumber { try scene.insert(1, [[3, 3]]) } == 596)
    #expect(scene.leftovers == [])
    #expect(scene.storage.connect() == Storage.firstSession)
  }

  @Test func `nobody writes a database that is read-only`() throws {
    var scene = try Scene([[1, 1]])
    scene.storage.alterDatabase(scene.database) { $0.isReadOnly = true }
    #expect(errorNumber { try scene.insert(0, [[2, 2]]) } == 3906)
    #expect(errorNumber { try scene.delete(0, 1) } == 3906)
    #expect(errorNumber { try scene.make("u") } == 3906)
    #expect(try scene.read(0) == [[1, 1]])
  }

  @Test func `identity values are not given back, except by an attempt that nobody saw`() throws {
    var scene = try Scene([[100, 0]])
    let table = scene.table
    _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
      try storage.alterTable(session, table) { (table: inout ServerTable) throws(SQLError) in
        table.identity = IdentityCounter(seed: 10, increment: 5)
      }
    }
    func take(_ session: Int, _ scene: inout Scene, waits: Bool = false) throws -> Attempt<Int64?> {
      try scene.run(session) { (storage: inout Storage, number) throws(SQLError) in
        let value = storage.nextIdentity(number, table)
        if waits, case .blocked = try storage.delete(number, from: table, [storage.table(table).key(100)]) {
          return .blocked
        }
        return .done(value)
      }
    }
    scene.begin(0)
    guard case .done(10) = try take(0, &scene) else { throw SQLError.lockTimeout }
    try scene.rollback(0)
    guard case .done(15) = try take(0, &scene) else { throw SQLError.lockTimeout }
    scene.begin(0)
    #expect(try scene.update(0, 100, [100, 1]))
    #expect(try !take(1, &scene, waits: true).isDone)
    guard case .done(20) = try take(0, &scene) else { throw SQLError.lockTimeout }
    try scene.commit(0)
    guard case .done(25) = try take(1, &scene, waits: true) else { throw SQLError.lockTimeout }
    scene.storage.reseed(table, 100)
    guard case .done(105) = try take(0, &scene) else { throw SQLError.lockTimeout }
  }
}
