extension SQLMoment {
  /// Days since 1900-01-01 with a fraction: datetime as a number.
  static func days(_ value: SQLValue) -> Double {
    guard case .datetime(let days, let ticks) = value else { return 0 }
    return Double(days) + Double(ticks) / Double(SQLCalendar.datetimeTicksPerDay)
  }

  /// The value of `days`; nil if datetime does not reach that far.
  static func datetime(days: Double) -> SQLValue? {
    guard abs(days) < 1e8 else { return nil }
    let whole = days.rounded(.down)
    let ticks = ((days - whole) * Double(SQLCalendar.datetimeTicksPerDay)).rounded()
    let moment = SQLMoment(
      day: Int32(whole) + SQLCalendar.epoch1900,
      ticks: SQLCalendar.ticks(datetime: Int32(min(ticks, Double(SQLCalendar.datetimeTicksPerDay) - 1))))
    return moment.value(of: .datetime)
  }
}

extension SQLValue {
  func date(
    from source: SQLType, to target: SQLType, style: Int?, options: EvaluationContext.Options
  ) throws(SQLError) -> SQLValue {
    switch self {
    case .text(let text): return try date(text, from: source, to: target, style: style, options: options)
    case .bit, .integer, .decimal, .money, .real, .float:
      return try date(ofNumber: source, to: target)
    case .binary(let bytes): return try date(bytes, from: source, to: target)
    default:
      guard let moment = SQLMoment(self),
        ConversionMatrix.permission(from: source.kind, to: target.kind) != .none
      else { throw .explicitConversionNotAllowed(source.name, to: target.name) }
      if target.kind == .datetimeoffset, let style, style != 0, style != 1 {
        throw .unsupportedStyle(style, from: source.name, to: target.name)
      }
      guard let value = moment.value(of: target) else { throw .outOfRange(source.name, to: target.name) }
      return value
    }
  }

  private func date(
    _ text: [UInt16], from source: SQLType, to target: SQLType, style: Int?,
    options: EvaluationContext.Options
  ) throws(SQLError) -> SQLValue {
    let isLegacy = target.kind == .datetime || target.kind == .smalldatetime
    let invalid = target.kind == .smalldatetime ? SQLError.invalidSmalldatetimeText : .invalidDateText
    let literal: DateLiteral
    do {
      literal = try DateLiteral(
        text[...], order: SQLValue.order(style) ?? options.dateFormat, isLegacy: isLegacy)
    } catch {
      switch error {
      case .notADate: throw invalid
      case .outOfRange: throw isLegacy ? .outOfRange(source.name, to: target.name) : invalid
      }
    }
    // datetime knows no offsets; in the others that have none, the clock as written counts.
    if isLegacy, let offset = literal.offset, offset != 0 { throw invalid }
    let moment = SQLMoment(
      day: literal.day ?? SQLCalendar.epoch1900, ticks: literal.ticks, offset: literal.offset)
    guard let value = moment.value(of: target) else {
      throw isLegacy ? .outOfRange(source.name, to: target.name) : invalid
    }
    return value
  }

  /// The order of day, month and year that a style of CONVERT means.
  private static func order(_ style: Int?) -> DateOrder? {
    switch style.map({ $0 % 100 }) {
    case 1, 7, 9, 10: .mdy
    case 2, 11, 12, 20, 21, 23, 25, 26, 27: .ymd
    case 3, 4, 5, 6, 13: .dmy
    default: nil
    }
  }

  /// Days since 1900-01-01, for datetime and smalldatetime only.
  private func date(ofNumber source: SQLType, to target: SQLType) throws(SQLError) -> SQLValue {
    guard target.kind == .datetime || target.kind == .smalldatetime else {
      throw .explicitConversionNotAllowed(source.name, to: target.name)
    }
    var days = 0.0
    switch self {
    case .bit(let bit): days = bit ? 1 : 0
    case .integer(let value): days = Double(value)
    case .decimal(let value): days = value.double
    case .money(let value): days = Double(value) / 10_000
    case .real(let value): days = Double(value)
    case .float(let value): days = value
    default: break
    }
    guard let datetime = SQLMoment.datetime(days: days),
      let value = SQLMoment(datetime)?.value(of: target)
    else { throw .overflow(converting: "expression", to: target.name) }
    return value
  }

  /// Four bytes of days and four of 1/300 s, big-endian; two and two for smalldatetime.
  private func date(_ bytes: [UInt8], from source: SQLType, to target: SQLType) throws(SQLError) -> SQLValue {
    let number = bytes.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let days: Int32
    let ticks: Int64
    switch target.kind {
    case .datetime:
      days = Int32(truncatingIfNeeded: number >> 32)
      ticks = Int64(number & 0xFFFF_FFFF)
    case .smalldatetime:
      days = Int32(number >> 16 & 0xFFFF)
      ticks = Int64(number & 0xFFFF) * 18_000
    default: throw .errorConverting(source.name, to: target.name)
    }
    guard SQLCalendar.firstDatetimeDay <= days, days <= SQLCalendar.lastDatetimeDay,
      ticks < Int64(SQLCalendar.datetimeTicksPerDay)
    else { throw .overflow(converting: "expression", to: target.name) }
    return .datetime(days: days, ticks: Int32(ticks))
  }
}
