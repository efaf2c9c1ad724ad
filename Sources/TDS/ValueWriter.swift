/// Values of rows and parameters, straight into the buffer: one method for each family of types. The layout says
/// how the value's length is written, and comes from the type that was sent to the client, downgraded if it was.
extension TDSWriter {
  /// NULL of a type that has it.
  package mutating func null(_ layout: ValueLayout) {
    switch layout.prefix {
    case .none: preconditionFailure("a fixed type has no NULL")
    case .byte, .textPointer: u8(0)
    case .short: u16(0xFFFF)
    case .chunks: u64(.max)
    case .long: u32(.max)
    case .variant: u32(0)
    }
  }

  /// The length of a value whose type has one size.
  @inline(__always) private mutating func size(_ count: Int, _ layout: ValueLayout) {
    switch layout.prefix {
    case .none: break
    case .byte: u8(UInt8(truncatingIfNeeded: count))
    case .short: u16(UInt16(truncatingIfNeeded: count))
    case .chunks, .textPointer, .long, .variant: preconditionFailure("a type of one size")
    }
  }

  /// tinyint, smallint, int and bigint; tinyint is 0...255. The value must fit its type.
  package mutating func integer(_ value: Int64, _ layout: ValueLayout) {
    size(layout.size, layout)
    switch layout.size {
    case 1: u8(UInt8(truncatingIfNeeded: value))
    case 2: u16(UInt16(truncatingIfNeeded: value))
    case 4: u32(UInt32(truncatingIfNeeded: value))
    default: u64(UInt64(bitPattern: value))
    }
  }

  package mutating func bit(_ value: Bool, _ layout: ValueLayout) {
    size(1, layout)
    u8(value ? 1 : 0)
  }

  /// real or float.
  package mutating func float(_ value: Double, _ layout: ValueLayout) {
    size(layout.size, layout)
    if layout.size == 4 { u32(Float(value).bitPattern) } else { u64(value.bitPattern) }
  }

  package mutating func real(_ value: Float, _ layout: ValueLayout) {
    if layout.size == 8 { return float(Double(value), layout) }
    size(4, layout)
    u32(value.bitPattern)
  }

  /// decimal and numeric: the digits without their point, which the type's scale places.
  package mutating func decimal(isNegative: Bool, magnitude: UInt128, _ layout: ValueLayout) {
    let bytes = TypeInfo.decimalSize(layout.precision)
    size(bytes, layout)
    u8(isNegative ? 0 : 1)
    low(min(bytes - 1, 8), of: UInt64(truncatingIfNeeded: magnitude))
    if bytes > 9 { low(bytes - 9, of: UInt64(truncatingIfNeeded: magnitude >> 64)) }
  }

  /// money and smallmoney, in ten thousandths.
  package mutating func money(_ tenThousandths: Int64, _ layout: ValueLayout) {
    size(layout.size, layout)
    if layout.size == 4 { return u32(UInt32(truncatingIfNeeded: tenThousandths)) }
    u32(UInt32(truncatingIfNeeded: tenThousandths >> 32))
    u32(UInt32(truncatingIfNeeded: tenThousandths))
  }

  /// datetime: days since 1900-01-01, and three hundredths of a second since midnight.
  package mutating func datetime(days: Int32, ticks: UInt32, _ layout: ValueLayout) {
    size(8, layout)
    i32(days)
    u32(ticks)
  }

  /// smalldatetime: days since 1900-01-01, and minutes since midnight.
  package mutating func smalldatetime(days: UInt16, minutes: UInt16, _ layout: ValueLayout) {
    size(4, layout)
    u16(days)
    u16(minutes)
  }

  /// date: days since 0001-01-01.
  package mutating func date(days: Int, _ layout: ValueLayout) {
    if layout.type == .nvarchar {
      text(TemporalText.date(days), layout)
      return
    }
    size(3, layout)
    low(3, of: UInt64(bitPattern: Int64(days)))
  }

  /// time: since midnight, in units of 10^-scale seconds. `scale` is the column's own.
  package mutating func time(ticks: UInt64, scale: UInt8, _ layout: ValueLayout) {
    if layout.type == .nvarchar {
      text(TemporalText.time(ticks, scale: scale), layout)
      return
    }
    size(layout.size, layout)
    low(layout.size, of: ticks)
  }

  /// datetime2: the time as in `time`, the day as in `date`.
  package mutating func datetime2(days: Int, ticks: UInt64, scale: UInt8, _ layout: ValueLayout) {
    if layout.type == .nvarchar {
      text(TemporalText.datetime2(days, ticks, scale: scale), layout)
      return
    }
    size(layout.size, layout)
    low(layout.size - 3, of: ticks)
    low(3, of: UInt64(bitPattern: Int64(days)))
  }

  /// datetimeoffset: time and day in UTC, and the offset in minutes, positive east of Greenwich.
  package mutating func datetimeoffset(
    days: Int, ticks: UInt64, offset: Int16, scale: UInt8, _ layout: ValueLayout
  ) {
    if layout.type == .nvarchar {
      text(TemporalText.datetimeoffset(days, ticks, offset: offset, scale: scale), layout)
      return
    }
    size(layout.size, layout)
    low(layout.size - 5, of: ticks)
    low(3, of: UInt64(bitPattern: Int64(days)))
    u16(UInt16(bitPattern: offset))
  }

