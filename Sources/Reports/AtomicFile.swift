import Glibc

/// Writes a file that is there completely or not at all.
package enum AtomicFile {
  package struct Failure: Error, Equatable {
    package let message: String
    package let remedy: String
  }

  /// Says now what would go wrong later, after hours of work.
  package static func checkWritable(_ path: String) throws(Failure) {
    let directory = directory(of: path)
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR {
      throw Failure(message: "\(path) is a directory", remedy: "Name a file in it.")
    }
    guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(
        message: "cannot write \(path): the directory \(directory) does not exist",
        remedy: "Create it first: mkdir -p \(directory)")
    }
    guard access(directory, W_OK | X_OK) == 0 else {
      throw Failure(
        message: "cannot write \(path): the directory \(directory) is not writable",
        remedy: "Name a file in a directory of your own.")
    }
  }

  /// Writes a temporary file beside it, syncs it to disk, and renames it.
  package static func write(_ text: String, to path: String) throws(Failure) {
    try checkWritable(path)
    let temporary = "\(path).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure("create", temporary) }
    do throws(Failure) {
      defer { close(file) }
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw failure("write", temporary) }
        rest = rest.dropFirst(count)
      }
      guard fsync(file) == 0 else { throw failure("sync", temporary) }
      guard rename(temporary, path) == 0 else { throw failure("rename to \(path)", temporary) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func failure(_ verb: String, _ path: String) -> Failure {
    Failure(
      message: "cannot \(verb) \(path): \(String(cString: strerror(errno)))",
      remedy: "Free space or name another file.")
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
