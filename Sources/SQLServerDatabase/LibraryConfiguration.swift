import CFreeTDS
import Glibc
import Runtime

/// The settings of FreeTDS that no call of db-lib sets: encryption, certificates, the protocol's version.
///
/// They come from a file of ours, in memory, that db-lib reads instead of the user's freetds.conf: what a
/// URL says is all there is. The file only grows, a section for each different server.
enum LibraryConfiguration {
  private struct State {
    var descriptor: Int32 = -1
    var sections: [String: String] = [:]
  }
  private static let state = Guarded(State())

  struct Unavailable: Error { let reason: String }

  /// The name of the server's section in the file, which db-lib reads from here on.
  static func section(_ url: SQLServerURL) throws(Unavailable) -> String {
    let settings = settings(url)
    return try state.withLock { state throws(Unavailable) in
      if state.descriptor < 0 {
        state.descriptor = proofload_memory_file("proofload-freetds.conf")
        guard state.descriptor >= 0 else {
          throw Unavailable(reason: "no memory for FreeTDS's settings: \(String(cString: strerror(errno)))")
        }
        var path = "/proc/self/fd/\(state.descriptor)".utf8CString
        // db-lib copies the path.
        path.withUnsafeMutableBufferPointer { dbsetifile($0.baseAddress) }
      }
      if let name = state.sections[settings] { return name }
      let name = "proofload\(state.sections.count + 1)"
      let bytes = Array("[\(name)]\n\(settings)\n".utf8)
      guard write(state.descriptor, bytes, bytes.count) == bytes.count else {
        throw Unavailable(reason: "FreeTDS's settings cannot be written: \(String(cString: strerror(errno)))")
      }
      state.sections[settings] = name
      return name
    }
  }

  static func settings(_ url: SQLServerURL) -> String {
    var lines = [
      "host = \(url.host)", "port = \(url.port)", "tds version = 7.4", "client charset = UTF-8",
      "use utf-16 = yes", "encryption = \(url.options.encryption.rawValue)",
      "text size = 2147483647", "connect timeout = \(url.options.connectTimeout)",
    ]
    if let file = url.options.authorities {
      lines.append("ca file = \(file)")
      lines.append("check certificate hostname = \(url.options.checksHost ? "yes" : "no")")
    }
    return lines.joined(separator: "\n")
  }
}
