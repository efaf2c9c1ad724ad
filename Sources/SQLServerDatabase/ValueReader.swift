import CFreeTDS
import Rows
import TDS

/// How the values of one column are encoded; chosen once a read, from the column's type.
struct ValueReader {
  private enum Kind {
    case bool, uint8, int16, int32, int64, float32, float64
    case decimal(scale: Int)
    case money, smallmoney, datetime, smalldatetime, date, uuid, bytes
    case time(precision: Int)
    case timestamp(precision: Int)
    case unicode(isFixed: Bool)
    case codePage(CodePage, isFixed: Bool)
  }

  private let kind: Kind
  /// Bytes that a value has at least; 0 for those of any length.
  private let size: Int
  /// What db-lib has to say that the column is: `size` is of no use for another type.
  private let types: [Int32]

  /// Throws for a code page that is not known.
  init(_ type: ServerType, asText: Bool) throws(BadValue) {
    switch type.form {
    case .bit: (kind, size, types) = (.bool, 1, [SYBBIT.number])
    case .tinyint: (kind, size, types) = (.uint8, 1, [SYBINT1.number])
    case .smallint: (kind, size, types) = (.int16, 2, [SYBINT2.number])
    case .int: (kind, size, types) = (.int32, 4, [SYBINT4.number])
    case .bigint: (kind, size, types) = (.int64, 8, [SYBINT8.number])
    case .real: (kind, size, types) = (.float32, 4, [SYBREAL.number])
    case .float: (kind, size, types) = (.float64, 8, [SYBFLT8.number])
    case .decimal(_, let scale):
      (kind, size, types) = (.decimal(scale: scale), 35, [SYBDECIMAL.number, SYBNUMERIC.number])
    case .money: (kind, size, types) = (.money, 8, [SYBMONEY.number])
    case .smallmoney: (kind, size, types) = (.smallmoney, 4, [SYBMONEY4.number])
    case .datetime: (kind, size, types) = (.datetime, 8, [SYBDATETIME.number])
    case .smalldatetime: (kind, size, types) = (.smalldatetime, 4, [SYBDATETIME4.number])
    case .date: (kind, size, types) = (.date, 16, [SYBMSDATE.number])
    case .time(let precision): (kind, size, types) = (.time(precision: precision), 16, [SYBMSTIME.number])
    case .datetime2(let precision):
      (kind, size, types) = (.timestamp(precision: precision), 16, [SYBMSDATETIME2.number])
    case .datetimeoffset(let precision):
      (kind, size, types) = (.timestamp(precision: precision), 16, [SYBMSDATETIMEOFFSET.number])
    case .uuid: (kind, size, types) = (.uuid, 16, [GUID.type])
    case .unicode(_, let isFixed): (kind, size, types) = (.unicode(isFixed: isFixed), 0, [])
    case .codePage(let number, _, let isFixed):
      guard let page = CodePage.of(number) else {
        throw BadValue("is in the code page \(number), which is not known here")
      }
      (kind, size, types) = (.codePage(page, isFixed: isFixed), 0, [])
    case .xml: (kind, size, types) = (.unicode(isFixed: false), 0, [])
    case .binary, .rowVersion: (kind, size, types) = (.bytes, 0, [])
    case .other: (kind, size, types) = (asText ? .unicode(isFixed: false) : .bytes, 0, [])
    }
  }

  /// Whether the server sends what the catalog promised.
  func accepts(_ process: OpaquePointer?, _ column: Int32) -> Bool {
    let type = dbcoltype(process, column)
    return types.isEmpty
      ? [SYBBINARY.number, SYBVARBINARY.number, SYBIMAGE.number].contains(type) : types.contains(type)
  }

