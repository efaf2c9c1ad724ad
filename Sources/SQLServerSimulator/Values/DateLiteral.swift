/// In which order a date of three numbers has its parts: SET DATEFORMAT.
package enum DateOrder: Sendable {
  case mdy, dmy, ymd, ydm, myd, dym

  package init?(name: String) {
    switch name.lowercased() {
    case "mdy": self = .mdy
    case "dmy": self = .dmy
    case "ymd": self = .ymd
    case "ydm": self = .ydm
    case "myd": self = .myd
    case "dym": self = .dym
    default: return nil
    }
  }

  /// The places of year, month and day.
  var places: (year: Int, month: Int, day: Int) {
    switch self {
    case .mdy: (2, 0, 1)
    case .dmy: (2, 1, 0)
    case .ymd: (0, 1, 2)
    case .ydm: (0, 2, 1)
    case .myd: (1, 0, 2)
    case .dym: (1, 2, 0)
    }
  }
}

/// Dates and times as text, in the formats that us_english has.
struct DateLiteral {
  enum Failure: Error {
    /// It is no date and no time.
    case notADate
    /// It has the form of one, and a part that does not exist: a thirteenth month, a 25th hour.
    case outOfRange
  }

  /// Nil without a date: 1900-01-01 is meant.
  var day: Int32?
  var ticks: Int64 = 0
  var offset: Int?

  private let text: [UInt8]
  private var next = 0
  private let order: DateOrder
  /// datetime and smalldatetime: a date with hyphens has the session's order, a fraction has three digits.
  private let isLegacy: Bool
  private var hasTime = false
  private var hasSeconds = false
  private var year: Int?
  private var month: Int?
  /// Numbers that are no time, with their digits, before it is known what they are.
  private var numbers: [(value: Int, digits: Int)] = []
  /// Where among the numbers the month's name stood.
  private var separator: UInt8 = 0

  init(_ units: ArraySlice<UInt16>, order: DateOrder, isLegacy: Bool) throws(Failure) {
    var bytes: [UInt8] = []
    for unit in units { bytes.append(unit < 128 ? UInt8(unit) : 0) }
    while let last = bytes.last, DateLiteral.isBlank(last) { bytes.removeLast() }
    text = bytes
    self.order = order
    self.isLegacy = isLegacy
    skipBlanks()
    if next == text.count {
      day = SQLCalendar.epoch1900
      return
    }
    try parse()
  }

