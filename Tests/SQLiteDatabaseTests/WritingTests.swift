import CSQLite
import Databases
import Rows
import SQLiteDatabase
import Testing

@Suite struct WritingTests {
  /// Writes one text to a column of this declared type, travelling as `type`.
  private func write(_ text: String, as type: ColumnType, to declared: String) throws -> [String] {
    let scratch = try Scratch("CREATE TABLE t (Id INTEGER PRIMARY KEY, x \(declared))")
    let table = try scratch.table()
    var builder = RowBatchBuilder(columnCount: 2)
    builder.beginRow()
    builder.append(7 as Int64)
    var text = text
    try text.withUTF8 { utf8 in
      Result { () throws(BadValue) in
        try FieldEncoder.append(text: UnsafeRawBufferPointer(utf8), type: type, to: &builder)
      }
    }.get()
    builder.endRow()
    let taken = builder.take()
    let batch = try #require(taken)
    var driver = try scratch.driver(.write)
    var column = table.columns[1]
    // A column of no known type, and empty, is text until it holds something.
    if column.declared.isEmpty || Self.unknown.contains(declared) { column.type = type }
    try driver.begin()
    try driver.openWrite(
      table.name,
      columns: [
        TransferColumn(schema: table.columns[0], type: .int64), TransferColumn(schema: column, type: type),
      ])
    try driver.write(batch)
    #expect(try driver.finishWrite() == 1)
    try driver.commit()
    driver.close()
    return try scratch.query("SELECT typeof(x) FROM t") + scratch.query("SELECT CAST(x AS TEXT) FROM t")
  }

  private static let unknown = ["STRING"]

  static let stored: [(text: String, type: ColumnType, declared: String, stored: [String])] = [
    ("5.00", .decimal(precision: 10, scale: 2), "DECIMAL(10,2)", ["integer", "5"]),
    ("5.25", .decimal(precision: 10, scale: 2), "DECIMAL(10,2)", ["real", "5.25"]),
    ("5.25", .decimal(precision: 10, scale: 2), "DECIMAL_TEXT(10,2)", ["text", "5.25"]),
    ("5.00", .decimal(precision: 10, scale: 2), "DECIMAL_TEXT(10,2)", ["text", "5.00"]),
    (
      "9223372036854775807", .decimal(precision: 19, scale: 0), "DECIMAL(19,0)",
      ["integer", "9223372036854775807"]
    ),
    ("123456789012.345", .decimal(precision: 18, scale: 3), "DECIMAL(18,3)", ["real", "123456789012.345"]),
    ("true", .bool, "BOOLEAN", ["integer", "1"]), ("1.0", .float64, "DOUBLE", ["real", "1.0"]),
    ("1.0", .text(maxLength: nil), "TEXT", ["text", "1.0"]),
    ("1.0", .text(maxLength: nil), "", ["text", "1.0"]),
    ("x1", .text(maxLength: nil), "STRING", ["text", "x1"]), ("12", .json, "JSON", ["integer", "12"]),
    ("1.0", .json, "JSON_TEXT", ["text", "1.0"]), ("2024-02-29", .date, "DATE", ["text", "2024-02-29"]),
    ("2024-02-29 01:02:03.5", .timestamp(precision: 3), "DATETIME(3)", ["text", "2024-02-29 01:02:03.5"]),
    (
      "2024-02-29 01:02:03+00", .timestampTZ(precision: 6), "TIMESTAMPTZ", ["text", "2024-02-29 01:02:03+00"]
    ),
    ("2024-02-29 01:02:03", .timestamp(precision: 6), "TIMESTAMPTZ", ["text", "2024-02-29 01:02:03+00"]),
    (
      "01234567-89AB-cdef-0123-456789abcdef", .uuid, "UUID", ["text", "01234567-89ab-cdef-0123-456789abcdef"]
    ),
    (
      "01234567-89ab-cdef-0123-456789abcdef", .uuid, "NCHAR(36)",
      ["text", "01234567-89ab-cdef-0123-456789abcdef"]
    ),
  ]

  @Test(arguments: stored)
  func `values are stored as what reads back as them`(
    _ text: String, _ type: ColumnType, _ declared: String, _ stored: [String]
  ) throws {
    #expect(try write(text, as: type, to: declared) == stored)
  }

