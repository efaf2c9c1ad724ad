import Runtime
import TDS
import Testing

@Suite struct TypeInfoTests {
  @Test(arguments: [
    (TypeInfo(.tinyint), "30"), (TypeInfo(.bit), "32"), (TypeInfo(.smallint), "34"), (TypeInfo(.int), "38"),
    (TypeInfo(.bigint), "7F"), (TypeInfo(.real), "3B"), (TypeInfo(.float), "3E"),
    (TypeInfo(.smallmoney), "7A"), (TypeInfo(.money), "3C"), (TypeInfo(.smalldatetime), "3A"),
    (TypeInfo(.datetime), "3D"),
    (.int, "26 04"), (.bit, "68 01"), (.real, "6D 04"), (.float, "6D 08"), (.money, "6E 08"),
    (.datetime, "6F 08"), (.decimal(18, 4), "6A 09 12 04"), (.numeric(38, 0), "6C 11 26 00"),
    (.guid, "24 10"),
    (.varchar(100), "A7 6400 0904D00034"), (.char(10), "AF 0A00 0904D00034"),
    (.nvarchar(50), "E7 6400 0904D00034"), (.nchar(5), "EF 0A00 0904D00034"), (.varbinary(8), "A5 0800"),
    (.rowVersion, "AD 0800"), (.varcharMax(), "A7 FFFF 0904D00034"), (.varbinaryMax, "A5 FFFF"),
    (.xml, "F1 00"), (.text(), "23 FFFFFF7F 0904D00034"), (.ntext(), "63 FEFFFF7F 0904D00034"),
    (.image, "22 FFFFFF7F"), (.date, "28"), (.time(3), "29 03"), (.datetime2(), "2A 07"),
    (.datetimeoffset(0), "2B 00"), (.variant, "62 49 1F 00 00"),
  ])
  func `a type's bytes`(type: TypeInfo, bytes: String) throws {
    #expect(written { $0.typeInfo(type) } == hex(bytes))
    #expect(try read(hex(bytes)) { (c) throws(MalformedTDS) in try c.typeInfo() } == type)
  }

  @Test(arguments: [TypePlace.column, .parameter, .bulkLoad], SampleTypes.all)
  func `every type is read as it was written`(place: TypePlace, type: TypeInfo) throws {
    let bytes = written { $0.typeInfo(type, in: place) }
    var back = try read(bytes + [0x55]) { (cursor) throws(MalformedTDS) in
      let type = try cursor.typeInfo(in: place)
      #expect(cursor.rest == 1)
      return type
    }
    // A parameter of a CLR type does not name the assembly.
    if type.type == .udt, place == .parameter { back.names = type.names }
    #expect(back == type)
  }

  @Test(arguments: [
    "00", "26 03", "68 02", "6D 02", "24 08", "6A 05 00 00", "6A 05 27 00", "6A 05 05 06", "6A 01 05 00",
    "29 08",
    "E7 64", "F1", "FF",
  ])
  func `what is no type is refused`(bytes: String) {
    #expect(throws: MalformedTDS.self) {
      try read(hex(bytes)) { (c) throws(MalformedTDS) in try c.typeInfo() }
    }
  }

  @Test func `the description of xml in FreeTDS's bulk loads is understood`() throws {
    let type = try read(hex("F1 FF FF")) { (c) throws(MalformedTDS) in try c.typeInfo(in: .bulkLoad) }
    #expect(type == .xml)
  }

  @Test func `old clients get what they know`() {
    #expect(TypeInfo.date.downgraded(for: .v72) == .nvarchar(10))
    #expect(TypeInfo.time(3).downgraded(for: .v72) == .nvarchar(16))
    #expect(TypeInfo.datetime2().downgraded(for: .v71) == .nvarchar(27))
    #expect(TypeInfo.datetimeoffset().downgraded(for: .v71) == .nvarchar(34))
    #expect(TypeInfo.date.downgraded(for: .v73A) == .date)
    #expect(TypeInfo.nvarcharMax().downgraded(for: .v71) == .ntext())
    #expect(TypeInfo.varcharMax().downgraded(for: .v71) == .text())
    #expect(TypeInfo.varbinaryMax.downgraded(for: .v71) == .image)
    #expect(TypeInfo.xml.downgraded(for: .v71) == .ntext())
    #expect(TypeInfo.nvarcharMax().downgraded(for: .v72) == .nvarcharMax())
    for version in TDSVersion.allCases {
      for type in SampleTypes.all {
        let sent = type.downgraded(for: version)
        #expect(sent.downgraded(for: version) == sent)
      }
    }
  }
}

