/// Timestamps as text: what people write, and one way to print them.
///
/// The printed form is PostgreSQL's own, with `DateStyle` ISO and `TimeZone` UTC: `2024-05-01 12:30:00.25`,
/// as many digits of the fraction as are needed, `+00` behind a timestamp with time zone, ` BC` behind
/// years before the first.
package enum TimestampText {
  /// No printed date, time or timestamp is longer, in bytes.
  package static let maxLength = 48

  static let range = "lies outside 4714-11-24 BC to 294276-12-31"
  static let form = "is not a timestamp of the form YYYY-MM-DD HH:MM:SS"

  /// Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:MM[:SS[.f]]`, the same with `T`, each with an optional `Z`,
  /// `±HH`, `±HHMM` or `±HH:MM`, and an optional ` BC`.
  ///
  /// Without `zoned`, an offset other than zero is an error; with it, the result is UTC, and a text
  /// without an offset is taken as UTC. Returns microseconds since 2000-01-01, at precision 7 ticks of
  /// 100 ns. Throws for what has no such form, for days and hours that do not exist, and for more
  /// decimals than the precision holds; nothing is rounded.
  package static func parse(
    _ text: UnsafeRawBufferPointer, precision: Int, zoned: Bool
  ) throws(BadValue) -> Int64 {
    guard let start = text.baseAddress, text.count >= 10 else { throw BadValue(form) }
    let end = start + text.count
    if text.count >= 19, let seconds = fixedForm(start) {
      let unitsPerSecond = ClockText.unitsPerSecond(precision: precision)
      if text.count == 19 { return seconds &* unitsPerSecond }
      if text.count == 23, precision >= 3, let milliseconds = fixedFraction(start + 19) {
        return seconds &* unitsPerSecond &+ milliseconds &* (unitsPerSecond / 1000)
      }
      var scanner = ASCIIScanner(start + 19, end)
      if let fraction = try scanner.fraction(precision: precision),
        let offset = try offset(&scanner, zoned: zoned)
      {
        return (seconds &- offset) &* unitsPerSecond &+ fraction
      }
    }
    return try parseAnyForm(start, end, precision: precision, zoned: zoned)
  }

  /// The seconds of the 19 bytes `YYYY-MM-DD HH:MM:SS`, also with `T`; nil if anything is unusual.
  @inline(__always) private static func fixedForm(_ text: UnsafeRawPointer) -> Int64? {
    // Four or eight bytes at a time: after subtracting, a digit is 0 to 9, and adding 0x76 to it
    // leaves its top bit clear.
    let year = UInt64(littleEndian: text.loadUnaligned(as: UInt64.self)) &- 0x2D30_302D_3030_3030
    let day = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    let seconds = UInt32(littleEndian: text.loadUnaligned(fromByteOffset: 15, as: UInt32.self))
    // The separator between date and time; T or space.
    let separator = UInt8(truncatingIfNeeded: day >> 16)
    guard separator == 0x20 || separator == 0x54 else { return nil }
    let dayAndTime = (day & 0xFFFF_FFFF_FF00_FFFF) &- 0x3030_3A30_3000_3030
    let second = seconds &- 0x3030_3A30
    // The separators are zero now, the digits 0 to 9; a borrow shows as a top bit.
    let digitBits: UInt64 = 0x0076_7600_7676_7676
    let dayBits: UInt64 = 0x7676_0076_7600_7676
    guard year & 0xFF00_00FF_0000_0000 == 0, (year | (year &+ digitBits)) & 0x8080_8080_8080_8080 == 0,
      dayAndTime & 0x0000_FF00_0000_0000 == 0,
      (dayAndTime | (dayAndTime &+ dayBits)) & 0x8080_8080_8080_8080 == 0,
      second & 0x0000_FF00 == 0, (second | (second &+ 0x7676_0076)) & 0x8080_8080 == 0
    else { return nil }
    let yearNumber =
      Int(year & 0xF) &* 1000 &+ Int(year >> 8 & 0xF) &* 100 &+ Int(year >> 16 & 0xF) &* 10
      &+ Int(year >> 24 & 0xF)
    let month = Int(year >> 40 & 0xF) &* 10 &+ Int(year >> 48 & 0xF)
    let dayNumber = Int(dayAndTime & 0xF) &* 10 &+ Int(dayAndTime >> 8 & 0xF)
    let hour = Int(dayAndTime >> 24 & 0xF) &* 10 &+ Int(dayAndTime >> 32 & 0xF)
    let minute = Int(dayAndTime >> 48 & 0xF) &* 10 &+ Int(dayAndTime >> 56 & 0xF)
    let secondNumber = Int(second >> 16 & 0xF) &* 10 &+ Int(second >> 24 & 0xF)
    guard yearNumber >= 1, hour <= 23, minute <= 59, secondNumber <= 59,
      CalendarDate.exists(year: yearNumber, month: month, day: dayNumber)
    else { return nil }
    let days = CalendarDate.daysSince2000(year: yearNumber, month: month, day: dayNumber)
    return Int64(days &* 86400 &+ hour &* 3600 &+ minute &* 60 &+ secondNumber)
  }

  /// The milliseconds of the 4 bytes `.fff`; nil if anything is unusual.
  @inline(__always) private static func fixedFraction(_ text: UnsafeRawPointer) -> Int64? {
    let digits = UInt32(littleEndian: text.loadUnaligned(as: UInt32.self)) &- 0x3030_302E
    guard digits & 0x0000_00FF == 0, (digits | (digits &+ 0x7676_7600)) & 0x8080_8080 == 0 else { return nil }
    return Int64(digits >> 8 & 0xF) &* 100 &+ Int64(digits >> 16 & 0xF) &* 10 &+ Int64(digits >> 24)
  }

  private static func parseAnyForm(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, precision: Int, zoned: Bool
  ) throws(BadValue) -> Int64 {
    let isBC = DateText.endsWithBC(start, end)
    var scanner = ASCIIScanner(start, isBC ? end - 3 : end)
    let days = try DateText.parse(&scanner, isBC: isBC, form: form)
    var seconds: Int64 = 0
    var fraction: Int64 = 0
    if !scanner.isAtEnd {
      guard scanner.skip(" ") || scanner.skip("T") else { throw BadValue(form) }
      guard let clock = try scanner.clock() else { throw BadValue(form) }
      guard clock.seconds < 86400 else { throw BadValue("has an hour above 23") }
      if clock.hasSeconds {
        guard let value = try scanner.fraction(precision: precision) else { throw BadValue(form) }
        fraction = value
      }
      guard let offset = try offset(&scanner, zoned: zoned) else { throw BadValue(form) }
      seconds = clock.seconds - offset
    }
    seconds += Int64(days) * 86400
    let lastSecond = Int64(CalendarDate.lastTimestampDay + 1) * 86400 - 1
    guard Int64(CalendarDate.firstDay) * 86400 <= seconds, seconds <= lastSecond else {
      throw BadValue(range)
    }
    let units = seconds * 1_000_000
    guard precision == 7 else { return units + fraction }
    let (ticks, overflow) = seconds.multipliedReportingOverflow(by: 10_000_000)
    let (sum, sumOverflow) = ticks.addingReportingOverflow(fraction)
    guard !overflow, !sumOverflow, sum != .max else { throw BadValue(ClockText.beyondTicks) }
    return sum
  }

  /// `Z`, `±HH`, `±HHMM` or `±HH:MM`, with or without a space before it, up to the text's end, as
  /// seconds east of UTC; 0 if nothing follows. Nil if it is no such text.
  private static func offset(_ scanner: inout ASCIIScanner, zoned: Bool) throws(BadValue) -> Int64? {
    if scanner.isAtEnd { return 0 }
    if scanner.skip("Z") { return scanner.isAtEnd ? 0 : nil }
    _ = scanner.skip(" ")
    let isWest = scanner.skip("-")
    guard isWest || scanner.skip("+"), let hours = scanner.twoDigits() else { return nil }
    var minutes = 0
    if !scanner.isAtEnd {
      _ = scanner.skip(":")
      guard let value = scanner.twoDigits() else { return nil }
      minutes = value
    }
    guard scanner.isAtEnd else { return nil }
    guard hours <= 15, minutes <= 59 else { throw BadValue("has a time zone offset beyond 15:59") }
    let offset = Int64(hours * 3600 + minutes * 60)
    guard zoned || offset == 0 else {
      throw BadValue("has a time zone offset, which a timestamp without time zone cannot hold")
    }
    return isWest ? -offset : offset
  }

  /// Writes a timestamp, at most `maxLength` bytes, and returns its length. Throws for infinity, and
  /// for what lies outside PostgreSQL's timestamps.
  package static func print(
    _ value: Int64, precision: Int, zoned: Bool, into out: UnsafeMutableRawPointer
  ) throws(BadValue) -> Int {
    guard value != .max, value != .min else {
      throw BadValue("is infinity, which text dates cannot hold")
    }
    let unitsPerSecond = ClockText.unitsPerSecond(precision: precision)
    let unitsPerDay = unitsPerSecond * 86400
    var (days, time) = value.quotientAndRemainder(dividingBy: unitsPerDay)
    if time < 0 {
      time += unitsPerDay
      days -= 1
    }
    guard CalendarDate.firstDay <= days, days <= CalendarDate.lastTimestampDay else { throw BadValue(range) }
    let date = CalendarDate(daysSince2000: Int(days))
    var length = DateText.printDay(date, into: out)
    out.put(" ", at: length)
    length += 1
    length += ClockText.print(time, unitsPerSecond: unitsPerSecond, into: out + length)
    if zoned {
      out.put("+", at: length)
      ClockText.printTwo(0, into: out + length + 1)
      length += 3
    }
    return length + DateText.printEra(date, into: out + length)
  }
}