  static let refused: [(text: String, type: ColumnType, declared: String, rule: String)] = [
    ("1234567890123456.5", .decimal(precision: 20, scale: 1), "DECIMAL(20,1)", "15 that SQLite keeps"),
    ("0.1234567890123456", .numeric(trailingZeros: false), "NUMERIC", "15 that SQLite keeps"),
    ("NaN", .numeric(trailingZeros: false), "NUMERIC", "finite"), ("NaN", .float64, "DOUBLE", "NaN"),
    ("-0.0", .float64, "DOUBLE", "negative zero"),
    ("12", .text(maxLength: nil), "STRING", "looks like a number"),
    (" 1e5 ", .text(maxLength: nil), "STRING", "looks like a number"),
    ("1.0", .json, "JSON", "looks like a number"),
    ("abcd", .text(maxLength: nil), "NVARCHAR(3)", "longer than 3 characters"),
    ("infinity", .date, "DATE", "infinity"),
  ]

  @Test(arguments: refused)
  func `a value that SQLite would change is refused, with key, column and rule`(
    _ text: String, _ type: ColumnType, _ declared: String, _ rule: String
  ) throws {
    let error = try failure { _ = try write(text, as: type, to: declared) }
    #expect(error.errorClass == .badRow)
    #expect(error.message.hasPrefix("in the row with Id = 7, column x "), "\(error)")
    #expect(error.message.contains(rule), "\(error)")
  }

  @Test func `random decimals that are taken read back as they were`() throws {
    let scratch = try Scratch("CREATE TABLE t (Id INTEGER PRIMARY KEY, x NUMERIC, y DECIMAL(18,6))")
    let table = try scratch.table()
    let read = table.read()
    var seed: UInt64 = 1
    var takenRows = 0
    var driver = try scratch.driver(.write)
    try driver.begin()
    for row in 0..<2000 {
      // A multiplicative generator: the same numbers on every machine.
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let digits = String(seed >> 20 % (1 << 40))
      let scale = Int(seed >> 60) % 7
      let text = "\(digits.dropLast(scale).isEmpty ? "0" : digits.dropLast(scale)).\(digits.suffix(scale))0"
      var builder = RowBatchBuilder(columnCount: 3)
      builder.beginRow()
      builder.append(Int64(row))
      var bytes = text
      do {
        try bytes.withUTF8 { utf8 in
          Result { () throws(BadValue) in
            try builder.appendDecimal(
              text: UnsafeRawBufferPointer(utf8), type: .numeric(trailingZeros: false))
            try builder.appendDecimal(
              text: UnsafeRawBufferPointer(utf8), type: .decimal(precision: 18, scale: 6))
          }
        }.get()
      } catch {
        builder.discardRow()
        continue
      }
      builder.endRow()
      let taken = builder.take()
      let batch = try #require(taken)
      try driver.openWrite(table.name, columns: read.columns)
      do {
        try driver.write(batch)
      } catch {
        #expect(error.errorClass == .badRow)
        continue
      }
      takenRows += 1
      let back = TableRange(
        table: table.name, column: table.columns[0], range: .span(from: .integer(Int64(row)), to: nil))
      try driver.openRead(table.read(back))
      #expect(try driver.nextBatch()?.fingerprint == batch.fingerprint, "\(text)")
      try driver.closeRead()
    }
    try driver.rollback()
    #expect(takenRows > 500)
  }

  @Test func `rows that a trigger swallows are not counted`() throws {
    let scratch = try Scratch(
      """
      CREATE TABLE t (Id INTEGER PRIMARY KEY); CREATE TRIGGER skip BEFORE INSERT ON t WHEN NEW.Id > 1 BEGIN
      SELECT RAISE(IGNORE); END
      """)
    let table = try scratch.table()
    var driver = try scratch.driver(.write)
    var builder = RowBatchBuilder(columnCount: 1)
    for id in 1...3 as ClosedRange<Int64> {
      builder.beginRow()
      builder.append(id)
      builder.endRow()
    }
    let taken = builder.take()
    let batch = try #require(taken)
    try driver.begin()
    try driver.openWrite(table.name, columns: table.read().columns)
    try driver.write(batch)
    #expect(try driver.finishWrite() == 1)
    try driver.rollback()
  }
}
