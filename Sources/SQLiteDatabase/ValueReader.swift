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

  /// Appends the value in a result column to the open row.
  @inline(__always)
  func read(
    _ statement: OpaquePointer, _ column: Int32, into builder: inout RowBatchBuilder
  ) throws(BadValue) {
    let storage = sqlite3_column_type(statement, column)
    if storage == SQLITE_NULL { return builder.appendNull() }
    switch self {
    case .int64:
      guard storage == SQLITE_INTEGER else { throw ValueReader.mismatch(storage, "an integer") }
      builder.append(sqlite3_column_int64(statement, column))
    case .int32:
      guard storage == SQLITE_INTEGER else { throw ValueReader.mismatch(storage, "an integer") }
      guard let value = Int32(exactly: sqlite3_column_int64(statement, column)) else {
        throw BadValue("is too large for 32 bits")
      }
      builder.append(value)
    case .text(let maxLength):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "text") }
      let text = ValueReader.text(statement, column)
      try builder.appendText(text, maxLength: maxLength == .max ? nil : maxLength)
    case .timestamp(let precision):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a timestamp as text") }
      builder.append(
        try TimestampText.parse(ValueReader.text(statement, column), precision: precision, zoned: false))
    default:
      try readRare(statement, column, storage, into: &builder)
    }
  }

  private func readRare(
    _ statement: OpaquePointer, _ column: Int32, _ storage: Int32, into builder: inout RowBatchBuilder
  ) throws(BadValue) {
    switch self {
    case .bool:
      guard storage == SQLITE_INTEGER else { throw ValueReader.mismatch(storage, "0 or 1") }
      try builder.appendInteger(sqlite3_column_int64(statement, column), type: .bool)
    case .int16:
      guard storage == SQLITE_INTEGER else { throw ValueReader.mismatch(storage, "an integer") }
      try builder.appendInteger(sqlite3_column_int64(statement, column), type: .int16)
    case .float32, .float64: try readFloat(statement, column, storage, into: &builder)
    case .decimal(let precision, let scale):
      try readDecimal(
        statement, column, storage, .decimal(precision: precision, scale: scale), into: &builder)
    case .numeric(let trailingZeros):
      try readDecimal(statement, column, storage, .numeric(trailingZeros: trailingZeros), into: &builder)
    case .fixedText(let length):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "text") }
      try builder.appendFixedText(ValueReader.text(statement, column), length: length)
    case .json:
      // Numeric affinity makes numbers of documents that are numbers: their text is JSON still.
      guard storage != SQLITE_BLOB else { throw ValueReader.mismatch(storage, "JSON") }
      try builder.appendJSON(ValueReader.text(statement, column))
    case .bytes(let maxLength):
      guard storage == SQLITE_BLOB else { throw ValueReader.mismatch(storage, "bytes") }
      let bytes = ValueReader.blob(statement, column)
      try builder.appendBytes(bytes, maxLength: maxLength == .max ? nil : maxLength)
    case .uuid:
      if storage == SQLITE_BLOB { return try builder.appendUUID(bytes: ValueReader.blob(statement, column)) }
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a UUID") }
      try builder.appendUUID(text: ValueReader.text(statement, column))
    case .date:
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a date as text") }
      try builder.appendDate(text: ValueReader.text(statement, column))
    case .time(let precision):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a time as text") }
      try builder.appendTime(text: ValueReader.text(statement, column), precision: precision)
    case .timestampTZ(let precision):
      guard storage == SQLITE_TEXT else { throw ValueReader.mismatch(storage, "a timestamp as text") }
      builder.append(
        try TimestampText.parse(ValueReader.text(statement, column), precision: precision, zoned: true))
    case .int32, .int64, .text, .timestamp:
      preconditionFailure("read decides about \(self)")
    }
  }

  /// Real affinity stores 5.0, and the reader of an untyped column may meet 5.
  private func readFloat(
    _ statement: OpaquePointer, _ column: Int32, _ storage: Int32, into builder: inout RowBatchBuilder
  ) throws(BadValue) {
    guard storage == SQLITE_FLOAT || storage == SQLITE_INTEGER else {
      throw ValueReader.mismatch(storage, "a number")
    }
    let value = sqlite3_column_double(statement, column)
    if storage == SQLITE_INTEGER, Int64(exactly: value) != sqlite3_column_int64(statement, column) {
      throw BadValue("is an integer that no floating-point number holds exactly")
    }
    if case .float32 = self {
      let narrow = Float(value)
      guard Double(narrow) == value else { throw BadValue("has more digits than a float32 holds") }
      builder.append(narrow)
    } else {
      builder.append(value)
    }
  }

  private func readDecimal(
    _ statement: OpaquePointer, _ column: Int32, _ storage: Int32, _ type: ColumnType,
    into builder: inout RowBatchBuilder
  ) throws(BadValue) {
    switch storage {
    case SQLITE_INTEGER: try builder.appendDecimal(sqlite3_column_int64(statement, column), type: type)
    case SQLITE_FLOAT: try builder.appendDecimal(sqlite3_column_double(statement, column), type: type)
    case SQLITE_TEXT: try builder.appendDecimal(text: ValueReader.text(statement, column), type: type)
    default: throw ValueReader.mismatch(storage, "a decimal number")
    }
  }

  /// Valid until the statement moves on.
  @inline(__always)
  static func text(_ statement: OpaquePointer, _ column: Int32) -> UnsafeRawBufferPointer {
    // The text first: asking for it may convert the value, and with it the length.
    let start = sqlite3_column_text(statement, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
  }

  /// An empty blob has no address.
  static func blob(_ statement: OpaquePointer, _ column: Int32) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(statement, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
  }

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
