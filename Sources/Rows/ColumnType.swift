/// What a column holds, and with it how a value is encoded: docs/encoding.md has every type to the byte.
///
/// Two sides of a comparison agree on one `ColumnType` a column, and equal values then have equal bytes.
package enum ColumnType: Hashable, Sendable, Codable {
  /// One byte, 0 or 1.
  case bool
  case int16, int32, int64
  /// IEEE 754, big-endian. One NaN; negative zero differs from zero.
  case float32, float64
  /// PostgreSQL's binary numeric with the column's scale as its display scale.
  case decimal(precision: Int, scale: Int)
  /// A decimal of any precision and scale. With `trailingZeros`, 1.0 and 1.00 differ, as they do in
  /// PostgreSQL's display; without, the scale is the smallest that holds the value.
  case numeric(trailingZeros: Bool)
  /// UTF-8. The length is in characters (Unicode scalars), nil for unlimited.
  case text(maxLength: Int?)
  /// Text padded to a length by its engine: trailing spaces carry no meaning and are not encoded.
  case fixedText(length: Int)
  /// The length is in bytes, nil for unlimited.
  case bytes(maxLength: Int?)
  /// Sixteen bytes in RFC 9562 order.
  case uuid
  /// Days since 2000-01-01 as int32.
  case date
  /// Microseconds since midnight as int64; at precision 7, ticks of 100 ns.
  case time(precision: Int)
  /// Microseconds since 2000-01-01 as int64; at precision 7, ticks of 100 ns.
  case timestamp(precision: Int)
  /// As `timestamp`, in UTC.
  case timestampTZ(precision: Int)
  /// The text of a JSON document, as its engine prints it.
  case json
  /// A type of one engine that no other knows, in that engine's own binary form: equal only to itself.
  case opaque(engine: String, name: String)
}

extension ColumnType: CustomStringConvertible {
  /// The type as docs/encoding.md, receipts and messages spell it, e.g. `decimal(10,2)`.
  package var description: String {
    switch self {
    case .bool: "bool"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float32: "float32"
    case .float64: "float64"
    case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
    case .numeric(let trailingZeros): trailingZeros ? "numeric" : "numeric(plain)"
    case .text(let maxLength): maxLength.map { "text(\($0))" } ?? "text"
    case .fixedText(let length): "fixedtext(\(length))"
    case .bytes(let maxLength): maxLength.map { "bytes(\($0))" } ?? "bytes"
    case .uuid: "uuid"
    case .date: "date"
    case .time(let precision): "time(\(precision))"
    case .timestamp(let precision): "timestamp(\(precision))"
    case .timestampTZ(let precision): "timestamptz(\(precision))"
    case .json: "json"
    case .opaque(let engine, let name): "\(engine):\(name)"
    }
  }
}
