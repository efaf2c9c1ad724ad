import Databases
import ModelDatabase
import Rows
import Testing

@Suite struct TransactionTests {
  @Test func `a snapshot does not move, and its name is worth nothing once nobody holds it`() async throws {
    let scene = try Scene([(1, 1), (2, 2)])
    let (first, second) = (try await scene.connect(.read), try await scene.connect(.read))
    let name = try #require(try await first.beginSnapshot())
    let writer = try await scene.connect()
    try await writer.begin()
    _ = try await writer.delete(Numbers.range(1, 2))
    try await writer.insert([(3, 3)])
    try await writer.commit()
    #expect(scene.rows.keys.sorted() == [2, 3])
    #expect(try await first.numbers() == [1: 1, 2: 2])
    try await second.joinSnapshot(name)
    #expect(try await second.numbers() == [1: 1, 2: 2])
    #expect(try await first.endSnapshot() == .consistent)
    #expect(try await second.numbers() == [1: 1, 2: 2])
    _ = try await second.endSnapshot()
    #expect(try await second.numbers() == [2: 2, 3: 3])
    #expect(try await failure { try await first.joinSnapshot(name) }.errorClass == .conflict)
  }

  @Test func `without shared snapshots the verdict says whether somebody wrote`() async throws {
    let scene = try Scene([(1, 1)]) { $0.sharesSnapshots = false }
    let reader = try await scene.connect(.read)
    #expect(try await reader.beginSnapshot() == nil)
    #expect(try await reader.endSnapshot() == .consistent)
    _ = try await reader.beginSnapshot()
    scene.database.put(try Numbers.batch([(2, 2)]), into: Numbers.name)
    #expect(try await reader.numbers() == [1: 1, 2: 2])
    #expect(try await reader.endSnapshot() == .changed)
  }

  @Test
  func `a versioned read sees the statement's beginning, and a locking one what is there when it comes`()
    async throws
  {
    for (isolation, seen) in [(Isolation.versioned, [1, 2]), (.locking, [1, 3])] {
      let scene = try Scene([(1, 1), (2, 2)]) { $0.isolation = isolation }
      let (reader, writer) = (try await scene.connect(.read), try await scene.connect())
      try await reader.openRead(Numbers.read(batchBytes: 1))
      var found = Numbers.rows(try await reader.nextBatch()).keys.map { Int($0) }
      try await writer.begin()
      _ = try await writer.delete(Numbers.range(2, 3))
      try await writer.insert([(3, 3)])
      try await writer.commit()
      while let batch = try await reader.nextBatch() { found += Numbers.rows(batch).keys.map { Int($0) } }
      #expect(found == seen, "\(isolation)")
    }
  }

  @Test func `whoever waits is told with whom it waits for`() async throws {
    let scene = try Scene([(1, 1)])
    let (first, second) = (try await scene.connect(), try await scene.connect())
    try await first.begin()
    _ = try await first.delete(Numbers.range(1, 2))
    try await second.begin()
    async let deleted = second.delete(Numbers.range(1, 2))
    while scene.database.figures.waiting == 0 { await Task.yield() }
    let names = [first, second].map { "session \($0.session) of client \($0.session)" }
    #expect(scene.database.waits == ["\(names[1]) waits for \(names[0])"])
    try await first.commit()
    _ = try await deleted
    #expect(scene.database.waits == [])
  }

  @Test func `a read that had to wait lets go of what it has read`() async throws {
    let scene = try Scene([(1, 1), (2, 2)]) { $0.isolation = .locking }
    let (reader, writer) = (try await scene.connect(), try await scene.connect())
    try await reader.begin()
    try await writer.begin()
    _ = try await writer.delete(Numbers.range(1, 2))
    async let seen = reader.numbers()
    while scene.database.figures.waiting == 0 { await Task.yield() }
    // Somebody else's statement ends meanwhile.
    _ = try await scene.connect().numbers(Numbers.range(2, 3))
    try await writer.commit()
    #expect(try await seen == [2: 2])
    #expect(try await writer.delete(Numbers.range(2, 3)) == 1)
    #expect(scene.rows.isEmpty)
  }

