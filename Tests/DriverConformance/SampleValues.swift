import Rows

/// A column type with values at its limits, as `FieldText` renders them.
struct TypeSample: Sendable {
  let type: ColumnType
  let values: [String]

  static func all(_ quirks: Quirks) -> [TypeSample] {
    numbers(quirks) + texts(quirks) + moments(quirks)
  }

  private static func numbers(_ quirks: Quirks) -> [TypeSample] {
    var special = quirks.hasInfinity ? ["Infinity", "-Infinity"] : []
    if quirks.hasNaN { special.append("NaN") }
    if quirks.hasNegativeZero { special.append("-0.0") }
    let numerics = [
      TypeSample(
        type: .numeric(trailingZeros: true),
        values: ["1", "1.0", "1.00", "-123456789012345678901234567890.123456789012345678901234567890"]),
      TypeSample(
        type: .numeric(trailingZeros: false), values: ["1", "1.5", "-123456789012345678901234567890.12345"]),
    ]
    let others = [
      TypeSample(type: .bool, values: ["true", "false"]),
      TypeSample(type: .int16, values: ["-32768", "-1", "0", "32767"]),
      TypeSample(type: .int32, values: ["-2147483648", "0", "2147483647"]),
      TypeSample(
        type: .int64, values: ["-9223372036854775808", "-9007199254740993", "0", "9223372036854775807"]),
      TypeSample(type: .float32, values: ["0.0", "0.1", "3.4028235e+38", "1e-45"] + special),
      TypeSample(
        type: .float64,
        values: ["0.0", "1.0", "0.1", "9007199254740993.0", "1.7976931348623157e+308", "5e-324"] + special),
      TypeSample(
        type: .decimal(precision: 10, scale: 2),
        values: ["-99999999.99", "0.00", "0.01", "5.00", "1234567.80"]),
      TypeSample(type: .decimal(precision: 5, scale: 0), values: ["-99999", "0", "10000"]),
      TypeSample(
        type: .decimal(precision: 15, scale: 15), values: ["0.999999999999999", "0.000000000000001"]),
      TypeSample(
        type: .decimal(precision: 38, scale: 10),
        values: ["9999999999999999999999999999.9999999999", "-0.0000000001", "0.1000000000"]),
    ]
    return (others + (quirks.hasNumeric ? numerics : [])).map { sample in
      // Rounded to what the type itself renders.
      TypeSample(type: sample.type, values: sample.values.map { canonical($0, sample.type) })
    }
  }

  private static func canonical(_ text: String, _ type: ColumnType) -> String {
    guard let field = try? FieldEncoder.encode(text: text, type: type) else { return text }
    return (try? field.withUnsafeBytes { try FieldText.render($0, as: type) }) ?? text
  }

  private static func texts(_ quirks: Quirks) -> [TypeSample] {
    var texts = [
      "", " ", "  two  ", "NULL", "null", "0", "007", "1e5", "-", "'", "\"", "\\", "\\N", "\\.", "a\tb",
      "line\r\nline",
      "Größe", "漢字", "👩‍👩‍👧‍👦", "e\u{301}", "\u{10FFFF}", "%s;--", String(repeating: "x", count: 100_000),
    ]
    if quirks.hasNUL { texts.append("a\u{0}b") }
    return [
      TypeSample(type: .text(maxLength: nil), values: texts),
      TypeSample(type: .text(maxLength: 5), values: ["", "12345", "👩👩👩👩👩", "a'b\"c", "1.0"]),
      TypeSample(type: .fixedText(length: 4), values: ["", "a", " b", "abcd", "👩👩👩👩"]),
      TypeSample(type: .bytes(maxLength: nil), values: ["\\x", "\\x00", "\\x00ff7f80", "\\x313233"]),
      TypeSample(type: .bytes(maxLength: 4), values: ["\\x", "\\x01020304"]),
      TypeSample(
        type: .uuid,
        values: [
          "00000000-0000-0000-0000-000000000000", "01234567-89ab-cdef-0123-456789abcdef",
          "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ]),
      TypeSample(type: .json, values: ["{\"a\": [1, null, \"é\"]}", "1", "1.0", "\"x\"", "null", "[ ]"]),
    ]
  }

  private static func moments(_ quirks: Quirks) -> [TypeSample] {
    let infinite = quirks.hasInfiniteDates ? ["infinity", "-infinity"] : []
    var samples = [
      TypeSample(
        type: .date,
        values: ["0001-01-01", "1582-10-10", "1999-12-31", "2000-01-01", "2024-02-29", "9999-12-31"]
          + infinite)
    ]
    for precision in [0, 3, 6, 7] where precision <= quirks.precision {
      let fraction = precision == 0 ? "" : "." + String(repeating: "9", count: precision)
      samples.append(
        TypeSample(
          type: .time(precision: precision), values: ["00:00:00", "23:59:59" + fraction, "12:30:00"]))
      let days = ["0001-01-01 00:00:00", "1969-12-31 23:59:59" + fraction, "9999-12-31 23:59:59" + fraction]
      samples.append(TypeSample(type: .timestamp(precision: precision), values: days + infinite))
      samples.append(
        TypeSample(type: .timestampTZ(precision: precision), values: days.map { $0 + "+00" } + infinite))
    }
    return samples
  }
}
