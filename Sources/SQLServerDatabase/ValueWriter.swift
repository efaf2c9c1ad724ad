import CFreeTDS
import Rows
import TDS

/// How the values of one column are put into db-lib's form; chosen once a write, from the column's type.
///
/// What the server or db-lib would cut, round or replace is a bad value: nothing reads back as something else
/// than was written.
struct ValueWriter {
  private enum Kind {
    case bit, tinyint, smallint, int, bigint, real, float, money, smallmoney
    case decimal(precision: Int, scale: Int)
    case datetime, smalldatetime, date, uuid
    case time(precision: Int)
    case timestamp(precision: Int)
    case unicode(units: Int?)
    case codePage(CodePage, bytes: Int?)
    case binary(bytes: Int?, isFixed: Bool)
  }

  private let kind: Kind
  /// db-lib's type of what is bound.
  let hostType: Int32
  /// The size of what lies in a slot; nil for values of any length, which lie in the scratch buffer.
  let size: Int?

  /// Room for a value of one size.
  static let slotSize = 48
  static let maximumBytes = 0x3FFF_FFFF

  /// Throws for a code page that is not known, and for what is not written at all.
  init(_ type: ServerType) throws(BadValue) {
    switch type.form {
    case .bit: (kind, hostType, size) = (.bit, SYBBIT.number, 1)
    case .tinyint: (kind, hostType, size) = (.tinyint, SYBINT1.number, 1)
    case .smallint: (kind, hostType, size) = (.smallint, SYBINT2.number, 2)
    case .int: (kind, hostType, size) = (.int, SYBINT4.number, 4)
    case .bigint: (kind, hostType, size) = (.bigint, SYBINT8.number, 8)
    case .real: (kind, hostType, size) = (.real, SYBREAL.number, 4)
    case .float: (kind, hostType, size) = (.float, SYBFLT8.number, 8)
    case .decimal(let precision, let scale):
      kind = .decimal(precision: precision, scale: scale)
      (hostType, size) = (type.systemID == 108 ? SYBNUMERIC.number : SYBDECIMAL.number, 35)
    case .money: (kind, hostType, size) = (.money, SYBMONEY.number, 8)
    case .smallmoney: (kind, hostType, size) = (.smallmoney, SYBMONEY4.number, 4)
    case .datetime: (kind, hostType, size) = (.datetime, SYBDATETIME.number, 8)
    case .smalldatetime: (kind, hostType, size) = (.smalldatetime, SYBDATETIME4.number, 4)
    case .date: (kind, hostType, size) = (.date, SYBMSDATE.number, 16)
    case .time(let precision): (kind, hostType, size) = (.time(precision: precision), SYBMSTIME.number, 16)
    case .datetime2(let precision):
      (kind, hostType, size) = (.timestamp(precision: precision), SYBMSDATETIME2.number, 16)
    case .datetimeoffset(let precision):
      (kind, hostType, size) = (.timestamp(precision: precision), SYBMSDATETIMEOFFSET.number, 16)
    case .uuid: (kind, hostType, size) = (.uuid, GUID.type, 16)
    case .unicode(let units, _): (kind, hostType, size) = (.unicode(units: units), SYBCHAR.number, nil)
    case .xml: (kind, hostType, size) = (.unicode(units: nil), SYBCHAR.number, nil)
    case .codePage(let number, let bytes, _):
      guard let page = CodePage.of(number) else {
        throw BadValue("is in the code page \(number), which is not known here")
      }
      (kind, hostType, size) = (.codePage(page, bytes: bytes), SYBCHAR.number, nil)
    case .binary(let bytes, let isFixed):
      (kind, hostType, size) = (.binary(bytes: bytes, isFixed: isFixed), SYBBINARY.number, nil)
    case .other: (kind, hostType, size) = (.unicode(units: nil), SYBCHAR.number, nil)
    case .rowVersion: throw BadValue("is a rowversion, which the server makes itself")
    }
  }

  /// Whether an empty value needs a bind of its own: db-lib takes it for NULL unless it measures a C string.
  var isBinary: Bool { if case .binary = kind { true } else { false } }

  // MARK: Values of one size

  /// Puts a value into its slot.
  @inline(__always)
  func store(_ field: UnsafeRawBufferPointer, _ slot: UnsafeMutableRawPointer) throws(BadValue) {
    switch kind {
    case .int: slot.storeBytes(of: field.bigEndian(as: Int32.self), as: Int32.self)
    case .bigint: slot.storeBytes(of: field.bigEndian(as: Int64.self), as: Int64.self)
    default: try storeOther(field, slot)
    }
  }

