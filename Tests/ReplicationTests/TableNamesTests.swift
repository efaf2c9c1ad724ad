import Databases
import Replication
import ReplicationClaims
import Rows
import SQLiteDatabase
import TestSupport
import Testing

/// Names under which a table could be taken for another one, or for none.
@Suite struct TableNamesTests {
  private func endpoints(_ source: String, target: String = "") throws -> (
    TemporaryDirectory, SQLiteEndpoint, SQLiteEndpoint
  ) {
    let directory = try TemporaryDirectory()
    try sqlite(source, at: directory.file("source.db"))
    if !target.isEmpty { try sqlite(target, at: directory.file("target.db")) }
    return (
      directory, SQLiteEndpoint(path: directory.file("source.db")),
      SQLiteEndpoint(path: directory.file("target.db"))
    )
  }

  @Test(arguments: NameStyle.allCases)
  func `tables and columns with blanks and hyphens are copied, also when they are renamed`(style: NameStyle)
    async throws
  {
    let (directory, source, target) = try endpoints(
      """
      CREATE TABLE "Order Details" ("Unit-Price" INT, "Line Number" INTEGER PRIMARY KEY);
      INSERT INTO "Order Details" VALUES (5, 1), (6, 2);
      """)
    var options = IdempotenceClaims.options
    options.names = style
    for _ in 1...2 {
      let report = try await IdempotenceClaims.run(source, target, options: options)
      #expect(report.failure?.message == nil)
      #expect(report.tables.map(\.fingerprint.rows) == [2])
    }
    #expect(try await CopyWitness(source: source, target: target).differences() == [])
    _ = directory
  }

  @Test func `names that differ in their Unicode spelling only are an error and never one table`()
    async throws
  {
    let (directory, source, target) = try endpoints(
      """
      CREATE TABLE "caf\u{E9}" (a INT); CREATE TABLE "cafe\u{301}" (a INT);
      INSERT INTO "caf\u{E9}" VALUES (1); INSERT INTO "cafe\u{301}" VALUES (2);
      """)
    let error = await #expect(throws: JobError.self) { try await IdempotenceClaims.run(source, target) }
    #expect(error?.kind == .configuration)
    _ = directory
  }

  @Test func `columns that differ in their Unicode spelling only are an error`() {
    let columns = ["caf\u{E9}", "cafe\u{301}"].map { ColumnSchema(name: $0, type: .int32) }
    let table = TableSchema(name: TableName(name: "t"), engine: .sqlite, columns: columns)
    #expect(throws: JobError.self) { try TablePair(source: table, target: table) }
  }

  @Test func `a foreign key to a table that was not chosen is said to be missing`() async throws {
    let (directory, source, target) = try endpoints(Fixture.script())
    var options = IdempotenceClaims.options
    options.tables = TableSelection(["Threads"])
    let report = try await IdempotenceClaims.run(source, target, options: options)
    #expect(report.failure?.message == nil)
    #expect(report.notes.contains { $0.contains("foreign key") && $0.contains("Kinds") })
    _ = directory
  }

  @Test func `a chosen table goes to the target that it has among all tables`() throws {
    func table(_ name: String) -> TableSchema {
      TableSchema(
        name: TableName(name: name), engine: .sqlite, columns: [ColumnSchema(name: "a", type: .int32)])
    }
    let (upper, lower) = (table("Users"), table("users"))
    let (pairs, missing) = try Planner.match([upper], among: [upper, lower], [lower])
    #expect(pairs.isEmpty, "users of the target is the copy of users")
    #expect(missing.map(\.name.name) == ["Users"])
  }
}
