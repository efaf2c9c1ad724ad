import CSQLite
import Glibc
import Rows

/// How the values of one column are bound; chosen once a write, from the column's type and affinity.
///
/// What SQLite would turn into another value as it stores it is a bad value: it never reads back as
/// something else than was written.
struct ValueWriter {
  private enum Kind {
    case bool, int16, int32, int64, float32, float64, decimal, text, json, bytes, uuid, date
    case time(precision: Int)
    case timestamp(precision: Int, zoned: Bool)
  }

  private let kind: Kind
  private let affinity: Affinity

  /// The bytes of scratch memory that a value may need until its row is written.
  static let slotSize = 512
  /// Decimal digits that a `Double` always keeps.
  private static let doubleDigits = 15

  /// Nil if a column of this affinity cannot hold the type.
  init?(_ type: ColumnType, _ affinity: Affinity) {
    switch type {
    case .bool: kind = .bool
    case .int16: kind = .int16
    case .int32: kind = .int32
    case .int64: kind = .int64
    case .float32: kind = .float32
    case .float64: kind = .float64
    case .decimal, .numeric: kind = .decimal
    case .text, .fixedText: kind = .text
    case .json: kind = .json
    case .bytes: kind = .bytes
    case .uuid: kind = .uuid
    case .date: kind = .date
    case .time(let precision): kind = .time(precision: precision)
    case .timestamp(let precision): kind = .timestamp(precision: precision, zoned: false)
    case .timestampTZ(let precision): kind = .timestamp(precision: precision, zoned: true)
    case .opaque: return nil
    }
    self.affinity = affinity
    switch kind {
    case .bool, .int16, .int32, .int64, .float32, .float64:
      // Would be stored as text.
      if affinity == .text { return nil }
    default: break
    }
  }

  /// Binds a field's value. `slot` has `slotSize` bytes and, as the field, lives until the row is written.
  /// Returns SQLite's status.
  @inline(__always)
  func bind(
    _ field: UnsafeRawBufferPointer, _ statement: OpaquePointer, _ position: Int32,
    slot: UnsafeMutableRawPointer
  ) throws(BadValue) -> Int32 {
    switch kind {
    case .int32: return try bind(Int64(field.bigEndian(as: Int32.self)), statement, position)
    case .int64: return try bind(field.bigEndian(as: Int64.self), statement, position)
    case .text:
      // A text column with a number in it would be a column of two kinds.
      if affinity.convertsText, NumberShape(field) != .none { throw ValueWriter.convertedNumber }
      return ValueWriter.bindText(field.baseAddress!, field.count, statement, position)
    case .timestamp(let precision, let zoned):
      let units = field.bigEndian(as: Int64.self)
      let count = try TimestampText.print(units, precision: precision, zoned: zoned, into: slot)
      return ValueWriter.bindText(slot, count, statement, position)
    default: return try bindRare(field, statement, position, slot: slot)
    }
  }

  private func bindRare(
    _ field: UnsafeRawBufferPointer, _ statement: OpaquePointer, _ position: Int32,
    slot: UnsafeMutableRawPointer
  ) throws(BadValue) -> Int32 {
    switch kind {
    case .bool: return try bind(Int64(field.bigEndian(as: UInt8.self)), statement, position)
    case .int16: return try bind(Int64(field.bigEndian(as: Int16.self)), statement, position)
    case .float32:
      return try bind(Double(Float(bitPattern: field.bigEndian(as: UInt32.self))), statement, position)
    case .float64: return try bind(Double(bitPattern: field.bigEndian(as: UInt64.self)), statement, position)
    case .decimal: return try bindDecimal(DecimalField(field), statement, position, slot: slot)
    case .json:
      // An integer reads back as the same digits; of other numbers the digits may differ.
      if affinity.convertsText, NumberShape(field) == .other { throw ValueWriter.convertedNumber }
      return ValueWriter.bindText(field.baseAddress!, field.count, statement, position)
    case .bytes:
      return proofload_sqlite_bind_blob_static(statement, position, field.baseAddress!, UInt64(field.count))
    case .uuid:
      UUIDText.print(field, into: slot)
      return ValueWriter.bindText(slot, UUIDText.length, statement, position)
    case .date:
      let count = try DateText.print(field.bigEndian(as: Int32.self), into: slot)
      return ValueWriter.bindText(slot, count, statement, position)
    case .time(let precision):
      let count = try TimeText.print(field.bigEndian(as: Int64.self), precision: precision, into: slot)
      return ValueWriter.bindText(slot, count, statement, position)
    case .int32, .int64, .text, .timestamp: preconditionFailure("bind decides about \(kind)")
    }
  }

