import Rows

/// Dates and times as text: the styles of CONVERT.
struct SQLDateText {
  private let moment: SQLMoment
  private let type: SQLType
  private let date: CalendarDate
  private let hour: Int
  private let minute: Int
  private let second: Int

  /// The style that a type has without one: 0 for datetime and smalldatetime, 121 for the newer types.
  static func defaultStyle(_ type: SQLType) -> Int {
    type.kind == .datetime || type.kind == .smalldatetime ? 0 : 121
  }

  init(_ moment: SQLMoment, type: SQLType) {
    self.moment = moment
    self.type = type
    date = SQLCalendar.date(moment.day)
    let seconds = Int(moment.ticks / SQLCalendar.ticksPerSecond)
    hour = seconds / 3600
    minute = seconds / 60 % 60
    second = seconds % 60
  }

  /// Nil for a style that the type does not have, or that is not known here: 130 and 131, the Hijri calendar.
  func text(style: Int) -> String? {
    if style == 126 || style == 127 { return iso(style: style) }
    guard let parts = SQLDateText.parts(style) else { return nil }
    var words: [String] = []
    if type.kind != .time, let form = parts.date { words.append(formatted(form)) }
    if type.kind != .date, let form = parts.time { words.append(formatted(form)) }
    guard !words.isEmpty else { return nil }
    // Styles 0 and 9 leave room for an hour of two digits.
    var text = words.joined(separator: " ")
    if let offset = moment.offset, parts.time != nil { text += " " + SQLDateText.offset(offset) }
    return text
  }

  // MARK: Styles

  private enum DateForm {
    /// `yyyy-mm-dd` and the like: the parts with a separator.
    case yearFirst(String, digits: Int)
    case monthFirst(String, digits: Int)
    case dayFirst(String, digits: Int)
    /// `Jan  1 2024`.
    case monthName
    /// `01 Jan 2024`.
    case dayMonthName(digits: Int)
    /// `Jan 01, 2024`.
    case monthNameComma(digits: Int)
  }

  private enum ClockForm {
    /// ` 1:05PM`.
    case hourMinuteAMPM
    /// ` 1:05:09:123PM`.
    case fractionAMPM
    /// ` 1:05:09 PM`.
    case secondAMPM
    case seconds
    /// The fraction behind a colon, as datetime has it, or behind a point.
    case fraction(colon: Bool)
  }

  private static func parts(_ style: Int) -> (date: DateForm?, time: ClockForm?)? {
    let digits = style >= 100 ? 4 : 2
    switch style {
    case 0, 100: return (.monthName, .hourMinuteAMPM)
    case 1, 101: return (.monthFirst("/", digits: digits), nil)
    case 2, 102: return (.yearFirst(".", digits: digits), nil)
    case 3, 103: return (.dayFirst("/", digits: digits), nil)
    case 4, 104: return (.dayFirst(".", digits: digits), nil)
    case 5, 105: return (.dayFirst("-", digits: digits), nil)
    case 6, 106: return (.dayMonthName(digits: digits), nil)
    case 7, 107: return (.monthNameComma(digits: digits), nil)
    case 8, 24, 108: return (nil, .seconds)
    case 9, 109: return (.monthName, .fractionAMPM)
    case 10, 110: return (.monthFirst("-", digits: digits), nil)
    case 11, 111: return (.yearFirst("/", digits: digits), nil)
    case 12, 112: return (.yearFirst("", digits: digits), nil)
    case 13, 113: return (.dayMonthName(digits: 4), .fraction(colon: true))
    case 14, 114: return (nil, .fraction(colon: true))
    case 20, 120: return (.yearFirst("-", digits: 4), .seconds)
    case 21, 25, 121: return (.yearFirst("-", digits: 4), .fraction(colon: false))
    case 22: return (.monthFirst("/", digits: 2), .secondAMPM)
    case 23: return (.yearFirst("-", digits: 4), nil)
    default: return nil
    }
  }

  private func formatted(_ form: DateForm) -> String {
    let month = SQLDateText.two(date.month)
    let day = SQLDateText.two(date.day)
    func year(_ digits: Int) -> String {
      digits == 2 ? SQLDateText.two(date.year % 100) : SQLDateText.padded(date.year, 4)
    }
    let name = SQLDateText.monthNames[date.month - 1]
    switch form {
    case .yearFirst(let separator, let digits): return year(digits) + separator + month + separator + day
    case .monthFirst(let separator, let digits): return month + separator + day + separator + year(digits)
    case .dayFirst(let separator, let digits): return day + separator + month + separator + year(digits)
    case .monthName: return "\(name) \(SQLDateText.blankPadded(date.day)) \(year(4))"
    case .dayMonthName(let digits): return "\(day) \(name) \(year(digits))"
    case .monthNameComma(let digits): return "\(name) \(day), \(year(digits))"
    }
  }

  private func formatted(_ form: ClockForm) -> String {
    let minutes = ":" + SQLDateText.two(minute)
    let seconds = minutes + ":" + SQLDateText.two(second)
    let twelve = SQLDateText.blankPadded(hour % 12 == 0 ? 12 : hour % 12)
    let half = hour < 12 ? "AM" : "PM"
    switch form {
    case .hourMinuteAMPM: return twelve + minutes + half
    case .secondAMPM: return twelve + seconds + " " + half
    case .fractionAMPM: return twelve + seconds + fraction(colon: true) + half
    case .seconds: return SQLDateText.two(hour) + seconds
    case .fraction(let colon): return SQLDateText.two(hour) + seconds + fraction(colon: colon)
    }
  }

  /// With its separator: three digits for datetime, the type's scale for the newer types, which always have a
  /// point.
  private func fraction(colon: Bool) -> String {
    let ticks = moment.ticks % SQLCalendar.ticksPerSecond
    if type.kind == .datetime || type.kind == .smalldatetime {
      let milliseconds = SQLCalendar.milliseconds(datetime: SQLCalendar.datetimeTicks(ticks))
      return (colon ? ":" : ".") + SQLDateText.padded(milliseconds, 3)
    }
    guard type.scale > 0 else { return "" }
    return "." + SQLDateText.padded(Int(ticks / SQLCalendar.unit(type.scale)), type.scale)
  }

  /// `yyyy-mm-ddThh:mm:ss.fff`, without a fraction that is 0. With style 127, an offset is turned into UTC.
  private func iso(style: Int) -> String {
    if style == 127, let offset = moment.offset {
      var utc = moment
      utc.shift(minutes: -offset)
      utc.offset = nil
      return SQLDateText(utc, type: type).iso(style: 126) + "Z"
    }
    var text = type.kind == .time ? "" : formatted(DateForm.yearFirst("-", digits: 4))
    guard type.kind != .date else { return text }
    if type.kind != .time { text += "T" }
    text += formatted(ClockForm.seconds)
    if moment.ticks % SQLCalendar.ticksPerSecond != 0 { text += fraction(colon: false) }
    if let offset = moment.offset { text += SQLDateText.offset(offset) }
    return text
  }

  // MARK: Digits

  static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func offset(_ minutes: Int) -> String {
    (minutes < 0 ? "-" : "+") + two(abs(minutes) / 60) + ":" + two(abs(minutes) % 60)
  }

  static func two(_ value: Int) -> String { padded(value, 2) }
  private static func blankPadded(_ value: Int) -> String { value < 10 ? " \(value)" : "\(value)" }
  static func padded(_ value: Int, _ digits: Int) -> String {
    let text = String(value)
    return text.count >= digits ? text : String(repeating: "0", count: digits - text.count) + text
  }
}
