import Rows
import Testing

@Suite struct FieldTextTests {
  /// A field of random bytes that its type's encoder could have written.
  static func field(_ type: ColumnType, _ random: inout Seeded) throws -> [UInt8] {
    func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
    /// Numbers of every length, and those at and around the ends of a range.
    func number(_ range: ClosedRange<Int>) -> Int {
      random.pick([
        range.lowerBound, range.lowerBound + 1, range.upperBound - 1, range.upperBound,
        random.number(range), random.number(range) >> random.number(0...60),
      ])
    }
    switch type {
    case .bool: return [UInt8(random.number(0...1))]
    case .int16: return bytes(Int16(number(-0x8000...0x7FFF)))
    case .int32: return bytes(Int32(number(-0x8000_0000...0x7FFF_FFFF)))
    case .int64: return bytes(Int64(number(Int.min...Int.max)))
    case .float32:
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      return bytes(value.isNaN ? 0x7FC0_0000 : value.bitPattern)
    case .float64:
      let value = Double(bitPattern: random.next())
      return bytes(value.isNaN ? 0x7FF8_0000_0000_0000 : value.bitPattern)
    case .uuid: return bytes(random.next()) + bytes(random.next())
    case .date: return bytes(Int32(number(CalendarDate.firstDay...CalendarDate.lastDay)))
    case .time(let precision): return bytes(number(0...(86400 * (precision == 7 ? 10_000_000 : 1_000_000))))
    case .timestamp(let precision), .timestampTZ(let precision):
      let ends = -211_813_488_000_000_000...9_223_371_331_199_999_999
      return bytes(number(precision == 7 ? ends.lowerBound * 10...Int.max - 1 : ends))
    case .bytes, .opaque:
      return (0..<random.number(0...20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    case .decimal, .numeric:
      let digits = String(random.next() >> random.number(0...63))
      return try FieldEncoder.encode(text: random.pick(["", "-"]) + digits, type: type)
    case .text, .json: return Array(UTF8TextTests.scalars(&random).utf8)
    case .fixedText: return Array((UTF8TextTests.scalars(&random) + "|").utf8)
    }
  }

  static let types: [ColumnType] = [
    .bool, .int16, .int32, .int64, .float32, .float64, .decimal(precision: 30, scale: 6),
    .numeric(trailingZeros: true), .numeric(trailingZeros: false), .text(maxLength: nil),
    .fixedText(length: 10_000), .bytes(maxLength: nil), .uuid, .date, .time(precision: 6),
    .time(precision: 7),
    .timestamp(precision: 6), .timestamp(precision: 7), .timestampTZ(precision: 6),
    .timestampTZ(precision: 7),
    .json,
  ]

  @Test(arguments: types)
  func `what is rendered encodes to the same bytes`(_ type: ColumnType) throws {
    for seed in 0..<500 as Range<UInt64> {
      var random = Seeded(seed)
      let field = try FieldTextTests.field(type, &random)
      let text = try render(field, as: type)
      #expect(try FieldEncoder.encode(text: text, type: type) == field, "\(type), seed \(seed): \(text)")
    }
  }

  @Test func `a field of the wrong size is an error and never a crash`() {
    for type in FieldTextTests.types {
      for size in [0, 1, 2, 3, 5, 7, 9, 15, 17] {
        let field = [UInt8](repeating: 0x41, count: size)
        do {
          _ = try render(field, as: type)
        } catch {
          #expect(error is BadValue)
        }
      }
    }
  }

  @Test func `integers beyond a type's limits by one are rejected, those at them are not`() {
    let limits: [(ColumnType, String, String)] = [
      (.int16, "32767", "32768"), (.int16, "-32768", "-32769"), (.int32, "2147483647", "2147483648"),
      (.int32, "-2147483648", "-2147483649"), (.int64, "9223372036854775807", "9223372036854775808"),
      (.int64, "-9223372036854775808", "-9223372036854775809"),
      (.date, "5874897-12-31", "5874898-01-01"), (.date, "4714-11-24 BC", "4714-11-23 BC"),
      (.timestamp(precision: 6), "294276-12-31 23:59:59.999999", "294277-01-01 00:00:00"),
      (.timestamp(precision: 6), "4714-11-24 00:00:00 BC", "4714-11-23 23:59:59.999999 BC"),
      (.timestamp(precision: 7), "4714-11-24 00:00:00 BC", "4714-11-23 23:59:59.9999999 BC"),
      (.timestamp(precision: 7), "31227-09-14 02:48:05.4775806", "31227-09-14 02:48:05.4775807"),
      (.time(precision: 6), "24:00:00", "24:00:00.000001"),
      (.text(maxLength: 3), "żół", "żółć"), (.fixedText(length: 3), "żół   ", "żółć"),
      (.bytes(maxLength: 2), "\\xffff", "\\xffffff"),
      (.decimal(precision: 4, scale: 2), "99.99", "100.00"),
      (.decimal(precision: 4, scale: 2), "-99.99", "-99.991"),
    ]
    for (type, inside, outside) in limits {
      #expect(brokenRule(Array(inside.utf8), type: type) == nil, "\(type) \(inside)")
      #expect(brokenRule(Array(outside.utf8), type: type) != nil, "\(type) \(outside)")
    }
  }
}
