/// A day of the proleptic Gregorian calendar, counted as PostgreSQL counts them: from 2000-01-01.
package struct CalendarDate: Equatable, Sendable {
  /// Astronomical: year 0 is 1 BC, year -1 is 2 BC.
  package let year: Int
  package let month: Int
  package let day: Int

  /// 4714-11-24 BC, Julian day 0: PostgreSQL's first date and first timestamp.
  package static let firstDay = -2_451_545
  /// 5874897-12-31, PostgreSQL's last date.
  package static let lastDay = 2_145_031_948
  /// 294276-12-31, PostgreSQL's last day of a timestamp.
  package static let lastTimestampDay = 106_751_982

  /// Nil for a day that is not in the calendar.
  package init?(year: Int, month: Int, day: Int) {
    guard CalendarDate.exists(year: year, month: month, day: day) else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  package init(daysSince2000 days: Int) {
    precondition(CalendarDate.firstDay <= days && days <= CalendarDate.lastDay, "a day that PostgreSQL knows")
    // Counted from a first of March, so that a leap day is the last day of its year.
    let sinceEpoch = UInt32(truncatingIfNeeded: days + CalendarDate.daysBefore2000)
    let (era, dayOfEra) = sinceEpoch.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    year = Int(yearOfEra + era * 400) - CalendarDate.epochYear + (month <= 2 ? 1 : 0)
  }

  package var daysSince2000: Int { CalendarDate.daysSince2000(year: year, month: month, day: day) }

  /// The day's number, of a day that exists and whose year is -4713 at least.
  @inline(__always) static func daysSince2000(year: Int, month: Int, day: Int) -> Int {
    let january = month <= 2
    let years = UInt32(truncatingIfNeeded: year &+ epochYear &- (january ? 1 : 0))
    let marchMonth = UInt32(truncatingIfNeeded: january ? month &+ 9 : month &- 3)
    let dayOfYear = (153 &* marchMonth &+ 2) / 5 &+ UInt32(truncatingIfNeeded: day) &- 1
    return Int(365 &* years &+ years / 4 &- years / 100 &+ years / 400 &+ dayOfYear) &- daysBefore2000
  }

  @inline(__always) static func exists(year: Int, month: Int, day: Int) -> Bool {
    guard 1...12 ~= month, day >= 1 else { return false }
    if day <= 28 { return true }
    if month == 2 { return day == 29 && year & 3 == 0 && (year % 100 != 0 || year % 400 == 0) }
    // Long and short months alternate, and start again with August.
    return day <= 30 + ((month ^ (month >> 3)) & 1)
  }

  /// The year from whose first of March days are counted inside: a multiple of 400, before all dates.
  private static let epochYear = 4800
  private static let daysBefore2000 = 2_483_589
}
