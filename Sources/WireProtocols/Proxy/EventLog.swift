import Glibc
import Runtime

/// A file of JSON lines, each written at once. Lines are added to what is there.
package final class EventLog: Sendable {
  private let descriptor: Int32
  private let trouble = Guarded<String?>(nil)

  package init(path: String) throws(SocketError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw SocketError(action: "write the event log \(path)", reason: String(cString: strerror(errno)))
    }
  }

  deinit { close(descriptor) }

  /// What kept a line from being written; nil if all are there.
  package var failure: String? { trouble.withLock { $0 } }

  package func add(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard count != bytes.count else { return }
    let reason = count < 0 ? String(cString: strerror(errno)) : "a line was cut off"
    trouble.withLock { $0 = $0 ?? reason }
  }
}
