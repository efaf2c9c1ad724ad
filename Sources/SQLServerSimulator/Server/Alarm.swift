import Glibc

/// What wakes a thread that waits in `poll`, from any other thread: a pipe with a byte in it or none.
final class Alarm: Sendable {
  /// For `poll`.
  let descriptor: Int32
  private let entrance: Int32

  /// Nil if the system has no descriptors left.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    (descriptor, entrance) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(descriptor)
    close(entrance)
  }

  func ring() {
    var byte: UInt8 = 1
    // A pipe that is full has rung often enough.
    _ = write(entrance, &byte, 1)
  }

  /// The next `poll` waits for a ring after this.
  func silence() {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(descriptor, &bytes, bytes.count) == bytes.count {}
  }
}
