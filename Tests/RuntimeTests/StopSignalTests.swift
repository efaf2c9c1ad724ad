import Runtime
import Testing

@Suite struct StopSignalTests {
  @Test func `a stop is requested once and for all, and whoever holds the signal sees it`() async {
    let stop = StopSignal()
    #expect(!stop.isRequested)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { stop.request() }
      group.addTask { stop.request() }
    }
    #expect(stop.isRequested)
  }
}
