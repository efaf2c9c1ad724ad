/// Values as stored bytes: what a ROW token has, without the length before it. A stored row has a signed
/// 32-bit little-endian length before each value, -1 for NULL.
extension SQLType {
  /// The bytes of a value of the type that is not NULL.
  package func encoded(_ value: SQLValue) -> [UInt8] {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return bytes
  }

  /// Appends the length and the bytes of a value of the type.
  package func appendStored(_ value: SQLValue, to row: inout [UInt8]) {
    let start = row.count
    SQLType.appendLittleEndian(UInt64(UInt32.max), count: 4, to: &row)
    guard !value.isNull else { return }
    append(value, to: &row)
    let length = UInt32(row.count - start - 4)
    for index in 0..<4 { row[start + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
  }

  /// Appends the bytes of a value of the type that is not NULL.
  package func append(_ value: SQLValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: preconditionFailure("NULL has no bytes")
    case .bit(let bit): bytes.append(bit ? 1 : 0)
    case .integer(let integer):
      SQLType.appendLittleEndian(UInt64(bitPattern: integer), count: maxLength, to: &bytes)
    case .decimal(let decimal):
      bytes.append(decimal.isNegative ? 0 : 1)
      appendMagnitude(decimal.magnitude, to: &bytes)
    case .money(let money):
      if kind == .money {
        SQLType.appendLittleEndian(UInt64(bitPattern: money) >> 32, count: 4, to: &bytes)
      }
      SQLType.appendLittleEndian(UInt64(bitPattern: money), count: 4, to: &bytes)
    case .real(let real): SQLType.appendLittleEndian(UInt64(real.bitPattern), count: 4, to: &bytes)
    case .float(let float): SQLType.appendLittleEndian(float.bitPattern, count: 8, to: &bytes)
    case .datetime(let days, let ticks):
      let width = kind == .smalldatetime ? 2 : 4
      SQLType.appendLittleEndian(UInt64(UInt32(bitPattern: days)), count: width, to: &bytes)
      SQLType.appendLittleEndian(
        UInt64(kind == .smalldatetime ? ticks / 18_000 : ticks), count: width, to: &bytes)
    case .date(let days): appendDay(days, to: &bytes)
    case .time(let ticks): appendTime(ticks, to: &bytes)
    case .datetime2(let days, let ticks):
      appendTime(ticks, to: &bytes)
      appendDay(days, to: &bytes)
    case .datetimeoffset(let days, let ticks, let offset):
      appendTime(ticks, to: &bytes)
      appendDay(days, to: &bytes)
      SQLType.appendLittleEndian(UInt64(UInt16(bitPattern: offset)), count: 2, to: &bytes)
    case .text(let text):
      if isText, !isNational {
        bytes.append(contentsOf: CodePage.encode(text, isUTF8: collation?.isUTF8 ?? false))
      } else {
        for unit in text {
          bytes.append(UInt8(truncatingIfNeeded: unit))
          bytes.append(UInt8(truncatingIfNeeded: unit >> 8))
        }
      }
    case .binary(let value): bytes.append(contentsOf: value)
    case .guid(let guid): bytes.append(contentsOf: guid.bytes)
    case .variant(let type, let value): VariantCoding.append(value, of: type, to: &bytes)
    }
  }

  func appendMagnitude(_ magnitude: UInt128, to bytes: inout [UInt8]) {
    for index in 0..<magnitudeLength { bytes.append(UInt8(truncatingIfNeeded: magnitude >> (8 * index))) }
  }

  private func appendDay(_ day: Int32, to bytes: inout [UInt8]) {
    SQLType.appendLittleEndian(UInt64(UInt32(bitPattern: day)), count: 3, to: &bytes)
  }

  private func appendTime(_ ticks: Int64, to bytes: inout [UInt8]) {
    SQLType.appendLittleEndian(UInt64(ticks / SQLCalendar.unit(scale)), count: timeLength, to: &bytes)
  }

  private static func appendLittleEndian(_ number: UInt64, count: Int, to bytes: inout [UInt8]) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }

