import Databases
import Rows
import TDS
import Testing

@testable import SQLServerDatabase

/// A catalog as the server's views have it, and what becomes of it.
@Suite struct CatalogTests {
  private static func result(_ rows: [[Any?]]) -> [UInt8] {
    let count = rows.first?.count ?? 0
    let columns = (0..<count).map { index in
      rows.contains { $0[index] is String } ? Column("c", .nvarchar(400)) : Column("c", .bigint)
    }
    guard count > 0 else { return Reply.result([Column("c", .bigint)], []) }
    return Reply.result(
      columns,
      rows.map { row in
        row.map { value in
          if let text = value as? String { return text.utf16LE }
          return (value as? Int).map { low(Int64($0), 8) }
        }
      })
  }

  /// The view that a query is about, which only its FROM and JOINs name.
  private static func rows(_ text: String) -> [[Any?]] {
    func column(
      _ name: String, _ id: Int, _ type: Int, _ length: Int, nullable: Int = 1, identity: Int = 0,
      computed: Int = 0,
      page: Int? = nil, collation: String? = nil, user: Int? = nil, alias: String = "x", isUser: Int = 0
    ) -> [Any?] {
      [
        10, name, type, user ?? type, length, 0, 0, page, nullable, identity, computed, id, collation, alias,
        isUser,
      ]
    }
    if text.hasPrefix("SELECT SCHEMA_ID") { return [[1]] }
    if text.contains("DATABASEPROPERTYEX") { return [["Latin1_General_CI_AS"]] }
    if text.contains("JOIN sys.columns") {
      return [
        column("id", 1, 56, 4, nullable: 0, identity: 1),
        column("name", 2, 231, 80, collation: "Latin1_General_CI_AS"),
        column("code", 3, 167, 10, page: 1252, collation: "Latin1_General_BIN2"),
        column("total", 4, 56, 4, computed: 1), column("version", 5, 189, 8, nullable: 0),
        column("where", 6, 240, -1, user: 130),
        column("phone", 7, 231, 40, user: 257, alias: "Phone", isUser: 1),
        column("doc", 8, 241, -1),
      ]
    }
    if text.contains("sys.default_constraints") { return [[10, 2, "(N'x')"]] }
    if text.contains("sys.computed_columns") { return [[10, 4, "([id]*(2))", 1]] }
    if text.contains("sys.identity_columns") { return [[10, 1, "1", "2"]] }
    if text.contains("sys.index_columns") {
      return [
        [10, 1, 1, 1, 0, 0], [10, 2, 2, 1, 0, 1], [10, 2, 3, 0, 1, 0], [10, 3, 3, 1, 0, 0],
        [10, 4, 2, 1, 0, 0],
      ]
    }
    if text.contains("sys.indexes") {
      return [
        [10, 1, "pk", 1, 1, 1, 0, nil, 0, 0], [10, 2, "ix", 2, 0, 0, 0, nil, 0, 0],
        [10, 3, "ux", 2, 1, 0, 0, "([code] IS NOT NULL)", 0, 0],
        [10, 4, "fx", 2, 0, 0, 0, "([name]>N'b')", 0, 0],
      ]
    }
    if text.contains("sys.foreign_key_columns") { return [[77, "code", "key"]] }
    if text.contains("sys.foreign_keys") { return [[77, 10, "fk", "dbo", "other", 1, 0, 1]] }
    if text.contains("sys.check_constraints") { return [[10, "ck", "([id]>(0))"]] }
    if text.contains("sys.triggers") { return [[10, "tr"]] }
    if text.contains("FROM sys.tables") { return [[10, "people"], [11, "proofload_ledger"]] }
    return []
  }

  private func people(_ query: String = "") throws -> TableSchema {
    let server = try StubServer { request in
      guard case .batch(let text) = request, text.hasPrefix("SELECT") else { return nil }
      return .tokens(CatalogTests.result(CatalogTests.rows(text)))
    }
    var driver = try server.driver(query)
    defer { driver.close() }
    let tables = try driver.tables()
    #expect(tables.map(\.name.name) == ["people"])
    return try #require(tables.first)
  }

