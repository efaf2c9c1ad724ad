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

  /// The directory of PostgreSQL's programs: the newest of Debian's, or wherever PATH has initdb.
  package static func programs() -> String? {
    let files = FileManager.default
    let debian = "/usr/lib/postgresql"
    let versions = ((try? files.contentsOfDirectory(atPath: debian)) ?? [])
      .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return (versions.map { "\(debian)/\($0)/bin" } + path).first { directory in
      ["initdb", "postgres"].allSatisfy { files.isExecutableFile(atPath: "\(directory)/\($0)") }
    }
  }

  package static let installation =
    "Install PostgreSQL's server, for example with: apt-get install postgresql"

  /// Creates a database cluster in `directory`, which is made if it is missing, and starts its server.
  ///
  /// The directory's path has to be short, as for every Unix socket, and as root, one that the user
  /// `postgres` can enter. `removingDirectory` deletes it with all
  /// it holds when the server has ended.
  package init(in directory: String, removingDirectory: Bool = false) throws {
    guard let programs = PrivateServer.programs() else {
      throw StartError(description: "PostgreSQL's server is not installed. \(PrivateServer.installation)")
    }
    self.directory = directory
    try PrivateServer.createCluster(in: directory, programs: programs)
    port = try PrivateServer.freePort()
    let pipe = try PrivateServer.pipe()
    defer { close(pipe.reading) }
    lifeline = Guarded(pipe.writing)
    do throws(ChildProcess.StartError) {
      watchdog = try ChildProcess(
        [
          "setsid", "sh", "-c", PrivateServer.watchdogScript, "sh", directory,
          removingDirectory ? "remove" : "keep", "\(programs)/postgres", "\(port)",
        ], input: pipe.reading, output: PrivateServer.log(directory))
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

  private static func log(_ directory: String) -> String { "\(directory)/log" }

  /// Waits for the end of its input, which comes when the process that holds the other end of the pipe closes
  /// it or dies; then the server is stopped. In a session of its own: neither a terminal's interrupt nor a
  /// signal to our process group is to reach the server while we still need it.
  private static let watchdogScript = """
    directory=$1 afterwards=$2 server=$3 port=$4
    become=
    [ "$(id -u)" != 0 ] || become="setpriv --reuid=postgres --regid=postgres --init-groups"
    cd "$directory" || exit 1
    $become "$server" -D "$directory/data" -p "$port" </dev/null &
    server=$!
    trap '' INT HUP TERM
    while read -r line; do :; done
    kill -INT "$server"
    wait "$server"
    cd /
    [ "$afterwards" != remove ] || rm -rf "$directory"
    """

  private static let settings = """
    fsync = off
    synchronous_commit = off
    full_page_writes = off
    listen_addresses = '127.0.0.1'
    max_connections = 100
    shared_buffers = 128MB
    max_wal_size = 2GB
    autovacuum = off
    lc_messages = 'C'
    timezone = 'UTC'

    """

  private static func createCluster(in directory: String, programs: String) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var command = [
      "\(programs)/initdb", "-D", "\(directory)/data", "-U", "postgres", "--auth=trust", "--encoding=UTF8",
      "--locale=C.UTF-8", "--no-sync",
    ]
    if getuid() == 0 {
      guard getpwnam("postgres") != nil else {
        throw StartError(
          description:
            "PostgreSQL refuses to run as root, and there is no user named postgres. Run as another user.")
      }
      try run(["chown", "postgres", directory], in: directory)
      command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + command
    }
    try run(command, in: directory)
    let configuration = "\(directory)/data/postgresql.conf"
    let text = try String(contentsOfFile: configuration, encoding: .utf8)
    let socket = "unix_socket_directories = '\(directory.replacingOccurrences(of: "'", with: "''"))'\n"
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: configuration))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data((text.hasSuffix("\n") ? "" : "\n").utf8))
    try handle.write(contentsOf: Data((settings + socket).utf8))
  }

  private static func run(_ command: [String], in directory: String) throws {
    do throws(ChildProcess.StartError) {
      guard try ChildProcess(command, output: log(directory)).wait() == .exited(code: 0) else {
        let text = (try? String(contentsOfFile: log(directory), encoding: .utf8)) ?? ""
        throw ChildProcess.StartError(reason: "\(command.joined(separator: " ")) failed: \(text)")
      }
    } catch {
      throw StartError(description: error.reason)
    }
  }

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
    let log = (try? String(contentsOfFile: PrivateServer.log(directory), encoding: .utf8)) ?? "it left no log"
    stop()
    throw StartError(description: "PostgreSQL's server did not start in \(directory): \(log)")
  }
}
