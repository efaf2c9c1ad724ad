import Rows

/// What happened to a number.
enum NumberCause {
  static func likely(type: ColumnType, _ source: [UInt8], _ target: [UInt8]) -> String? {
    if type == .float64, isNarrowed(source, target) { return "target is rounded to a 32-bit float" }
    guard let before = Number(source, type), let after = Number(target, type) else { return nil }
    let scale = max(before.scale, after.scale)
    guard let left = before.scaled(to: scale), let right = after.scaled(to: scale) else { return nil }
    if left == right {
      return before.scale == after.scale
        ? nil : "the same number with \(after.scale) decimals where source has \(before.scale)"
    }
    return size(left, right) ?? offByOne(left, right, scale: scale) ?? rounded(left, right, scale: scale)
      ?? (scale == 0 ? overflow(left, right) : nil)
  }

  private static func isNarrowed(_ source: [UInt8], _ target: [UInt8]) -> Bool {
    let (before, after) = (double(source), double(target))
    return before.isFinite && before != after && Double(Float(before)) == after
  }

  private static func double(_ field: [UInt8]) -> Double {
    Double(bitPattern: field.withUnsafeBytes { $0.bigEndian(as: UInt64.self) })
  }

  private static func size(_ source: Int128, _ target: Int128) -> String? {
    if source == -target { return "target has the opposite sign" }
    if target == 0 { return "target is 0" }
    if source == 0 { return nil }
    var factor: Int128 = 1
    for _ in 1...6 {
      factor *= 10
      if target == source * factor { return "target is \(factor) times source" }
      if source == target * factor { return "target is source divided by \(factor)" }
    }
    return nil
  }

  private static func offByOne(_ source: Int128, _ target: Int128, scale: Int) -> String? {
    let difference = target - source
    let direction = difference > 0 ? "more" : "less"
    if scale == 0, difference.magnitude == 1 { return "target is 1 \(direction)" }
    if scale >= 2, difference.magnitude == Number.power(scale - 2).magnitude {
      return "target is 0.01 \(direction)"
    }
    return nil
  }

  private static func rounded(_ source: Int128, _ target: Int128, scale: Int) -> String? {
    for decimals in stride(from: scale - 1, through: 0, by: -1) {
      let unit = Number.power(scale - decimals)
      guard target % unit == 0 else { continue }
      let cut = source / unit * unit
      let rest = (source - cut).magnitude
      let away = cut + (source < 0 ? -unit : unit)
      let isRounded =
        rest * 2 < unit.magnitude ? target == cut : rest * 2 > unit.magnitude ? target == away : false
      let place = decimals == 0 ? "an integer" : Cause.count(decimals, "decimal")
      // Half a unit goes up, down or to the even neighbour, as engines differ.
      if isRounded || rest * 2 == unit.magnitude && (target == cut || target == away) {
        return "target is rounded to \(place)"
      }
      if target == cut { return "target is cut to \(place)" }
    }
    return nil
  }

  private static func overflow(_ source: Int128, _ target: Int128) -> String? {
    let narrower: [(bits: Int, wrapped: Int128, range: ClosedRange<Int128>)] = [
      (32, Int128(Int32(truncatingIfNeeded: source)), Int128(Int32.min)...Int128(Int32.max)),
      (16, Int128(Int16(truncatingIfNeeded: source)), Int128(Int16.min)...Int128(Int16.max)),
    ]
    for type in narrower where !type.range.contains(source) {
      if target == type.wrapped { return "target is wrapped at \(type.bits) bits" }
      if target == type.range.lowerBound || target == type.range.upperBound {
        return "target is limited to \(type.bits) bits"
      }
    }
    return nil
  }
}

/// A decimal number small enough to calculate with.
private struct Number {
  /// More digits than anybody's money, with room for the factors above.
  private static let digits = 28

  private let value: Int128
  let scale: Int

  /// Nil for what is not a number of at most 28 digits.
  init?(_ field: [UInt8], _ type: ColumnType) {
    guard let text = field.withUnsafeBytes({ try? FieldText.render($0, as: type) }) else { return nil }
    let unsigned = text.first == "-" ? text.dropFirst() : text[...]
    let parts = unsigned.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ $0.utf8.allSatisfy { 48...57 ~= $0 } }),
      parts.joined().count <= Number.digits, let magnitude = Int128(parts.joined())
    else { return nil }
    value = text.first == "-" ? -magnitude : magnitude
    scale = parts.count == 2 ? parts[1].count : 0
  }

  func scaled(to wanted: Int) -> Int128? {
    guard wanted <= Number.digits else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(by: Number.power(wanted - scale))
    return overflow || product.magnitude > Number.power(31).magnitude ? nil : product
  }

  static func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
