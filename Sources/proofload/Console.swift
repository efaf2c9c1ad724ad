import Glibc
import Reports
import Runtime

/// How much a command says on standard error.
enum LogLevel: String, CaseIterable, Comparable {
  case error, warning, info, debug

  static func < (left: LogLevel, right: LogLevel) -> Bool {
    guard let first = allCases.firstIndex(of: left), let second = allCases.firstIndex(of: right) else {
      return false
    }
    return first < second
  }
}

/// Standard output and standard error.
///
/// Results go to the one, everything else to the other. A line is written with one call, so that lines of
/// several workers do not mix.
struct Console: Sendable {
  let isJSON: Bool
  let isQuiet: Bool
  var level: LogLevel
  let style: TerminalStyle
  /// Standard error is a terminal that a line can be drawn on.
  let drawsProgress: Bool
  private let broken = Guarded<String?>(nil)

  init(isJSON: Bool, isQuiet: Bool, level: LogLevel) {
    self.isJSON = isJSON
    self.isQuiet = isQuiet
    self.level = level
    let isDumb = getenv("TERM").map { String(cString: $0) } == "dumb"
    let noColor = getenv("NO_COLOR").map { !String(cString: $0).isEmpty } ?? false
    style = isatty(STDOUT_FILENO) == 1 && !noColor && !isDumb ? .colored : .plain
    drawsProgress = isatty(STDERR_FILENO) == 1 && !isQuiet && !isDumb
  }

  /// Columns of the terminal: what a table may take.
  var width: Int { Console.columns(STDOUT_FILENO) }
  var progressWidth: Int { Console.columns(STDERR_FILENO) - 1 }

  /// The command's result, on standard output.
  func result(_ text: String, isTerminated: Bool = false) {
    guard let error = Console.write(isTerminated ? text : text + "\n", to: STDOUT_FILENO) else { return }
    // Whoever closed the pipe wants no more, and that is no error: `proofload plan | head`.
    if error != EPIPE { broken.withLock { $0 = String(cString: strerror(error)) } }
  }

  /// What the user has to know about a failure, whatever the log level.
  func error(_ text: String) { message(text) }

  func log(_ level: LogLevel, _ text: @autoclosure () -> String) {
    guard level <= (isQuiet ? .error : self.level) else { return }
    message(text())
  }

  /// Replaces the line at the bottom of the terminal.
  func draw(_ line: String) {
    if drawsProgress { _ = Console.write("\r\u{1B}[K\(line)", to: STDERR_FILENO) }
  }

  /// The exit code, unless the result could not be written: nobody may take half a result for a whole one.
  func checked(_ code: ExitCode) -> ExitCode {
    guard let reason = broken.withLock({ $0 }) else { return code }
    error("proofload: cannot write the result to standard output: \(reason)\n  Free space, then run again.")
    return code == .done ? .gaveUp : code
  }

  // Nobody is left to tell when standard error is gone.
  private func message(_ text: String) {
    _ = Console.write((drawsProgress ? "\r\u{1B}[K" : "") + text + "\n", to: STDERR_FILENO)
  }

  /// Returns the error number if not everything could be written.
  private static func write(_ text: String, to file: Int32) -> Int32? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return errno }
      rest = rest.dropFirst(count)
    }
    return nil
  }

  private static func columns(_ file: Int32) -> Int {
    var size = winsize()
    // A pseudo-terminal may say 0.
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return max(40, Int(size.ws_col))
  }
}
