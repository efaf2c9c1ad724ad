import Rows

/// The parts of DATEADD, DATEDIFF, DATEPART and DATENAME.
package enum DatePart: String, Sendable {
  case year, quarter, month, dayofyear, day, week, weekday
  case hour, minute, second, millisecond, microsecond, nanosecond
  case tzoffset
  case isoWeek = "iso_week"

  /// A part by its name or abbreviation, in any case.
  package init?(name: String) {
    let name = name.lowercased()
    if let part = DatePart(rawValue: name) {
      self = part
      return
    }
    switch name {
    case "yy", "yyyy": self = .year
    case "qq", "q": self = .quarter
    case "mm", "m": self = .month
    case "dy", "y": self = .dayofyear
    case "dd", "d": self = .day
    case "wk", "ww": self = .week
    case "dw", "w": self = .weekday
    case "hh": self = .hour
    case "mi", "n": self = .minute
    case "ss", "s": self = .second
    case "ms": self = .millisecond
    case "mcs": self = .microsecond
    case "ns": self = .nanosecond
    case "tz": self = .tzoffset
    case "isowk", "isoww": self = .isoWeek
    default: return nil
    }
  }

  /// Whether the part is of a clock, not of a calendar.
  var isOfTime: Bool {
    switch self {
    case .hour, .minute, .second, .millisecond, .microsecond, .nanosecond: true
    default: false
    }
  }

  /// 100 ns ticks of a part of a clock that has at least one.
  var ticks: Int64? {
    switch self {
    case .hour: 36_000_000_000
    case .minute: 600_000_000
    case .second: 10_000_000
    case .millisecond: 10_000
    case .microsecond: 10
    default: nil
    }
  }

  /// The number of the part in a moment. `firstWeekday` is SET DATEFIRST.
  func number(in moment: SQLMoment, type: SQLType, firstWeekday: Int) -> Int {
    let date = SQLCalendar.date(moment.day)
    let fraction = moment.ticks % SQLCalendar.ticksPerSecond
    switch self {
    case .year: return date.year
    case .quarter: return (date.month + 2) / 3
    case .month: return date.month
    case .dayofyear: return dayOfYear(moment.day, date.year)
    case .day: return date.day
    case .week:
      // The first of January is in week 1, and a week begins with the first weekday.
      let first = moment.day - Int32(dayOfYear(moment.day, date.year)) + 1
      let offset = (SQLCalendar.weekday(first) + 13 - firstWeekday) % 7
      return (dayOfYear(moment.day, date.year) - 1 + offset) / 7 + 1
    case .weekday: return (SQLCalendar.weekday(moment.day) + 13 - firstWeekday) % 7 + 1
    case .isoWeek: return isoWeek(moment.day)
    case .hour: return Int(moment.ticks / 36_000_000_000)
    case .minute: return Int(moment.ticks / 600_000_000 % 60)
    case .second: return Int(moment.ticks / SQLCalendar.ticksPerSecond % 60)
    case .millisecond:
      guard type.kind == .datetime else { return Int(fraction / 10_000) }
      return SQLCalendar.milliseconds(datetime: SQLCalendar.datetimeTicks(fraction))
    case .microsecond: return Int(fraction / 10)
    case .nanosecond: return Int(fraction * 100)
    case .tzoffset: return moment.offset ?? 0
    }
  }

  private func dayOfYear(_ day: Int32, _ year: Int) -> Int {
    Int(day - (SQLCalendar.day(year: year, month: 1, day: 1) ?? day)) + 1
  }

  /// Weeks begin with Monday; the first has the year's first Thursday.
  private func isoWeek(_ day: Int32) -> Int {
    let thursday = day - Int32((SQLCalendar.weekday(day) + 5) % 7) + 3
    return (dayOfYear(thursday, SQLCalendar.date(max(0, thursday)).year) - 1) / 7 + 1
  }

  /// A number that grows by one at each boundary of the part. Weeks begin with Sunday, whatever SET DATEFIRST
  /// says.
  func boundary(of moment: SQLMoment) -> Int64 {
    let day = Int64(moment.day)
    if let ticks { return (day * SQLCalendar.ticksPerDay + moment.ticks) / ticks }
    let date = SQLCalendar.date(moment.day)
    switch self {
    case .year: return Int64(date.year)
    case .quarter: return Int64(date.year * 4 + (date.month - 1) / 3)
    case .month: return Int64(date.year * 12 + date.month)
    case .week: return (day + 1) / 7
    case .isoWeek: return day / 7
    case .nanosecond: return day * SQLCalendar.ticksPerDay + moment.ticks
    default: return day
    }
  }
}
