import Databases
import Rows
import SQLiteDatabase
import Testing

@Suite struct ReadingTests {
  static let badValues: [(declared: String, value: String, rule: String)] = [
    ("INTEGER", "'seven'", "is stored as text, not as an integer"),
    ("BIGINT", "x'00'", "is stored as a blob"),
    ("INT", "1.5", "is stored as a floating-point number, not as an integer"),
    ("SMALLINT", "40000", "16 bits"),
    ("INT4", "3000000000", "32 bits"), ("BOOLEAN", "2", "0 nor 1"),
    ("BOOLEAN", "'true'", "is stored as text"),
    ("TEXT", "x'ff'", "is stored as a blob, not as text"),
    ("TEXT", "CAST(x'c328' AS TEXT)", "is not valid UTF-8"),
    ("NVARCHAR(3)", "'abcd'", "longer than 3 characters"),
    ("VARBINARY(2)", "x'010203'", "longer than 2 bytes"),
    ("BLOB", "'text'", "is stored as text, not as bytes"), ("DECIMAL(4,1)", "1.25", "more than 1 decimals"),
    ("DECIMAL(4,1)", "12345", "more than 3 digits before the point"),
    ("DECIMAL(4,1)", "'x'", "not a decimal number"),
    ("DOUBLE", "'x'", "is stored as text"), ("FLOAT32", "0.1", "float32"), ("UUID", "'nope'", "not a UUID"),
    ("DATE", "'yesterday'", "is not a date"), ("DATE", "'2023-02-29'", "not in the calendar"),
    ("DATETIME", "1700000000", "is stored as an integer, not as a timestamp"),
    ("DATETIME", "2460000.5", "is stored as a floating-point number"),
    ("DATETIME", "'2024-01-01 25:00:00'", "hour"),
    ("DATETIME(3)", "'2024-01-01 00:00:00.1234'", "more than 3 decimals"),
    ("TIME", "'noon'", "is not a time"),
    ("DATETIME", "'0000-01-01 00:00:00'", "year 0"),
  ]

  @Test(arguments: badValues)
  func `a value that its column does not declare is named by key, column and rule`(
    _ declared: String, _ value: String, _ rule: String
  ) throws {
    let scratch = try Scratch(
      "CREATE TABLE \"the t\" (Id INTEGER PRIMARY KEY, Col \(declared)); INSERT INTO \"the t\" VALUES (41, NULL), (42, \(value))"
    )
    let table = try scratch.table()
    var driver = try scratch.driver()
    let error = try failure { _ = try driver.texts(table.read()) }
    #expect(error.errorClass == .badRow)
    #expect(error.place.table == "the t")
    #expect(error.message.hasPrefix("in the row with Id = 42, column Col "), "\(error)")
    #expect(error.message.contains(rule), "\(error)")
    // The error does not look like the end of the rows, and the connection reads on.
    #expect(try failure { _ = try driver.nextBatch() }.errorClass == .permanent)
    let first = TableRange(
      table: table.name, column: table.columns[0], range: .span(from: nil, to: .integer(42)))
    #expect(try driver.texts(table.read(first)) == ["41|NULL"])
  }

