import SQLServerSimulator
import Testing

@Suite struct StoredValueTests {
  private func value(_ text: String, _ type: SQLType) throws -> SQLValue {
    try SQLValue.text(text).converted(from: .nvarchar(Vectors.max), to: type)
  }

  /// Types with values in ascending order.
  private static let ascending: [(SQLType, [String])] = [
    (.bit, ["0", "1"]), (.tinyint, ["0", "1", "200", "255"]), (.smallint, ["-32768", "-1", "0", "1", "300"]),
    (.int, ["-2147483648", "-256", "-1", "0", "255", "256", "2147483647"]),
    (.bigint, ["-9223372036854775808", "-1", "0", "4294967296"]),
    (.decimal(9, 2), ["-1234567.89", "-0.01", "0", "0.01", "2.5", "1234567.89"]),
    (.decimal(38, 5), ["-99999999999999999999999999999999", "-1", "0", "18446744073709551616"]),
    (
      .money,
      ["-922337203685477.5808", "-429496.7296", "-0.0001", "0", "1", "429497", "922337203685477.5807"]
    ),
    (.smallmoney, ["-214748.3648", "-1", "0", "1.5"]),
    (.real, ["-1e30", "-1.5", "0", "1e-30", "1.5", "1e30"]),
    (.float, ["-1e300", "-1", "-1e-300", "0", "1e-300", "1", "1e300"]),
    (.date, ["0001-01-01", "1899-12-31", "2024-02-29", "9999-12-31"]),
    (.time(0), ["00:00:00", "00:04:16", "23:59:59"]),
    (.time(7), ["00:00:00", "00:00:00.0000001", "12:00:00"]),
    (.datetime, ["1753-01-01", "1899-12-31 23:59:59.997", "1900-01-01", "2024-01-01 00:00:00.003"]),
    (.smalldatetime, ["1900-01-01", "1900-01-01 00:01", "2079-06-06 23:59"]),
    (.datetime2(3), ["0001-01-01", "2024-01-01", "2024-01-01 00:00:00.001"]),
    (.datetimeoffset(0), ["2024-01-01 00:00 +02:00", "2024-01-01 00:00 +00:00", "2024-01-01 00:00 -02:00"]),
    (.varchar(20), ["", "!", "1", "a", "AB", "abc", "b"]), (.nvarchar(20), ["", "1", "a", "ab", "Ω"]),
    (
      .uniqueidentifier,
      [
        "FFFFFFFF-FFFF-FFFF-FFFF-000000000000", "00000000-0000-0000-0100-000000000001",
        "00000000-0000-0000-0000-000000000002", "01000000-0000-0000-0000-000000000002",
        "00000000-0000-0000-0000-010000000000",
      ]
    ),
  ]

  @Test func `stored bytes read back as the value`() throws {
    for (type, texts) in Self.ascending {
      for text in texts {
        let value = try value(text, type)
        let read = type.encoded(value).withUnsafeBytes { type.decoded($0) }
        #expect(read == value, "\(text) as \(type.declaration)")
      }
    }
  }

  @Test func `stored bytes are those of a ROW token`() throws {
    let expected: [(String, SQLType, [UInt8])] = [
      ("258", .int, [2, 1, 0, 0]), ("-1", .smallint, [0xFF, 0xFF]),
      ("1.5", .decimal(5, 1), [1, 15, 0, 0, 0]),
      ("-1.5", .decimal(19, 1), [0, 15, 0, 0, 0, 0, 0, 0, 0]), ("1", .money, [0, 0, 0, 0, 0x10, 0x27, 0, 0]),
      ("-0.0001", .money, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
      ("1", .smallmoney, [0x10, 0x27, 0, 0]),
      ("1900-01-02 00:00:00.997", .datetime, [1, 0, 0, 0, 0x2B, 1, 0, 0]),
      ("1900-01-02 00:01", .smalldatetime, [1, 0, 1, 0]), ("0001-01-02", .date, [1, 0, 0]),
      ("00:00:01", .time(0), [1, 0, 0]), ("00:00:01", .time(7), [0x80, 0x96, 0x98, 0, 0]),
      ("0001-01-02 00:00:01", .datetime2(3), [0xE8, 3, 0, 0, 1, 0, 0]),
      ("0001-01-02 01:00 +01:00", .datetimeoffset(0), [0, 0, 0, 1, 0, 0, 60, 0]),
      ("é", .varchar(5), [0xE9]), ("é", .nvarchar(5), [0xE9, 0]), ("", .varchar(5), []),
      (
        "6F9619FF-8B86-D011-B42D-00C04FC964FF", .uniqueidentifier,
        [0xFF, 0x19, 0x96, 0x6F, 0x86, 0x8B, 0x11, 0xD0, 0xB4, 0x2D, 0, 0xC0, 0x4F, 0xC9, 0x64, 0xFF]
      ),
    ]
    for (text, type, bytes) in expected {
      #expect(type.encoded(try value(text, type)) == bytes, "\(text) as \(type.declaration)")
    }
    var row: [UInt8] = []
    SQLType.int.appendStored(.null, to: &row)
    SQLType.tinyint.appendStored(.integer(7), to: &row)
    #expect(row == [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 7])
  }

  @Test(arguments: [false, true])
  func `keys compare as the values do, NULL first`(descending: Bool) throws {
    for (type, texts) in Self.ascending {
      var keys: [[UInt8]] = [[]]
      type.appendSortKey(of: .null, isDescending: descending, to: &keys[0])
      var values: [SQLValue] = []
      for text in texts {
        var key: [UInt8] = []
        values.append(try value(text, type))
        type.appendSortKey(of: values[values.count - 1], isDescending: descending, to: &key)
        keys.append(key)
      }
      for index in 1..<keys.count {
        let (first, second) = descending ? (index, index - 1) : (index - 1, index)
        #expect(
          keys[first].lexicographicallyPrecedes(keys[second]), "\(type.declaration) \(texts[index - 1])")
        if index > 1 {
          #expect(type.compare(values[index - 2], values[index - 1]) < 0, "\(type.declaration)")
        }
      }
    }
  }

