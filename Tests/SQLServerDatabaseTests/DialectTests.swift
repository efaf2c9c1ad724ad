import Databases
import Rows
import Testing

@testable import SQLServerDatabase

@Suite struct DialectTests {
  private let dialect = SQLServerDialect()

  @Test func `identifiers and texts are quoted whatever they hold`() {
    #expect(dialect.quoted("a]b") == "[a]]b]")
    #expect(dialect.quoted(TableName(schema: "d.o", name: "it's")) == "[d.o].[it's]")
    #expect(SQLText.literal("it's") == "N'it''s'")
    #expect(SQLText.binary([0, 0xAB] as [UInt8]) == "0x00AB")
  }

  @Test func `parameters are variables in front of the statement`() {
    let statement = SQLStatement(
      "SELECT 1 WHERE a = @p1 AND b = @p2 AND c = @p3", [.text("o'x"), .integer(-5), .null])
    #expect(
      SQLServerDriver.batch(statement)
        == "DECLARE @p1 nvarchar(max) = N'o''x', @p2 bigint = -5, @p3 nvarchar(max) = NULL; SELECT 1 WHERE a = @p1 AND b = @p2 AND c = @p3"
    )
  }

  @Test func `ranges are literals that an index is used for`() throws {
    let id = ColumnSchema(name: "id", type: .int64)
    func condition(_ range: KeyRange) -> String? {
      dialect.literalCondition(
        TableRange(table: TableName(name: "t"), column: range == .all ? nil : id, range: range))
    }
    #expect(condition(.all) == nil)
    #expect(condition(.null) == "[id] IS NULL")
    #expect(condition(.span(from: nil, to: nil)) == "[id] IS NOT NULL")
    #expect(condition(.span(from: .integer(-5), to: .integer(10))) == "[id] >= -5 AND [id] < 10")
    #expect(
      condition(.span(from: .integer(.min), to: nil)) == "[id] >= CAST(-9223372036854775808 AS bigint)")
    #expect(
      condition(.span(from: .text("é"), to: nil))
        == "CAST(CAST([id] COLLATE Latin1_General_100_BIN2_UTF8 AS varchar(max)) AS varbinary(max)) >= 0xC3A9"
    )
  }

  @Test func `cuts are ascending, distinct, and leave nothing empty`() {
    #expect(SQLServerDriver.cuts([1, 2, 3, 4, 5, 6], 3) == [3, 5])
    #expect(SQLServerDriver.cuts([1, 1, 1, 1], 3) == [])
    #expect(SQLServerDriver.cuts([1, 1, 1, 2, 2, 2], 6) == [2])
    #expect(SQLServerDriver.cuts([Int](), 4) == [])
  }

  @Test func `a message keeps no row values`() {
    func safe(_ number: Int32, _ text: String) -> String {
      ServerText(number: number, state: 1, severity: 16, text: text, procedure: "", line: 1).safeText
    }
    #expect(
      safe(
        2628, "String or binary data would be truncated in table 't', column 'c'. Truncated value: 'secret'.")
        == "String or binary data would be truncated in table 't', column 'c'.")
    #expect(
      safe(245, "Conversion failed when converting the varchar value 'secret' to data type int.")
        == "Conversion failed when converting the varchar value '…' to data type int.")
    #expect(!safe(50_000, "secret").contains("secret"))
    #expect(safe(1205, "deadlock").contains("deadlock"))
  }

  @Test func `every datetime that a server shows is written back as the same`() throws {
    for ticks in Int64(0)..<300 {
      let milliseconds = Moments.milliseconds(ticks: ticks)
      #expect(try Moments.datetimeTicks(milliseconds * 10_000) == ticks)
    }
    #expect((Int64(0)..<6).map(Moments.milliseconds) == [0, 3, 7, 10, 13, 17])
  }

  @Test func `a table of another engine is created with what holds its values`() {
    var table = TableSchema(
      name: TableName(name: "t"), engine: Engine(rawValue: "postgres"),
      columns: [
        ColumnSchema(name: "id", type: .int64, isNullable: false, identity: .byDefault),
        ColumnSchema(name: "code", type: .text(maxLength: nil)),
        ColumnSchema(name: "n", type: .numeric(trailingZeros: true)),
      ], primaryKey: KeySchema(name: "t_pkey", columns: ["code"], isUnique: true))
    table.indexes = [KeySchema(name: "t_n", columns: ["n"], isUnique: true)]
    var definition = TableDefinition(table, isPlain: false)
    let target = TableName(schema: "dbo", name: "t")
    #expect(
      definition.statement(target)
        == "CREATE TABLE [dbo].[t] ([id] bigint IDENTITY(1,1) NOT NULL, [code] nvarchar(450) COLLATE Latin1_General_100_BIN2 NOT NULL, [n] decimal(38,10) NULL, CONSTRAINT [t_pkey] PRIMARY KEY ([code]))"
    )
    #expect(definition.notes.count == 2)
    #expect(
      definition.later(target).map(\.restoration)
        == ["CREATE UNIQUE INDEX [t_n] ON [dbo].[t] ([n]) WHERE [n] IS NOT NULL"])
  }

  @Test func `a table of a SQL Server keeps its types, defaults, checks and computed columns`() {
    var column = ColumnSchema(name: "v", type: .text(maxLength: 10))
    column.declared = "nvarchar(10)"
    column.defaultExpression = "(N'x')"
    var computed = ColumnSchema(name: "c", type: .int32, isGenerated: true)
    computed.generation = "AS ([a]+(1)) PERSISTED"
    var version = ColumnSchema(name: "r", type: .bytes(maxLength: 8), isGenerated: true)
    version.generation = "rowversion"
    var table = TableSchema(
      name: TableName(name: "t"), engine: SQLServerDialect.engine, columns: [column, computed, version])
    table.checks = [CheckSchema(name: "k", definition: "CHECK ([v]<>N'')")]
    var whole = TableDefinition(table, isPlain: false)
    #expect(
      whole.statement(TableName(schema: "dbo", name: "t"))
        == "CREATE TABLE [dbo].[t] ([v] nvarchar(10) NULL DEFAULT (N'x'), [c] AS ([a]+(1)) PERSISTED, [r] rowversion, CONSTRAINT [k] CHECK ([v]<>N''))"
    )
    var plain = TableDefinition(table, isPlain: true)
    #expect(
      plain.statement(TableName(schema: "dbo", name: "t")).hasPrefix(
        "CREATE TABLE [dbo].[t] ([v] nvarchar(10) NULL, [c] int NULL, [r] rowversion"))
    #expect(plain.notes.count == 3)
  }
}
