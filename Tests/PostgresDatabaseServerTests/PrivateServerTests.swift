import Foundation
import Glibc
import PostgresDatabase
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded) struct PrivateServerTests {
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

  @Test func `a directory that holds something else is an error that says so`() throws {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: directory.file("data"), withIntermediateDirectories: true)
    try "x".write(toFile: directory.file("data/mine"), atomically: true, encoding: .utf8)
    let error = #expect(throws: PrivateServer.StartError.self) { try PrivateServer(in: directory.path) }
    #expect(error?.description.contains("not empty") == true)
  }
}