  /// Appends a value that db-lib holds. A throw leaves the row open.
  @inline(__always)
  func append(
    _ data: UnsafePointer<UInt8>, _ count: Int, to builder: inout RowBatchBuilder, _ scratch: inout TDSWriter
  ) throws(BadValue) {
    let value = UnsafeRawPointer(data)
    guard size == 0 || count >= size || count < 0 else { throw BadValue("has a size that its type has not") }
    switch kind {
    case .int32: builder.append(value.loadUnaligned(as: Int32.self))
    case .int64: builder.append(value.loadUnaligned(as: Int64.self))
    case .uint8: builder.append(Int16(value.loadUnaligned(as: UInt8.self)))
    case .datetime:
      let days = Int64(value.loadUnaligned(as: Int32.self)) &- Moments.daysTo2000
      let ticks = Int64(value.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      builder.append(days &* Moments.microsecondsOfDay &+ Moments.milliseconds(ticks: ticks) &* 1000)
    default:
      try appendOther(UnsafeRawBufferPointer(start: value, count: count), to: &builder, &scratch)
    }
  }

  private func appendOther(
    _ value: UnsafeRawBufferPointer, to builder: inout RowBatchBuilder, _ scratch: inout TDSWriter
  ) throws(BadValue) {
    switch kind {
    case .bool: builder.append(value[0] != 0)
    case .int16: builder.append(value.loadUnaligned(as: Int16.self))
    case .float32: builder.append(value.loadUnaligned(as: Float.self))
    case .float64: builder.append(value.loadUnaligned(as: Double.self))
    case .decimal(let scale): try appendDecimal(value, scale: scale, to: &builder)
    case .money:
      let high = Int64(value.loadUnaligned(as: Int32.self))
      let low = Int64(value.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      appendMoney(high << 32 | low, to: &builder)
    case .smallmoney: appendMoney(Int64(value.loadUnaligned(as: Int32.self)), to: &builder)
    case .smalldatetime:
      let days = Int64(value.loadUnaligned(as: UInt16.self)) - Moments.daysTo2000
      let minutes = Int64(value.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
      builder.append(days * Moments.microsecondsOfDay + minutes * 60_000_000)
    case .date:
      let days = Int64(value.loadUnaligned(fromByteOffset: 8, as: Int32.self)) - Moments.daysTo2000
      builder.append(Int32(truncatingIfNeeded: days))
    case .time(let precision):
      builder.append(Moments.units(ticks: value.loadUnaligned(as: Int64.self), precision: precision))
    case .timestamp(let precision):
      // An offset does not change the moment: the time is in UTC.
      let days = Int64(value.loadUnaligned(fromByteOffset: 8, as: Int32.self)) - Moments.daysTo2000
      let time = Moments.units(ticks: value.loadUnaligned(as: Int64.self), precision: precision)
      builder.append(days * Moments.unitsOfDay(precision: precision) + time)
    case .uuid: GUID.swap(value, into: builder.appendField(byteCount: 16))
    case .bytes: try builder.appendBytes(value, maxLength: nil)
    case .unicode(let isFixed):
      scratch.removeAll()
      guard scratch.utf8(fromUTF16: value) else {
        throw BadValue("has half of a surrogate pair, which is no character")
      }
      try appendScratch(scratch, isFixed: isFixed, to: &builder)
    case .codePage(let page, let isFixed):
      scratch.removeAll()
      guard scratch.utf8(from: value, page) else {
        throw BadValue("has bytes that mean nothing in code page \(page.number)")
      }
      try appendScratch(scratch, isFixed: isFixed, to: &builder)
    case .uint8, .int32, .int64, .datetime: preconditionFailure("append decides about \(kind)")
    }
  }

  private func appendScratch(
    _ scratch: borrowing TDSWriter, isFixed: Bool, to builder: inout RowBatchBuilder
  ) throws(BadValue) {
    try scratch.withBytes { text throws(BadValue) in
      if isFixed {
        try builder.appendFixedText(text, length: text.count)
      } else {
        try builder.appendText(text, maxLength: nil)
      }
    }
  }

  private func appendMoney(_ amount: Int64, to builder: inout RowBatchBuilder) {
    DecimalDigits.append(
      isNegative: amount < 0, magnitude: UInt128(amount.magnitude), scale: 4, to: &builder)
  }

  /// DBNUMERIC: precision, scale, sign, and the magnitude with its highest byte first.
  private func appendDecimal(
    _ value: UnsafeRawBufferPointer, scale: Int, to builder: inout RowBatchBuilder
  ) throws(BadValue) {
    guard value[1] == scale else { throw BadValue("has a scale that its column has not") }
    var magnitude: UInt128 = 0
    for index in 0..<(DecimalBytes.count(precision: Int(value[0])) - 1) {
      magnitude = magnitude << 8 | UInt128(value[3 + index])
    }
    DecimalDigits.append(isNegative: value[2] != 0, magnitude: magnitude, scale: scale, to: &builder)
  }
}

/// The size of a DBNUMERIC's number.
enum DecimalBytes {
  /// Bytes that db-lib uses for numbers of so many digits, with one for the sign.
  static func count(precision: Int) -> Int { table[max(0, min(precision, 38))] }

  /// The fewest bytes that hold 10^precision - 1, and the sign's.
  private static let table: [Int] = (0...38).map { precision in
    var largest: UInt128 = 1
    for _ in 0..<precision { largest *= 10 }
    return (128 - (largest - 1).leadingZeroBitCount + 7) / 8 + 1
  }
}

/// A uniqueidentifier's bytes: the first three groups of a UUID are reversed.
enum GUID {
  /// SYBUNIQUE, which db-lib's header does not name.
  static let type: Int32 = 36
  private static let places: [Int] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

  /// The same both ways.
  static func swap(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer) {
    for index in 0..<16 {
      target.storeBytes(of: source[places[index]], toByteOffset: index, as: UInt8.self)
    }
  }
}

extension Int {
  /// db-lib's constants for types come as Int, and its functions return Int32.
  var number: Int32 { Int32(truncatingIfNeeded: self) }
}
