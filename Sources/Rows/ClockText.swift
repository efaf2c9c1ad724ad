/// Hours, minutes, seconds and offsets as digits: what dates, times and timestamps have in common.
enum ClockText {
  /// Microseconds for precisions 0 to 6; 100 ns ticks for precision 7.
  @inline(__always) static func unitsPerSecond(precision: Int) -> Int64 {
    precision == 7 ? 10_000_000 : 1_000_000
  }

  /// 10 to the power of 0 to 9.
  @inline(__always) static func power(_ exponent: Int) -> Int64 {
    switch exponent {
    case 0: 1
    case 1: 10
    case 2: 100
    case 3: 1000
    case 4: 10_000
    case 5: 100_000
    case 6: 1_000_000
    case 7: 10_000_000
    case 8: 100_000_000
    default: 1_000_000_000
    }
  }

  static func tooManyDecimals(_ precision: Int) -> BadValue {
    BadValue(
      precision == 0 ? "has a fraction of a second" : "has more than \(precision) decimals of a second")
  }

  /// Whether a time that is stored in its precision's units has no more decimals than that.
  @inline(__always) static func fits(_ units: Int64, precision: Int) -> Bool {
    precision >= 6 || units % power(6 - precision) == 0
  }

  /// Changes units of one precision into those of another, exactly or not at all. Infinity must have
  /// been dealt with.
  static func convert(_ units: Int64, from source: Int, to target: Int) throws(BadValue) -> Int64 {
    var result = units
    if source == 7, target != 7 {
      guard units % 10 == 0 else { throw tooManyDecimals(target) }
      result = units / 10
    } else if source != 7, target == 7 {
      let (ticks, overflow) = units.multipliedReportingOverflow(by: 10)
      // The largest and the smallest integer mean infinity.
      guard !overflow, ticks != .max, ticks != .min else { throw BadValue(beyondTicks) }
      result = ticks
    }
    guard fits(result, precision: target) else { throw tooManyDecimals(target) }
    return result
  }

  static let beyondTicks = "is later than precision 7 can count (the year 31227)"

  /// Writes the digits of a fraction that are needed, with the point before them; nothing for 0.
  static func printFraction(
    _ units: Int64, unitsPerSecond: Int64, into out: UnsafeMutableRawPointer
  ) -> Int {
    guard units != 0 else { return 0 }
    var rest = units
    var digits = unitsPerSecond == 10_000_000 ? 7 : 6
    while rest % 10 == 0 {
      rest /= 10
      digits -= 1
    }
    out.put(".", at: 0)
    for position in stride(from: digits, to: 0, by: -1) {
      out.put(digit: Int(rest % 10), at: position)
      rest /= 10
    }
    return digits + 1
  }

  @inline(__always) static func printTwo(_ value: Int, into out: UnsafeMutableRawPointer) {
    out.put(digit: value / 10, at: 0)
    out.put(digit: value % 10, at: 1)
  }

  /// Writes `HH:MM:SS[.f]` of a time of day and returns its length.
  static func print(_ units: Int64, unitsPerSecond: Int64, into out: UnsafeMutableRawPointer) -> Int {
    let (seconds, fraction) = units.quotientAndRemainder(dividingBy: unitsPerSecond)
    let minutes = Int(seconds / 60)
    printTwo(minutes / 60, into: out)
    out.put(":", at: 2)
    printTwo(minutes % 60, into: out + 3)
    out.put(":", at: 5)
    printTwo(Int(seconds % 60), into: out + 6)
    return 8 + printFraction(fraction, unitsPerSecond: unitsPerSecond, into: out + 8)
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always) func put(_ character: Unicode.Scalar, at offset: Int) {
    storeBytes(of: UInt8(ascii: character), toByteOffset: offset, as: UInt8.self)
  }
  @inline(__always) func put(digit: Int, at offset: Int) {
    storeBytes(of: 48 + UInt8(truncatingIfNeeded: digit), toByteOffset: offset, as: UInt8.self)
  }
}

/// Reads a text from left to right, a few ASCII characters at a time.
struct ASCIIScanner {
  var next: UnsafeRawPointer
  let end: UnsafeRawPointer

  init(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    next = start
    self.end = end
  }

  var isAtEnd: Bool { next == end }
  var count: Int { end - next }

  @inline(__always) mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next < end, next.load(as: UInt8.self) == UInt8(ascii: character) else { return false }
    next += 1
    return true
  }

  @inline(__always) mutating func digit() -> Int? {
    guard next < end else { return nil }
    let digit = next.load(as: UInt8.self) &- 48
    guard digit <= 9 else { return nil }
    next += 1
    return Int(digit)
  }

  /// Exactly two digits.
  mutating func twoDigits() -> Int? {
    guard let tens = digit(), let ones = digit() else { return nil }
    return tens * 10 + ones
  }

  /// All the digits that follow, up to 9 of them; nil for none and for more.
  @inline(__always) mutating func digits() -> (value: Int64, count: Int)? {
    var value: Int64 = 0
    let start = next
    while let digit = digit() {
      guard next - start <= 9 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return next == start ? nil : (value, next - start)
  }

  /// `HH:MM[:SS]`, as seconds. Nil if it is no such text.
  mutating func clock() throws(BadValue) -> (seconds: Int64, hasSeconds: Bool)? {
    guard let hour = twoDigits(), skip(":"), let minute = twoDigits() else { return nil }
    var second = 0
    let hasSeconds = skip(":")
    if hasSeconds {
      guard let value = twoDigits() else { return nil }
      second = value
    }
    guard hour <= 24 else { throw BadValue("has an hour above 23") }
    guard minute <= 59 else { throw BadValue("has a minute above 59") }
    guard second <= 59 else { throw BadValue("has a second above 59") }
    return (Int64(hour * 3600 + minute * 60 + second), hasSeconds)
  }

  /// `.f`, 1 to 9 digits, as units of a precision; 0 if no point follows. Nil if it is no such text.
  @inline(__always) mutating func fraction(precision: Int) throws(BadValue) -> Int64? {
    guard skip(".") else { return 0 }
    guard let (value, count) = digits() else { return nil }
    let unitDigits = precision == 7 ? 7 : 6
    if count <= precision { return value * ClockText.power(unitDigits - count) }
    guard value % ClockText.power(count - precision) == 0 else { throw ClockText.tooManyDecimals(precision) }
    return value / ClockText.power(count - precision) * ClockText.power(unitDigits - precision)
  }
}
