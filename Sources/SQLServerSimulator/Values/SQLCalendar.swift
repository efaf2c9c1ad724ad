import Rows

/// Days and times as SQL Server counts them.
package enum SQLCalendar {
  /// 1900-01-01 in days since 0001-01-01.
  package static let epoch1900: Int32 = 693_595
  /// 9999-12-31 in days since 0001-01-01.
  package static let lastDay: Int32 = 3_652_058
  /// datetime begins with 1753-01-01, in days since 1900-01-01.
  package static let firstDatetimeDay: Int32 = -53_690
  package static let lastDatetimeDay: Int32 = 2_958_463
  /// 100 ns ticks.
  package static let ticksPerSecond: Int64 = 10_000_000
  package static let ticksPerDay: Int64 = 864_000_000_000
  /// datetime's ticks: 1/300 s.
  package static let datetimeTicksPerDay: Int32 = 25_920_000

  private static let daysBefore2000 = 730_119

  /// Days since 0001-01-01; nil for a day that is not in the calendar or beyond the years 1 to 9999.
  package static func day(year: Int, month: Int, day: Int) -> Int32? {
    guard 1...9999 ~= year, let date = CalendarDate(year: year, month: month, day: day) else { return nil }
    return Int32(date.daysSince2000 + daysBefore2000)
  }

  package static func date(_ day: Int32) -> CalendarDate {
    CalendarDate(daysSince2000: Int(day) - daysBefore2000)
  }

  /// Days of a month.
  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// 1 for Sunday to 7 for Saturday.
  static func weekday(_ day: Int32) -> Int { Int((day + 1) % 7) + 1 }

  /// A time rounded half up to a scale's digits, in ticks of 100 ns; may be a whole day.
  static func rounded(_ ticks: Int64, scale: Int) -> Int64 {
    let unit = unit(scale)
    return (ticks + unit / 2) / unit * unit
  }

  /// The ticks of 100 ns in a scale's last digit.
  package static func unit(_ scale: Int) -> Int64 {
    var unit: Int64 = 1
    for _ in scale..<7 { unit *= 10 }
    return unit
  }

  /// 1/300 s as 100 ns ticks, rounded half up to a scale's digits.
  static func ticks(datetime ticks: Int32, scale: Int = 7) -> Int64 {
    // In thirds of a tick, so that the rounding is exact.
    let unit = unit(scale) * 3
    return (Int64(ticks) * 100_000 + unit / 2) / unit * unit / 3
  }

  /// 100 ns ticks rounded to 1/300 s; may be a whole day.
  static func datetimeTicks(_ ticks: Int64) -> Int32 { Int32((ticks * 3 + 50_000) / 100_000) }

  /// Milliseconds as datetime shows them: 0, 3 and 7 at the end.
  static func milliseconds(datetime ticks: Int32) -> Int { (Int(ticks) * 10 + 1) / 3 }
}

/// A point in time that any type of date or time can be made of.
struct SQLMoment: Equatable {
  /// Since 0001-01-01, of the local clock.
  var day: Int32
  /// 100 ns ticks since midnight of the local clock.
  var ticks: Int64
  /// Minutes that the local clock is ahead of UTC; nil if nothing tells.
  var offset: Int?

  init(day: Int32 = SQLCalendar.epoch1900, ticks: Int64 = 0, offset: Int? = nil) {
    self.day = day
    self.ticks = ticks
    self.offset = offset
  }

  /// Of a value of a date or time type; nil for other values.
  init?(_ value: SQLValue) {
    switch value {
    case .date(let day): self.init(day: day)
    case .time(let ticks): self.init(ticks: ticks)
    case .datetime(let days, let ticks):
      self.init(day: days + SQLCalendar.epoch1900, ticks: SQLCalendar.ticks(datetime: ticks))
    case .datetime2(let day, let ticks): self.init(day: day, ticks: ticks)
    case .datetimeoffset(let day, let ticks, let offset):
      self.init(day: day, ticks: ticks)
      shift(minutes: Int(offset))
      self.offset = Int(offset)
    default: return nil
    }
  }

  mutating func shift(minutes: Int) {
    let total = ticks + Int64(minutes) * 60 * SQLCalendar.ticksPerSecond
    let days = (total >= 0 ? total : total - SQLCalendar.ticksPerDay + 1) / SQLCalendar.ticksPerDay
    day += Int32(days)
    ticks = total - days * SQLCalendar.ticksPerDay
  }

  /// Rounds half up to a scale's digits; the next day may begin.
  mutating func round(scale: Int) {
    ticks = SQLCalendar.rounded(ticks, scale: scale)
    if ticks >= SQLCalendar.ticksPerDay {
      ticks -= SQLCalendar.ticksPerDay
      day += 1
    }
  }

  var isInRange: Bool { 0 <= day && day <= SQLCalendar.lastDay }

  /// The value of a type; nil if the type does not reach that far.
  func value(of type: SQLType) -> SQLValue? {
    switch type.kind {
    case .date: return isInRange ? .date(day) : nil
    case .time:
      var moment = self
      moment.round(scale: type.scale)
      return .time(moment.ticks)
    case .datetime: return datetime
    case .smalldatetime: return smalldatetime
    case .datetime2:
      var moment = self
      moment.round(scale: type.scale)
      return moment.isInRange ? .datetime2(days: moment.day, ticks: moment.ticks) : nil
    case .datetimeoffset:
      var moment = self
      moment.round(scale: type.scale)
      guard moment.isInRange else { return nil }
      moment.shift(minutes: -(offset ?? 0))
      guard moment.isInRange else { return nil }
      return .datetimeoffset(days: moment.day, ticks: moment.ticks, offset: Int16(offset ?? 0))
    default: return nil
    }
  }

  private var datetime: SQLValue? {
    var days = day - SQLCalendar.epoch1900
    var ticks = SQLCalendar.datetimeTicks(ticks)
    if ticks == SQLCalendar.datetimeTicksPerDay {
      ticks = 0
      days += 1
    }
    guard SQLCalendar.firstDatetimeDay <= days, days <= SQLCalendar.lastDatetimeDay else { return nil }
    return .datetime(days: days, ticks: ticks)
  }

  /// Rounded to minutes, 30 seconds up. 1900-01-01 to 2079-06-06.
  private var smalldatetime: SQLValue? {
    guard case .datetime(var days, let ticks)? = datetime else { return nil }
    var minutes = (ticks + 9000) / 18_000
    if minutes == 1440 {
      minutes = 0
      days += 1
    }
    guard 0 <= days, days <= Int32(UInt16.max) else { return nil }
    return .datetime(days: days, ticks: minutes * 18_000)
  }
}
