import Databases
import Rows

extension ModelServer {
  /// The cuts are exact: as many rows in each part.
  func split(_ request: SplitRequest, _ index: Int, _ site: CallSite) throws(DatabaseError) -> Attempt<Split>
  {
    let source = sessions[index].snapshot?.store ?? store
    guard let position = source.table(request.table) else {
      throw site.error(.undefinedTable, "there is no such table", table: request.table)
    }
    let table = source.tables[position]
    let bytes = table.byteCount
    var split = Split(estimatedRows: table.rows.count, estimatedBytes: bytes, cuts: [])
    let parts = min(request.maximumParts, (bytes + request.partBytes - 1) / max(request.partBytes, 1))
    guard let column = request.column, parts > 1 else { return .done(split) }
    guard let place = table.schema.columns.firstIndex(where: { $0.name == column.name }) else {
      throw site.error(.undefinedColumn, "there is no column \(column.name)", table: request.table)
    }
    let values = table.values(place)
    for part in 1..<parts where !values.isEmpty {
      let value = values[part * values.count / parts]
      if value != values[0], value != split.cuts.last { split.cuts.append(value) }
    }
    return .done(split)
  }
}

extension ModelTable {
  /// The column's values in order, without NULL; none if it holds neither integers nor text.
  fileprivate func values(_ column: Int) -> [KeyValue] {
    let encoder = KeyEncoder(columns: [column], of: types)
    let isText =
      switch types[column] {
      case .text: true
      case .int16, .int32, .int64: false
      default: nil as Bool?
      }
    guard let isText else { return [] }
    let keyed = rows.compactMap { row in row.withBytes(encoder.key).map { ($0, row) } }.sorted { $0.0 < $1.0 }
    return keyed.map { key, row in
      guard isText else { return .integer(Int64(bitPattern: key.prefix ^ 1 << 63)) }
      return .text(
        row.withBytes {
          String(decoding: KeyEncoder.field(column, of: $0) ?? .init(start: nil, count: 0), as: UTF8.self)
        })
    }
  }
}
