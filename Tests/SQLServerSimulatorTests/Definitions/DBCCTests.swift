import Testing

@testable import SQLServerSimulator

@Suite struct DBCCTests {
  private static let completed =
    "DBCC execution completed. If DBCC printed error messages, contact your system administrator."

  private func server() throws -> DefinitionServer {
    try DefinitionServer("CREATE TABLE t (id int IDENTITY(5, 5), a int)")
  }

  private func next(_ server: DefinitionServer) throws -> Int64? { try server.table("t").identity?.next }

  @Test func `a table that never had rows takes the new value itself`() throws {
    var server = try server()
    #expect(server("DBCC CHECKIDENT (t, RESEED, 100)") == "7998 2528")
    #expect(try next(server) == 100)
    #expect(server("DBCC CHECKIDENT ('dbo.t', RESEED, -7) WITH NO_INFOMSGS") == "")
    #expect(try next(server) == -7)
    #expect(try server.table("t").identity?.seed == 5)
  }

  @Test func `a table that had rows goes on behind the new value, until it is truncated`() throws {
    var server = try server()
    try server.insert("t", "SELECT 5, 1 UNION ALL SELECT 10, 1")
    #expect(
      server.messages("DBCC CHECKIDENT ('[dbo].[t]', RESEED, 30)")
        == ["Checking identity information: current identity value '10'.", DBCCTests.completed])
    #expect(try next(server) == 35)
    let (session, number) = (server.query.context.session.number, try server.number(of: "t"))
    _ = try server.query.context.attempt { context throws(SQLError) in
      try context.storage.truncateTable(session, number).value()
    }
    #expect(try next(server) == 5)
    #expect(server("DBCC CHECKIDENT (t, RESEED, 0)") == "7998 2528")
    #expect(try next(server) == 0)
  }

  @Test func `without a value the next number only ever rises`() throws {
    var server = try server()
    try server.insert("t", "SELECT 5, 1 UNION ALL SELECT 40, 1")
    #expect(server("DBCC CHECKIDENT (t, RESEED, 3)") == "7998 2528")
    #expect(
      server.messages("DBCC CHECKIDENT (t, NORESEED)")
        == [
          "Checking identity information: current identity value '3', current column value '40'.",
          DBCCTests.completed,
        ])
    #expect(try next(server) == 8)
    #expect(server("DBCC CHECKIDENT (N'[dbo].[t]', RESEED) WITH NO_INFOMSGS") == "")
    #expect(try next(server) == 45)
    #expect(server("DBCC CHECKIDENT (t, RESEED, 99); DBCC CHECKIDENT (t)") == "7998 2528 7998 2528")
    #expect(try next(server) == 104)
    #expect(server("BEGIN TRAN; DBCC CHECKIDENT (t, RESEED, 7) WITH NO_INFOMSGS; ROLLBACK") == "")
    #expect(try next(server) == 104)
  }

  @Test func `what CHECKIDENT cannot do is an error`() throws {
    var server = try DefinitionServer(
      "CREATE TABLE u (a int, k tinyint)", "CREATE TABLE k (k tinyint IDENTITY)")
    for (text, outcome) in [
      ("DBCC CHECKIDENT (nosuch)", "!2501"), ("DBCC CHECKIDENT ('nosuch')", "!2501"),
      ("DBCC CHECKIDENT ('a b c')", "!2501"),
      ("DBCC CHECKIDENT (u)", "!7997"), ("DBCC CHECKIDENT (k, RESEED, 300)", "!2560"),
      ("DBCC CHECKIDENT (k, NOSUCH)", "!2526"), ("DBCC NOSUCH", "!2526"), ("DBCC USEROPTIONS", "!40514"),
      ("DBCC TRACEON (1222, -1)", "2528"), ("DBCC DROPCLEANBUFFERS WITH NO_INFOMSGS", ""),
      ("DBCC CHECKIDENT (k)", "7998 2528"),
    ] {
      #expect(server(text) == outcome, "\(text)")
    }
    #expect(server.messages("DBCC CHECKIDENT (k)")[0].contains("value 'NULL', current column value 'NULL'"))
  }
}