@Suite struct ValueTests {
  private func value(_ type: TypeInfo, _ write: (inout TDSWriter, ValueLayout) -> Void) -> [UInt8] {
    written { write(&$0, type.layout()) }
  }

  @Test func `the bytes of values`() {
    #expect(value(TypeInfo(.int)) { $0.integer(-2, $1) } == hex("FEFFFFFF"))
    #expect(value(.int) { $0.integer(-2, $1) } == hex("04 FEFFFFFF"))
    #expect(value(.tinyint) { $0.integer(255, $1) } == hex("01 FF"))
    #expect(value(.bigint) { $0.integer(1, $1) } == hex("08 0100000000000000"))
    #expect(value(.bit) { $0.bit(true, $1) } == hex("01 01"))
    #expect(value(.float) { $0.float(1, $1) } == hex("08 000000000000F03F"))
    #expect(value(.real) { $0.real(1, $1) } == hex("04 0000803F"))
    #expect(
      value(.decimal(18, 4)) { $0.decimal(isNegative: true, magnitude: 12345, $1) }
        == hex("09 00 3930000000000000"))
    #expect(
      value(.decimal(38, 0)) { $0.decimal(isNegative: false, magnitude: 1 << 64, $1) }
        == hex("11 01 0000000000000000 0100000000000000"))
    // The high half comes first.
    #expect(value(.money) { $0.money(0x1_0000_0002, $1) } == hex("08 01000000 02000000"))
    #expect(value(.smallmoney) { $0.money(-10000, $1) } == hex("04 F0D8FFFF"))
    // 997 ms are 299 ticks.
    #expect(value(.datetime) { $0.datetime(days: 1, ticks: 299, $1) } == hex("08 01000000 2B010000"))
    #expect(value(.smalldatetime) { $0.smalldatetime(days: 1, minutes: 60, $1) } == hex("04 0100 3C00"))
    #expect(value(.date) { $0.date(days: 730_119, $1) } == hex("03 07240B"))
    #expect(value(.time(7)) { $0.time(ticks: 1, scale: 7, $1) } == hex("05 0100000000"))
    #expect(value(.time(2)) { $0.time(ticks: 1, scale: 2, $1) } == hex("03 010000"))
    #expect(
      value(.datetime2(3)) { $0.datetime2(days: 1, ticks: 2, scale: 3, $1) } == hex("07 02000000 010000"))
    #expect(
      value(.datetimeoffset(0)) { $0.datetimeoffset(days: 1, ticks: 2, offset: -330, scale: 0, $1) }
        == hex("08 020000 010000 B6FE"))
    let uuid = hex("00112233 4455 6677 8899 AABBCCDDEEFF")
    var writer = TDSWriter()
    uuid.withUnsafeBytes { writer.guid($0, TypeInfo.guid.layout()) }
    #expect(
      writer.bytes
        == hex("10 33221100 5544 7766 8899 AABBCCDDEEFF"))
    #expect(value(.varchar(3)) { $0.bytes(Array("foo".utf8), $1) } == hex("0300 666F6F"))
    #expect(value(.nvarchar(3)) { $0.text("ä😀", $1) } == hex("0600 E400 3DD8 00DE"))
    #expect(value(.nvarcharMax()) { $0.text("a", $1) } == hex("0200000000000000 02000000 6100 00000000"))
    #expect(value(.nvarcharMax()) { $0.text("", $1) } == hex("0000000000000000 00000000"))
    #expect(
      value(.image) { $0.bytes([7], $1) }
        == hex("10" + String(repeating: "FF", count: 24) + "01000000 07"))
  }

  @Test func `NULL of each type`() {
    #expect(value(.int) { $0.null($1) } == [0])
    #expect(value(.varchar(3)) { $0.null($1) } == hex("FFFF"))
    #expect(value(.nvarcharMax()) { $0.null($1) } == hex("FFFFFFFFFFFFFFFF"))
    #expect(value(.text()) { $0.null($1) } == [0])
    #expect(value(.variant) { $0.null($1) } == hex("00000000"))
    #expect(written { $0.null(TypeInfo.text().layout(in: .parameter)) } == hex("FFFFFFFF"))
  }

  @Test func `a variant carries its type`() throws {
    let bytes = value(.variant) { writer, _ in
      let start = writer.beginVariant(.int)
      writer.integer(7, ValueLayout(inVariantOf: .int))
      writer.endVariant(start)
    }
    #expect(bytes == hex("06000000 38 00 07000000"))
    let decimal = value(.variant) { writer, _ in
      let start = writer.beginVariant(.decimal(9, 2))
      writer.decimal(isNegative: false, magnitude: 150, ValueLayout(inVariantOf: .decimal(9, 2)))
      writer.endVariant(start)
    }
    #expect(decimal == hex("09000000 6A 02 09 02 01 96000000"))
    let found = try decimal[4...].withUnsafeBytes { try ValueReader.variant($0) }
    #expect(found.type.precision == 9 && found.type.scale == 2)
    #expect(found.value == 4..<9)
    let text = value(.variant) { writer, _ in
      let start = writer.beginVariant(.nvarchar(5))
      writer.text("ab", ValueLayout(inVariantOf: .nvarchar(5)))
      writer.endVariant(start)
    }
    #expect(text == hex("0D000000 E7 07 0904D00034 0A00 6100 6200"))
  }

  @Test func `dates and times for old clients are text`() {
    func text(_ type: TypeInfo, _ write: (inout TDSWriter, ValueLayout) -> Void) -> String {
      let layout = type.downgraded(for: .v71).layout()
      let bytes = written { write(&$0, layout) }
      return String(utf16LE: Array(bytes[2...]))
    }
    #expect(text(.date) { $0.date(days: 0, $1) } == "0001-01-01")
    #expect(text(.date) { $0.date(days: 3_652_058, $1) } == "9999-12-31")
    #expect(text(.time(7)) { $0.time(ticks: 863_999_999_999, scale: 7, $1) } == "23:59:59.9999999")
    #expect(text(.time(0)) { $0.time(ticks: 61, scale: 0, $1) } == "00:01:01")
    #expect(
      text(.datetime2(3)) { $0.datetime2(days: 730_119, ticks: 1, scale: 3, $1) }
        == "2000-01-01 00:00:00.001")
    #expect(
      text(.datetimeoffset(0)) {
        $0.datetimeoffset(days: 730_119, ticks: 13 * 3600, offset: -330, scale: 0, $1)
      }
        == "2000-01-01 07:30:00 -05:30")
    #expect(
      text(.datetimeoffset(0)) { $0.datetimeoffset(days: 1, ticks: 0, offset: -60, scale: 0, $1) }
        == "0001-01-01 23:00:00 -01:00")
    #expect(
      text(.datetimeoffset(0)) { $0.datetimeoffset(days: 0, ticks: 86_399, offset: 330, scale: 0, $1) }
        == "0001-01-02 05:29:59 +05:30")
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `numbers and times come back as they were`(seed: UInt64) throws {
    var seed = Seed(seed)
    func back<Result>(
      _ type: TypeInfo, _ write: (inout TDSWriter, ValueLayout) -> Void,
      _ decode: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
      let bytes = written { write(&$0, type.layout()) }
      return try bytes.withUnsafeBytes { bytes in
        var cursor = TDSCursor(bytes)
        let value = try cursor.value(type.layout())
        #expect(cursor.isAtEnd && !value.isScattered)
        return try decode(UnsafeRawBufferPointer(rebasing: bytes[value.start..<(value.start + value.count)]))
      }
    }
    let number = Int64.random(in: .min ... .max, using: &seed)
    #expect(try back(.bigint, { $0.integer(number, $1) }, ValueReader.integer) == number)
    #expect(
      try back(.int, { $0.integer(Int64(Int32(truncatingIfNeeded: number)), $1) }, ValueReader.integer)
        == Int64(Int32(truncatingIfNeeded: number)))
    #expect(try back(.money, { $0.money(number, $1) }, ValueReader.money) == number)
    let float = Double(bitPattern: UInt64(bitPattern: number))
    #expect(try back(.float, { $0.float(float, $1) }, ValueReader.float).bitPattern == float.bitPattern)
    let precision = UInt8(seed.number(1...38))
    var limit: UInt128 = 1
    for _ in 0..<precision { limit *= 10 }
    let decimal = ValueReader.Decimal(
      isNegative: seed.number(0...1) == 0, magnitude: UInt128.random(in: 1..<limit, using: &seed))
    #expect(
      try back(
        .decimal(precision, 0),
        { $0.decimal(isNegative: decimal.isNegative, magnitude: decimal.magnitude, $1) }, ValueReader.decimal)
        == decimal)
    let scale = UInt8(seed.number(0...7))
    let ticks = UInt64.random(in: 0..<(86_400 * TemporalText.powersOfTen[Int(scale)]), using: &seed)
    let days = seed.number(0...3_652_058)
    let offset = Int16(seed.number(-840...840))
    #expect(try back(.date, { $0.date(days: days, $1) }, ValueReader.date) == days)
    #expect(try back(.time(scale), { $0.time(ticks: ticks, scale: scale, $1) }, ValueReader.time) == ticks)
    let moment = try back(
      .datetime2(scale), { $0.datetime2(days: days, ticks: ticks, scale: scale, $1) },
      { try ValueReader.datetime2($0) })
    #expect(moment == (days, ticks))
    let zoned = try back(
      .datetimeoffset(scale),
      { $0.datetimeoffset(days: days, ticks: ticks, offset: offset, scale: scale, $1) },
      { try ValueReader.datetimeoffset($0) })
    #expect(zoned == (days, ticks, offset))
    let text = seed.text(0...40)
    #expect(try back(.nvarchar(100), { $0.text(text, $1) }, ValueReader.text) == text)
  }

  @Test func `UTF-16 that is none is told`() {
    var writer = TDSWriter()
    for text in ["00 D8", "00 DC 41 00", "41 00 42", "00 D8 41 00"] {
      let isText = hex(text).withUnsafeBytes { writer.utf8(fromUTF16: $0) }
      #expect(!isText)
    }
    writer.removeAll()
    let isText = hex("41 00 3D D8 00 DE").withUnsafeBytes { writer.utf8(fromUTF16: $0) }
    #expect(isText)
    #expect(writer.bytes == Array("A😀".utf8))
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `UTF-8 of any kind becomes what Swift makes of it`(seed: UInt64) {
    var seed = Seed(seed)
    let text = Array(seed.text(0...60).utf8)
    let bytes = seed.number(0...1) == 0 ? text : seed.mutated(text)
    var writer = TDSWriter()
    bytes.withUnsafeBytes { _ = writer.utf16(fromUTF8: $0) }
    let units = writer.bytes
    #expect(units.count <= bytes.count * 2)
    if let valid = String(validating: bytes, as: UTF8.self) { #expect(units == valid.utf16LE) }
  }
}
