import SQLServerSimulator
import Testing

@Suite struct CollationTests {
  private static let ciAS = Collation.standard
  private func compare(
    _ left: String, _ right: String, _ collation: Collation = ciAS, national: Bool = true
  ) -> Int {
    collation.compare(Array(left.utf16), Array(right.utf16), isNational: national)
  }

  @Test func `case, accents, width and trailing blanks count as the collation's name says`() throws {
    let windows = try Collation(name: "Latin1_General_CI_AS")
    let sensitive = try Collation(name: "Latin1_General_CS_AS")
    let insensitive = try Collation(name: "Latin1_General_CI_AI")
    let wide = try Collation(name: "Latin1_General_CS_AS_KS_WS")
    for national in [true, false] {
      #expect(compare("abc", "ABC  ", national: national) == 0)
      #expect(compare("resume", "résumé", national: national) != 0)
      #expect(compare("É", "é", national: national) == 0)
      #expect(compare("a", "A", sensitive, national: national) != 0)
      #expect(compare("Élan", "elan", insensitive, national: national) == 0)
      #expect(compare("", "   ", national: national) == 0)
    }
    #expect(compare("ＡＢＣ", "abc", windows) == 0)
    #expect(compare("ＡＢＣ", "ABC", wide) != 0)
    #expect(compare("カ", "か", windows) == 0)
    #expect(compare("カ", "か", wide) != 0)
    #expect(compare("e\u{301}", "é", windows) == 0)
  }

  @Test func `ligatures are two letters in Windows collations and in nvarchar only`() throws {
    #expect(compare("Straße", "STRASSE") == 0)
    #expect(compare("Straße", "STRASSE", national: false) != 0)
    let windows = try Collation(name: "Latin1_General_CI_AS")
    #expect(compare("Straße", "STRASSE", windows, national: false) == 0)
    #expect(compare("þorn", "thorn", windows) == 0)
  }

  @Test func `characters beyond the basic plane have no weight before version 100`() throws {
    #expect(compare("a😀", "a😁") == 0)
    #expect(compare("😀", "") == 0)
    let version100 = try Collation(name: "Latin1_General_100_CI_AS")
    #expect(compare("a😀", "a😁", version100) != 0)
    #expect(compare("😀", "", version100) > 0)
  }

  @Test func `texts sort as a dictionary has them`() throws {
    let ascending = ["", " a", "!", "_x", "1", "10", "2", "a", "A1", "ab", "äb", "abc", "B", "b1", "z", "Ω"]
    for collation in ["SQL_Latin1_General_CP1_CI_AS", "Latin1_General_CI_AS", "Latin1_General_100_CI_AS"] {
      let collation = try Collation(name: collation)
      for (index, text) in ascending.enumerated().dropFirst() {
        #expect(compare(ascending[index - 1], text, collation) < 0, "\(ascending[index - 1]) < \(text)")
      }
    }
    let windows = try Collation(name: "Latin1_General_CI_AS")
    #expect(compare("coop", "co-op", windows) < 0)
    #expect(compare("co-op", "coops", windows) < 0)
    #expect(compare("co-op", "coop", Self.ciAS, national: false) < 0)
    #expect(compare("a", "A", try Collation(name: "Latin1_General_CS_AS")) < 0)
  }

  @Test func `binary collations compare units or bytes`() throws {
    let binary = try Collation(name: "Latin1_General_BIN2")
    #expect(compare("B", "a", binary) < 0)
    #expect(compare("a", "a ", binary) == 0)
    #expect(compare("\u{FF}", "\u{100}", binary) < 0)
    #expect(compare("é", "z", binary, national: false) > 0)
    // _BIN compares all units but the first by bytes: U+0100 is 00 01, U+00FF is FF 00.
    #expect(compare("x\u{FF}", "x\u{100}", try Collation(name: "Latin1_General_BIN")) > 0)
  }

  @Test(
    arguments: [
      ("abc", "a%", true), ("abc", "%b%", true), ("abc", "a_c", true), ("abc", "a_", false),
      ("ABC", "abc", true),
      ("a%c", "a[%]c", true), ("abc", "a[%]c", false), ("b", "[a-c]", true), ("d", "[a-c]", false),
      ("d", "[^a-c]", true), ("", "%", true), ("", "_", false), ("abab", "%ab", true),
      ("aXbXc", "a%X%c", true),
      ("-", "[a-]", true), ("x", "[]", false), ("x[", "x[", false), ("a]", "a]", true),
      ("résumé", "r_sum_", true), ("x", "[x", false), ("aaab", "%a_b", true),
    ] as [(String, String, Bool)])
  func `LIKE finds what its pattern says`(text: String, pattern: String, expected: Bool) throws {
    for national in [true, false] {
      let like = try LikePattern(Array(pattern.utf16), collation: .standard, isNational: national)
      #expect(like.matches(Array(text.utf16)) == expected)
    }
  }

  @Test func `LIKE knows an escape, and ignores a text's trailing blanks in varchar only`() throws {
    func matches(_ text: String, _ pattern: String, escape: String? = nil, national: Bool) throws -> Bool {
      try LikePattern(
        Array(pattern.utf16), escape: escape.map { Array($0.utf16) }, collation: .standard,
        isNational: national
      ).matches(Array(text.utf16))
    }
    #expect(try matches("50%", "%!%", escape: "!", national: true))
    #expect(try !matches("50x", "%!%", escape: "!", national: true))
    #expect(try matches("abc  ", "abc", national: false))
    #expect(try !matches("abc  ", "abc", national: true))
    #expect(try !matches("abc", "abc ", national: false))
    #expect(throws: SQLError.invalidEscape("!!")) { try matches("", "", escape: "!!", national: true) }
    let pattern = try LikePattern(Array("%[0-9]%".utf16), collation: .standard, isNational: true)
    #expect(pattern.firstMatch(in: Array("ab12".utf16)) == 2)
    #expect(pattern.firstMatch(in: Array("ab".utf16)) == nil)
  }

  @Test func `a code page takes what it has, fits letters, and marks the rest`() {
    func varchar(_ text: String, utf8: Bool = false) -> [UInt8] {
      CodePage.encode(Array(text.utf16), isUTF8: utf8)
    }
    #expect(varchar("aé€™") == [0x61, 0xE9, 0x80, 0x99])
    #expect(varchar("日本😀") == [0x3F, 0x3F, 0x3F, 0x3F])
    #expect(varchar("ĀłŸＡ") == [0x41, 0x6C, 0x9F, 0x41])
    #expect(varchar("é😀", utf8: true) == [0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80])
    let all = (UInt8(0)...255).map { $0 }
    let decoded = all.withUnsafeBytes { CodePage.decode($0, isUTF8: false) }
    #expect(CodePage.encode(decoded, isUTF8: false) == all)
    #expect(CodePage.encode([0xD800, 0x61], isUTF8: false) == [0x3F, 0x61])
  }
}