  @inline(__always)
  private func bind(_ value: Int64, _ statement: OpaquePointer, _ position: Int32) throws(BadValue) -> Int32 {
    if affinity == .real, Int64(exactly: Double(value)) != value {
      throw BadValue("is an integer that SQLite would round in a column of this declared type")
    }
    return sqlite3_bind_int64(statement, position, value)
  }

  private func bind(_ value: Double, _ statement: OpaquePointer, _ position: Int32) throws(BadValue) -> Int32
  {
    if value.isNaN { throw BadValue("is NaN, which SQLite stores as NULL") }
    if value == 0, value.sign == .minus { throw BadValue("is negative zero, which SQLite stores as zero") }
    return sqlite3_bind_double(statement, position, value)
  }

  /// Text keeps every digit, and the zeros at the end; what is stored as a number reads back by value.
  private func bindDecimal(
    _ number: DecimalField, _ statement: OpaquePointer, _ position: Int32, slot: UnsafeMutableRawPointer
  ) throws(BadValue) -> Int32 {
    if affinity == .text { return bindDecimalText(number, statement, position, slot: slot) }
    guard number.isFinite else { throw BadValue("is no finite number, which SQLite's numbers must be") }
    if let integer = try? number.int64() {
      // The conversion to a REAL, where affinity asks for one, must not round.
      if affinity != .real || Int64(exactly: Double(integer)) == integer {
        return sqlite3_bind_int64(statement, position, integer)
      }
    } else if number.significantDigits <= ValueWriter.doubleDigits, number.textCapacity < ValueWriter.slotSize
    {
      slot.storeBytes(of: 0, toByteOffset: number.print(into: slot), as: CChar.self)
      let value = strtod(slot.assumingMemoryBound(to: CChar.self), nil)
      // Beyond this a double has fewer digits.
      if value.magnitude > 1e-290, value.magnitude < 1e290 {
        return sqlite3_bind_double(statement, position, value)
      }
    }
    guard affinity == .blob else {
      throw BadValue("has more digits than the \(ValueWriter.doubleDigits) that SQLite keeps of a number")
    }
    return bindDecimalText(number, statement, position, slot: slot)
  }

  private func bindDecimalText(
    _ number: DecimalField, _ statement: OpaquePointer, _ position: Int32, slot: UnsafeMutableRawPointer
  ) -> Int32 {
    if number.textCapacity <= ValueWriter.slotSize {
      return ValueWriter.bindText(slot, number.print(into: slot), statement, position)
    }
    // Rare enough for an allocation.
    return withUnsafeTemporaryAllocation(byteCount: number.textCapacity, alignment: 1) { text in
      let count = number.print(into: text.baseAddress!)
      return proofload_sqlite_bind_text_copied(
        statement, position, text.baseAddress!.assumingMemoryBound(to: CChar.self), UInt64(count))
    }
  }

  private static let convertedNumber = BadValue(
    "looks like a number, which SQLite would convert in a column of this declared type")

  @inline(__always)
  private static func bindText(
    _ start: UnsafeRawPointer, _ count: Int, _ statement: OpaquePointer, _ position: Int32
  ) -> Int32 {
    proofload_sqlite_bind_text_static(
      statement, position, start.assumingMemoryBound(to: CChar.self), UInt64(count))
  }
}
