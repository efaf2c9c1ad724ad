/// Why two column types cannot be compared without loss.
package struct Unpairable: Error, Equatable, CustomStringConvertible {
  /// A sentence without its full stop.
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
  package var description: String { reason }
}

/// Which types can be compared, and as what: docs/encoding.md has the table.
package enum TypePairing {
  /// The narrowest type that holds the values of both; the same whichever comes first.
  package static func common(_ first: ColumnType, _ second: ColumnType) -> Result<ColumnType, Unpairable> {
    if first == second { return .success(first) }
    if let type = wider(first, second) ?? wider(second, first) { return .success(type) }
    return .failure(Unpairable(reason(first, second)))
  }

  /// One direction of the table; the caller asks for both.
  private static func wider(_ first: ColumnType, _ second: ColumnType) -> ColumnType? {
    if let type = widerNumber(first, second) { return type }
    switch (first, second) {
    case (.text(let left), .text(let right)): return .text(maxLength: longer(left, right))
    case (.text, .json): return .text(maxLength: nil)
    case (.text(let length), .uuid): return .text(maxLength: longer(length, UUIDText.length))
    case (.fixedText(let left), .fixedText(let right)): return .fixedText(length: max(left, right))
    case (.fixedText(let left), .text(let right)):
      return .fixedText(length: max(left, right ?? UTF8Text.maxFieldLength))
    case (.fixedText(let length), .uuid): return .fixedText(length: max(length, UUIDText.length))
    case (.bytes(let left), .bytes(let right)): return .bytes(maxLength: longer(left, right))
    case (.time(let left), .time(let right)): return .time(precision: max(left, right))
    case (.timestamp(let left), .timestamp(let right)): return .timestamp(precision: max(left, right))
    case (.timestampTZ(let left), .timestampTZ(let right)),
      (.timestampTZ(let left), .timestamp(let right)):
      return .timestampTZ(precision: max(left, right))
    case (.date, .timestamp(let precision)): return .timestamp(precision: precision)
    default: return nil
    }
  }

  private static func widerNumber(_ first: ColumnType, _ second: ColumnType) -> ColumnType? {
    switch (first, second) {
    case (.bool, .int16), (.bool, .int32), (.bool, .int64): return second
    case (.int16, .int32), (.int16, .int64), (.int32, .int64): return second
    case (.float32, .float64): return .float64
    case (.int16, .decimal(let precision, let scale)): return holding(5, 0, precision - scale, scale)
    case (.int32, .decimal(let precision, let scale)): return holding(10, 0, precision - scale, scale)
    case (.int64, .decimal(let precision, let scale)): return holding(19, 0, precision - scale, scale)
    case (.decimal(let precision, let scale), .decimal(let otherPrecision, let otherScale)):
      return holding(precision - scale, scale, otherPrecision - otherScale, otherScale)
    case (.int16, .numeric), (.int32, .numeric), (.int64, .numeric), (.decimal, .numeric),
      (.numeric, .numeric):
      // Two numerics that are not equal: one of them keeps no trailing zeros.
      return .numeric(trailingZeros: false)
    default: return nil
    }
  }

  /// The decimal with the larger number of digits on either side of the point.
  private static func holding(_ integer: Int, _ scale: Int, _ otherInteger: Int, _ otherScale: Int)
    -> ColumnType
  {
    let widest = max(scale, otherScale)
    return .decimal(precision: max(integer, otherInteger) + widest, scale: widest)
  }

  private static func longer(_ left: Int?, _ right: Int?) -> Int? {
    guard let left, let right else { return nil }
    return max(left, right)
  }

  private static func reason(_ first: ColumnType, _ second: ColumnType) -> String {
    let kinds = (kind(first), kind(second))
    switch kinds {
    case (.float, .integer), (.integer, .float), (.float, .decimal), (.decimal, .float):
      return
        "\(first) and \(second) round differently: a floating-point number holds most decimals only nearly"
    case (.instant, .day), (.day, .instant):
      return "\(first) and \(second) differ by a time zone that nobody declared"
    case (.clock, .instant), (.instant, .clock), (.clock, .day), (.day, .clock), (.clock, .moment),
      (.moment, .clock):
      return "\(first) and \(second) cannot hold each other: one is a time without a day"
    case (.text, _), (_, .text):
      return
        "\(first) and \(second) cannot be compared: one value may be written in more than one way as text"
    case (.bytes, _), (_, .bytes):
      return "\(first) and \(second) cannot be compared: nothing says how the bytes encode a value"
    default:
      return "\(first) and \(second) hold different kinds of values"
    }
  }

  private enum Kind {
    case bool, integer, float, decimal, text, bytes, uuid, day, clock, moment, instant, opaque
  }

  private static func kind(_ type: ColumnType) -> Kind {
    switch type {
    case .bool: .bool
    case .int16, .int32, .int64: .integer
    case .float32, .float64: .float
    case .decimal, .numeric: .decimal
    case .text, .fixedText, .json: .text
    case .bytes: .bytes
    case .uuid: .uuid
    case .date: .day
    case .time: .clock
    case .timestamp: .moment
    case .timestampTZ: .instant
    case .opaque: .opaque
    }
  }
}
