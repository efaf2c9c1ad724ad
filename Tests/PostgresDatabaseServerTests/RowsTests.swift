import Databases
import Rows
import TestSupport
import Testing

@testable import PostgresDatabase

@Suite(PostgresServer.isNeeded, .blocks) struct RowsTests {
  private static let everyType = """
    CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
    CREATE DOMAIN amount AS numeric(10,2) CHECK (VALUE >= 0);
    CREATE TABLE t (id int8, b bool, i2 int2, i4 int4, f4 float4, f8 float8, d numeric(10,2), n numeric,
      vc varchar(10), tx text, ch char(5), nm name, by bytea, u uuid, da date, ti time(3), ts timestamp,
      tz timestamptz(3), j json, jb jsonb, m mood, am amount, iv interval, ar int4[], ip inet);
    INSERT INTO t VALUES (1, true, -2, 3, 1.5, '-0', 12345678.9, 1.10, 'varchar', 'text', 'ch', 'name',
      '\\x00ff', '00112233-4455-6677-8899-aabbccddeeff', '2024-02-29', '12:34:56.789', '2024-02-29 12:34:56.789012',
      '2024-02-29 12:34:56.789+02', '{"b": 1,  "a":2}', '{"b": 1,  "a":2}', 'it''s ok', 5, '1 day', '{1,NULL,3}', '10.0.0.1/8');
    INSERT INTO t (id) VALUES (2);
    INSERT INTO t (id, f4, f8, d, n, da, ts, tz) VALUES (3, 'NaN', -('NaN'::float8), 'NaN', 'Infinity', 'infinity',
      '-infinity', 'infinity');
    """

