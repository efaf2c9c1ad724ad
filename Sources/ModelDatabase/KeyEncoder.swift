import Databases
import Rows

/// Makes keys of rows.
struct KeyEncoder: Sendable {
  private enum Kind: Sendable { case boolean, int16, int32, int64, bytes }

  private struct Part: Sendable {
    var column: Int
    var kind: Kind
  }

  private let parts: [Part]

  /// Columns by position in the rows; the types are those that the rows are encoded as.
  init(columns: [Int], of types: [ColumnType]) {
    parts = columns.map { Part(column: $0, kind: KeyEncoder.kind(types[$0])) }
  }

  private static func kind(_ type: ColumnType) -> Kind {
    switch type {
    case .bool: .boolean
    case .int16: .int16
    case .int32, .date: .int32
    case .int64, .time, .timestamp, .timestampTZ: .int64
    default: .bytes
    }
  }

  /// Nil if one of the values is NULL.
  func key(of row: UnsafeRawBufferPointer) -> RowKey? {
    if parts.count == 1, parts[0].kind != .bytes {
      guard let field = KeyEncoder.field(parts[0].column, of: row) else { return nil }
      return RowKey(KeyEncoder.integer(field, parts[0].kind))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    for part in parts {
      guard let field = KeyEncoder.field(part.column, of: row) else { return nil }
      if part.kind == .bytes {
        RowKey.append(field, to: &bytes)
      } else {
        let value = RowKey.ordered(KeyEncoder.integer(field, part.kind))
        for shift in stride(from: 56, through: 0, by: -8) {
          bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
      }
    }
    return RowKey(bytes: bytes)
  }

  private static func integer(_ field: UnsafeRawBufferPointer, _ kind: Kind) -> Int64 {
    switch kind {
    case .boolean: Int64(field[0])
    case .int16: Int64(field.bigEndian(as: Int16.self))
    case .int32: Int64(field.bigEndian(as: Int32.self))
    case .int64, .bytes: field.bigEndian(as: Int64.self)
    }
  }

  static func field(_ column: Int, of row: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var fields = FieldCursor(row)
    for _ in 0..<column { _ = fields.nextField() }
    return fields.nextField()
  }
}
