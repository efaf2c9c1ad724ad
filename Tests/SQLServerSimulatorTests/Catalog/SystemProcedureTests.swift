import Testing

@testable import SQLServerSimulator

@Suite struct SystemProcedureTests {
  /// The rows of a procedure with its arguments as text; an error as `!201`.
  private func call(_ server: inout QueryServer, _ name: String, _ arguments: [String: String]) -> String {
    do throws(SQLError) {
      let attempt = try server.context.attempt { context throws(SQLError) in
        try context.systemProcedure(name, arguments.mapValues { .text($0) })
      }
      guard case .done(let set) = attempt else { return "waits" }
      return try set?.text ?? "nil"
    } catch {
      return "!\(error.number)"
    }
  }

  @Test func `drivers list tables and columns`() throws {
    var server = try QueryServer.withCatalog()
    #expect(
      call(
        &server, "sp_tables", ["@table_name": "%ar%", "@table_type": "'TABLE','VIEW'", "@table_owner": "dbo"])
        == "db dbo parent TABLE NULL|db dbo v_parent VIEW NULL")
    #expect(
      call(
        &server, "sp_tables",
        ["@table_name": "", "@table_owner": "", "@table_qualifier": "%", "@table_type": ""])
        == "master NULL NULL NULL NULL|tempdb NULL NULL NULL NULL|model NULL NULL NULL NULL"
        + "|msdb NULL NULL NULL NULL|db NULL NULL NULL NULL")
    #expect(
      call(&server, "SP_COLUMNS", ["@table_name": "parent", "@table_owner": "dbo"])
        == "db dbo parent id 4 int identity 10 4 0 10 0 NULL NULL 4 NULL NULL 1 NO 56"
        + "|db dbo parent code 12 varchar 10 10 NULL NULL 0 NULL NULL 12 NULL 10 2 NO 39"
        + "|db dbo parent name -9 nvarchar 50 100 NULL NULL 1 NULL (N'x') -9 NULL 100 3 YES 39")
    #expect(call(&server, "sp_columns", ["@table_name": "types"]) == "!40514")
    #expect(call(&server, "sp_columns", [:]) == "!201")
  }

  @Test func `drivers list keys and indexes`() throws {
    var server = try QueryServer.withCatalog()
    #expect(call(&server, "sp_pkeys", ["@table_name": "child"]) == "db dbo child id 1 PK_child")
    #expect(
      call(&server, "sp_fkeys", ["@pktable_name": "parent"])
        == "db dbo parent id db dbo child parent_id 1 1 0 FK_child.parent PK_parent 7")
    #expect(call(&server, "sp_fkeys", ["@fktable_name": "parent"]) == "")
    #expect(
      call(&server, "sp_statistics", ["@table_name": "parent"])
        == "db dbo parent NULL NULL NULL 0 NULL NULL NULL 2 1 NULL"
          + """
          |db dbo parent 0 parent PK_parent 1 1 id A 2 1 NULL|db dbo parent 0 parent UQ_parent_code 3 1 \
          code A 2 1 NULL
          """
    )
    #expect(call(&server, "sp_databases", [:]).hasPrefix("db 16384 NULL|master"))
    #expect(call(&server, "sp_who", ["@loginame": "52"]) == "")
    #expect(call(&server, "sp_help", [:]) == "!40514")
    #expect(call(&server, "sp_own", [:]) == "nil")
    #expect(call(&server, "sp_pkeys", ["@x": "1"]) == "!8145")
  }
}
