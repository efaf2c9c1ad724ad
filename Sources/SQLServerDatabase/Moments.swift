import Rows

/// Days and times as db-lib counts them, and as rows do.
enum Moments {
  /// From 1900-01-01, where db-lib's days begin, to 2000-01-01.
  static let daysTo2000: Int64 = 36524
  static let microsecondsOfDay: Int64 = 86_400_000_000
  static let ticksOfDay: Int64 = 864_000_000_000
  /// 0001-01-01 and 9999-12-31, as days since 2000.
  static let days: ClosedRange<Int64> = -730_119...2_921_939
  /// 1753-01-01, before which datetime has nothing.
  static let firstDatetimeDay: Int64 = -90_214
  /// 2079-06-06, smalldatetime's last day; 65535 days since 1900.
  static let lastSmallDatetimeDay: Int64 = 29_011

  /// A datetime's three hundredths of a second as the milliseconds that SQL Server shows for them.
  @inline(__always)
  static func milliseconds(ticks: Int64) -> Int64 { (ticks &* 20 &+ 3) / 6 }

  /// Units of a type's precision since midnight: microseconds, at precision 7 ticks of 100 ns.
  @inline(__always)
  static func units(ticks: Int64, precision: Int) -> Int64 { precision == 7 ? ticks : ticks / 10 }

  static func unitsOfDay(precision: Int) -> Int64 { precision == 7 ? ticksOfDay : microsecondsOfDay }

  /// Days since 2000 and ticks of 100 ns since midnight, of a timestamp that SQL Server has.
  static func split(
    _ units: Int64, precision: Int, first: Int64 = days.lowerBound, last: Int64 = days.upperBound
  ) throws(BadValue) -> (days: Int64, ticks: Int64) {
    guard units != .max, units != .min else { throw BadValue("is infinity, which SQL Server does not have") }
    let whole = unitsOfDay(precision: precision)
    var (day, rest) = units.quotientAndRemainder(dividingBy: whole)
    if rest < 0 {
      day -= 1
      rest += whole
    }
    guard first...last ~= day else { throw BadValue("is outside the years that the column's type has") }
    return (day, precision == 7 ? rest : rest * 10)
  }

  /// A datetime's three hundredths of a second, exactly or not at all.
  static func datetimeTicks(_ ticks: Int64) throws(BadValue) -> Int64 {
    let milliseconds = ticks / 10_000
    let found = (milliseconds * 3 + 5) / 10
    guard ticks % 10_000 == 0, Moments.milliseconds(ticks: found) == milliseconds else {
      throw BadValue("is not a multiple of 1/300 second, to which a datetime is rounded")
    }
    return found
  }
}
