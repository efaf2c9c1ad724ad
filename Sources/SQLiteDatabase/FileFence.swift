import Databases
import Glibc
import Rows

/// A job's lock in a database: a byte of a file beside it, locked while this value lives.
///
/// The kernel drops the lock with the process, however it ends. One file serves all jobs of a database: a
/// job locks the byte at an offset that its name gives.
struct FileFence: ~Copyable {
  private let file: Int32
  private let path: String

  enum Failure: Error {
    case held
    case system(call: StaticString, error: Int32)
  }

  static func path(of database: String) -> String { database + "-proofload.lock" }

  init(database: String, job: String) throws(Failure) {
    path = FileFence.path(of: database)
    var job = job
    let hash = job.withUTF8 { Fingerprint.hash(UnsafeRawBufferPointer($0)) }
    // Any positive offset will do, far beyond the end of the file.
    let offset = Int(truncatingIfNeeded: hash) & (1 << 62 - 1)
    while true {
      let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard opened >= 0 else { throw .system(call: "open", error: errno) }
      guard FileFence.lock(opened, start: offset, length: 1) else {
        let reason = errno
        Glibc.close(opened)
        if reason == EAGAIN || reason == EACCES { throw .held }
        throw .system(call: "fcntl", error: reason)
      }
      if FileFence.isStill(opened, path) {
        file = opened
        return
      }
      // Its last holder removed the file between our opening and locking it.
      Glibc.close(opened)
    }
  }

  deinit {
    // Whoever can lock all of the file is its only user. Nobody can take a lock on the removed file for
    // one on the new: they look after locking whether the file is still there.
    if FileFence.lock(file, start: 0, length: 0) { unlink(path) }
    Glibc.close(file)
  }

  /// A lock of the open file, not of the process: closing another descriptor does not drop it.
  private static func lock(_ file: Int32, start: Int, length: Int) -> Bool {
    var range = flock()
    range.l_type = Int16(F_WRLCK)
    range.l_whence = Int16(SEEK_SET)
    range.l_start = start
    range.l_len = length
    return fcntl(file, FileFence.setOpenFileLock, &range) == 0
  }

  /// F_OFD_SETLK, which Glibc declares for C only with _GNU_SOURCE.
  private static let setOpenFileLock: Int32 = 37

  private static func isStill(_ file: Int32, _ path: String) -> Bool {
    var opened = stat()
    var named = stat()
    return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
      && opened.st_dev == named.st_dev
  }
}

extension SQLiteDriver {
  package mutating func takeFence(job: String) throws(DatabaseError) {
    guard fence == nil else { return }
    do throws(FileFence.Failure) {
      fence = try FileFence(database: path, job: job)
    } catch {
      throw fenceError(error)
    }
  }

  private func fenceError(_ reason: FileFence.Failure) -> DatabaseError {
    let file = FileFence.path(of: path)
    switch reason {
    case .held:
      return failure(
        .fenced, "another run of this job holds \(file)",
        remedy: "Let the other run finish, or end it; its lock goes with its process.",
        operation: "take the fence")
    case .system(let call, let code):
      return failure(
        .configuration, "\(call) of \(file): \(String(cString: strerror(code)))",
        remedy: "Give this user write permission for the database's directory.", operation: "take the fence")
    }
  }
}