  private func storeOther(
    _ field: UnsafeRawBufferPointer, _ slot: UnsafeMutableRawPointer
  ) throws(BadValue) {
    switch kind {
    case .bit: slot.storeBytes(of: field.bigEndian(as: UInt8.self), as: UInt8.self)
    case .tinyint:
      guard let value = UInt8(exactly: field.bigEndian(as: Int16.self)) else {
        throw BadValue("is not between 0 and 255, as a tinyint is")
      }
      slot.storeBytes(of: value, as: UInt8.self)
    case .smallint: slot.storeBytes(of: field.bigEndian(as: Int16.self), as: Int16.self)
    case .real:
      let value = Float(bitPattern: field.bigEndian(as: UInt32.self))
      guard value.isFinite else { throw ValueWriter.notFinite }
      slot.storeBytes(of: value, as: Float.self)
    case .float:
      let value = Double(bitPattern: field.bigEndian(as: UInt64.self))
      guard value.isFinite else { throw ValueWriter.notFinite }
      slot.storeBytes(of: value, as: Double.self)
    case .decimal(let precision, let scale): try storeDecimal(field, precision, scale, slot)
    case .money:
      let amount = try ValueWriter.money(field, Int64.min...Int64.max)
      slot.storeBytes(of: Int32(truncatingIfNeeded: amount >> 32), as: Int32.self)
      slot.storeBytes(of: UInt32(truncatingIfNeeded: amount), toByteOffset: 4, as: UInt32.self)
    case .smallmoney:
      let amount = try ValueWriter.money(field, Int64(Int32.min)...Int64(Int32.max))
      slot.storeBytes(of: Int32(truncatingIfNeeded: amount), as: Int32.self)
    case .uuid: GUID.swap(field, into: slot)
    default: try storeMoment(field, slot)
    }
  }

  private static let notFinite = BadValue("is no finite number, which a float of SQL Server must be")

  private static func money(
    _ field: UnsafeRawBufferPointer, _ range: ClosedRange<Int64>
  ) throws(BadValue) -> Int64 {
    let (isNegative, magnitude) = try DecimalDigits.scaled(field)
    let amount = Int128(magnitude) * (isNegative ? -1 : 1)
    guard let amount = Int64(exactly: amount), range.contains(amount) else {
      throw BadValue("is larger than the column's type of money")
    }
    return amount
  }

  private func storeDecimal(
    _ field: UnsafeRawBufferPointer, _ precision: Int, _ scale: Int, _ slot: UnsafeMutableRawPointer
  ) throws(BadValue) {
    let (isNegative, magnitude) = try DecimalDigits.scaled(field)
    slot.storeBytes(of: UInt8(precision), as: UInt8.self)
    slot.storeBytes(of: UInt8(scale), toByteOffset: 1, as: UInt8.self)
    slot.storeBytes(of: isNegative ? 1 : 0, toByteOffset: 2, as: UInt8.self)
    let count = DecimalBytes.count(precision: precision) - 1
    for index in 0..<count {
      let byte = UInt8(truncatingIfNeeded: magnitude >> UInt128(8 * (count - 1 - index)))
      slot.storeBytes(of: byte, toByteOffset: 3 + index, as: UInt8.self)
    }
  }

