import Databases
import Rows

/// The columns that a read asks for, out of all columns of a table.
struct Projection {
  /// For each column of the result, its position in the table.
  private let positions: [Int]
  private var fields: [UnsafeRawBufferPointer?]
  let columnCount: Int

  /// Nil if all columns are wanted in their own order.
  init?(_ columns: [TransferColumn], of table: StackOverflowTable, endpoint: String) throws(DatabaseError) {
    let all = table.columns
    var positions: [Int] = []
    for column in columns {
      guard let position = all.firstIndex(where: { $0.name == column.schema.name }) else {
        throw DatabaseError(
          engine: .stackOverflow, errorClass: .configuration,
          message: "there is no column '\(column.schema.name)'",
          place: ErrorPlace(endpoint: endpoint, operation: "read", table: table.name))
      }
      guard all[position].type == column.type else {
        throw DatabaseError(
          engine: .stackOverflow, errorClass: .configuration,
          message: "column '\(column.schema.name)' cannot be read as \(column.type)",
          place: ErrorPlace(endpoint: endpoint, operation: "read", table: table.name))
      }
      positions.append(position)
    }
    if positions == Array(all.indices) { return nil }
    self.positions = positions
    columnCount = positions.count
    fields = Array(repeating: nil, count: all.count)
  }

  mutating func append(_ row: UnsafeRawBufferPointer, to batch: inout RowBatchBuilder) {
    var cursor = FieldCursor(row)
    for index in fields.indices { fields[index] = cursor.nextField() }
    batch.beginRow()
    for position in positions {
      if let field = fields[position] { batch.append(field) } else { batch.appendNull() }
    }
    batch.endRow()
  }
}
