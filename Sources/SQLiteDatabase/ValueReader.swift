import CSQLite
import Rows

/// How the values of one column are read; chosen once a read, from the type they are encoded as.
enum ValueReader {
  case bool, int16, int32, int64, float32, float64
  case decimal(precision: Int, scale: Int)
  case numeric(trailingZeros: Bool)
  case text(maxLength: Int)
  case fixedText(length: Int)
  case json
  case bytes(maxLength: Int)
  case uuid, date
  case time(precision: Int)
  case timestamp(precision: Int)
  case timestampTZ(precision: Int)

  /// Nil for types that only another engine has.
  init?(_ type: ColumnType) {
    switch type {
    case .bool: self = .bool
    case .int16: self = .int16
    case .int32: self = .int32
    case .int64: self = .int64
    case .float32: self = .float32
    case .float64: self = .float64
    case .decimal(let precision, let scale): self = .decimal(precision: precision, scale: scale)
    case .numeric(let trailingZeros): self = .numeric(trailingZeros: trailingZeros)
    case .text(let maxLength): self = .text(maxLength: maxLength ?? .max)
    case .fixedText(let length): self = .fixedText(length: length)
    case .bytes(let maxLength): self = .bytes(maxLength: maxLength ?? .max)
    case .uuid: self = .uuid
    case .date: self = .date
    case .time(let precision): self = .time(precision: precision)
    case .timestamp(let precision): self = .timestamp(precision: precision)
    case .timestampTZ(let precision): self = .timestampTZ(precision: precision)
    case .json: self = .json
    case .opaque: return nil
    }
  }

  /// The type to encode a column's values as, so that they become `type` at once or by a `RowTranscoder`.
  ///
  /// Values that SQLite keeps in one way whatever the declared length, size or precision are encoded as the
  /// type they travel as. Nothing enforces the declared one.
  static func encoding(of schema: ColumnType, as type: ColumnType) -> ColumnType {
    switch (schema, type) {
    case (.int16, .int32), (.int16, .int64), (.int32, .int64), (.float32, .float64), (.text, .text),
      (.text, .fixedText), (.json, .text), (.bytes, .bytes), (.time, .time), (.timestamp, .timestamp),
      (.timestampTZ, .timestampTZ):
      type
    case (.int16, .decimal), (.int32, .decimal), (.int64, .decimal), (.int16, .numeric), (.int32, .numeric),
      (.int64, .numeric), (.decimal, .decimal), (.decimal, .numeric), (.numeric, .numeric):
      // Of integer columns only integers are read; decimals accept more.
      if case .decimal = schema { type } else if case .numeric = schema { type } else { schema }
    default: schema
    }
  }

