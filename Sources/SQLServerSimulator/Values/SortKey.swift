/// Keys: bytes that compare as SQL Server's ORDER BY has the values, NULL first.
extension SQLType {
  /// Appends the key of a value by its stored bytes; nil is NULL. No key of a type is the beginning of
  /// another, so that the keys of several columns may follow each other.
  ///
  /// - Parameter isNullable: whether NULL occurs in the column; all keys of a column are made alike.
  /// Without, the   key of an integer is as long as the integer.
  /// - Parameter isDescending: the opposite order, NULL last.
  package func appendSortKey(
    of bytes: UnsafeRawBufferPointer?, isNullable: Bool = true, isDescending: Bool = false,
    to key: inout [UInt8]
  ) {
    let start = key.count
    if let bytes {
      if isNullable { key.append(1) }
      appendKey(bytes, to: &key)
    } else {
      precondition(isNullable, "a column that is not nullable has no NULL")
      key.append(0)
    }
    if isDescending {
      for index in start..<key.count { key[index] = ~key[index] }
    }
  }

  /// The key of a value of the type.
  package func appendSortKey(
    of value: SQLValue, isNullable: Bool = true, isDescending: Bool = false, to key: inout [UInt8]
  ) {
    guard !value.isNull else {
      return appendSortKey(
        of: UnsafeRawBufferPointer?.none, isNullable: isNullable, isDescending: isDescending, to: &key)
    }
    encoded(value).withUnsafeBytes { bytes in
      // An empty array has no address, and an empty text is not NULL.
      let bytes = UnsafeRawBufferPointer(rebasing: bytes[...])
      appendSortKey(of: bytes, isNullable: isNullable, isDescending: isDescending, to: &key)
    }
  }

  private func appendKey(_ bytes: UnsafeRawBufferPointer, to key: inout [UInt8]) {
    switch kind {
    case .bit, .tinyint: key.append(bytes[0])
    case .smallint, .int, .bigint, .smallmoney:
      key.append(bytes[bytes.count - 1] ^ 0x80)
      appendReversed(bytes.dropLast(), to: &key)
    case .money:
      key.append(bytes[3] ^ 0x80)
      appendReversed(bytes[0..<3], to: &key)
      appendReversed(bytes[4..<8], to: &key)
    case .decimal, .numeric:
      key.append(bytes[0])
      let mask: UInt8 = bytes[0] == 0 ? 0xFF : 0
      for byte in bytes.dropFirst().reversed() { key.append(byte ^ mask) }
    case .real, .float: appendFloat(bytes, to: &key)
    case .smalldatetime:
      appendReversed(bytes[0..<2], to: &key)
      appendReversed(bytes[2..<4], to: &key)
    case .datetime:
      key.append(bytes[3] ^ 0x80)
      appendReversed(bytes[0..<3], to: &key)
      appendReversed(bytes[4..<8], to: &key)
    case .date, .time: appendReversed(bytes[...], to: &key)
    case .datetime2, .datetimeoffset:
      // The offset does not count: equal points in time are equal.
      appendReversed(bytes[timeLength..<timeLength + 3], to: &key)
      appendReversed(bytes[0..<timeLength], to: &key)
    case .uniqueidentifier:
      // The last six bytes decide first, and so on to the front.
      for index in [10, 11, 12, 13, 14, 15, 8, 9, 6, 7, 4, 5, 0, 1, 2, 3] { key.append(bytes[index]) }
    case .char, .varchar, .text, .nchar, .nvarchar, .ntext, .xml:
      guard case .text(let text) = decoded(bytes) else { return }
      (collation ?? .standard).appendKey(of: text, isNational: isNational || kind == .xml, to: &key)
    case .binary, .varbinary, .image, .rowversion, .hierarchyid, .geography, .geometry:
      appendBinary(bytes, to: &key)
    case .variant: VariantOrder.appendKey(decoded(bytes), to: &key)
    }
  }

  private func appendReversed(_ bytes: Slice<UnsafeRawBufferPointer>, to key: inout [UInt8]) {
    for byte in bytes.reversed() { key.append(byte) }
  }

