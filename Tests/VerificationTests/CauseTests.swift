import Rows
import Testing
import Verification

@Suite struct CauseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var type: ColumnType
    var source: String?
    var target: String?
    var cause: String
    var testDescription: String { "\(type): \(cause)" }

    init(_ type: ColumnType, _ source: String?, _ target: String?, _ cause: String) {
      self.type = type
      self.source = source
      self.target = target
      self.cause = cause
    }
  }

  private func check(_ row: Case) throws {
    let source = try row.source.map { try FieldEncoder.encode(text: $0, type: row.type) }
    let target = try row.target.map { try FieldEncoder.encode(text: $0, type: row.type) }
    try #require(source != target, "equal values have no cause")
    #expect(Cause.likely(type: row.type, source: source, target: target) == row.cause)
  }

  static let text = ColumnType.text(maxLength: nil)
  static let texts = [
    Case(text, nil, "", "source is NULL, target is empty"),
    Case(text, "", nil, "target is NULL, source is empty"),
    Case(text, nil, "NULL", "source is NULL, target holds the text 'NULL'"),
    Case(text, nil, "\\N", "source is NULL, target holds the text '\\N'"),
    Case(text, "NULL", nil, "target is NULL, source holds the text 'NULL'"),
    Case(text, "abc", nil, "target is NULL"),
    Case(text, nil, "abc", "source is NULL"),
    Case(text, "abc", "", "target is empty"),
    Case(text, "", "abc", "source is empty"),
    Case(text, "abc  ", "abc", "target lost 2 trailing spaces"),
    Case(text, "abc", "abc ", "target gained 1 trailing space"),
    Case(text, " abc", "abc", "target lost 1 leading space"),
    Case(text, "abc", "  abc", "target gained 2 leading spaces"),
    Case(text, " abc ", "abc", "target lost 1 leading space and lost 1 trailing space"),
    Case(
      text, String(repeating: "ä", count: 900), String(repeating: "ä", count: 700),
      "target is truncated at 700 characters"),
    Case(text, "abc", "abcd", "target is longer by 1 character"),
    Case(text, "abc\n", "abc", "target lost its line ends"),
    Case(text, "Abc", "abc", "target is in lower case"),
    Case(text, "Abc", "ABC", "target is in upper case"),
    Case(text, "Abc", "aBC", "upper and lower case differ"),
    Case(text, "e\u{301}", "\u{E9}", "target is normalised to NFC"),
    Case(text, "\u{E9}", "e\u{301}", "target is normalised to NFD"),
    Case(text, "\u{FB01}n", "fin", "target is normalised to NFKC"),
    Case(text, "Müller", "Muller", "target lost its accents"),
    Case(
      text, "a\u{1F600}b", "a?b",
      "target has '?' for characters outside the Basic Multilingual Plane, such as emoji"),
    Case(
      text, "a\u{1F600}b", "a??b",
      "target has '?' for characters outside the Basic Multilingual Plane, such as emoji"),
    Case(text, "é\u{20AC}x", "é?x", "target has '?' for characters outside Latin-1"),
    Case(text, "éx\u{20AC}", "?x?", "target has '?' for characters outside ASCII"),
    Case(
      text, "éx", "\u{FFFD}x",
      "target has U+FFFD for characters outside Latin-1".replacing("Latin-1", with: "ASCII")),
    Case(
      text, "a\u{1F600}b", "ab", "target lost characters outside the Basic Multilingual Plane, such as emoji"),
    Case(text, "é€", "Ã©â\u{82}¬", "target is UTF-8 read as Latin-1"),
    Case(text, "é€", "Ã©â‚¬", "target is UTF-8 read as Windows-1252"),
    Case(text, "Ã©", "é", "source is UTF-8 read as Latin-1, target is repaired"),
    Case(text, "a\r\nb", "a\nb", "target has LF where source has CR LF"),
    Case(text, "a\nb", "a\r\nb", "target has CR LF where source has LF"),
    Case(text, "it's", "it''s", "quotes are doubled in the target"),
    Case(text, "it''s", "it's", "quotes are no longer doubled in the target"),
    Case(text, "it's", "it\\'s", "quotes are escaped with backslashes in the target"),
    Case(text, "a\\b", "a\\\\b", "backslashes are doubled in the target"),
    Case(text, "a\tb", "a\\tb", "control characters are written as escapes in the target"),
    Case(text, "a<b", "a&lt;b", "HTML characters are written as entities in the target"),
    Case(text, "\u{FEFF}abc", "abc", "target lost its byte order mark"),
    Case(text, "abc", "\u{FEFF}abc", "target gained a byte order mark"),
    Case(text, "a\u{200B}b", "ab", "target lost characters without width"),
    Case(text, "a\u{A0}b", "a b", "target has spaces where source has no-break spaces"),
    Case(text, "a\u{1}b", "ab", "target lost control characters"),
    Case(text, "one", "two", "different value"),
    Case(text, "some packet", "xome packet", "character 1 is another"),
    Case(text, "some packet", "some pocket", "character 7 is another"),
    Case(text, "abcabcabc", "abcabcabcabc", "target is longer by 3 characters"),
    Case(text, "aaaa", "aabaa", "target gained 1 character at character 3"),
    Case(text, "some packet", "some paket", "target lost 1 character at character 8"),
    Case(text, "the packet went on", "the bucket went on", "characters 5 to 6 are others"),
  ]

  @Test(arguments: texts) func `what happened to a text is named`(row: Case) throws { try check(row) }

  static let money = ColumnType.decimal(precision: 19, scale: 4)
  static let numbers = [
    Case(.int32, "5", "-5", "target has the opposite sign"),
    Case(.int32, nil, "0", "source is NULL, target is 0"),
    Case(.int32, "5", "0", "target is 0"),
    Case(.int32, "5", "6", "target is 1 more"),
    Case(.int64, "4294967301", "5", "target is wrapped at 32 bits"),
    Case(.int64, "4294967301", "2147483647", "target is limited to 32 bits"),
    Case(.int32, "70000", "4464", "target is wrapped at 16 bits"),
    Case(.int32, "17", "99", "different value"),
    Case(.int64, "9223372036854775807", "-9223372036854775808", "different value"),
    Case(money, "12.34", "-12.34", "target has the opposite sign"),
    Case(money, "12.34", "12.35", "target is 0.01 more"),
    Case(money, "12.34", "1234", "target is 100 times source"),
    Case(money, "12.34", "0.1234", "target is source divided by 100"),
    Case(money, "12.3456", "12.35", "target is rounded to 2 decimals"),
    Case(money, "12.3456", "12.34", "target is cut to 2 decimals"),
    Case(money, "-12.3456", "-12.35", "target is rounded to 2 decimals"),
    Case(money, "12.6", "13", "target is rounded to an integer"),
    Case(money, "12.6", "12", "target is cut to an integer"),
    Case(money, "12.6", "77", "different value"),
    Case(
      .numeric(trailingZeros: true), "1.00", "1.0", "the same number with 1 decimals where source has 2"),
    Case(.float64, "0.1", "0.10000000149011612", "target is rounded to a 32-bit float"),
    Case(.float64, "1.5", "-1.5", "target has the opposite sign"),
    Case(.float64, "NaN", "1", "different value"),
    Case(.bool, "true", "false", "target is inverted"),
    Case(.bool, nil, "false", "source is NULL, target is false"),
  ]

  @Test(arguments: numbers) func `what happened to a number is named`(row: Case) throws { try check(row) }

  static let moment = ColumnType.timestamp(precision: 6)
  static let moments = [
    Case(moment, "2010-03-01 10:00:00", "2010-03-01 11:00:00", "target is 1 hour later"),
    Case(moment, "2010-03-01 00:30:00", "2010-02-28 22:30:00", "target is 2 hours earlier"),
    Case(moment, "1995-03-01 10:00:00", "1995-03-01 15:30:00", "target is 5 hours 30 minutes later"),
    Case(moment, "2010-03-01 10:00:00", "2010-03-01 10:45:00", "target is 45 minutes later"),
    Case(moment, "2010-03-01 10:00:00", "2010-03-02 10:00:00", "target is 1 day later"),
    Case(moment, "2010-03-01 10:00:00", "2010-03-01 10:00:01", "target is 1 second later"),
    Case(moment, "2010-03-01 10:00:00.000001", "2010-03-01 10:00:00", "target is 1 microsecond earlier"),
    Case(moment, "2010-03-01 10:11:12.345678", "2010-03-01 00:00:00", "target has only the date"),
    Case(moment, "1990-03-01 10:11:12.345678", "1990-03-01 00:00:00", "target has only the date"),
    Case(moment, "2010-03-01 10:11:12.345678", "2010-03-01 10:11:12", "target lost its fraction of a second"),
    Case(moment, "1990-03-01 10:11:12.645678", "1990-03-01 10:11:12", "target lost its fraction of a second"),
    Case(moment, "2010-03-01 10:11:12.645678", "2010-03-01 10:11:13", "target is rounded to seconds"),
    Case(moment, "2010-03-01 10:11:12.345678", "2010-03-01 10:11:12.345", "target is cut to milliseconds"),
    Case(
      moment, "2010-03-01 10:11:12.345678", "2010-03-01 10:11:12.346", "target is rounded to milliseconds"),
    Case(
      moment, "2010-03-01 10:11:12.345678", "2010-03-01 10:11:12.347",
      "target is rounded to 1/300 s, as SQL Server's datetime"),
    Case(moment, "2010-03-01 10:11:12.345678", "2010-03-01 10:11:12.3", "target is cut to 1 decimal"),
    Case(moment, "2010-03-01 10:11:12", "2010-03-01 10:11:00", "target lost its seconds"),
    Case(moment, "2010-03-04 10:11:12", "2010-04-03 10:11:12", "day and month are exchanged"),
    Case(moment, "2010-03-04 10:11:12", "2011-07-09 01:02:03", "different value"),
    Case(moment, "infinity", "2011-07-09 01:02:03", "different value"),
    Case(moment, "294276-12-31 23:59:59.999999", "2011-07-09 01:02:03", "different value"),
    Case(
      .timestamp(precision: 7), "2010-03-01 10:11:12.3456789", "2010-03-01 10:11:12.345678",
      "target is cut to microseconds"),
    Case(.date, "2010-03-04", "2010-03-05", "target is 1 day later"),
    Case(.date, "2010-03-04", "2010-04-03", "day and month are exchanged"),
    Case(.time(precision: 6), "10:00:00", "12:00:00", "target is 2 hours later"),
    Case(.time(precision: 6), "10:00:00.5", "10:00:00", "target lost its fraction of a second"),
  ]

  @Test(arguments: moments) func `what happened to a moment is named`(row: Case) throws { try check(row) }

  static let others = [
    Case(.bytes(maxLength: nil), "\\x010203", "\\x0102", "target is truncated at 2 bytes"),
    Case(.bytes(maxLength: nil), "\\x0102", "\\x01020000", "target gained 2 zero bytes at its end"),
    Case(.bytes(maxLength: nil), "\\x", nil, "target is NULL, source is empty"),
    Case(
      .bytes(maxLength: nil), "\\x0aff", "\\x30614646", "target holds the source's bytes as hexadecimal text"),
    Case(
      .uuid, "00112233-4455-6677-8899-aabbccddeeff", "33221100-5544-7766-8899-aabbccddeeff",
      "target's bytes are in another order, as SQL Server stores them"),
    Case(
      .uuid, "00112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddee00", "different value"
    ),
  ]

  @Test(arguments: others) func `what happened to bytes is named`(row: Case) throws { try check(row) }

  @Test func `no cause contains a value`() throws {
    for row in CauseTests.texts + CauseTests.moments where row.source?.count ?? 0 > 8 {
      #expect(!row.cause.contains(try #require(row.source)))
    }
  }
}