  /// Appends a result column's value to the open row.
  ///
  /// SQLite calls the values of `sqlite3_column_value` unprotected: only the connection's mutex would guard them. This
  /// connection has none and one thread, for which SQLite makes no difference. Asking the value instead of
  /// the statement saves a fifth of the time of a scan.
  @inline(__always)
  func read(
    _ value: OpaquePointer, into builder: inout RowBatchBuilder
  ) throws(BadValue) {
    let storage = sqlite3_value_type(value)
    if storage == SQLITE_NULL { return builder.appendNull() }
    switch self {
    case .int64:
      guard storage == SQLITE_INTEGER else { throw ValueReader.mismatch(storage, "an integer") }
      builder.append(sqlite3_value_int64(value))
    case .int32:
      guard storage == SQLITE_INTEGER else { throw ValueReader.mismatch(storage, "an integer") }
      guard let small = Int32(exactly: sqlite3_value_int64(value)) else {
        throw BadValue("is too large for 32 bits")
      }
      builder.append(small)
    case .text(let maxLength):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "text") }
      let text = try ValueReader.text(value)
      try builder.appendText(text, maxLength: maxLength == .max ? nil : maxLength)
    case .timestamp(let precision):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a timestamp as text") }
      builder.append(
        try TimestampText.parse(ValueReader.text(value), precision: precision, zoned: false))
    default:
      try readRare(value, storage, into: &builder)
    }
  }

  private func readRare(
    _ value: OpaquePointer, _ storage: Int32, into builder: inout RowBatchBuilder
  ) throws(BadValue) {
    switch self {
    case .bool:
      guard storage == SQLITE_INTEGER else { throw ValueReader.mismatch(storage, "0 or 1") }
      try builder.appendInteger(sqlite3_value_int64(value), type: .bool)
    case .int16:
      guard storage == SQLITE_INTEGER else { throw ValueReader.mismatch(storage, "an integer") }
      try builder.appendInteger(sqlite3_value_int64(value), type: .int16)
    case .float32, .float64: try readFloat(value, storage, into: &builder)
    case .decimal(let precision, let scale):
      try readDecimal(
        value, storage, .decimal(precision: precision, scale: scale), into: &builder)
    case .numeric(let trailingZeros):
      try readDecimal(value, storage, .numeric(trailingZeros: trailingZeros), into: &builder)
    case .fixedText(let length):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "text") }
      try builder.appendFixedText(ValueReader.text(value), length: length)
    case .json:
      // Numeric affinity makes numbers of documents that are numbers: their text is JSON still.
      guard storage != SQLITE_BLOB else { throw ValueReader.mismatch(storage, "JSON") }
      try builder.appendJSON(ValueReader.text(value))
    case .bytes(let maxLength):
      guard storage == SQLITE_BLOB else { throw ValueReader.mismatch(storage, "bytes") }
      let bytes = try ValueReader.blob(value)
      try builder.appendBytes(bytes, maxLength: maxLength == .max ? nil : maxLength)
    case .uuid:
      if storage == SQLITE_BLOB { return try builder.appendUUID(bytes: ValueReader.blob(value)) }
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a UUID") }
      try builder.appendUUID(text: ValueReader.text(value))
    case .date:
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a date as text") }
      try builder.appendDate(text: ValueReader.text(value))
    case .time(let precision):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a time as text") }
      try builder.appendTime(text: ValueReader.text(value), precision: precision)
    case .timestampTZ(let precision):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a timestamp as text") }
      builder.append(
        try TimestampText.parse(ValueReader.text(value), precision: precision, zoned: true))
    case .int32, .int64, .text, .timestamp:
      preconditionFailure("read decides about \(self)")
    }
  }

  /// Real affinity stores 5.0, and the reader of an untyped column may meet 5.
  private func readFloat(
    _ value: OpaquePointer, _ storage: Int32, into builder: inout RowBatchBuilder
  ) throws(BadValue) {
    guard storage == SQLITE_FLOAT || storage == SQLITE_INTEGER else {
      throw ValueReader.mismatch(storage, "a number")
    }
    let number = sqlite3_value_double(value)
    if storage == SQLITE_INTEGER, Int64(exactly: number) != sqlite3_value_int64(value) {
      throw BadValue("is an integer that no floating-point number holds exactly")
    }
    if case .float32 = self {
      let narrow = Float(number)
      guard Double(narrow) == number else { throw BadValue("has more digits than a float32 holds") }
      builder.append(narrow)
    } else {
      builder.append(number)
    }
  }

  private func readDecimal(
    _ value: OpaquePointer, _ storage: Int32, _ type: ColumnType,
    into builder: inout RowBatchBuilder
  ) throws(BadValue) {
    switch storage {
    case SQLITE_INTEGER: try builder.appendDecimal(sqlite3_value_int64(value), type: type)
    case SQLITE_FLOAT: try builder.appendDecimal(sqlite3_value_double(value), type: type)
    case SQLITE_TEXT: try builder.appendDecimal(text: ValueReader.text(value), type: type)
    default: throw ValueReader.mismatch(storage, "a decimal number")
    }
  }

  /// Valid until the statement moves on.
  @inline(__always)
  static func text(_ value: OpaquePointer) throws(BadValue) -> UnsafeRawBufferPointer {
    // The text first: asking for it may convert the value, and with it the length.
    guard let start = sqlite3_value_text(value) else { throw outOfMemory }
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
  }

  /// An empty blob has no address.
  static func blob(_ value: OpaquePointer) throws(BadValue) -> UnsafeRawBufferPointer {
    let start = sqlite3_value_blob(value)
    let count = Int(sqlite3_value_bytes(value))
    guard start != nil || count == 0 else { throw outOfMemory }
    return UnsafeRawBufferPointer(start: start, count: count)
  }

  private static let outOfMemory = BadValue("is larger than the memory that is left")

  private static func mismatch(_ storage: Int32, _ expected: String) -> BadValue {
    let found =
      switch storage {
      case SQLITE_INTEGER: "an integer"
      case SQLITE_FLOAT: "a floating-point number"
      case SQLITE_TEXT: "text"
      default: "a blob"
      }
    return BadValue("is stored as \(found), not as \(expected)")
  }
}
