import Databases
import FaultInjection
import Runtime
import Testing

@testable import WireProtocols

@Suite struct TransactReaderTests {
  private static func names(_ sql: String) -> String {
    var reader = TransactReader()
    return reader.batch(sql).found.map { found in
      "\(found.statement.operation) \(found.statement.table ?? "-")" + (found.isBulkLoad ? " bulk" : "")
    }.joined(separator: ", ")
  }

  private static let batches: [(sql: String, expected: String)] = [
    ("BEGIN TRANSACTION", "begin -"), ("begin tran t1", "begin -"), ("BEGIN SELECT 1 END", "statement -"),
    ("COMMIT", "commit -"), ("COMMIT TRAN", "commit -"), ("/* a /* b */ */ -- c\n COMMIT WORK", "commit -"),
    ("IF @@TRANCOUNT > 0 COMMIT TRANSACTION", "commit -"), ("ROLLBACK", "rollback -"),
    ("ROLLBACK TRANSACTION a", "statement -"), ("ROLLBACK TRAN @a", "statement -"),
    ("BEGIN ROLLBACK TRAN END", "rollback -"), ("SAVE TRAN a", "statement -"),
    (
      "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "rollback -"
    ),
    ("SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION", "snapshot -"),
    ("COMMIT TRANSACTION; SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "commit -"),
    ("SET NOCOUNT ON; SET XACT_ABORT ON", "statement -"), ("", "statement -"), ("'", "statement -"),
    ("[", "statement -"), ("(", "statement -"), (";;", "statement -"), ("DECLARE", "statement -"),
    ("DELETE FROM [dbo].[Vo]]tes] WHERE [Id] >= 3", "delete Vo]tes"),
    ("delete top (5) votes", "delete votes"),
    ("DELETE Votes; INSERT INTO b VALUES (N'COMMIT; ''DELETE x')", "delete votes, write b"),
    ("BEGIN TRAN DELETE FROM a DELETE FROM b COMMIT", "begin -, delete a, delete b, commit -"),
    (
      "BEGIN TRY BEGIN TRAN DELETE FROM t COMMIT TRAN END TRY BEGIN CATCH ROLLBACK TRAN END CATCH DELETE FROM u",
      "begin -, delete t, commit -, delete u"
    ),
    ("INSERT a VALUES (1) INSERT a VALUES (2) SELECT @@IDENTITY", "write a"),
    ("INSERT INTO a SELECT * FROM b", "write a"), ("INSERT INTO a EXEC p", "write a"),
    ("insert bulk [dbo].[t] ([id] INT) with (TABLOCK)", "write t bulk"),
    ("UPDATE t SET a = 1 WHERE b = 2 COMMIT", "statement t, commit -"),
    ("WITH x AS (SELECT 1 AS a FROM b) DELETE FROM t WHERE a IN (SELECT a FROM x)", "delete t"),
    (
      "MERGE INTO t USING s ON 1 = 1 WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN DELETE;",
      "statement t"
    ),
    ("TRUNCATE TABLE dbo.t", "statement t"), ("CREATE TABLE #t (a int)", "prepare #t"),
    ("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES b ON DELETE CASCADE", "prepare -"),
    ("CREATE PROCEDURE p AS BEGIN TRAN; DELETE FROM t; COMMIT", "prepare -"),
    (
      "SELECT [Id], CAST([Body] AS varbinary(max)) FROM [dbo].[Posts] WITH (NOLOCK) WHERE [Id] < 9",
      "read Posts"
    ),
    ("SELECT a FROM s.t UNION ALL SELECT a FROM u", "read t"),
    ("SELECT 1 FROM a SELECT 2 FROM b", "read a, read b"),
    ("SELECT * INTO n FROM t", "statement t"), ("SELECT @@version", "statement -"),
    ("DECLARE @x int = 3 SELECT a FROM t WHERE b = @x", "read t"),
    ("SELECT CASE WHEN a = 1 THEN 2 ELSE 3 END FROM t", "read t"),
    ("IF EXISTS (SELECT 1 FROM a) DELETE FROM b ELSE UPDATE c SET d = 1", "delete b, statement c"),
    ("SET FMTONLY ON select * from [dbo].[t] SET FMTONLY OFF", "catalog -"),
    ("SELECT c.name FROM sys.columns AS c JOIN sys.tables AS t ON 1 = 1", "catalog -"),
    ("select * from INFORMATION_SCHEMA.TABLES", "catalog -"), ("[sys].sp_tables 'a'", "catalog -"),
    ("exec sp_executesql N'DELETE FROM t'", "delete t"), ("EXEC dbo.p 1", "statement -"),
    ("SELECT OBJECT_ID(N'[dbo].[proofload_ledger]', N'U')", "ledger -"),
    ("SELECT OBJECT_ID(N'[dbo].[Votes]', N'U')", "catalog -"),
    (
      "IF OBJECT_ID(N'[dbo].[proofload_ledger]', N'U') IS NULL CREATE TABLE [dbo].[proofload_ledger] (a int)",
      "ledger -"
    ),
    ("DECLARE @fence int; EXEC @fence = sp_getapplock @Resource = N'x'; SELECT @fence", "fence -"),
    ("DBCC CHECKIDENT (N'[dbo].[Votes]', RESEED) WITH NO_INFOMSGS", "prepare Votes"),
    ("SELECT TOP (1000) DATALENGTH([a]) FROM [dbo].[t]", "catalog -"),
    ("SELECT CAST([Id] AS bigint) FROM [dbo].[t] WHERE [Id] % 7 = 0", "catalog -"),
    ("SELECT d.snapshot_isolation_state FROM sys.databases AS d WHERE d.name = DB_NAME()", "snapshot -"),
  ]

  @Test func `a batch is what its statements are`() {
    for (sql, expected) in Self.batches { #expect(Self.names(sql) == expected, "\(sql)") }
  }

  @Test func `each statement of a batch has its own text`() {
    var reader = TransactReader()
    let found = reader.batch("SET NOCOUNT ON; DELETE FROM a; DELETE FROM [b] COMMIT").found
    #expect(found.map(\.sql) == ["DELETE FROM a", "DELETE FROM [b] ", "COMMIT"])
  }

  @Test func `a batch says which of its results are a read's`() {
    func results(_ sql: String) -> [TransactReader.Result] {
      var reader = TransactReader()
      return reader.batch(sql).results
    }
    #expect(results("SELECT @@ROWCOUNT; SELECT a FROM t; SELECT @x = a FROM u") == [.other, .read("t")])
    #expect(results("DELETE FROM t OUTPUT deleted.a; SELECT * INTO n FROM t") == [.other])
    #expect(results("SET NOCOUNT ON EXEC p SELECT a FROM t") == [.unknown, .read("t")])
    #expect(results("IF @x = 1 SELECT a FROM t").first == .unknown)
    #expect(results("SELECT a FROM t -- " + String(repeating: "x", count: 20_000)) == [.read("t"), .unknown])
  }

  /// The batches of one run of our driver, and the calls that a wrapper would see.
  @Test func `what a driver does in several batches is one moment`() {
    var transact = TransactReader()
    var reader = StatementReader(side: .target)
    func run(_ batches: [String]) -> [String] {
      batches.flatMap { transact.batch($0).found }.flatMap { found in
        reader.moments(of: found.statement, sql: found.sql)
      }.map { "\($0.operation) \($0.table ?? "-") \($0.unit ?? "-")" }
    }
    let (begin, commit) = ("BEGIN TRANSACTION", "COMMIT TRANSACTION")
    let lookUp = "SELECT OBJECT_ID(N'[dbo].[proofload_ledger]', N'U')"
    let lookUpAside = "SELECT OBJECT_ID(N'[dbo].[proofload_put_aside]', N'U')"
    let update = """
      DECLARE @p1 nvarchar(max) = N'begun', @p2 bigint = 1, @p6 nvarchar(max) = N'Votes', @p7 bigint = 3; \
      UPDATE [dbo].[proofload_ledger] SET state = @p1 WHERE table_name = @p6 AND unit = @p7
      """
    let restores = "DELETE FROM [dbo].[proofload_put_aside] WHERE job = @p1"
    // The ledger is created, read, and planned into.
    #expect(
      run([
        "IF OBJECT_ID(N'[dbo].[proofload_ledger]', N'U') IS NULL CREATE TABLE [dbo].[proofload_ledger] (a int)",
        "IF OBJECT_ID(N'[dbo].[proofload_put_aside]', N'U') IS NULL CREATE TABLE [dbo].[proofload_put_aside] (a int)",
        lookUp, "DECLARE @p1 bigint = 1; SELECT a FROM [dbo].[proofload_ledger] WHERE job = @p1",
        begin, "DELETE FROM [dbo].[proofload_ledger]", "INSERT INTO [dbo].[proofload_ledger] VALUES (1)",
        commit,
      ]) == ["ledger - -", "ledger - -", "ledger - -"])
    // Two tables are created, and something is put aside.
    #expect(
      run([
        lookUpAside, begin, "CREATE TABLE [dbo].[a] (b int)", commit,
        lookUpAside, begin, "CREATE TABLE [dbo].[b] (b int)", commit,
        begin, "SELECT max(position) FROM [dbo].[proofload_put_aside]",
        "INSERT INTO [dbo].[proofload_put_aside] VALUES (1)", "ALTER INDEX i ON t DISABLE", commit,
      ]) == ["prepare - -", "prepare - -", "prepare - -"])
    // A unit: its claim, and its transaction.
    #expect(
      run([
        begin, update, commit, begin, "DELETE FROM [dbo].[Votes]",
        "SET FMTONLY ON select * from t SET FMTONLY OFF",
        "insert bulk [dbo].[Votes] ([a] INT)", update, commit,
        "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
      ]) == [
        "ledger - Votes#3", "begin - Votes#3", "delete Votes Votes#3", "catalog - -", "write Votes Votes#3",
        "ledger - Votes#3", "commit Votes Votes#3",
      ])
    // Everything is brought back.
    #expect(
      run([
        lookUpAside, "SELECT position, obstacle FROM [dbo].[proofload_put_aside]",
        begin, lookUp.replacing("proofload_ledger", with: "t"), "ALTER INDEX i ON t REBUILD", restores,
        commit,
        begin, "ALTER INDEX j ON t REBUILD", restores, commit,
      ]) == ["prepare - -", "catalog - -"])
    // A reader's snapshots: one that is looked for first, and one that is not.
    let snapshot = "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION"
    let end = "COMMIT TRANSACTION; SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
    #expect(
      run([
        "SELECT d.snapshot_isolation_state FROM sys.databases AS d", snapshot, "SELECT a FROM t", end,
        snapshot, end,
      ]) == ["snapshot - -", "read t -", "snapshot - -", "snapshot - -", "snapshot - -"])
    // A transaction that fails on its own ends with a rollback.
    #expect(
      run([begin, "DELETE FROM t", "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION"]).last == "rollback t Votes#3")
    // Transactions that begin by themselves.
    #expect(
      run(["SET IMPLICIT_TRANSACTIONS ON", "DELETE FROM t", "IF @@TRANCOUNT > 0 COMMIT TRAN"])
        == ["statement - Votes#3", "delete t Votes#3", "commit t Votes#3"])
  }

  @Test func `no text stops the reader`() {
    let words = [
      "BEGIN", "TRAN", "IF", "(", ")", "[a", "]", "'", "N'", "\"", "/*", "*/", "--", "\n", "@", "@@x", "#",
      ";", ",", "DELETE",
      "INSERT", "BULK", "WITH", "SELECT", "FROM", "CASE", "END", "SET", "FMTONLY", "ON", "DECLARE", "=", "3",
      "EXEC", "sp_executesql",
      "ROLLBACK", "proofload_ledger", "UPDATE", "unit", "\u{1F600}", ".", "$1",
    ]
    var seed = Seed(3)
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0...20, using: &seed)).map { _ in
        words[Int.random(in: 0..<words.count, using: &seed)]
      }.joined(separator: Bool.random(using: &seed) ? " " : "")
      var reader = TransactReader()
      #expect(!reader.batch(text).found.isEmpty)
    }
  }
}
