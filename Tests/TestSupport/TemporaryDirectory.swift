import Foundation
import Glibc

/// A directory of its own for one test, removed with the last reference to it.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/proofload-test-XXXXXX").utf8CString)
    guard let made = mkdtemp(&template) else {
      throw CocoaError(
        .fileWriteUnknown, userInfo: [NSFilePathErrorKey: FileManager.default.temporaryDirectory.path])
    }
    path = String(cString: made)
  }

  deinit {
    // What cannot be removed is left for the system's own cleaning; a test that is over cannot fail.
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file in the directory; it need not exist.
  package func file(_ name: String) -> String { path + "/" + name }
}
