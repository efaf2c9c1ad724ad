import Rows

/// Dates and times as SQL Server writes them for clients that are older than the types.
package enum TemporalText {
  /// Days from 0001-01-01, which is day 0 of date, to 2000-01-01.
  package static let daysBefore2000 = 730_119
  /// 9999-12-31.
  package static let lastDay = 3_652_058

  /// `2024-02-29`; days since 0001-01-01.
  package static func date(_ days: Int) -> String {
    let date = CalendarDate(daysSince2000: min(max(days, 0), lastDay) - daysBefore2000)
    return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))"
  }

  /// `23:59:59.1234567`, with as many digits as the scale has.
  package static func time(_ ticks: UInt64, scale: UInt8) -> String {
    let unit = powersOfTen[Int(min(scale, 7))]
    let (seconds, fraction) = ticks.quotientAndRemainder(dividingBy: unit)
    let (hours, rest) = seconds.quotientAndRemainder(dividingBy: 3600)
    let clock = "\(digits(Int(hours), 2)):\(digits(Int(rest / 60), 2)):\(digits(Int(rest % 60), 2))"
    return scale == 0 ? clock : "\(clock).\(digits(Int(fraction), Int(scale)))"
  }

  /// `2024-02-29 23:59:59.1234567`.
  package static func datetime2(_ days: Int, _ ticks: UInt64, scale: UInt8) -> String {
    "\(date(days)) \(time(ticks, scale: scale))"
  }

  /// Day and time in UTC, shown as it is at the offset: `2024-02-29 23:59:59.1234567 +05:30`.
  package static func datetimeoffset(
    _ days: Int, _ ticks: UInt64, offset: Int16, scale: UInt8
  ) -> String {
    let unit = Int(powersOfTen[Int(min(scale, 7))])
    let day = 86_400 * unit
    let local = Int(min(ticks, UInt64(day - 1))) + Int(offset) * 60 * unit
    let shift = local < 0 ? -1 : local / day
    let sign = offset < 0 ? "-" : "+"
    let minutes = Int(offset.magnitude)
    return "\(date(days + shift)) \(time(UInt64(local - shift * day), scale: scale)) "
      + "\(sign)\(digits(minutes / 60, 2)):\(digits(minutes % 60, 2))"
  }

  package static let powersOfTen: [UInt64] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
