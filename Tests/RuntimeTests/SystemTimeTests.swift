import Runtime
import Testing

@Suite(.timeLimit(.minutes(5))) struct SystemTimeTests {
  let time = SystemTime()

  @Test func `time never goes back`() {
    var last = time.now
    for _ in 0..<10_000 {
      let now = time.now
      #expect(now >= last)
      last = now
    }
  }

  @Test func `the wall clock is past the year in which this was written`() {
    #expect(time.wallClock > WallTime(seconds: 1_735_689_600))
  }

  @Test func `a sleep takes at least as long as it should`() async throws {
    let start = time.now
    try await time.sleep(for: .milliseconds(2))
    #expect(time.now - start >= .milliseconds(2))
  }

  @Test(arguments: [Duration.zero, .seconds(-3600)])
  func `there is nothing to wait for in no time`(duration: Duration) async throws {
    try await time.sleep(for: duration)
  }

  @Test func `a cancelled sleep throws at once`() async {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { await thrown { try await time.sleep(for: .seconds(3600)) } is CancellationError }
      group.cancelAll()
      #expect(await group.next() == true)
    }
  }
}
