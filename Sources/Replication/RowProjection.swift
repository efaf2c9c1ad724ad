import Databases
import Rows

/// Takes the values that the target computes itself out of rows that are to be written.
struct RowProjection {
  private let isWritten: [Bool]

  /// Nil if every column is written.
  init?(_ columns: [ColumnPair]) {
    isWritten = columns.map { !$0.target.isGenerated }
    if isWritten.allSatisfy(\.self) { return nil }
  }

  func apply(to batch: RowBatch) -> RowBatch? {
    defer { withExtendedLifetime(batch) {} }
    var builder = RowBatchBuilder(columnCount: isWritten.count { $0 })
    for index in 0..<batch.rowCount {
      var fields = FieldCursor(batch.row(index))
      builder.beginRow()
      for isWritten in isWritten {
        let field = fields.nextField()
        guard isWritten else { continue }
        if let field { builder.append(field) } else { builder.appendNull() }
      }
      builder.endRow()
    }
    return builder.take()
  }
}
