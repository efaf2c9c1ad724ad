import Rows

/// What happened to a date, a time or a timestamp.
enum MomentCause {
  static func likely(type: ColumnType, _ source: [UInt8], _ target: [UInt8]) -> String? {
    switch type {
    case .date: return days(source, target)
    case .time(let precision):
      return clock(source, target, perSecond: precision == 7 ? 10_000_000 : 1_000_000, hasDay: false)
    case .timestamp(let precision), .timestampTZ(let precision):
      return clock(source, target, perSecond: precision == 7 ? 10_000_000 : 1_000_000, hasDay: true)
    default: return nil
    }
  }

  private static func days(_ source: [UInt8], _ target: [UInt8]) -> String? {
    let before = Int(source.withUnsafeBytes { $0.bigEndian(as: Int32.self) })
    let after = Int(target.withUnsafeBytes { $0.bigEndian(as: Int32.self) })
    if abs(after - before) == 1 { return "target is 1 day \(after > before ? "later" : "earlier")" }
    return isDayAndMonthExchanged(before, after) ? "day and month are exchanged" : nil
  }

  private static func isDayAndMonthExchanged(_ before: Int, _ after: Int) -> Bool {
    let known = CalendarDate.firstDay...CalendarDate.lastDay
    guard known.contains(before), known.contains(after) else { return false }
    let date = CalendarDate(daysSince2000: before)
    return date.month != date.day
      && CalendarDate(year: date.year, month: date.day, day: date.month)?.daysSince2000 == after
  }

  private static func clock(
    _ source: [UInt8], _ target: [UInt8], perSecond: Int64, hasDay: Bool
  ) -> String? {
    let before = source.withUnsafeBytes { $0.bigEndian(as: Int64.self) }
    let after = target.withUnsafeBytes { $0.bigEndian(as: Int64.self) }
    let (difference, overflow) = after.subtractingReportingOverflow(before)
    // The extremes stand for infinities.
    guard !overflow, ![before, after].contains(where: { $0 == .max || $0 == .min }) else { return nil }
    let clock = Clock(before: before, after: after, difference: difference, perSecond: perSecond)
    return clock.smallest ?? clock.shift ?? (hasDay ? clock.dateOnly : nil) ?? clock.fraction
      ?? (hasDay ? clock.exchange : nil)
  }

  /// Both values, and how many of their units make a second.
  private struct Clock {
    let before: Int64
    let after: Int64
    let difference: Int64
    let perSecond: Int64

    private var direction: String { difference > 0 ? "later" : "earlier" }
    private var day: Int64 { 86_400 * perSecond }

    var smallest: String? {
      if difference.magnitude == UInt64(perSecond / 1_000_000) {
        return "target is 1 microsecond \(direction)"
      }
      if difference.magnitude == 1 { return "target is 100 nanoseconds \(direction)" }
      return difference.magnitude == UInt64(perSecond) ? "target is 1 second \(direction)" : nil
    }

    /// Time zones are whole quarters of an hour from UTC, and 26 hours from one another at most.
    var shift: String? {
      let quarter = 900 * perSecond
      guard difference % quarter == 0 else { return nil }
      let minutes = Int(difference.magnitude / UInt64(60 * perSecond))
      if minutes % 1440 == 0, minutes <= 1440 { return "target is 1 day \(direction)" }
      guard minutes <= 26 * 60 else { return nil }
      var parts: [String] = []
      if minutes >= 60 { parts.append(Cause.count(minutes / 60, "hour")) }
      if minutes % 60 > 0 { parts.append("\(minutes % 60) minutes") }
      return "target is \(parts.joined(separator: " ")) \(direction)"
    }

    var dateOnly: String? { after == floor(before, day) ? "target has only the date" : nil }

    var fraction: String? {
      if after == floor(before, perSecond) { return "target lost its fraction of a second" }
      if after == round(before, perSecond) { return "target is rounded to seconds" }
      for (decimals, name) in [(6, "microseconds"), (3, "milliseconds")] {
        let unit = perSecond / NumberPowers.ten(decimals)
        guard unit > 1 else { continue }
        if after == floor(before, unit) { return "target is cut to \(name)" }
        if after == round(before, unit) { return "target is rounded to \(name)" }
      }
      if after == tick { return "target is rounded to 1/300 s, as SQL Server's datetime" }
      for decimals in [5, 4, 2, 1] {
        let unit = perSecond / NumberPowers.ten(decimals)
        if after == floor(before, unit) { return "target is cut to \(Cause.count(decimals, "decimal"))" }
        if after == round(before, unit) { return "target is rounded to \(Cause.count(decimals, "decimal"))" }
      }
      if after == floor(before, 60 * perSecond) { return "target lost its seconds" }
      return after == round(before, 60 * perSecond) ? "target is rounded to minutes" : nil
    }

    var exchange: String? {
      let (from, to) = (floor(before, day), floor(after, day))
      guard before - from == after - to, MomentCause.isDayAndMonthExchanged(Int(from / day), Int(to / day))
      else { return nil }
      return "day and month are exchanged"
    }

    /// The nearest 1/300 s, in milliseconds as SQL Server prints it: .000, .003, .007.
    private var tick: Int64 {
      let second = floor(before, perSecond)
      let ticks = ((before - second) * 300 * 2 + perSecond) / (2 * perSecond)
      let milliseconds = (ticks * 1000 * 2 + 300) / 600
      return second + milliseconds * (perSecond / 1000)
    }

    private func floor(_ value: Int64, _ unit: Int64) -> Int64 {
      let rest = value % unit
      return value - (rest < 0 ? rest + unit : rest)
    }

    private func round(_ value: Int64, _ unit: Int64) -> Int64 { floor(value &+ unit / 2, unit) }
  }
}

private enum NumberPowers {
  static func ten(_ exponent: Int) -> Int64 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
