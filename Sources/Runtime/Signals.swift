import Glibc
import Synchronization

/// What Ctrl-C and `kill` do: the first asks to stop gracefully, the second insists.
package enum Signals {
  /// Handles SIGINT and SIGTERM from now on, for the rest of the process's life. Call it once, in `main`.
  ///
  /// The first signal of either kind calls `first`, every later one `second`. Both run on a thread of their
  /// own, one after the other, and may do what they like, but the next signal waits until they return.
  /// A SIGINT that the process was started to ignore (`nohup`, a background job of a script) stays ignored.
  // Why no sigwait: the runtime's main thread waits in sigsuspend with nothing blocked, so whatever was
  // blocked before, the kernel delivers there, and the default action ends the process. A handler works
  // whichever thread it interrupts.
  package static func install(
    first: @escaping @Sendable () -> Void, second: @escaping @Sendable () -> Void
  ) {
    let wasInstalled = isInstalled.exchange(true, ordering: .sequentiallyConsistent)
    precondition(!wasInstalled, "signals are handled in one place: install them once")

    // The semaphore has to exist before the handler that posts it.
    precondition(sem_init(arrivals, 0, 0) == 0, "a semaphore that starts at zero is always valid")
    let reactions = Unmanaged.passRetained(Reactions(first: first, second: second))
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, react, reactions.toOpaque())
    guard status == 0 else { fatalError("no thread for signals: \(String(cString: strerror(status)))") }
    pthread_detach(thread)

    handle(SIGINT, unlessIgnored: true)
    handle(SIGTERM, unlessIgnored: false)
  }

  private static func handle(_ number: CInt, unlessIgnored: Bool) {
    var current = sigaction()
    precondition(sigaction(number, nil, &current) == 0, "signal \(number) exists")
    let handler = unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self)
    if unlessIgnored && handler == unsafeBitCast(SIG_IGN, to: Int.self) { return }

    var action = sigaction()
    action.__sigaction_handler.sa_handler = noteArrival
    // A system call that the signal interrupts goes on, where the kernel can arrange it.
    action.sa_flags = SA_RESTART
    sigemptyset(&action.sa_mask)
    precondition(sigaction(number, &action, nil) == 0, "signal \(number) can be handled")
  }
}

private final class Reactions: Sendable {
  let first: @Sendable () -> Void
  let second: @Sendable () -> Void

  init(first: @escaping @Sendable () -> Void, second: @escaping @Sendable () -> Void) {
    self.first = first
    self.second = second
  }
}

private let isInstalled = Atomic(false)

/// Signals that came and were not yet reacted to. Posting is all that a handler may safely do.
private nonisolated(unsafe) let arrivals = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

private func noteArrival(_ number: CInt) {
  let saved = errno
  sem_post(arrivals)
  errno = saved
}

private func react(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let reactions = Unmanaged<Reactions>.fromOpaque(context!).takeRetainedValue()
  awaitArrival()
  reactions.first()
  while true {
    awaitArrival()
    reactions.second()
  }
}

private func awaitArrival() {
  while sem_wait(arrivals) != 0 { precondition(errno == EINTR, "sem_wait fails only when interrupted") }
}
