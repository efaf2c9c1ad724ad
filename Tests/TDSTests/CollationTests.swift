import TDS
import Testing

@Suite struct CollationTests {
  @Test(arguments: [
    ("SQL_Latin1_General_CP1_CI_AS", "09 04 D0 00 34", 1252),
    ("Latin1_General_CI_AS", "09 04 D0 00 00", 1252),
    ("Latin1_General_BIN2", "09 04 00 02 00", 1252),
    ("Latin1_General_100_CI_AS_SC_UTF8", "09 04 D0 24 00", 65001),
    ("Latin1_General_CS_AS", "09 04 C0 00 00", 1252), ("Polish_CI_AS", "15 04 D0 00 00", 1250),
    ("Cyrillic_General_CI_AS", "19 04 D0 00 00", 1251), ("Japanese_CI_AS", "11 04 D0 00 00", 932),
    ("SQL_Latin1_General_CP850_BIN2", "09 04 00 02 28", 850),
  ])
  func `a collation's name, bytes and code page`(name: String, bytes: String, page: Int) throws {
    let collation = try #require(Collation(name: name))
    #expect(collation.bytes == hex(bytes))
    #expect(Collation(bytes: hex(bytes)) == collation)
    #expect(collation.codePage == page)
    #expect(written { $0.collation(collation) } == hex(bytes))
    #expect(try read(hex(bytes)) { (c) throws(MalformedTDS) in try c.collation() } == collation)
  }

  @Test func `case counts unless the collation ignores it`() {
    #expect(!Collation.sqlLatin1.isCaseSensitive)
    #expect(Collation(name: "Latin1_General_CS_AS")?.isCaseSensitive == true)
    #expect(Collation(name: "Latin1_General_BIN2")?.isCaseSensitive == true)
    #expect(Collation(name: "Latin1_General_BIN2")?.isBinary == true)
    #expect(!Collation.latin1.isBinary)
    for name in ["", "Latin1_General", "Klingon_CI_AS", "SQL_Klingon", "Latin1_General_XX"] {
      #expect(Collation(name: name) == nil)
    }
  }

  @Test(arguments: [
    (1252, "80 E9 9F 81", "€éŸ\u{81}"), (1250, "9C B9", "śą"), (1251, "CF F0", "Пр"), (1253, "E1", "α"),
    (1254, "FD", "ı"), (1255, "E0", "א"), (1256, "C7", "ا"), (1257, "E0", "ą"), (1258, "FE", "₫"),
    (932, "82 A0 B1 5C", "あｱ\\"), (936, "D6 D0 41", "中A"), (949, "B0 A1", "가"), (950, "A4 A4", "中"),
    (437, "81", "ü"), (850, "81", "ü"), (65001, "C3 A9", "é"), (874, "A1", "ก"),
  ])
  func `a code page is read and written`(number: Int, bytes: String, text: String) throws {
    let page = try #require(CodePage.of(number))
    #expect(page.decode(hex(bytes)) == text)
    #expect(page.encode(text).bytes == hex(bytes))
    #expect(page.encode(text).isExact)
    // The way without a string gives the same.
    var writer = TDSWriter()
    let isExact = hex(bytes).withUnsafeBytes { writer.utf8(from: $0, page) }
    #expect(isExact)
    #expect(writer.bytes == Array(text.utf8))
    let layout = TypeInfo.varchar(100).layout()
    #expect(written { $0.text(text, page: page, layout) } == [UInt8(hex(bytes).count), 0] + hex(bytes))
  }

  @Test func `every byte of a page of single bytes comes back as it was`() throws {
    for number in [437, 850, 1250, 1251, 1252, 1254, 1256] {
      let page = try #require(CodePage.of(number))
      let bytes = (0...255).map { UInt8($0) }
      let text = page.decode(bytes)
      #expect(!text.unicodeScalars.contains("\u{FFFD}"), "\(number)")
      #expect(page.encode(text).bytes == bytes, "\(number)")
    }
  }

  @Test func `what a page does not have is a question mark, and said`() throws {
    let page = try #require(CodePage.of(1252))
    let result = page.encode("a中😀é")
    #expect(result.bytes == hex("61 3F 3F E9"))
    #expect(!result.isExact)
    var writer = TDSWriter()
    let isExact = writer.text("a中", page: page, TypeInfo.varchar(10).layout())
    #expect(!isExact)
    #expect(writer.bytes == hex("0200 61 3F"))
  }

  @Test func `halves of characters in a page of pairs are none`() throws {
    let page = try #require(CodePage.of(932))
    #expect(page.decode([0x82]) == "\u{FFFD}")
    #expect(page.decode([0x82, 0x22]) == "\u{FFFD}\"")
    var writer = TDSWriter()
    let isExact = hex("82").withUnsafeBytes { writer.utf8(from: $0, page) }
    #expect(!isExact)
  }

  @Test func `pages that nobody knows are none`() {
    for number in [0, 1, 1259, 20127] { #expect(CodePage.of(number) == nil) }
  }
}