  private mutating func parse() throws(Failure) {
    if try parseISO() { return }
    while true {
      skipBlanks()
      guard let byte = peek else { break }
      if byte == UInt8(ascii: ","), month != nil, !numbers.isEmpty || year != nil {
        next += 1
      } else if DateLiteral.isLetter(byte) {
        try parseMonth()
      } else if DateLiteral.isDigit(byte) {
        try parseNumber()
      } else if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), hasTime, offset == nil {
        try parseOffset()
      } else {
        throw .notADate
      }
    }
    try assemble()
  }

  // MARK: yyyy-mm-ddThh:mm:ss

  /// The form with T, which has one meaning in all languages.
  private mutating func parseISO() throws(Failure) -> Bool {
    let start = next
    guard let year = fixed(4), take("-"), let month = fixed(2), take("-"), let day = fixed(2) else {
      next = start
      return false
    }
    if take("T") || take("t") {
      guard next < text.count else { throw .notADate }
      self.day = try DateLiteral.day(year, month, day)
      try parseClock()
      guard hasSeconds || !isLegacy else { throw .notADate }
      if take("Z") || take("z") { offset = 0 } else { try parseOffset() }
      guard next == text.count else { throw .notADate }
      return true
    }
    guard !isLegacy else {
      next = start
      return false
    }
    // The newer types read hyphens as year, month, day whatever SET DATEFORMAT says.
    self.day = try DateLiteral.day(year, month, day)
    skipBlanks()
    if next < text.count {
      try parseClock()
      skipBlanks()
      try parseOffset()
    }
    guard next == text.count else { throw .notADate }
    return true
  }

  // MARK: Parts

  private mutating func parseNumber() throws(Failure) {
    let start = next
    guard let first = number() else { throw .notADate }
    if peek == UInt8(ascii: ":") || clockHasHourOnly() {
      next = start
      return try parseClock()
    }
    guard year == nil || month != nil, numbers.isEmpty || month != nil else { throw .notADate }
    if month == nil, let byte = peek,
      [UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
    {
      next += 1
      if let letter = peek, DateLiteral.isLetter(letter) {
        // 5-Jan-2024.
        numbers.append(first)
        try parseMonth()
        guard take(Unicode.Scalar(byte)), let last = number() else { throw .notADate }
        numbers.append(last)
        return
      }
      guard let second = number(), take(Unicode.Scalar(byte)), let third = number() else { throw .notADate }
      numbers = [first, second, third]
      return try assignNumbers()
    }
    guard month == nil else {
      numbers.append(first)
      return
    }
    switch first.digits {
    case 8: try setUnseparated(first.value / 10_000, first.value)
    case 6: try setUnseparated(DateLiteral.century(first.value / 10_000), first.value)
    default:
      numbers.append(first)
      if first.digits == 4 { year = first.value }
    }
  }

  private mutating func setUnseparated(_ year: Int, _ number: Int) throws(Failure) {
    guard day == nil else { throw .notADate }
    day = try DateLiteral.day(year, number / 100 % 100, number % 100)
  }

  private func clockHasHourOnly() -> Bool {
    var index = next
    while index < text.count, DateLiteral.isBlank(text[index]) { index += 1 }
    guard index + 1 < text.count, text[index + 1] | 0x20 == UInt8(ascii: "m") else { return false }
    guard [UInt8(ascii: "a"), UInt8(ascii: "p")].contains(text[index] | 0x20) else { return false }
    return index + 2 == text.count || !DateLiteral.isLetter(text[index + 2])
  }

  /// Three numbers with separators between them.
  private mutating func assignNumbers() throws(Failure) {
    guard day == nil else { throw .notADate }
    let values = numbers
    numbers = []
    guard values.allSatisfy({ $0.digits <= 2 || $0.digits == 4 }) else { throw .notADate }
    var places = order.places
    // A year of four digits is one wherever it stands; month and day keep their order.
    if let place = values.firstIndex(where: { $0.digits == 4 }), place != places.year {
      let rest = [0, 1, 2].filter { $0 != place }
      let monthFirst = places.month < places.day
      places = (place, rest[monthFirst ? 0 : 1], rest[monthFirst ? 1 : 0])
    }
    guard values[places.month].digits <= 2, values[places.day].digits <= 2 else { throw .notADate }
    let year = values[places.year]
    day = try DateLiteral.day(
      year.digits == 4 ? year.value : DateLiteral.century(year.value), values[places.month].value,
      values[places.day].value)
  }

  private mutating func parseMonth() throws(Failure) {
    let start = next
    while let byte = peek, DateLiteral.isLetter(byte) { next += 1 }
    let word = String(decoding: text[start..<next].map { $0 | 0x20 }, as: UTF8.self)
    guard month == nil,
      let index = DateLiteral.months.firstIndex(where: { $0 == word || $0.prefix(3) == word })
    else { throw .notADate }
    month = index + 1
    if peek == UInt8(ascii: ".") { next += 1 }
  }

  /// With a month by name: the numbers are day and year, the year behind the day unless it has four digits.
  private mutating func assemble() throws(Failure) {
    if let month {
      guard day == nil else { throw .notADate }
      let years = numbers.filter { $0.digits == 4 }
      var others = numbers.filter { $0.digits != 4 }
      guard years.count <= 1, numbers.count <= 2, others.allSatisfy({ $0.digits <= 2 }) else {
        throw .notADate
      }
      var year = years.first?.value
      if year == nil, others.count == 2 { year = DateLiteral.century(others.removeLast().value) }
      guard let year else { throw .notADate }
      day = try DateLiteral.day(year, month, others.first?.value ?? 1)
    } else if let year {
      guard numbers.count == 1, day == nil else { throw .notADate }
      day = try DateLiteral.day(year, 1, 1)
    } else if !numbers.isEmpty {
      throw .notADate
    }
  }

  // MARK: Times

  private mutating func parseClock() throws(Failure) {
    guard !hasTime, let hour = number(), hour.digits <= 2 else { throw .notADate }
    hasTime = true
    var seconds = 0
    var fraction: Int64 = 0
    var minutes = 0
    if take(":") {
      guard let minute = number(), minute.digits <= 2 else { throw .notADate }
      minutes = minute.value
      if take(":") {
        guard let second = number(), second.digits <= 2 else { throw .notADate }
        seconds = second.value
        hasSeconds = true
        fraction = try parseFraction()
      }
    }
    var hours = hour.value
    skipBlanks()
    if clockHasHourOnly() {
      guard hours <= 12, hours > 0 || peek.map({ $0 | 0x20 }) == UInt8(ascii: "a") else { throw .outOfRange }
      let isAfternoon = peek.map { $0 | 0x20 } == UInt8(ascii: "p")
      hours = hours % 12 + (isAfternoon ? 12 : 0)
      next += 2
    }
    guard hours <= 23, minutes <= 59, seconds <= 59 else { throw .outOfRange }
    ticks = Int64(hours * 3600 + minutes * 60 + seconds) * SQLCalendar.ticksPerSecond + fraction
  }

  /// `.123` is a fraction; `:123` are milliseconds.
  private mutating func parseFraction() throws(Failure) -> Int64 {
    if take(":") {
      guard let milliseconds = number(), milliseconds.digits <= 3 else { throw .notADate }
      return Int64(milliseconds.value) * 10_000
    }
    guard take(".") else { return 0 }
    let start = next
    var value: Int64 = 0
    while let byte = peek, DateLiteral.isDigit(byte) {
      guard next - start < (isLegacy ? 3 : 7) else { throw .notADate }
      value = value * 10 + Int64(byte - 48)
      next += 1
    }
    guard next > start else { throw .notADate }
    return value * SQLCalendar.unit(next - start)
  }

  private mutating func parseOffset() throws(Failure) {
    guard let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
      if hasTime, !isLegacy, take("Z") || take("z") { offset = 0 }
      return
    }
    guard !isLegacy else { throw .notADate }
    next += 1
    guard let hours = number(), hours.digits <= 2, take(":"), let minutes = fixed(2) else { throw .notADate }
    guard hours.value <= 14, minutes <= 59, hours.value * 60 + minutes <= 840 else { throw .outOfRange }
    let total = hours.value * 60 + minutes
    offset = sign == UInt8(ascii: "-") ? -total : total
  }

  // MARK: Characters

  private var peek: UInt8? { next < text.count ? text[next] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    next += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = peek, DateLiteral.isBlank(byte) { next += 1 }
  }

  /// Exactly so many digits, and none behind them.
  private mutating func fixed(_ count: Int) -> Int? {
    guard let number = number(), number.digits == count else { return nil }
    return number.value
  }

  private mutating func number() -> (value: Int, digits: Int)? {
    let start = next
    var value = 0
    while let byte = peek, DateLiteral.isDigit(byte), next - start < 9 {
      value = value * 10 + Int(byte - 48)
      next += 1
    }
    return next == start ? nil : (value, next - start)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || 9...13 ~= byte }
  private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }
  private static func isLetter(_ byte: UInt8) -> Bool { 97...122 ~= byte | 0x20 }

  /// Two digits mean 1950 to 2049.
  private static func century(_ year: Int) -> Int {
    year >= 100 ? year : year < 50 ? 2000 + year : 1900 + year
  }

  private static func day(_ year: Int, _ month: Int, _ day: Int) throws(Failure) -> Int32 {
    guard let number = SQLCalendar.day(year: year, month: month, day: day) else { throw .outOfRange }
    return number
  }

  static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november",
    "december",
  ]
}
