import Databases
import Rows

/// The columns of a read: what the server is asked for, what its bytes are, and what they become.
struct WireColumns {
  let expressions: [String]
  /// The encoding of what arrives.
  let types: [ColumnType]
  private let wanted: [ColumnType]
  private let names: [String]
  private let hasFloats: Bool

  init(_ columns: [TransferColumn], _ shape: TableShape, at place: ErrorPlace) throws(DatabaseError) {
    var expressions: [String] = []
    var types: [ColumnType] = []
    for column in columns {
      let (server, type) = try shape.column(column.schema.name, at: place)
      let wire = WireColumns.wire(server, type, wanted: column.type)
      expressions.append(PostgresDialect().quoted(column.schema.name) + wire.cast)
      types.append(wire.type)
    }
    self.expressions = expressions
    self.types = types
    wanted = columns.map(\.type)
    names = columns.map(\.schema.name)
    hasFloats = types.contains { $0 == .float32 || $0 == .float64 }
  }

  /// Casts where the server's bytes are not the encoding, and where a cast saves re-encoding. None of
  /// them loses anything.
  private static func wire(
    _ server: ServerType, _ type: ColumnType, wanted: ColumnType
  ) -> (cast: String, type: ColumnType) {
    switch (type, wanted) {
    // The server sends the padding; the cast takes it off.
    case (.fixedText, _): ("::text", type)
    case (.json, _) where server.oid == ServerType.jsonb: ("::text", type)
    case (.bool, .int16), (.bool, .int32), (.bool, .int64): (boolean(to: wanted), wanted)
    case (.int16, .int32): ("::int4", .int32)
    case (.int16, .int64), (.int32, .int64): ("::int8", .int64)
    case (.float32, .float64): ("::float8", .float64)
    default: ("", type)
    }
  }

  private static func boolean(to type: ColumnType) -> String {
    switch type {
    case .int16: "::int4::int2"
    case .int32: "::int4"
    default: "::int4::int8"
    }
  }

  func transcoder(at place: ErrorPlace) throws(DatabaseError) -> RowTranscoder {
    do throws(Unpairable) {
      return try RowTranscoder(from: types, to: wanted)
    } catch {
      throw unpairable(error, at: place)
    }
  }

  /// The format knows one NaN; a server has as many as its arithmetic makes.
  @inline(__always)
  func unifyNaN(_ row: UnsafeMutableRawBufferPointer) {
    if hasFloats { unifyFloats(row) }
  }

  private func unifyFloats(_ row: UnsafeMutableRawBufferPointer) {
    var cursor = FieldCursor(UnsafeRawBufferPointer(row))
    for type in types {
      guard let field = cursor.nextField() else { continue }
      switch type {
      case .float32:
        let isNaN = Float(bitPattern: field.bigEndian(as: UInt32.self)).isNaN
        if isNaN { store(0x7FC0_0000 as UInt32, field) }
      case .float64:
        let isNaN = Double(bitPattern: field.bigEndian(as: UInt64.self)).isNaN
        if isNaN { store(0x7FF8_0000_0000_0000 as UInt64, field) }
      default: break
      }
    }
  }

  private func store<Bits: FixedWidthInteger>(_ bits: Bits, _ field: UnsafeRawBufferPointer) {
    UnsafeMutableRawBufferPointer(mutating: field).storeBytes(of: bits.bigEndian, as: Bits.self)
  }

  /// The key of a row that arrived, `id 42`, for its error.
  func key(_ positions: [Int], _ columns: [TransferColumn], of row: UnsafeRawBufferPointer) -> String {
    var fields: [UnsafeRawBufferPointer?] = []
    var cursor = FieldCursor(row)
    for _ in 0..<cursor.fieldCount { fields.append(cursor.nextField()) }
    return positions.map { position in
      let text = fields[position].map { (try? FieldText.render($0, as: types[position])) ?? "?" }
      return "\(columns[position].schema.name) \(text ?? "NULL")"
    }.joined(separator: ", ")
  }
}

func unpairable(_ reason: Unpairable, at place: ErrorPlace) -> DatabaseError {
  DatabaseError(
    engine: PostgresDialect.engine, errorClass: .configuration, message: reason.reason,
    remedy: "Change the column's type on one side, or leave the column out.", place: place)
}
