import Databases
import FaultInjection
import Testing

@testable import WireProtocols

@Suite struct StatementTests {
  @Test(arguments: [
    ("BEGIN", "begin -"), ("start transaction", "begin -"),
    ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "snapshot -"),
    ("SET TRANSACTION SNAPSHOT '0003'", "snapshot -"), ("SELECT pg_export_snapshot()", "snapshot -"),
    ("/* a */ -- b\n COMMIT", "commit -"), ("END", "commit -"), ("COMMIT PREPARED 'x'", "statement -"),
    ("ROLLBACK", "rollback -"), ("ABORT", "rollback -"), ("ROLLBACK TO SAVEPOINT a", "statement -"),
    (#"DELETE FROM ONLY "public"."Vo""tes" WHERE "Id" >= 3"#, #"delete Vo"tes"#),
    ("delete from Votes", "delete votes"),
    (#"COPY "s"."Users" ("Id", "from") FROM STDIN (FORMAT BINARY)"#, "write Users"),
    (#"COPY "s"."Users" ("Id", "from") TO STDOUT"#, "read Users"),
    (
      #"COPY (SELECT "Id"::int4, extract(epoch FROM "At") FROM ONLY "public"."Posts" WHERE "Id" < 9) TO STDOUT"#,
      "read Posts"
    ),
    ("COPY (SELECT 1) TO STDOUT", "read -"), ("copy t from stdin", "write t"),
    (#"UPDATE "public"."proofload_ledger" SET state = $1"#, "ledger -"),
    ("SELECT * FROM proofload_ledger", "ledger -"),
    ("CREATE TABLE IF NOT EXISTS proofload_put_aside (a int)", "ledger -"),
    (#"INSERT INTO "public"."proofload_put_aside" VALUES ($1)"#, "prepare -"),
    (#"CREATE TABLE "public"."Votes" (a int)"#, "prepare Votes"), ("CREATE INDEX i ON t (a)", "prepare -"),
    ("ALTER TABLE t DROP CONSTRAINT c", "prepare -"), ("SELECT setval('s', 3)", "prepare -"),
    ("SELECT pg_advisory_lock($1::int8)", "fence -"),
    ("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON true", "catalog -"),
    ("WITH RECURSIVE d AS (SELECT * FROM pg_catalog.pg_type) SELECT * FROM d", "catalog -"),
    ("SELECT pg_sleep(1)", "statement -"), ("SELECT * FROM t", "statement t"),
    ("INSERT INTO a.b VALUES ('DELETE FROM x')", "statement b"), ("UPDATE t SET a = 1", "statement t"),
    ("SET search_path = pg_catalog", "statement -"), ("", "statement -"), ("'", "statement -"),
    ("$$ COMMIT $$", "statement -"), ("$a$ x", "statement -"), ("/*", "statement -"), ("copy", "statement -"),
  ])
  func `a statement is what it says`(sql: String, expected: String) {
    let statement = Statement(sql: sql)
    #expect("\(statement.operation) \(statement.table ?? "-")" == expected)
  }

  @Test func `a unit is found among parameters and literals`() {
    let update = "UPDATE proofload_ledger SET state = $1 WHERE job = $2 AND table_name = $3 AND unit = $4"
    #expect(Statement(sql: update).unit(["done", "j", "Votes", "3"]) == "Votes#3")
    #expect(Statement(sql: update).unit(["done", "j", "Votes"]) == nil)
    #expect(Statement(sql: update).unit(["done", "j", nil, "3"]) == nil)
    let literal = "UPDATE \"s\".\"proofload_ledger\" SET a = 1 WHERE table_name = 'Vo''tes' AND unit = 12"
    #expect(Statement(sql: literal).unit([]) == "Vo'tes#12")
  }

  /// The statements of one run of our driver, and the calls that a wrapper would see.
  @Test func `what a driver does in several statements is one moment`() {
    var reader = StatementReader(side: .target)
    func moments(_ sql: String, _ parameters: [String?] = []) -> [String] {
      reader.moments(of: sql, parameters: parameters).map {
        "\($0.operation) \($0.table ?? "-") \($0.unit ?? "-")"
      }
    }
    func run(_ statements: [(String, [String?])]) -> [String] {
      statements.flatMap { moments($0.0, $0.1) }
    }
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
    let update = "UPDATE proofload_ledger SET a = $1 WHERE table_name = $2 AND unit = $3"
    // The fence; the ledger is created, read, and planned into.
    #expect(
      run([
        (begin, []), ("SET LOCAL lock_timeout = 1", []), ("SELECT pg_advisory_lock(1)", []), ("COMMIT", []),
      ])
        == ["statement - -", "fence - -"])
    #expect(
      run([
        (begin, []), ("CREATE TABLE IF NOT EXISTS proofload_ledger ()", []),
        ("CREATE TABLE IF NOT EXISTS proofload_put_aside ()", []), ("COMMIT", []),
      ]) == ["ledger - -"])
    #expect(
      run([
        ("SELECT FROM pg_class", ["public", "proofload_ledger"]), ("SELECT a FROM proofload_ledger", []),
        (begin, []), ("DELETE FROM proofload_ledger", []), ("INSERT INTO proofload_ledger", []),
        ("INSERT INTO proofload_ledger", []), ("COMMIT", []),
      ]) == ["ledger - -", "ledger - -"])
    // A unit: its claim, and its transaction.
    #expect(
      run([
        (begin, []), (update, ["1", "Votes", "3"]), ("COMMIT", []), (begin, []), ("SELECT FROM pg_class", []),
        ("DELETE FROM \"Votes\"", []), ("COPY \"Votes\" FROM STDIN", []), (update, ["1", "Votes", "3"]),
        ("COMMIT", []),
      ]) == [
        "ledger - Votes#3", "catalog - -", "begin - Votes#3", "delete Votes Votes#3", "write Votes Votes#3",
        "ledger - Votes#3", "commit Votes Votes#3",
      ])
    // Everything is brought back.
    #expect(
      run([
        ("SELECT FROM pg_class", ["public", "proofload_put_aside"]),
        ("SELECT a FROM proofload_put_aside", []),
        (begin, []), ("CREATE INDEX i ON t (a)", []), ("DELETE FROM proofload_put_aside", []), ("COMMIT", []),
        (begin, []), ("CREATE INDEX j ON t (a)", []), ("DELETE FROM proofload_put_aside", []), ("COMMIT", []),
      ]) == ["prepare - -"])
    // A reader's snapshot.
    #expect(
      run([
        ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", []), ("SET TRANSACTION SNAPSHOT 'x'", []),
        ("COPY (SELECT 1 FROM \"Votes\") TO STDOUT", []), ("COMMIT", []),
      ]) == ["snapshot - -", "read Votes -", "snapshot - -"])
  }
}
