import Databases
import Rows
import Runtime
import TDS
import Testing

@testable import SQLServerDatabase

/// What goes out over the wire in a bulk load, byte by byte.
@Suite struct WriteTests {
  /// Writes rows, and returns the load that the server got.
  private func load(
    _ table: StubTable, _ rows: [[String?]]
  ) throws -> (columns: [Column], rows: [[[UInt8]?]], batches: [String]) {
    let bulks = Guarded([[UInt8]]())
    let server = try StubServer(table) { request in
      if case .bulk(let bytes) = request { bulks.withLock { $0.append(bytes) } }
      return nil
    }
    var driver = try server.driver()
    defer { driver.close() }
    #expect(try write(&driver, table, rows) == rows.count)
    let (columns, values) = try StubTable.load(try #require(bulks.withLock { $0.first }))
    return (columns, values, server.batches)
  }

  private func values(_ type: String, _ values: [String?]) throws -> [[UInt8]?] {
    try load(StubTable([item("v", type)]), values.map { [$0] }).rows.map { $0[0] }
  }

  /// The error of a write of one value, before anything of it is sent.
  private func refusal(_ type: String, _ value: String, as column: ColumnType? = nil) throws -> DatabaseError
  {
    let table = StubTable([item("id", "int"), item("v", type)], key: ["id"])
    let server = try StubServer(table)
    var columns = try table.transfer()
    if let column { columns[1].type = column }
    return try failure {
      var driver = try server.driver()
      defer { driver.close() }
      do {
        try write(&driver, table, [["7", value]], as: columns)
      } catch {
        try driver.rollback()
        throw error
      }
    }
  }

  @Test func `the statement names table and columns, and says no hint that nobody asked for`() throws {
    let (_, rows, batches) = try load(
      StubTable([item("id", "int"), item("a]b", "nvarchar(10)")]), [["1", "x"], [nil, nil]])
    #expect(rows == [[low(1, 4), [0x78, 0]], [nil, nil]])
    let statement = try #require(batches.first { $0.lowercased().hasPrefix("insert bulk") })
    #expect(statement == "insert bulk [dbo].[t] ([id] INT, [a]]b] NVARCHAR(10))")
  }

  @Test func `a table's name may hold anything`() throws {
    let table = StubTable([item("Größe %s", "int")])
    let server = try StubServer(table)
    var driver = try server.driver()
    defer { driver.close() }
    let name = TableName(schema: "dbo", name: "it's a]漢字%s;--")
    try driver.openWrite(name, columns: try table.transfer())
    try driver.write(try batch([["1"]], [.int32]))
    #expect(try driver.finishWrite() == 1)
    #expect(server.batches.last == "insert bulk [dbo].[it's a]]漢字%s;--] ([Größe %s] INT)")
  }

  @Test func `an empty text is no NULL`() throws {
    for type in ["nvarchar(10)", "varchar(10)", "nvarchar(max)", "varchar(max)", "char(5)", "nchar(5)"] {
      #expect(
        try values(type, ["", nil, "a", "", nil]).map { $0?.isEmpty } == [true, nil, false, true, nil],
        "\(type)")
    }
  }

  @Test func `empty bytes are no NULL`() throws {
    for type in ["varbinary(10)", "varbinary(max)"] {
      let found = try values(type, ["\\x", nil, "\\x00ff", "\\x", "\\x01", nil])
      #expect(found == [[], nil, [0, 255], [], [1], nil], "\(type)")
    }
  }

  @Test func `texts of N types are UTF-16, and the others are in their code page`() throws {
    #expect(try values("nvarchar(10)", ["aéz", "👩"]) == [Array("aéz".utf16LE), Array("👩".utf16LE)])
    #expect(try values("nvarchar(max)", ["aéz"]) == [Array("aéz".utf16LE)])
    #expect(try values("varchar(10)", ["aé€"]) == [[0x61, 0xE9, 0x80]])
    #expect(try values("varchar(max)", ["aé€"]) == [[0x61, 0xE9, 0x80]])
  }

  @Test func `a large text goes as it is`() throws {
    let text = String(repeating: "漢字 and more, ", count: 9000)
    #expect(try values("nvarchar(max)", [text]) == [Array(text.utf16LE)])
    let ascii = String(repeating: "x", count: 100_000)
    #expect(try values("varchar(max)", [ascii]) == [Array(ascii.utf8)])
    let bytes = "\\x" + String(repeating: "00ff7f", count: 30_000)
    #expect(try values("varbinary(max)", [bytes])[0]?.count == 90_000)
  }

