import SQLServerSimulator
import Testing

@Suite struct ConversionTests {
  @Test(
    arguments: [
      ("12", .int, "12"), (" -12 ", .int, "-12"), ("+7", .smallint, "7"), ("", .int, "0"),
      ("1.5", .int, "#245"),
      ("abc", .int, "#245"), ("3000000000", .int, "#248"), ("300", .tinyint, "#244"),
      ("-1", .tinyint, "#244"),
      ("40000", .smallint, "#244"), ("x", .bigint, "#8114"), ("9223372036854775808", .bigint, "#8115"),
      ("-9223372036854775808", .bigint, "-9223372036854775808"), ("true", .bit, "1"), ("FALSE", .bit, "0"),
      ("2", .bit, "1"), ("yes", .bit, "#245"), ("1.5", .decimal(5, 2), "1.50"),
      ("1.555", .decimal(5, 2), "1.56"),
      ("1e2", .decimal(5, 2), "#8114"), ("", .decimal(5, 2), "#8114"), ("1234.5", .decimal(5, 2), "#8115"),
      ("1e2", .float, "100"), ("", .float, "0"), ("abc", .float, "#8114"), ("1e400", .float, "#8115"),
      ("1e", .float, "#8114"), ("1d2", .float, "100"),
      ("1e39", .real, "#232"), ("$1,234.5678", .money, "1234.5678"), ("-5", .money, "-5.0000"),
      ("", .money, "0.0000"),
      ("x", .money, "#235"), ("1e5", .smallmoney, "#293"), ("300000", .smallmoney, "#294"),
      ("922337203685477.5808", .money, "#236"),
      ("6F9619FF-8B86-D011-B42D-00C04FC964FF", .uniqueidentifier, "6F9619FF-8B86-D011-B42D-00C04FC964FF"),
      ("{6f9619ff-8b86-d011-b42d-00c04fc964ff}", .uniqueidentifier, "6F9619FF-8B86-D011-B42D-00C04FC964FF"),
      ("6F9619FF8B86D011B42D00C04FC964FF", .uniqueidentifier, "#8169"), ("ab", .varbinary(10), "0x61006200"),
      ("a", .binary(5), "0x6100000000"), ("abcdef", .varchar(3), "abc"), ("ab", .char(4), "ab  "),
      ("日本", .varchar(10), "??"),
    ] as [(String, SQLType, String)])
  func `text converts as SQL Server does it`(text: String, type: SQLType, expected: String) {
    #expect(Vectors.convert(text, .nvarchar(Vectors.max), to: type) == expected)
  }

  @Test(
    arguments: [
      ("2.5", .decimal(5, 2), .int, "2"), ("-2.9", .decimal(5, 2), .int, "-2"), ("2.5", .money, .int, "3"),
      ("-2.5", .money, .int, "-3"), ("2.9", .float, .int, "2"), ("-2.9", .float, .int, "-2"),
      ("3000000000", .bigint, .int, "#8115"), ("300", .int, .tinyint, "#220"),
      ("40000", .int, .smallint, "#220"),
      ("3e9", .float, .int, "#232"), ("1e30", .float, .bigint, "#8115"),
      ("1000", .int, .decimal(3, 0), "#8115"),
      ("3000000000", .decimal(10, 0), .int, "#8115"), ("9.995", .decimal(5, 3), .decimal(3, 2), "#8115"),
      ("9.994", .decimal(5, 3), .decimal(3, 2), "9.99"), ("0.5", .float, .bit, "1"), ("0", .int, .bit, "0"),
      ("0.1", .float, .decimal(10, 5), "0.10000"), ("1.00005", .float, .money, "1.0001"),
      ("1.00005", .decimal(10, 5), .money, "1.0001"), ("5", .int, .money, "5.0000"),
      ("300000", .int, .smallmoney, "#8115"), ("1", .bit, .decimal(1, 0), "1"),
      ("1", .int, .uniqueidentifier, "#529"),
      ("123", .int, .varchar(2), "*"), ("123", .int, .nvarchar(2), "#8115"),
      ("123", .bigint, .varchar(2), "#8115"),
      ("12.5", .decimal(5, 2), .varchar(3), "#8115"), ("12.5", .money, .varchar(3), "#234"),
      ("1", .int, .varbinary(8), "0x00000001"), ("1", .int, .binary(8), "0x0000000000000001"),
      ("65538", .int, .binary(2), "0x0002"), ("1.5", .decimal(2, 1), .varbinary(20), "0x020100010F000000"),
      ("-1", .smallint, .varbinary(8), "0xFFFF"), ("1", .float, .varbinary(8), "0x3FF0000000000000"),
      (
        "6F9619FF-8B86-D011-B42D-00C04FC964FF", .uniqueidentifier, .varbinary(16),
        "0xFF19966F868B11D0B42D00C04FC964FF"
      ),
      ("6F9619FF-8B86-D011-B42D-00C04FC964FF", .uniqueidentifier, .varchar(10), "#8170"),
    ] as [(String, SQLType, SQLType, String)])
  func `numbers convert as SQL Server does it`(
    text: String, source: SQLType, target: SQLType, expected: String
  ) {
    #expect(Vectors.convert(text, as: source, to: target) == expected)
  }

  @Test(arguments: [
    ("1", "1"), ("0.1", "0.1"), ("123456", "123456"), ("1234567", "1.23457e+006"), ("1e6", "1e+006"),
    ("0.0001", "0.0001"), ("0.00001", "1e-005"), ("1e100", "1e+100"), ("-2.5", "-2.5"), ("1e-200", "1e-200"),
  ])
  func `floating-point numbers print as the Microsoft library prints them`(number: String, expected: String) {
    #expect(Vectors.convert(number, as: .float, to: .varchar(30)) == expected)
  }