  @Test func `a bad value names composite and text keys, and needs none`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (a TEXT, b BLOB, x INT, PRIMARY KEY (a, b)); INSERT INTO t VALUES ('it''s', x'0102', 'bad')"
    )
    let table = try scratch.table()
    var driver = try scratch.driver()
    let named = try failure { _ = try driver.texts(table.read()) }
    #expect(named.message.hasPrefix("in the row with a = 'it's', b = a blob of 2 bytes, column x "))
    var keyless = table.read()
    keyless.key = []
    #expect(try failure { _ = try driver.texts(keyless) }.message.hasPrefix("in a row, column x "))
  }

  @Test func `a value that does not survive its second encoding is named as well`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (Id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t VALUES (7, 'no uuid')")
    let table = try scratch.table()
    var read = table.read()
    read.columns[1].type = .uuid
    var driver = try scratch.driver()
    let error = try failure { _ = try driver.texts(read) }
    #expect(error.message == "in the row with Id = 7, column x is not a UUID")
  }

  static let goodValues: [(declared: String, value: String, text: String)] = [
    ("INTEGER", "-9223372036854775808", "-9223372036854775808"), ("BOOLEAN", "1", "true"),
    ("BIT", "0", "false"),
    ("DECIMAL(10,2)", "1.1", "1.10"), ("DECIMAL(10,2)", "5", "5.00"), ("DECIMAL(10,2)", "0.29", "0.29"),
    ("DECIMAL(20,2)", "1e15", "1000000000000000.00"), ("DECIMAL(10,2)", "-0.0", "0.00"),
    ("NUMERIC", "1.50", "1.5"),
    ("DECIMAL_TEXT(38,2)", "'123456789012345678901234567890.10'", "123456789012345678901234567890.10"),
    ("REAL", "5", "5.0"), ("DOUBLE", "9e999", "Infinity"), ("FLOAT32", "0.5", "0.5"),
    ("FLOAT4", "0.1", "0.1"),
    ("TEXT", "'a' || char(0) || 'b'", "a\u{0}b"),
    ("NVARCHAR(2)", "'👩👩'", "👩👩"), ("TEXT", "''", ""), ("BLOB", "x''", "\\x"),
    ("UUID", "'{01234567-89AB-CDEF-0123-456789ABCDEF}'", "01234567-89ab-cdef-0123-456789abcdef"),
    ("GUID", "x'0123456789abcdef0123456789abcdef'", "01234567-89ab-cdef-0123-456789abcdef"),
    ("DATE", "'2024-02-29'", "2024-02-29"), ("DATE", "'2024-02-29 00:00:00'", "2024-02-29"),
    ("TIME(3)", "'01:02'", "01:02:00"), ("DATETIME", "'2008-07-31T21:42:52.667'", "2008-07-31 21:42:52.667"),
    ("DATETIME", "'2008-07-31'", "2008-07-31 00:00:00"),
    ("TIMESTAMPTZ", "'2024-01-01 02:00:00+02:00'", "2024-01-01 00:00:00+00"),
    ("JSON", "'{\"a\":1}'", "{\"a\":1}"), ("JSON", "12", "12"), ("", "x'01'", "\\x01"),
  ]

  @Test(arguments: goodValues)
  func `values are read as what they are`(_ declared: String, _ value: String, _ text: String) throws {
    let scratch = try Scratch("CREATE TABLE t (x \(declared)); INSERT INTO t VALUES (\(value))")
    var driver = try scratch.driver()
    #expect(try driver.texts(scratch.table().read()) == [text])
  }

  @Test func `a database in UTF-16 is read as UTF-8, in the order of UTF-8`() throws {
    let scratch = try Scratch(
      """
      PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (x TEXT PRIMARY KEY NOT NULL);
      INSERT INTO t VALUES ('a'), ('ā'), ('Ā'), ('漢'), ('👩'), (char(65533)), ('b')
      """)
    let table = try scratch.table()
    var driver = try scratch.driver()
    func texts(_ from: String?, _ to: String?) throws -> Set<String> {
      let range = KeyRange.span(from: from.map(KeyValue.text), to: to.map(KeyValue.text))
      return Set(
        try driver.texts(table.read(TableRange(table: table.name, column: table.columns[0], range: range))))
    }
    #expect(try texts(nil, "b") == ["a"])
    #expect(try texts("b", "漢") == ["b", "ā", "Ā"])
    #expect(try texts("漢", nil) == ["漢", "\u{FFFD}", "👩"])
    #expect(try texts("👩", nil) == ["👩"])
    let split = try driver.split(
      SplitRequest(table: table.name, column: table.columns[0], partBytes: 1, maximumParts: 5))
    #expect(split.cuts == [])
  }

  @Test func `text and blobs among integers are above them all`() throws {
    let scratch = try Scratch(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, x INT); INSERT INTO t VALUES (1, 5), (2, 'x'), (3, x'00'), (4, NULL), (5, 1.5)"
    )
    let table = try scratch.table()
    var read = table.read(
      TableRange(table: table.name, column: table.columns[1], range: .span(from: .integer(2), to: nil)))
    read.columns.removeLast()
    var driver = try scratch.driver()
    #expect(try driver.texts(read) == ["1", "2", "3"])
    read.rows.range = .span(from: nil, to: .integer(2))
    #expect(try driver.texts(read) == ["5"])
  }

  @Test func `a large table's fingerprint comes in portions`() throws {
    let scratch = try Scratch(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO t SELECT i, printf('%.*c', 1000, 'x') FROM n
      """)
    let table = try scratch.table()
    var driver = try scratch.driver()
    try driver.openRead(table.read())
    var portions: [Fingerprint] = []
    while let portion = try driver.nextFingerprint() { portions.append(portion) }
    #expect(portions.count == 3)
    var total = Fingerprint()
    try driver.openRead(table.read())
    while let batch = try driver.nextBatch() { total += batch.fingerprint }
    #expect(portions.reduce(Fingerprint(), +) == total)
    #expect(total.rows == 20000)
  }
}
