import Rows

/// Values that break copies, put in place of ordinary ones in some rows of a hostile population.
///
/// Which value a row gets is a matter of its number alone, so that a few hundred rows hold every kind. Keys
/// and references are never touched.
struct Hostile: Sendable {
  let isEnabled: Bool

  // One row in so many, for each column another one; the product with the number of kinds is less than
  // the number of rows that the smallest table with such a column has at scale 0.001.
  static let textPeriod = 5
  static let integerPeriod = 7
  static let timePeriod = 6
  private static let nullPeriod = 11
  /// One in so many longest texts is longer still: MySQL's TEXT ends at 65,535 bytes, a varchar at 8,000.
  private static let hugeRarity = 64
  static let longUnits = 8_001
  static let hugeUnits = 70_001

  /// The kind that a row is to have in a column, nil for an ordinary value.
  @inline(__always)
  private func kind(row: Int, column: Int, period: Int, of count: Int) -> Int? {
    guard (row + column) % period == 0 else { return nil }
    return (row + column) / period % count
  }

  /// Appends a hostile text and returns true, or returns false.
  /// - Parameter limit: in UTF-16 code units, as nvarchar counts; nil for unlimited.
  func appendText(row: Int, column: Int, limit: Int?, into batch: inout RowBatchBuilder) -> Bool {
    guard isEnabled else { return false }
    let count = HostileTexts.fixed.count + HostileTexts.units.count
    guard let kind = kind(row: row, column: column, period: Hostile.textPeriod, of: count) else {
      return false
    }
    guard kind >= HostileTexts.fixed.count else {
      batch.append(HostileTexts.fixed[kind])
      return true
    }
    let round = (row + column) / Hostile.textPeriod / count
    let longest = round % Hostile.hugeRarity == 0 ? Hostile.hugeUnits : Hostile.longUnits
    let unit = HostileTexts.units[kind - HostileTexts.fixed.count]
    appendLongest(unit, limit ?? longest, into: &batch)
    return true
  }

  /// Fills the length with one character, and with `x` what is left when that takes two code units.
  private func appendLongest(
    _ unit: HostileTexts.Unit, _ limit: Int, into batch: inout RowBatchBuilder
  ) {
    let repetitions = limit / unit.codeUnits
    let rest = limit % unit.codeUnits
    let size = unit.bytes.utf8CodeUnitCount
    var field = batch.appendField(byteCount: repetitions * size + rest)
    for _ in 0..<repetitions {
      field.copyMemory(from: unit.bytes.utf8Start, byteCount: size)
      field += size
    }
    for index in 0..<rest { field.storeBytes(of: 0x78, toByteOffset: index, as: UInt8.self) }
  }

  func integer(row: Int, column: Int) -> Int32? {
    guard isEnabled else { return nil }
    let values = HostileValues.integers
    return kind(row: row, column: column, period: Hostile.integerPeriod, of: values.count).map { values[$0] }
  }

  /// True if a column that ordinarily has a number is to have none.
  func isNull(row: Int, column: Int) -> Bool { isEnabled && (row + column) % Hostile.nullPeriod == 0 }

  /// Microseconds since 2000-01-01.
  func time(row: Int, column: Int) -> Int64? {
    guard isEnabled else { return nil }
    let values = HostileValues.times
    return kind(row: row, column: column, period: Hostile.timePeriod, of: values.count).map { values[$0] }
  }
}

enum HostileValues {
  static let integers: [Int32] = [
    .max, .min, 0, -1, 1, 127, 128, 255, 256, -32_769, 32_767, 65_535, 65_536, 16_777_217,
  ]

  private static let lastTick = 86_399_997

  /// The ends of what datetime holds, leap days, and the borders of other engines and of clocks.
  static let times: [Int64] = [
    Calendar.microseconds(1753, 1, 1), Calendar.microseconds(9999, 12, 31, lastTick),
    Calendar.microseconds(1900, 1, 1), Calendar.microseconds(1900, 2, 28, lastTick),
    Calendar.microseconds(1900, 3, 1), Calendar.microseconds(1969, 12, 31, lastTick),
    Calendar.microseconds(1970, 1, 1), Calendar.microseconds(1970, 1, 1, 1_000),
    Calendar.microseconds(1999, 12, 31, lastTick), Calendar.microseconds(2000, 1, 1),
    Calendar.microseconds(2000, 2, 29), Calendar.microseconds(2008, 2, 29, lastTick),
    Calendar.microseconds(2010, 3, 14, 9_000_003), Calendar.microseconds(2010, 3, 28, 9_000_007),
    Calendar.microseconds(2010, 10, 31, 9_000_000), Calendar.microseconds(2010, 12, 31, lastTick),
    Calendar.microseconds(2038, 1, 19, 11_647_000), Calendar.microseconds(2038, 1, 19, 11_648_000),
    Calendar.microseconds(2079, 6, 6, lastTick), Calendar.microseconds(2106, 2, 7, 23_296_000),
  ]
}

enum HostileTexts {
  /// A character that fills a column to its end.
  struct Unit: Sendable {
    let bytes: StaticString
    /// In UTF-16.
    let codeUnits: Int
  }

  static let units = [
    Unit(bytes: "x", codeUnits: 1), Unit(bytes: "'", codeUnits: 1), Unit(bytes: " ", codeUnits: 1),
    Unit(bytes: "語", codeUnits: 1), Unit(bytes: "\u{1F600}", codeUnits: 2),
  ]

  /// Each has at most 40 UTF-16 code units, the shortest column's length. No NUL: no target takes it.
  static let fixed = WordList([
    // What stands for NULL somewhere, and is not NULL.
    "", "NULL", "null", "\\N", "(null)",
    // What quotes, escapes and separates.
    "'", "O'Brien''s", "\"", "a \"quoted\" \"\"word\"\"", "\\", "C:\\new\\table\\x00", "\\'; --",
    "'; DROP TABLE Users; --", "a,b;c|d\ta", "\\.", "%s %d ${x} {{y}} $1", "=1+1", "&amp;<b>&#0;</b>]]>",
    // Lines and controls.
    "\ttab\t", "line\r\nbreak\r\n", "\n", "\r", "\u{1}\u{7F}\u{1B}[31m", "\u{85}\u{2028}\u{2029}",
    // Spaces at the ends, and what looks like one.
    " ", "  leading", "trailing  ", "\u{A0}no-break\u{3000}",
    // What is not seen.
    "\u{FEFF}BOM", "zero\u{200B}width\u{200C}\u{200D}", "soft\u{AD}hyphen", "\u{202E}right to left\u{202C}",
    // One text in two forms, and marks upon marks.
    "caf\u{E9}", "cafe\u{301}", "Z\u{351}\u{343}\u{34B}\u{300}a\u{323}\u{307}", "\u{212B}\u{C5}A\u{30A}",
    // Beyond the first plane, joined and flagged, and the last code points.
    "\u{1F600}\u{1F680}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{1F1E8}\u{1F1ED}",
    "\u{20BB7}野家", "\u{FFFD}\u{FFFE}\u{10FFFF}",
    // What collations make equal, and cases that change length or language.
    "Straße STRASSE", "ıİiI", "ﬁ ligature", "ÄÖÜ äöü Æ", "שלום עולם", "ﷺ", "नमस्ते",
  ])
}
