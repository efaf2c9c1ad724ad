/// The time now, and functions that make dates of numbers and offsets.
enum DateBuildingFunctions {
  static let all: [ScalarFunction] = [
    ScalarFunction("getdate", 0...0, { _ in .datetime }, localTime),
    ScalarFunction("current_timestamp", 0...0, { _ in .datetime }, localTime),
    ScalarFunction("sysdatetime", 0...0, { _ in .datetime2(7) }, localTime),
    ScalarFunction("getutcdate", 0...0, { _ in .datetime }, universalTime),
    ScalarFunction("sysutcdatetime", 0...0, { _ in .datetime2(7) }, universalTime),
    ScalarFunction("sysdatetimeoffset", 0...0, { _ in .datetimeoffset(7) }, localTime),
    ScalarFunction("datefromparts", 3...3, { _ in .date }, dateFromParts),
    ScalarFunction("datetimefromparts", 7...7, { _ in .datetime }, datetimeFromParts),
    ScalarFunction("smalldatetimefromparts", 5...5, { _ in .smalldatetime }, datetimeFromParts),
    ScalarFunction("todatetimeoffset", 2...2, offsetType, toOffset),
    ScalarFunction("switchoffset", 2...2, offsetType, switchOffset),
  ]

  private static func localTime(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    var moment = now(context)
    moment.shift(minutes: context.offset)
    moment.offset = context.offset
    return moment.value(of: call.result) ?? .null
  }

  private static func universalTime(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue { now(context).value(of: call.result) ?? .null }

  private static func now(_ context: EvaluationContext) -> SQLMoment {
    SQLMoment(
      day: Int32(context.now / SQLCalendar.ticksPerDay), ticks: context.now % SQLCalendar.ticksPerDay)
  }

  private static func dateFromParts(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    guard let day = SQLCalendar.day(year: try call.int(0), month: try call.int(1), day: try call.int(2))
    else {
      throw .cannotConstruct("date")
    }
    return .date(day)
  }

  private static func datetimeFromParts(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    let (hour, minute) = (try call.int(3), try call.int(4))
    let second = call.count > 5 ? try call.int(5) : 0
    let millisecond = call.count > 6 ? try call.int(6) : 0
    guard let day = SQLCalendar.day(year: try call.int(0), month: try call.int(1), day: try call.int(2)),
      0...23 ~= hour, 0...59 ~= minute, 0...59 ~= second, 0...999 ~= millisecond,
      let value = SQLMoment(
        day: day,
        ticks: Int64(hour * 3600 + minute * 60 + second) * SQLCalendar.ticksPerSecond + Int64(millisecond)
          * 10_000
      ).value(of: call.result)
    else { throw .cannotConstruct(call.result.name) }
    return value
  }

  // MARK: Offsets

  private static func offsetType(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard let type = types[0] else { return .datetimeoffset(7) }
    switch type.kind {
    case .datetime2, .datetimeoffset: return .datetimeoffset(type.scale)
    case .datetime: return .datetimeoffset(3)
    case .smalldatetime, .date: return .datetimeoffset(0)
    default:
      guard type.isText else {
        throw .invalidArgumentType(type.name, argument: 1, function: "todatetimeoffset")
      }
      return .datetimeoffset(7)
    }
  }

  /// Minutes, or text such as `+05:30`.
  private static func offset(_ call: FunctionArguments) throws(SQLError) -> Int {
    guard call.type(1).isText else {
      let minutes = try call.int(1)
      guard -840...840 ~= minutes else { throw .invalidTimeZone(function: call.name) }
      return minutes
    }
    let parts = SQLText.string(try call.text(1)).split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let sign = parts[0].first, sign == "+" || sign == "-",
      let hours = Int(parts[0].dropFirst()), let minutes = Int(parts[1]), parts[1].count == 2,
      0...59 ~= minutes,
      0...14 ~= hours, hours * 60 + minutes <= 840
    else { throw .invalidTimeZone(function: call.name) }
    return sign == "-" ? -(hours * 60 + minutes) : hours * 60 + minutes
  }

  /// The same clock, with an offset.
  private static func toOffset(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    guard var moment = SQLMoment(try call.converted(0, to: .datetime2(7))) else { return .null }
    moment.offset = try offset(call)
    guard let value = moment.value(of: call.result) else { throw .addingOverflowed("datetimeoffset") }
    return value
  }

  /// The same point in time, with another offset.
  private static func switchOffset(
    _ call: FunctionArguments, _ context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    guard case .datetimeoffset(let days, let ticks, _) = try call.converted(0, to: call.result) else {
      return .null
    }
    return .datetimeoffset(days: days, ticks: ticks, offset: Int16(try offset(call)))
  }
}
