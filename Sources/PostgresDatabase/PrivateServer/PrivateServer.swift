import CPostgres
import Foundation
import Glibc
import Runtime

/// A PostgreSQL server of our own: on a free port of 127.0.0.1 and a socket in its directory, for tests and
/// demonstrations. It does not sync to disk, trusts every local connection, and ends with this process,
/// however this process ends.
package final class PrivateServer: Sendable {
  /// What keeps a server from starting, and the remedy.
  package struct StartError: Error, CustomStringConvertible {
    package let description: String
    package init(description: String) { self.description = description }
  }

  package let port: UInt16
  /// Holds the data, the server's log and its Unix socket.
  package let directory: String
  private let watchdog: ChildProcess
  /// Our end of the pipe that keeps the server alive; -1 once it is closed.
  private let lifeline: Guarded<Int32>

  /// The server's `postgres` database over TCP, as its superuser.
  package var url: String { url(database: "postgres") }
  package func url(database: String, user: String = "postgres") -> String {
    "postgres://\(user)@127.0.0.1:\(port)/\(database)"
  }
  /// The same over the Unix socket.
  package func socketURL(database: String) -> String {
    let host = directory.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? directory
    return "postgres://postgres@\(host):\(port)/\(database)"
  }

  /// Creates a database cluster in `directory`, which is made if it is missing, and starts its server.
  ///
  /// The directory's path has to be short, as for every Unix socket, and as root, one that the user
  /// `postgres` can enter. `removingDirectory` deletes it with all it holds when the server has ended.
  package convenience init(in directory: String, removingDirectory: Bool = false) throws {
    try self.init(ServerCluster(creatingIn: directory), removingDirectory: removingDirectory)
  }

  /// Starts the server of a cluster.
  init(_ cluster: ServerCluster, removingDirectory: Bool) throws {
    directory = cluster.directory
    port = try PrivateServer.freePort()
    let pipe = try PrivateServer.pipe()
    defer { close(pipe.reading) }
    lifeline = Guarded(pipe.writing)
    do throws(ChildProcess.StartError) {
      watchdog = try ChildProcess(
        [
          "setsid", "sh", "-c", PrivateServer.watchdogScript, "sh", directory,
          removingDirectory ? "remove" : "keep", "\(cluster.programs)/postgres", "\(port)",
        ], input: pipe.reading, output: cluster.log)
    } catch {
      close(pipe.writing)
      throw StartError(description: error.reason)
    }
    try waitUntilReady()
  }

  /// Ends the server and waits for its end. May be called twice.
  package func stop() {
    let end = lifeline.withLock { end in
      defer { end = -1 }
      return end
    }
    guard end >= 0 else { return }
    close(end)
    _ = watchdog.wait()
  }

  /// Starts the server again on the same port and data; it must have ended. Waits until it takes connections.
  package func start() throws {
    let isAsked = lifeline.withLock { end in end >= 0 && write(end, "\n", 1) == 1 }
    guard isAsked else { throw StartError(description: "the server of \(directory) was stopped for good") }
    try waitUntilReady()
  }

  /// Waits for the end of its input, which comes when the process that holds the other end of the pipe closes
  /// it or dies; then the server is stopped. A line before that starts a server that has ended again. In a
  /// session of its own: neither a terminal's interrupt nor a signal to our process group is to reach the
  /// server while we still need it.
  private static let watchdogScript = """
    directory=$1 afterwards=$2 program=$3 port=$4
    become=
    [ "$(id -u)" != 0 ] || become="setpriv --reuid=postgres --regid=postgres --init-groups"
    cd "$directory" || exit 1
    start() { $become "$program" -D "$directory/data" -p "$port" </dev/null & server=$!; }
    start
    trap '' INT HUP TERM
    while read -r line; do wait "$server"; start; done
    kill -INT "$server"
    wait "$server"
    cd /
    [ "$afterwards" != remove ] || rm -rf "$directory"
    """

  /// A pipe that no other child inherits: only the watchdog's end and ours keep the server alive.
  private static func pipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
      throw StartError(description: "cannot make a pipe: \(String(cString: strerror(errno)))")
    }
    return (ends[0], ends[1])
  }

  private static func freePort() throws -> UInt16 {
    let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(probe) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let found = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        probe >= 0 && bind(probe, address, length) == 0 && getsockname(probe, address, &length) == 0
      }
    }
    guard found else {
      throw StartError(description: "there is no free port on 127.0.0.1: \(String(cString: strerror(errno)))")
    }
    return UInt16(bigEndian: address.sin_port)
  }

  /// At most half a minute.
  private func waitUntilReady() throws {
    for _ in 0..<3000 where watchdog.isRunning {
      if PQping("host=127.0.0.1 port=\(port) user=postgres dbname=postgres connect_timeout=5") == PQPING_OK {
        return
      }
      usleep(10_000)
    }
    let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? "it left no log"
    stop()
    throw StartError(description: "PostgreSQL's server did not start in \(directory): \(log)")
  }
}
