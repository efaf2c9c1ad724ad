import Foundation
import Glibc

/// A directory of its own for one test, removed with the last reference to it.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    let parent = TemporaryDirectory.parent
    var template = Array((parent + "/proofload-test-XXXXXX").utf8CString)
    guard let made = mkdtemp(&template) else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: parent])
    }
    path = String(cString: made)
  }

  /// Memory where there is plenty: SQLite waits for the disk at every commit, and the tests make thousands. Each of
  /// PostgreSQL's databases is 300 files.
  static let parent: String = {
    let memory = "/dev/shm"
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: memory)
    let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
    return free > 4 << 30 && access(memory, W_OK) == 0 ? memory : FileManager.default.temporaryDirectory.path
  }()

  deinit {
    // What cannot be removed is left for the system's own cleaning; a test that is over cannot fail.
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file in the directory; it need not exist.
  package func file(_ name: String) -> String { path + "/" + name }
}
