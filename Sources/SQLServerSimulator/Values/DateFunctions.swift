import Rows

/// DATEADD, DATEDIFF, DATEPART, DATENAME and their like. The part is the first argument, as text.
enum DateFunctions {
  static let all: [ScalarFunction] = [
    ScalarFunction("dateadd", 3...3, addType, add),
    ScalarFunction("datediff", 3...3, { _ in .int }, difference),
    ScalarFunction("datediff_big", 3...3, { _ in .bigint }, difference),
    ScalarFunction("datepart", 2...2, { _ in .int }, part),
    ScalarFunction("datename", 2...2, { _ in .nvarchar(30) }, partName),
    ScalarFunction("year", 1...1, { _ in .int }, year),
    ScalarFunction("month", 1...1, { _ in .int }, month),
    ScalarFunction("day", 1...1, { _ in .int }, day),
    ScalarFunction("eomonth", 1...2, { _ in .date }, endOfMonth),
  ]

  /// The type of the date; text and numbers become datetime.
  private static func addType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard let type = types[2] else { return .datetime }
    if type.isDateOrTime { return type }
    guard type.isText || type.isNumber else {
      throw .invalidArgumentType(type.name, argument: 3, function: "dateadd")
    }
    return .datetime
  }

  private static func datePart(_ call: FunctionArguments) throws(SQLError) -> DatePart {
    let name = SQLText.string(try call.text(0))
    guard let part = DatePart(name: name) else { throw .notARecognizedOption(name, of: call.name) }
    return part
  }

  /// The point in time of an argument, and the type that it has as one. Text is read as datetimeoffset.
  private static func moment(
    _ call: FunctionArguments, _ index: Int
  ) throws(SQLError) -> (moment: SQLMoment, type: SQLType) {
    if let moment = SQLMoment(call[index]) { return (moment, call.type(index)) }
    let type: SQLType = call.type(index).isText ? .datetimeoffset(7) : .datetime
    let value = try call.converted(index, to: type)
    return (SQLMoment(value) ?? SQLMoment(), call.type(index).isText ? .datetime2(7) : type)
  }

  private static func require(
    _ part: DatePart, of type: SQLType, function: String
  ) throws(SQLError) {
    let isWrong: Bool
    switch type.kind {
    case .date: isWrong = part.isOfTime
    case .time: isWrong = !part.isOfTime
    default: isWrong = false
    }
    if isWrong || part == .tzoffset && type.kind != .datetimeoffset && type.kind != .datetime2 {
      throw .unsupportedDatePart(part.rawValue, function: function, type: type.name)
    }
  }

  // MARK: DATEADD

  private static func add(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let part = try datePart(call)
    let type = call.result
    try require(part, of: type, function: "dateadd")
    let isLegacy = type.kind == .datetime || type.kind == .smalldatetime
    if part == .tzoffset || part == .isoWeek || isLegacy && (part == .microsecond || part == .nanosecond) {
      throw .unsupportedDatePart(part.rawValue, function: "dateadd", type: type.name)
    }
    let count = Int64(try call.int(1))
    guard var moment = SQLMoment(try call.converted(2, to: type)) else { return .null }
    switch part {
    case .year: try addMonths(12 * count, to: &moment, type)
    case .quarter: try addMonths(3 * count, to: &moment, type)
    case .month: try addMonths(count, to: &moment, type)
    case .week: try addDays(7 * count, to: &moment, type)
    case .dayofyear, .day, .weekday: try addDays(count, to: &moment, type)
    // Halves of a tick go up.
    case .nanosecond: try addTicks((count >= 0 ? count + 50 : count - 49) / 100, to: &moment, type)
    default: try addTicks(count * (part.ticks ?? 0), to: &moment, type)
    }
    guard let value = moment.value(of: type) else { throw .addingOverflowed(type.name) }
    return value
  }

  /// A day that the month does not have becomes its last.
  private static func addMonths(_ months: Int64, to moment: inout SQLMoment, _ type: SQLType) throws(SQLError)
  {
    let date = SQLCalendar.date(moment.day)
    let total = Int64(date.year) * 12 + Int64(date.month - 1) + months
    guard total >= 12, total < 120_000 else { throw .addingOverflowed(type.name) }
    let (year, month) = (Int(total / 12), Int(total % 12) + 1)
    let day = min(date.day, SQLCalendar.length(ofMonth: month, year: year))
    guard let number = SQLCalendar.day(year: year, month: month, day: day) else {
      throw .addingOverflowed(type.name)
    }
    moment.day = number
  }

  private static func addDays(_ days: Int64, to moment: inout SQLMoment, _ type: SQLType) throws(SQLError) {
    let day = Int64(moment.day) + days
    guard 0...Int64(SQLCalendar.lastDay) ~= day else { throw .addingOverflowed(type.name) }
    moment.day = Int32(day)
  }

  private static func addTicks(_ ticks: Int64, to moment: inout SQLMoment, _ type: SQLType) throws(SQLError) {
    let perDay = SQLCalendar.ticksPerDay
    let total = moment.ticks + ticks
    let days = (total >= 0 ? total : total - perDay + 1) / perDay
    moment.ticks = total - days * perDay
    // A time of day starts again at midnight.
    if type.kind != .time { try addDays(days, to: &moment, type) }
  }

  // MARK: DATEDIFF

  /// The boundaries of the part between two points in time. Offsets are turned into UTC.
  private static func difference(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let part = try datePart(call)
    var moments: [SQLMoment] = []
    for index in 1...2 {
      var (moment, type) = try moment(call, index)
      if type.kind == .date || type.kind == .time {
        // datetime2 has what they lack: midnight, and 1900-01-01.
        type = .datetime2(7)
      }
      if part == .tzoffset || part == .isoWeek {
        throw .unsupportedDatePart(part.rawValue, function: call.name, type: type.name)
      }
      if let offset = moment.offset { moment.shift(minutes: -offset) }
      moments.append(moment)
    }
    var difference = part.boundary(of: moments[1]) - part.boundary(of: moments[0])
    if part == .nanosecond {
      let product = difference.multipliedReportingOverflow(by: 100)
      guard !product.overflow else { throw .dateDifferenceOverflowed(call.name) }
      difference = product.partialValue
    }
    guard call.result.holds(difference) else { throw .dateDifferenceOverflowed(call.name) }
    return .integer(difference)
  }

  // MARK: DATEPART

  private static func part(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let part = try datePart(call)
    let (moment, type) = try moment(call, 1)
    try require(part, of: type, function: call.name)
    return .integer(Int64(part.number(in: moment, type: type, firstWeekday: call.options.dateFirst)))
  }

  private static func partName(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let part = try datePart(call)
    let (moment, type) = try moment(call, 1)
    try require(part, of: type, function: call.name)
    let number = part.number(in: moment, type: type, firstWeekday: call.options.dateFirst)
    switch part {
    case .month: return .text(capitalized(DateLiteral.months[number - 1]))
    case .weekday: return .text(weekdays[SQLCalendar.weekday(moment.day) - 1])
    case .tzoffset: return .text(SQLDateText.offset(number))
    default: return .text(String(number))
    }
  }

  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  private static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

  private static func year(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue { try number(.year, call) }

  private static func month(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue { try number(.month, call) }

  private static func day(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue { try number(.day, call) }

  private static func number(_ part: DatePart, _ call: FunctionArguments) throws(SQLError) -> SQLValue {
    let (moment, type) = try moment(call, 0)
    try require(part, of: type, function: call.name)
    return .integer(Int64(part.number(in: moment, type: type, firstWeekday: 7)))
  }

  private static func endOfMonth(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    var (moment, _) = try moment(call, 0)
    if call.count > 1 { try addMonths(Int64(call.int(1)), to: &moment, .date) }
    let date = SQLCalendar.date(moment.day)
    let length = SQLCalendar.length(ofMonth: date.month, year: date.year)
    return .date(moment.day + Int32(length - date.day))
  }
}