  /// The value of stored bytes; NULL for nil. Bytes of a wrong length are a mistake of the caller.
  package func decoded(_ bytes: UnsafeRawBufferPointer?) -> SQLValue {
    guard let bytes else { return .null }
    func number(_ start: Int, _ count: Int) -> UInt64 {
      var number: UInt64 = 0
      for index in stride(from: start + count - 1, through: start, by: -1) {
        number = number << 8 | UInt64(bytes[index])
      }
      return number
    }
    func day(_ start: Int) -> Int32 { Int32(number(start, 3)) }
    func ticks() -> Int64 { Int64(number(0, timeLength)) * SQLCalendar.unit(scale) }
    switch kind {
    case .bit: return .bit(bytes[0] != 0)
    case .tinyint: return .integer(Int64(bytes[0]))
    case .smallint: return .integer(Int64(Int16(truncatingIfNeeded: number(0, 2))))
    case .int: return .integer(Int64(Int32(truncatingIfNeeded: number(0, 4))))
    case .bigint: return .integer(Int64(bitPattern: number(0, 8)))
    case .decimal, .numeric:
      var magnitude: UInt128 = 0
      for byte in bytes.dropFirst().reversed() { magnitude = magnitude << 8 | UInt128(byte) }
      return .decimal(SQLDecimal(magnitude: magnitude, isNegative: bytes[0] == 0, scale: scale))
    case .smallmoney: return .money(Int64(Int32(truncatingIfNeeded: number(0, 4))))
    case .money: return .money(Int64(bitPattern: number(0, 4) << 32 | number(4, 4)))
    case .real: return .real(Float(bitPattern: UInt32(number(0, 4))))
    case .float: return .float(Double(bitPattern: number(0, 8)))
    case .smalldatetime: return .datetime(days: Int32(number(0, 2)), ticks: Int32(number(2, 2)) * 18_000)
    case .datetime:
      return .datetime(
        days: Int32(truncatingIfNeeded: number(0, 4)), ticks: Int32(truncatingIfNeeded: number(4, 4)))
    case .date: return .date(day(0))
    case .time: return .time(ticks())
    case .datetime2: return .datetime2(days: day(timeLength), ticks: ticks())
    case .datetimeoffset:
      return .datetimeoffset(
        days: day(timeLength), ticks: ticks(), offset: Int16(truncatingIfNeeded: number(timeLength + 3, 2)))
    case .char, .varchar, .text:
      return .text(CodePage.decode(bytes, isUTF8: collation?.isUTF8 ?? false))
    case .nchar, .nvarchar, .ntext, .xml:
      return .text(
        stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 })
    case .binary, .varbinary, .image, .rowversion, .hierarchyid, .geography, .geometry:
      return .binary(Array(bytes))
    case .uniqueidentifier: return .guid(SQLGuid(bytes))
    case .variant: return VariantCoding.decode(bytes)
    }
  }

  /// Appends the length and the bytes of a value of another type as a column of this type takes it: what
  /// INSERT … SELECT and bulk load do. Types that store alike are copied.
  ///
  /// - Parameter column: for the message when text is too long for the column.
  package func appendStored(
    converting bytes: UnsafeRawBufferPointer?, from source: SQLType,
    options: EvaluationContext.Options = EvaluationContext.Options(),
    column: (table: String, name: String)? = nil, to row: inout [UInt8]
  ) throws(SQLError) {
    guard let bytes, !(isStoredLike(source) && fits(bytes.count)) else {
      let count = UInt32(bitPattern: Int32(bytes?.count ?? -1))
      SQLType.appendLittleEndian(UInt64(count), count: 4, to: &row)
      if let bytes { row.append(contentsOf: bytes) }
      return
    }
    let value = try source.decoded(bytes).assigned(
      from: source, to: self, options: options, column: column)
    appendStored(value, to: &row)
  }

  /// Whether the bytes of a value of another type that is not too long are this type's bytes as well.
  func isStoredLike(_ source: SQLType) -> Bool {
    switch kind {
    case .varchar, .text:
      [.char, .varchar, .text].contains(source.kind) && collation?.isUTF8 == source.collation?.isUTF8
    case .nvarchar, .ntext: source.isNational
    case .varbinary, .image: [.binary, .varbinary, .image].contains(source.kind)
    case .char, .nchar, .binary, .variant: false
    case .decimal, .numeric:
      source.isDecimal && scale == source.scale && precision >= source.precision
        && magnitudeLength == source.magnitudeLength
    case .time, .datetime2, .datetimeoffset: kind == source.kind && scale == source.scale
    default: kind == source.kind
    }
  }

  func fits(_ count: Int) -> Bool {
    switch kind {
    case .varchar, .nvarchar, .varbinary: isUnlimited || count <= maxLength
    // A client may have left out zeros, which stored bytes have.
    case .decimal, .numeric: count == 1 + magnitudeLength
    default: true
    }
  }
}

