import Glibc

extension SQLDecimal: CustomStringConvertible {
  /// As SQL Server prints it: a zero before the point, and all digits of the scale behind it.
  package var description: String {
    var digits = String(magnitude)
    if scale > 0 {
      if digits.utf8.count <= scale {
        digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
      }
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
    }
    return isNegative ? "-" + digits : digits
  }

  package enum ParsingError: Error {
    case notANumber
    case tooManyDigits
  }

  /// An optional sign, digits, and a point somewhere among them, rounded half away from zero to the scale.
  package init(
    text: ArraySlice<UInt16>, scale: Int, precision: Int
  ) throws(ParsingError) {
    var rest = text
    let isNegative = rest.first == 0x2D
    if isNegative || rest.first == 0x2B { rest = rest.dropFirst() }
    var magnitude: UInt128 = 0
    var digits = 0
    var fraction: Int?
    var roundsUp = false
    for unit in rest {
      if unit == 0x2E, fraction == nil {
        fraction = 0
        continue
      }
      guard 0x30...0x39 ~= unit else { throw .notANumber }
      digits += 1
      if let places = fraction {
        fraction = places + 1
        if places == scale { roundsUp = unit >= 0x35 }
        if places >= scale { continue }
      }
      // What is too large is found at the end: everything else must be digits, too.
      if magnitude < SQLDecimal.powers[SQLDecimal.maxDigits] {
        magnitude = magnitude * 10 + UInt128(unit - 0x30)
      }
    }
    guard digits > 0 else { throw .notANumber }
    var places = min(fraction ?? 0, scale)
    while places < scale, magnitude < SQLDecimal.powers[SQLDecimal.maxDigits] {
      magnitude *= 10
      places += 1
    }
    if roundsUp { magnitude += 1 }
    guard magnitude < SQLDecimal.powers[precision] else { throw .tooManyDigits }
    self.init(magnitude: magnitude, isNegative: isNegative, scale: scale)
  }

  /// The nearest floating-point number.
  package var double: Double {
    // Both are exact, so that one division rounds once.
    if magnitude < 1 << 53, scale <= 22 {
      let quotient = Double(UInt64(magnitude)) / pow(10, Double(scale))
      return isNegative ? -quotient : quotient
    }
    return Double(description) ?? 0
  }

  /// A floating-point number in 17 significant digits, rounded half away from zero to the scale; nil if it
  /// has more than `precision` digits or is no number. (17 is what the manual of CAST promises since
  /// compatibility level 130.)
  package init?(_ value: Double, scale: Int, precision: Int) {
    guard value.isFinite else { return nil }
    guard abs(value) < 1e38 else { return nil }
    let (digits, exponent) = FloatText.digits(abs(value), count: 17)
    // The number is the digits times ten to the power of exponent - 16.
    let power = exponent - 16 + scale
    var magnitude = digits
    if power >= 0 {
      guard power <= SQLDecimal.maxDigits else { return nil }
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: SQLDecimal.powers[power])
      guard !overflow else { return nil }
      magnitude = product
    } else if power < -SQLDecimal.maxDigits {
      magnitude = 0
    } else {
      magnitude = WideDigits(magnitude, times: 1).divided(byPowerOfTen: -power) ?? 0
    }
    guard magnitude < SQLDecimal.powers[precision] else { return nil }
    self.init(magnitude: magnitude, isNegative: value < 0, scale: scale)
  }

  /// The integer nearest to zero from the number; nil beyond 64 bits.
  package var int64: Int64? {
    let whole = truncated
    if whole.isNegative {
      guard whole.magnitude <= UInt128(Int64.max) + 1 else { return nil }
      return Int64(truncatingIfNeeded: 0 &- whole.magnitude)
    }
    return Int64(exactly: whole.magnitude)
  }
}
