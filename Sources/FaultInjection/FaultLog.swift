import Glibc
import Runtime

/// A file that gets each fault as it strikes, as a line of JSON, so that also a run that is killed leaves its log.
package final class FaultLog: Sendable {
  package struct Failure: Error {
    package let message: String
  }

  private let path: String
  private let descriptor: Int32
  private let firstFailure = Guarded<String?>(nil)

  /// Empties the file if there is one.
  package init(path: String) throws(Failure) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure(message: "cannot write the log of faults \(path): \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  package func add(_ event: FaultEvent) { add(line: event.jsonLine) }

  /// An event that somebody has more to say of.
  package func add(line: String) {
    let line = Array((line + "\n").utf8)
    // One call a line: lines of several threads do not mix.
    let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written != line.count else { return }
    let reason = written < 0 ? String(cString: strerror(errno)) : "a line was cut off"
    firstFailure.withLock { $0 = $0 ?? reason }
  }

  /// What kept a line from being written; nil if all are there.
  package var failure: String? {
    firstFailure.withLock { $0 }.map { "the log of faults \(path) is not complete: \($0)" }
  }
}
