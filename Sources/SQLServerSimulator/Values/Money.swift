/// money and smallmoney: ten-thousandths.
enum Money {
  static func decimal(_ money: Int64) -> SQLDecimal {
    SQLDecimal(magnitude: UInt128(money.magnitude), isNegative: money < 0, scale: 4)
  }

  /// Rounded to ten-thousandths, half away from zero; nil beyond money's range.
  static func value(_ decimal: SQLDecimal?) -> Int64? {
    guard let scaled = decimal?.rescaled(to: 4) else { return nil }
    return SQLDecimal(magnitude: scaled.magnitude, isNegative: scaled.isNegative, scale: 0).int64
  }

  /// To units, half away from zero.
  static func rounded(_ money: Int64) -> Int64 {
    let (whole, rest) = money.quotientAndRemainder(dividingBy: 10_000)
    return rest >= 5000 ? whole + 1 : rest <= -5000 ? whole - 1 : whole
  }

  /// Styles of CONVERT: 0 two decimals, 1 with commas as well, 2 four decimals, 126 four decimals.
  static func print(_ money: Int64, style: Int) -> String {
    let decimals = style == 2 || style == 126 ? 4 : 2
    let number = decimal(money).rescaled(to: decimals) ?? decimal(money)
    let text = number.description
    guard style == 1 else { return text }
    let sign = number.isNegative ? "-" : ""
    var digits = Array(text.utf8.drop { $0 == UInt8(ascii: "-") })
    var place = digits.count - decimals - 1 - 3
    while place > 0 {
      digits.insert(UInt8(ascii: ","), at: place)
      place -= 3
    }
    return sign + String(decoding: digits, as: UTF8.self)
  }

  /// Blanks, a sign and a currency sign in either order, digits with commas anywhere before the point.
  static func parse(_ text: [UInt16], isSmall: Bool) throws(SQLError) -> Int64 {
    var digits: [UInt16] = []
    var isNegative = false
    var hasSign = false
    var hasCurrency = false
    var hasPoint = false
    for unit in SQLText.trimmed(text) {
      switch unit {
      case 0x2B, 0x2D:
        guard !hasSign, digits.isEmpty else { throw .invalidMoneyText(small: isSmall) }
        hasSign = true
        isNegative = unit == 0x2D
      case 0x24, 0xA2, 0xA3, 0xA4, 0xA5, 0x20AC:
        guard !hasCurrency, digits.isEmpty else { throw .invalidMoneyText(small: isSmall) }
        hasCurrency = true
      case 0x20:
        guard digits.isEmpty else { throw .invalidMoneyText(small: isSmall) }
      case 0x2C:
        guard !hasPoint else { throw .invalidMoneyText(small: isSmall) }
      case 0x2E, 0x30...0x39:
        hasPoint = hasPoint || unit == 0x2E
        digits.append(unit)
      default: throw .invalidMoneyText(small: isSmall)
      }
    }
    // Nothing at all is 0.
    if digits.isEmpty || digits == [0x2E] { return 0 }
    let decimal: SQLDecimal
    do {
      decimal = try SQLDecimal(text: digits[...], scale: 4, precision: 38)
    } catch {
      switch error {
      case .notANumber: throw .invalidMoneyText(small: isSmall)
      case .tooManyDigits: throw .moneyTextOverflow(small: isSmall)
      }
    }
    guard let value = value(isNegative ? decimal.negated : decimal), !isSmall || Int32(exactly: value) != nil
    else { throw .moneyTextOverflow(small: isSmall) }
    return value
  }
}
