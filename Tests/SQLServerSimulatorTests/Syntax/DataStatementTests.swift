import Testing

@testable import SQLServerSimulator

@Suite struct DataStatementTests {
  private func insert(_ text: String) throws -> InsertStatement {
    guard case .insert(let statement) = try Parsing.statement(text) else {
      throw Parsing.Unexpected(what: text)
    }
    return statement
  }

  @Test func `INSERT takes rows, queries, calls and defaults`() throws {
    let rows = try insert("INSERT INTO dbo.t WITH (TABLOCK) (a, [b c]) VALUES (1, DEFAULT), (-2, N'x')")
    #expect(rows.columns.map(\.text) == ["a", "b c"])
    #expect(
      rows.source
        == .values([[integer(1), .defaultValue], [.unary(.minus, integer(2)), national("x")]]))
    guard case .table(_, let hints) = rows.target else { throw Parsing.Unexpected(what: "no table") }
    #expect(hints == [.tableLock])
    guard case .query = try insert("insert t select * from u").source,
      case .query = try insert("insert t (a) (select 1) union select 2").source,
      case .query = try insert("insert into t (select 1)").source,
      case .execute = try insert("insert into @t exec p 1").source
    else { throw Parsing.Unexpected(what: "sources") }
    #expect(try insert("insert t default values").source == .defaultValues)
    #expect(try insert("insert top (5) into t select 1").top?.count == integer(5))
  }

  @Test func `OUTPUT has items and a target of its own`() throws {
    let output = try #require(
      insert("insert t (a) output inserted.id, inserted.* into @x (b, c) values (1)").output)
    #expect(output.items.count == 2)
    #expect(output.into == .variable("@x"))
    #expect(output.intoColumns.map(\.text) == ["b", "c"])
    #expect(try insert("insert t output inserted.id select 1").output?.items.count == 1)
  }

  @Test func `an INSERT has at most a thousand rows, of one length`() {
    let rows = Array(repeating: "(1)", count: 1000).joined(separator: ",")
    #expect(Parsing.failure("insert t values " + rows) == nil)
    #expect(Parsing.failure("insert t values (1)," + rows)?.number == 10738)
    #expect(Parsing.failure("insert t values (1), (1, 2)")?.number == 10709)
  }

  @Test func `UPDATE assigns to columns and variables`() throws {
    guard
      case .update(let update) = try Parsing.statement(
        """
        update top (3) x with (rowlock) set a = 1, x.b += 2, @v = c = 3, @w = 4, d = default
        output deleted.a from t as x join u on x.a = u.a where u.b = 1 option (maxdop 1)
        """)
    else { throw Parsing.Unexpected(what: "no UPDATE") }
    #expect(update.assignments.map(\.variable) == [nil, nil, "@v", "@w", nil])
    #expect(update.assignments.map(\.column?.name.text) == ["a", "b", "c", nil, "d"])
    #expect(update.assignments[1].operator == .compound(.add))
    #expect(update.from.count == 1)
    #expect(update.filter != nil)
    #expect(update.output != nil)
    #expect(update.top != nil)
  }

  @Test func `DELETE has one or two FROMs or none`() throws {
    for text in [
      "delete t", "delete from t where a = 1", "delete top (10) from t with (tablock)",
      "delete x from t x where a = 1", "delete from x output deleted.* from t x, u",
    ] {
      guard case .delete = try Parsing.statement(text) else { throw Parsing.Unexpected(what: text) }
    }
    #expect(Parsing.failure("delete top 5 from t")?.message == "Incorrect syntax near '5'.")
  }

  @Test func `INSERT BULK has columns with types and hints`() throws {
    guard
      case .insertBulk(let bulk) = try Parsing.statement(
        """
        insert bulk db1.dbo.t ([id] INT, [nm] NVarChar(50) COLLATE SQL_Latin1_General_CP1_CI_AS, [d] \
        DECIMAL(18,4),
        [mx] VARBINARY(MAX), [ts] timestamp) with (TABLOCK, KEEP_NULLS, ROWS_PER_BATCH = 100, ORDER([id] ASC),
        KILOBYTES_PER_BATCH = 5, FIRE_TRIGGERS, CHECK_CONSTRAINTS)
        """)
    else { throw Parsing.Unexpected(what: "no INSERT BULK") }
    #expect(bulk.columns.map(\.name.text) == ["id", "nm", "d", "mx", "ts"])
    #expect(bulk.columns[1].collation?.text == "SQL_Latin1_General_CP1_CI_AS")
    #expect(bulk.columns[2].type.scale == 4)
    #expect(bulk.columns[3].type.length == .max)
    #expect(
      bulk.options == [
        .tableLock, .keepNulls, .rowsPerBatch(100),
        .order([IndexColumn(name: Identifier("id", isQuoted: true), isDescending: false)]),
        .kilobytesPerBatch(5), .fireTriggers, .checkConstraints,
      ])
  }

  /// FreeTDS drops the argument of a hint.
  @Test func `a hint without its argument is a syntax error`() {
    #expect(
      Parsing.failure("insert bulk t ([a] INT) with (ROWS_PER_BATCH)")?.message
        == "Incorrect syntax near ')'.")
  }
}
