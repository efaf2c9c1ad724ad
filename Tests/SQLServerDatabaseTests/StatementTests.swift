import Databases
import Rows
import SQLServerSimulator
import Testing

@testable import SQLServerDatabase

/// Whether the statements that the driver sends are T-SQL.
@Suite struct StatementTests {
  private static let table = TableName(schema: "dbo", name: "it's]")

  private static var statements: [String] {
    let catalog = [
      CatalogQueries.shape(of: table), CatalogQueries.key(of: table), CatalogQueries.objectID("[dbo].[t]"),
      CatalogQueries.schemaID("dbo"), CatalogQueries.tables("dbo"), CatalogQueries.columns("dbo"),
      CatalogQueries.defaults("dbo"), CatalogQueries.computed("dbo"), CatalogQueries.identities("dbo"),
      CatalogQueries.indexes("dbo"), CatalogQueries.indexColumns("dbo"), CatalogQueries.foreignKeys("dbo"),
      CatalogQueries.foreignKeyColumns("dbo"), CatalogQueries.checks("dbo"), CatalogQueries.triggers("dbo"),
      CatalogQueries.databaseCollation, CatalogQueries.enabledForeignKeys(42),
      CatalogQueries.enabledChecks(42),
      CatalogQueries.enabledTriggers(42), CatalogQueries.enabledIndexes(42),
      CatalogQueries.identityColumn(42),
      CatalogQueries.allowsSnapshots(), CatalogQueries.rowCount(42),
    ]
    return catalog + SessionOpener.settings(SQLServerOptions(isLoopback: true)) + created + written + read
  }

  private static var created: [String] {
    let samples: [ColumnType] = [
      .bool, .int16, .int32, .int64, .float32, .float64, .decimal(precision: 10, scale: 2),
      .numeric(trailingZeros: true), .text(maxLength: nil), .text(maxLength: 5), .fixedText(length: 4),
      .bytes(maxLength: nil), .bytes(maxLength: 4), .uuid, .date, .time(precision: 3),
      .timestamp(precision: 7), .timestampTZ(precision: 6), .json,
    ]
    var schema = TableSchema(
      name: table, engine: Engine(rawValue: "postgres"),
      columns: samples.enumerated().map { ColumnSchema(name: "c \($0.offset)", type: $0.element) },
      primaryKey: KeySchema(name: "k", columns: ["c 3", "c 9"], isUnique: true))
    schema.columns[3].identity = .always
    schema.indexes = [
      KeySchema(name: "u", columns: ["c 1", "c 2"], isUnique: true),
      KeySchema(name: "i", columns: ["c 9"], isUnique: false),
    ]
    var key = ForeignKeySchema(
      name: "f", columns: ["c 3"], referencedTable: table, referencedColumns: ["c 3"])
    key.onDelete = .cascade
    schema.foreignKeys = [key]
    var definition = TableDefinition(schema, isPlain: false)
    var own = TableSchema(name: table, engine: SQLServerDialect.engine, columns: [])
    own.columns = [
      ("a", "nvarchar(10)"), ("b", "datetimeoffset(7)"), ("c", "money"), ("d", "xml"),
      ("e", "varbinary(max)"),
    ].map { name, declared in
      var column = ColumnSchema(name: name, type: .text(maxLength: 10))
      column.declared = declared
      return column
    }
    own.columns[0].defaultExpression = "(N'x')"
    own.columns[0].collation = "Latin1_General_BIN2"
    var computed = ColumnSchema(name: "total", type: .int32, isGenerated: true)
    computed.generation = "AS (len([a])+(1)) PERSISTED"
    var version = ColumnSchema(name: "version", type: .bytes(maxLength: 8), isGenerated: true)
    version.generation = "rowversion"
    own.columns += [computed, version]
    own.checks = [CheckSchema(name: "ck", definition: "CHECK ([a]<>N'')")]
    var ownDefinition = TableDefinition(own, isPlain: false)
    return [definition.statement(table), ownDefinition.statement(table)]
      + definition.later(table).map(\.restoration)
  }

  private static var written: [String] {
    let dialect = SQLServerDialect()
    let name = dialect.quoted(table)
    return [
      "BEGIN TRANSACTION", "COMMIT TRANSACTION",
      "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
      "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION",
      "COMMIT TRANSACTION; SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "SET IDENTITY_INSERT \(name) ON",
      "INSERT INTO \(name) ([a], [b]) VALUES (1, CONVERT(xml, N'<a/>', 1)), (CAST(0x6100 AS nvarchar(max)), 1.5E0)",
      "ALTER TABLE \(name) NOCHECK CONSTRAINT [fk]", "ALTER TABLE \(name) WITH CHECK CHECK CONSTRAINT [fk]",
      "ALTER TABLE \(name) WITH NOCHECK CHECK CONSTRAINT [fk]", "ALTER TABLE \(name) DISABLE TRIGGER [tr]",
      "ALTER TABLE \(name) ENABLE TRIGGER [tr]", "ALTER INDEX [ix] ON \(name) DISABLE",
      "ALTER INDEX [ix] ON \(name) REBUILD", "DBCC CHECKIDENT (N'[dbo].[t]', RESEED) WITH NO_INFOMSGS",
      "DECLARE @fence int; EXEC @fence = sp_getapplock @Resource = N'x', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 1000; SELECT @fence",
      "IF OBJECT_ID(N'[dbo].[t]', N'U') IS NULL CREATE TABLE \(name) (job nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL, unit bigint NOT NULL, state nvarchar(200) NOT NULL, PRIMARY KEY (job, unit))",
      SQLServerDriver.batch(
        SQLStatement(
          "UPDATE \(name) SET state = @p1, attempt = @p2 WHERE job = @p3",
          [.text("a"), .integer(.min), .null])),
      SQLServerDriver.batch(SQLStatement("SELECT max(position) FROM \(name) WHERE job = @p1", [.text("a")])),
    ]
  }

  private static var read: [String] {
    let dialect = SQLServerDialect()
    let options = SQLServerOptions(isLoopback: true)
    let types = ["text", "ntext", "image", "nvarchar(10)", "nvarchar(max)", "varchar(10)", "xml", "int"]
    let list = types.map { StubTypes.type($0).0.expression("[c]", options) }.joined(separator: ", ")
    let ranges: [KeyRange] = [
      .null, .span(from: nil, to: nil), .span(from: .integer(.min), to: .integer(7)),
      .span(from: .text("é"), to: nil),
    ]
    let conditions = ranges.compactMap { range in
      dialect.literalCondition(
        TableRange(table: table, column: ColumnSchema(name: "c", type: .int64), range: range))
    }
    let name = dialect.quoted(table)
    return conditions.flatMap {
      ["SELECT \(list) FROM \(name) WITH (NOLOCK) WHERE \($0)", "DELETE FROM \(name) WHERE \($0)"]
    } + [
      "SELECT TOP (1000) DATALENGTH([a]), DATALENGTH([b]) FROM \(name)",
      "SELECT CAST([a] AS bigint) FROM \(name) WHERE [a] % 31 = 0",
      "SELECT CAST(0x AS varbinary(1)) FROM \(name)",
    ]
  }

  @Test(arguments: statements) func `a statement is T-SQL`(_ statement: String) throws {
    do throws(SQLError) {
      _ = try Parser.parse(statement)
    } catch {
      Issue.record("\(error): \(statement)")
    }
  }
}