  @Test func `a variant keeps its value's type`() throws {
    let inner: [(String, SQLType)] = [
      ("5", .int), ("1", .bit), ("1.50", .decimal(20, 2)), ("abc", .varchar(9)), ("é日", .nvarchar(9)),
      ("-1", .money),
      ("2024-01-01 10:00", .datetime2(3)), ("2024-01-01", .datetime), ("1.5", .float), ("ab", .varbinary(9)),
      ("6F9619FF-8B86-D011-B42D-00C04FC964FF", .uniqueidentifier),
    ]
    for (text, type) in inner {
      let variant = try value(text, type).converted(from: type, to: .variant)
      let read = SQLType.variant.encoded(variant).withUnsafeBytes { SQLType.variant.decoded($0) }
      #expect(read == variant)
      #expect(try read.converted(from: .variant, to: type) == value(text, type))
    }
    #expect(throws: SQLError.operandTypeClash("varchar(max)", "sql_variant")) {
      try SQLValue.text("a").converted(from: .varchar(Vectors.max), to: .variant)
    }
  }

  @Test func `equal values have equal keys, however they are written`() throws {
    func key(_ value: SQLValue, _ type: SQLType) -> [UInt8] {
      var key: [UInt8] = []
      type.appendSortKey(of: value, to: &key)
      return key
    }
    #expect(key(.text("Abc  "), .nvarchar(9)) == key(.text("aBC"), .nvarchar(9)))
    #expect(key(.binary([1, 0, 0]), .varbinary(9)) == key(.binary([1]), .varbinary(9)))
    #expect(key(.binary([0]), .varbinary(9)) == key(.binary([]), .varbinary(9)))
    #expect(key(.float(-0.0), .float) == key(.float(0), .float))
    let type = SQLType.datetimeoffset(0)
    let left = try value("2024-01-01 12:00 +02:00", type)
    #expect(try key(left, type) == key(value("2024-01-01 10:00 +00:00", type), type))
    #expect(key(.variant(.int, .integer(1)), .variant) == key(.variant(.money, .money(10_000)), .variant))
    // Numbers of 38 digits before and behind the point, and the same clock in two places.
    let numbers = [
      ("-99999999999999999999999999999999999999", 0), ("-10000000000000000001", 0), ("-1.5", 1), ("-1", 0),
      ("-0.00000000000000000000000000000000000001", 38), ("0", 0),
      ("0.00000000000000000000000000000000000001", 38), ("0.00000000000000000000000000000000000002", 38),
      ("1.25", 2), ("10000000000000000000", 0), ("10000000000000000001", 0),
    ]
    let keys = try numbers.map { text, scale in
      let type = SQLType.decimal(38, scale)
      return key(.variant(type, try value(text, type)), .variant)
    }
    for index in keys.indices.dropFirst() {
      #expect(keys[index - 1].lexicographicallyPrecedes(keys[index]), "\(numbers[index])")
    }
    let offset = SQLType.datetimeoffset(7)
    let places = try ["2026-11-21 12:00 +02:00", "2026-11-21 12:00 +01:00"].map {
      key(.variant(offset, try value($0, offset)), .variant)
    }
    #expect(places[0].lexicographicallyPrecedes(places[1]))
  }

  @Test func `the key of an integer that is never NULL is as long as the integer`() {
    var key: [UInt8] = []
    SQLType.bigint.appendSortKey(of: .integer(-1), isNullable: false, to: &key)
    #expect(key == [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
  }

  @Test func `bytes of one type become those of another as a column takes them`() throws {
    func transcode(_ value: SQLValue, from source: SQLType, to target: SQLType) throws -> [UInt8] {
      var row: [UInt8] = []
      try source.encoded(value).withUnsafeBytes {
        try target.appendStored(
          converting: UnsafeRawBufferPointer(rebasing: $0[...]), from: source, column: ("db.dbo.t", "c"),
          to: &row)
      }
      return row
    }
    #expect(try transcode(.integer(7), from: .int, to: .int) == [4, 0, 0, 0, 7, 0, 0, 0])
    #expect(try transcode(.integer(7), from: .int, to: .bigint) == [8, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0])
    #expect(try transcode(.text("é"), from: .nvarchar(9), to: .varchar(9)) == [1, 0, 0, 0, 0xE9])
    #expect(try transcode(.text("é"), from: .nvarchar(9), to: .nvarchar(1)) == [2, 0, 0, 0, 0xE9, 0])
    #expect(try transcode(.text("a"), from: .varchar(9), to: .char(3)) == [3, 0, 0, 0, 0x61, 0x20, 0x20])
    #expect(throws: SQLError.self) { try transcode(.text("ab"), from: .varchar(9), to: .varchar(1)) }
    // A client that sends scale 7 for a column of scale 0: the value is rounded.
    #expect(
      try transcode(.time(15_000_000), from: .time(7), to: .time(0)) == [3, 0, 0, 0, 2, 0, 0])
    var row: [UInt8] = []
    try SQLType.int.appendStored(converting: nil, from: .bigint, to: &row)
    #expect(row == [0xFF, 0xFF, 0xFF, 0xFF])
  }
}
