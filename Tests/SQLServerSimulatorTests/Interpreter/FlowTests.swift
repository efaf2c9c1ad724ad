import SQLServerSimulator
import Testing

@Suite struct FlowTests {
  let session = RecordedServer().connect()

  @Test func `a batch answers each of its statements`() {
    #expect(session("select 1 select 2, 3") == "1; #1; 2 3; #1")
    #expect(session("set nocount on select 1") == "1")
    #expect(session("print 'a' print N'é'") == "print a; print é")
    #expect(session("") == "")
  }

  @Test func `loops and conditions run what they should`() {
    #expect(session("declare @i int = 0 while @i < 3 set @i += 1 select @i") == "3; #1")
    #expect(
      session("declare @i int = 0 while 1 = 1 begin set @i += 1 if @i < 5 continue break end select @i")
        == "5; #1")
    #expect(session("if 1 = 2 select 1 else if 1 = 1 select 2 else select 3") == "2; #1")
    #expect(session("if exists (select 1 where 1 = 0) print 'yes' else print 'no'") == "print no")
    #expect(session("select 1 return select 2") == "1; #1")
  }

  @Test func `variables live as long as their batch, and from its beginning`() {
    #expect(session("if 1 = 0 begin declare @x int = 5 end select @x") == "NULL; #1")
    #expect(session("declare @x int = 5") == "")
    #expect(session("select @x") == "error 137; failed")
    #expect(session("declare @x int declare @x int") == "error 134; failed")
    #expect(session("declare @x tinyint = 300 select @x") == "error 220; failed; NULL; #1")
    #expect(session("declare @a int = 2, @b int set @b = @a * 3 select @b, @@rowcount") == "6 1; #1")
  }

  @Test func `an error of a statement lets the batch go on`() {
    #expect(session("select 1/0 select @@error") == "error 8134; failed; 8134; #1")
    #expect(
      session("raiserror('no %s: %d', 16, 1, 'x', 5) select @@error") == "error 50000; failed; 50000; #1")
    #expect(session("raiserror('said', 10, 1)") == "info 50000")
  }

  @Test func `an error of names or conversion ends the batch`() {
    #expect(session("select 1 select * from nosuch select 2") == "1; #1; error 208; failed")
    #expect(session("select cast('x' as int) select 2") == "error 245; failed")
    #expect(session("select from") == "error 156; failed")
    #expect(session(";throw 50001, 'mine', 3; select 1") == "error 50001; failed")
    #expect(session(";throw") == "error 10704; failed")
  }

  @Test func `TRY hands an error to CATCH with all that is known of it`() {
    #expect(
      session(
        """
        begin try
          select 1/0
        end try
        begin catch
          select error_number(), error_severity(), error_line(), error_message()
        end catch
        select error_number()
        """) == "8134 16 2 Divide by zero error encountered.; #1; NULL; #1")
    #expect(
      session(
        "begin try raiserror('a', 11, 5) end try begin catch select error_number(), error_state() end catch")
        == "50000 5; #1")
    #expect(
      session(
        """
        begin try
          begin try select 1/0 end try begin catch ;throw end catch
        end try begin catch select error_number() end catch
        """) == "8134; #1")
  }

  @Test func `a name that is not there is not caught in the same text, but by who executes it`() {
    #expect(
      session("begin try select * from nosuch end try begin catch select 1 end catch") == "error 208; failed")
    #expect(
      session("begin try exec('select * from nosuch') end try begin catch select error_number() end catch")
        == "208; #1")
    #expect(session("exec('select * from nosuch') select 2") == "error 208; failed; 2; #1")
  }

  @Test func `an attention ends a batch`() {
    session.recorder.awakening = .cancelled
    #expect(session("select 1") == "")
    session.recorder.awakening = .called
    #expect(session("select 1") == "1; #1")
  }

  @Test func `texts that execute themselves end at a depth`() {
    #expect(
      session(
        "declare @s nvarchar(max) = N'exec sp_executesql @s, N''@s nvarchar(max)'', @s = @s' "
          + "exec sp_executesql @s, N'@s nvarchar(max)', @s = @s"
      ).contains("error 217"))
  }
}
