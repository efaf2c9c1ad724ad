/// Values as clients hand them over, checked against the column's type and encoded straight into the row.
///
/// A throw leaves the row open; the caller takes it back with `discardRow`.
extension RowBatchBuilder {
  /// Appends UTF-8. The length is limited in Unicode scalars; `allowsNUL` is false for a target that
  /// cannot hold U+0000, as PostgreSQL.
  package mutating func appendText(
    _ text: UnsafeRawBufferPointer, maxLength: Int?, allowsNUL: Bool = true
  ) throws(BadValue) {
    guard UTF8Text.isValid(text) else { throw BadValue("is not valid UTF-8") }
    try appendValidText(text, maxLength: maxLength, allowsNUL: allowsNUL)
  }

  /// Appends text without the spaces at its end.
  package mutating func appendFixedText(
    _ text: UnsafeRawBufferPointer, length: Int, allowsNUL: Bool = true
  ) throws(BadValue) {
    guard UTF8Text.isValid(text) else { throw BadValue("is not valid UTF-8") }
    try appendValidText(RowBatchBuilder.trimmed(text), maxLength: length, allowsNUL: allowsNUL)
  }

  /// Appends a JSON document's text. That it is JSON is its engine's to know.
  package mutating func appendJSON(
    _ text: UnsafeRawBufferPointer, allowsNUL: Bool = true
  ) throws(BadValue) {
    try appendText(text, maxLength: nil, allowsNUL: allowsNUL)
  }

  package mutating func appendBytes(_ bytes: UnsafeRawBufferPointer, maxLength: Int?) throws(BadValue) {
    if let maxLength, bytes.count > maxLength { throw BadValue("is longer than \(maxLength) bytes") }
    try checkFieldLength(bytes.count)
    append(bytes)
  }

  /// Appends sixteen bytes in RFC 9562 order.
  package mutating func appendUUID(bytes: UnsafeRawBufferPointer) throws(BadValue) {
    guard bytes.count == 16 else { throw BadValue("is not sixteen bytes long, as a UUID is") }
    append(bytes)
  }

  package mutating func appendUUID(text: UnsafeRawBufferPointer) throws(BadValue) {
    // Parsed in place; on a throw the row is taken back as a whole.
    try UUIDText.parse(text, into: appendField(byteCount: 16))
  }

  package mutating func appendDate(text: UnsafeRawBufferPointer) throws(BadValue) {
    append(try DateText.parse(text))
  }

  package mutating func appendTime(text: UnsafeRawBufferPointer, precision: Int) throws(BadValue) {
    append(try TimeText.parse(text, precision: precision))
  }

  /// Appends a timestamp that is written as text, for a column of type `timestamp` or `timestampTZ`.
  package mutating func appendTimestamp(
    text: UnsafeRawBufferPointer, type: ColumnType
  ) throws(BadValue) {
    switch type {
    case .timestamp(let precision):
      append(try TimestampText.parse(text, precision: precision, zoned: false))
    case .timestampTZ(let precision):
      append(try TimestampText.parse(text, precision: precision, zoned: true))
    default:
      preconditionFailure("\(type) is no timestamp")
    }
  }

  /// Appends an integer, for a column of type `bool`, `int16`, `int32`, `int64`, or a decimal type.
  package mutating func appendInteger(_ value: Int64, type: ColumnType) throws(BadValue) {
    switch type {
    case .bool:
      guard value == 0 || value == 1 else { throw BadValue("is neither 0 nor 1") }
      append(value == 1)
    case .int16:
      guard let small = Int16(exactly: value) else { throw BadValue("is too large for 16 bits") }
      append(small)
    case .int32:
      guard let small = Int32(exactly: value) else { throw BadValue("is too large for 32 bits") }
      append(small)
    case .int64:
      append(value)
    case .decimal, .numeric:
      try appendDecimal(value, type: type)
    default:
      preconditionFailure("\(type) holds no integers")
    }
  }

  mutating func appendValidText(
    _ text: UnsafeRawBufferPointer, maxLength: Int?, allowsNUL: Bool = true
  ) throws(BadValue) {
    // A scalar has one byte at least.
    if let maxLength, text.count > maxLength, UTF8Text.scalarCount(text) > maxLength {
      throw BadValue("is longer than \(maxLength) characters")
    }
    if !allowsNUL, UTF8Text.containsNUL(text) {
      throw BadValue("contains the character NUL, which the target cannot hold")
    }
    try checkFieldLength(text.count)
    append(text)
  }

  /// The text without the spaces at its end.
  static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var count = text.count
    while count > 0, text[count - 1] == UInt8(ascii: " ") { count -= 1 }
    return UnsafeRawBufferPointer(rebasing: text[..<count])
  }

  private func checkFieldLength(_ count: Int) throws(BadValue) {
    guard count <= UTF8Text.maxFieldLength else { throw BadValue("is larger than 1 GiB") }
  }
}
