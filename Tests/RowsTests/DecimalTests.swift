import Rows
import Testing

@Suite struct DecimalTests {
  static let asWritten = ColumnType.numeric(trailingZeros: true)
  static let plain = ColumnType.numeric(trailingZeros: false)

  /// One decimal field, appended by the body.
  static func field(_ append: (inout RowBatchBuilder) throws -> Void) throws -> [UInt8] {
    var builder = RowBatchBuilder(columnCount: 1, budget: 0)
    builder.beginRow()
    do {
      try append(&builder)
    } catch {
      builder.discardRow()
      throw error
    }
    builder.endRow()
    let batch = try builder.batch()
    return Array(batch.row(0).dropFirst(6))
  }

  static func significantDigits(_ text: String) throws -> Int {
    try FieldEncoder.encode(text: text, type: asWritten).withUnsafeBytes {
      try DecimalField($0).significantDigits
    }
  }

  static func int64(_ text: String) throws -> Int64 {
    try FieldEncoder.encode(text: text, type: asWritten).withUnsafeBytes { try DecimalField($0).int64() }
  }

  /// An independent model: digits as characters, no groups.
  static func digits(_ random: inout Seeded, _ count: Int) -> String {
    String((0..<count).map { _ in random.pick(Array("0000123456789")) })
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `a decimal prints as it was written, whatever its length`(_ seed: UInt64) throws {
    var random = Seeded(seed)
    for _ in 0..<3000 {
      let integer = DecimalTests.digits(&random, random.number(1...random.pick([3, 10, 60])))
      let fraction = DecimalTests.digits(&random, random.number(0...random.pick([2, 10, 60])))
      var leading = integer.drop { $0 == "0" }
      if leading.isEmpty { leading = "0" }
      let isZero = (integer + fraction).allSatisfy { $0 == "0" }
      let sign = random.pick(["", "-"])
      let canonical = (isZero ? "" : sign) + leading + (fraction.isEmpty ? "" : "." + fraction)
      let written = sign + integer + (fraction.isEmpty ? random.pick(["", "."]) : "." + fraction)
      let encoded = try FieldEncoder.encode(text: written, type: DecimalTests.asWritten)
      #expect(try render(encoded, as: DecimalTests.asWritten) == canonical, "seed \(seed): \(written)")

      // The point moved by an exponent: the same digits, the same groups.
      let shift = random.number(-70...70)
      let moved = "\(sign)\(integer)\(fraction)e\(shift - fraction.count)"
      let unmoved = "\(written)E\(shift)"
      #expect(
        try FieldEncoder.encode(text: moved, type: DecimalTests.plain)
          == FieldEncoder.encode(text: unmoved, type: DecimalTests.plain), "seed \(seed): \(unmoved)")

      let significant = (integer + fraction).drop { $0 == "0" }.reversed().drop { $0 == "0" }.count
      #expect(try DecimalTests.significantDigits(written) == significant, "seed \(seed): \(written)")
    }
  }

  @Test(arguments: 0..<2 as Range<UInt64>)
  func `a decimal of fixed scale holds what fits and rejects what does not`(_ seed: UInt64) throws {
    var random = Seeded(seed)
    for _ in 0..<3000 {
      let scale = random.number(0...12)
      let integerDigits = random.number(1...12)
      let type = ColumnType.decimal(precision: integerDigits + scale, scale: scale)
      let integer = "\(random.number(1...9))" + DecimalTests.digits(&random, random.number(0...14))
      let fraction = DecimalTests.digits(&random, random.number(0...14)) + "\(random.number(1...9))"
      let written = "\(integer).\(fraction)"
      let rule = brokenRule(Array(written.utf8), type: type)
      if integer.count > integerDigits {
        #expect(rule == "has more than \(integerDigits) digits before the point", "\(written) \(type)")
      } else if fraction.count > scale {
        #expect(rule == "has more than \(scale) decimals", "\(written) \(type)")
      } else {
        #expect(rule == nil)
        let zeros = String(repeating: "0", count: scale - fraction.count)
        let encoded = try FieldEncoder.encode(text: written, type: type)
        #expect(try render(encoded, as: type) == written + zeros)
      }
    }
  }

  @Test func `integers encode as their text does, and come back`() throws {
    var random = Seeded(7)
    var values: [Int64] = [
      0, 1, -1, 9, 10, 9999, 10_000, 99_999_999, 100_000_000, .max, .min, .max - 1, .min + 1,
    ]
    for _ in 0..<3000 { values.append(Int64(truncatingIfNeeded: random.next()) >> random.number(0...63)) }
    for type in [DecimalTests.asWritten, DecimalTests.plain, .decimal(precision: 23, scale: 4)] {
      for value in values {
        let encoded = try DecimalTests.field { try $0.appendDecimal(value, type: type) }
        #expect(try encoded == FieldEncoder.encode(text: "\(value)", type: type), "\(value) \(type)")
        #expect(try encoded.withUnsafeBytes { try DecimalField($0).int64() } == value)
      }
    }
  }

