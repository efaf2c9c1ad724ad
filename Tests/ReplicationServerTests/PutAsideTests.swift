import Databases
import PostgresDatabase
import Replication
import ReplicationClaims
import SQLiteDatabase
import TestSupport
import Testing

/// What a load puts aside in PostgreSQL is there again afterwards, whatever happened.
@Suite(PostgresServer.isNeeded, .blocks) struct PutAsideTests {
  private static let decoration = """
    CREATE SCHEMA other;
    CREATE TABLE other.watcher (thread bigint REFERENCES "Threads" ("Id") DEFERRABLE INITIALLY DEFERRED);
    CREATE INDEX odd ON "Threads" (lower("Title")) WHERE "Score" > 0;
    CREATE INDEX "hash ""index"" of kinds" ON "Threads" USING hash ("KindId");
    CREATE TABLE audit (line text);
    CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.audit VALUES (TG_OP); RETURN NULL; END $$;
    CREATE TRIGGER watch AFTER INSERT OR DELETE ON "Threads" FOR EACH ROW EXECUTE FUNCTION watch();
    CREATE TRIGGER asleep AFTER INSERT ON "Threads" FOR EACH ROW EXECUTE FUNCTION watch();
    ALTER TABLE "Threads" DISABLE TRIGGER asleep;
    """

  private static let description = """
    SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text !~ '^pg_'
    UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated
      FROM pg_constraint WHERE conrelid > 0
    UNION ALL SELECT tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY 1
    """

  private func decoratedCopy() async throws -> (source: any Endpoint, target: any Endpoint, url: String) {
    let pair = try await DatabasePair(.postgresToPostgres)
    let url = try await PostgresServer.shared.database()
    let target = try PostgresEndpoint(url: url)
    #expect(try await IdempotenceClaims.run(pair.source, target).failure?.message == nil)
    try PostgresServer.shared.psql(PutAsideTests.decoration, url)
    return (pair.source, target, url)
  }

  @Test func `indexes, foreign keys from elsewhere and triggers are as they were, and no trigger fired`()
    async throws
  {
    let (source, target, url) = try await decoratedCopy()
    let before = try PostgresServer.shared.psql(PutAsideTests.description, url)
    try PostgresServer.shared.psql("INSERT INTO other.watcher VALUES (3), (180)", url)
    var options = IdempotenceClaims.options
    options.mode = .fresh
    let report = try await IdempotenceClaims.run(source, target, options: options)
    #expect(report.failure?.message == nil)
    #expect(try PostgresServer.shared.psql(PutAsideTests.description, url) == before)
    #expect(try PostgresServer.shared.psql("SELECT count(*) FROM audit", url) == "0")
    #expect(report.restored.count >= 5)
  }

  private static let partitions = """
    CREATE TABLE t (id int, k int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
    CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10);
    CREATE TABLE high PARTITION OF t FOR VALUES FROM (10) TO (100) PARTITION BY RANGE (id);
    CREATE TABLE "high est" PARTITION OF high FOR VALUES FROM (10) TO (100);
    """

  @Test func `no trigger and no foreign key of a single partition gets in the way, and all are as they were`()
    async throws
  {
    let (from, to) = (try await PostgresServer.shared.database(), try await PostgresServer.shared.database())
    try PostgresServer.shared.psql(
      PutAsideTests.partitions + "INSERT INTO t SELECT g, g FROM generate_series(1, 50) g", from)
    try PostgresServer.shared.psql(
      PutAsideTests.partitions + """
        CREATE TABLE audit (line text);
        CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO public.audit VALUES (TG_TABLE_NAME); RETURN NEW; END $$;
        CREATE TRIGGER every AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION watch();
        CREATE TRIGGER alone BEFORE INSERT ON low FOR EACH ROW EXECUTE FUNCTION watch();
        CREATE TRIGGER middle AFTER INSERT ON high FOR EACH ROW EXECUTE FUNCTION watch();
        CREATE TRIGGER always AFTER INSERT ON "high est" FOR EACH ROW EXECUTE FUNCTION watch();
        ALTER TABLE "high est" ENABLE ALWAYS TRIGGER always;
        CREATE TRIGGER statement AFTER INSERT ON low FOR EACH STATEMENT EXECUTE FUNCTION watch();
        CREATE TRIGGER asleep AFTER INSERT ON low FOR EACH ROW EXECUTE FUNCTION watch();
        ALTER TABLE low DISABLE TRIGGER asleep;
        CREATE TABLE parents AS SELECT generate_series(1, 9) AS id;
        ALTER TABLE parents ADD PRIMARY KEY (id);
        ALTER TABLE low ADD CONSTRAINT lonely FOREIGN KEY (k) REFERENCES parents;
        """, to)
    let connection = try await PostgresEndpoint(url: to).connect(.write)
    try await connection.prepareLedger()
    await connection.close()
    let before = try PostgresServer.shared.psql(PutAsideTests.description, to)
    let (source, target) = (try PostgresEndpoint(url: from), try PostgresEndpoint(url: to))
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.message == nil)
    #expect(try PostgresServer.shared.psql("SELECT count(*) FROM t", to) == "50")
    #expect(try PostgresServer.shared.psql("SELECT count(*) FROM audit", to) == "0")
    #expect(try PostgresServer.shared.psql(PutAsideTests.description, to) == before)
    #expect(report.restored.count { $0.contains("trigger") } == 4, "\(report.restored)")
  }

  @Test func `what a dead process put aside is restored by the next run, also if it has nothing to copy`()
    async throws
  {
    let (source, target, url) = try await decoratedCopy()
    let before = try PostgresServer.shared.psql(PutAsideTests.description, url)
    let connection = try await target.connect(.write)
    let job = Replication.job(source, target)
    for table in try await connection.tables() {
      try await connection.putAside(try await connection.obstacles(table.name), job: job)
    }
    await connection.close()
    #expect(try PostgresServer.shared.psql(PutAsideTests.description, url) != before)
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.failure?.message == nil)
    #expect(report.units.allSatisfy { $0.action == .unchanged })
    #expect(try PostgresServer.shared.psql(PutAsideTests.description, url) == before)
  }

  @Test func `a constraint that the copied rows break is reported, and stays recorded`() async throws {
    let (source, target, url) = try await decoratedCopy()
    try PostgresServer.shared.psql("INSERT INTO other.watcher VALUES (6)", url)
    try PostgresServer.shared.psql(
      "DELETE FROM \"Threads\" WHERE \"Id\" = 6", source.name)
    let report = try await IdempotenceClaims.run(source, target)
    #expect(report.outcome == .failed)
    #expect(report.failure?.message.contains("watcher") == true)
    try PostgresServer.shared.psql("DELETE FROM other.watcher", url)
    let second = try await IdempotenceClaims.run(source, target)
    #expect(second.failure?.message == nil)
    #expect(second.restored.contains { $0.contains("watcher") })
  }
}
