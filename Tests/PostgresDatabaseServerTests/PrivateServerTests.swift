import Databases
import Foundation
import Glibc
import PostgresDatabase
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct PrivateServerTests {
  @Test func `a server that is stopped is gone, with its directory if that was wished`() throws {
    for isRemoved in [false, true] {
      // Not a directory that only its owner can enter: as root, the server is another user's.
      let directory = "/tmp/proofload-private-server-\(getpid())"
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let server = try PrivateServer(in: directory, removingDirectory: isRemoved)
      #expect(try PostgresServer.shared.psql("SELECT 1", server.socketURL(database: "postgres")) == "1")
      server.stop()
      server.stop()
      #expect(throws: PrivateServer.StartError.self) {
        try PostgresServer.shared.psql("SELECT 1", server.url)
      }
      #expect(FileManager.default.fileExists(atPath: directory) == !isRemoved)
    }
  }

  @Test func `a server that is killed leaves no shared memory behind`() throws {
    let directory = "/tmp/proofload-killed-server-\(getpid())"
    let server = try PrivateServer(in: directory, removingDirectory: true)
    defer { server.stop() }
    #expect(
      try server.execute("SHOW dynamic_shared_memory_type") == [[.text("mmap")]],
      "nothing of it is in /dev/shm")
    let file = try String(contentsOfFile: "\(directory)/data/postmaster.pid", encoding: .utf8)
    let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
    let segment = try #require(lines[6].split(separator: " ").last.flatMap { Int32($0) })
    var state = shmid_ds()
    #expect(shmctl(segment, IPC_STAT, &state) == 0)
    try server.end(.killed)
    #expect(shmctl(segment, IPC_STAT, &state) == -1)
    try server.start()
    #expect(try server.execute("SELECT 1") == [[.integer(1)]])
  }

  @Test func `a directory that holds something else is an error that says so`() throws {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: directory.file("data"), withIntermediateDirectories: true)
    try "x".write(toFile: directory.file("data/mine"), atomically: true, encoding: .utf8)
    let error = #expect(throws: PrivateServer.StartError.self) { try PrivateServer(in: directory.path) }
    #expect(error?.description.contains("not empty") == true)
  }
}
