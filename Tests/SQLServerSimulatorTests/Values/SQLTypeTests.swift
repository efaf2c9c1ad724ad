import SQLServerSimulator
import Testing

@Suite struct SQLTypeTests {
  @Test func `a declaration reads back as the type that it names`() throws {
    let types: [(String, [SQLType.Argument], String)] = [
      ("INT", [], "int"), ("integer", [], "int"), ("Decimal", [], "decimal(18,0)"),
      ("dec", [.number(10)], "decimal(10,0)"), ("NUMERIC", [.number(38), .number(38)], "numeric(38,38)"),
      ("float", [.number(24)], "real"), ("float", [.number(25)], "float"), ("double precision", [], "float"),
      ("datetime2", [], "datetime2(7)"), ("TIME", [.number(0)], "time(0)"), ("varchar", [], "varchar(1)"),
      ("nvarchar", [.max], "nvarchar(max)"), ("national character varying", [.number(50)], "nvarchar(50)"),
      ("rowversion", [], "timestamp"), ("timestamp", [], "timestamp"), ("sysname", [], "nvarchar(128)"),
      ("binary", [.number(8000)], "binary(8000)"), ("xml", [], "xml"), ("sql_variant", [], "sql_variant"),
    ]
    for (name, arguments, declaration) in types {
      #expect(try SQLType(name: name, arguments: arguments).declaration == declaration)
    }
    #expect(try SQLType(name: "varchar", use: .cast).length == 30)
  }

  @Test func `a declaration that SQL Server refuses is refused with its number`() {
    let refused: [(String, [SQLType.Argument], Int32)] = [
      ("integr", [], 2715), ("int", [.number(4)], 2716), ("decimal", [.number(39)], 2750),
      ("decimal", [.number(5), .number(6)], 192), ("varchar", [.number(0)], 1001),
      ("varchar", [.number(8001)], 131), ("nvarchar", [.number(4001)], 131), ("time", [.number(8)], 1002),
      ("char", [.max], 102), ("float", [.number(54)], 2750),
    ]
    for (name, arguments, number) in refused {
      let error = #expect(throws: SQLError.self) { try SQLType(name: name, arguments: arguments) }
      #expect(error?.number == number, "\(name)")
    }
  }

  @Test func `the catalog has SQL Server's lengths, precisions and numbers`() {
    #expect(SQLType.nvarchar(50).maxLength == 100)
    #expect(SQLType.nvarchar(SQLType.unlimited).maxLength == -1)
    #expect(SQLType.decimal(9, 0).maxLength == 5)
    #expect(SQLType.decimal(19, 2).maxLength == 9)
    #expect(SQLType.decimal(38, 2).maxLength == 17)
    #expect(SQLType.datetime2(7).maxLength == 8)
    #expect(SQLType.datetime2(7).catalogPrecision == 27)
    #expect(SQLType.datetimeoffset(7).catalogPrecision == 34)
    #expect(SQLType.time(0).catalogPrecision == 8)
    #expect(SQLType.sysname.kind.systemTypeID == 231)
    #expect(SQLType.rowversion.kind.systemTypeID == 189)
  }

  @Test func `collations have the bytes that clients know`() throws {
    let known: [(String, [UInt8])] = [
      ("SQL_Latin1_General_CP1_CI_AS", [0x09, 0x04, 0xD0, 0x00, 0x34]),
      ("Latin1_General_CI_AS", [0x09, 0x04, 0xD0, 0x00, 0x00]),
      ("Latin1_General_BIN2", [0x09, 0x04, 0x00, 0x02, 0x00]),
      ("latin1_general_100_ci_as_sc_utf8", [0x09, 0x04, 0xD0, 0x24, 0x00]),
    ]
    for (name, bytes) in known {
      let collation = try Collation(name: name)
      #expect(collation.bytes == bytes)
      #expect(collation.name.lowercased() == name.lowercased())
    }
    #expect(Collation.standard.bytes == known[0].1)
    #expect(throws: SQLError.invalidCollation("Klingon_CI_AS")) { try Collation(name: "Klingon_CI_AS") }
  }
}
