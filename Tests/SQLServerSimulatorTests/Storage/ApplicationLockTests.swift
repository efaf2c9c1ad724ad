import ModelDatabase
import Testing

@testable import SQLServerSimulator

@Suite struct ApplicationLockTests {
  private func take(
    _ scene: inout Scene, _ session: Int, _ name: String = "fence", _ mode: LockMode = .exclusive,
    _ owner: ApplicationLockOwner = .session, timeout: Duration?? = .none
  ) throws -> Int? {
    let attempt = try scene.run(session) { (storage: inout Storage, number) throws(SQLError) in
      storage.getApplicationLock(number, name, database: 1, mode, owner: owner, timeout: timeout)
    }
    guard case .done(let answer) = attempt else { return nil }
    return answer.rawValue
  }

  private func release(_ scene: inout Scene, _ session: Int) throws -> Bool {
    scene.storage.releaseApplicationLock(scene.sessions[session], "fence", database: 1, owner: .session)
  }

  @Test func `one session has it, the next waits and learns that it did`() throws {
    var scene = try Scene()
    #expect(try take(&scene, 0) == 0)
    #expect(try take(&scene, 1) == nil)
    #expect(scene.storage.blockers(of: scene.sessions[1]) == [scene.sessions[0]])
    #expect(scene.storage.lockViews.map(\.resource) == [.application("fence"), .application("fence")])
    #expect(try release(&scene, 0))
    #expect(scene.woken == [1])
    #expect(try take(&scene, 1) == 1)
    #expect(try take(&scene, 0, "Fence") == 0, "names are compared by their bytes")
    #expect(try take(&scene, 0, timeout: .some(.zero)) == -1)
    #expect(try !release(&scene, 0))
    scene.storage.disconnect(scene.sessions[1])
    #expect(try take(&scene, 0) == 0)
  }

  @Test func `it is released as often as it was taken`() throws {
    var scene = try Scene()
    for _ in 0..<2 { #expect(try take(&scene, 0) == 0) }
    #expect(try release(&scene, 0))
    #expect(try take(&scene, 1, timeout: .some(.zero)) == -1)
    #expect(try release(&scene, 0))
    #expect(try take(&scene, 1) == 0)
  }

  @Test func `the transaction's ends with it, the session's does not, and needs no transaction`() throws {
    var scene = try Scene()
    #expect(try take(&scene, 0, "a", .exclusive, .transaction) == -999)
    #expect(try take(&scene, 0, "a", .schemaModification) == -999)
    scene.begin(0)
    #expect(try take(&scene, 0, "a", .exclusive, .transaction) == 0)
    #expect(try take(&scene, 0, "b", .shared) == 0)
    #expect(try take(&scene, 0, "b", .exclusive, .transaction) == 0, "a session is never in its own way")
    let session = scene.sessions[0]
    #expect(scene.storage.applicationLockMode(session, "b", database: 1, owner: .session) == .shared)
    try scene.rollback(0)
    #expect(try take(&scene, 1, "a") == 0)
    #expect(try take(&scene, 1, "b", .shared) == 0)
    #expect(try take(&scene, 1, "b", timeout: .some(.zero)) == -1)
  }

  @Test func `the time-out is its own, and the session's if there is none`() throws {
    var scene = try Scene()
    #expect(try take(&scene, 0) == 0)
    #expect(try take(&scene, 1, timeout: .some(.seconds(3))) == nil)
    scene.now = .seconds(2)
    #expect(try take(&scene, 1, timeout: .some(.seconds(3))) == nil)
    scene.now = .seconds(3)
    #expect(try take(&scene, 1, timeout: .some(.seconds(3))) == -1)
    scene.storage.set(scene.sessions[1], lockTimeout: .some(.zero))
    #expect(try take(&scene, 1) == -1)
    #expect(try take(&scene, 1, timeout: .some(nil)) == nil)
    scene.storage.failStatement(scene.sessions[1])
    #expect(scene.storage.applicationLocks.locks.waiting == [])
  }

  @Test func `a deadlock through rows and names is found, and keeps the transaction of who waits for a name`()
    throws
  {
    var scene = try Scene([[1, 1]])
    #expect(try take(&scene, 0) == 0)
    scene.begin(0)
    scene.begin(1)
    #expect(try scene.update(1, 1, [1, 2]))
    scene.storage.set(scene.sessions[1], deadlockPriority: -10)
    #expect(try take(&scene, 1) == nil)
    #expect(try !scene.update(0, 1, [1, 3]))
    #expect(try take(&scene, 1) == -3)
    #expect(scene.storage.transactionCount(scene.sessions[1]) == 1)
    try scene.rollback(1)
    #expect(try scene.update(0, 1, [1, 3]))
    try scene.commit(0)
  }
}
