import SQLServerSimulator
import Testing

@Suite struct TableOptionTests {
  private let server = RecordedServer()

  @Test func `a table's bulk loads can be made to lock it, until that is rolled back`() {
    let session = server.connect()
    let asked = "select lock_on_bulk_load from sys.tables where name = 't'"
    func set(_ value: String) -> String {
      "exec sp_tableoption 'dbo.t', 'table lock on bulk load', '\(value)'"
    }
    #expect(session("create table t (a int)") == "")
    #expect(session(asked) == "0; #1")
    #expect(session(set("ON")) == "status 0")
    #expect(session(asked) == "1; #1")
    #expect(session("begin tran \(set("OFF")) rollback") == "begin; status 0; rollback")
    #expect(session(asked) == "1; #1")
  }

  @Test func `other tables, options and values are refused`() {
    let session = server.connect()
    #expect(session("create table t (a int)") == "")
    func refused(_ table: String, _ option: String, _ value: String) -> String {
      String(session("exec sp_tableoption '\(table)', '\(option)', '\(value)'").prefix(11))
    }
    #expect(refused("nosuch", "table lock on bulk load", "ON") == "error 15388")
    #expect(refused("t", "nosuch", "ON") == "error 15600")
    #expect(refused("t", "table lock on bulk load", "perhaps") == "error 15600")
    #expect(refused("t", "insert row lock", "ON") == "error 40517")
  }
}