  /// Zero has one key, whatever its sign.
  private func appendFloat(_ bytes: UnsafeRawBufferPointer, to key: inout [UInt8]) {
    let isNegative = bytes[bytes.count - 1] & 0x80 != 0
    let isZero = bytes[bytes.count - 1] & 0x7F == 0 && bytes.dropLast().allSatisfy { $0 == 0 }
    let mask: UInt8 = isNegative && !isZero ? 0xFF : 0
    var top: UInt8 = isZero ? 0x80 : isNegative ? 0 : 0x80
    for byte in bytes.reversed() {
      key.append(isZero ? top : byte ^ mask ^ (isNegative ? 0 : top))
      top = 0
    }
  }

  /// Zero bytes at the end do not count: 0x01 equals 0x0100.
  private func appendBinary(_ bytes: UnsafeRawBufferPointer, to key: inout [UInt8]) {
    var count = bytes.count
    while count > 0, bytes[count - 1] == 0 { count -= 1 }
    for byte in bytes[..<count] {
      key.append(byte)
      if byte == 0 { key.append(0xFF) }
    }
    key.append(0)
    key.append(0)
  }
}

/// sql_variant compares by family first, and by value within one.
enum VariantOrder {
  /// The families of the manual, from low to high.
  static func family(_ type: SQLType) -> UInt8 {
    switch type.kind {
    case .binary, .varbinary, .rowversion: 1
    case .uniqueidentifier: 2
    case .char, .varchar, .nchar, .nvarchar: 3
    case .bit, .tinyint, .smallint, .int, .bigint, .decimal, .numeric, .smallmoney, .money: 4
    case .real, .float: 5
    default: 6
    }
  }

  static func appendKey(_ value: SQLValue, to key: inout [UInt8]) {
    guard case .variant(let type, let value) = value else { return }
    key.append(family(type))
    let common: SQLType
    switch family(type) {
    case 1: common = .varbinary(SQLType.unlimited)
    case 2: common = .uniqueidentifier
    case 3: common = SQLType(.nvarchar, length: SQLType.unlimited, collation: type.collation)
    case 4: common = .decimal(SQLDecimal.maxDigits, type.catalogScale)
    case 5: common = .float
    // Clocks without an offset are taken for UTC's, and points in time compare.
    default: common = .datetimeoffset(7)
    }
    guard let widened = try? value.converted(from: type, to: common) else {
      preconditionFailure("the widest type of a family holds all its values")
    }
    if case .decimal(let decimal) = widened {
      append(decimal, to: &key)
    } else {
      common.appendSortKey(of: widened, to: &key)
    }
  }

  /// No decimal type has all digits of two others: the part before the point goes first, then the part behind it.
  private static func append(_ decimal: SQLDecimal, to key: inout [UInt8]) {
    let digits = SQLDecimal.maxDigits
    func power(_ exponent: Int) -> UInt128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
    let (whole, rest) = decimal.magnitude.quotientAndRemainder(dividingBy: power(decimal.scale))
    for (part, scale) in [(whole, 0), (rest * power(digits - decimal.scale), digits)] {
      let part = SQLDecimal(magnitude: part, isNegative: decimal.isNegative && part > 0, scale: scale)
      SQLType.decimal(digits, scale).appendSortKey(of: .decimal(part), to: &key)
    }
  }
}

extension SQLType {
  /// Below zero, zero or above zero, as `left` comes before `right`, is equal to it or comes after it. Both
  /// are of this type and neither is NULL.
  package func compare(_ left: SQLValue, _ right: SQLValue) -> Int {
    func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
      left == right ? 0 : left < right ? -1 : 1
    }
    switch (left, right) {
    case (.integer(let left), .integer(let right)): return order(left, right)
    case (.bit(let left), .bit(let right)): return order(left ? 1 : 0, right ? 1 : 0)
    case (.decimal(let left), .decimal(let right)): return left.compare(right)
    case (.money(let left), .money(let right)): return order(left, right)
    case (.real(let left), .real(let right)): return order(left, right)
    case (.float(let left), .float(let right)): return order(left, right)
    case (.date(let left), .date(let right)): return order(left, right)
    case (.time(let left), .time(let right)): return order(left, right)
    case (.text(let left), .text(let right)):
      return (collation ?? .standard).compare(left, right, isNational: isNational)
    default:
      var leftKey: [UInt8] = []
      var rightKey: [UInt8] = []
      appendSortKey(of: left, isNullable: false, to: &leftKey)
      appendSortKey(of: right, isNullable: false, to: &rightKey)
      return leftKey == rightKey ? 0 : leftKey.lexicographicallyPrecedes(rightKey) ? -1 : 1
    }
  }
}
