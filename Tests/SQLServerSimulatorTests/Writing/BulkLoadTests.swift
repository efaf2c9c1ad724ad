import ModelDatabase
import Testing

@testable import SQLServerSimulator

@Suite struct BulkLoadTests {
  /// Loads rows of values and their types: how many, or an error as `!515`.
  private func load(
    _ run: inout WritingServer, _ statement: String, _ types: [SQLType], _ rows: [[SQLValue]],
    chunk: Int = .max
  ) -> String {
    loadBytes(
      &run, statement, types,
      rows.map { row in zip(types, row).map { $1.isNull ? nil : $0.encoded($1) } }, chunk: chunk)
  }

  private func loadBytes(
    _ run: inout WritingServer, _ statement: String, _ types: [SQLType], _ rows: [[[UInt8]?]],
    chunk: Int = .max
  ) -> String {
    do throws(SQLError) {
      return try run.attempt { context throws(SQLError) in
        guard case .insertBulk(let bulk) = try Parser.parse(statement).statements[0].body else { return "" }
        var target = try context.prepareBulk(bulk, received: types)
        var builder = RowChunkBuilder()
        for row in rows {
          try BulkLoadTests.withPointers(row) { values throws(SQLError) in
            try target.append(values, to: &builder)
          }
          if builder.rowCount >= chunk { _ = try context.writeBulk(builder.finish(), &target) }
        }
        if builder.rowCount > 0 { _ = try context.writeBulk(builder.finish(), &target) }
        try context.finishBulk(&target)
        return "\(target.count)"
      }
    } catch {
      return "!\(error.number)"
    }
  }

