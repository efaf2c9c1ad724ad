import Databases
import Rows

/// The columns and types that a read asks for, made from rows with all columns in their natural types.
struct Projection: ~Copyable {
  /// For each column of the result, its position in the table.
  private let positions: [Int]
  private let transcoder: RowTranscoder
  /// A row's fields, while it is taken apart.
  private var fields: [UnsafeRawBufferPointer?]
  private var chosen: RowBatchBuilder
  private var result: RowBatchBuilder

  /// A value that does not fit the type that it is to be read as.
  struct BadRow: Error {
    let id: Int32
    let field: BadField
  }

  /// Nil if all columns are wanted as they are. The error says what cannot be read, as a sentence.
  init?(_ read: RangeRead, of table: StackOverflowTable) throws(Unpairable) {
    let all = table.columns
    var positions: [Int] = []
    var sources: [ColumnType] = []
    for column in read.columns {
      let name = column.schema.name
      guard let position = all.firstIndex(where: { $0.name == name }), let type = all[position].type else {
        throw Unpairable("there is no column '\(name)'")
      }
      positions.append(position)
      sources.append(type)
    }
    transcoder = try RowTranscoder(from: sources, to: read.columns.map(\.type))
    if positions == Array(all.indices), transcoder.isIdentity { return nil }
    self.positions = positions
    fields = Array(repeating: nil, count: all.count)
    chosen = RowBatchBuilder(columnCount: positions.count, budget: read.batchBytes)
    result = RowBatchBuilder(columnCount: positions.count, budget: read.batchBytes)
  }

  mutating func append(_ batch: RowBatch) throws(BadRow) {
    for row in 0..<batch.rowCount { choose(batch.row(row)) }
    guard !transcoder.isIdentity, let wanted = chosen.take() else { return }
    for row in 0..<wanted.rowCount {
      do throws(BadField) {
        try transcoder.transcode(wanted.row(row), into: &result)
      } catch {
        result.discardRow()
        var natural = FieldCursor(batch.row(row))
        throw BadRow(id: natural.nextField()!.bigEndian(as: Int32.self), field: error)
      }
    }
  }

  private mutating func choose(_ row: UnsafeRawBufferPointer) {
    var cursor = FieldCursor(row)
    for index in fields.indices { fields[index] = cursor.nextField() }
    chosen.beginRow()
    for position in positions {
      if let field = fields[position] { chosen.append(field) } else { chosen.appendNull() }
    }
    chosen.endRow()
  }

  mutating func take() -> RowBatch? { transcoder.isIdentity ? chosen.take() : result.take() }

  mutating func takeFingerprint() -> Fingerprint {
    transcoder.isIdentity ? chosen.takeFingerprint() : result.takeFingerprint()
  }
}