/// sql_variant's bytes: the type's byte, the number of bytes that describe it, these bytes, and the value's.
enum VariantCoding {
  /// The type's byte in TDS: bit has another than in the catalog, that of a column that is not nullable.
  private static func typeByte(_ kind: SQLType.Kind) -> UInt8 {
    kind == .bit ? 0x32 : UInt8(kind.systemTypeID)
  }

  static func append(_ value: SQLValue, of type: SQLType, to bytes: inout [UInt8]) {
    bytes.append(typeByte(type.kind))
    var properties: [UInt8] = []
    switch type.kind {
    case .decimal, .numeric: properties = [UInt8(type.precision), UInt8(type.scale)]
    case .time, .datetime2, .datetimeoffset: properties = [UInt8(type.scale)]
    case .char, .varchar, .nchar, .nvarchar:
      let length = UInt16(type.maxLength)
      properties = (type.collation ?? .standard).bytes + [UInt8(length & 0xFF), UInt8(length >> 8)]
    case .binary, .varbinary:
      properties = [UInt8(type.length & 0xFF), UInt8(type.length >> 8)]
    default: break
    }
    bytes.append(UInt8(properties.count))
    bytes.append(contentsOf: properties)
    type.append(value, to: &bytes)
  }

  /// NULL for bytes that are none of a variant's.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> SQLValue {
    guard bytes.count >= 2, let kind = SQLType.Kind.allCases.first(where: { typeByte($0) == bytes[0] }),
      bytes[1] == propertyCount(kind), bytes.count >= 2 + Int(bytes[1])
    else { return .null }
    let value = UnsafeRawBufferPointer(rebasing: bytes[(2 + Int(bytes[1]))...])
    var type = SQLType(kind)
    switch kind {
    case .decimal, .numeric:
      type.precision = Int(bytes[2])
      type.scale = Int(bytes[3])
      guard 1...SQLDecimal.maxDigits ~= type.precision, type.scale <= type.precision else { return .null }
    case .time, .datetime2, .datetimeoffset:
      type.scale = Int(bytes[2])
      guard type.scale <= 7 else { return .null }
    case .char, .varchar, .nchar, .nvarchar:
      type.collation = Collation(bytes: UnsafeRawBufferPointer(rebasing: bytes[2..<7])) ?? .standard
      let length = Int(bytes[7]) | Int(bytes[8]) << 8
      type.length = type.isNational ? length / 2 : length
    case .binary, .varbinary: type.length = Int(bytes[2]) | Int(bytes[3]) << 8
    case .rowversion: type.length = 8
    // These are never within a variant.
    case .text, .ntext, .image, .xml, .variant, .hierarchyid, .geography, .geometry: return .null
    default: break
    }
    guard (try? type.validate(received: value, column: 1)) != nil else { return .null }
    return .variant(type, type.decoded(value))
  }

  private static func propertyCount(_ kind: SQLType.Kind) -> UInt8 {
    switch kind {
    case .decimal, .numeric, .binary, .varbinary: 2
    case .time, .datetime2, .datetimeoffset: 1
    case .char, .varchar, .nchar, .nvarchar: 7
    default: 0
    }
  }
}
