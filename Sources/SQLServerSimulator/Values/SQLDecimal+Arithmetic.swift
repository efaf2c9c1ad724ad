/// An unsigned integer of 256 bits: what two decimals make before their product is rounded.
struct WideDigits {
  var high: UInt128
  var low: UInt128

  /// The product of two numbers of up to 128 bits.
  init(_ left: UInt128, times right: UInt128) {
    let product = left.multipliedFullWidth(by: right)
    high = product.high
    low = product.low
  }

  static func < (left: WideDigits, right: WideDigits) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }

  static func == (left: WideDigits, right: WideDigits) -> Bool {
    left.high == right.high && left.low == right.low
  }

  mutating func add(_ other: WideDigits) {
    let (sum, overflow) = low.addingReportingOverflow(other.low)
    low = sum
    high = high &+ other.high &+ (overflow ? 1 : 0)
  }

  mutating func subtract(_ other: WideDigits) {
    let (difference, overflow) = low.subtractingReportingOverflow(other.low)
    low = difference
    high = high &- other.high &- (overflow ? 1 : 0)
  }

  /// The quotient by a power of ten, rounded half away from zero; nil if it needs more than 128 bits.
  func divided(byPowerOfTen power: Int) -> UInt128? {
    let divisor = SQLDecimal.powers[power]
    guard high < divisor else { return nil }
    let (quotient, remainder) = divisor.dividingFullWidth((high, low))
    return remainder >= divisor - remainder ? quotient + 1 : quotient
  }
}

extension SQLDecimal {
  /// 10 to the power of 0 to 38.
  static let powers: [UInt128] = (0...maxDigits).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// The digits of the magnitude; 1 for zero.
  package var digitCount: Int {
    var count = 1
    while count <= SQLDecimal.maxDigits, magnitude >= SQLDecimal.powers[count] { count += 1 }
    return count
  }

  package var isZero: Bool { magnitude == 0 }
  package var negated: SQLDecimal {
    SQLDecimal(magnitude: magnitude, isNegative: !isNegative, scale: scale)
  }

  func fits(precision: Int) -> Bool { magnitude < SQLDecimal.powers[precision] }

  /// The number with another scale, rounded half away from zero; nil if it has more than `precision` digits.
  package func rescaled(to newScale: Int, precision: Int = maxDigits) -> SQLDecimal? {
    var result = magnitude
    if newScale < scale {
      guard let rounded = WideDigits(magnitude, times: 1).divided(byPowerOfTen: scale - newScale) else {
        return nil
      }
      result = rounded
    } else if newScale > scale {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: SQLDecimal.powers[newScale - scale])
      guard !overflow else { return nil }
      result = product
    }
    let decimal = SQLDecimal(magnitude: result, isNegative: isNegative, scale: newScale)
    return decimal.fits(precision: precision) ? decimal : nil
  }

  /// The number without its fraction, towards zero.
  package var truncated: SQLDecimal {
    SQLDecimal(magnitude: magnitude / SQLDecimal.powers[scale], isNegative: isNegative, scale: 0)
  }

  /// Nil on overflow of the result's precision, as in all operations.
  package func adding(_ other: SQLDecimal, scale newScale: Int, precision: Int) -> SQLDecimal? {
    let common = max(scale, other.scale)
    var left = WideDigits(magnitude, times: SQLDecimal.powers[common - scale])
    var right = WideDigits(other.magnitude, times: SQLDecimal.powers[common - other.scale])
    var isNegative = isNegative
    if isNegative == other.isNegative {
      left.add(right)
    } else if left < right {
      right.subtract(left)
      left = right
      isNegative = other.isNegative
    } else {
      left.subtract(right)
    }
    return SQLDecimal.rounded(left, from: common, to: newScale, precision: precision, isNegative: isNegative)
  }

  package func subtracting(_ other: SQLDecimal, scale newScale: Int, precision: Int) -> SQLDecimal? {
    adding(other.negated, scale: newScale, precision: precision)
  }

  /// Rounded half away from zero where the result's scale has fewer digits than the product.
  package func multiplied(by other: SQLDecimal, scale newScale: Int, precision: Int) -> SQLDecimal? {
    SQLDecimal.rounded(
      WideDigits(magnitude, times: other.magnitude), from: scale + other.scale, to: newScale,
      precision: precision, isNegative: isNegative != other.isNegative)
  }

  /// Truncated towards zero, as SQL Server does; the divisor is not zero.
  package func divided(by other: SQLDecimal, scale newScale: Int, precision: Int) -> SQLDecimal? {
    var exponent = newScale + other.scale - scale
    var dividend = magnitude
    while exponent < 0 {
      dividend /= 10
      exponent += 1
    }
    var (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: other.magnitude)
    for _ in 0..<exponent {
      guard quotient < SQLDecimal.powers[SQLDecimal.maxDigits - 1] else { return nil }
      let (digit, rest) = other.magnitude.dividingFullWidth(remainder.multipliedFullWidth(by: 10))
      quotient = quotient * 10 + digit
      remainder = rest
    }
    let result = SQLDecimal(
      magnitude: quotient, isNegative: isNegative != other.isNegative, scale: newScale)
    return result.fits(precision: precision) ? result : nil
  }

  /// The remainder of a division towards zero: it has the dividend's sign. The divisor is not zero.
  package func remainder(dividingBy other: SQLDecimal, scale newScale: Int, precision: Int) -> SQLDecimal? {
    let common = max(scale, other.scale)
    var rest = magnitude
    if common > scale {
      rest %= other.magnitude
      for _ in scale..<common {
        rest = other.magnitude.dividingFullWidth(rest.multipliedFullWidth(by: 10)).remainder
      }
    } else {
      let divisor = other.magnitude.multipliedReportingOverflow(by: SQLDecimal.powers[common - other.scale])
      if !divisor.overflow { rest %= divisor.partialValue }
    }
    return SQLDecimal(magnitude: rest, isNegative: isNegative, scale: common)
      .rescaled(to: newScale, precision: precision)
  }

  private static func rounded(
    _ digits: WideDigits, from scale: Int, to newScale: Int, precision: Int, isNegative: Bool
  ) -> SQLDecimal? {
    var digits = digits
    var scale = scale
    if scale - newScale > maxDigits {
      // More digits are cut than one power of ten can: none of them can round the result up to 1.
      guard let fewer = digits.divided(byPowerOfTen: maxDigits) else { return nil }
      digits = WideDigits(fewer, times: 1)
      scale -= maxDigits
    }
    guard newScale <= scale else {
      guard digits.high == 0 else { return nil }
      return SQLDecimal(magnitude: digits.low, isNegative: isNegative, scale: scale)
        .rescaled(to: newScale, precision: precision)
    }
    guard let magnitude = digits.divided(byPowerOfTen: scale - newScale) else { return nil }
    let result = SQLDecimal(magnitude: magnitude, isNegative: isNegative, scale: newScale)
    return result.fits(precision: precision) ? result : nil
  }

  /// Below zero, zero or above zero, as the number is less than the other, equal or greater.
  package func compare(_ other: SQLDecimal) -> Int {
    if isNegative != other.isNegative { return isNegative ? -1 : 1 }
    let common = max(scale, other.scale)
    let left = WideDigits(magnitude, times: SQLDecimal.powers[common - scale])
    let right = WideDigits(other.magnitude, times: SQLDecimal.powers[common - other.scale])
    if left == right { return 0 }
    return (left < right) != isNegative ? -1 : 1
  }
}