  @Test func `floating-point numbers encode as their shortest digits`() throws {
    let values: [(Double, String)] = [
      (0, "0"), (-0.0, "0"), (1, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (1e16, "10000000000000000"),
      (123_456_789_012_345_680, "123456789012345680"), (9_007_199_254_740_994, "9007199254740994"),
      (1e22, "1e22"), (1.5e-7, "0.00000015"), (.leastNonzeroMagnitude, "5e-324"),
      (.greatestFiniteMagnitude, "1.7976931348623157e308"), (.nan, "NaN"), (.infinity, "Infinity"),
      (-.infinity, "-Infinity"),
    ]
    for (value, text) in values {
      for type in [DecimalTests.asWritten, DecimalTests.plain] {
        let encoded = try DecimalTests.field { try $0.appendDecimal(value, type: type) }
        #expect(try encoded == FieldEncoder.encode(text: text, type: type), "\(value)")
      }
    }
    #expect(throws: BadValue("has more than 2 decimals")) {
      try DecimalTests.field { try $0.appendDecimal(0.125, type: .decimal(precision: 10, scale: 2)) }
    }
    #expect(throws: BadValue.self) {
      try DecimalTests.field { try $0.appendDecimal(.infinity, type: .decimal(precision: 10, scale: 2)) }
    }
  }

  @Test func `every random double survives the way through a numeric`() throws {
    var random = Seeded(11)
    for _ in 0..<3000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let encoded = try DecimalTests.field { try $0.appendDecimal(value, type: DecimalTests.plain) }
      #expect(Double(try render(encoded, as: DecimalTests.plain)) == value)
    }
  }

  @Test func `the longest numbers of PostgreSQL fit, and one digit more does not`() throws {
    let large = "1" + String(repeating: "0", count: 131_071)
    let small = "0." + String(repeating: "0", count: 16_382) + "1"
    for text in [large, small] {
      let encoded = try FieldEncoder.encode(text: text, type: DecimalTests.asWritten)
      #expect(try render(encoded, as: DecimalTests.asWritten) == text)
    }
    #expect(
      try FieldEncoder.encode(text: "1e131071", type: DecimalTests.plain) == [
        0, 1, 0x7F, 0xFF, 0, 0, 0, 0, 3, 0xE8,
      ])
    #expect(brokenRule(Array((large + "0").utf8), type: DecimalTests.plain) != nil)
    #expect(brokenRule(Array((small + "1").utf8), type: DecimalTests.asWritten) != nil)
    let digits = String(repeating: "9", count: 131_072) + "." + String(repeating: "9", count: 16_383)
    #expect(
      try render(FieldEncoder.encode(text: digits, type: DecimalTests.plain), as: DecimalTests.plain)
        == digits)
  }

  @Test func `an integer is read only where there is one`() throws {
    #expect(try DecimalTests.int64("1e18") == 1_000_000_000_000_000_000)
    #expect(try DecimalTests.int64("-120000.000") == -120_000)
    #expect(try DecimalTests.int64("0.00") == 0)
    for (text, rule) in [
      ("0.5", "has a fraction, which an integer cannot hold"),
      ("9223372036854775808", "is too large for 64 bits"),
      ("-9223372036854775809", "is too large for 64 bits"),
      ("18446744073709551616", "is too large for 64 bits"), ("1e40", "is too large for 64 bits"),
      ("NaN", "is NaN, which an integer cannot hold"),
      ("-Infinity", "is -Infinity, which an integer cannot hold"),
    ] {
      #expect(throws: BadValue(rule)) { try DecimalTests.int64(text) }
    }
  }

  @Test func `bytes that are no canonical numeric are not read`() {
    let malformed: [[UInt8]] = [
      [], [0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10],
      [0, 0, 0, 0, 0x80, 0, 0, 0], [0, 0, 0, 0, 0xE0, 0, 0, 0], [0, 1, 0, 0, 0xC0, 0, 0, 0, 0, 1],
      [0, 0, 0, 0, 0, 0, 0x40, 0],
    ]
    for bytes in malformed {
      #expect(throws: BadValue.self, "\(hexadecimal(bytes))") {
        try bytes.withUnsafeBytes { _ = try DecimalField($0) }
      }
    }
  }
}