  /// uniqueidentifier, from the sixteen bytes of RFC 9562. On the wire the first three groups are little endian.
  package mutating func guid(_ rfc: UnsafeRawBufferPointer, _ layout: ValueLayout) {
    precondition(rfc.count == 16, "a UUID has sixteen bytes")
    size(16, layout)
    let start = extend(by: 16)
    for (index, source) in GUIDOrder.positions.enumerated() {
      start.storeBytes(of: rfc[source], toByteOffset: index, as: UInt8.self)
    }
  }

  // MARK: Values of any length

  /// Bytes as the type has them: of a code page, of UTF-16LE, binary, or what was read of such a type
  /// before: all types take them, a variant with its type in front.
  package mutating func bytes(_ value: UnsafeRawBufferPointer, _ layout: ValueLayout) {
    let start = beginBytes(layout)
    bytes(value)
    endBytes(layout, start)
  }

  package mutating func bytes(_ value: [UInt8], _ layout: ValueLayout) {
    value.withUnsafeBytes { bytes($0, layout) }
  }

  /// Begins a value whose bytes are appended by other methods. `endBytes` gets what this returns.
  package mutating func beginBytes(_ layout: ValueLayout) -> Int {
    switch layout.prefix {
    case .none: break
    case .byte: u8(0)
    case .short: u16(0)
    case .chunks:
      u64(0)
      u32(0)
    case .textPointer:
      // Clients send the pointer and the stamp back at most; those of FreeTDS's bulk loads are all ones, too.
      u8(16)
      extend(by: 24).initializeMemory(as: UInt8.self, repeating: 0xFF, count: 24)
      u32(0)
    case .long, .variant: u32(0)
    }
    return count
  }

  package mutating func endBytes(_ layout: ValueLayout, _ start: Int) {
    let length = count - start
    switch layout.prefix {
    case .none: break
    case .byte:
      precondition(length <= 0xFF, "a length of one byte")
      set(UInt8(length), at: start - 1)
    case .short:
      precondition(length < 0xFFFF, "a length of two bytes")
      set(UInt16(length), at: start - 2)
    case .chunks:
      precondition(length <= UInt32.max, "a chunk is smaller than 4 GiB")
      set(UInt32(length), at: start - 12)
      // A chunk without bytes is the end.
      if length == 0 { return truncate(to: start) }
      set(UInt32(length), at: start - 4)
      u32(0)
    case .textPointer, .long, .variant:
      precondition(length <= Int32.max, "a length of 31 bits")
      set(UInt32(length), at: start - 4)
    }
  }

  // MARK: Values in pieces

  /// Begins a value of a chunked type whose pieces come one by one; `total` if it is known.
  package mutating func beginChunks(total: UInt64? = nil) { u64(total ?? .max - 1) }
  package mutating func chunk(_ piece: UnsafeRawBufferPointer) {
    // An empty chunk would be the end.
    if piece.isEmpty { return }
    u32(UInt32(piece.count))
    bytes(piece)
  }
  package mutating func endChunks() { u32(0) }

  // MARK: sql_variant

  /// Begins a variant of a type, whose value is then written with `layout(inVariantOf:)`. `endVariant` gets what this
  /// returns.
  package mutating func beginVariant(_ base: TypeInfo) -> Int {
    let base = base.variantBase
    u32(0)
    let start = count
    u8(base.type.rawValue)
    switch base.type {
    case .decimal, .numeric:
      u8(2)
      u8(base.precision)
      u8(base.scale)
    case .time, .datetime2, .datetimeoffset:
      u8(1)
      u8(base.scale)
    case .varchar, .char, .nvarchar, .nchar:
      u8(7)
      collation(base.collation)
      u16(UInt16(base.size))
    case .varbinary, .binary:
      u8(2)
      u16(UInt16(base.size))
    default: u8(0)
    }
    return start
  }

  package mutating func endVariant(_ start: Int) { set(UInt32(count - start), at: start - 4) }
}

extension ValueLayout {
  /// A value within a variant: its length is the variant's.
  package init(inVariantOf base: TypeInfo) {
    let base = base.variantBase
    self.init(type: base.type, prefix: .none, scale: base.scale, precision: base.precision, size: base.size)
  }

  private init(type: DataType, prefix: Prefix, scale: UInt8, precision: UInt8, size: Int) {
    self.type = type
    self.prefix = prefix
    self.scale = scale
    self.precision = precision
    self.size = size
  }
}

extension TypeInfo {
  /// A variant has no NULL types: its own length says NULL.
  var variantBase: TypeInfo {
    let fixed: DataType? =
      switch (type, size) {
      case (.intN, 1): .tinyint
      case (.intN, 2): .smallint
      case (.intN, 4): .int
      case (.intN, _): .bigint
      case (.bitN, _): .bit
      case (.floatN, 4): .real
      case (.floatN, _): .float
      case (.moneyN, 4): .smallmoney
      case (.moneyN, _): .money
      case (.datetimeN, 4): .smalldatetime
      case (.datetimeN, _): .datetime
      default: nil
      }
    return fixed.map { TypeInfo($0) } ?? self
  }
}

/// uniqueidentifier's bytes: the first three groups of a UUID are reversed.
enum GUIDOrder {
  /// For each byte on the wire its place in RFC 9562, and the other way round.
  static let positions = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
}
