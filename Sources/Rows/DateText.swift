/// Dates as text: `YYYY-MM-DD`, and ` BC` behind years before the first.
package enum DateText {
  static let form = "is not a date of the form YYYY-MM-DD"

  /// Returns days since 2000-01-01. A time behind the date is accepted if it is midnight.
  package static func parse(_ text: UnsafeRawBufferPointer) throws(BadValue) -> Int32 {
    guard let start = text.baseAddress else { throw BadValue(form) }
    let end = start + text.count
    let isBC = endsWithBC(start, end)
    var scanner = ASCIIScanner(start, isBC ? end - 3 : end)
    let days = try parse(&scanner, isBC: isBC, form: form)
    if !scanner.isAtEnd {
      guard scanner.skip(" ") || scanner.skip("T"), let clock = try scanner.clock() else {
        throw BadValue(form)
      }
      var fraction: Int64 = 0
      if clock.hasSeconds, scanner.skip(".") {
        guard let digits = scanner.digits() else { throw BadValue(form) }
        fraction = digits.value
      }
      guard scanner.isAtEnd else { throw BadValue(form) }
      guard clock.seconds == 0, fraction == 0 else {
        throw BadValue("has a time of day, which a date cannot hold")
      }
    }
    return Int32(truncatingIfNeeded: days)
  }

  /// Writes a date, at most `TimestampText.maxLength` bytes, and returns its length. Throws for infinity.
  package static func print(_ days: Int32, into out: UnsafeMutableRawPointer) throws(BadValue) -> Int {
    guard days != .max, days != .min else { throw BadValue("is infinity, which text dates cannot hold") }
    guard CalendarDate.firstDay <= days, days <= CalendarDate.lastDay else { throw BadValue(range) }
    let date = CalendarDate(daysSince2000: Int(days))
    let length = printDay(date, into: out)
    return length + printEra(date, into: out + length)
  }

  private static let range = "lies outside 4714-11-24 BC to 5874897-12-31"

  static func endsWithBC(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    end - start > 3 && (end - 1).load(as: UInt8.self) == UInt8(ascii: "C")
      && (end - 2).load(as: UInt8.self) == UInt8(ascii: "B")
      && (end - 3).load(as: UInt8.self) == UInt8(ascii: " ")
  }

  /// A year of four digits or more, month and day, as days since 2000-01-01.
  static func parse(
    _ scanner: inout ASCIIScanner, isBC: Bool, form: String
  ) throws(BadValue) -> Int {
    guard let year = scanner.digits(), year.count >= 4, year.count <= 7, scanner.skip("-"),
      let month = scanner.twoDigits(), scanner.skip("-"), let day = scanner.twoDigits()
    else { throw BadValue(form) }
    guard year.value != 0 else { throw BadValue("has year 0, which does not exist") }
    let astronomical = isBC ? 1 - Int(year.value) : Int(year.value)
    guard -4713 <= astronomical, astronomical <= 5_874_897 else { throw BadValue(range) }
    guard CalendarDate.exists(year: astronomical, month: month, day: day) else {
      throw BadValue("names a day that is not in the calendar")
    }
    let days = CalendarDate.daysSince2000(year: astronomical, month: month, day: day)
    guard CalendarDate.firstDay <= days, days <= CalendarDate.lastDay else { throw BadValue(range) }
    return days
  }

  static func printDay(_ date: CalendarDate, into out: UnsafeMutableRawPointer) -> Int {
    let year = date.year > 0 ? date.year : 1 - date.year
    var length = 4
    if year < 10_000 {
      ClockText.printTwo(year / 100, into: out)
      ClockText.printTwo(year % 100, into: out + 2)
    } else {
      length = year < 100_000 ? 5 : year < 1_000_000 ? 6 : 7
      var rest = year
      for position in stride(from: length - 1, through: 0, by: -1) {
        out.put(digit: Int(rest % 10), at: position)
        rest /= 10
      }
    }
    out.put("-", at: length)
    ClockText.printTwo(date.month, into: out + length + 1)
    out.put("-", at: length + 3)
    ClockText.printTwo(date.day, into: out + length + 4)
    return length + 6
  }

  static func printEra(_ date: CalendarDate, into out: UnsafeMutableRawPointer) -> Int {
    guard date.year <= 0 else { return 0 }
    out.put(" ", at: 0)
    out.put("B", at: 1)
    out.put("C", at: 2)
    return 3
  }
}
