import Rows
import Testing

@Suite struct RowTranscoderTests {
  struct Case: CustomTestStringConvertible {
    let from: ColumnType
    let value: String
    let to: ColumnType
    /// The value as the target type writes it; nil if it does not fit.
    let result: String?
    let rule: String?

    init(_ from: ColumnType, _ value: String, _ to: ColumnType, is result: String) {
      (self.from, self.value, self.to, self.result, rule) = (from, value, to, result, nil)
    }
    init(_ from: ColumnType, _ value: String, _ to: ColumnType, breaks rule: String) {
      (self.from, self.value, self.to, result, self.rule) = (from, value, to, nil, rule)
    }
    var testDescription: String { "\(from) to \(to)" }
  }

  static let decimal = ColumnType.decimal(precision: 10, scale: 2)
  static let finer = ColumnType.decimal(precision: 12, scale: 4)
  static let plain = ColumnType.numeric(trailingZeros: false)

  static let cases: [Case] = [
    Case(.bool, "true", .int32, is: "1"), Case(.int64, "0", .bool, is: "false"),
    Case(.int16, "2", .bool, breaks: "is neither 0 nor 1"),
    Case(.int16, "-32768", .int64, is: "-32768"), Case(.int64, "32767", .int16, is: "32767"),
    Case(.int64, "32768", .int16, breaks: "is too large for 16 bits"),
    Case(.int64, "-2147483649", .int32, breaks: "is too large for 32 bits"),
    Case(.float32, "0.1", .float64, is: "0.10000000149011612"), Case(.float32, "NaN", .float64, is: "NaN"),
    Case(.float64, "NaN", .float32, is: "NaN"), Case(.float64, "-0.0", .float32, is: "-0.0"),
    Case(.float64, "0.1", .float32, breaks: "has more digits than a float32 holds"),
    Case(.float64, "1e300", .float32, breaks: "has more digits than a float32 holds"),
    Case(.float64, "-Infinity", .float32, is: "-Infinity"),
    Case(.int32, "7", decimal, is: "7.00"),
    Case(.int64, "-9223372036854775808", plain, is: "-9223372036854775808"),
    Case(.int64, "100000000", decimal, breaks: "has more than 8 digits before the point"),
    Case(decimal, "7.00", .int16, is: "7"),
    Case(decimal, "7.01", .int16, breaks: "has a fraction, which an integer cannot hold"),
    Case(decimal, "40000.00", .int16, breaks: "is too large for 16 bits"),
    Case(decimal, "1.50", finer, is: "1.5000"), Case(finer, "1.5000", decimal, is: "1.50"),
    Case(finer, "1.0001", decimal, breaks: "has more than 2 decimals"),
    Case(decimal, "NaN", plain, is: "NaN"), Case(decimal, "1.50", plain, is: "1.5"),
    Case(decimal, "0.00", plain, is: "0"),
    Case(.numeric(trailingZeros: true), "-Infinity", plain, is: "-Infinity"),
    Case(
      .numeric(trailingZeros: true), "Infinity", decimal,
      breaks: "is infinity, which a decimal with a precision cannot hold"),
    Case(.numeric(trailingZeros: true), "10.500", plain, is: "10.5"),
    Case(.text(maxLength: nil), "abcd", .text(maxLength: 4), is: "abcd"),
    Case(.text(maxLength: nil), "żółć!", .text(maxLength: 4), breaks: "is longer than 4 characters"),
    Case(.text(maxLength: 4), "ab ", .fixedText(length: 4), is: "ab"),
    Case(.fixedText(length: 6), "abcde", .fixedText(length: 4), breaks: "is longer than 4 characters"),
    Case(.fixedText(length: 6), "ab", .text(maxLength: 2), is: "ab"),
    Case(
      .uuid, "01234567-89ab-cdef-0123-456789abcdef", .text(maxLength: nil),
      is: "01234567-89ab-cdef-0123-456789abcdef"),
    Case(
      .uuid, "01234567-89ab-cdef-0123-456789abcdef", .text(maxLength: 36),
      is: "01234567-89ab-cdef-0123-456789abcdef"),
    Case(
      .text(maxLength: 40), "01234567-89ab-cdef-0123-456789abcdef", .uuid,
      is: "01234567-89ab-cdef-0123-456789abcdef"),
    Case(
      .text(maxLength: 40), "{01234567-89ab-cdef-0123-456789abcdef}", .uuid,
      breaks: "is not a UUID in lower case with hyphens, as it would read back"),
    Case(
      .text(maxLength: 40), "01234567-89AB-cdef-0123-456789abcdef", .uuid,
      breaks: "is not a UUID in lower case with hyphens, as it would read back"),
    Case(.text(maxLength: 40), "nope", .uuid, breaks: "is not a UUID"),
    Case(.json, "{}", .text(maxLength: nil), is: "{}"), Case(.text(maxLength: 40), "{}", .json, is: "{}"),
    Case(.bytes(maxLength: nil), "\\x0001", .bytes(maxLength: 2), is: "\\x0001"),
    Case(.bytes(maxLength: nil), "\\x000102", .bytes(maxLength: 2), breaks: "is longer than 2 bytes"),
    Case(.time(precision: 6), "24:00:00", .time(precision: 7), is: "24:00:00"),
    Case(
      .time(precision: 7), "00:00:00.0000001", .time(precision: 6),
      breaks: "has more than 6 decimals of a second"),
    Case(.timestamp(precision: 6), "infinity", .timestamp(precision: 7), is: "infinity"),
    Case(.timestamp(precision: 7), "-infinity", .timestamp(precision: 0), is: "-infinity"),
    Case(
      .timestamp(precision: 6), "2024-05-01 10:00:00.5", .timestampTZ(precision: 7),
      is: "2024-05-01 10:00:00.5+00"),
    Case(
      .timestampTZ(precision: 6), "2024-05-01 10:00:00+00", .timestamp(precision: 3),
      is: "2024-05-01 10:00:00"),
    Case(
      .timestamp(precision: 6), "2024-05-01 10:00:00.1234", .timestamp(precision: 3),
      breaks: "has more than 3 decimals of a second"),
    Case(
      .timestamp(precision: 7), "1999-12-31 23:59:59.9999999", .timestamp(precision: 6),
      breaks: "has more than 6 decimals of a second"),
    Case(
      .timestamp(precision: 6), "40000-01-01 00:00:00", .timestamp(precision: 7),
      breaks: "is later than precision 7 can count (the year 31227)"),
    Case(.date, "1999-12-31", .timestamp(precision: 7), is: "1999-12-31 00:00:00"),
    Case(.date, "infinity", .timestamp(precision: 0), is: "infinity"),
    Case(
      .date, "5874897-12-31", .timestamp(precision: 6), breaks: "lies outside 4714-11-24 BC to 294276-12-31"),
    Case(.timestamp(precision: 6), "1999-12-31 00:00:00", .date, is: "1999-12-31"),
    Case(.timestamp(precision: 7), "-infinity", .date, is: "-infinity"),
    Case(
      .timestamp(precision: 6), "1999-12-31 23:59:59.999999", .date,
      breaks: "has a time of day, which a date cannot hold"),
  ]