  /// The bytes of a row as the stream has them.
  private static func withPointers(
    _ row: [[UInt8]?], _ body: ([UnsafeRawBufferPointer?]) throws(SQLError) -> Void
  ) throws(SQLError) {
    var copies: [UnsafeMutableRawBufferPointer] = []
    defer { for copy in copies { copy.deallocate() } }
    var values: [UnsafeRawBufferPointer?] = []
    for field in row {
      guard let field else {
        values.append(nil)
        continue
      }
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(field.count, 1), alignment: 1)
      copy.copyBytes(from: field)
      copies.append(copy)
      values.append(UnsafeRawBufferPointer(start: copy.baseAddress, count: field.count))
    }
    try body(values)
  }

  @Test func `rows are stored as they come, in the order of the statement`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n nvarchar(5), d decimal(9,2), b bit, c "
        + "char(3), at datetime)"
    )
    let types: [SQLType] = [.nvarchar(5), .int, .decimal(9, 2), .bit, .char(3), .datetime]
    #expect(
      load(
        &run,
        "INSERT BULK t ([n] nvarchar(5), [id] int, d decimal(9,2), b bit, c char(3), at datetime) "
          + "WITH (TABLOCK, ORDER (id))",
        types,
        [
          [
            .text("é😀"), .integer(2), .decimal(SQLDecimal(magnitude: 150, scale: 2)), .bit(true), .text("a"),
            .datetime(days: 40_000, ticks: 3),
          ],
          [.null, .integer(1), .null, .null, .null, .null],
        ]) == "2")
    #expect(run("SELECT * FROM t") == "1 NULL NULL NULL NULL NULL|2 é😀 1.50 1 a   Jul  8 2009 12:00AM")
    #expect(run("SELECT DATALENGTH(c) FROM t WHERE id = 2") == "3")
    #expect(load(&run, "INSERT BULK t (id int)", [.int], [[.integer(3)], [.integer(2)]]) == "!2627")
    #expect(run("SELECT COUNT(*) FROM t") == "2")
  }

  @Test func `types that store otherwise are converted, and what does not fit is refused`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (v varchar(3), w nvarchar(3), t datetime2(0), g bigint, d decimal(5,2), n binary(2))")
    func load(_ column: String, _ type: SQLType, _ value: SQLValue) -> String {
      self.load(&run, "INSERT BULK t ([\(column)] int)", [type], [[value]])
    }
    #expect(load("v", .nvarchar(10), .text("abc  ")) == "1")
    #expect(load("v", .varchar(10), .text("abc  ")) == "1")
    #expect(load("v", .varchar(10), .text("abcd")) == "!2628")
    #expect(load("w", .varchar(10), .text("é")) == "1")
    #expect(load("t", .datetime2(7), .datetime2(days: 733_000, ticks: 5_000_000)) == "1")
    #expect(load("g", .int, .integer(-7)) == "1")
    #expect(load("g", .varchar(10), .text("x")) == "!8114")
    #expect(load("d", .decimal(38, 2), .decimal(SQLDecimal(magnitude: 12345, scale: 2))) == "1")
    #expect(load("d", .decimal(38, 2), .decimal(SQLDecimal(magnitude: 1_234_567, scale: 2))) == "!8115")
    #expect(load("n", .varbinary(2), .binary([1])) == "1")
    #expect(load("n", .varbinary(8), .binary([1, 2, 3])) == "!2628")
    #expect(load("n", .varchar(8), .text("a")) == "!257")
    #expect(load("g", .xml, .text("a")) == "!206")
    #expect(
      run("SELECT v, w, t, g, d, n FROM t")
        == "abc NULL NULL NULL NULL NULL|abc NULL NULL NULL NULL NULL|NULL é NULL NULL NULL NULL|"
        + "NULL NULL 2007-11-21 00:00:01 NULL NULL NULL|NULL NULL NULL -7 NULL NULL|NULL NULL NULL "
        + "NULL 123.45 NULL|"
        + "NULL NULL NULL NULL NULL 0x0100")
  }

  @Test func `bytes that are no value are refused`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (i int, n nvarchar(3), d decimal(9,0), k decimal(38,0), b bit, t time(7), f "
        + "float, x datetime)"
    )
    func load(_ column: String, _ type: SQLType, _ bytes: [UInt8]) -> String {
      loadBytes(&run, "INSERT BULK t ([\(column)] int)", [type], [[bytes]])
    }
    #expect(load("i", .int, [1, 2, 3]) == "!4815")
    #expect(load("i", .int, []) == "!4815")
    #expect(load("n", .nvarchar(3), [0x41, 0, 0x42]) == "!4815")
    #expect(load("n", .nvarchar(3), [UInt8](repeating: 0, count: 8)) == "!4815")
    #expect(load("n", .nvarchar(3), []) == "1")
    #expect(load("n", .nvarchar(3), [0x00, 0xD8]) == "1")
    #expect(load("d", .decimal(9, 0), [1, 0, 0]) == "1")
    #expect(load("d", .decimal(9, 0), [1]) == "!4815")
    #expect(load("d", .decimal(9, 0), []) == "!4815")
    #expect(load("d", .decimal(9, 0), [2, 1, 0, 0, 0]) == "!9803")
    #expect(load("d", .decimal(9, 0), [1, 0xFF, 0xFF, 0xFF, 0xFF]) == "!9803")
    // Zeros may be left out, and zero has no sign.
    #expect(load("k", .decimal(38, 0), [1, 7, 0, 0, 0]) == "1")
    #expect(load("k", .decimal(38, 0), [0, 0, 0, 0, 0]) == "1")
    #expect(load("b", .bit, [2]) == "!9803")
    #expect(load("t", .time(7), [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) == "!9803")
    #expect(load("f", .float, [0, 0, 0, 0, 0, 0, 0xF8, 0x7F]) == "!9803")
    #expect(load("x", .datetime, [0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0]) == "!9803")
    #expect(run("SELECT k FROM t WHERE k IS NOT NULL") == "7|0")
    #expect(run("SELECT COUNT(*) FROM t WHERE k = 0") == "1")
    #expect(run("SELECT DATALENGTH(n) FROM t WHERE n IS NOT NULL") == "0|2")
  }

  @Test func `columns are found by name, and those that nobody loads are refused`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int NOT NULL, v rowversion, c AS id + 1, n int)")
    #expect(load(&run, "INSERT BULK nosuch (id int)", [.int], []) == "!208")
    #expect(load(&run, "INSERT BULK t (q int)", [.int], []) == "!207")
    #expect(load(&run, "INSERT BULK t (id int, ID int)", [.int, .int], []) == "!264")
    #expect(load(&run, "INSERT BULK t (c int)", [.int], []) == "!271")
    #expect(load(&run, "INSERT BULK t (v timestamp)", [.rowversion], []) == "!273")
    #expect(load(&run, "INSERT BULK t (id int)", [.int, .int], []) == "!4816")
    #expect(load(&run, "INSERT BULK t (n int)", [.int], []) == "0")
    #expect(load(&run, "INSERT BULK t (n int)", [.int], [[.integer(1)]]) == "!515")
    #expect(load(&run, "INSERT BULK t (id int)", [.int], [[.null]]) == "!515")
    #expect(load(&run, "INSERT BULK t", [.int, .int], [[.integer(5), .null]]) == "1")
    #expect(run("SELECT id, c, n FROM t WHERE v = @@DBTS") == "5 6 NULL")
    let bulk = try Parser.parse("INSERT BULK t (a varchar(9) COLLATE Latin1_General_BIN, b datetime2)")
      .statements[0]
    guard case .insertBulk(let statement) = bulk.body else { return }
    let types = try run.query.context.declaredTypes(statement)
    #expect(types[0].collation?.isBinary == true)
    #expect(types[1] == .datetime2(7))
  }

  @Test func `identities are given out, or kept when that is asked for`() throws {
    var run = try WritingServer("CREATE TABLE t (id int IDENTITY(10, 1), n int)")
    let both: [SQLType] = [.int, .int]
    #expect(load(&run, "INSERT BULK t (n int)", [.int], [[.integer(1)], [.integer(2)]]) == "2")
    #expect(load(&run, "INSERT BULK t (id int, n int)", both, [[.integer(99), .integer(3)]]) == "1")
    #expect(
      load(&run, "INSERT BULK t (id int, n int) WITH (KEEPIDENTITY)", both, [[.integer(50), .integer(4)]])
        == "1")
    #expect(load(&run, "INSERT BULK t (n int) WITH (KEEPIDENTITY)", [.int], []) == "!545")
    #expect(
      load(&run, "INSERT BULK t (id int, n int) WITH (KEEPIDENTITY)", both, [[.null, .integer(4)]]) == "!515")
    run.session.identityInsert = try run.number(of: "t")
    #expect(load(&run, "INSERT BULK t (id int, n int)", both, [[.integer(40), .integer(5)]]) == "1")
    run.session.identityInsert = nil
    #expect(load(&run, "INSERT BULK t (n int)", [.int], [[.integer(6)]]) == "1")
    #expect(run("SELECT id, n FROM t") == "10 1|11 2|12 3|50 4|40 5|51 6")
    #expect(run("SELECT SCOPE_IDENTITY()") == "51")
  }

  @Test func `NULL becomes the default unless NULLs are kept`() throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int, n int NOT NULL DEFAULT 5, g uniqueidentifier DEFAULT NEWID(), v "
        + "varchar(3) DEFAULT 'q')"
    )
    let types: [SQLType] = [.int, .int, .varchar(3)]
    let names = "(id int, n int, v varchar(3))"
    #expect(
      load(
        &run, "INSERT BULK t \(names)", types, [[.integer(1), .null, .null], [.integer(2), .null, .null]])
        == "2")
    #expect(
      load(&run, "INSERT BULK t \(names) WITH (KEEP_NULLS)", types, [[.integer(3), .null, .null]]) == "!515")
    #expect(
      load(&run, "INSERT BULK t \(names) WITH (KEEP_NULLS)", types, [[.integer(3), .integer(1), .null]])
        == "1")
    #expect(run("SELECT id, n, v FROM t") == "1 5 q|2 5 q|3 1 NULL")
    #expect(run("SELECT COUNT(DISTINCT g) FROM t") == "3")
  }

  @Test func `constraints are looked at only when that is asked for, and not relied on otherwise`() throws {
    var run = try WritingServer(
      "CREATE TABLE p (id int NOT NULL PRIMARY KEY)", "INSERT p VALUES (1)",
      "CREATE TABLE c (id int NOT NULL PRIMARY KEY, pid int, CONSTRAINT ck CHECK (id > 0), "
        + "CONSTRAINT fk FOREIGN KEY (pid) REFERENCES p (id), CONSTRAINT own FOREIGN KEY (pid) "
        + "REFERENCES c (id))"
    )
    let types: [SQLType] = [.int, .int]
    let checked = "INSERT BULK c (id int, pid int) WITH (CHECK_CONSTRAINTS)"
    #expect(load(&run, checked, types, [[.integer(0), .null]]) == "!547")
    #expect(load(&run, checked, types, [[.integer(1), .integer(2)]]) == "!547")
    // The parent comes in a later chunk.
    #expect(
      load(&run, checked, types, [[.integer(3), .integer(1)], [.integer(1), .null]], chunk: 1) == "2")
    #expect(try run.constraints(of: "c").allSatisfy(\.isTrusted))
    #expect(load(&run, "INSERT BULK c (id int, pid int)", types, []) == "0")
    #expect(try run.constraints(of: "c").allSatisfy(\.isTrusted))
    #expect(load(&run, "INSERT BULK c (id int, pid int)", types, [[.integer(-1), .integer(77)]]) == "1")
    #expect(try run.constraints(of: "c").map(\.isTrusted) == [true, false, false, false])
  }

  @Test func `triggers run once, and only when that is asked for`() throws {
    var run = try WritingServer("CREATE TABLE t (id int)")
    _ = try run.addTrigger("tr", on: "t", [.insert])
    #expect(load(&run, "INSERT BULK t (id int)", [.int], [[.integer(1)]]) == "1")
    #expect(load(&run, "INSERT BULK t (id int) WITH (FIRE_TRIGGERS)", [.int], []) == "!40514")
  }

  @Test func `a table that has changed since the load began takes no rows`() throws {
    var run = try WritingServer("CREATE TABLE t (id int)")
    guard case .insertBulk(let bulk) = try Parser.parse("INSERT BULK t (id int)").statements[0].body else {
      return
    }
    var target: BulkTarget?
    _ = try run.attempt { context throws(SQLError) in
      target = try context.prepareBulk(bulk, received: [.int])
      return ""
    }
    let number = try run.number(of: "t")
    let session = run.session.number
    _ = try run.attempt { context throws(SQLError) in
      try context.storage.alterTable(session, number) { _ throws(SQLError) in }.value()
      return ""
    }
    var prepared = try #require(target)
    #expect(throws: SQLError.bulkTargetHasChanged) {
      _ = try run.attempt { context throws(SQLError) in
        "\(try context.writeBulk(.of([[1]]), &prepared))"
      }
    }
  }

  @Test func `loads with TABLOCK go side by side into a heap, and readers wait`() throws {
    var run = try WritingServer("CREATE TABLE t (id int)")
    run.begin()
    #expect(load(&run, "INSERT BULK t (id int) WITH (TABLOCK)", [.int], [[.integer(1)]]) == "1")
    run.use(1)
    run.begin()
    #expect(load(&run, "INSERT BULK t (id int) WITH (TABLOCK)", [.int], [[.integer(2)]]) == "1")
    run.use(0)
    try run.commit()
    #expect(run("SELECT id FROM t") == "waits")
    run.use(1)
    try run.rollback()
    run.use(0)
    #expect(run("SELECT id FROM t") == "1")
  }
}