/// Times of day as text: `HH:MM[:SS[.f]]`.
package enum TimeText {
  static let form = "is not a time of the form HH:MM:SS"

  /// Returns microseconds since midnight, at precision 7 ticks of 100 ns. 24:00:00 is the end of a day.
  package static func parse(_ text: UnsafeRawBufferPointer, precision: Int) throws(BadValue) -> Int64 {
    guard let start = text.baseAddress else { throw BadValue(form) }
    var scanner = ASCIIScanner(start, start + text.count)
    guard let clock = try scanner.clock() else { throw BadValue(form) }
    var fraction: Int64 = 0
    if clock.hasSeconds {
      guard let value = try scanner.fraction(precision: precision) else { throw BadValue(form) }
      fraction = value
    }
    guard scanner.isAtEnd else { throw BadValue(form) }
    let unitsPerSecond = ClockText.unitsPerSecond(precision: precision)
    let units = clock.seconds * unitsPerSecond + fraction
    guard units <= 86400 * unitsPerSecond else { throw BadValue("is later than 24:00:00") }
    return units
  }

  /// Writes `HH:MM:SS[.f]`, at most `TimestampText.maxLength` bytes, and returns its length.
  package static func print(
    _ value: Int64, precision: Int, into out: UnsafeMutableRawPointer
  ) throws(BadValue) -> Int {
    let unitsPerSecond = ClockText.unitsPerSecond(precision: precision)
    guard 0 <= value, value <= 86400 * unitsPerSecond else {
      throw BadValue("is not between 00:00:00 and 24:00:00")
    }
    return ClockText.print(value, unitsPerSecond: unitsPerSecond, into: out)
  }
}