  @Test func `every type is read in its encoding`() async throws {
    var driver = try await Fixture(RowsTests.everyType).driver(.read)
    let rows = try driver.rows("t").sorted { $0[0] < $1[0] }
    try #require(rows.count == 3)
    #expect(
      Array(rows[0].prefix(22)) == [
        "1", "true", "-2", "3", "1.5", "-0.0", "12345678.90", "1.10", "varchar", "text", "ch", "name",
        "\\x00ff",
        "00112233-4455-6677-8899-aabbccddeeff", "2024-02-29", "12:34:56.789", "2024-02-29 12:34:56.789012",
        "2024-02-29 10:34:56.789+00", #"{"b": 1,  "a":2}"#, #"{"a": 2, "b": 1}"#, "it's ok", "5.00",
      ])
    #expect(rows[1].dropFirst().allSatisfy { $0 == "NULL" })
    #expect(rows[2][4...7] == ["NaN", "NaN", "NaN", "Infinity"])
  }

  @Test func `every type survives from PostgreSQL to PostgreSQL`() async throws {
    let fixture = try await Fixture(RowsTests.everyType)
    try fixture.psql("CREATE SCHEMA other; CREATE TABLE other.t (LIKE t)")
    var source = try fixture.driver(.read)
    var target = try fixture.driver(query: "?schema=other")
    let read = try source.read("t", batchBytes: 64)
    let columns = try transfer(target.table("t"))
    try source.openRead(read)
    try target.begin()
    try target.openWrite(TableName(schema: "other", name: "t"), columns: columns)
    while let batch = try source.nextBatch() { try target.write(batch) }
    #expect(try target.finishWrite() == 3)
    try target.commit()
    // json has no equality, and NaN differs from itself nowhere in PostgreSQL.
    let differing =
      "SELECT count(*) FROM (SELECT t::text FROM public.t EXCEPT ALL SELECT t::text FROM other.t t) d"
    #expect(try fixture.psql(differing) == "0")

    try source.openRead(read)
    let first = try sum(&source)
    try target.openRead(try target.read("t"))
    #expect(try sum(&target) == first)
    #expect(first.rows == 3)
  }

  private func sum(_ driver: inout PostgresDriver) throws -> Fingerprint {
    var sum = Fingerprint()
    while let part = try driver.nextFingerprint() { sum += part }
    return sum
  }

  @Test func `a fingerprint is that of the batches, re-encoded or not`() async throws {
    let fixture = try await Fixture(
      "CREATE TABLE t AS SELECT i AS id, i::numeric(9,2) AS d FROM generate_series(1, 5000) i")
    var driver = try fixture.driver(.read)
    for types: [String: ColumnType] in [[:], ["d": .decimal(precision: 12, scale: 4)], ["id": .int64]] {
      let read = try driver.read("t", as: types, batchBytes: 1000)
      try driver.openRead(read)
      var fromBatches = Fingerprint()
      while let batch = try driver.nextBatch() { fromBatches += batch.fingerprint }
      try driver.openRead(read)
      #expect(try sum(&driver) == fromBatches)
      #expect(fromBatches.rows == 5000)
    }
  }

  @Test func `an empty table has no batch and an empty fingerprint, and takes an empty write`() async throws {
    let fixture = try await Fixture("CREATE TABLE t (id int)")
    var driver = try fixture.driver()
    let read = try driver.read("t")
    try driver.openRead(read)
    #expect(try driver.nextBatch() == nil)
    #expect(try driver.nextBatch() == nil)
    try driver.openRead(read)
    #expect(try sum(&driver) == Fingerprint())
    #expect(try driver.write(read.rows.table, read.columns) == 0)
  }

  @Test func `identifiers may hold every character`() async throws {
    let odd = #"a "b" 'c' \ % é ; -- /*"#
    let quoted = PostgresDialect().quoted(odd)
    let fixture = try await Fixture(
      "CREATE SCHEMA \(quoted); CREATE TABLE \(quoted).\(quoted) (\(quoted) text PRIMARY KEY)")
    var driver = try fixture.driver(query: "?schema=" + odd.addingPercentEncoding())
    #expect(try driver.insert(odd, [["x"], ["y"]]) == 2)
    #expect(try driver.rows(odd, range: .span(from: .text("y"), to: nil), by: odd) == [["y"]])
    #expect(try driver.obstacles(TableName(name: odd)).isEmpty)
    #expect(
      try driver.split(SplitRequest(table: TableName(name: odd), column: nil, partBytes: 1, maximumParts: 9))
        .cuts.isEmpty)
  }

  @Test func `ranges cover a table`() async throws {
    let fixture = try await Fixture(
      "CREATE TABLE t (id int2, k text COLLATE \"C\"); INSERT INTO t VALUES (1,'a'),(2,'B'),(3,'ä'),(NULL,NULL)"
    )
    var driver = try fixture.driver()
    let large = KeyValue.integer(1 << 40)
    #expect(try driver.rows("t", range: .span(from: nil, to: large), by: "id").count == 3)
    #expect(try driver.rows("t", range: .span(from: .integer(.min), to: .integer(2)), by: "id").count == 1)
    #expect(try driver.rows("t", range: .null, by: "id") == [["NULL", "NULL"]])
    #expect(try driver.rows("t", range: .span(from: nil, to: nil), by: "k").count == 3)
    #expect(
      try driver.rows("t", range: .span(from: .text("a"), to: nil), by: "k").map { $0[1] }.sorted() == [
        "a", "ä",
      ])
    let id = ColumnSchema(name: "id", type: .int16)
    let table = TableName(name: "t")
    #expect(
      try driver.delete(TableRange(table: table, column: id, range: .span(from: .integer(2), to: large))) == 2
    )
    #expect(try driver.delete(TableRange(table: table, column: id, range: .null)) == 1)
    #expect(try driver.delete(TableRange(table: table)) == 1)
  }

  @Test func `a table's heirs are tables of their own, and partitions are not`() async throws {
    let fixture = try await Fixture(
      """
      CREATE TABLE parent (id int); CREATE TABLE child () INHERITS (parent);
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2);
      CREATE TABLE parted (id int) PARTITION BY RANGE (id);
      CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10);
      INSERT INTO parted VALUES (3);
      """)
    var driver = try fixture.driver()
    #expect(try driver.tables().map(\.name.name) == ["child", "parent", "parted"])
    #expect(try driver.rows("parent") == [["1"]])
    #expect(try driver.rows("parted") == [["3"]])
    #expect(try driver.insert("parted", [["4"]]) == 1)
    #expect(try driver.delete(TableRange(table: TableName(name: "parent"))) == 1)
    #expect(try driver.rows("child") == [["2"]])
    #expect(try driver.delete(TableRange(table: TableName(name: "parted"))) == 2)
  }
}

extension String {
  func addingPercentEncoding() -> String {
    utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
