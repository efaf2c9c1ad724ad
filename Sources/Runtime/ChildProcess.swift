import Glibc

/// A program that runs beside us.
///
/// Foundation's `Process` waits by way of run loops, which a thread of Swift's pool does not have.
package struct ChildProcess: Sendable {
  package struct StartError: Error {
    package let reason: String

    package init(reason: String) { self.reason = reason }
  }

  /// How a program ended.
  package enum End: Equatable, Sendable {
    case exited(code: Int32)
    case killed(signal: Int32)
  }

  package let pid: pid_t

  /// Starts a program by its path.
  ///
  /// Its input is a descriptor of ours, or empty; its output goes to a file, and so do its errors, to the same one
  /// unless another is named.
  package init(
    _ command: [String], input: Int32? = nil, output: String, errors: String? = nil
  ) throws(StartError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    if let errors {
      posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    } else {
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    // A library's socket that a child inherits stays open for as long as the child lives, whoever closes it here.
    // glibc says nothing of those that are not open.
    for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)

    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid = pid_t()
    let status = posix_spawnp(&pid, command[0], &actions, &attributes, &arguments, environ)
    guard status == 0 else {
      throw StartError(reason: "cannot start \(command[0]): \(String(cString: strerror(status)))")
    }
    self.pid = pid
  }

  /// True until the program has ended; after that, `wait` has its end still.
  package var isRunning: Bool {
    var info = siginfo_t()
    return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == 0
  }

  /// Sends a signal. Does nothing if the program has ended; not to be called after `wait`.
  package func signal(_ number: Int32) { Glibc.kill(pid, number) }

  /// Ends the program at once: it has no say in it.
  package func kill() { signal(SIGKILL) }

  /// Waits for the end. To be called once.
  package func wait() -> End {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      precondition(errno == EINTR, "a child is waited for once")
    }
    let signal = status & 0x7F
    return signal == 0 ? .exited(code: status >> 8 & 0xFF) : .killed(signal: signal)
  }
}