  @Test func `NUL within a text is part of it`() throws {
    #expect(try values("nvarchar(10)", ["a\u{0}b"]) == [[0x61, 0, 0, 0, 0x62, 0]])
  }

  @Test func `a value that is longer than its column is an error that names the column`() throws {
    for (type, value, column) in [
      ("nvarchar(10)", "12345678901", ColumnType.text(maxLength: nil)),
      ("nvarchar(10)", "👩👩👩👩👩👩", .text(maxLength: 10)),
      ("varchar(10)", "12345678901", .text(maxLength: nil)), ("nchar(5)", "123456", .text(maxLength: nil)),
      ("varbinary(10)", "\\x0102030405060708090a0b", .bytes(maxLength: nil)),
      ("binary(4)", "\\x010203", .bytes(maxLength: nil)),
    ] {
      let error = try refusal(type, value, as: column)
      #expect(error.errorClass == .badRow, "\(type)")
      #expect(error.message.contains("id = 7"), "\(error.message)")
      #expect(error.message.contains("column v"), "\(error.message)")
      #expect(error.place.table == "dbo.t")
    }
  }

  @Test func `a character that the code page does not have is an error and no question mark`() throws {
    #expect(try refusal("varchar(10)", "漢").message.contains("code page 1252"))
  }

  @Test func `numbers beyond their type are errors`() throws {
    #expect(try refusal("tinyint", "256").message.contains("0 and 255"))
    #expect(try refusal("tinyint", "-1").errorClass == .badRow)
    #expect(try refusal("float", "NaN").message.contains("no finite number"))
    #expect(try refusal("real", "Infinity").errorClass == .badRow)
    #expect(try refusal("smallmoney", "214748.3648").errorClass == .badRow)
    #expect(
      try refusal("decimal(10,2)", "1.255", as: .decimal(precision: 12, scale: 3)).errorClass == .badRow)
  }

  @Test func `moments that a type would round are errors`() throws {
    #expect(try refusal("datetime", "2024-05-01 12:30:00.001").message.contains("1/300"))
    #expect(try refusal("datetime", "1752-12-31 00:00:00").message.contains("outside the years"))
    #expect(try refusal("smalldatetime", "2024-05-01 12:30:01").message.contains("seconds"))
    #expect(try refusal("time(0)", "24:00:00").message.contains("24:00:00"))
    #expect(try refusal("date", "infinity").errorClass == .badRow)
    #expect(try refusal("datetime2(3)", "0001-01-01 00:00:00 BC").errorClass == .badRow)
  }

  @Test func `a server's error is that of the load, and not its end`() throws {
    let table = StubTable([item("id", "int")])
    let server = try StubServer(table) { request in
      if case .bulk = request {
        return .tokens(
          Reply.error(
            2627, 14,
            "Violation of PRIMARY KEY constraint 'k'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (secret)."
          ))
      }
      return nil
    }
    let error = try failure {
      var driver = try server.driver()
      defer { driver.close() }
      do {
        try write(&driver, table, [["1"]])
      } catch {
        try driver.rollback()
        throw error
      }
    }
    #expect(error.code == "2627")
    #expect(error.errorClass == .badRow)
    #expect(!error.message.contains("secret"))
    #expect(server.batches.last?.hasPrefix("IF @@TRANCOUNT > 0 ROLLBACK") == true)
  }

  @Test func `a connection that is lost in a load is lost`() throws {
    let table = StubTable([item("id", "int")])
    let server = try StubServer(table) { request in
      if case .bulk = request { return .reset(after: []) }
      return nil
    }
    let error = try failure {
      var driver = try server.driver()
      try write(&driver, table, [["1"]])
    }
    #expect(error.errorClass == .connectionLost)
  }

  @Test func `an insert that is refused throws before a row is sent`() throws {
    let table = StubTable([item("id", "int")])
    let server = try StubServer(table) { request in
      if case .batch(let text) = request, text.lowercased().hasPrefix("insert bulk") {
        return .tokens(Reply.error(1222))
      }
      return nil
    }
    let error = try failure {
      var driver = try server.driver()
      try write(&driver, table, [["1"]])
    }
    #expect(error.code == "1222")
  }

  // MARK: Hints

  private func statement(_ table: StubTable, alone: Bool) throws -> String {
    let server = try StubServer(table)
    var driver = try server.driver()
    defer { driver.close() }
    try driver.begin()
    if alone { _ = try driver.delete(TableRange(table: StubTable.name)) }
    try write(&driver, table, [["1"]])
    return try #require(server.batches.first { $0.lowercased().hasPrefix("insert bulk") })
  }

  @Test func `a table is locked by the one who deleted all of its rows, and by nobody else`() throws {
    let table = StubTable([item("id", "int")])
    #expect(try statement(table, alone: true).hasSuffix(" with (TABLOCK)"))
    #expect(!(try statement(table, alone: false).contains("with")))
  }

  @Test func `NULL stays NULL where the column has a default, which is worth more than a lock`() throws {
    let table = StubTable([item("id", "int", hasDefault: true)])
    #expect(try statement(table, alone: true).hasSuffix(" with (KEEP_NULLS)"))
  }

  @Test func `identities are kept, and the next table can keep its own`() throws {
    let table = StubTable([item("id", "int", isIdentity: true, isNullable: false), item("v", "int")])
    let (_, rows, batches) = try load(table, [["1", "2"]])
    #expect(rows == [[low(1, 4), low(2, 4)]])
    let bulk = try #require(batches.firstIndex { $0.hasPrefix("insert bulk [dbo].[t] ([id] INT, [v] INT)") })
    #expect(try #require(batches.firstIndex(of: "SET IDENTITY_INSERT [dbo].[t] ON")) < bulk)
    #expect(batches.last == "SET IDENTITY_INSERT [dbo].[t] OFF")
  }

  @Test func `a write that failed leaves no identity setting behind`() throws {
    let table = StubTable([item("id", "int", isIdentity: true, isNullable: false)])
    let server = try StubServer(table) { request in
      if case .bulk = request { return .tokens(Reply.error(1205, 13)) }
      return nil
    }
    var driver = try server.driver()
    _ = try failure {
      do { try write(&driver, table, [["1"]]) } catch {
        try driver.rollback()
        throw error
      }
    }
    #expect(server.batches.last == "SET IDENTITY_INSERT [dbo].[t] OFF")
    driver.close()
  }

  @Test func `columns that are left out are not those that are written`() throws {
    let table = StubTable([item("a", "int"), item("b", "int"), item("c", "nvarchar(10)")])
    let bulks = Guarded([[UInt8]]())
    let server = try StubServer(table) { request in
      if case .bulk(let bytes) = request { bulks.withLock { $0.append(bytes) } }
      return nil
    }
    var driver = try server.driver()
    defer { driver.close() }
    let all = try table.transfer()
    try write(&driver, table, [["x", "1"]], as: [all[2], all[0]])
    #expect(StubTable.rows(try #require(bulks.withLock { $0.first })) == [[low(1, 4), nil, [0x78, 0]]])
  }

  // MARK: What bulk loads cannot carry

  @Test func `rows with XML are inserted by statements, with every character`() throws {
    let table = StubTable([item("id", "int", isIdentity: true), item("x", "xml"), item("n", "nvarchar(max)")])
    let server = try StubServer(table) { request in
      if case .batch(let text) = request, text.hasPrefix("INSERT INTO") { return .tokens(Reply.done(2)) }
      return nil
    }
    var driver = try server.driver()
    defer { driver.close() }
    #expect(try write(&driver, table, [["1", "<a> it's </a>", "a\u{0}b"], ["2", nil, ""]]) == 2)
    let statement = try #require(server.batches.first { $0.hasPrefix("INSERT INTO") })
    #expect(
      statement
        == "INSERT INTO [dbo].[t] ([id], [x], [n]) VALUES (1, CONVERT(xml, N'<a> it''s </a>', 1), CAST(0x610000006200 AS nvarchar(max))), (2, NULL, N'')"
    )
    #expect(server.batches.contains("SET IDENTITY_INSERT [dbo].[t] ON"))
    #expect(server.batches.last == "SET IDENTITY_INSERT [dbo].[t] OFF")
    #expect(!server.batches.contains { $0.lowercased().contains("insert bulk") })
  }
}
