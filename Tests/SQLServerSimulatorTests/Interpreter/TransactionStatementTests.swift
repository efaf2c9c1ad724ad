import SQLServerSimulator
import Testing

@Suite struct TransactionStatementTests {
  let session = RecordedServer().connect()

  @Test func `a client hears of the outermost transaction only`() {
    #expect(session("begin tran begin tran commit select @@trancount") == "begin; 1; #1")
    #expect(session("commit select @@trancount") == "commit; 0; #1")
    #expect(session("begin tran rollback") == "begin; rollback")
  }

  @Test func `ends without beginnings are errors`() {
    #expect(session("commit") == "error 3902; failed")
    #expect(session("rollback") == "error 3903; failed")
    #expect(session("save tran a") == "error 628; failed")
    #expect(session("if @@trancount > 0 rollback") == "")
  }

  @Test func `XACT_ABORT rolls back and ends the batch`() {
    #expect(
      session("set xact_abort on begin tran select 1/0 select 2") == "begin; error 8134; rollback; failed")
    #expect(
      session("set xact_abort off begin tran select 1/0 select @@trancount rollback")
        == "begin; error 8134; failed; 1; #1; rollback")
  }

  @Test func `CATCH finds a transaction that can only be rolled back`() {
    #expect(
      session(
        "set xact_abort on begin tran begin try select 1/0 end try begin catch select xact_state() rollback end catch"
      )
        == "begin; -1; #1; rollback")
    #expect(
      session("set xact_abort on begin tran begin try select 1/0 end try begin catch commit end catch")
        .contains("error 3930"))
  }

  @Test func `a transaction that can only be rolled back does not outlive its batch`() {
    #expect(
      session("set xact_abort on begin tran begin try select 1/0 end try begin catch print 'x' end catch")
        == "begin; print x; rollback; error 3998; failed")
  }

  @Test func `implicit transactions begin with what reads or writes tables`() {
    #expect(session("set implicit_transactions on select 1 select @@trancount") == "1; #1; 0; #1")
    #expect(
      session("select count(*) from sys.databases where 1 = 0 select @@trancount rollback")
        .hasPrefix("begin"))
  }

  @Test func `a session that is reset forgets what it was`() throws {
    #expect(
      session("begin tran set nocount on set xact_abort on use master") == "begin; use master; info 5701")
    try session.session.reset(keepsTransaction: false)
    #expect(session("select @@trancount, db_name(), @@options & 512, @@options & 16384") == "0 db 0 0; #1")
  }

  @Test func `a session is not reset into another database than that of its login`() throws {
    let server = RecordedServer()
    let (session, other) = (server.connect(), server.connect())
    #expect(session("use master") == "use master; info 5701")
    #expect(other("use master drop database db create database db2") == "use master; info 5701")
    #expect(throws: SQLError.self) { try session.session.reset(keepsTransaction: false) }
    #expect(other("create database db") == "")
    try session.session.reset(keepsTransaction: false)
    #expect(session("select db_name()") == "db; #1")
  }

  @Test func `who waits to read the catalog is in nobody's way`() {
    let server = RecordedServer()
    let (reader, writer) = (server.connect(), server.connect())
    #expect(writer("create table a (x int)") == "")
    #expect(writer("begin tran create table b (x int)") == "begin")
    var written: [String] = []
    reader.recorder.whileWaiting = {
      // First b is waited for, and a was seen; then a, and b was.
      switch written.count {
      case 0: written += [writer("alter table a add y int"), writer("commit")]
      default: written += [writer("alter table b add y int"), writer("commit")]
      }
      if written.count == 2 { written.append(writer("begin tran alter table a add z int")) }
      return .called
    }
    #expect(reader("select count(*) from sys.tables") == "2; #1")
    #expect(written == ["", "commit", "begin", "", "commit"])
  }

  @Test(arguments: ["commit", "rollback", "begin tran", "save tran a"])
  func `a session that a failover has ended is told so, and not that it has no transaction`(statement: String)
  {
    let server = RecordedServer()
    let session = server.connect()
    #expect(session("begin tran") == "begin")
    server.core.failOver(refusing: .zero, readOnly: .zero)
    #expect(session(statement).contains("error 596"))
  }
}
