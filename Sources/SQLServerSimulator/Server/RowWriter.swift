import TDS

/// Writes rows of stored values as ROW tokens of a client's version.
struct RowWriter {
  private enum Form {
    /// Stored bytes are those of the wire.
    case asStored
    /// The client's version has no such type: text stands for it.
    case text
  }

  let columns: [Column]
  private let layouts: [ValueLayout]
  private let types: [SQLType]
  private let forms: [Form]

  init(_ result: ResultSet, _ version: TDSVersion, tableNames: [[String]]) {
    let own = zip(result.columns, tableNames).map { $0.wire(tableName: $1) }
    columns = own.map { $0.downgraded(for: version) }
    layouts = columns.map { $0.type.layout(in: .column) }
    types = result.columns.map(\.declared)
    forms = zip(own, columns).map { own, sent in
      own.type.type != sent.type.type && sent.type.type == .nvarchar ? .text : .asStored
    }
  }

  /// One for each column; nil is NULL.
  @inline(__always)
  func write(_ values: [UnsafeRawBufferPointer?], to writer: inout TDSWriter) {
    writer.beginRow()
    for index in layouts.indices {
      guard let value = values[index] else {
        writer.null(layouts[index])
        continue
      }
      switch forms[index] {
      case .asStored: writer.bytes(value, layouts[index])
      case .text: writeText(value, types[index], layouts[index], to: &writer)
      }
    }
  }

  private func writeText(
    _ value: UnsafeRawBufferPointer, _ type: SQLType, _ layout: ValueLayout, to writer: inout TDSWriter
  ) {
    let scale = UInt8(type.scale)
    let unit = SQLCalendar.unit(type.scale)
    switch type.decoded(value) {
    case .date(let day): writer.date(days: Int(day), layout)
    case .time(let ticks): writer.time(ticks: UInt64(ticks / unit), scale: scale, layout)
    case .datetime2(let day, let ticks):
      writer.datetime2(days: Int(day), ticks: UInt64(ticks / unit), scale: scale, layout)
    case .datetimeoffset(let day, let ticks, let offset):
      writer.datetimeoffset(
        days: Int(day), ticks: UInt64(ticks / unit), offset: offset, scale: scale, layout)
    default: writer.null(layout)
    }
  }
}
