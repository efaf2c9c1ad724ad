import Foundation
import Runtime
import Testing

/// A file system of its own in memory, small enough to be filled. Only root may mount one.
package final class SmallDisk: Sendable {
  package let path: String

  /// Mounts it on `path`, which is made if it is missing. Skips the test where that is not allowed.
  package init(at path: String, megabytes: Int, owner: String? = nil) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let owner = owner.map { ",uid=\($0)" } ?? ""
    guard SmallDisk.run(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m\(owner)", "tmpfs", path]) else {
      try Test.cancel("only root may mount the small file system that this test fills")
    }
  }

  package func grow(to megabytes: Int) throws {
    try #require(SmallDisk.run(["mount", "-o", "remount,size=\(megabytes)m", path]))
  }

  deinit { _ = SmallDisk.run(["umount", "--lazy", path]) }

  private static func run(_ command: [String]) -> Bool {
    (try? ChildProcess(command, output: "/dev/null").wait()) == .exited(code: 0)
  }
}