  @Test func `a transaction sees its own changes, and nobody else does`() async throws {
    let scene = try Scene([(1, 1), (2, 2)])
    let (writer, reader) = (try await scene.connect(), try await scene.connect(.read))
    try await writer.begin()
    _ = try await writer.delete(Numbers.range(1, 2))
    try await writer.insert([(1, 9), (5, 5)])
    #expect(try await writer.numbers() == [1: 9, 2: 2, 5: 5])
    #expect(try await reader.numbers() == [1: 1, 2: 2])
    #expect(try await writer.delete(Numbers.range(5, nil)) == 1)
    try await writer.commit()
    #expect(try await reader.numbers() == [1: 9, 2: 2])
  }

  @Test func `a source's connection cannot write`() async throws {
    let scene = try Scene()
    let reader = try await scene.connect(.read)
    #expect(try await failure { try await reader.begin() }.errorClass == .readOnly)
    #expect(try await failure { try await reader.prepareLedger() }.errorClass == .readOnly)
  }

  @Test func `a cancelled wait ends, and takes its place in the queue along`() async throws {
    let scene = try Scene([(1, 1)])
    let (holder, waiting) = (try await scene.connect(), try await scene.connect())
    try await holder.begin()
    _ = try await holder.delete(Numbers.range(nil, nil))
    try await waiting.begin()
    let outcome = try await withThrowingTaskGroup(of: ErrorClass?.self) { group in
      group.addTask {
        do {
          _ = try await waiting.delete(Numbers.range(nil, nil))
          return nil
        } catch { return (error as? DatabaseError)?.errorClass }
      }
      while scene.database.figures.waiting == 0 { await Task.yield() }
      group.cancelAll()
      return try await group.next() ?? nil
    }
    #expect(outcome == .cancelled)
    try await waiting.rollback()
    try await holder.commit()
    #expect(scene.database.figures.locks == 0)
  }

  @Test func `what a statement does is undone with it, and its transaction goes on where the engine lets it`()
    async throws
  {
    for effect in ErrorEffect.allCases {
      let scene = try Scene([(5, 5)]) { $0.errorEffect = effect }
      let connection = try await scene.connect()
      try await connection.begin()
      try await connection.insert([(1, 1)])
      #expect(try await failure { try await connection.insert([(2, 2), (5, 1)]) }.code == "23505")
      if effect == .undoesStatement {
        try await connection.insert([(3, 3)])
        try await connection.commit()
        #expect(scene.rows.keys.sorted() == [1, 3, 5])
      } else {
        #expect(try await failure { try await connection.insert([(3, 3)]) }.code == "25P02")
        #expect(try await failure { try await connection.commit() }.code == "25P02")
        #expect(scene.rows.keys.sorted() == [5])
      }
    }
  }

  @Test func `the observer sees each commit once, with the state it left`() async throws {
    let scene = try Scene()
    let connection = try await scene.connect()
    try await connection.prepareLedger()
    try await connection.plan([entry()], table: "numbers", job: "job")
    try await connection.claim(entry(attempt: 1, .begun), job: "job")
    try await connection.begin()
    try await connection.insert([(1, 1)])
    try await connection.record(entry(attempt: 1, .done, rows: 1), job: "job")
    try await connection.commit()
    try await connection.begin()
    try await connection.insert([(2, 2)])
    try await connection.rollback()
    let records = scene.log.all
    #expect(records.map(\.number) == [1, 2, 3])
    #expect(records.map { "\($0.operation)" } == ["write the ledger", "claim a unit", "commit"])
    #expect(records[2].tables == [Numbers.name])
    #expect(records[2].entries.map(\.entry) == [entry(attempt: 1, .done, rows: 1)])
    #expect(records[2].entries.map(\.job) == ["job"])
    #expect(records.allSatisfy { $0.session == connection.session })
  }
}
