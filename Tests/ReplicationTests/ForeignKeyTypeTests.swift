import Databases
import Rows
import SQLiteDatabase
import Testing

@testable import Replication

@Suite struct ForeignKeyTypeTests {
  private static func table(_ name: String, _ columns: [(String, ColumnType)]) -> TableSchema {
    TableSchema(
      name: TableName(schema: nil, name: name), engine: .sqlite,
      columns: columns.map { ColumnSchema(name: $0.0, type: $0.1, declared: "INT") })
  }

  private static func key(_ column: String, _ table: String, _ referenced: String) -> ForeignKeySchema {
    ForeignKeySchema(
      name: "fk_\(column)", columns: [column], referencedTable: TableName(schema: nil, name: table),
      referencedColumns: [referenced])
  }

  private static func target(_ name: String, of tables: [TableSchema], equal: Bool) throws -> TableSchema {
    let source = try #require(tables.first { $0.name.name == name })
    return TargetTable.from(source, schema: nil, style: .keep, tables: tables, equalTypes: equal)
  }

  @Test func `an integer becomes as wide as the key that it references, and says so`() throws {
    var child = Self.table("child", [("id", .int64), ("parent", .int32), ("other", .int32)])
    child.foreignKeys = [Self.key("parent", "parents", "id")]
    let tables = [child, Self.table("parents", [("id", .int64)])]
    let made = try Self.target("child", of: tables, equal: true)
    #expect(made.columns.map(\.type) == [.int64, .int64, .int32])
    #expect(made.unportable.count == 1)
    #expect(
      try Self.target("child", of: tables, equal: false).columns.map(\.type) == child.columns.map(\.type))
  }

  @Test func `what is tied together over several tables and in circles is as wide as the widest`() throws {
    var first = Self.table("first", [("id", .int16), ("next", .int16)])
    first.foreignKeys = [Self.key("next", "second", "id")]
    var second = Self.table("second", [("id", .int32), ("next", .int64)])
    second.foreignKeys = [Self.key("id", "third", "id"), Self.key("next", "first", "id")]
    let tables = [first, second, Self.table("third", [("id", .int16)])]
    #expect(try Self.target("first", of: tables, equal: true).columns.map(\.type) == [.int64, .int32])
    #expect(try Self.target("second", of: tables, equal: true).columns.map(\.type) == [.int32, .int64])
    #expect(try Self.target("third", of: tables, equal: true).columns.map(\.type) == [.int32])
  }

  @Test func `types that are no integers stay as they are`() throws {
    var child = Self.table("child", [("parent", .text(maxLength: 10))])
    child.foreignKeys = [Self.key("parent", "parents", "id")]
    let tables = [child, Self.table("parents", [("id", .text(maxLength: 20))])]
    #expect(try Self.target("child", of: tables, equal: true).columns.map(\.type) == [.text(maxLength: 10)])
  }
}
