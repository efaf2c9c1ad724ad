import Databases
import Rows
import SQLiteDatabase
import Testing

@Suite struct SplitTests {
  private static let numbers =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"

  private func split(_ scratch: Scratch, column: Int?, parts: Int = 8, partBytes: Int = 1000) throws -> Split
  {
    let table = try scratch.table()
    var driver = try scratch.driver()
    return try driver.split(
      SplitRequest(
        table: table.name, column: column.map { table.columns[$0] }, partBytes: partBytes, maximumParts: parts
      ))
  }

  /// Rows between the cuts.
  private func sizes(_ scratch: Scratch, _ split: Split, column: Int) throws -> [Int] {
    let table = try scratch.table()
    var driver = try scratch.driver()
    let bounds: [KeyValue?] = [nil] + split.cuts + [nil]
    return try zip(bounds, bounds.dropFirst()).map { from, to in
      let range = TableRange(
        table: table.name, column: table.columns[column], range: .span(from: from, to: to))
      return try driver.texts(table.read(range)).count
    }
  }

  static let shapes: [(name: String, key: String)] = [
    ("dense", "i"), ("sparse", "i * 1000003"),
    ("with a gap", "CASE WHEN i < 10000 THEN i ELSE i + 4000000000 END"),
    ("dense, then sparse", "CASE WHEN i < 15000 THEN i ELSE i * 100 END"), ("negative", "i - 10000"),
    ("over all of 64 bits", "(i - 10000) * 900000000000000"),
  ]

  @Test(arguments: shapes)
  func `parts have about the same size, whatever the keys look like`(_ name: String, _ key: String) throws {
    let scratch = try Scratch(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); \(Self.numbers) INSERT INTO t SELECT \(key), 'twenty characters...' FROM n"
    )
    let split = try split(scratch, column: 0)
    #expect(split.cuts.count == 7)
    let sizes = try sizes(scratch, split, column: 0)
    #expect(sizes.reduce(0, +) == 20000)
    #expect(sizes.allSatisfy { (1000...5000).contains($0) }, "\(sizes)")
    #expect((14000...28000).contains(split.estimatedRows), "\(split.estimatedRows) rows")
    #expect((14000 * 46...28000 * 46).contains(split.estimatedBytes), "\(split.estimatedBytes) bytes")
  }

  @Test func `parts are equal in bytes, not in rows`() throws {
    let scratch = try Scratch(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);
      \(Self.numbers) INSERT INTO t SELECT i, printf('%.*c', CASE WHEN i > 18000 THEN 900 ELSE 10 END, 'x') FROM n
      """)
    let sizes = try sizes(scratch, split(scratch, column: 0), column: 0)
    #expect(sizes[0] > 5 * sizes[7], "\(sizes)")
  }

  @Test(arguments: ["", " WITHOUT ROWID"]) func `text keys are cut by what is in the table`(_ suffix: String)
    throws
  {
    let scratch = try Scratch(
      """
      CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, x)\(suffix);
      \(Self.numbers) INSERT INTO t SELECT printf('%s-%05d', CASE WHEN i % 3 THEN 'Größe' ELSE 'a' END, i * 7919 % 20011), i FROM n
      """)
    let split = try split(scratch, column: 0)
    #expect(split.cuts.count == 7)
    let sizes = try sizes(scratch, split, column: 0)
    #expect(sizes.reduce(0, +) == 20000)
    #expect(sizes.allSatisfy { (1200...5000).contains($0) }, "\(sizes)")
  }

  @Test func `a small table is not cut`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (1000)")
    #expect(
      try split(scratch, column: 0, partBytes: 1000) == Split(estimatedRows: 3, estimatedBytes: 42, cuts: []))
    #expect(try split(scratch, column: 0, parts: 2, partBytes: 10).cuts.count <= 1)
    let single = try Scratch(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (9223372036854775807)")
    #expect(try split(single, column: 0, partBytes: 1).cuts == [])
  }

  @Test func `a column without an index is not cut, since every part would read the table`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, y TEXT COLLATE NOCASE UNIQUE); \(Self.numbers) INSERT INTO t SELECT i, i, i FROM n"
    )
    #expect(try split(scratch, column: 1).cuts == [])
    #expect(try split(scratch, column: 2).cuts == [])
    try scratch.run("CREATE INDEX i ON t (x)")
    #expect(try split(scratch, column: 1).cuts.count == 7)
  }

  @Test func `columns named as the row's number do not hide it`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (rowid TEXT, oid TEXT); \(Self.numbers) INSERT INTO t SELECT i, i FROM n")
    #expect((15000...25000).contains(try split(scratch, column: nil).estimatedRows))
  }
}
