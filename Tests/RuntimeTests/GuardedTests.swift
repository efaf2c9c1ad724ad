import Runtime
import Testing

@Suite struct GuardedTests {
  @Test func `no increment is lost between tasks`() async {
    let counter = Guarded(0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<5_000 { counter.withLock { $0 += 1 } } }
      }
    }
    #expect(counter.withLock { $0 } == 40_000)
  }

  @Test func `an error passes through, and the lock is free again`() throws {
    let value = Guarded("a")
    #expect(throws: CancellationError.self) {
      try value.withLock { text throws(CancellationError) in
        text = "b"
        throw CancellationError()
      }
    }
    #expect(value.withLock { $0 } == "b")
  }
}
