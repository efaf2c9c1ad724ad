import Databases
import ModelDatabase
import Rows
import Testing

@Suite struct CrashTests {
  @Test func `a crash loses what was not committed, and nothing else`() async throws {
    let scene = try Scene([(1, 1)])
    let (writer, other) = (try await scene.connect(), try await scene.connect())
    try await writer.prepareLedger()
    try await writer.plan([entry()], table: "numbers", job: "job")
    try await writer.claim(entry(attempt: 1, .begun), job: "job")
    try await writer.begin()
    try await writer.insert([(2, 2)])
    try await writer.record(entry(attempt: 1, .begun, rows: 1), job: "job")
    try await writer.commit()
    try await other.begin()
    _ = try await other.delete(Numbers.range(nil, nil))
    try await other.insert([(3, 3)])
    try await other.record(entry(attempt: 1, .done, rows: 3), job: "job")
    scene.database.crash(downFor: .seconds(5))
    #expect(scene.rows == [1: 1, 2: 2])
    #expect(scene.database.ledger(job: "job") == [entry(attempt: 1, .begun, rows: 1)])
    #expect(scene.database.figures.sessions == 0)
    #expect(scene.database.figures.locks == 0)

    let lost = try await failure { try await other.commit() }
    #expect(lost.errorClass == .connectionLost)
    // Whoever is told so cannot know that nothing was committed.
    #expect(lost.outcome == .unknown)
    let dead = try await failure { _ = try await writer.numbers() }
    #expect(dead.errorClass == .connectionLost && dead.outcome == .didNotHappen)
    await writer.close()
    let refused = try await failure { _ = try await scene.connect() }
    #expect(refused.errorClass == .connectionLost && refused.outcome == .didNotHappen)
    scene.time.pass(.seconds(5))
    #expect(try await scene.connect().numbers() == [1: 1, 2: 2])
  }

  @Test func `a commit whose answer the crash took is committed, and one that it overtook is not`()
    async throws
  {
    var outcomes: Set<Bool> = []
    for seed in 1...20 as ClosedRange<UInt64> {
      let scene = try Scene(seed: seed) { $0.latency = .milliseconds(1) ... .milliseconds(2) }
      let connection = try await scene.connect()
      try await connection.begin()
      try await connection.insert([(1, 1)])
      scene.time.duringNextSleep { [database = scene.database] in database.crash() }
      let error = await #expect(throws: DatabaseError.self) { try await connection.commit() }
      guard let error else { continue }
      #expect(error.outcome == .unknown)
      outcomes.insert(scene.rows.isEmpty)
    }
    #expect(outcomes == [true, false])
  }

  @Test func `after a failover the database can be read at first, and written later`() async throws {
    let scene = try Scene([(1, 1)])
    let before = try await scene.connect()
    scene.database.failOver(readOnlyFor: .seconds(60))
    #expect(try await failure { try await before.begin() }.errorClass == .connectionLost)
    let after = try await scene.connect()
    #expect(try await after.numbers() == [1: 1])
    #expect(try await failure { try await after.begin() }.errorClass == .readOnly)
    scene.time.pass(.seconds(60))
    try await after.begin()
    try await after.insert([(2, 2)])
    try await after.commit()
    #expect(scene.rows.keys.sorted() == [1, 2])
  }

  @Test func `a server that takes no connections leaves those alone that it has`() async throws {
    let scene = try Scene([(1, 1)])
    let connection = try await scene.connect()
    scene.database.refuseConnections(for: .seconds(1))
    #expect(try await failure { _ = try await scene.connect() }.errorClass == .connectionLost)
    #expect(try await connection.numbers() == [1: 1])
  }

  // MARK: Zombies

  @Test func `a vanished client keeps its locks and its fence until the server finds out`() async throws {
    let scene = try Scene([(1, 1)]) { $0.zombieLife = .seconds(30) }
    let client = ModelEndpoint(scene.database)
    let dead = try await client.connection(.write)
    try await dead.takeFence(job: "job")
    try await dead.begin()
    _ = try await dead.delete(Numbers.range(nil, nil))
    client.vanish()
    #expect(scene.database.figures.zombies == 1)
    let next = try await scene.connect()
    #expect(try await failure { try await next.takeFence(job: "job") }.errorClass == .fenced)
    // Waits until the zombie's end, which nobody but time brings about.
    try await next.begin()
    #expect(try await next.delete(Numbers.range(nil, nil)) == 1)
    #expect(scene.time.now >= .seconds(30))
    try await next.takeFence(job: "job")
    try await next.commit()
    #expect(scene.database.figures.zombies == 0)
    #expect(try await failure { try await dead.commit() }.errorClass == .connectionLost)
    #expect(try await failure { _ = try await client.connection(.write) }.errorClass == .connectionLost)
    #expect(scene.rows.isEmpty)
  }

  @Test func `who vanishes while others wait for its locks lets them wait no longer than the server needs`()
    async throws
  {
    let scene = try Scene([(1, 1)]) { $0.zombieLife = .seconds(10) }
    let (dead, next) = (try await scene.connect(), try await scene.connect())
    try await dead.begin()
    _ = try await dead.delete(Numbers.range(nil, nil))
    try await next.begin()
    async let deleted = next.delete(Numbers.range(nil, nil))
    while scene.database.figures.waiting == 0 { await Task.yield() }
    dead.vanish()
    #expect(try await deleted == 1)
    #expect(scene.time.now >= .seconds(10))
  }

  @Test func `a dead process makes no new calls, and one that was on its way may still arrive`() async throws
  {
    var arrived: Set<Bool> = []
    for seed in 1...30 as ClosedRange<UInt64> {
      let scene = try Scene(seed: seed) { $0.latency = .milliseconds(1) ... .milliseconds(2) }
      let client = ModelEndpoint(scene.database)
      let connection = try await client.connection(.write)
      try await connection.begin()
      try await connection.insert([(1, 1)])
      scene.time.duringNextSleep { client.vanish() }
      #expect(try await failure { try await connection.commit() }.errorClass == .connectionLost)
      arrived.insert(!scene.rows.isEmpty)
      #expect(try await failure { try await connection.insert([(2, 2)]) }.errorClass == .connectionLost)
      #expect(try await failure { try await connection.commit() }.errorClass == .connectionLost)
      #expect(scene.rows[2] == nil)
    }
    #expect(arrived == [true, false])
  }
}
