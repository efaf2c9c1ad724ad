import Glibc

/// What the file system says about a database file, before SQLite looks into it.
struct DatabaseFile {
  let path: String

  init(_ path: String) { self.path = path }

  enum Obstruction: Equatable {
    case missing, missingDirectory, isDirectory, notAFile, notReadable
  }

  /// What would keep SQLite from opening the file; nil if nothing would.
  func obstruction(creating: Bool) -> Obstruction? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == EACCES { return .notReadable }
      guard creating else { return .missing }
      var directory = stat()
      let isDirectory =
        stat(DatabaseFile.directory(of: path), &directory) == 0
        && directory.st_mode & S_IFMT == S_IFDIR
      return isDirectory ? nil : .missingDirectory
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: return .isDirectory
    default: return .notAFile
    }
    return access(path, R_OK) == 0 ? nil : .notReadable
  }

  /// Byte 18 of a database's header is 2 for a write-ahead log and 1 for a rollback journal.
  var hasWriteAheadLog: Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var version: UInt8 = 0
    return pread(file, &version, 1, 18) == 1 && version == 2
  }

  /// The absolute path without symbolic links, also of a file that does not exist yet in a directory
  /// that does.
  static func realPath(_ path: String) -> String? {
    if let resolved = realpath(path, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    guard let resolved = realpath(directory(of: path), nil) else { return nil }
    defer { free(resolved) }
    let directory = String(cString: resolved)
    let name =
      path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.index(after: $0)...]) } ?? path
    return directory == "/" ? "/" + name : directory + "/" + name
  }

  static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