  private func storeMoment(
    _ field: UnsafeRawBufferPointer, _ slot: UnsafeMutableRawPointer
  ) throws(BadValue) {
    switch kind {
    case .datetime:
      let (days, ticks) = try Moments.split(
        field.bigEndian(as: Int64.self), precision: 3, first: Moments.firstDatetimeDay)
      slot.storeBytes(of: Int32(days + Moments.daysTo2000), as: Int32.self)
      slot.storeBytes(of: UInt32(try Moments.datetimeTicks(ticks)), toByteOffset: 4, as: UInt32.self)
    case .smalldatetime:
      let (days, ticks) = try Moments.split(
        field.bigEndian(as: Int64.self), precision: 0, first: -Moments.daysTo2000,
        last: Moments.lastSmallDatetimeDay)
      guard ticks % 600_000_000 == 0 else {
        throw BadValue("has seconds, which a smalldatetime does not hold")
      }
      slot.storeBytes(of: UInt16(days + Moments.daysTo2000), as: UInt16.self)
      slot.storeBytes(of: UInt16(ticks / 600_000_000), toByteOffset: 2, as: UInt16.self)
    case .date:
      let days = Int64(field.bigEndian(as: Int32.self))
      guard Moments.days ~= days else {
        throw BadValue("is outside the years 1 to 9999, which a date holds")
      }
      ValueWriter.moment(slot, ticks: 0, days: days, hasTime: false, hasDate: true)
    case .time(let precision):
      let units = field.bigEndian(as: Int64.self)
      guard units < Moments.unitsOfDay(precision: precision) else {
        throw BadValue("is 24:00:00, which a time of SQL Server does not hold")
      }
      ValueWriter.moment(
        slot, ticks: precision == 7 ? units : units * 10, days: -Moments.daysTo2000, hasTime: true,
        hasDate: false)
    case .timestamp(let precision):
      let (days, ticks) = try Moments.split(field.bigEndian(as: Int64.self), precision: precision)
      ValueWriter.moment(slot, ticks: ticks, days: days, hasTime: true, hasDate: true)
    default: preconditionFailure("\(kind) is not of one size")
    }
  }

  /// DBDATETIMEALL, in UTC and at precision 7.
  private static func moment(
    _ slot: UnsafeMutableRawPointer, ticks: Int64, days: Int64, hasTime: Bool, hasDate: Bool
  ) {
    slot.storeBytes(of: ticks, as: Int64.self)
    slot.storeBytes(of: Int32(days + Moments.daysTo2000), toByteOffset: 8, as: Int32.self)
    slot.storeBytes(of: 0, toByteOffset: 12, as: Int16.self)
    // Three bits of precision, ten of nothing, and one each for a time, a date and an offset.
    let flags = 7 | (hasTime ? 1 << 13 : 0) | (hasDate ? 1 << 14 : 0) as UInt16
    slot.storeBytes(of: flags, toByteOffset: 14, as: UInt16.self)
  }

  // MARK: Values of any length

  /// Appends a value's bytes to the scratch buffer, checked against the column's length: db-lib would cut them.
  func append(_ field: UnsafeRawBufferPointer, to scratch: inout TDSWriter) throws(BadValue) {
    let start = scratch.count
    switch kind {
    case .unicode(let units):
      scratch.utf16(fromUTF8: field)
      let count = (scratch.count - start) / 2
      if let units, count > units {
        throw BadValue("is longer than \(units) characters of UTF-16, which its column has")
      }
    case .codePage(let page, let bytes):
      try ValueWriter.encode(field, page, into: &scratch)
      if let bytes, scratch.count - start > bytes {
        throw BadValue("is longer than \(bytes) bytes in code page \(page.number), which its column has")
      }
    case .binary(let bytes, let isFixed):
      scratch.bytes(field)
      if let bytes, field.count > bytes {
        throw BadValue("is longer than \(bytes) bytes, which its column has")
      }
      if isFixed, let bytes, field.count < bytes {
        throw BadValue("is shorter than the \(bytes) bytes of its column, which would fill it with zeros")
      }
    default: preconditionFailure("\(kind) is of one size")
    }
    guard scratch.count - start <= ValueWriter.maximumBytes else { throw BadValue("is larger than 1 GiB") }
  }

  private static func encode(
    _ field: UnsafeRawBufferPointer, _ page: CodePage, into scratch: inout TDSWriter
  ) throws(BadValue) {
    if page.isUTF8 { return scratch.bytes(field) }
    var isASCII = true
    for byte in field where byte >= 0x80 { isASCII = false }
    if isASCII { return scratch.bytes(field) }
    guard scratch.encode(fromUTF8: field, page) else {
      throw BadValue("has characters that code page \(page.number) of its column does not have")
    }
  }

  /// Checks a value as the other methods do, for a writer that sends it in another form.
  func check(_ field: UnsafeRawBufferPointer, _ scratch: inout TDSWriter) throws(BadValue) {
    if size == nil {
      scratch.removeAll()
      return try append(field, to: &scratch)
    }
    var slot = (0, 0, 0, 0, 0, 0)
    let result = withUnsafeMutableBytes(of: &slot) { bytes in
      Result { () throws(BadValue) in try store(field, bytes.baseAddress!) }
    }
    try result.get()
  }
}
