import Databases
import ModelDatabase
import Testing

@Suite struct DeadlockTests {
  /// Inserts on both connections at the same time; the class of each one's error, if it has one.
  private static func race(
    _ first: ModelConnection, _ second: ModelConnection
  ) async -> (ErrorClass?, ErrorClass?) {
    func insert(_ connection: ModelConnection, _ id: Int64) async -> ErrorClass? {
      do {
        try await connection.insert([(id, 1)])
        return nil
      } catch { return (error as? DatabaseError)?.errorClass }
    }
    async let one = insert(first, 1)
    async let other = insert(second, 11)
    return await (one, other)
  }

  @Test(arguments: [Duration.zero, .seconds(5)])
  func `two who empty their ranges of an empty table and then fill them deadlock, and one is the victim`(
    _ delay: Duration
  ) async throws {
    let scene = try Scene {
      $0.locksGaps = true
      $0.deadlockDelay = delay
    }
    let first = try await scene.connect()
    let second = try await scene.connect()
    try await first.begin()
    try await second.begin()
    #expect(try await first.delete(Numbers.range(nil, 10)) == 0)
    #expect(try await second.delete(Numbers.range(10, nil)) == 0)
    let errors = await DeadlockTests.race(first, second)
    #expect([errors.0, errors.1].compactMap(\.self) == [.conflict])
    let (victim, survivor) = errors.0 == nil ? (second, first) : (first, second)
    try await survivor.commit()
    try await victim.rollback()
    #expect(Array(scene.rows.keys) == (errors.0 == nil ? [1] : [11]))
    // Again, and nobody is in the way any more.
    try await victim.begin()
    _ = try await victim.delete(errors.0 == nil ? Numbers.range(10, nil) : Numbers.range(nil, 10))
    try await victim.insert([(errors.0 == nil ? 11 : 1, 1)])
    try await victim.commit()
    #expect(scene.rows.keys.sorted() == [1, 11])
    await first.close()
    await second.close()
    #expect(scene.database.figures.locks == 0)
    #expect(scene.database.figures.sessions == 0)
  }

  @Test func `without gap locks the same two do not meet`() async throws {
    let scene = try Scene()
    let (first, second) = (try await scene.connect(), try await scene.connect())
    try await first.begin()
    try await second.begin()
    _ = try await first.delete(Numbers.range(nil, 10))
    _ = try await second.delete(Numbers.range(10, nil))
    let errors = await DeadlockTests.race(first, second)
    #expect(errors.0 == nil && errors.1 == nil)
    try await first.commit()
    try await second.commit()
    #expect(scene.rows.keys.sorted() == [1, 11])
  }

  @Test func `the victim is who has the lower priority, else who has done less`() async throws {
    for (priority, isFirst) in [(0, false), (-1, true)] {
      let scene = try Scene([(-5, 1), (-4, 1)]) { $0.locksGaps = true }
      let (first, second) = (try await scene.connect(), try await scene.connect())
      first.setDeadlockPriority(priority)
      try await first.begin()
      try await second.begin()
      _ = try await first.delete(Numbers.range(-4, 10))
      _ = try await second.delete(Numbers.range(10, nil))
      let errors = await DeadlockTests.race(first, second)
      #expect((errors.0 != nil) == isFirst)
      #expect((errors.1 != nil) == !isFirst)
    }
  }

  @Test func `a reader with locks waits for writers, and can be part of a deadlock`() async throws {
    let scene = try Scene([(1, 1), (2, 2)]) { $0.isolation = .locking }
    let (first, second) = (try await scene.connect(), try await scene.connect())
    try await first.begin()
    try await second.begin()
    _ = try await first.delete(Numbers.range(1, 2))
    _ = try await second.delete(Numbers.range(2, 3))
    func read(_ connection: ModelConnection, _ range: TableRange) async -> ErrorClass? {
      do {
        _ = try await connection.numbers(range)
        return nil
      } catch { return (error as? DatabaseError)?.errorClass }
    }
    async let one = read(first, Numbers.range(2, 3))
    async let other = read(second, Numbers.range(1, 2))
    let errors = await [one, other].compactMap(\.self)
    // The survivor's read goes on once the victim's rows are free again.
    #expect(errors == [.conflict])
  }

  @Test func `a victim can only roll back, or goes on without a transaction, as the engine has it`()
    async throws
  {
    for effect in ErrorEffect.allCases {
      let scene = try Scene {
        $0.locksGaps = true
        $0.errorEffect = effect
      }
      let (first, second) = (try await scene.connect(), try await scene.connect())
      second.setDeadlockPriority(-1)
      try await first.begin()
      try await second.begin()
      _ = try await first.delete(Numbers.range(nil, 10))
      _ = try await second.delete(Numbers.range(10, nil))
      _ = await DeadlockTests.race(first, second)
      try await first.rollback()
      switch effect {
      case .abortsTransaction:
        #expect(try await failure { try await second.insert([(12, 1)]) }.code == "25P02")
        #expect(try await failure { try await second.commit() }.outcome == .didNotHappen)
        #expect(scene.rows.isEmpty)
      case .undoesStatement:
        // What SQL Server does to a retry that forgets that its transaction is gone.
        try await second.insert([(12, 1)])
        #expect(scene.rows.keys.sorted() == [12])
        #expect(try await failure { try await second.commit() }.code == "55000")
      }
    }
  }
}
