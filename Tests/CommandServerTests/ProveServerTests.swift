import Foundation
import PostgresDatabase
import ReplicationClaims
import Runtime
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct ProveServerTests {
  private let command: TestSupport.CommandLine
  private let url: String
  private static let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil

  init() async throws {
    command = try TestSupport.CommandLine()
    url = try await PostgresServer.shared.database()
    try sqlite(Fixture.script(rows: 12), at: command.file("a.db"))
    try command.succeed("replicate --from sqlite:a.db --to \(url)")
  }

  private var schemas: String {
    get throws {
      try PostgresServer.shared.psql(
        "SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname LIKE 'proofload%'", url)
    }
  }

  @Test(arguments: ["sqlite to postgres", "postgres to postgres", "postgres to sqlite"])
  func `every interruption on the way into and out of PostgreSQL is right`(pair: String) throws {
    let from = pair.hasPrefix("sqlite") ? "sqlite:a.db" : url
    let to = pair.hasSuffix("sqlite") ? "sqlite:b.db" : url
    let result = try command.run(
      "prove --from \(from) --to \(to) --tables Kinds,Threads,Log --max \(Self.isThorough ? 100_000 : 120) --json"
    )
    let proof = try ProofFigures(result)
    #expect(result.code == 0, "\(proof.findings)")
    #expect(proof.wrong == 0)
    #expect(proof.byRerun == 0, "a run with retries gave up")
    #expect(proof.tried == (Self.isThorough ? proof.possible : 120))
    #expect(try schemas.isEmpty)
  }

  /// Whatever is created in a proof's schemas named Threads gets what no copy carries over.
  private static let decoration = """
    CREATE TABLE audit (line text);
    CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.audit VALUES (TG_OP); RETURN NULL; END $$;
    CREATE FUNCTION decorate() RETURNS event_trigger LANGUAGE plpgsql AS $$
    DECLARE made record;
    BEGIN
      FOR made IN SELECT * FROM pg_event_trigger_ddl_commands()
        WHERE command_tag = 'CREATE TABLE' AND object_identity LIKE 'proofload_prove%Threads"'
      LOOP
        EXECUTE format('CREATE INDEX odd ON %s (lower("Title")) WHERE "Score" > 0', made.object_identity);
        EXECUTE format('CREATE TRIGGER watch AFTER INSERT OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION public.watch()',
          made.object_identity);
      END LOOP;
    END $$;
    CREATE EVENT TRIGGER decorate ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION decorate();
    """

  @Test func `indexes and triggers of any kind are as they were after every interruption, and none fired`()
    throws
  {
    try PostgresServer.shared.psql(Self.decoration, url)
    let result = try command.run(
      "prove --from sqlite:a.db --to \(url) --tables Kinds,Threads --max \(Self.isThorough ? 100_000 : 60) --json"
    )
    let proof = try ProofFigures(result)
    #expect(result.code == 0, "\(proof.findings)")
    #expect(proof.wrong == 0 && proof.byRerun == 0)
    #expect(try PostgresServer.shared.psql("SELECT count(*) FROM audit", url) == "0")
  }

  /// What a server does that says that it has restored something in a rerun, and has not.
  private static let sabotage = [
    "index": """
    IF made.command_tag = 'CREATE INDEX' THEN EXECUTE 'DROP INDEX ' || made.object_identity; END IF;
    """,
    "trigger": """
    IF made.command_tag = 'ALTER TABLE' THEN
      UPDATE pg_trigger SET tgenabled = 'D' WHERE tgrelid = made.objid AND tgname = 'watch';
    END IF;
    """,
    "foreignKey": """
    IF made.command_tag = 'ALTER TABLE' THEN
      UPDATE pg_constraint SET convalidated = false WHERE conrelid = made.objid AND contype = 'f';
    END IF;
    """,
  ]

  @Test(arguments: sabotage.keys.sorted())
  func `what a rerun does not restore makes the verdict wrong`(what: String) throws {
    try PostgresServer.shared.psql(
      Self.decoration + """
        CREATE FUNCTION sabotage() RETURNS event_trigger LANGUAGE plpgsql AS $$
        DECLARE made record; is_rerun bool;
        BEGIN
          FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE schema_name LIKE 'proofload_prove%'
          LOOP
            EXECUTE format('SELECT max(attempt) > 1 FROM %I.proofload_ledger', made.schema_name) INTO is_rerun;
            IF is_rerun THEN \(Self.sabotage[what] ?? "") END IF;
          END LOOP;
        END $$;
        CREATE EVENT TRIGGER sabotage ON ddl_command_end WHEN TAG IN ('CREATE INDEX', 'ALTER TABLE')
          EXECUTE FUNCTION sabotage();
        """, url)
    let result = try command.run(
      "prove --from sqlite:a.db --to \(url) --tables Kinds,Threads --max 24 --json")
    let proof = try ProofFigures(result)
    #expect(result.code == 1, "\(result.errors)")
    #expect(proof.wrong > 0 && proof.right > 0)
    let words = [what == "foreignKey" ? "is not as it was" : "is not there, or switched off"]
    #expect(
      proof.findings.allSatisfy { finding in words.contains(where: finding.contains) }, "\(proof.findings)")
    #expect(try schemas.isEmpty)
  }

  @Test func `a copy that lacks an index although nothing disturbed it is wrong`() throws {
    try PostgresServer.shared.psql(
      """
      CREATE FUNCTION forget() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE (SELECT 'DROP INDEX ' || object_identity FROM pg_event_trigger_ddl_commands());
      END $$;
      CREATE EVENT TRIGGER forget ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION forget();
      """, url)
    let result = try command.run("prove --from sqlite:a.db --to \(url) --tables Kinds,Threads --max 20")
    #expect(result.code == 1, "\(result.everything)")
    #expect(result.errors.contains("index") && result.errors.contains("is not there"))
    #expect(try schemas.isEmpty)
  }

  @Test func `the schemas that a proof left over when it died are dropped, and no living one's`() throws {
    let line = "prove --from sqlite:a.db --to \(url) --json"
    let first = try command.start(line.split(separator: " ").map(String.init))
    while first.process.isRunning, try schemas.isEmpty { usleep(10_000) }
    first.process.kill()
    _ = try first.wait()
    #expect(try !schemas.isEmpty)
    let second = try command.run("\(line) --max 5 --tables Kinds")
    #expect(second.code == 0, "\(second.everything)")
    #expect(second.errors.contains("left over"))
    #expect(try schemas.isEmpty)
  }

  @Test func `a user who may not create schemas is told what is missing`() throws {
    let server = try PostgresServer.shared
    let user = "unprivileged_\(url.filter(\.isNumber).suffix(6))"
    try server.psql("CREATE ROLE \(user) LOGIN", url)
    let refused = try command.run(
      "prove --from sqlite:a.db --to \(url.replacing("//postgres@", with: "//\(user)@"))")
    #expect(refused.code == 2, "\(refused.everything)")
    #expect(refused.errors.contains("GRANT CREATE ON DATABASE"))
  }
}
