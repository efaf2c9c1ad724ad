import Foundation
import Glibc
import Runtime

/// A directory with PostgreSQL's data in it, made for a server of our own.
struct ServerCluster {
  let directory: String
  /// Where PostgreSQL's programs are.
  let programs: String

  var data: String { "\(directory)/data" }
  /// What the server and the programs that make the cluster have to say.
  var log: String { "\(directory)/log" }

  /// A new and empty one.
  init(creatingIn directory: String) throws {
    try self.init(directory)
    try runAsOwner([
      "\(programs)/initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
      "--locale=C.UTF-8", "--no-sync",
    ])
    try configure(ServerCluster.settings)
  }

  /// A copy of a running server's, which goes on following it.
  init(copying primary: PrivateServer, to directory: String) throws {
    try self.init(directory)
    try runAsOwner([
      "\(programs)/pg_basebackup", "-D", data, "-h", "127.0.0.1", "-p", "\(primary.port)", "-U", "postgres",
      "--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync",
    ])
    try configure("")
  }

  private init(_ directory: String) throws {
    guard let programs = PrivateServer.programs() else {
      throw PrivateServer.StartError(
        description: "PostgreSQL's server is not installed. \(PrivateServer.installation)")
    }
    self.directory = directory
    self.programs = programs
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private static let settings = """
    fsync = off
    synchronous_commit = off
    full_page_writes = off
    listen_addresses = '127.0.0.1'
    max_connections = 100
    shared_buffers = 128MB
    # Files of the data directory: /dev/shm would keep them when the server is killed.
    dynamic_shared_memory_type = mmap
    max_wal_size = 2GB
    autovacuum = off
    jit = off
    lc_messages = 'C'
    timezone = 'UTC'

    """

  /// The last of several lines about a setting counts.
  private func configure(_ settings: String) throws {
    let configuration = "\(data)/postgresql.conf"
    let text = try String(contentsOfFile: configuration, encoding: .utf8)
    let socket = "unix_socket_directories = '\(directory.replacingOccurrences(of: "'", with: "''"))'\n"
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: configuration))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data((text.hasSuffix("\n") ? "" : "\n").utf8))
    try handle.write(contentsOf: Data((settings + socket).utf8))
  }

  /// PostgreSQL refuses to run as root, who becomes the user `postgres` for it.
  private func runAsOwner(_ command: [String]) throws {
    guard getuid() == 0 else { return try run(command) }
    guard getpwnam("postgres") != nil else {
      throw PrivateServer.StartError(
        description:
          "PostgreSQL refuses to run as root, and there is no user named postgres. Run as another user.")
    }
    try run(["chown", "postgres", directory])
    try run(["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + command)
  }

  private func run(_ command: [String]) throws {
    do throws(ChildProcess.StartError) {
      guard try ChildProcess(command, output: log).wait() == .exited(code: 0) else {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw ChildProcess.StartError(reason: "\(command.joined(separator: " ")) failed: \(text)")
      }
    } catch {
      throw PrivateServer.StartError(description: error.reason)
    }
  }
}

extension PrivateServer {
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
}
