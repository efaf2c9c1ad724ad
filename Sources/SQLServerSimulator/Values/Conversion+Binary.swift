extension SQLValue {
  func binary(from source: SQLType, to target: SQLType, style: Int?) throws(SQLError) -> SQLValue {
    var bytes: [UInt8]
    var isNumber = false
    switch self {
    case .binary(let value): bytes = value
    case .text(let text): bytes = try SQLValue.bytes(text, from: source, to: target, style: style)
    case .guid(let guid): bytes = guid.bytes
    case .bit(let bit):
      bytes = [bit ? 1 : 0]
      isNumber = true
    case .integer(let value):
      bytes = SQLValue.bigEndian(UInt64(bitPattern: value), count: source.maxLength)
      isNumber = true
    case .money(let value):
      bytes = SQLValue.bigEndian(UInt64(bitPattern: value), count: source.maxLength)
      isNumber = true
    case .real(let value):
      bytes = SQLValue.bigEndian(UInt64(value.bitPattern), count: 4)
      isNumber = true
    case .float(let value):
      bytes = SQLValue.bigEndian(value.bitPattern, count: 8)
      isNumber = true
    case .decimal(let value):
      // Precision, scale, a zero, the sign, and the digits as they are stored.
      bytes = [UInt8(source.precision), UInt8(source.scale), 0, value.isNegative ? 0 : 1]
      source.appendMagnitude(value.magnitude, to: &bytes)
    case .datetime(let days, let ticks):
      isNumber = true
      bytes =
        source.kind == .smalldatetime
        ? SQLValue.bigEndian(UInt64(days) << 16 | UInt64(ticks / 18_000), count: 4)
        : SQLValue.bigEndian(UInt64(UInt32(bitPattern: days)) << 32 | UInt64(ticks), count: 8)
    case .date: bytes = source.encoded(self)
    case .time, .datetime2, .datetimeoffset: bytes = [UInt8(source.scale)] + source.encoded(self)
    default: throw .explicitConversionNotAllowed(source.name, to: target.name)
    }
    guard !target.isUnlimited, !target.isRuntimeType else { return .binary(bytes) }
    // Numbers are cut and filled on the left, everything else on the right.
    if bytes.count > target.length {
      bytes = isNumber ? Array(bytes.suffix(target.length)) : Array(bytes.prefix(target.length))
    } else if target.isPadded || target.kind == .rowversion {
      let zeros = [UInt8](repeating: 0, count: target.length - bytes.count)
      bytes = isNumber ? zeros + bytes : bytes + zeros
    }
    return .binary(bytes)
  }

  func guid(from source: SQLType, to target: SQLType) throws(SQLError) -> SQLValue {
    switch self {
    case .guid: return self
    case .text(let text):
      guard let guid = SQLGuid(text: text) else { throw .invalidUniqueidentifierText }
      return .guid(guid)
    case .binary(let bytes):
      let sixteen = Array((bytes + [UInt8](repeating: 0, count: 16)).prefix(16))
      return .guid(sixteen.withUnsafeBytes { SQLGuid($0) })
    default: throw .explicitConversionNotAllowed(source.name, to: target.name)
    }
  }

  /// Styles of CONVERT: 0 the bytes of the text, 1 hexadecimal digits behind `0x`, 2 without it.
  private static func bytes(
    _ text: [UInt16], from source: SQLType, to target: SQLType, style: Int?
  ) throws(SQLError) -> [UInt8] {
    guard style == 1 || style == 2 else {
      if target.isRuntimeType { throw .unsupported("\(target.name) from text") }
      guard source.isNational || source.kind == .xml else {
        return CodePage.encode(text, isUTF8: source.collation?.isUTF8 ?? false)
      }
      return text.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }
    var digits = text[...]
    if style == 1 {
      guard digits.count >= 2, digits[0] == 0x30, digits[1] | 0x20 == 0x78 else {
        throw .errorConverting(source.name, to: target.name)
      }
      digits = digits.dropFirst(2)
    }
    guard digits.count % 2 == 0 else { throw .errorConverting(source.name, to: target.name) }
    var bytes: [UInt8] = []
    for (place, unit) in digits.enumerated() {
      guard unit < 128, let digit = Character(Unicode.Scalar(UInt8(unit))).hexDigitValue else {
        throw .errorConverting(source.name, to: target.name)
      }
      if place % 2 == 0 { bytes.append(UInt8(digit) << 4) } else { bytes[bytes.count - 1] |= UInt8(digit) }
    }
    return bytes
  }

  static func bigEndian(_ number: UInt64, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
  }
}
