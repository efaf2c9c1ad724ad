import Databases
import Glibc
import Replication
import Reports
import Runtime

/// What a running command has around it: output, time, and the wish to stop.
struct Session: Sendable {
  static let time = SystemTime()

  let console: Console
  let arguments: Arguments
  let stop = StopSignal()

  var time: SystemTime { Session.time }

  /// Runs the command, whatever happens to it.
  func run(_ command: some Command) async -> CommandResult {
    let (console, stop) = (console, stop)
    Signals.install(
      first: {
        stop.request()
        console.error("stopping: what is not committed is rolled back; once more stops at once")
      },
      second: { _exit(ExitCode.interrupted.rawValue) })
    var result: CommandResult
    do {
      result = try await command.run(in: self)
    } catch {
      // What a stop breaks off fails as well, and the stop is why.
      let code = stop.isRequested ? .interrupted : type(of: command).exitCode(of: error)
      result = CommandResult(
        receipt: Receipt(command: type(of: command).help.name, exitCode: code, time: time.wallClock))
      result.receipt.error = Failures.receipt(error)
    }
    let canGoOn: [ExitCode] = [.unverified, .gaveUp, .interrupted]
    if canGoOn.contains(result.receipt.exitCode), result.receipt.error?.next == nil {
      result.receipt.error?.next = arguments.commandLine(removing: FaultOptions.names)
    }
    leaveReceipt(&result)
    return result
  }

  /// Writes the receipt that the user asked for. Work without its receipt is not done.
  private func leaveReceipt(_ result: inout CommandResult) {
    do {
      guard let file = try arguments.text("receipt") else { return }
      try AtomicFile.write(result.receipt.json, to: file)
      result.text.append("Receipt: \(file)")
    } catch {
      if result.receipt.exitCode == .done { result.receipt.end(.gaveUp) }
      var failure = Failures.receipt(error)
      failure.next = arguments.commandLine()
      if let first = result.receipt.error {
        failure.message = "\(first.message)\n  Besides, \(failure.message)"
      }
      result.receipt.error = failure
    }
  }

  /// Does the work with its progress on the terminal and in the log.
  func showingProgress<Value: Sendable>(
    _ work: @Sendable (@escaping ProgressSink) async throws -> Value
  ) async rethrows -> Value {
    let display = ProgressDisplay(console: console, time: time)
    // Leaving this function cancels it, and waits until the line is gone.
    async let _: Void = display.keepDrawing()
    return try await work(display.sink)
  }

  /// Makes an executor for one connection.
  static let thread: @Sendable () -> any SerialExecutor = { ConnectionThread(name: "connection") }
}

/// Commands that serve until they are stopped.
extension Session {
  /// Says where a server listens: on the errors' side where the result is JSON.
  func announce(_ line: String) {
    if console.isQuiet { return }
    if console.isJSON { console.error(line) } else { console.result(line) }
  }

  /// Returns when somebody has asked for the end, or after so long.
  func waitForTheEnd(seconds: Int?) async throws {
    let end = seconds.map { time.now + .seconds($0) }
    while !stop.isRequested {
      if let end, time.now >= end { return }
      try await time.sleep(for: .milliseconds(50))
    }
  }
}