  @Test func `columns have types, declarations, identities, defaults and collations`() throws {
    let table = try people()
    #expect(table.name == TableName(schema: "dbo", name: "people"))
    #expect(
      table.columns.map(\.type) == [
        .int32, .text(maxLength: 40), .text(maxLength: 10), .int32, .bytes(maxLength: 8), nil,
        .text(maxLength: 20), .text(maxLength: nil),
      ])
    #expect(
      table.columns.map(\.declared) == [
        "int", "nvarchar(40)", "varchar(10)", "int", "rowversion", "geography", "Phone", "xml",
      ])
    #expect(table.columns[0].identity == .byDefault)
    #expect(!table.columns[0].isNullable)
    #expect(table.columns[1].defaultExpression == "(N'x')")
    #expect(table.columns.map(\.collation) == [nil, nil, "Latin1_General_BIN2", nil, nil, nil, nil, nil])
    #expect(table.columns[7].rewritesText)
    #expect(table.columns[6].isOfUserType)
    #expect(try people("?as-text=geography").columns[5].type == .text(maxLength: nil))
    #expect(try people("?as-bytes=geography").columns[5].type == .bytes(maxLength: nil))
  }

  @Test func `computed columns and rowversions are never written, and are reported`() throws {
    let table = try people()
    #expect(table.columns.map(\.isGenerated) == [false, false, false, true, true, false, false, false])
    #expect(table.columns[3].generation == "AS ([id]*(2)) PERSISTED")
    let omissions = table.omissions(in: Engine(rawValue: "postgres"))
    #expect(omissions.contains { $0.contains("total is computed") })
    #expect(omissions.contains { $0.contains("version is computed") })
  }

  @Test
  func `keys, indexes, foreign keys, checks and triggers are there, and what is SQL Server's own is named`()
    throws
  {
    let table = try people()
    #expect(table.primaryKey == KeySchema(name: "pk", columns: ["id"], isUnique: true))
    #expect(
      table.indexes == [
        KeySchema(name: "ix", columns: ["name"], isUnique: false),
        KeySchema(name: "ux", columns: ["code"], isUnique: true),
      ])
    let key = try #require(table.foreignKeys.first)
    #expect(key.columns == ["code"] && key.referencedColumns == ["key"])
    #expect(key.referencedTable == TableName(schema: "dbo", name: "other"))
    #expect(key.onDelete == .cascade && !key.isValidated)
    #expect(table.checks == [CheckSchema(name: "ck", definition: "CHECK ([id]>(0))")])
    #expect(table.triggers == ["tr"])
    #expect(
      Set(table.unportable) == [
        "seed and increment of identity column id", "index fx", "the descending order in index ix",
        "what index ix includes beside its key",
      ])
  }

  @Test func `what is in the way is turned off, and turned on as it was`() throws {
    let server = try StubServer { request in
      guard case .batch(let text) = request, text.hasPrefix("SELECT") else { return nil }
      let rows: [[Any?]] =
        if text.contains("OBJECT_ID") {
          [[42]]
        } else if text.contains("sys.foreign_keys") {
          [["dbo", "t", "fk", 0], ["app", "u", "fk2", 1]]
        } else if text.contains("sys.check_constraints") {
          [["ck", 0]]
        } else if text.contains("sys.triggers") {
          [["tr"]]
        } else {
          [["ix", 0], ["ux", 1]]
        }
      return .tokens(CatalogTests.result(rows))
    }
    var driver = try server.driver()
    defer { driver.close() }
    let found = try driver.obstacles(StubTable.name)
    #expect(found.map(\.kind) == [.foreignKey, .foreignKey, .check, .trigger, .index, .uniqueKey])
    #expect(
      found.map(\.removal) == [
        "ALTER TABLE [dbo].[t] NOCHECK CONSTRAINT [fk]", "ALTER TABLE [app].[u] NOCHECK CONSTRAINT [fk2]",
        "ALTER TABLE [dbo].[t] NOCHECK CONSTRAINT [ck]", "ALTER TABLE [dbo].[t] DISABLE TRIGGER [tr]",
        "ALTER INDEX [ix] ON [dbo].[t] DISABLE", "ALTER INDEX [ux] ON [dbo].[t] DISABLE",
      ])
    // A constraint is trusted again if it was before.
    #expect(
      found.map(\.restoration) == [
        "ALTER TABLE [dbo].[t] WITH CHECK CHECK CONSTRAINT [fk]",
        "ALTER TABLE [app].[u] WITH NOCHECK CHECK CONSTRAINT [fk2]",
        "ALTER TABLE [dbo].[t] WITH CHECK CHECK CONSTRAINT [ck]", "ALTER TABLE [dbo].[t] ENABLE TRIGGER [tr]",
        "ALTER INDEX [ix] ON [dbo].[t] REBUILD", "ALTER INDEX [ux] ON [dbo].[t] REBUILD",
      ])
  }
}
