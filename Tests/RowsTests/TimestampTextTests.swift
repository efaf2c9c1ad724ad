import Rows
import Testing

@Suite struct TimestampTextTests {
  static func parse(_ text: String, precision: Int = 6, zoned: Bool = false) throws -> Int64 {
    try Array(text.utf8).withUnsafeBytes {
      try TimestampText.parse($0, precision: precision, zoned: zoned)
    }
  }

  static func print(_ value: Int64, precision: Int = 6, zoned: Bool = false) throws -> String {
    let out = UnsafeMutableRawPointer.allocate(byteCount: TimestampText.maxLength, alignment: 1)
    defer { out.deallocate() }
    let length = try TimestampText.print(value, precision: precision, zoned: zoned, into: out)
    return String(decoding: UnsafeRawBufferPointer(start: out, count: length), as: UTF8.self)
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `what is printed reads back as the same value`(_ seed: UInt64) throws {
    var random = Seeded(seed)
    for _ in 0..<5000 {
      let precision = random.number(0...7)
      let zoned = random.next() & 1 == 0
      let unitsPerSecond: Int64 = precision == 7 ? 10_000_000 : 1_000_000
      let unit = precision >= 6 ? 1 : [1_000_000, 100_000, 10_000, 1000, 100, 10][precision]
      let days = random.pick([
        -2_451_545...(-700_000), -730_000...2_900_000, 0...9000, 2_900_000...10_000_000,
      ])
      let seconds = Int64(random.number(days)) * 86400 + Int64(random.number(0...86399))
      let fraction = Int64(random.number(0...Int(unitsPerSecond - 1)) / unit * unit)
      let value = seconds * unitsPerSecond + random.pick([0, fraction])
      let text = try TimestampTextTests.print(value, precision: precision, zoned: zoned)
      #expect(try TimestampTextTests.parse(text, precision: precision, zoned: zoned) == value, "\(text)")
      guard !text.hasSuffix("BC"), !zoned else { continue }
      #expect(try TimestampTextTests.parse(text + "Z", precision: precision) == value)
      let withT = text.replacing(" ", with: "T")
      #expect(try TimestampTextTests.parse(withT, precision: precision) == value)
      let east = try TimestampTextTests.parse(text + "+05:45", precision: precision, zoned: true)
      #expect(east == value - 20700 * unitsPerSecond)
    }
  }

  @Test func `the fixed form and the general one agree on every changed byte`() {
    // A second text of the same meaning that never takes the fixed form: the year has five digits.
    let text = Array("2024-05-17 13:46:38".utf8)
    for position in text.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = text
        changed[position] = byte
        let general = [UInt8(ascii: "0")] + changed
        let fixed = try? changed.withUnsafeBytes {
          try TimestampText.parse($0, precision: 6, zoned: false)
        }
        let other = try? general.withUnsafeBytes {
          try TimestampText.parse($0, precision: 6, zoned: false)
        }
        if fixed != other {
          Issue.record("byte \(byte) at \(position): \(fixed ?? -1) and \(other ?? -1)")
        }
      }
    }
  }

  @Test func `milliseconds in their usual place are read as such, and nothing else is`() throws {
    for byte in UInt8.min...UInt8.max {
      for position in 19..<23 {
        var text = Array("2024-05-17 13:46:38.125".utf8)
        text[position] = byte
        let padded = text + Array("000".utf8)
        let short = try? text.withUnsafeBytes { try TimestampText.parse($0, precision: 6, zoned: false) }
        let long = try? padded.withUnsafeBytes { try TimestampText.parse($0, precision: 6, zoned: false) }
        // Z ends a text.
        if short != long, position != 19, byte != UInt8(ascii: "Z") {
          Issue.record("byte \(byte) at \(position)")
        }
      }
    }
    #expect(try TimestampTextTests.parse("2000-01-01 00:00:00.125", precision: 3) == 125_000)
    #expect(try TimestampTextTests.parse("2000-01-01 00:00:00.125", precision: 7) == 1_250_000)
    #expect(throws: BadValue("has more than 2 decimals of a second")) {
      try TimestampTextTests.parse("2000-01-01 00:00:00.125", precision: 2)
    }
    #expect(try TimestampTextTests.parse("2000-01-01 00:00:00.120", precision: 2) == 120_000)
  }

  @Test func `infinity has no text`() {
    for value in [Int64.max, .min] {
      #expect(throws: BadValue("is infinity, which text dates cannot hold")) {
        try TimestampTextTests.print(value)
      }
      #expect(throws: BadValue.self) { try TimestampTextTests.print(value, precision: 7) }
    }
    #expect(throws: BadValue.self) { try TimestampTextTests.parse("infinity") }
  }

  @Test func `values outside PostgreSQL's range are not printed`() {
    for value: Int64 in [.max - 1, .min + 1, -211_813_488_000_000_001, 9_223_371_331_200_000_000] {
      #expect(throws: BadValue("lies outside 4714-11-24 BC to 294276-12-31")) {
        try TimestampTextTests.print(value)
      }
    }
  }
}
