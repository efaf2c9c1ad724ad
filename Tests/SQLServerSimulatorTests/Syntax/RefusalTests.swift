import Testing

@testable import SQLServerSimulator

@Suite struct RefusalTests {
  @Test(arguments: [
    ("select 1 for xml path", "FOR XML"), ("select a from t for json auto", "FOR JSON"),
    ("merge t using u on 1 = 1 when matched then delete;", "MERGE"),
    ("declare c cursor for select 1", "CURSOR"),
    ("fetch next from c", "CURSOR"), ("goto a", "GOTO"), ("a: select 1", "label a"),
    ("select * from t pivot (sum(a) for b in ([1])) p", "PIVOT"),
    ("select * from t tablesample (1 percent)", "TABLESAMPLE"),
    ("select 1 from openrowset('a', 'b', 'c')", "OPENROWSET"),
    ("select a from t group by rollup (a)", "ROLLUP"),
    ("select a from t group by grouping sets ((a))", "GROUPING SETS"),
    ("select a from t group by a with cube", "WITH CUBE"),
    ("select @x.value('.', 'int')", "method of a variable"), ("update t set a.write('x', 0, 1)", ".WRITE"),
    ("select next value for s", "NEXT VALUE FOR"), ("delete t where current of c", "CURRENT OF"),
    ("grant select on t to u", "GRANT"), ("backup database a to disk = 'x'", "BACKUP"),
    ("create login a with password = 'x'", "CREATE LOGIN"), ("create sequence s", "CREATE SEQUENCE"),
    ("drop user a", "DROP USER"), ("alter role a add member b", "ALTER ROLE"),
    ("waitfor time '10:00'", "WAITFOR time"),
    ("begin distributed tran", "DISTRIBUTED TRANSACTION"), ("bulk insert t from 'x'", "BULK INSERT"),
    ("exec p with result sets ((a int))", "WITH RESULT SETS"), ("execute as user = 'a'", "EXECUTE AS"),
    ("create table t (a int) with (memory_optimized = on)", "MEMORY_OPTIMIZED"),
    ("create columnstore index i on t (a)", "COLUMNSTORE"), ("select try_parse('1' as int)", "TRY_PARSE"),
    ("select * from t where contains(a, 'x')", "CONTAINS"), ("select {t '10:00'}", "{t"),
    ("create table t (a int masked with (function = 'default()'))", "MASKED"),
    ("alter table t switch to u", "SWITCH"),
  ])
  func `what the parser does not have is named`(text: String, construct: String) throws {
    let error = try #require(Parsing.failure(text))
    #expect(error.number == 102)
    #expect(error.isRefusal)
    #expect(error.message.hasPrefix("Incorrect syntax near '\(construct)'."), "\(error.message)")
  }

  @Test(
    arguments: [
      ("select * form t", 102, "Incorrect syntax near 'form'.", 1),
      ("select from t", 156, "Incorrect syntax near the keyword 'from'.", 1),
      ("select * from", 102, "Incorrect syntax near 'from'.", 1),
      ("select 1\nwhere", 102, "Incorrect syntax near 'where'.", 2),
      ("foo bar baz", 102, "Incorrect syntax near 'baz'.", 1),
      ("select 1\n\n  banana 'x'", 102, "Incorrect syntax near 'x'.", 3),
      ("select 'it''s' 'b' 'c'", 102, "Incorrect syntax near 'c'.", 1),
      ("insert into t values (1", 102, "Incorrect syntax near '1'.", 1),
      ("insert into t valuse (1)", 102, "Incorrect syntax near 'valuse'.", 1),
      ("create table t (a int,, b int)", 102, "Incorrect syntax near ','.", 1),
      ("select 1 [a b] [c d]", 102, "Incorrect syntax near 'c d'.", 1),
      ("update t a = 1", 102, "Incorrect syntax near 'a'.", 1),
      ("begin", 102, "Incorrect syntax near 'begin'.", 1),
      ("select ?", 102, "Incorrect syntax near '?'.", 1),
      ("end", 156, "Incorrect syntax near the keyword 'end'.", 1),
      ("begin tran select 1 end", 156, "Incorrect syntax near the keyword 'end'.", 1),
      ("select 1)", 102, "Incorrect syntax near ')'.", 1),
      ("begin try select 1 end try", 102, "Incorrect syntax near 'try'.", 1),
      ("if 1 = 1", 102, "Incorrect syntax near '1'.", 1),
      ("select default", 156, "Incorrect syntax near the keyword 'default'.", 1),
      ("set nocount", 102, "Incorrect syntax near 'nocount'.", 1),
      ("drop table", 102, "Incorrect syntax near 'table'.", 1),
    ] as [(String, Int32, String, Int32)])
  func `a wrong text is answered as SQL Server answers it`(
    text: String, number: Int32, message: String, line: Int32
  ) throws {
    let error = try #require(Parsing.failure(text))
    #expect(error.number == number)
    #expect(error.message == message)
    #expect(error.line == line)
    #expect(!error.isRefusal)
  }
}
