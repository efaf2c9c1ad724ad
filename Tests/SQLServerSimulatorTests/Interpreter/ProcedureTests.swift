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

  @Test(arguments: ["exec('%')", "exec sp_executesql N'%'"])
  func `what a text sets ends with it`(form: String) {
    let session = server.connect()
    func inner(_ text: String) -> String { session(form.replacing("%", with: text)) }
    #expect(session("create table t (id int identity primary key)") == "")
    let look = "select db_name(), @@options & 16896, @@lock_timeout, @@datefirst, @@language"
    let isolation = "select transaction_isolation_level from sys.dm_exec_sessions where session_id = @@spid"
    #expect(session(look).hasPrefix("db 0 -1 7 us_english"))
    #expect(inner("use master").contains("use master; info 5701; use db"))
    for text in [
      "set nocount on set xact_abort on", "set lock_timeout 5", "set datefirst 3", "set language british",
      "set transaction isolation level serializable", "set identity_insert t on", "set rowcount 1",
    ] { _ = inner(text) }
    #expect(session(look).hasPrefix("db 0 -1 7 us_english"))
    #expect(session(isolation).hasPrefix("2"))
    #expect(session("insert t (id) values (7)").hasPrefix("error 544"))
    #expect(session("select 1 union all select 2") == "1|2; #2")
    #expect(inner("set identity_insert t on insert t (id) values (7)").contains("#1"))
  }

  @Test func `a database that somebody uses, or returns to, is not dropped`() {
    let (first, second) = (server.connect(), server.connect())
    #expect(first("create database other use other") == "use other; info 5701")
    #expect(second("drop database other").hasPrefix("error 3702"))
    #expect(first("exec('use master drop database other')").contains("error 3702"))
    #expect(first("use db") == "use db; info 5701")
    #expect(second("drop database other") == "")
    #expect(second("create database another use another create table t (id int)").hasPrefix("use another"))
    #expect(first("select count(*) from t").hasPrefix("error 208"))
  }

  @Test func `a procedure that the catalog does not have is refused`() {
    #expect(server.connect().call("sp_datatype_info_100").hasPrefix("error 40514"))
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
