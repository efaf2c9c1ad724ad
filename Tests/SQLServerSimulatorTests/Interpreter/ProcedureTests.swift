import SQLServerSimulator
import Testing

@Suite struct ProcedureTests {
  let server = RecordedServer()

  @Test func `sp_executesql takes parameters and gives outputs`() {
    let session = server.connect()
    #expect(
      session("exec sp_executesql N'select @a + @b', N'@a int, @b int', 1, @b = 41") == "42; #1; status 0")
    #expect(
      session(
        "declare @x int exec sp_executesql N'set @o = 7', N'@o int output', @o = @x output select @x")
        == "status 0; 7; #1")
    #expect(session("exec sp_executesql N'select @a', N'@a int'").hasPrefix("error 8178"))
    #expect(
      session.call(
        "sp_executesql", .init("", .nvarchar(50), .text("set @o = @i * 2")),
        .init("", .nvarchar(50), .text("@i int, @o int output")), .init("@i", .int, .integer(21)),
        .init("@o", .int, .null, isOutput: true)) == "status 0; @o = integer(42)")
  }

  @Test func `prepared texts are executed by their handles`() {
    let session = server.connect()
    let prepared = session.call(
      "sp_prepexec", .init("", .int, .null, isOutput: true), .init("", .nvarchar(50), .text("@p int")),
      .init("", .nvarchar(50), .text("select @p")), .init("", .int, .integer(5)))
    #expect(prepared == "5; #1; status 0;  = integer(1)")
    #expect(
      session.call("sp_execute", .init("", .int, .integer(1)), .init("", .int, .integer(6)))
        == "6; #1; status 0")
    #expect(session.call("sp_unprepare", .init("", .int, .integer(1))) == "status 0")
    #expect(session.call("sp_execute", .init("", .int, .integer(1))).hasPrefix("error 8179"))
  }

  @Test func `an application lock keeps others out until its owner ends`() {
    let (first, second) = (server.connect(), server.connect())
    let take = "declare @r int exec @r = sp_getapplock 'job', 'Exclusive', @LockTimeout = 0 select @r"
    #expect(first("begin tran " + take) == "begin; status 0; 0; #1")
    #expect(second("begin tran " + take) == "begin; status -1; -1; #1")
    #expect(first("commit") == "commit")
    #expect(second(take) == "status 0; 0; #1")
  }

  @Test func `a procedure that is not there is error 2812`() {
    let session = server.connect()
    #expect(session("exec nosuch select 1") == "error 2812; failed; 1; #1")
    #expect(session.call("nosuch") == "error 2812; failed; status -6; failed")
  }

  @Test func `an armed fault strikes the statement that it names, as often as it says`() {
    let session = server.connect()
    #expect(session("exec sp_proofload_fault @error = 1222, @statement = 'select 2', @nth = 2") == "status 0")
    #expect(session("select 1 select 2 select 2 select 2") == "1; #1; 2; #1; error 1222; failed; 2; #1")
    #expect(session("exec sp_proofload_fault @error = 1205, @rows = 1, @statement = 'union'") == "status 0")
    #expect(
      session("begin tran select 1 union all select 2 select 3") == "begin; 1; error 1205; rollback; failed")
  }

  @Test func `a commit fails before it is done, or is done and nobody hears of it`() {
    let session = server.connect()
    #expect(session("exec sp_proofload_fault @error = 40197, @moment = 'commit'") == "status 0")
    #expect(session("begin tran commit").hasPrefix("begin; error 40197"))
    let other = server.connect()
    #expect(other("exec sp_proofload_fault @moment = 'after commit', @action = 'reset'") == "status 0")
    #expect(other("begin tran commit") == "begin; reset")
  }
}
