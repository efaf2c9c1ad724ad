import CSQLite
import Databases
import Foundation
import Rows
import SQLiteDatabase
import TestSupport
import Testing

@Suite struct OpeningTests {
  @Test func `a missing file is an error and never a new database`() throws {
    let scratch = try Scratch()
    let error = try failure { _ = try scratch.driver(.read) }
    #expect(error.errorClass == .configuration)
    #expect(error.message.contains("no such file"))
    #expect(error.remedy != nil)
    #expect(!FileManager.default.fileExists(atPath: scratch.path))
  }

  @Test func `a target is created where it is missing`() async throws {
    let scratch = try Scratch()
    let connection = try await scratch.endpoint.connect(.write)
    try await connection.prepareLedger()
    await connection.close()
    await connection.close()
    #expect(try scratch.query("SELECT count(*) FROM sqlite_schema WHERE type = 'table'") == ["2"])
  }

  @Test func `a target in a missing directory is an error`() throws {
    let scratch = try Scratch(file: "missing/test.db")
    let error = try failure { _ = try scratch.driver(.write) }
    #expect(error.errorClass == .configuration)
    #expect(error.message.contains("directory"))
  }

  @Test(arguments: [Access.read, .write]) func `a directory is no database`(_ access: Access) throws {
    let scratch = try Scratch(file: ".")
    let error = try failure { _ = try scratch.driver(access) }
    #expect(error.errorClass == .configuration)
    #expect(error.message.contains("directory"))
  }

  @Test(arguments: [Access.read, .write]) func `a file of another kind is no database`(_ access: Access)
    throws
  {
    let scratch = try Scratch()
    let text = Data(String(repeating: "This is no database. ", count: 100).utf8)
    try text.write(to: URL(fileURLWithPath: scratch.path))
    let error = try failure { _ = try scratch.driver(access) }
    #expect(error.errorClass == .configuration)
    #expect(error.code == "\(SQLITE_NOTADB)")
    #expect(error.remedy != nil)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == text)
  }

  @Test func `a name that looks like a URI or a database in memory is a file`() throws {
    for name in ["file:x.db?mode=memory", ":memory:"] {
      let scratch = try Scratch(file: name)
      var driver = try scratch.driver(.write)
      try driver.prepareLedger()
      driver.close()
      #expect(FileManager.default.fileExists(atPath: scratch.path))
    }
  }

  @Test func `a source cannot be written`() throws {
    let scratch = try Scratch("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    var driver = try scratch.driver(.read)
    let error = try failure { try driver.execute("DELETE FROM t") }
    #expect(error.errorClass == .configuration)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read and write everything"))
  func `permissions that lack are named`() throws {
    let scratch = try Scratch("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    chmod(scratch.path, 0o400)
    #expect(try failure { _ = try scratch.driver(.write) }.errorClass == .configuration)
    chmod(scratch.path, 0)
    let error = try failure { _ = try scratch.driver(.read) }
    #expect(error.errorClass == .configuration)
    #expect(error.message.contains("permission"))
    chmod(scratch.path, 0o600)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read and write everything"))
  func `a directory that cannot be written is named, and the database stays as it is`() throws {
    for mode in ["wal", "delete"] {
      let scratch = try Scratch(
        "PRAGMA journal_mode = \(mode); CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
      chmod(scratch.directory.path, 0o500)
      defer { chmod(scratch.directory.path, 0o700) }
      let error = try failure {
        var driver = try scratch.driver(mode == "wal" ? .read : .write)
        try driver.execute("DELETE FROM t")
      }
      #expect(error.errorClass == .configuration)
      #expect(error.remedy?.contains("directory") == true, "\(error)")
      if mode == "delete" {
        var driver = try scratch.driver(.write)
        #expect(try failure { try driver.takeFence(job: "job") }.errorClass == .configuration)
      }
      chmod(scratch.directory.path, 0o700)
      #expect(try scratch.query("SELECT id FROM t") == ["1"])
    }
  }

  @Test func `one file has one identity, whatever it is called`() throws {
    let scratch = try Scratch("CREATE TABLE t (id)")
    let link = scratch.directory.file("link.db")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scratch.path)
    let linked = SQLiteEndpoint(path: link)
    #expect(linked.identity == scratch.endpoint.identity)
    #expect(linked.name == "sqlite:\(link)")
    let missing = SQLiteEndpoint(
      path: scratch.directory.file("new.db"))
    #expect(missing.identity.hasSuffix("/new.db"))
  }

  @Test func `opening leaves the journal mode as it is`() throws {
    for mode in ["wal", "delete"] {
      let scratch = try Scratch("PRAGMA journal_mode = \(mode); CREATE TABLE t (id INTEGER PRIMARY KEY)")
      var driver = try scratch.driver(.write)
      try driver.prepareLedger()
      driver.close()
      #expect(try scratch.query("PRAGMA journal_mode") == [mode])
      #expect(scratch.endpoint.capabilities.sharesSnapshots == (mode == "delete"))
      #expect(try scratch.table().name.name == "t")
    }
  }
}