  @Test(
    arguments: [
      ("0.1", .float, 1, "1.0000000e-001"), ("0.1", .float, 2, "1.000000000000000e-001"),
      ("0.1", .float, 3, "1.0000000000000001e-001"), ("0.1", .real, 3, "1.00000001e-001"),
      ("1234567.891", .money, 0, "1234567.89"), ("1234567.891", .money, 1, "1,234,567.89"),
      ("1234567.891", .money, 2, "1234567.8910"), ("-123.456", .money, 1, "-123.46"),
      ("-1234", .money, 1, "-1,234.00"), ("0.005", .money, 0, "0.01"),
    ] as [(String, SQLType, Int, String)])
  func `styles of numbers`(number: String, type: SQLType, style: Int, expected: String) {
    #expect(Vectors.convert(number, as: type, to: .varchar(40), style: style) == expected)
  }

  @Test func `styles of binary`() {
    func hex(_ style: Int, _ length: Int) -> String {
      Vectors.result { () throws(SQLError) in
        (
          try SQLValue.binary([0xAB, 0xCD]).converted(
            from: .varbinary(2), to: .varchar(length), style: style),
          .varchar(length)
        )
      }
    }
    #expect(hex(1, 30) == "0xABCD")
    #expect(hex(2, 30) == "ABCD")
    #expect(hex(1, 4) == "0xAB")
    #expect(Vectors.convert("0xabCD", to: .varbinary(8), style: 1) == "0xABCD")
    #expect(Vectors.convert("abcd", to: .varbinary(8), style: 2) == "0xABCD")
    #expect(Vectors.convert("abc", to: .varbinary(8)) == "0x616263")
    #expect(Vectors.convert("abc", to: .varbinary(8), style: 2) == "#8114")
    #expect(Vectors.convert("xyzw", to: .varbinary(8), style: 2) == "#8114")
  }

  @Test func `binary converts to numbers from its last bytes`() {
    func int(_ bytes: [UInt8], _ type: SQLType) -> String {
      Vectors.result { () throws(SQLError) in
        (try SQLValue.binary(bytes).converted(from: .varbinary(8), to: type), type)
      }
    }
    #expect(int([0xFF], .int) == "255")
    #expect(int([0xFF, 0xFF, 0xFF, 0xFF], .int) == "-1")
    #expect(int([1, 0, 0, 0, 2], .int) == "2")
    #expect(int([0xFF, 0xFF], .smallint) == "-1")
    #expect(int([0], .bit) == "0")
  }

  @Test func `a column refuses text that is too long, and cuts blanks and without warnings everything`()
    throws
  {
    func assign(_ text: String, _ target: SQLType, warnings: Bool = true) throws(SQLError) -> SQLValue {
      var options = EvaluationContext.Options()
      options.ansiWarnings = warnings
      return try SQLValue.text(text).assigned(
        from: .nvarchar(100), to: target, options: options, column: ("db.dbo.t", "c"))
    }
    #expect(try assign("abc   ", .varchar(3)) == .text("abc"))
    #expect(try assign("abcd", .varchar(3), warnings: false) == .text("abc"))
    #expect(try assign("ab", .nchar(3)) == .text("ab "))
    let error = #expect(throws: SQLError.self) { try assign("abcd", .varchar(3)) }
    #expect(
      error?.message
        == "String or binary data would be truncated in table 'db.dbo.t', column 'c'. Truncated value: 'abc'."
    )
    #expect(error?.number == 2628)
    let utf8 = try Collation(name: "Latin1_General_100_CI_AS_SC_UTF8")
    #expect(throws: SQLError.self) { try assign("ééé", .varchar(5, utf8)) }
    #expect(try assign("éé", .varchar(4, utf8)) == .text("éé"))
    #expect(throws: SQLError.self) {
      try SQLValue.binary([1, 2]).assigned(from: .varbinary(2), to: .varbinary(1), column: ("db.dbo.t", "c"))
    }
  }

  @Test func `the chart of conversions is the manual's`() {
    let expected: [(SQLType.Kind, SQLType.Kind, ConversionMatrix.Permission)] = [
      (.varchar, .int, .implicit), (.varchar, .varbinary, .explicit), (.money, .varchar, .explicit),
      (.datetime, .int, .explicit), (.date, .int, .none), (.int, .datetime, .implicit), (.int, .date, .none),
      (.int, .datetime2, .none), (.date, .time, .none), (.time, .datetime, .implicit),
      (.float, .binary, .implicit),
      (.binary, .float, .none), (.uniqueidentifier, .int, .none), (.varbinary, .uniqueidentifier, .implicit),
      (.xml, .nvarchar, .explicit), (.variant, .int, .explicit), (.int, .variant, .implicit),
      (.text, .int, .none), (.ntext, .nvarchar, .implicit), (.varbinary, .image, .implicit),
      (.nvarchar, .image, .none),
    ]
    for (source, target, permission) in expected {
      #expect(ConversionMatrix.permission(from: source, to: target) == permission, "\(source) to \(target)")
    }
    #expect(throws: SQLError.implicitConversionNotAllowed("money", to: "varchar")) {
      try SQLType.money.requireConversion(to: .varchar(1))
    }
    #expect(throws: SQLError.operandTypeClash("int", "date")) { try SQLType.int.requireConversion(to: .date) }
    #expect(throws: SQLError.explicitConversionNotAllowed("date", to: "int")) {
      try SQLType.date.requireConversion(to: .int, isExplicit: true)
    }
  }
}
