import Glibc
import Runtime
import Testing

// Each test is a process of its own, whose exit code says what happened; the alarm ends one that hangs.
@Suite(.timeLimit(.minutes(5))) struct SignalsTests {
  @Test func `the first signal asks for a graceful stop`() async {
    await #expect(processExitsWith: .exitCode(11)) {
      alarm(20)
      Signals.install(first: { _exit(11) }, second: { _exit(22) })
      kill(getpid(), SIGINT)
      while true { pause() }
    }
  }

  @Test func `the second signal insists, though it is of the other kind`() async {
    await #expect(processExitsWith: .exitCode(22)) {
      alarm(20)
      Signals.install(first: { kill(getpid(), SIGTERM) }, second: { _exit(22) })
      kill(getpid(), SIGINT)
      while true { pause() }
    }
  }

  @Test func `a third signal insists again`() async {
    await #expect(processExitsWith: .exitCode(33)) {
      alarm(20)
      let insisted = Guarded(0)
      Signals.install(
        first: { kill(getpid(), SIGTERM) },
        second: {
          if insisted.withLock({
            $0 += 1
            return $0 == 2
          }) {
            _exit(33)
          }
          kill(getpid(), SIGTERM)
        })
      kill(getpid(), SIGTERM)
      while true { pause() }
    }
  }

  @Test func `a SIGINT that was ignored from the start stays ignored`() async {
    await #expect(processExitsWith: .exitCode(44)) {
      signal(SIGINT, SIG_IGN)
      Signals.install(first: {}, second: {})
      var action = sigaction()
      sigaction(SIGINT, nil, &action)
      let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      _exit(handler == unsafeBitCast(SIG_IGN, to: Int.self) ? 44 : 1)
    }
  }

  @Test func `installing twice is a mistake that ends the program`() async {
    await #expect(processExitsWith: .failure) {
      Signals.install(first: {}, second: {})
      Signals.install(first: {}, second: {})
    }
  }
}