  /// The transcoded row, between a NULL and an untouched column.
  static func transcode(_ value: String, _ from: ColumnType, _ to: ColumnType) throws -> [UInt8] {
    let row = try encodedRow([(nil, from), (value, from), ("x|y", .text(maxLength: 3))])
    let transcoder = try RowTranscoder(
      from: [from, from, .text(maxLength: 3)], to: [to, to, .text(maxLength: 3)])
    var builder = RowBatchBuilder(columnCount: 3)
    do {
      try row.withUnsafeBytes { try transcoder.transcode($0, into: &builder) }
    } catch {
      builder.discardRow()
      throw error
    }
    let batch = try builder.batch()
    return Array(batch.row(0))
  }

  @Test(arguments: RowTranscoderTests.cases)
  func `a value becomes the same value of the other type, or names the rule`(_ test: Case) throws {
    if let result = test.result {
      let expected = try encodedRow([(nil, test.to), (result, test.to), ("x|y", .text(maxLength: 3))])
      #expect(try RowTranscoderTests.transcode(test.value, test.from, test.to) == expected)
    } else {
      let rule = try #require(test.rule)
      #expect(throws: BadField(column: 1, value: BadValue(rule))) {
        try RowTranscoderTests.transcode(test.value, test.from, test.to)
      }
    }
  }

  @Test func `there is a way from every type to what it has in common with another, and back`() throws {
    for first in TypePairingTests.types {
      for second in TypePairingTests.types {
        guard case .success(let common) = TypePairing.common(first, second) else {
          #expect(throws: Unpairable.self) { try RowTranscoder(from: [first], to: [second]) }
          continue
        }
        for (from, to) in [(first, common), (second, common), (common, first), (first, second)] {
          let transcoder = try RowTranscoder(from: [from], to: [to])
          #expect(from != to || transcoder.isIdentity)
        }
      }
    }
  }

  @Test func `every value of a type has its equal in the common type`() throws {
    let vectors = try Vectors.read("values.jsonl", as: EncodingVectorTests.Value.self)
    for vector in vectors {
      guard let value = vector.value, let type = ColumnType(spelling: vector.type) else { continue }
      for other in TypePairingTests.types {
        guard case .success(let common) = TypePairing.common(type, other) else { continue }
        let isBeyondTicks = vector.rangeExceedsTicks && common.countsTicks && !type.countsTicks
        let isBeyondTimestamp = vector.type == "date" && value == "5874897-12-31" && common != .date
        guard !isBeyondTicks, !isBeyondTimestamp else { continue }
        let there = try RowTranscoderTests.transcode(value, type, common)
        let onTheWay = try there.withUnsafeBytes { bytes in
          var fields = FieldCursor(bytes)
          _ = fields.nextField()
          let field = fields.nextField()
          return try FieldText.render(try #require(field), as: common)
        }
        // Nothing was lost: the way back leads to the same bytes, but for what the common type leaves out.
        guard common != .numeric(trailingZeros: false), !common.dropsTrailingSpaces else { continue }
        let back = try RowTranscoderTests.transcode(onTheWay, common, type)
        #expect(
          try back == encodedRow([(nil, type), (value, type), ("x|y", .text(maxLength: 3))]),
          "\(type) \(value) as \(common)")
      }
    }
  }

  @Test func `rows are taken back after a bad field, and the rest goes on`() throws {
    let transcoder = try RowTranscoder(from: [.int64], to: [.int16])
    var builder = RowBatchBuilder(columnCount: 1)
    for value in ["1", "70000", "3"] {
      let row = try encodedRow([(value, .int64)])
      do {
        try row.withUnsafeBytes { try transcoder.transcode($0, into: &builder) }
      } catch let error as BadField {
        #expect(error.description == "column 1 is too large for 16 bits")
        builder.discardRow()
      }
    }
    let batch = try builder.batch()
    #expect(try Array(batch.bytes) == encodedRow([("1", .int16)]) + encodedRow([("3", .int16)]))
  }

  @Test func `rows whose bytes would not change pass as they are`() throws {
    let widening: [(ColumnType, ColumnType)] = [
      (.text(maxLength: 3), .text(maxLength: nil)), (.timestamp(precision: 3), .timestamp(precision: 6)),
      (.json, .text(maxLength: nil)), (.timestamp(precision: 6), .timestampTZ(precision: 6)),
    ]
    let transcoder = try RowTranscoder(from: widening.map(\.0), to: widening.map(\.1))
    #expect(transcoder.isIdentity)
    let widened = try RowTranscoder(from: [.int64, .int32], to: [.int64, .int64])
    #expect(!widened.isIdentity)
    let row = try encodedRow([
      ("abc", .text(maxLength: 3)), (nil, .timestamp(precision: 3)), ("{}", .json),
      ("2024-01-01", .timestamp(precision: 6)),
    ])
    var builder = RowBatchBuilder(columnCount: 4)
    try row.withUnsafeBytes { try transcoder.transcode($0, into: &builder) }
    let batch = try builder.batch()
    #expect(Array(batch.row(0)) == row)
  }
}

extension ColumnType {
  fileprivate var countsTicks: Bool {
    switch self {
    case .time(let precision), .timestamp(let precision), .timestampTZ(let precision): precision == 7
    default: false
    }
  }

  fileprivate var dropsTrailingSpaces: Bool {
    if case .fixedText = self { true } else { false }
  }
}

extension EncodingVectorTests.Value {
  fileprivate var rangeExceedsTicks: Bool {
    (value ?? "").hasPrefix("294276-") || value == "5874897-12-31"
  }
}
