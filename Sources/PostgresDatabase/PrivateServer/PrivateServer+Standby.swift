import Databases
import Glibc

extension PrivateServer {
  /// Starts a streaming replica of `primary` in a directory of its own, and waits until it follows.
  package convenience init(
    standbyOf primary: PrivateServer, in directory: String, removingDirectory: Bool = false
  ) throws {
    try self.init(
      ServerCluster(copying: primary, to: directory), removingDirectory: removingDirectory)
    for _ in 0..<3000 {
      let streaming = try primary.execute(
        "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
      if streaming.first?.first != .integer(0) { return }
      usleep(10_000)
    }
    stop()
    throw StartError(description: "the standby in \(directory) does not follow its primary")
  }

  /// A database of two servers, whichever of them can be written: what follows a failover.
  package func failoverURL(to standby: PrivateServer, database: String) -> String {
    "postgres://postgres@127.0.0.1:\(port),127.0.0.1:\(standby.port)/\(database)?target_session_attrs=read-write"
  }

  /// Makes a primary of a standby, and returns when it can be written. What its old primary had not sent is lost.
  package func promote() throws {
    guard try execute("SELECT pg_promote(true, 60)").first?.first == .text("t") else {
      throw StartError(description: "the standby in \(directory) did not become a primary in 60 s")
    }
  }

  /// From now on a commit is acknowledged only when a standby has applied it, or again at once.
  package func waitForStandby(_ isSynchronous: Bool) throws {
    try execute("ALTER SYSTEM SET synchronous_commit = \(isSynchronous ? "remote_apply" : "off")")
    try execute("ALTER SYSTEM SET synchronous_standby_names = '\(isSynchronous ? "*" : "")'")
    try execute("SELECT pg_reload_conf()")
  }

  /// On a standby: takes nothing more from the primary, as if the line between the two were cut.
  package func stopFollowing() throws {
    try execute("ALTER SYSTEM SET primary_conninfo = ''")
    try execute("SELECT pg_reload_conf()")
    for _ in 0..<3000 {
      if try execute("SELECT count(*) FROM pg_stat_wal_receiver").first?.first == .integer(0) { return }
      usleep(10_000)
    }
    throw StartError(description: "the standby in \(directory) goes on following its primary")
  }

  /// Runs a statement as the superuser, for as many seconds as are given.
  @discardableResult
  package func execute(
    _ sql: String, database: String = "postgres", seconds: Int? = nil
  ) throws -> [[SQLValue]] {
    var driver = try PostgresDriver(try PostgresURL(url(database: database), password: nil), .write)
    defer { driver.close() }
    if let seconds { try driver.execute("SET statement_timeout = '\(seconds)s'") }
    return try driver.execute(sql).rows
  }
}
