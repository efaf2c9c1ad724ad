import Glibc
import Testing

@testable import Runtime

/// As a database's actor uses its thread.
private actor Connection {
  let thread: ConnectionThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
  private var calls = 0
  private let onDeinit: (@Sendable (UInt) -> Void)?

  init(name: String = "test", onDeinit: (@Sendable (UInt) -> Void)? = nil) {
    thread = ConnectionThread(name: name)
    self.onDeinit = onDeinit
  }

  isolated deinit { onDeinit?(pthread_self()) }

  func currentThread() -> UInt { pthread_self() }
  func count() -> Int {
    calls += 1
    return calls
  }
  func block(until release: Gate, entering: Guarded<Int>) {
    entering.withLock { $0 += 1 }
    release.wait()
  }
  func threadName() -> String { commandName(of: "thread-self") }
  func countFromCallback() -> Int { callBack { assumeIsolated { $0.count() } } }
}

/// Stands for a C library that calls back, on the thread on which it was called.
private func callBack(_ body: () -> Int) -> Int { body() }

/// Blocks threads, not tasks, until it is opened.
private final class Gate: Sendable {
  private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  init() { sem_init(semaphore, 0, 0) }
  deinit { semaphore.deallocate() }
  func open() { sem_post(semaphore) }
  func wait() { while sem_wait(semaphore) != 0 {} }
}

private func commandName(of task: String) -> String {
  let file = open("/proc/\(task)/comm", O_RDONLY)
  guard file >= 0 else { return "" }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 64)
  let count = max(0, read(file, &bytes, bytes.count))
  return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
}

private func threads(named name: String) -> Int {
  guard let directory = opendir("/proc/self/task") else { return -1 }
  defer { closedir(directory) }
  var count = 0
  while let entry = readdir(directory) {
    let task = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if commandName(of: "self/task/\(task)") == name { count += 1 }
  }
  return count
}

@Suite(.timeLimit(.minutes(5))) struct ConnectionThreadTests {
  @Test func `every call of a connection runs on its one thread, and no other connection's`() async {
    let connections = (0..<8).map { _ in Connection() }
    var threads: [UInt] = []
    for connection in connections {
      let thread = await connection.currentThread()
      for _ in 0..<20 { #expect(await connection.currentThread() == thread) }
      threads.append(thread)
    }
    #expect(Set(threads).count == 8)
  }

  @Test func `calls from many tasks run one after the other`() async {
    let connection = Connection()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { for _ in 0..<500 { _ = await connection.count() } } }
    }
    #expect(await connection.count() == 4_001)
  }

  @Test func `eight blocked connections leave the pool free`() async throws {
    let gate = Gate()
    let entered = Guarded(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        let connection = Connection()
        group.addTask { await connection.block(until: gate, entering: entered) }
      }
      // This machine may have two cores: with eight blocked threads of the pool, nothing would run here.
      try await eventually { entered.withLock { $0 } == 8 }
      for _ in 0..<8 { gate.open() }
      try await group.waitForAll()
    }
  }

  @Test func `a thread has its connection's name, as far as Linux keeps it`() async {
    #expect(await Connection(name: "sqlite reader").threadName() == "sqlite reader")
    #expect(await Connection(name: "a-name-of-more-than-15-bytes").threadName() == "a-name-of-more-")
  }

  @Test func `two thousand connections come and go, and leave no thread behind`() async throws {
    for _ in 0..<2_000 {
      let connection = Connection(name: "come-and-go")
      #expect(await connection.count() == 1)
    }
    try await eventually { threads(named: "come-and-go") == 0 }
  }

  @Test func `the last reference may be dropped on the thread itself`() async throws {
    for _ in 0..<200 {
      let ended = Guarded<(ran: UInt, deinited: UInt)>((0, 0))
      await withTaskGroup(of: Void.self) { group in
        // The child task holds the only reference, and its last job on the thread lets go of it.
        group.addTask {
          let connection = Connection(name: "self-ended") { thread in
            ended.withLock { $0.deinited = thread }
          }
          let thread = await connection.currentThread()
          ended.withLock { $0.ran = thread }
        }
      }
      try await eventually { ended.withLock { $0.deinited } != 0 }
      #expect(ended.withLock { $0.ran == $0.deinited })
    }
    try await eventually { threads(named: "self-ended") == 0 }
  }

  @Test func `a thread that never ran anything ends`() async throws {
    for _ in 0..<50 { _ = ConnectionThread(name: "idle-thread") }
    try await eventually { threads(named: "idle-thread") == 0 }
  }

  @Test func `a callback on the thread may assume the connection's isolation`() async {
    let connection = Connection()
    #expect(await connection.countFromCallback() == 1)
    #expect(connection.thread.isIsolatingCurrentContext() == false)
  }

  @Test func `code on another thread that claims the isolation ends the program`() async {
    await #expect(processExitsWith: .failure) { ConnectionThread(name: "test").checkIsolated() }
  }
}
