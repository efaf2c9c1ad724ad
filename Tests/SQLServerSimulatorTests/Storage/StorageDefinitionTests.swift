import ModelDatabase
import Testing

@testable import SQLServerSimulator

@Suite struct StorageDefinitionTests {
  private func alter<Value: Sendable>(
    _ scene: inout Scene, _ session: Int = 0,
    _ body: (inout Storage, Int, Int) throws(SQLError) -> Attempt<Value>
  ) throws -> Value? {
    let table = scene.table
    let attempt = try scene.run(session) { (storage: inout Storage, number) throws(SQLError) in
      try body(&storage, number, table)
    }
    guard case .done(let value) = attempt else { return nil }
    return value
  }

  @Test func `an index finds rows by its own order, also after it was disabled and rebuilt`() throws {
    var scene = try Scene([[1, 30], [2, 10], [3, 20], [4, nil], [5, 10]])
    let index = try #require(
      try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
        try storage.createIndex(session, table, .index("ix", 1))
      })
    var scan = Scan(scene.table)
    scan.index = index
    #expect(try scene.read(0, scan)?.map { $0[0] } == [4, 2, 5, 3, 1])
    scan.interval = scene.interval(10...20)
    #expect(try scene.read(0, scan)?.map { $0[0] } == [2, 5, 3])
    scan.limit = 2
    scan.isFromEnd = true
    #expect(try scene.read(0, scan)?.map { $0[0] } == [5, 3])

    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.disableIndex(session, table, index)
    }
    #expect(scene.storage.table(scene.table).indexes[0].entries.count == 0)
    #expect(try scene.insert(0, [[6, 15]]))
    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.rebuildIndex(session, table, index)
    }
    scan.limit = .max
    #expect(try scene.read(0, scan)?.map { $0[0] } == [2, 5, 6, 3])
    #expect(scene.leftovers == [])
  }

  @Test func `a unique index is not made or rebuilt over duplicates, and NULL is one of them`() throws {
    var scene = try Scene([[1, 7], [2, 8], [3, 7]])
    let number = errorNumber {
      try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
        try storage.createIndex(session, table, .index("u", 1, isUnique: true))
      }
    }
    #expect(number == 1505)
    #expect(scene.storage.table(scene.table).indexes.isEmpty)
    #expect(try scene.update(0, 3, [3, nil]))
    let index = try #require(
      try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
        try storage.createIndex(session, table, .index("u", 1, isUnique: true))
      })
    do {
      _ = try scene.insert(0, [[4, nil]])
      Issue.record("NULL is there already")
    } catch {
      #expect(error.message.contains("'dbo.t'") && error.message.contains("'u'"))
      #expect(error.message.contains("(<NULL>)"))
    }
    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.disableIndex(session, table, index)
    }
    #expect(try scene.insert(0, [[4, nil]]))
    let again = errorNumber {
      try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
        try storage.rebuildIndex(session, table, index)
      }
    }
    #expect(again == 1505)
    #expect(scene.storage.table(scene.table).indexes[0].isDisabled)
    #expect(scene.leftovers == [])
  }

  @Test func `a filtered index holds the rows that its filter lets in`() throws {
    var scene = try Scene([[1, 7], [2, nil]])
    var about = IndexDescription.index("f", 1, isUnique: true)
    about.filter = { StoredFields.field(1, of: $0) != nil }
    let filtered = about
    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.createIndex(session, table, filtered)
    }
    #expect(try scene.insert(0, [[3, nil], [4, 8]]))
    #expect(errorNumber { try scene.update(0, 3, [3, 8]) } == 2601)
    #expect(try scene.update(0, 4, [4, nil]))
    #expect(try scene.update(0, 3, [3, 8]))
    #expect(scene.storage.table(scene.table).indexes[0].entries.count == 2)
    #expect(scene.leftovers == [])
  }

  @Test func `rows move into the order of a clustered key, unique or not, and back into a heap`() throws {
    var scene = try Scene([[3, 1], [1, 2], [3, 3]], isHeap: true)
    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.createIndex(session, table, .index("ix", 1))
    }
    let number = errorNumber {
      try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
        try storage.setClustered(session, table, .primaryKey(0))
      }
    }
    #expect(number == 1505)
    #expect(scene.contents == [[3, 1], [1, 2], [3, 3]])
    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.setClustered(session, table, .index("c", 0))
    }
    #expect(try scene.insert(0, [[2, 4], [3, 5]]))
    #expect(scene.contents == [[1, 2], [2, 4], [3, 1], [3, 3], [3, 5]])
    #expect(try scene.read(0, 3...3)?.count == 3)
    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.setClustered(session, table, nil)
    }
    #expect(try scene.insert(0, [[0, 6]]))
    #expect(scene.contents.last == [0, 6])
    #expect(scene.leftovers == [])
  }

  @Test func `rows are written anew for a new column, and a rollback has the old ones`() throws {
    var scene = try Scene((1...3000).map { [$0, $0 % 7] })
    let before = scene.contents
    scene.begin(0)
    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.rewriteTable(session, table) { (table: inout ServerTable) throws(SQLError) in
        table.about.lastColumnID = 3
      } _: { (row: UnsafeRawBufferPointer, builder: inout RowChunkBuilder) throws(SQLError) in
        builder.bytes.append(contentsOf: row)
        builder.appendNull()
      }
    }
    #expect(scene.contents == before.map { $0 + [nil] })
    try scene.rollback(0)
    #expect(scene.contents == before)
    #expect(scene.storage.table(scene.table).about.lastColumnID == 0)
    #expect(scene.leftovers == [])
  }

  @Test func `a name that somebody makes or drops is waited for, and free when it is gone`() throws {
    var scene = try Scene([[1, 1]])
    let (database, name) = (scene.database, QualifiedName("DBO", "T"))
    func find(_ session: Int, _ scene: Scene) -> Int? {
      scene.storage.findTable(scene.sessions[session], database, name)
    }
    scene.begin(0)
    _ = try alter(&scene) { (storage: inout Storage, session, table) throws(SQLError) in
      try storage.dropTable(session, table)
    }
    #expect(find(0, scene) == nil)
    #expect(find(1, scene) == scene.table)
    let waits = try scene.run(1) { (storage: inout Storage, session) throws(SQLError) in
      guard let table = storage.findTable(session, database, name) else { return .done(false) }
      guard case .done = storage.passDefinition(session, table) else { return .blocked }
      return .done(true)
    }
    #expect(!waits.isDone)
    let other = try scene.make("t")
    #expect(other != scene.table)
    #expect(find(0, scene) == other)
    try scene.commit(0)
    #expect(find(1, scene) == other)
    #expect(scene.storage.tables.compactMap { $0 }.count == 1)
    let found = try scene.run(1) { (storage: inout Storage, session) throws(SQLError) in
      .done(storage.findTable(session, database, name))
    }
    guard case .done(other) = found else {
      Issue.record("the wait was for a table that is gone")
      return
    }
    #expect(scene.leftovers == [])
  }

  @Test func `a temporary table is its session's own and goes with it`() throws {
    var scene = try Scene()
    let name = QualifiedName("dbo", "#t")
    var tables: [Int] = []
    for _ in 0...1 { tables.append(try scene.make("#t")) }
    let first = scene.sessions[0]
    #expect(scene.storage.findTable(first, scene.database, name) == tables[1])
    #expect(scene.storage.findTable(scene.sessions[1], scene.database, name) == nil)
    #expect(scene.storage.table(tables[0]).database == Storage.tempdb)
    #expect(try scene.insert(0, [[1]], into: tables[0]))
    scene.storage.disconnect(first)
    #expect(tables.allSatisfy { scene.storage.tables[$0] == nil })
    #expect(scene.leftovers == [])
  }

  @Test func `places of dropped tables are used again`() throws {
    var scene = try Scene()
    for round in 0..<50 {
      let table = try scene.make("x\(round)")
      _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
        try storage.createIndex(session, table, .index("ix", 1))
      }
      scene.begin(0)
      _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
        try storage.dropIndex(session, table, storage.table(table).indexes[0].id)
      }
      if round % 2 == 0 { try scene.rollback(0) } else { try scene.commit(0) }
      _ = try scene.run(0) { (storage: inout Storage, session) throws(SQLError) in
        try storage.dropTable(session, table)
      }
    }
    #expect(scene.storage.tables.count <= 3)
    #expect(scene.storage.spaceCount <= 6)
    #expect(Set(scene.storage.retired).count == scene.storage.retired.count)
    let ids = (0..<5000).map { _ in scene.storage.newObjectID(scene.database) }
    #expect(Set(ids).count == ids.count && ids.allSatisfy { $0 > 0 })
  }
}
