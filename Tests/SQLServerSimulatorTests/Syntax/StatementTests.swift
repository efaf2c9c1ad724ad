import Testing

@testable import SQLServerSimulator

@Suite struct StatementTests {
  @Test func `statements need no separators and have their lines and ranges`() throws {
    let batch = try Parser.parse("SET FMTONLY ON select * from t\n SET FMTONLY OFF ; print 'x'")
    #expect(batch.statements.map(\.line) == [1, 1, 2, 2])
    #expect(
      batch.statements.map { batch.source(of: $0.range) }
        == ["SET FMTONLY ON", "select * from t", "SET FMTONLY OFF", "print 'x'"])
  }

  @Test func `an empty text is a batch of nothing`() throws {
    for text in ["", "  \n", ";;", "-- x", "/* x */"] {
      #expect(try Parser.parse(text).statements.isEmpty)
    }
  }

  @Test func `IF takes one statement and its ELSE, through a semicolon`() throws {
    let statements = try Parsing.statements("if @@trancount > 0 commit tran; else select 1 select 2")
    #expect(statements.count == 2)
    guard case .conditional(_, let then, let other) = statements[0] else {
      throw Parsing.Unexpected(what: "no IF")
    }
    #expect(then.body == .commitTransaction(nil))
    #expect(other != nil)
  }

  @Test func `blocks, loops and handlers hold statements`() throws {
    let text = """
      while @i < 10 begin
        set @i += 1
        if @i = 5 break else continue
      end
      begin try select 1/0 end try
      begin catch throw end catch
      """
    let statements = try Parsing.statements(text)
    #expect(statements.count == 2)
    guard case .loop(_, let body) = statements[0], case .block(let inner) = body.body else {
      throw Parsing.Unexpected(what: "no WHILE")
    }
    #expect(inner.map(\.line) == [2, 3])
    guard case .tryCatch(let tried, let handler) = statements[1] else {
      throw Parsing.Unexpected(what: "no TRY")
    }
    #expect(tried.count == 1)
    #expect(handler.map(\.body) == [.throw(nil)])
    #expect(throws: Never.self) { try Parsing.statement("begin try select 1 end try begin catch end catch") }
  }

  @Test(
    arguments: [
      ("begin tran", .beginTransaction(nil)), ("BEGIN TRANSACTION [a b]", .beginTransaction(.name("[a b]"))),
      ("begin tran @n with mark 'x'", .beginTransaction(.variable("@n"))),
      ("commit", .commitTransaction(nil)),
      ("commit work", .commitTransaction(nil)), ("COMMIT TRAN a", .commitTransaction(.name("a"))),
      ("rollback transaction a", .rollbackTransaction(.name("a"))), ("rollback", .rollbackTransaction(nil)),
      ("save tran a", .saveTransaction(.name("a"))),
    ] as [(String, StatementBody)])
  func `transactions have names`(text: String, body: StatementBody) throws {
    #expect(try Parsing.statement(text) == body)
  }

  @Test(
    arguments: [
      ("set nocount on", .options(["NOCOUNT"], isOn: true)),
      (
        "SET CONCAT_NULL_YIELDS_NULL, ansi_nulls OFF",
        .options(["CONCAT_NULL_YIELDS_NULL", "ANSI_NULLS"], isOn: false)
      ),
      ("set what_is_this on", .options(["WHAT_IS_THIS"], isOn: true)),
      ("set lock_timeout -1", .value("LOCK_TIMEOUT", .unary(.minus, integer(1)))),
      ("SET TEXTSIZE 2147483647", .value("TEXTSIZE", integer(.max))),
      ("set dateformat mdy", .value("DATEFORMAT", national("mdy"))),
      ("set rowcount @n", .value("ROWCOUNT", .variable("@n"))),
      ("set deadlock_priority low", .value("DEADLOCK_PRIORITY", national("low"))),
      ("set language N'us_english'", .value("LANGUAGE", national("us_english"))),
      ("set context_info 0x01", .value("CONTEXT_INFO", .literal(.binary([1])))),
      ("set transaction isolation level repeatable read", .isolationLevel(.repeatableRead)),
      ("set transaction isolation level snapshot", .isolationLevel(.snapshot)),
      ("set transaction isolation level read uncommitted", .isolationLevel(.readUncommitted)),
      ("set identity_insert t on", .identityInsert(ObjectName(name: Identifier("t")), isOn: true)),
      ("set statistics io, time off", .statistics(["IO", "TIME"], isOn: false)),
      ("set @a = 1", .variable("@a", .assign, integer(1))),
      ("set @a += 1", .variable("@a", .compound(.add), integer(1))),
    ] as [(String, SetStatement)])
  func `SET takes options, values and variables`(text: String, statement: SetStatement) throws {
    #expect(try Parsing.statement(text) == .set(statement))
  }

  @Test func `DECLARE takes scalars with values, and tables`() throws {
    #expect(
      try Parsing.statement("declare @a int = 1, @b as varchar(10)")
        == .declare([
          VariableDeclaration(name: "@a", type: DataType(name: Identifier("int")), initial: integer(1)),
          VariableDeclaration(
            name: "@b", type: DataType(name: Identifier("varchar"), length: .number(10)), initial: nil),
        ]))
    guard
      case .declareTable("@t", let elements) = try Parsing.statement(
        "declare @t table (a int primary key, b int)")
    else { throw Parsing.Unexpected(what: "no table") }
    #expect(elements.columns.count == 2)
    #expect(elements.constraints.count == 1)
  }

  @Test func `EXECUTE has a procedure or text, and arguments of all kinds`() throws {
    guard
      case .execute(let call) = try Parsing.statement(
        "exec @r = master..p 1, -2, @a output, @b = N'x', @c = @d out, default, null, word with recompile")
    else { throw Parsing.Unexpected(what: "no EXEC") }
    #expect(call.returnVariable == "@r")
    #expect(
      call.arguments == [
        ExecuteArgument(name: nil, value: integer(1), isOutput: false),
        ExecuteArgument(name: nil, value: .unary(.minus, integer(2)), isOutput: false),
        ExecuteArgument(name: nil, value: .variable("@a"), isOutput: true),
        ExecuteArgument(name: "@b", value: national("x"), isOutput: false),
        ExecuteArgument(name: "@c", value: .variable("@d"), isOutput: true),
        ExecuteArgument(name: nil, value: .defaultValue, isOutput: false),
        ExecuteArgument(name: nil, value: .literal(.null), isOutput: false),
        ExecuteArgument(name: nil, value: national("word"), isOutput: false),
      ])
    guard case .execute(let text) = try Parsing.statement("EXEC(N'SELECT ' + @a)") else {
      throw Parsing.Unexpected(what: "no EXEC")
    }
    #expect(text.module == .text(.binary(.add, national("SELECT "), .variable("@a"))))
  }

  @Test func `a batch may begin with a procedure, and only begin`() throws {
    guard case .execute(let call) = try Parsing.statements("sp_datatype_info_100 12,3 select 1")[0] else {
      throw Parsing.Unexpected(what: "no call")
    }
    #expect(call.arguments.count == 2)
    #expect(Parsing.failure("select 1; sp_who")?.message == "Incorrect syntax near 'sp_who'.")
  }

  @Test func `messages have operands`() throws {
    #expect(try Parsing.statement("print 'x'") == .printText(string("x")))
    #expect(
      try Parsing.statement("throw 50000, 'x', 1")
        == .throw(ThrowOperands(number: integer(50000), message: string("x"), state: integer(1))))
    guard
      case .raiseError(let raised) = try Parsing.statement(
        "raiserror('a %d', 16, 1, 5) with nowait, log")
    else { throw Parsing.Unexpected(what: "no RAISERROR") }
    #expect(raised.arguments == [integer(5)])
    #expect(raised.options == ["NOWAIT", "LOG"])
  }

  @Test func `DBCC has names and values`() throws {
    guard
      case .dbcc(let check) = try Parsing.statement(
        "DBCC CHECKIDENT ('dbo.t', RESEED, -5) WITH NO_INFOMSGS")
    else { throw Parsing.Unexpected(what: "no DBCC") }
    #expect(check.command == "CHECKIDENT")
    #expect(
      check.arguments == [
        .value(string("dbo.t")), .name(ObjectName(name: Identifier("RESEED"))),
        .value(.unary(.minus, integer(5))),
      ])
    #expect(check.options == ["NO_INFOMSGS"])
    #expect(throws: Never.self) { try Parsing.statement("dbcc traceon(1204, -1)") }
    #expect(throws: Never.self) { try Parsing.statement("dbcc useroptions") }
  }

  @Test func `RETURN has a value only if one is there`() throws {
    #expect(try Parsing.statements("return select 1").count == 2)
    #expect(try Parsing.statement("return -1") == .return(.unary(.minus, integer(1))))
  }

  @Test func `parameters of sp_executesql have types and directions`() throws {
    let parameters = try Parser.parseParameters(
      Array("@P1 nvarchar(4000), @b as decimal(10,2)=1 output".utf16))
    #expect(parameters.map(\.name) == ["@P1", "@b"])
    #expect(parameters.map(\.isOutput) == [false, true])
    #expect(parameters[1].defaultValue == integer(1))
    #expect(try Parser.parseParameters([]).isEmpty)
    #expect(throws: SQLError.self) { try Parser.parseParameters(Array("@a".utf16)) }
  }
}

extension TransactionName {
  /// A name as it is written.
  fileprivate static func name(_ text: String) -> TransactionName {
    let isQuoted = text.hasPrefix("[")
    return .name(Identifier(isQuoted ? String(text.dropFirst().dropLast()) : text, isQuoted: isQuoted))
  }
}
