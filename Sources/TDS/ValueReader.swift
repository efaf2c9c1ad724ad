/// Decodes the bytes of values. Bytes of another number than the type has are malformed; the offset in the error is
/// counted from the value's first byte.
package enum ValueReader {
  /// tinyint (unsigned), smallint, int or bigint.
  package static func integer(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Int64 {
    switch bytes.count {
    case 1: Int64(bytes[0])
    case 2: Int64(Int16(truncatingIfNeeded: low(bytes, 0..<2)))
    case 4: Int64(Int32(truncatingIfNeeded: low(bytes, 0..<4)))
    case 8: Int64(bitPattern: low(bytes, 0..<8))
    default: throw wrong(bytes, "an integer")
    }
  }

  package static func bit(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Bool {
    guard bytes.count == 1 else { throw wrong(bytes, "a bit") }
    return bytes[0] != 0
  }

  /// real or float.
  package static func float(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Double {
    if bytes.count == 4 { return Double(try real(bytes)) }
    guard bytes.count == 8 else { throw wrong(bytes, "a float") }
    return Double(bitPattern: low(bytes, 0..<8))
  }

  package static func real(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Float {
    guard bytes.count == 4 else { throw wrong(bytes, "a real") }
    return Float(bitPattern: UInt32(low(bytes, 0..<4)))
  }

  package struct Decimal: Sendable, Hashable {
    package var isNegative: Bool
    /// The digits without their point.
    package var magnitude: UInt128

    package init(isNegative: Bool, magnitude: UInt128) {
      self.isNegative = isNegative
      self.magnitude = magnitude
    }
  }

  /// decimal and numeric; the scale is the type's.
  package static func decimal(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Decimal {
    guard 2...17 ~= bytes.count else { throw wrong(bytes, "a decimal") }
    var magnitude: UInt128 = 0
    for byte in bytes[1...].reversed() { magnitude = magnitude << 8 | UInt128(byte) }
    return Decimal(isNegative: bytes[0] == 0 && magnitude != 0, magnitude: magnitude)
  }

  /// money and smallmoney, in ten thousandths.
  package static func money(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Int64 {
    switch bytes.count {
    case 4: Int64(Int32(truncatingIfNeeded: low(bytes, 0..<4)))
    case 8: Int64(bitPattern: low(bytes, 0..<4) << 32 | low(bytes, 4..<8))
    default: throw wrong(bytes, "money")
    }
  }

  /// datetime: days since 1900-01-01, and three hundredths of a second since midnight.
  package static func datetime(
    _ bytes: UnsafeRawBufferPointer
  ) throws(MalformedTDS) -> (days: Int32, ticks: UInt32) {
    guard bytes.count == 8 else { throw wrong(bytes, "a datetime") }
    return (Int32(truncatingIfNeeded: low(bytes, 0..<4)), UInt32(low(bytes, 4..<8)))
  }

  /// smalldatetime: days since 1900-01-01, and minutes since midnight.
  package static func smalldatetime(
    _ bytes: UnsafeRawBufferPointer
  ) throws(MalformedTDS) -> (days: UInt16, minutes: UInt16) {
    guard bytes.count == 4 else { throw wrong(bytes, "a smalldatetime") }
    return (UInt16(low(bytes, 0..<2)), UInt16(low(bytes, 2..<4)))
  }

  /// date: days since 0001-01-01.
  package static func date(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Int {
    guard bytes.count == 3 else { throw wrong(bytes, "a date") }
    return Int(low(bytes, 0..<3))
  }

  /// time: since midnight, in units of 10^-scale seconds.
  package static func time(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> UInt64 {
    guard 3...5 ~= bytes.count else { throw wrong(bytes, "a time") }
    return low(bytes, 0..<bytes.count)
  }

  package static func datetime2(
    _ bytes: UnsafeRawBufferPointer
  ) throws(MalformedTDS) -> (days: Int, ticks: UInt64) {
    guard 6...8 ~= bytes.count else { throw wrong(bytes, "a datetime2") }
    let time = bytes.count - 3
    return (Int(low(bytes, time..<(time + 3))), low(bytes, 0..<time))
  }

  /// Day and time in UTC, the offset in minutes.
  package static func datetimeoffset(
    _ bytes: UnsafeRawBufferPointer
  ) throws(MalformedTDS) -> (days: Int, ticks: UInt64, offset: Int16) {
    guard 8...10 ~= bytes.count else { throw wrong(bytes, "a datetimeoffset") }
    let time = bytes.count - 5
    return (
      Int(low(bytes, time..<(time + 3))), low(bytes, 0..<time),
      Int16(truncatingIfNeeded: low(bytes, (time + 3)..<bytes.count))
    )
  }

  /// uniqueidentifier as the sixteen bytes of RFC 9562, written to `out`.
  package static func guid(
    _ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
  ) throws(MalformedTDS) {
    guard bytes.count == 16 else { throw wrong(bytes, "a uniqueidentifier") }
    for (index, target) in GUIDOrder.positions.enumerated() {
      out.storeBytes(of: bytes[index], toByteOffset: target, as: UInt8.self)
    }
  }

  /// UTF-16LE. Surrogates that stand alone become U+FFFD; `TDSWriter.utf8(fromUTF16:)` tells.
  package static func text(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> String {
    guard bytes.count % 2 == 0 else { throw wrong(bytes, "text in UTF-16") }
    return String(utf16LE: bytes)
  }

  /// An sql_variant's type, and where its value lies in the bytes.
  package static func variant(
    _ bytes: UnsafeRawBufferPointer
  ) throws(MalformedTDS) -> (type: TypeInfo, value: Range<Int>) {
    var cursor = TDSCursor(bytes)
    let number = try cursor.u8()
    guard let base = DataType(rawValue: number) else {
      throw MalformedTDS(at: 0, "no type has the number 0x\(String(number, radix: 16))")
    }
    let properties = Int(try cursor.u8())
    let value = cursor.offset + properties
    guard value <= bytes.count else {
      throw cursor.malformed("a variant has \(properties) bytes of properties")
    }
    var type = TypeInfo(base, size: bytes.count - value)
    switch base {
    case .decimal, .numeric:
      (type.precision, type.scale) = (try cursor.u8(), try cursor.u8())
    case .time, .datetime2, .datetimeoffset: type.scale = try cursor.u8()
    case .varchar, .char, .nvarchar, .nchar:
      type.collation = try cursor.collation()
      type.size = Int(try cursor.u16())
    case .varbinary, .binary: type.size = Int(try cursor.u16())
    case .tinyint, .bit, .smallint, .int, .bigint, .real, .float, .smallmoney, .money, .smalldatetime,
      .datetime:
      guard bytes.count - value == type.size else { throw cursor.malformed("a \(base) of another size") }
    case .guid, .date: break
    case .intN, .bitN, .floatN, .moneyN, .datetimeN, .xml, .udt, .text, .ntext, .image, .variant:
      throw MalformedTDS(at: 0, "no variant holds \(base)")
    }
    return (type, value..<bytes.count)
  }

  /// The bytes of a range as a number, the first the lowest.
  private static func low(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
    var number: UInt64 = 0
    for index in range.reversed() { number = number << 8 | UInt64(bytes[index]) }
    return number
  }

  private static func wrong(_ bytes: UnsafeRawBufferPointer, _ what: String) -> MalformedTDS {
    MalformedTDS(at: 0, "\(what) does not have \(bytes.count) bytes")
  }
}
