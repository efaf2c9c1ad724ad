/// Times of SQL Server's datetime: ticks of 1/300 s, shown as milliseconds ending in 0, 3 or 7.
enum Calendar {
  static let ticksPerDay = 24 * 60 * 60 * 300
  /// 2008-07-31, when the first post was written, to 2010-12-31: the last day is included.
  static let firstDay = day(2008, 7, 31)
  static let days = day(2011, 1, 1) - firstDay
  static let span = days * ticksPerDay

  /// Microseconds since 2000-01-01 of so many ticks since the first day.
  static func microseconds(ticks: Int) -> Int64 {
    Int64(truncatingIfNeeded: (firstDay * 86_400_000 + (ticks * 10 + 1) / 3) * 1000)
  }

  static func microseconds(_ year: Int, _ month: Int, _ day: Int, _ millisecondsOfDay: Int = 0) -> Int64 {
    Int64((Calendar.day(year, month, day) * 86_400_000 + millisecondsOfDay) * 1000)
  }

  /// Days since 2000-01-01 in the proleptic Gregorian calendar, counting years from March.
  static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let years = month > 2 ? year : year - 1
    let leapDays = years / 4 - years / 100 + years / 400
    let daysBeforeMonth = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
    return 365 * years + leapDays + daysBeforeMonth + day - 1 - 730_425
  }
}

/// When the rows of a table came to be: in the order of their ids, evenly.
struct Timeline: Sendable {
  /// Ticks between two rows, in 1/65536.
  private let step: Int

  init(count: Int) { step = (Calendar.span << 16) / count }

  func ticks(row: Int, _ draw: UInt64) -> Int { (row * step + Draws.scale(draw, to: step)) >> 16 }

  /// Some time after, soon rather than late.
  static func later(than ticks: Int, _ draw: UInt64) -> Int {
    let share = Draws.scale(draw, to: Calendar.span - ticks)
    return ticks + Draws.scale(Draws.mix(draw), to: share + 1)
  }
}
