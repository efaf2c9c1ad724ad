/// A field as people read it: for reports on rows that differ, and for the vectors in testdata.
///
/// `FieldEncoder` reads it back as the same bytes.
package enum FieldText {
  /// Throws only for bytes that no encoder writes.
  package static func render(_ field: UnsafeRawBufferPointer, as type: ColumnType) throws(BadValue) -> String
  {
    try checkSize(field, of: type)
    switch type {
    case .bool: return field.bigEndian(as: UInt8.self) == 0 ? "false" : "true"
    case .int16: return String(field.bigEndian(as: Int16.self))
    case .int32: return String(field.bigEndian(as: Int32.self))
    case .int64: return String(field.bigEndian(as: Int64.self))
    case .float32: return NumberText.print(Float(bitPattern: field.bigEndian(as: UInt32.self)))
    case .float64: return NumberText.print(Double(bitPattern: field.bigEndian(as: UInt64.self)))
    case .decimal, .numeric:
      let number = try DecimalField(field)
      return String(unsafeUninitializedCapacity: number.textCapacity) {
        number.print(into: UnsafeMutableRawPointer($0.baseAddress!))
      }
    case .text, .fixedText, .json: return String(decoding: field, as: UTF8.self)
    case .bytes, .opaque: return hexadecimal(field)
    case .uuid:
      return String(unsafeUninitializedCapacity: UUIDText.length) {
        UUIDText.print(field, into: UnsafeMutableRawPointer($0.baseAddress!))
        return UUIDText.length
      }
    case .date:
      let days = field.bigEndian(as: Int32.self)
      if days == .max || days == .min { return infinity(isPositive: days > 0) }
      return try moment { out throws(BadValue) in try DateText.print(days, into: out) }
    case .time(let precision):
      let units = field.bigEndian(as: Int64.self)
      return try moment { out throws(BadValue) in
        try TimeText.print(units, precision: precision, into: out)
      }
    case .timestamp(let precision):
      return try timestamp(field.bigEndian(as: Int64.self), precision: precision, zoned: false)
    case .timestampTZ(let precision):
      return try timestamp(field.bigEndian(as: Int64.self), precision: precision, zoned: true)
    }
  }

  static func infinity(isPositive: Bool) -> String { isPositive ? "infinity" : "-infinity" }

  private static func timestamp(_ units: Int64, precision: Int, zoned: Bool) throws(BadValue) -> String {
    if units == .max || units == .min { return infinity(isPositive: units > 0) }
    return try moment { out throws(BadValue) in
      try TimestampText.print(units, precision: precision, zoned: zoned, into: out)
    }
  }

  private static func moment(
    _ write: (UnsafeMutableRawPointer) throws(BadValue) -> Int
  ) throws(BadValue) -> String {
    var result = Result<Int, BadValue>.success(0)
    let text = String(unsafeUninitializedCapacity: TimestampText.maxLength) { buffer in
      result = Result { () throws(BadValue) in try write(UnsafeMutableRawPointer(buffer.baseAddress!)) }
      return (try? result.get()) ?? 0
    }
    _ = try result.get()
    return text
  }

  /// `\x` and two digits a byte, as PostgreSQL prints bytea.
  private static func hexadecimal(_ field: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: 2 + 2 * field.count) { out in
      out[0] = UInt8(ascii: "\\")
      out[1] = UInt8(ascii: "x")
      for index in field.indices {
        out[2 + 2 * index] = UUIDText.hexCharacter(field[index] >> 4)
        out[3 + 2 * index] = UUIDText.hexCharacter(field[index] & 0xF)
      }
      return 2 + 2 * field.count
    }
  }

  private static func checkSize(_ field: UnsafeRawBufferPointer, of type: ColumnType) throws(BadValue) {
    let size =
      switch type {
      case .bool: 1
      case .int16: 2
      case .int32, .float32, .date: 4
      case .int64, .float64, .time, .timestamp, .timestampTZ: 8
      case .uuid: 16
      case .decimal, .numeric, .text, .fixedText, .bytes, .json, .opaque: field.count
      }
    guard field.count == size else {
      throw BadValue("has \(field.count) bytes, where \(type) has \(size)")
    }
  }
}

/// Encodes what `FieldText` renders, and the other texts that the column types accept.
package enum FieldEncoder {
  /// Appends one value of a row. A throw leaves the row open.
  package static func append(
    text: UnsafeRawBufferPointer, type: ColumnType, to builder: inout RowBatchBuilder
  ) throws(BadValue) {
    switch type {
    case .bool: builder.append(try NumberText.parseBool(text))
    case .int16, .int32, .int64: try builder.appendInteger(try NumberText.parseInteger(text), type: type)
    case .float32: builder.append(try NumberText.parseFloat(text))
    case .float64: builder.append(try NumberText.parseDouble(text))
    case .decimal, .numeric: try builder.appendDecimal(text: text, type: type)
    case .text(let maxLength): try builder.appendText(text, maxLength: maxLength)
    case .fixedText(let length): try builder.appendFixedText(text, length: length)
    case .json: try builder.appendJSON(text)
    case .bytes(let maxLength): try appendHexadecimal(text, maxLength: maxLength, to: &builder)
    case .opaque: try appendHexadecimal(text, maxLength: nil, to: &builder)
    case .uuid: try builder.appendUUID(text: text)
    case .date:
      if let isPositive = infinity(text) {
        builder.append(isPositive ? Int32.max : Int32.min)
      } else {
        try builder.appendDate(text: text)
      }
    case .time(let precision): try builder.appendTime(text: text, precision: precision)
    case .timestamp, .timestampTZ:
      if let isPositive = infinity(text) {
        builder.append(isPositive ? Int64.max : Int64.min)
      } else {
        try builder.appendTimestamp(text: text, type: type)
      }
    }
  }

  /// The bytes of one field.
  package static func encode(text: String, type: ColumnType) throws(BadValue) -> [UInt8] {
    var builder = RowBatchBuilder(columnCount: 1, budget: 0)
    builder.beginRow()
    var utf8 = text
    let result = utf8.withUTF8 { bytes in
      Result { () throws(BadValue) in
        try append(text: UnsafeRawBufferPointer(bytes), type: type, to: &builder)
      }
    }
    try result.get()
    builder.endRow()
    guard let batch = builder.take() else { return [] }
    // Behind the field count and the field's length.
    return withExtendedLifetime(batch) { Array(batch.row(0).dropFirst(6)) }
  }

  private static func infinity(_ text: UnsafeRawBufferPointer) -> Bool? {
    if text.elementsEqual("infinity".utf8) { return true }
    return text.elementsEqual("-infinity".utf8) ? false : nil
  }

  private static func appendHexadecimal(
    _ text: UnsafeRawBufferPointer, maxLength: Int?, to builder: inout RowBatchBuilder
  ) throws(BadValue) {
    guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x")
    else { throw BadValue("is not bytes of the form \\x00ff") }
    let count = (text.count - 2) / 2
    if let maxLength, count > maxLength { throw BadValue("is longer than \(maxLength) bytes") }
    let field = builder.appendField(byteCount: count)
    for index in 0..<count {
      let high = UUIDText.hexDigit(text[2 + 2 * index])
      let low = UUIDText.hexDigit(text[3 + 2 * index])
      guard high | low <= 0xF else { throw BadValue("is not bytes of the form \\x00ff") }
      field.storeBytes(of: high << 4 | low, toByteOffset: index, as: UInt8.self)
    }
  }
}
