import CSQLite
import Databases
import Foundation
import Rows
import SQLiteDatabase
import Testing

@Suite struct FailureTests {
  private func batch(_ ids: ClosedRange<Int64>, payload: Int = 0) throws -> RowBatch {
    var builder = RowBatchBuilder(columnCount: 2)
    let bytes = [UInt8](repeating: 120, count: payload)
    for id in ids {
      builder.beginRow()
      builder.append(id)
      bytes.withUnsafeBytes { builder.append($0) }
      builder.endRow()
    }
    let taken = builder.take()
    return try #require(taken)
  }

  @Test func `a constraint's violation names the constraint and the row's key`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (Id INTEGER PRIMARY KEY, x TEXT UNIQUE, CONSTRAINT small CHECK (Id < 100))")
    let table = try scratch.table()
    var driver = try scratch.driver(.write)
    try driver.begin()
    try driver.openWrite(table.name, columns: table.read().columns)
    let twice = try failure { try driver.write(batch(1...2)) }
    #expect(twice.errorClass == .badRow)
    #expect(twice.code == "\(SQLITE_CONSTRAINT | 8 << 8)")
    #expect(twice.message == "UNIQUE constraint failed: t.x, in the row with Id = 2")
    try driver.rollback()
    try driver.begin()
    try driver.openWrite(table.name, columns: table.read().columns)
    #expect(
      try failure { try driver.write(batch(100...100)) }.message
        == "CHECK constraint failed: small, in the row with Id = 100")
    // An error ends the write.
    #expect(try failure { _ = try driver.finishWrite() }.errorClass == .permanent)
    try driver.rollback()
  }

  @Test(arguments: ["UNIQUE", "NOT NULL", "CHECK (x <> 29)"])
  func `of many rows the one that a constraint forbids is named`(_ constraint: String) throws {
    let scratch = try Scratch(
      "CREATE TABLE t (Id INTEGER PRIMARY KEY, x INT \(constraint)); \(constraint == "UNIQUE" ? "INSERT INTO t VALUES (0, 29)" : "")"
    )
    let table = try scratch.table()
    var builder = RowBatchBuilder(columnCount: 2)
    for id in 1...50 as ClosedRange<Int64> {
      builder.beginRow()
      builder.append(id)
      if id == 29, constraint == "NOT NULL" { builder.appendNull() } else { builder.append(id) }
      builder.endRow()
    }
    let taken = builder.take()
    let batch = try #require(taken)
    var driver = try scratch.driver(.write)
    try driver.begin()
    try driver.openWrite(table.name, columns: table.read().columns)
    let error = try failure { try driver.write(batch) }
    #expect(error.errorClass == .badRow)
    #expect(error.message.hasSuffix("in the row with Id = 29"), "\(error)")
    try driver.rollback()
    #expect(try driver.texts(table.read()).count <= 1)
  }

  @Test func `a full disk is named, and leaves the database as it was`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (Id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t VALUES (1, 'kept')")
    let table = try scratch.table()
    var driver = try scratch.driver(.write)
    try driver.execute("PRAGMA max_page_count = 20")
    try driver.begin()
    _ = try driver.delete(TableRange(table: table.name))
    try driver.openWrite(table.name, columns: table.read().columns)
    let error = try failure { try driver.write(batch(1...1000, payload: 1000)) }
    #expect(error.errorClass == .permanent)
    #expect(error.code == "\(SQLITE_FULL)")
    #expect(error.remedy?.contains("space") == true)
    // Whether SQLite has rolled back by itself or not.
    try driver.rollback()
    try driver.rollback()
    #expect(try scratch.query("SELECT x FROM t") == ["kept"])
    #expect(try scratch.query("PRAGMA integrity_check") == ["ok"])
    driver.close()
  }

  @Test func `a writer that is busy is a conflict`() throws {
    let scratch = try Scratch("CREATE TABLE t (Id INTEGER PRIMARY KEY)")
    var first = try scratch.driver(.write, busyTimeout: 1)
    var second = try scratch.driver(.write, busyTimeout: 1)
    try first.begin()
    let error = try failure { try second.begin() }
    #expect(error.errorClass == .conflict)
    #expect(error.outcome == .didNotHappen)
    try first.rollback()
    try second.begin()
    try second.rollback()
  }

  @Test func `a commit that readers hold up did not happen, and can be rolled back`() throws {
    let scratch = try Scratch("CREATE TABLE t (Id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
    let table = try scratch.table()
    var reader = try scratch.driver()
    _ = try reader.beginSnapshot()
    var writer = try scratch.driver(.write, busyTimeout: 1)
    try writer.begin()
    _ = try writer.delete(TableRange(table: table.name))
    let error = try failure { try writer.commit() }
    #expect(error.errorClass == .conflict)
    #expect(error.outcome == .didNotHappen)
    try writer.rollback()
    #expect(try reader.endSnapshot() == .consistent)
    #expect(try scratch.query("SELECT Id FROM t") == ["1"])
  }

  @Test func `an interrupt stops a statement, and the connection can be used and closed afterwards`() throws {
    let scratch = try Scratch("CREATE TABLE t (Id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)")
    let table = try scratch.table()
    var driver = try scratch.driver()
    var read = table.read()
    read.batchBytes = 1
    try driver.openRead(read)
    _ = try driver.nextBatch()
    let interrupter = driver.interrupter
    interrupter.interrupt()
    #expect(try failure { _ = try driver.nextBatch() }.errorClass == .cancelled)
    #expect(try driver.texts(table.read()).count == 3)
    driver.close()
    driver.close()
    interrupter.interrupt()
  }

  @Test func `a damaged file is named as damaged`() throws {
    let scratch = try Scratch(
      """
      CREATE TABLE t (Id INTEGER PRIMARY KEY, x TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO t SELECT i, 'some text to fill the page' FROM n
      """)
    let table = try scratch.table()
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: scratch.path))
    try file.seek(toOffset: 4096 * 3)
    try file.write(contentsOf: Data(repeating: 0xEE, count: 4096 * 4))
    try file.close()
    var driver = try scratch.driver()
    let error = try failure { _ = try driver.texts(table.read()) }
    #expect(error.errorClass == .permanent)
    #expect(error.code.hasPrefix("\(SQLITE_CORRUPT)"))
    #expect(error.remedy?.contains("integrity_check") == true)
  }

  @Test func `no error prints a value that is no key`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (Id INTEGER PRIMARY KEY, x INT); INSERT INTO t VALUES (1, 'SECRET')")
    let table = try scratch.table()
    var driver = try scratch.driver()
    let error = try failure { _ = try driver.texts(table.read()) }
    #expect(!"\(error)".contains("SECRET"))
  }
}
