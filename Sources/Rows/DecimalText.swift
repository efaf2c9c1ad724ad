/// A decimal number found in a text: where its digits stand and what they are worth. Nothing is copied.
struct DecimalText {
  let isNegative: Bool
  /// 0 for a number; otherwise PostgreSQL's sign code of NaN or an infinity.
  let special: UInt16
  /// The digits before the point, and those behind it.
  private let integer: UnsafeRawPointer
  private let integerCount: Int
  private let fraction: UnsafeRawPointer
  private let fractionCount: Int
  private let exponent: Int
  /// The powers of ten of the first and the last digit that is not zero. For zero, nil.
  let powers: (highest: Int, lowest: Int)?

  /// The digits behind the point as written, with the exponent applied.
  var writtenScale: Int { max(0, fractionCount - exponent) }

  /// `-12.50`, `.5`, `1e5`, `1.5E-7`, `NaN`, `Infinity`, `-Infinity`.
  init(_ text: UnsafeRawBufferPointer) throws(BadValue) {
    guard let start = text.baseAddress else { throw BadValue(DecimalText.form) }
    let end = start + text.count
    var next = start
    let isNegative = next < end && next.load(as: UInt8.self) == UInt8(ascii: "-")
    if isNegative || next < end && next.load(as: UInt8.self) == UInt8(ascii: "+") { next += 1 }
    integer = next
    next = DecimalText.skipDigits(next, end)
    integerCount = next - integer
    if next < end, next.load(as: UInt8.self) == UInt8(ascii: ".") { next += 1 }
    fraction = next
    // Without a point no digit follows here.
    next = DecimalText.skipDigits(next, end)
    fractionCount = next - fraction
    guard integerCount + fractionCount > 0 else {
      special = try DecimalText.special(text)
      self.isNegative = special == DecimalField.negativeInfinity
      exponent = 0
      powers = nil
      return
    }
    special = 0
    exponent = next == end ? 0 : try DecimalText.exponent(next, end)
    powers = DecimalText.powers(
      integer: UnsafeRawBufferPointer(start: integer, count: integerCount),
      fraction: UnsafeRawBufferPointer(start: fraction, count: fractionCount), exponent: exponent)
    // There is one zero only.
    self.isNegative = isNegative && powers != nil
  }

  /// The digit at a power of ten.
  @inline(__always) func digit(at power: Int) -> Int {
    let position = power &- exponent
    if position >= 0 {
      guard position < integerCount else { return 0 }
      return Int(integer.load(fromByteOffset: integerCount &- 1 &- position, as: UInt8.self) &- 48)
    }
    guard -position <= fractionCount else { return 0 }
    return Int(fraction.load(fromByteOffset: -1 &- position, as: UInt8.self) &- 48)
  }

  private static let form = "is not a decimal number"

  @inline(__always) private static func skipDigits(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> UnsafeRawPointer {
    var next = start
    while next < end, next.load(as: UInt8.self) &- 48 <= 9 { next += 1 }
    return next
  }

  private static func special(_ text: UnsafeRawBufferPointer) throws(BadValue) -> UInt16 {
    func equals(_ word: StaticString) -> Bool {
      text.elementsEqual(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
    if equals("NaN") { return DecimalField.notANumber }
    if equals("Infinity") { return DecimalField.infinity }
    if equals("-Infinity") { return DecimalField.negativeInfinity }
    throw BadValue(form)
  }

  private static func exponent(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(BadValue) -> Int {
    var next = start
    guard next.load(as: UInt8.self) | 0x20 == UInt8(ascii: "e") else { throw BadValue(form) }
    next += 1
    let isNegative = next < end && next.load(as: UInt8.self) == UInt8(ascii: "-")
    if isNegative || next < end && next.load(as: UInt8.self) == UInt8(ascii: "+") { next += 1 }
    guard next < end else { throw BadValue(form) }
    var value = 0
    while next < end {
      let digit = next.load(as: UInt8.self) &- 48
      guard digit <= 9 else { throw BadValue(form) }
      // Far beyond any limit; the digits before it may be many as well.
      if value < 1 << 40 { value = value * 10 + Int(digit) }
      next += 1
    }
    return isNegative ? -value : value
  }

  @inline(__always) private static func powers(
    integer: UnsafeRawBufferPointer, fraction: UnsafeRawBufferPointer, exponent: Int
  ) -> (highest: Int, lowest: Int)? {
    let zero = UInt8(ascii: "0")
    var leading = 0
    while leading < integer.count, integer[leading] == zero { leading += 1 }
    var highest = integer.count - 1 - leading
    if leading == integer.count {
      leading = 0
      while leading < fraction.count, fraction[leading] == zero { leading += 1 }
      if leading == fraction.count { return nil }
      highest = -1 - leading
    }
    var trailing = fraction.count
    while trailing > 0, fraction[trailing - 1] == zero { trailing -= 1 }
    var lowest = -trailing
    if trailing == 0 {
      while integer[integer.count - 1 - lowest] == zero { lowest += 1 }
    }
    return (highest + exponent, lowest + exponent)
  }
}

/// How a column limits its decimals, and which scale it displays.
struct DecimalShape {
  /// Digits before and behind the point.
  let maxInteger: Int
  let maxScale: Int
  private let scale: Scale
  private let allowsInfinity: Bool
  private enum Scale { case fixed, asWritten, smallest }

  /// PostgreSQL's limits of a numeric without a precision.
  static let maxIntegerDigits = 131_072
  static let maxFractionDigits = 16_383

  @inline(__always) init(_ type: ColumnType) {
    switch type {
    case .decimal(let precision, let scale):
      maxInteger = precision - scale
      maxScale = scale
      self.scale = .fixed
      allowsInfinity = false
    case .numeric(let trailingZeros):
      maxInteger = DecimalShape.maxIntegerDigits
      maxScale = DecimalShape.maxFractionDigits
      scale = trailingZeros ? .asWritten : .smallest
      allowsInfinity = true
    default:
      preconditionFailure("\(type) is no decimal type")
    }
  }

  /// The display scale of a number, given its digits and the scale with which it came. Throws if the
  /// column cannot hold it.
  @inline(__always) func displayScale(
    powers: (highest: Int, lowest: Int)?, writtenScale: Int
  ) throws(BadValue) -> Int {
    if let powers, powers.highest >= maxInteger || powers.lowest < -maxScale { throw tooLarge(powers) }
    switch scale {
    case .fixed: return max(0, maxScale)
    case .smallest: return max(0, -(powers?.lowest ?? 0))
    case .asWritten:
      guard writtenScale <= maxScale else { throw BadValue("has more than \(maxScale) decimals") }
      return writtenScale
    }
  }

  /// NaN fits everywhere; the infinities, as in PostgreSQL, only where no precision is declared.
  func checkSpecial(_ special: UInt16) throws(BadValue) {
    guard special == DecimalField.notANumber || allowsInfinity else {
      throw BadValue("is infinity, which a decimal with a precision cannot hold")
    }
  }

  private func tooLarge(_ powers: (highest: Int, lowest: Int)) -> BadValue {
    if powers.highest >= maxInteger {
      return BadValue(
        maxInteger > 0
          ? "has more than \(maxInteger) digits before the point"
          : "is too large: its first \(-maxInteger) decimals must be zero")
    }
    return BadValue(
      maxScale >= 0
        ? "has more than \(maxScale) decimals" : "is no multiple of 10 to the power of \(-maxScale)")
  }
}
